/* bs-layer-markers.c: signal markers and dots */
#include <math.h>

#include "ui/chart/layers/bs-layers.h"

static void
add_mark (cairo_t *cr, BsMark mark, double x, double y, double size)
{
  double half = size / 2, down = mark == BS_MARK_DOWN || mark == BS_MARK_HOLLOW_DOWN ? -1 : 1;

  switch (mark)
    {
    case BS_MARK_UP:
    case BS_MARK_DOWN:
    case BS_MARK_HOLLOW_UP:
    case BS_MARK_HOLLOW_DOWN:
      cairo_move_to (cr, x, y);
      cairo_line_to (cr, x - half, y + down * size * 0.9);
      cairo_line_to (cr, x + half, y + down * size * 0.9);
      cairo_close_path (cr);
      break;
    case BS_MARK_DOT:
      cairo_new_sub_path (cr);
      cairo_arc (cr, x, y, half, 0, 2 * G_PI);
      cairo_close_path (cr);
      break;
    case BS_MARK_NONE:
    case BS_N_MARKS:
    default:
      break;
    }
}

void
bs_layer_markers (cairo_t *cr, guint n, const int *x, const double *y, const guint8 *marks, const guint8 *color_of,
                  double size, const GdkRGBA *colors, guint n_colors)
{
  cairo_save (cr);
  cairo_set_line_width (cr, MAX (1, size / 7));
  for (guint c = 0; c < n_colors; c++)
    for (guint hollow = 0; hollow < 2; hollow++)
      {
        for (guint i = 0; i < n; i++)
          if (color_of[i] == c && !isnan (y[i])
              && (marks[i] == BS_MARK_HOLLOW_UP || marks[i] == BS_MARK_HOLLOW_DOWN) == hollow)
            add_mark (cr, marks[i], x[i] + 0.5, y[i], size);
        gdk_cairo_set_source_rgba (cr, &colors[c]);
        if (hollow)
          cairo_stroke (cr);
        else
          cairo_fill (cr);
      }
  cairo_restore (cr);
}
