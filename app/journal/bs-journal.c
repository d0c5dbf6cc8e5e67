#include "app/journal/bs-journal-private.h"

#include <string.h>

G_DEFINE_QUARK (bs-journal-error-quark, bs_journal_error)

void
bs_journal_status_clear (BsJournalStatus *self)
{
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->set_aside, g_free);
  g_clear_pointer (&self->damage, g_free);
}

void
bs_journal_kick (BsJournal *self)
{
  atomic_store (&self->kicked, TRUE);
  if (!atomic_load (&self->sleeps))
    return;
  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

char *
bs_journal_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "barscope", "journal.sqlite", NULL);
}

BsJournal *
bs_journal_new (const char *path, const BsJournalOptions *options)
{
  g_return_val_if_fail (path != NULL, NULL);
  BsJournal *self = g_new0 (BsJournal, 1);
  atomic_store (&self->refs, 1);
  self->path = g_canonicalize_filename (path, NULL);
  self->options = options != NULL ? *options : (BsJournalOptions) BS_JOURNAL_OPTIONS_INIT;
  self->opened_us = g_get_real_time ();
  self->state = BS_JOURNAL_CHECKING;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_cond_init (&self->changed);
  self->sources = g_ptr_array_new ();
  self->appended = g_array_new (FALSE, FALSE, sizeof (BsJournalPending));
  self->batch = g_array_new (FALSE, FALSE, sizeof (BsJournalPending));
  g_array_set_clear_func (self->batch, bs_journal_pending_clear);
  g_queue_init (&self->waiting);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_journal_run_unref);
  self->keeper = g_thread_new ("journal-keeper", bs_journal_keeper_main, self);
  self->writer = g_thread_new ("journal", bs_journal_writer_main, self);
  return self;
}

BsJournal *
bs_journal_ref (BsJournal *self)
{
  atomic_fetch_add (&self->refs, 1);
  return self;
}

void
bs_journal_unref (BsJournal *self)
{
  if (self == NULL || atomic_fetch_sub (&self->refs, 1) > 1)
    return;
  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->stopping, TRUE);
  g_cond_broadcast (&self->wake);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->keeper);
  g_thread_join (self->writer);

  g_queue_clear_full (&self->waiting, bs_journal_pending_free);
  g_array_unref (self->batch);
  g_array_unref (self->appended);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->runs);
  g_cond_clear (&self->changed);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->mutex);
  g_free (self->message);
  g_free (self->set_aside);
  g_free (self->damage);
  g_free (self->path);
  g_free (self);
}

const char *
bs_journal_path (const BsJournal *self)
{
  return self->path;
}

void
bs_journal_get_status (BsJournal *self, BsJournalStatus *status)
{
  g_mutex_lock (&self->mutex);
  *status = (BsJournalStatus){
    .state = self->state,
    .message = g_strdup (self->message),
    .set_aside = g_strdup (self->set_aside),
    .damage = self->set_aside != NULL ? g_strdup (self->damage) : NULL,
    .n_committed = self->n_committed,
    .n_waiting = self->n_waiting,
    .n_lost = self->n_lost,
  };
  g_mutex_unlock (&self->mutex);
}

void
bs_journal_set_notify (BsJournal *self, void (*func) (gpointer data), gpointer data)
{
  g_mutex_lock (&self->mutex);
  self->notify = func;
  self->notify_data = data;
  g_mutex_unlock (&self->mutex);
}

void
bs_journal_set_options (BsJournal *self, const BsJournalOptions *options)
{
  g_mutex_lock (&self->mutex);
  self->options_changed = self->options_changed || memcmp (&self->options, options, sizeof *options) != 0;
  self->options = *options;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

BsJournalTicket
bs_journal_append (BsJournal *self, BsJournalRun *run, const BsJournalRecord *record)
{
  BsJournalPending pending = { .run = bs_journal_run_ref (run), .record = *record };
  pending.record.text = g_strdup (record->text);
  g_mutex_lock (&self->mutex);
  BsJournalTicket ticket = pending.ticket = ++self->last_ticket;
  g_array_append_val (self->appended, pending);
  g_mutex_unlock (&self->mutex);
  bs_journal_kick (self);
  return ticket;
}

BsJournalTicket
bs_journal_append_signal (BsJournal *self, BsJournalRun *run, guint64 index, const BsBar *bar, const BsSignal *signal,
                          double threshold)
{
  BsJournalRecord record = { .kind = BS_JOURNAL_RECORD_BAR,
                             .index = index,
                             .arrival_us = g_get_real_time (),
                             .answered = TRUE,
                             .threshold = threshold,
                             .bar = *bar,
                             .signal = *signal };
  return bs_journal_append (self, run, &record);
}

static BsJournalTicket
append_event (BsJournal *self, BsJournalRun *run, BsJournalRecordKind kind, guint64 index, const char *word,
              const char *text)
{
  BsJournalRecord record = { .kind = kind, .index = index, .arrival_us = g_get_real_time (), .text = (char *) text };
  g_strlcpy (record.word, word, sizeof record.word);
  return bs_journal_append (self, run, &record);
}

BsJournalTicket
bs_journal_append_feed_event (BsJournal *self, BsJournalRun *run, const char *kind, const char *text)
{
  return append_event (self, run, BS_JOURNAL_RECORD_FEED, 0, kind, text);
}

BsJournalTicket
bs_journal_append_alert (BsJournal *self, BsJournalRun *run, guint64 index, const char *kind, const char *text)
{
  return append_event (self, run, BS_JOURNAL_RECORD_ALERT, index, kind, text);
}

BsJournalTicket
bs_journal_end_run (BsJournal *self, BsJournalRun *run)
{
  return append_event (self, run, BS_JOURNAL_RECORD_END, 0, "", NULL);
}

BsJournalFate
bs_journal_wait (BsJournal *self, BsJournalTicket ticket, gint64 timeout_us)
{
  gint64 until = g_get_monotonic_time () + timeout_us;
  BsJournalFate fate = BS_JOURNAL_PENDING;
  g_mutex_lock (&self->mutex);
  for (;;)
    {
      if (ticket <= self->lost_ticket)
        fate = BS_JOURNAL_NOT_KEPT;
      else if (ticket <= self->kept_ticket)
        fate = BS_JOURNAL_KEPT;
      else if (ticket <= self->passed_ticket)
        fate = BS_JOURNAL_NOT_KEPT;
      if (fate != BS_JOURNAL_PENDING || timeout_us <= 0 || !g_cond_wait_until (&self->changed, &self->mutex, until))
        break;
    }
  g_mutex_unlock (&self->mutex);
  return fate;
}
