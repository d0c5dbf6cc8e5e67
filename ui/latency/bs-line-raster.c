/* bs-line-raster.c: a line with one value a pixel column, drawn into an image */
#include "ui/latency/bs-line-raster.h"

#include <math.h>

/* Premultiplied source over premultiplied destination; @coverage 0..256. */
static inline void
blend (guint32 *pixel, const guint32 source[4], guint coverage)
{
  guint32 d = *pixel, out = 0;
  guint inverse = 256 - source[3] * coverage / 255;

  for (guint k = 0; k < 4; k++)
    {
      guint value = (source[k] * coverage + ((d >> (8 * k)) & 0xff) * inverse) >> 8;
      out |= MIN (value, 255u) << (8 * k);
    }
  *pixel = out;
}

void
bs_line_raster_draw (guint32 *pixels, int stride, int width, int height, const float *y, float thickness, guint dash,
                     const GdkRGBA *color)
{
  const guint32 source[4] = {
    (guint32) lroundf (255 * color->blue * color->alpha),
    (guint32) lroundf (255 * color->green * color->alpha),
    (guint32) lroundf (255 * color->red * color->alpha),
    (guint32) lroundf (255 * color->alpha),
  };

  for (int x = 0; x < width; x++)
    {
      if (isnan (y[x]) || (dash != BS_LINE_RASTER_SOLID && (guint) x / dash % 2 == 1))
        continue;

      float before = x > 0 && !isnan (y[x - 1]) ? 0.5f * (y[x - 1] + y[x]) : y[x];
      float after = x + 1 < width && !isnan (y[x + 1]) ? 0.5f * (y[x + 1] + y[x]) : y[x];
      float top = fminf (y[x], fminf (before, after)) - 0.5f * thickness;
      float bottom = fmaxf (y[x], fmaxf (before, after)) + 0.5f * thickness;

      top = fmaxf (top, 0);
      bottom = fminf (bottom, (float) height);
      for (int row = (int) top; row < height && (float) row < bottom; row++)
        {
          float covered = fminf (bottom, (float) row + 1) - fmaxf (top, (float) row);
          blend (pixels + (gsize) row * ((gsize) stride / 4) + x, source, (guint) (256 * covered));
        }
    }
}
