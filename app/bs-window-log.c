/* bs-window-log.c: exporting what the signal log shows */
#include <glib/gi18n.h>

#include "app/bs-signal-export.h"
#include "app/bs-window-private.h"
#include "ui/bs-number.h"

#define FORMAT_KEY "bs-format"

/* Rows on their way to a file. */
typedef struct
{
  BsWindow *window;
  char *path;
  const char *format; /* static */
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->window);
  g_free (export->path);
  g_free (export);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BsWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  char count[BS_NUMBER_LENGTH];
  guint n;

  if (self->presenter == NULL)
    return; /* the window has been closed; the file is there */
  if (bs_signal_export_finish (result, &n, &error))
    text = g_strdup_printf (g_dngettext (NULL, "Exported %s signal", "Exported %s signals", n),
                            bs_number_format_count (count, n));
  else
    text = g_strdup_printf (_ ("Not exported: %s"), error->message);
  bs_window_toast (self, text, NULL, NULL);
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;

  bs_signal_export_async (export->path, export->format, bs_signal_log_copy_finish (result), on_exported,
                          g_object_ref (export->window));
  export_free (export);
}

static void
on_response (GtkNativeDialog *dialog, int response, BsWindow *self)
{
  const char *wanted = g_object_get_data (G_OBJECT (dialog), FORMAT_KEY);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      if (path != NULL)
        {
          Export *export = g_new (Export, 1);
          *export = (Export){ g_object_ref (self), path, bs_signal_export_format (path, wanted) };
          path = NULL;
          bs_signal_log_copy_async (bs_signal_log_get_model (self->log), on_copied, export);
        }
      else
        bs_window_toast (self, _ ("Only files of this machine can be written"), NULL, NULL);
    }
  g_clear_object (&self->chooser);
}

/* The user wants the log as a file: asks where to. */
static void
on_export (BsSignalLog *log, const char *format, BsWindow *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("signals-%s.%s", stamp, format);

  if (self->chooser != NULL)
    {
      gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
      return;
    }
  self->chooser = gtk_file_chooser_native_new (_ ("Export Signals"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Export"), NULL);
  g_object_set_data (G_OBJECT (self->chooser), FORMAT_KEY, (gpointer) g_intern_string (format));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
bs_window_log_init (BsWindow *self)
{
  g_signal_connect_object (self->log, "export", G_CALLBACK (on_export), self, 0);
}
