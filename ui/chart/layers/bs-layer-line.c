/* bs-layer-line.c: lines, what becomes of them when zoomed out, and the shading under them */
#include <math.h>

#include "ui/chart/layers/bs-layers.h"
#include "ui/chart/layers/bs-raster.h"

void
bs_layer_line (cairo_t *cr, guint n, const double *x, const double *y, double line_width, const GdkRGBA *color)
{
  gboolean pen_down = FALSE;
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      bs_raster_line (&raster, n, x, y, line_width, color);
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  for (guint i = 0; i < n; i++)
    {
      if (isnan (y[i]))
        {
          pen_down = FALSE;
          continue;
        }
      if (pen_down)
        cairo_line_to (cr, x[i], y[i]);
      else
        {
          cairo_move_to (cr, x[i], y[i]);
          /* A point alone is a dot, by the round caps of a line without length. */
          if (i + 1 == n || isnan (y[i + 1]))
            cairo_line_to (cr, x[i], y[i]);
        }
      pen_down = TRUE;
    }
  cairo_set_line_width (cr, line_width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
bs_layer_envelope (cairo_t *cr, guint n, const int *x, const double *top, const double *bottom, double line_width,
                   const GdkRGBA *color)
{
  BsRaster raster;
  gboolean direct = bs_raster_begin (&raster, cr);

  for (guint i = 0; i < n; i++)
    {
      double upper = top[i], lower = bottom[i];

      if (isnan (upper) || isnan (lower))
        continue;
      /* Reach half way to the neighbour's range where the two do not meet. */
      if (i > 0 && x[i - 1] == x[i] - 1 && !isnan (top[i - 1]))
        {
          if (bottom[i - 1] < upper)
            upper = (upper + bottom[i - 1]) / 2;
          if (top[i - 1] > lower)
            lower = (lower + top[i - 1]) / 2;
        }
      if (i + 1 < n && x[i + 1] == x[i] + 1 && !isnan (top[i + 1]))
        {
          if (bottom[i + 1] < upper)
            upper = (upper + bottom[i + 1]) / 2;
          if (top[i + 1] > lower)
            lower = (lower + top[i + 1]) / 2;
        }
      if (direct)
        bs_raster_column (&raster, x[i], 1, upper - line_width / 2, lower + line_width / 2, color);
      else
        cairo_rectangle (cr, x[i], upper - line_width / 2, 1, lower - upper + line_width);
    }
  if (direct)
    {
      bs_raster_end (&raster);
      return;
    }
  gdk_cairo_set_source_rgba (cr, color);
  cairo_fill (cr);
}

/* The points of a line, and those where it crosses @baseline: [2 n] at most. Returns how many. */
static guint
add_crossings (guint n, const double *x, const double *y, double baseline, double *out_x, double *out_y)
{
  guint n_out = 0;

  for (guint i = 0; i < n; i++)
    {
      if (i > 0 && !isnan (y[i - 1]) && !isnan (y[i]) && (y[i - 1] < baseline) != (y[i] < baseline) && y[i] != y[i - 1])
        {
          double step = (x[i] - x[i - 1]) * (baseline - y[i - 1]) / (y[i] - y[i - 1]);

          /* In fractions of a pixel that a sum with any x keeps: the same pixels wherever the view is panned to. */
          out_x[n_out] = x[i - 1] + round (step * 4096) / 4096;
          out_y[n_out++] = baseline;
        }
      out_x[n_out] = x[i];
      out_y[n_out++] = y[i];
    }
  return n_out;
}

void
bs_layer_shading (cairo_t *cr, guint n, const double *x, const double *y, double baseline, const GdkRGBA *above,
                  const GdkRGBA *below)
{
  /* [2 n] each: points, and for either side the edge of the shading that is not the baseline. */
  g_autofree double *block = g_new (double, 8 * (gsize) n + 1);
  double *all_x = block, *all_y = block + 2 * n, *top = block + 4 * n, *bottom = block + 6 * n;
  guint n_all = add_crossings (n, x, y, baseline, all_x, all_y);

  for (guint side = 0; side < 2; side++)
    {
      for (guint i = 0; i < n_all; i++)
        {
          top[i] = side == 0 ? (isnan (all_y[i]) ? NAN : MIN (all_y[i], baseline)) : baseline;
          bottom[i] = side == 0 ? baseline : (isnan (all_y[i]) ? NAN : MAX (all_y[i], baseline));
        }
      bs_layer_band (cr, n_all, all_x, top, bottom, 0, side == 0 ? above : below, NULL);
    }
}
