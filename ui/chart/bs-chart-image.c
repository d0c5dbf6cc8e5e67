/* bs-chart-image.c: pixels that are painted anew from frame to frame, as a part of the frame */
#include "ui/chart/bs-chart-image.h"

static cairo_surface_t *
acquire (cairo_pattern_t *pattern, void *image, cairo_surface_t *target, const cairo_rectangle_int_t *extents)
{
  return cairo_surface_reference (image);
}

static void
release (cairo_pattern_t *pattern, void *image, cairo_surface_t *acquired)
{
  cairo_surface_destroy (acquired);
}

static cairo_status_t
copy (cairo_pattern_t *pattern, void *image, const cairo_pattern_t *other)
{
  cairo_surface_reference (image);
  return CAIRO_STATUS_SUCCESS;
}

static void
finish (cairo_pattern_t *pattern, void *image)
{
  cairo_surface_destroy (image);
}

void
bs_chart_image_append (GtkSnapshot *snapshot, cairo_surface_t *image, int from_x, const graphene_rect_t *bounds, int scale)
{
  cairo_pattern_t *pattern
    = cairo_pattern_create_raster_source (cairo_surface_reference (image), CAIRO_CONTENT_COLOR,
                                          cairo_image_surface_get_width (image), cairo_image_surface_get_height (image));
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);
  cairo_matrix_t matrix;

  cairo_raster_source_pattern_set_acquire (pattern, acquire, release);
  cairo_raster_source_pattern_set_copy (pattern, copy);
  cairo_raster_source_pattern_set_finish (pattern, finish);
  cairo_matrix_init (&matrix, scale, 0, 0, scale, from_x - (double) bounds->origin.x * scale,
                     -(double) bounds->origin.y * scale);
  cairo_pattern_set_matrix (pattern, &matrix);
  cairo_pattern_set_filter (pattern, CAIRO_FILTER_NEAREST);
  cairo_set_source (cr, pattern);
  cairo_rectangle (cr, (double) bounds->origin.x, (double) bounds->origin.y, (double) bounds->size.width,
                   (double) bounds->size.height);
  cairo_fill (cr);
  cairo_destroy (cr);
  cairo_pattern_destroy (pattern);
}
