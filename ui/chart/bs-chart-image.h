/* bs-chart-image.h: pixels that are painted anew from frame to frame, as a part of the frame */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * bs_chart_image_append:
 * @image: an image; what the snapshot's node draws are its pixels at the time of drawing
 * @from_x: the pixel column of @image that is drawn at the left of @bounds
 * @bounds: where, logical pixels: their size times @scale pixels are drawn
 * @scale: device pixels in a logical one
 *
 * cairo copies an image that is the source of a recorded drawing before the next stroke is laid on it, whether or not
 * anybody still looks at the recording: megabytes a frame. So the recording asks for the pixels when it is drawn. Whoever
 * paints @image must make a new node then, and draw none of the old ones again.
 */
void bs_chart_image_append (GtkSnapshot *snapshot, cairo_surface_t *image, int from_x, const graphene_rect_t *bounds,
                            int scale);

G_END_DECLS
