/* bs-layer-candles.c: candles, on whole pixels */
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
add_candle (cairo_t *cr, BsRaster *raster, int x, int open, int high, int low, int close, int wick_width,
            int body_width, const GdkRGBA *color)
{
  int top = MIN (open, close), height = MAX (ABS (close - open), wick_width);

  if (body_width <= wick_width)
    {
      add_box (cr, raster, x, high, wick_width, MAX (low - high, wick_width), color);
      return;
    }
  /* The wick in two pieces, so that nothing is laid on twice and the path stays simple. */
  if (high < top)
    add_box (cr, raster, x, high, wick_width, top - high, color);
  if (low > top + height)
    add_box (cr, raster, x, top + height, wick_width, low - top - height, color);
  add_box (cr, raster, x - (body_width - wick_width) / 2, top, body_width, height, color);
}

void
bs_layer_candles (cairo_t *cr, guint n, const int *x, const int *open, const int *high, const int *low,
                  const int *close, const guint8 *rising, int wick_width, int body_width, const GdkRGBA *up,
                  const GdkRGBA *down)
{
  BsRaster raster;

  if (bs_raster_begin (&raster, cr))
    {
      for (guint i = 0; i < n; i++)
        add_candle (cr, &raster, x[i], open[i], high[i], low[i], close[i], wick_width, body_width,
                    rising[i] ? up : down);
      bs_raster_end (&raster);
      return;
    }
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint8 which = 0; which < 2; which++)
    {
      for (guint i = 0; i < n; i++)
        if (rising[i] == which)
          add_candle (cr, NULL, x[i], open[i], high[i], low[i], close[i], wick_width, body_width, NULL);
      gdk_cairo_set_source_rgba (cr, which ? up : down);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}
