#include "app/fleet/bs-fleet-simulation.h"

#include <stdatomic.h>

/* A source of bars: one of the two. */
typedef struct
{
  guint instrument;
  BsBarGenerator *generator; /* (nullable) */
  BsBarFile *file;           /* (nullable) */
  guint64 next;              /* of file */
} Source;

struct _BsFleetSimulation
{
  BsFleet *fleet;
  GThread *thread;
  _Atomic guint64 n_delivered;

  GMutex lock;
  GCond changed;
  /* Guarded by the lock. */
  gboolean stopping;
  double rate;
  GArray *added; /* of Source: on their way to the sources */

  /* The thread's own. */
  GArray *sources; /* of Source */
  double paced;    /* the rate by which due_us is */
  gint64 due_us;
};

static void
source_clear (gpointer data)
{
  Source *source = data;
  g_clear_pointer (&source->generator, bs_bar_generator_free);
  g_clear_pointer (&source->file, bs_bar_file_free);
}

static gint64
period_us (double rate)
{
  return rate > 0 ? MAX (1, (gint64) (G_USEC_PER_SEC / rate)) : 0;
}

/* Whether there was one. */
static gboolean
next_bar (Source *source, BsBar *bar)
{
  if (source->generator != NULL)
    {
      bs_bar_generator_next (source->generator, bar);
      return TRUE;
    }
  if (source->next == bs_bar_series_end (source->file->series))
    return FALSE;
  bs_bar_series_get (source->file->series, source->next++, bar);
  return TRUE;
}

/* One bar of each. FALSE where nobody listens any more. */
static gboolean
deliver_bars (BsFleetSimulation *self, gint64 due_us)
{
  for (guint i = 0; i < self->sources->len;)
    {
      Source *source = &g_array_index (self->sources, Source, i);
      BsFleetItem item = { .instrument = source->instrument, .due_us = due_us };
      if (!next_bar (source, &item.bar))
        {
          g_array_remove_index (self->sources, i);
          continue;
        }
      item.arrival_us = g_get_monotonic_time ();
      if (!bs_fleet_deliver (self->fleet, &item))
        return FALSE;
      atomic_fetch_add_explicit (&self->n_delivered, 1, memory_order_relaxed);
      i++;
    }
  return TRUE;
}

/* Waits for the next round, whose bars are due at self->due_us. FALSE where it is time to end. */
static gboolean
wait_for_round (BsFleetSimulation *self)
{
  g_mutex_lock (&self->lock);
  if (self->paced > 0)
    self->due_us += period_us (self->paced);
  while (!self->stopping)
    {
      /* Another rate counts from now on; else the schedule goes on, also where the consumer was behind it. */
      if (self->paced != self->rate)
        self->due_us = g_get_monotonic_time () + period_us (self->rate);
      self->paced = self->rate;
      if (self->paced <= 0)
        g_cond_wait (&self->changed, &self->lock);
      else if (g_get_monotonic_time () >= self->due_us)
        break;
      else
        g_cond_wait_until (&self->changed, &self->lock, self->due_us);
    }
  g_array_append_vals (self->sources, self->added->data, self->added->len);
  g_array_set_size (self->added, 0);
  gboolean goes_on = !self->stopping;
  g_mutex_unlock (&self->lock);
  return goes_on;
}

static gpointer
simulate (gpointer data)
{
  BsFleetSimulation *self = data;
  while (wait_for_round (self) && deliver_bars (self, self->due_us))
    ;
  return NULL;
}

BsFleetSimulation *
bs_fleet_simulation_new (BsFleet *fleet)
{
  g_return_val_if_fail (fleet != NULL, NULL);

  BsFleetSimulation *self = g_new0 (BsFleetSimulation, 1);
  self->fleet = fleet;
  self->sources = g_array_new (FALSE, FALSE, sizeof (Source));
  g_array_set_clear_func (self->sources, source_clear);
  self->added = g_array_new (FALSE, FALSE, sizeof (Source));
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("simulation", simulate, self);
  return self;
}

void
bs_fleet_simulation_free (BsFleetSimulation *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_array_append_vals (self->sources, self->added->data, self->added->len);
  g_array_unref (self->sources);
  g_array_unref (self->added);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static void
add (BsFleetSimulation *self, Source source)
{
  g_mutex_lock (&self->lock);
  g_array_append_val (self->added, source);
  g_mutex_unlock (&self->lock);
}

void
bs_fleet_simulation_add_generated (BsFleetSimulation *self, guint instrument, BsBarGenerator *generator)
{
  add (self, (Source){ .instrument = instrument, .generator = generator });
}

void
bs_fleet_simulation_add_replay (BsFleetSimulation *self, guint instrument, BsBarFile *file, guint64 begin)
{
  add (self, (Source){ .instrument = instrument, .file = file, .next = begin });
}

void
bs_fleet_simulation_set_rate (BsFleetSimulation *self, double rate)
{
  g_return_if_fail (rate >= 0);
  g_mutex_lock (&self->lock);
  self->rate = rate;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

guint64
bs_fleet_simulation_delivered (BsFleetSimulation *self)
{
  return atomic_load_explicit (&self->n_delivered, memory_order_relaxed);
}
