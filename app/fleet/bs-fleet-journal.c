#include "app/fleet/bs-fleet-journal.h"

#include <stdatomic.h>

#define NS_PER_US 1000

struct _BsFleetJournal
{
  BsJournal *journal;
  BsJournalSource *source;
  BsRing *events;
  BsHistogram *latency;
  void (*passed) (gpointer data);
  gpointer data;
  atomic_bool ending;

  /* The journal thread's. */
  gsize taken;                    /* events that stand at the gate, given to the journal */
  GPtrArray *runs;                /* of BsJournalRun: those that go on */
  const BsFleetEvent *switching;  /* (nullable): told to each of @runs; [0, next_run) have been */
  guint next_run;
  gboolean over;
};

static void
take_bar (const BsFleetEvent *event, BsJournalRecord *record)
{
  record->past = event->due_us == BS_FEED_DUE_PAST;
  record->index = event->index;
  record->arrival_us = g_get_real_time () - (event->arrival_us > 0 ? g_get_monotonic_time () - event->arrival_us : 0);
  record->threshold = event->threshold;
  record->bar = event->bar;
  record->kind = event->kind == BS_FLEET_REFUSED ? BS_JOURNAL_RECORD_FEED : BS_JOURNAL_RECORD_BAR;
  record->answered = event->kind == BS_FLEET_SIGNAL;
  if (record->answered)
    record->signal = event->signal;
  else
    record->text = g_strdup (event->message);
  if (event->kind == BS_FLEET_REFUSED)
    g_strlcpy (record->word, "refused", sizeof record->word);
}

/* One record for each run: other switches, or, at the end, the end. FALSE where all have it. */
static gboolean
next_of_all (BsFleetJournal *self, BsJournalRun **run, BsJournalRecord *record)
{
  if (self->next_run >= self->runs->len)
    {
      self->next_run = 0;
      return FALSE;
    }
  *run = g_ptr_array_index (self->runs, self->next_run++);
  record->arrival_us = g_get_real_time ();
  record->kind = BS_JOURNAL_RECORD_END;
  if (self->switching != NULL)
    {
      record->kind = BS_JOURNAL_RECORD_CONFIG;
      record->options = *self->switching->options;
      record->text = g_strdup (self->switching->message);
    }
  return TRUE;
}

/* TRUE without a run: there is nothing to keep, but what is behind it waits for it. */
static gboolean
next (gpointer data, BsJournalRun **run, BsJournalRecord *record)
{
  BsFleetJournal *self = data;
  if (self->switching != NULL)
    {
      if (next_of_all (self, run, record))
        return TRUE;
      self->switching = NULL;
      self->taken++;
      return TRUE;
    }
  /* Looked at first: what came before it is seen. */
  gboolean ending = atomic_load (&self->ending);
  const BsFleetEvent *event = bs_ring_gate_nth (self->events, self->taken);
  if (event == NULL)
    {
      if (!ending || self->over)
        return FALSE;
      self->over = !next_of_all (self, run, record);
      return !self->over;
    }
  switch (event->kind)
    {
    case BS_FLEET_ADDED:
      if (event->info->run != NULL)
        g_ptr_array_add (self->runs, bs_journal_run_ref (event->info->run));
      break;
    case BS_FLEET_SIGNAL:
    case BS_FLEET_NO_SIGNAL:
    case BS_FLEET_REFUSED:
      *run = event->info->run;
      take_bar (event, record);
      break;
    case BS_FLEET_SWITCHED:
      if (event->options != NULL)
        {
          self->switching = event;
          return TRUE;
        }
      break;
    case BS_FLEET_NEWEST:
    case BS_FLEET_NOT_SWITCHED:
      break;
    }
  self->taken++;
  return TRUE;
}

static void
pass (gpointer data, gboolean kept)
{
  BsFleetJournal *self = data;
  gint64 now_us = g_get_monotonic_time ();
  for (gsize i = 0; i < self->taken; i++)
    {
      BsFleetEvent *event = bs_ring_gate_nth (self->events, i);
      event->not_kept = !kept;
      event->ready_us = now_us;
      if (event->kind == BS_FLEET_SIGNAL && event->due_us != BS_FEED_DUE_PAST)
        bs_histogram_add (self->latency, (now_us - event->arrival_us) * NS_PER_US);
    }
  if (self->taken == 0)
    return;
  bs_ring_gate_pass (self->events, self->taken);
  self->taken = 0;
  self->passed (self->data);
}

static const BsJournalSourceFuncs source_funcs = { next, pass };

BsFleetJournal *
bs_fleet_journal_new (BsJournal *journal, BsRing *events, BsHistogram *latency, void (*passed) (gpointer data), gpointer data)
{
  BsFleetJournal *self = g_new0 (BsFleetJournal, 1);
  self->journal = bs_journal_ref (journal);
  self->events = events;
  self->latency = latency;
  self->passed = passed;
  self->data = data;
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_journal_run_unref);
  bs_ring_set_gated (events);
  self->source = bs_journal_add_source (journal, &source_funcs, self);
  return self;
}

void
bs_fleet_journal_kick (BsFleetJournal *self)
{
  bs_journal_source_kick (self->source);
}

void
bs_fleet_journal_free (BsFleetJournal *self)
{
  if (self == NULL)
    return;
  atomic_store (&self->ending, TRUE);
  bs_journal_remove_source (self->source);
  g_ptr_array_unref (self->runs);
  bs_journal_unref (self->journal);
  g_free (self);
}
