/* bs-window-log.c: exporting what the signal log shows */
#include <glib/gi18n.h>

#include "app/bs-signal-export.h"
#include "app/bs-window-private.h"
#include "ui/bs-number.h"

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

/* The name's ending decides the format; @wanted where it says nothing. */
static void
export_to (BsWindow *self, const char *path, const char *wanted)
{
  Export *export = g_new (Export, 1);

  *export = (Export){ g_object_ref (self), g_strdup (path), bs_signal_export_format (path, wanted) };
  bs_signal_log_copy_async (bs_signal_log_get_model (self->log), on_copied, export);
}

/* The user wants the log as a file: asks where to. */
static void
on_export (BsSignalLog *log, const char *format, BsWindow *self)
{
  bs_window_ask_export (self, _ ("Export Signals"), "signals", format, export_to);
}

void
bs_window_log_init (BsWindow *self)
{
  g_signal_connect_object (self->log, "export", G_CALLBACK (on_export), self, 0);
}
