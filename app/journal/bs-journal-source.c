#include "app/journal/bs-journal-private.h"

/* Records of one source in one transaction. */
#define MAX_FROM_SOURCE 256

/* A little from everybody, in the order of each. Returns whether there may be more. */
gboolean
bs_journal_gather (BsJournal *self, GPtrArray *sources)
{
  g_mutex_lock (&self->mutex);
  guint n = MIN (self->appended->len, BS_JOURNAL_MAX_BATCH);
  g_array_append_vals (self->batch, self->appended->data, n);
  g_array_set_clear_func (self->appended, NULL);
  g_array_remove_range (self->appended, 0, n);
  gboolean more = self->appended->len > 0;
  g_ptr_array_set_size (sources, 0);
  for (guint i = 0; i < self->sources->len; i++)
    {
      BsJournalSource *source = g_ptr_array_index (self->sources, i);
      source->leaving = source->removing;
      g_ptr_array_add (sources, source);
    }
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < sources->len; i++)
    {
      BsJournalSource *source = g_ptr_array_index (sources, i);
      guint taken = 0;
      BsJournalPending pending = { 0 };
      while (taken < MAX_FROM_SOURCE && source->funcs.next (source->data, &pending.run, &pending.record))
        {
          source->given = TRUE;
          taken++;
          /* What is not kept does not wait, but what came before it does. */
          if (pending.run == NULL || !bs_journal_run_keeps (pending.run, &pending.record))
            bs_journal_record_clear (&pending.record);
          else
            {
              bs_journal_run_ref (pending.run);
              g_array_append_val (self->batch, pending);
            }
          pending = (BsJournalPending){ 0 };
        }
      more = more || taken == MAX_FROM_SOURCE;
    }
  return more;
}

void
bs_journal_pass (GPtrArray *sources, gboolean kept)
{
  for (guint i = 0; i < sources->len; i++)
    {
      BsJournalSource *source = g_ptr_array_index (sources, i);
      if (source->given)
        source->funcs.passed (source->data, kept);
      source->given = FALSE;
    }
}

/* Once all is taken: sources that are to go are gone. */
void
bs_journal_let_go (BsJournal *self)
{
  g_mutex_lock (&self->mutex);
  for (guint i = self->sources->len; i-- > 0;)
    {
      BsJournalSource *source = g_ptr_array_index (self->sources, i);
      if (!source->leaving)
        continue;
      source->gone = TRUE;
      g_ptr_array_remove_index (self->sources, i);
    }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

BsJournalSource *
bs_journal_add_source (BsJournal *self, const BsJournalSourceFuncs *funcs, gpointer data)
{
  BsJournalSource *source = g_new0 (BsJournalSource, 1);
  source->journal = bs_journal_ref (self);
  source->funcs = *funcs;
  source->data = data;
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->sources, source);
  g_mutex_unlock (&self->mutex);
  bs_journal_kick (self);
  return source;
}

void
bs_journal_source_kick (BsJournalSource *source)
{
  bs_journal_kick (source->journal);
}

void
bs_journal_remove_source (BsJournalSource *source)
{
  BsJournal *self = source->journal;
  g_mutex_lock (&self->mutex);
  source->removing = TRUE;
  g_mutex_unlock (&self->mutex);
  bs_journal_kick (self);
  g_mutex_lock (&self->mutex);
  while (!source->gone)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
  g_free (source);
  bs_journal_unref (self);
}
