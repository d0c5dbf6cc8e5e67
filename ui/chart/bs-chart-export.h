/* bs-chart-export.h: what a chart shows as a picture, without crosshair */
#pragma once

#include "ui/chart/bs-chart.h"

G_BEGIN_DECLS

/**
 * bs_chart_paint_image:
 * @title: (nullable): written above it
 *
 * Returns: (transfer full): an ARGB32 image in device pixels, for a PNG or the clipboard. Main thread; costs two frames.
 */
cairo_surface_t *bs_chart_paint_image (BsChart *self, const char *title) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_chart_paint_vectors:
 * @format: "svg" or "pdf"
 * @title: (nullable): written above it
 *
 * Lines and text, not pixels: as large as one likes. Main thread: text is laid out.
 *
 * Returns: (transfer full): the file's content; %NULL with a %G_IO_ERROR
 */
GBytes *bs_chart_paint_vectors (BsChart *self, const char *format, const char *title,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
