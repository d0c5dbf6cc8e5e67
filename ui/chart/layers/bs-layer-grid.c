/* bs-layer-grid.c: background, grid lines, session breaks and levels */
#include "ui/chart/layers/bs-layers.h"
#include "ui/chart/layers/bs-raster.h"

#define DASH_PX 4

void
bs_layer_background (cairo_t *cr, int left, int width, int height, const GdkRGBA *color)
{
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      bs_raster_fill (&raster, color);
      bs_raster_end (&raster);
      return;
    }
  gdk_cairo_set_source_rgba (cr, color);
  cairo_rectangle (cr, left, 0, width, height);
  cairo_fill (cr);
}

void
bs_layer_grid (cairo_t *cr, const int *x, guint n_x, const int *y, guint n_y, int width, int height, int line_width,
               const GdkRGBA *color)
{
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      for (guint i = 0; i < n_x; i++)
        bs_raster_box (&raster, x[i], 0, line_width, height, color);
      /* From one to the next: where two lines cross, the colour is not laid on twice. */
      for (guint i = 0; i < n_y; i++)
        for (guint k = 0; k <= n_x; k++)
          {
            int from = k == 0 ? MIN (raster.left, width) : x[k - 1] + line_width;

            bs_raster_box (&raster, from, y[i], (k < n_x ? x[k] : width) - from, line_width, color);
          }
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint i = 0; i < n_x; i++)
    cairo_rectangle (cr, x[i], 0, line_width, height);
  for (guint i = 0; i < n_y; i++)
    cairo_rectangle (cr, 0, y[i], width, line_width);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_fill (cr);
  cairo_restore (cr);
}

void
bs_layer_breaks (cairo_t *cr, const int *x, guint n, int height, int line_width, const GdkRGBA *color)
{
  int dash = DASH_PX * line_width;
  BsRaster raster;

  if (n == 0)
    return;
  if (bs_raster_begin (&raster, cr))
    {
      for (guint i = 0; i < n; i++)
        for (int y = 0; y < height; y += 2 * dash)
          bs_raster_box (&raster, x[i], y, line_width, dash, color);
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint i = 0; i < n; i++)
    for (int y = 0; y < height; y += 2 * dash)
      cairo_rectangle (cr, x[i], y, line_width, dash);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_fill (cr);
  cairo_restore (cr);
}

void
bs_layer_level (cairo_t *cr, int y, int left, int right, gint64 phase, int line_width, const GdkRGBA *color)
{
  int dash = DASH_PX * line_width;
  int start = left - (int) (((left + phase) % (2 * dash) + 2 * dash) % (2 * dash));
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      for (int x = start; x < right; x += 2 * dash)
        bs_raster_box (&raster, x, y, dash, line_width, color);
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (int x = start; x < right; x += 2 * dash)
    cairo_rectangle (cr, x, y, dash, line_width);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_fill (cr);
  cairo_restore (cr);
}
