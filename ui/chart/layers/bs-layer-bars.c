/* bs-layer-bars.c: OHLC bars, on whole pixels */
#include "ui/chart/layers/bs-layers.h"
#include "ui/chart/layers/bs-raster.h"

static void
add_box (cairo_t *cr, BsRaster *raster, int x, int y, int width, int height, const GdkRGBA *color)
{
  if (raster != NULL)
    bs_raster_column (raster, x, width, y, y + height, color);
  else
    cairo_rectangle (cr, x, y, width, height);
}

static void
add_bar (cairo_t *cr, BsRaster *raster, int x, int open, int high, int low, int close, int line_width, int tick_width,
         const GdkRGBA *color)
{
  /* The ticks lie on the line's rows, so that one at the high or the low does not stick out of it. */
  int bottom = MAX (low, high + line_width);

  add_box (cr, raster, x, high, line_width, bottom - high, color);
  if (tick_width <= 0)
    return;
  add_box (cr, raster, x - tick_width, CLAMP (open, high, bottom - line_width), tick_width, line_width, color);
  add_box (cr, raster, x + line_width, CLAMP (close, high, bottom - line_width), tick_width, line_width, color);
}

void
bs_layer_bars (cairo_t *cr, guint n, const int *x, const int *open, const int *high, const int *low, const int *close,
               const guint8 *rising, int line_width, int tick_width, const GdkRGBA *up, const GdkRGBA *down)
{
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      for (guint i = 0; i < n; i++)
        add_bar (cr, &raster, x[i], open[i], high[i], low[i], close[i], line_width, tick_width, rising[i] ? up : down);
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint8 which = 0; which < 2; which++)
    {
      for (guint i = 0; i < n; i++)
        if (rising[i] == which)
          add_bar (cr, NULL, x[i], open[i], high[i], low[i], close[i], line_width, tick_width, NULL);
      gdk_cairo_set_source_rgba (cr, which ? up : down);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}
