/* bs-window-export.c: asking where a page's export is to be written */
#include <glib/gi18n.h>

#include "app/bs-window-private.h"

#define ASKED_KEY "bs-asked"

/* What a dialog was opened for. */
typedef struct
{
  BsWindowExportFunc func;
  const char *format;
} Asked;

static void
on_response (GtkNativeDialog *dialog, int response, BsWindow *self)
{
  const Asked *asked = g_object_get_data (G_OBJECT (dialog), ASKED_KEY);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      if (path != NULL)
        asked->func (self, path, asked->format);
      else
        bs_window_toast (self, _ ("Only files of this machine can be written"), NULL, NULL);
    }
  g_clear_object (&self->chooser);
}

void
bs_window_ask_export (BsWindow *self, const char *title, const char *stem, const char *format, BsWindowExportFunc func)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("%s-%s.%s", stem, stamp, format);

  if (self->chooser != NULL)
    {
      gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
      return;
    }
  Asked *asked = g_new (Asked, 1);
  *asked = (Asked){ func, g_intern_string (format) };
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), NULL);
  g_object_set_data_full (G_OBJECT (self->chooser), ASKED_KEY, asked, g_free);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}
