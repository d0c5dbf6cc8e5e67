/* bs-journal-commit.c: what is written in one transaction, and what waits where that fails. */
#include "app/journal/bs-journal-private.h"

#include <string.h>

void
bs_journal_pending_clear (gpointer data)
{
  BsJournalPending *pending = data;
  bs_journal_record_clear (&pending->record);
  g_clear_pointer (&pending->run, bs_journal_run_unref);
}

void
bs_journal_pending_free (gpointer data)
{
  bs_journal_pending_clear (data);
  g_free (data);
}

static void
remember_run (BsJournal *self, BsJournalRun *run)
{
  gboolean listed = !run->state.ended;
  if (listed == run->listed)
    return;
  run->listed = listed;
  if (listed)
    g_ptr_array_add (self->runs, bs_journal_run_ref (run));
  else
    g_ptr_array_remove_fast (self->runs, run);
}

/* Figures of the runs that go on, once a second, within a transaction. */
static gboolean
write_figures (BsJournal *self, gint64 now, GError **error)
{
  if (now - self->figures_us < BS_JOURNAL_FIGURES_USEC)
    return TRUE;
  for (guint i = 0; i < self->runs->len; i++)
    if (!bs_journal_store_write_figures (self->store, g_ptr_array_index (self->runs, i), error))
      return FALSE;
  self->figures_us = now;
  return TRUE;
}

static void
note_committed (BsJournal *self, const GArray *batch)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < batch->len; i++)
    {
      const BsJournalPending *pending = &g_array_index (batch, BsJournalPending, i);
      self->kept_ticket = MAX (self->kept_ticket, pending->ticket);
      self->passed_ticket = MAX (self->passed_ticket, pending->ticket);
    }
  self->n_committed += batch->len;
  self->n_waiting = g_queue_get_length (&self->waiting);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* All of @batch, or nothing of it. */
gboolean
bs_journal_commit (BsJournal *self, const GArray *batch, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gboolean good = bs_journal_store_begin (self->store, error);
  for (guint i = 0; good && i < batch->len; i++)
    {
      const BsJournalPending *pending = &g_array_index (batch, BsJournalPending, i);
      good = bs_journal_store_write (self->store, pending->run, &pending->record, error);
    }
  good = good && write_figures (self, now, error) && bs_journal_store_commit (self->store, error);
  if (!good)
    {
      bs_journal_store_rollback (self->store);
      return FALSE;
    }
  for (guint i = 0; i < batch->len; i++)
    remember_run (self, g_array_index (batch, BsJournalPending, i).run);
  note_committed (self, batch);
  return TRUE;
}

/* Puts the batch behind what waits; where that gets too much, the oldest are given up, and counted. */
void
bs_journal_let_wait (BsJournal *self)
{
  guint64 n_lost = 0;
  BsJournalTicket passed = 0, lost = 0;
  for (guint i = 0; i < self->batch->len; i++)
    {
      BsJournalPending *pending = &g_array_index (self->batch, BsJournalPending, i);
      passed = MAX (passed, pending->ticket);
      g_queue_push_tail (&self->waiting, g_memdup2 (pending, sizeof *pending));
      if (g_queue_get_length (&self->waiting) <= BS_JOURNAL_MAX_WAITING)
        continue;
      BsJournalPending *oldest = g_queue_pop_head (&self->waiting);
      lost = MAX (lost, oldest->ticket);
      n_lost++;
      if (oldest->record.kind == BS_JOURNAL_RECORD_CONFIG)
        {
          /* What comes after it was judged so. */
          bs_journal_run_take_config (oldest->run, &oldest->record);
        }
      oldest->run->state.figures.n_lost++;
      oldest->run->state.figures_changed = TRUE;
      bs_journal_pending_free (oldest);
    }
  g_array_set_clear_func (self->batch, NULL);
  g_array_set_size (self->batch, 0); /* they have moved */
  g_array_set_clear_func (self->batch, bs_journal_pending_clear);

  g_mutex_lock (&self->mutex);
  self->passed_ticket = MAX (self->passed_ticket, passed);
  self->lost_ticket = MAX (self->lost_ticket, lost);
  self->n_waiting = g_queue_get_length (&self->waiting);
  gboolean first_loss = n_lost > 0 && self->n_lost == 0;
  self->n_lost += n_lost;
  if (first_loss && self->notify != NULL)
    self->notify (self->notify_data);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* Writes what waits, oldest first. */
gboolean
bs_journal_write_waiting (BsJournal *self, GError **error)
{
  g_autoptr (GArray) chunk = g_array_new (FALSE, FALSE, sizeof (BsJournalPending));
  while (!g_queue_is_empty (&self->waiting))
    {
      g_array_set_size (chunk, 0);
      for (GList *item = self->waiting.head; item != NULL && chunk->len < BS_JOURNAL_MAX_BATCH; item = item->next)
        g_array_append_vals (chunk, item->data, 1);
      if (!bs_journal_commit (self, chunk, error))
        return FALSE;
      for (guint i = 0; i < chunk->len; i++)
        bs_journal_pending_free (g_queue_pop_head (&self->waiting));
    }
  note_committed (self, chunk); /* none any more: for the count */
  return TRUE;
}
