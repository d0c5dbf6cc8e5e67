/* bs-layer-line.c: lines, what becomes of them when zoomed out, and the shading under them */
#include <math.h>

#include "ui/chart/layers/bs-layers.h"

void
bs_layer_line (cairo_t *cr, guint n, const double *x, const double *y, double line_width, const GdkRGBA *color)
{
  gboolean pen_down = FALSE;

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
      cairo_rectangle (cr, x[i], upper - line_width / 2, 1, lower - upper + line_width);
    }
  gdk_cairo_set_source_rgba (cr, color);
  cairo_fill (cr);
}

void
bs_layer_shading (cairo_t *cr, guint n, const double *x, const double *y, double baseline, const GdkRGBA *above,
                  const GdkRGBA *below)
{
  for (guint side = 0; side < 2; side++)
    {
      guint i = 0;

      while (i < n)
        {
          guint start;

          while (i < n && isnan (y[i]))
            i++;
          if (i == n)
            break;
          start = i;
          cairo_move_to (cr, x[i], baseline);
          for (; i < n && !isnan (y[i]); i++)
            {
              gboolean here = side == 0 ? y[i] < baseline : y[i] > baseline;

              /* Where the line crosses the baseline, the shading ends exactly there. */
              if (i > start && (y[i - 1] < baseline) != (y[i] < baseline) && y[i] != y[i - 1])
                cairo_line_to (cr, x[i - 1] + (x[i] - x[i - 1]) * (baseline - y[i - 1]) / (y[i] - y[i - 1]), baseline);
              cairo_line_to (cr, x[i], here ? y[i] : baseline);
            }
          cairo_line_to (cr, x[i - 1], baseline);
          cairo_close_path (cr);
        }
      gdk_cairo_set_source_rgba (cr, side == 0 ? above : below);
      cairo_fill (cr);
    }
}
