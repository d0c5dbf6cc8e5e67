/* bs-chart-export.c: what a chart shows as a picture, without crosshair */
#include "ui/chart/bs-chart-export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include "ui/chart/bs-chart-private.h"

static int
title_height (BsChart *self, const char *title)
{
  return title != NULL ? bs_chart_text_height (self->text) + 2 * BS_CHART_MARGIN_PX : 0;
}

/* The chart and its title, a unit being a logical pixel. */
static void
paint (BsChart *self, cairo_t *cr, const char *title, gboolean vectors)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gboolean crosshair = self->crosshair_shown;
  int top = title_height (self, title);
  GskRenderNode *node;

  self->crosshair_shown = FALSE;
  self->vectors = vectors;
  if (vectors)
    bs_chart_clear_nodes (self);
  bs_chart_prepare (self);
  gtk_snapshot_append_color (snapshot, bs_palette_get (&self->palette, BS_COLOR_BACKGROUND),
                             &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) top));
  if (title != NULL)
    bs_chart_text_draw (snapshot, bs_chart_text_layout (self->text, title, TRUE), BS_CHART_MARGIN_PX, BS_CHART_MARGIN_PX,
                        bs_palette_get (&self->palette, BS_COLOR_FOREGROUND));
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (float) top));
  bs_chart_draw (self, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  if (vectors)
    bs_chart_clear_nodes (self);
  self->vectors = FALSE;
  self->crosshair_shown = crosshair;
}

cairo_surface_t *
bs_chart_paint_image (BsChart *self, const char *title)
{
  cairo_surface_t *surface;
  cairo_t *cr;

  g_return_val_if_fail (BS_IS_CHART (self), NULL);

  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, MAX (1, self->width * self->scale),
                                        MAX (1, (self->height + title_height (self, title)) * self->scale));
  cr = cairo_create (surface);
  cairo_scale (cr, self->scale, self->scale);
  paint (self, cr, title, FALSE);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
bs_chart_paint_vectors (BsChart *self, const char *format, const char *title, GError **error)
{
  GByteArray *bytes;
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;
  double width, height;

  g_return_val_if_fail (BS_IS_CHART (self), NULL);
  g_return_val_if_fail (g_str_equal (format, "svg") || g_str_equal (format, "pdf"), NULL);

  bytes = g_byte_array_new ();
  width = MAX (1, self->width);
  height = MAX (1, self->height + title_height (self, title));
  if (g_str_equal (format, "svg"))
    surface = cairo_svg_surface_create_for_stream (append, bytes, width, height);
  else
    surface = cairo_pdf_surface_create_for_stream (append, bytes, width, height);
  if (title != NULL && g_str_equal (format, "pdf"))
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, title);
  cr = cairo_create (surface);
  paint (self, cr, title, TRUE);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the %s could not be drawn: %s", format,
                   cairo_status_to_string (status));
      g_byte_array_unref (bytes);
      return NULL;
    }
  return g_byte_array_free_to_bytes (bytes);
}
