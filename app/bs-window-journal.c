/* bs-window-journal.c: what the journal says in the window: that it cannot be written, that it can again, that it was damaged */
#include <glib/gi18n.h>

#include "app/bs-window-private.h"
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
}

void
bs_window_journal_changed (BsWindow *self)
{
  g_return_if_fail (BS_IS_WINDOW (self));
  bs_window_journal_show (self);
}

void
bs_window_journal_init (BsWindow *self, BsJournal *journal)
{
  self->journal = journal != NULL ? bs_journal_ref (journal) : NULL;
  bs_presenter_set_journal (self->presenter, journal);
}
