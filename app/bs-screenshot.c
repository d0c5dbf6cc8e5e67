#include "app/bs-screenshot.h"

/* A part of a window is transparent: the window's background lies behind it. */
static void
append_background (GtkWidget *widget, GtkSnapshot *snapshot, int width, int height)
{
  GdkRGBA background;

  if (GTK_IS_WINDOW (widget))
    return;
  if (gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "window_bg_color", &background))
    gtk_snapshot_append_color (snapshot, &background, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

GdkTexture *
bs_screenshot_take (GtkWidget *widget, GError **error)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  if (!gtk_widget_get_mapped (widget) || width <= 0 || height <= 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "it is not on the screen");
      return NULL;
    }

  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  append_background (widget, snapshot, width, height);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "it has drawn nothing yet");
      return NULL;
    }
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  return gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

gboolean
bs_screenshot_save (GtkWindow *window, const char *path, GError **error)
{
  g_autoptr (GdkTexture) texture = bs_screenshot_take (GTK_WIDGET (window), error);
  if (texture == NULL)
    return FALSE;
  g_autoptr (GBytes) png = gdk_texture_save_to_png_bytes (texture);
  return g_file_set_contents (path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), error);
}
