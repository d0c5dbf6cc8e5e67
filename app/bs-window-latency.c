/* bs-window-latency.c: exporting what the latency page shows */
#include <glib/gi18n.h>

#include "app/bs-latency-export.h"
#include "app/bs-screenshot.h"
#include "app/bs-window-private.h"
#include "ui/bs-number.h"

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

/* The user wants the latency page as a file: asks where to. */
static void
on_export (BsLatencyPage *page, const char *format, BsWindow *self)
{
  bs_window_ask_export (self, _ ("Export Latency"), "latency", format, export_to);
}

void
bs_window_latency_init (BsWindow *self)
{
  self->latency = bs_latency_record_new ();
  bs_latency_view_set_record (self->latency_strip, self->latency);
  bs_latency_page_set_record (self->latency_page, self->latency);
  g_signal_connect_object (self->latency_page, "export", G_CALLBACK (on_export), self, 0);
}
