/* bs-window-latency.c: exporting what the latency page shows */
#include <glib/gi18n.h>

#include "app/bs-latency-export.h"
#include "app/bs-screenshot.h"
#include "app/bs-window-private.h"
#include "ui/bs-number.h"

#define FORMAT_KEY "bs-format"

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BsWindow) self = data;
  g_autoptr (GError) error = NULL;
  char count[BS_NUMBER_LENGTH];
  guint64 n;

  if (self->presenter == NULL)
    return; /* the window has been closed; the file is there */
  if (!bs_latency_export_finish (result, &n, &error))
    {
      g_autofree char *text = g_strdup_printf (_ ("Not exported: %s"), error->message);
      bs_window_toast (self, text, NULL, NULL);
      return;
    }
  g_autofree char *text
    = n > 0 ? g_strdup_printf (g_dngettext (NULL, "Exported %s prediction", "Exported %s predictions", n),
                               bs_number_format_count (count, n))
            : g_strdup (_ ("Exported the page"));
  bs_window_toast (self, text, NULL, NULL);
}

static void
export_to (BsWindow *self, const char *path, const char *format)
{
  g_autoptr (BsLatencyExport) export = bs_latency_export_new (path, format);
  BsTrace *trace = bs_latency_record_trace (self->latency);
  g_autoptr (GError) error = NULL;

  if (g_str_equal (format, "png"))
    export->picture = bs_screenshot_take (GTK_WIDGET (self->latency_page), &error);
  else if (trace != NULL)
    {
      export->trace = bs_trace_ref (trace);
      export->marks = bs_latency_marks_copy (bs_latency_record_marks (self->latency));
      for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
        export->sides[side] = bs_latency_page_get_chosen (self->latency_page, side);
    }
  else
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("nothing has been measured"));
  if (error != NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("Not exported: %s"), error->message);
      bs_window_toast (self, text, NULL, NULL);
      return;
    }
  bs_latency_export_async (g_steal_pointer (&export), on_exported, g_object_ref (self));
}

static void
on_response (GtkNativeDialog *dialog, int response, BsWindow *self)
{
  const char *format = g_object_get_data (G_OBJECT (dialog), FORMAT_KEY);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
      if (path != NULL)
        export_to (self, path, format);
      else
        bs_window_toast (self, _ ("Only files of this machine can be written"), NULL, NULL);
    }
  g_clear_object (&self->chooser);
}

/* The user wants the latency page as a file: asks where to. */
static void
on_export (BsLatencyPage *page, const char *format, BsWindow *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("latency-%s.%s", stamp, format);

  if (self->chooser != NULL)
    {
      gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
      return;
    }
  self->chooser = gtk_file_chooser_native_new (_ ("Export Latency"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Export"), NULL);
  g_object_set_data_full (G_OBJECT (self->chooser), FORMAT_KEY, g_strdup (format), g_free);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
bs_window_latency_init (BsWindow *self)
{
  self->latency = bs_latency_record_new ();
  bs_latency_view_set_record (self->latency_strip, self->latency);
  bs_latency_page_set_record (self->latency_page, self->latency);
  g_signal_connect_object (self->latency_page, "export", G_CALLBACK (on_export), self, 0);
}
