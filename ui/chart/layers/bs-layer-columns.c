/* bs-layer-columns.c: columns that stand on a common bottom: volume, confidence */
#include <math.h>

#include "ui/chart/layers/bs-layers.h"
#include "ui/chart/layers/bs-raster.h"

void
bs_layer_columns (cairo_t *cr, guint n, const int *x, const double *top, const guint8 *color_of, int width, int bottom,
                  const GdkRGBA *colors, guint n_colors)
{
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      for (guint i = 0; i < n; i++)
        if (color_of[i] < n_colors && !isnan (top[i]))
          bs_raster_column (&raster, x[i], width, MIN (round (top[i]), bottom - 1), bottom, &colors[color_of[i]]);
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint c = 0; c < n_colors; c++)
    {
      for (guint i = 0; i < n; i++)
        if (color_of[i] == c && !isnan (top[i]))
          {
            double y = round (top[i]);

            /* A value that is there is seen, however small. */
            cairo_rectangle (cr, x[i], MIN (y, bottom - 1), width, MAX (bottom - y, 1));
          }
      gdk_cairo_set_source_rgba (cr, &colors[c]);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}
