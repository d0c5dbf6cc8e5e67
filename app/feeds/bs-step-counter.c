#include "app/feeds/bs-step-counter.h"

/* Bars of a fixed length have a handful (bar, break, night, weekend); with this many no length stands out anyway. */
#define MAX_DISTINCT_STEPS 4096

void
bs_step_counter_init (BsStepCounter *self)
{
  *self = (BsStepCounter){ .counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free) };
}

void
bs_step_counter_clear (BsStepCounter *self)
{
  g_clear_pointer (&self->counts, g_hash_table_unref);
}

static void
flush_run (BsStepCounter *self)
{
  if (self->run_count == 0)
    return;
  guint64 *count = g_hash_table_lookup (self->counts, &self->run_step_us);
  if (count != NULL)
    *count += self->run_count;
  else if (g_hash_table_size (self->counts) < MAX_DISTINCT_STEPS)
    g_hash_table_insert (self->counts, g_memdup2 (&self->run_step_us, sizeof self->run_step_us),
                         g_memdup2 (&self->run_count, sizeof self->run_count));
  self->run_count = 0;
}

void
bs_step_counter_add (BsStepCounter *self, gint64 step_us)
{
  if (step_us != self->run_step_us)
    {
      flush_run (self);
      self->run_step_us = step_us;
    }
  self->run_count++;
}

gint64
bs_step_counter_most_common (BsStepCounter *self)
{
  GHashTableIter iter;
  gint64 *step_us;
  guint64 *count;
  gint64 best_us = 0;
  guint64 best_count = 0;

  flush_run (self);
  g_hash_table_iter_init (&iter, self->counts);
  while (g_hash_table_iter_next (&iter, (gpointer *) &step_us, (gpointer *) &count))
    if (*count > best_count || (*count == best_count && *step_us < best_us))
      {
        best_us = *step_us;
        best_count = *count;
      }
  return best_us;
}
