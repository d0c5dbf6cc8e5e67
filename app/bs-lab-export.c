#include "app/bs-lab-export.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/bs-palette.h"

#define PICTURE_MARGIN_PX 12
#define BYTES_A_PIXEL 4

/* One export, from the question to the toast. */
typedef struct
{
  GtkWidget *widget;
  GtkFileChooserNative *chooser;
  GBytes *data; /* what is written; of a picture: its pixels until it is encoded */
  int width, height;
  gsize stride;
  GFile *file;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;
  g_clear_object (&self->widget);
  g_clear_object (&self->chooser);
  g_clear_object (&self->file);
  g_bytes_unref (self->data);
  g_free (self);
}

static void
toast (GtkWidget *widget, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (text));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (self->file);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *text = NULL;

  if (g_file_replace_contents_finish (self->file, result, NULL, &error))
    text = g_strdup_printf (_ ("Saved %s"), shown);
  else
    text = g_strdup_printf (_ ("%s was not saved: %s"), shown, error->message);
  toast (self->widget, text);
  export_free (self);
}

static void
write_file (Export *self)
{
  g_file_replace_contents_bytes_async (self->file, self->data, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_written, self);
}

static void
encode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *self = data;
  g_autoptr (GdkTexture) texture
    = gdk_memory_texture_new (self->width, self->height, GDK_MEMORY_DEFAULT, self->data, self->stride);
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (texture), (GDestroyNotify) g_bytes_unref);
}

static void
on_encoded (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *self = data;
  g_bytes_unref (self->data);
  self->data = g_task_propagate_pointer (G_TASK (result), NULL);
  write_file (self);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  Export *self = data;
  if (response == GTK_RESPONSE_ACCEPT)
    self->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (self->file == NULL)
    {
      export_free (self);
      return;
    }
  if (self->width == 0)
    {
      write_file (self);
      return;
    }
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_encoded, self);
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, encode);
}

static void
ask (Export *self, const char *title, const char *name)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (self->widget));
  self->chooser = gtk_file_chooser_native_new (title, window, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
bs_lab_export (GtkWidget *widget, const char *title, const char *name, GBytes *data)
{
  g_return_if_fail (GTK_IS_WIDGET (widget) && data != NULL);

  Export *self = g_new0 (Export, 1);
  self->widget = g_object_ref (widget);
  self->data = data;
  ask (self, title, name);
}

/* @parts below each other on the window's background. (transfer full) (nullable) */
static GskRenderNode *
draw_parts (GtkWidget *widget, GtkWidget *const *parts, guint n, int *width, int *height)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  BsPalette palette;

  *width = 0;
  *height = PICTURE_MARGIN_PX;
  for (guint i = 0; i < n; i++)
    {
      *width = MAX (*width, gtk_widget_get_width (parts[i]) + 2 * PICTURE_MARGIN_PX);
      *height += gtk_widget_get_height (parts[i]) + PICTURE_MARGIN_PX;
    }
  bs_palette_read (&palette, widget);
  gtk_snapshot_append_color (snapshot, bs_palette_get (&palette, BS_COLOR_BACKGROUND),
                             &GRAPHENE_RECT_INIT (0, 0, (float) *width, (float) *height));
  float y = PICTURE_MARGIN_PX;
  for (guint i = 0; i < n; i++)
    {
      const int part_width = gtk_widget_get_width (parts[i]), part_height = gtk_widget_get_height (parts[i]);
      g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (parts[i]);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (PICTURE_MARGIN_PX, y));
      gdk_paintable_snapshot (paintable, snapshot, part_width, part_height);
      gtk_snapshot_restore (snapshot);
      y += (float) part_height + PICTURE_MARGIN_PX;
    }
  return gtk_snapshot_free_to_node (snapshot);
}

void
bs_lab_export_picture (GtkWidget *widget, const char *title, const char *name, GtkWidget *const *parts, guint n)
{
  g_return_if_fail (GTK_IS_WIDGET (widget) && n > 0);

  Export *self = g_new0 (Export, 1);
  g_autoptr (GskRenderNode) node = draw_parts (widget, parts, n, &self->width, &self->height);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (
    renderer, node, &GRAPHENE_RECT_INIT (0, 0, (float) self->width, (float) self->height));
  self->stride = (gsize) self->width * BYTES_A_PIXEL;
  guchar *pixels = g_malloc (self->stride * (gsize) self->height);
  gdk_texture_download (texture, pixels, self->stride);
  self->data = g_bytes_new_take (pixels, self->stride * (gsize) self->height);
  self->widget = g_object_ref (widget);
  ask (self, title, name);
}
