/* bs-window-chart.c: what the chart asks the window for: its settings, the threshold, pictures of it */
#include <glib/gi18n.h>

#include "app/bs-chart-preferences.h"
#include "app/bs-chart-settings.h"
#include "app/bs-settings.h"
#include "app/bs-window-private.h"
#include "app/feeds/bs-file-writer.h"
#include "ui/chart/bs-chart-export.h"

/** A picture on its way into a file. */
typedef struct
{
  char *path;
  cairo_surface_t *image; /* (nullable): a PNG to be made of it */
  GBytes *bytes;          /* (nullable): the file's content */
} Picture;

static void
picture_free (gpointer data)
{
  Picture *picture = data;
  g_free (picture->path);
  g_clear_pointer (&picture->image, cairo_surface_destroy);
  g_clear_pointer (&picture->bytes, g_bytes_unref);
  g_free (picture);
}

static char *
chart_title (BsWindow *self)
{
  const char *title = gtk_window_get_title (GTK_WINDOW (self));
  g_autofree char *suffix = g_strdup_printf (_ ("%s – Barscope"), "");
  return g_str_has_suffix (title, suffix) ? g_strndup (title, strlen (title) - strlen (suffix)) : g_strdup (title);
}

static cairo_status_t
append_png (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* On a thread of its own: packing a PNG takes longer than a frame may. */
static void
write_picture (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Picture *picture = data;
  g_autoptr (GError) error = NULL;
  if (picture->bytes == NULL)
    {
      GByteArray *png = g_byte_array_new ();
      cairo_surface_write_to_png_stream (picture->image, append_png, png);
      picture->bytes = g_byte_array_free_to_bytes (png);
    }
  g_autoptr (BsFileWriter) writer = bs_file_writer_new (picture->path, &error);
  if (writer == NULL
      || !bs_file_writer_write (writer, g_bytes_get_data (picture->bytes, NULL), g_bytes_get_size (picture->bytes),
                                &error)
      || !bs_file_writer_commit (writer, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  BsWindow *self = BS_WINDOW (source);
  g_autoptr (GError) error = NULL;
  if (self->presenter == NULL)
    return; /* the window has been closed; the file is there */
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      bs_window_toast (self, _ ("Saved the chart"), NULL, NULL);
      return;
    }
  g_autofree char *text = g_strdup_printf (_ ("Not saved: %s"), error->message);
  bs_window_toast (self, text, NULL, NULL);
}

static void
save_to (BsWindow *self, const char *path)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written, NULL);
  Picture *picture = g_new0 (Picture, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *title = chart_title (self);
  g_autofree char *lower = g_ascii_strdown (path, -1);
  picture->path = g_strdup (path);
  g_task_set_task_data (task, picture, picture_free);
  if (g_str_has_suffix (lower, ".svg") || g_str_has_suffix (lower, ".pdf"))
    picture->bytes = bs_chart_paint_vectors (self->chart, lower + strlen (lower) - 3, title, &error);
  else if (g_str_has_suffix (lower, ".png"))
    picture->image = bs_chart_paint_image (self->chart, title);
  else
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                 _ ("%s: expected a name that ends in .png, .svg or .pdf"), path);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_run_in_thread (task, write_picture);
}

static void
on_save_response (GtkNativeDialog *dialog, int response, BsWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      if (path != NULL)
        save_to (self, path);
      else
        bs_window_toast (self, _ ("Only files of this machine can be written"), NULL, NULL);
    }
  g_clear_object (&self->chooser);
}

static void
on_save (BsWindow *self)
{
  if (self->chooser != NULL)
    {
      gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
      return;
    }
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "chart-%Y%m%d-%H%M%S.png");
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  gtk_file_filter_set_name (filter, _ ("PNG, SVG or PDF, by the name"));
  static const char *const suffixes[] = { "png", "svg", "pdf" };
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  self->chooser = gtk_file_chooser_native_new (_ ("Save Chart"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Save"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_save_response), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_copy (BsWindow *self)
{
  g_autofree char *title = chart_title (self);
  cairo_surface_t *image = bs_chart_paint_image (self->chart, title);
  int stride = cairo_image_surface_get_stride (image), height = cairo_image_surface_get_height (image);
  g_autoptr (GBytes) bytes
    = g_bytes_new_with_free_func (cairo_image_surface_get_data (image), (gsize) stride * (gsize) height,
                                  (GDestroyNotify) cairo_surface_destroy, image);
  g_autoptr (GdkTexture) texture
    = gdk_memory_texture_new (cairo_image_surface_get_width (image), height, GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), texture);
  bs_window_toast (self, _ ("Copied a picture of the chart"), NULL, NULL);
}

static void
on_settings (BsWindow *self)
{
  if (self->chart_settings != NULL)
    gtk_window_present (bs_chart_preferences_new (GTK_WINDOW (self), self->chart_settings));
  else
    bs_window_toast (self, _ ("Settings cannot be kept: their schema is not installed"), NULL, NULL);
}

/* The line in the confidence pane was moved: as if the panel's slider had been. */
static void
on_threshold_moved (BsWindow *self, double threshold)
{
  bs_sidebar_set_threshold (self->sidebar, threshold);
}

void
bs_window_chart_init (BsWindow *self)
{
  self->chart_settings = bs_chart_settings_new ();
  bs_chart_settings_bind (self->chart_settings, self->chart);
  g_signal_connect_object (self->chart, "threshold-changed", G_CALLBACK (on_threshold_moved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chart, "copy", G_CALLBACK (on_copy), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chart, "save", G_CALLBACK (on_save), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->chart, "settings", G_CALLBACK (on_settings), self, G_CONNECT_SWAPPED);
}
