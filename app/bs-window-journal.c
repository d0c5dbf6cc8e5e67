/* bs-window-journal.c: what the journal says in the window: that it cannot be written, that it can again, that it was damaged */
#include <glib/gi18n.h>

#include "app/bs-window-private.h"
#include "app/journal/bs-journal-export.h"
#include "ui/bs-number.h"

/* Signals handed to the log in one go. */
#define LOG_AT_ONCE 256

static void
show_blocked (BsWindow *self, const BsJournalStatus *status)
{
  char number[BS_NUMBER_LENGTH];
  g_autofree char *lost
    = status->n_lost > 0 ? g_strdup_printf (g_dngettext (NULL, " %s record is lost.", " %s records are lost.", status->n_lost),
                                            bs_number_format_count (number, status->n_lost))
                         : g_strdup ("");
  g_autofree char *text = g_strdup_printf (
    _ ("The journal cannot be written: %s. Signals are shown but not kept; they wait in memory until it can.%s"),
    status->message, lost);
  self->journal_blocked = TRUE;
  if (!self->journal_dismissed)
    bs_window_show_banner (self, BS_BANNER_JOURNAL, text);
}

static void
show_writing (BsWindow *self, const BsJournalStatus *status)
{
  bs_window_hide_banner (self, BS_BANNER_JOURNAL);
  self->journal_dismissed = FALSE;
  if (self->journal_blocked)
    bs_window_toast (self,
                     status->n_lost == 0 ? _ ("The journal is written again; nothing was lost")
                                         : _ ("The journal is written again; what did not fit into memory is lost"),
                     NULL, NULL);
  self->journal_blocked = FALSE;
}

void
bs_window_journal_show (BsWindow *self)
{
  if (self->journal == NULL)
    return;
  g_auto (BsJournalStatus) status = { 0 };
  bs_journal_get_status (self->journal, &status);
  if (status.state == BS_JOURNAL_BLOCKED)
    show_blocked (self, &status);
  else if (status.state == BS_JOURNAL_WRITING)
    show_writing (self, &status);
  if (status.set_aside != NULL && !self->journal_damage_told)
    {
      g_autofree char *name = g_filename_display_basename (status.set_aside);
      g_autofree char *text
        = g_strdup_printf (_ ("The journal was damaged. It is kept as “%s”, and a new one has been begun."), name);
      self->journal_damage_told = TRUE;
      bs_window_show_banner (self, BS_BANNER_JOURNAL, text);
    }
}

void
bs_window_journal_show_run (BsWindow *self)
{
  const BsJournalRunRow *run = self->loaded->run;
  g_autoptr (GDateTime) started = g_date_time_new_from_unix_local (run->started_us / G_USEC_PER_SEC);
  g_autofree char *when = started != NULL ? g_date_time_format (started, "%Y-%m-%d %H:%M") : g_strdup ("");
  g_autofree char *text = g_strdup_printf (_ ("session of %s, from the journal"), when);
  bs_status_title_set_state (self->status, BS_STATUS_IDLE, text);
}

/* Shows bar @time_us of the run that is on the chart. */
static void
jump (BsWindow *self, gint64 time_us)
{
  const GArray *answers = self->loaded->answers;
  guint begin = 0, end = answers->len;
  if (time_us == G_MAXINT64)
    return;
  while (begin < end)
    {
      guint middle = begin + (end - begin) / 2;
      if (g_array_index (answers, BsJournalBar, middle).bar.time_us < time_us)
        begin = middle + 1;
      else
        end = middle;
    }
  if (begin < answers->len)
    bs_chart_show_bar (self->chart, begin);
}

void
bs_window_journal_begin_run (BsWindow *self)
{
  const GArray *answers = self->loaded->answers;
  BsSignalLogEntry entries[LOG_AT_ONCE];
  guint n = 0;
  for (guint i = 0; i < answers->len; i++)
    {
      const BsJournalBar *bar = &g_array_index (answers, BsJournalBar, i);
      if (!bar->answered || bar->signal.state != BS_SIGNAL_READY)
        continue;
      entries[n++] = (BsSignalLogEntry){ .time_us = bar->bar.time_us,
                                         .index = i,
                                         .klass = bar->signal.klass,
                                         .raw_class = bar->signal.raw_class,
                                         .confidence = bar->signal.confidence,
                                         .price = bar->bar.close,
                                         .filtered = bar->signal.filtered,
                                         .in_range = bar->signal.in_range,
                                         .total_ns = bar->signal.stage_ns[BS_STAGE_TOTAL] };
      if (n == LOG_AT_ONCE || i + 1 == answers->len)
        {
          bs_signal_log_append (self->log, entries, n);
          n = 0;
        }
    }
  if (n > 0)
    bs_signal_log_append (self->log, entries, n);
  jump (self, self->journal_jump_us);
  self->journal_jump_us = G_MAXINT64;
}

void
bs_window_journal_changed (BsWindow *self)
{
  g_return_if_fail (BS_IS_WINDOW (self));
  bs_window_journal_show (self);
}

static void
on_show_run (BsJournalPage *page, gint64 run, gint64 time_us, BsWindow *self)
{
  adw_view_stack_set_visible_child_name (self->views, "chart");
  if (self->loaded != NULL && self->loaded->run != NULL && self->loaded->run->id == run && self->loaded->run->ended_us != 0)
    {
      jump (self, time_us);
      gtk_widget_grab_focus (GTK_WIDGET (self->chart));
      return;
    }
  BsLoadRequest *request = bs_load_request_new (NULL);
  request->run = run;
  self->journal_jump_us = time_us;
  bs_window_open (self, request);
}

/* An export that goes on. */
typedef struct
{
  BsWindow *window;
  char *journal, *path, *format;
  gint64 run;
  guint64 n;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;
  g_object_unref (export->window);
  g_free (export->journal);
  g_free (export->path);
  g_free (export->format);
  g_free (export);
}

static void
export_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;
  if (bs_journal_export_to_file (export->journal, export->run, export->format, export->path, &export->n, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  char number[BS_NUMBER_LENGTH];
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);
  if (export->window->presenter == NULL)
    return; /* the window has been closed */
  g_autofree char *text = good ? g_strdup_printf (g_dngettext (NULL, "Exported %s bar", "Exported %s bars", export->n),
                                                  bs_number_format_count (number, export->n))
                               : g_strdup_printf (_ ("Not exported: %s"), error->message);
  bs_window_toast (export->window, text, NULL, NULL);
}

static void
on_export_response (GtkNativeDialog *dialog, int response, Export *export)
{
  BsWindow *self = export->window;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  export->path = file != NULL ? g_file_get_path (file) : NULL;
  if (response == GTK_RESPONSE_ACCEPT && export->path != NULL)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, on_exported, NULL);
      g_task_set_task_data (task, export, export_free);
      g_task_run_in_thread (task, export_in_thread);
    }
  else
    {
      if (response == GTK_RESPONSE_ACCEPT)
        bs_window_toast (self, _ ("Only files of this machine can be written"), NULL, NULL);
      export_free (export);
    }
  g_clear_object (&self->chooser);
}

static void
on_export (BsJournalPage *page, const char *format, BsWindow *self)
{
  const BsJournalRunRow *row = bs_journal_page_selected_run (page);
  if (self->chooser != NULL)
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
  if (self->chooser != NULL || row == NULL)
    return;
  Export *export = g_new0 (Export, 1);
  export->window = g_object_ref (self);
  export->journal = g_strdup (bs_journal_path (self->journal));
  export->format = g_strdup (format);
  export->run = row->id;
  g_autofree char *name = g_strdup_printf ("%s-%" G_GINT64_FORMAT ".%s", row->instrument, row->id, format);
  g_strdelimit (name, "/\\", '-');
  self->chooser = gtk_file_chooser_native_new (_ ("Export Session"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Export"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_export_response), export);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_message (BsJournalPage *page, const char *text, BsWindow *self)
{
  bs_window_toast (self, text, NULL, NULL);
}

/* @toast is given to the overlay. */
static void
on_toast (BsJournalPage *page, AdwToast *toast, BsWindow *self)
{
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (toast));
}

void
bs_window_journal_init (BsWindow *self, BsJournal *journal)
{
  self->journal_jump_us = G_MAXINT64;
  bs_journal_page_set_journal (self->journal_page, journal);
  g_signal_connect_object (self->journal_page, "show-run", G_CALLBACK (on_show_run), self, 0);
  g_signal_connect_object (self->journal_page, "export", G_CALLBACK (on_export), self, 0);
  g_signal_connect_object (self->journal_page, "message", G_CALLBACK (on_message), self, 0);
  g_signal_connect_object (self->journal_page, "toast", G_CALLBACK (on_toast), self, 0);
  self->journal = journal != NULL ? bs_journal_ref (journal) : NULL;
  bs_presenter_set_journal (self->presenter, journal);
}
