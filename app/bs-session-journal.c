#include "app/bs-session-journal.h"

#include <stdatomic.h>
#include <string.h>

#include "app/bs-session.h"

struct _BsSessionJournal
{
  BsJournal *journal;
  BsJournalSource *source;
  BsRing *events;
  void (*passed) (gpointer data);
  gpointer data;

  GMutex mutex;      /* for @run, which others may ask for */
  BsJournalRun *run; /* the one that goes on */
  atomic_bool ending;

  /* The journal thread's. */
  BsJournalRunInfo info; /* its strings are those here */
  char *instrument, *origin, *model_name;
  char model_hash[65];
  BsJournalRun *ended; /* (nullable): the one before, whose end may be on its way */
  gsize taken;   /* events that stand at the gate, given to the journal */
  gboolean over; /* the last run's end is given, too */
};

/* The end of a run, and another one where bars begin anew. */
static void
begin_anew (BsSessionJournal *self)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->ended, bs_journal_run_unref);
  self->ended = self->run;
  self->info.continues = 0;
  self->run = bs_journal_begin_run (self->journal, &self->info);
  g_mutex_unlock (&self->mutex);
}

static void
take_word (BsJournalRecord *record, const char *word, const char *text)
{
  record->kind = BS_JOURNAL_RECORD_FEED;
  g_strlcpy (record->word, word, sizeof record->word);
  record->text = g_strdup (text);
}

static void
take_bar (const BsSessionEvent *event, BsJournalRecord *record)
{
  record->kind = BS_JOURNAL_RECORD_BAR;
  record->past = event->due_us == BS_FEED_DUE_PAST;
  record->answered = event->kind == BS_SESSION_SIGNAL;
  record->threshold = event->threshold;
  record->bar = event->bar;
  if (record->answered)
    record->signal = event->signal;
  else
    record->text = g_strdup (event->message);
}

/* What comes with the switches, so that a run that begins anew begins with them. */
static void
take_config (BsSessionJournal *self, const BsSessionEvent *event, BsJournalRecord *record)
{
  record->kind = BS_JOURNAL_RECORD_CONFIG;
  record->options = event->options;
  record->text = g_strdup (event->model_hash);
  self->info.options = event->options;
  if (strcmp (self->model_hash, event->model_hash) != 0)
    self->info.model_name = NULL; /* of another model */
  g_strlcpy (self->model_hash, event->model_hash, sizeof self->model_hash);
  self->info.model_hash = self->model_hash;
}

/* @event as a record. */
static void
take (BsSessionJournal *self, const BsSessionEvent *event, BsJournalRecord *record)
{
  gint64 now = g_get_monotonic_time ();
  record->index = event->index;
  record->arrival_us = g_get_real_time () - (event->arrival_us > 0 ? now - event->arrival_us : 0);
  switch (event->kind)
    {
    case BS_SESSION_SIGNAL:
    case BS_SESSION_NO_SIGNAL:
      take_bar (event, record);
      break;
    case BS_SESSION_SECONDARY:
      record->kind = BS_JOURNAL_RECORD_SECONDARY;
      record->past = event->due_us == BS_FEED_DUE_PAST;
      record->bar = event->bar;
      break;
    case BS_SESSION_REFUSED:
      take_word (record, event->secondary ? "secondary-refused" : "refused", event->message);
      break;
    case BS_SESSION_STATE:
      take_word (record, bs_feed_state_word (event->state), NULL);
      break;
    case BS_SESSION_RESET:
      record->kind = BS_JOURNAL_RECORD_END;
      break;
    case BS_SESSION_SWITCHED:
      take_config (self, event, record);
      break;
    case BS_SESSION_NOT_SWITCHED:
      take_word (record, "not-switched", event->message);
      break;
    case BS_SESSION_NOTICE:
      take_word (record, "engine", event->message);
      break;
    }
}

static gboolean
next (gpointer data, BsJournalRun **run, BsJournalRecord *record)
{
  BsSessionJournal *self = data;
  /* Looked at first: what came before it is seen. */
  gboolean ending = atomic_load (&self->ending);
  const BsSessionEvent *event = bs_ring_gate_nth (self->events, self->taken);
  if (event == NULL)
    {
      if (!ending || self->over)
        return FALSE;
      self->over = TRUE;
      *run = self->run;
      record->kind = BS_JOURNAL_RECORD_END;
      record->arrival_us = g_get_real_time ();
      return TRUE;
    }
  self->taken++;
  take (self, event, record);
  *run = self->run;
  if (event->kind == BS_SESSION_RESET)
    begin_anew (self);
  return TRUE;
}

static void
pass (gpointer data, gboolean kept)
{
  BsSessionJournal *self = data;
  for (gsize i = 0; i < self->taken; i++)
    ((BsSessionEvent *) bs_ring_gate_nth (self->events, i))->not_kept = !kept;
  bs_ring_gate_pass (self->events, self->taken);
  self->taken = 0;
  self->passed (self->data);
}

static const BsJournalSourceFuncs source_funcs = { next, pass };

BsSessionJournal *
bs_session_journal_new (BsJournal *journal, const BsJournalRunInfo *info, BsRing *events,
                        void (*passed) (gpointer data), gpointer data)
{
  BsSessionJournal *self = g_new0 (BsSessionJournal, 1);
  g_mutex_init (&self->mutex);
  self->journal = bs_journal_ref (journal);
  self->events = events;
  self->passed = passed;
  self->data = data;
  self->info = *info;
  self->info.instrument = self->instrument = g_strdup (info->instrument);
  self->info.origin = self->origin = g_strdup (info->origin);
  self->info.model_name = self->model_name = g_strdup (info->model_name);
  if (info->model_hash != NULL)
    {
      g_strlcpy (self->model_hash, info->model_hash, sizeof self->model_hash);
      self->info.model_hash = self->model_hash;
    }
  self->run = bs_journal_begin_run (journal, &self->info);
  bs_ring_set_gated (events);
  self->source = bs_journal_add_source (journal, &source_funcs, self);
  return self;
}

void
bs_session_journal_kick (BsSessionJournal *self)
{
  bs_journal_source_kick (self->source);
}

BsJournalRun *
bs_session_journal_run (BsSessionJournal *self)
{
  g_mutex_lock (&self->mutex);
  BsJournalRun *run = bs_journal_run_ref (self->run);
  g_mutex_unlock (&self->mutex);
  return run;
}

void
bs_session_journal_free (BsSessionJournal *self)
{
  if (self == NULL)
    return;
  atomic_store (&self->ending, TRUE);
  bs_journal_remove_source (self->source);
  bs_journal_run_unref (self->run);
  bs_journal_run_unref (self->ended);
  bs_journal_unref (self->journal);
  g_mutex_clear (&self->mutex);
  g_free (self->instrument);
  g_free (self->origin);
  g_free (self->model_name);
  g_free (self);
}
