/* bs-layer-candles.c: candles, on whole pixels */
#include "ui/chart/layers/bs-layers.h"

static void
add_candle (cairo_t *cr, int x, int open, int high, int low, int close, int wick_width, int body_width)
{
  int top = MIN (open, close), height = MAX (ABS (close - open), wick_width);

  if (body_width <= wick_width)
    {
      cairo_rectangle (cr, x, high, wick_width, MAX (low - high, wick_width));
      return;
    }
  /* The wick in two pieces, so that nothing is laid on twice and the path stays simple. */
  if (high < top)
    cairo_rectangle (cr, x, high, wick_width, top - high);
  if (low > top + height)
    cairo_rectangle (cr, x, top + height, wick_width, low - top - height);
  cairo_rectangle (cr, x - (body_width - wick_width) / 2, top, body_width, height);
}

void
bs_layer_candles (cairo_t *cr, guint n, const int *x, const int *open, const int *high, const int *low,
                  const int *close, const guint8 *rising, int wick_width, int body_width, const GdkRGBA *up,
                  const GdkRGBA *down)
{
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint8 which = 0; which < 2; which++)
    {
      for (guint i = 0; i < n; i++)
        if (rising[i] == which)
          add_candle (cr, x[i], open[i], high[i], low[i], close[i], wick_width, body_width);
      gdk_cairo_set_source_rgba (cr, which ? up : down);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}
