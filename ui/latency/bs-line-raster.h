/* bs-line-raster.h: a line with one value a pixel column, drawn into an image: what cairo's general stroke is too slow for */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/** A span of columns drawn, then one left out; 0: solid. Device pixels. */
#define BS_LINE_RASTER_SOLID 0

/**
 * bs_line_raster_draw:
 * @pixels: [height * stride / 4], cairo's ARGB32 (premultiplied, native order)
 * @stride: bytes a row
 * @y: [width]: height of the line in each column, pixels from the top; NAN: no value there, the line breaks
 * @thickness: pixels
 * @dash: columns drawn and columns left out, or %BS_LINE_RASTER_SOLID
 *
 * Draws a line through all @y, blended over what is there. Every column reaches its own @y and half way to its
 * neighbours', so that a peak of one column keeps its height. Cost: about a nanosecond a pixel touched; a stroke of
 * cairo's takes some 20 times as long, and a strip of ten lines is redrawn whenever a bar comes.
 */
void bs_line_raster_draw (guint32 *pixels, int stride, int width, int height, const float *y, float thickness,
                          guint dash, const GdkRGBA *color);

G_END_DECLS
