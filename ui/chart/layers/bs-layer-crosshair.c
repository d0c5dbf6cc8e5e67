/* bs-layer-crosshair.c: the crosshair, on a layer of its own */
#include "ui/chart/layers/bs-layers.h"

#define DASH_PX 4

void
bs_layer_crosshair (cairo_t *cr, int x, int y, int width, int height, int line_width, const GdkRGBA *color)
{
  int dash = DASH_PX * line_width;

  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  if (x >= 0)
    for (int at = 0; at < height; at += 2 * dash)
      cairo_rectangle (cr, x, at, line_width, dash);
  if (y >= 0)
    for (int at = 0; at < width; at += 2 * dash)
      cairo_rectangle (cr, at, y, dash, line_width);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_fill (cr);
  cairo_restore (cr);
}
