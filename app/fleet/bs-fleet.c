#include "app/fleet/bs-fleet-private.h"

#include "inference/predict/bs-predictor-tick.h"

/* Bars that may wait for the worker: some for each instrument. */
#define MAX_BARS_WAITING 4096
/* Events handled between two looks at the clock. */
#define DRAIN_CHUNK 32

BsFleet *
bs_fleet_new (BsPredictor *leader, void (*notify) (gpointer data), gpointer notify_data)
{
  g_return_val_if_fail (leader != NULL, NULL);

  BsFleet *self = g_new0 (BsFleet, 1);
  g_atomic_ref_count_init (&self->references);
  self->leader = leader;
  self->model = bs_model_ref (bs_predictor_model (leader));
  self->notify = notify;
  self->notify_data = notify_data;
  self->items = bs_ring_new (sizeof (BsFleetItem), MAX_BARS_WAITING);
  self->events = bs_ring_new (sizeof (BsFleetEvent), BS_FLEET_MAX_WAITING);
  self->latency = bs_histogram_new ();
  g_mutex_init (&self->deliver_lock);
  g_mutex_init (&self->request_lock);
  g_queue_init (&self->requests);
  self->switcher = g_thread_pool_new (bs_fleet_make_leader, self, 1, FALSE, NULL);
  bs_predictor_prepare_tick (leader);
  self->worker = g_thread_new ("fleet", bs_fleet_worker_main, self);
  return self;
}

void
bs_fleet_close (BsFleet *self)
{
  bs_ring_close (self->items);
  bs_ring_close (self->events);
}

BsFleet *
bs_fleet_ref (BsFleet *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bs_fleet_unref (BsFleet *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bs_fleet_close (self);
  g_thread_join (self->worker);
  bs_fleet_journal_free (self->journal);
  g_thread_pool_free (self->switcher, FALSE, TRUE);

  for (BsFleetEvent *event; (event = bs_ring_peek (self->events)) != NULL; bs_ring_release (self->events))
    {
      g_clear_pointer (&event->newest, g_array_unref);
      g_free (event->options);
      g_free (event->message);
    }
  bs_ring_free (self->events);
  bs_ring_free (self->items);
  g_queue_clear_full (&self->requests, bs_fleet_request_free);
  for (guint i = 0; i < BS_FLEET_MAX_INSTRUMENTS; i++)
    {
      bs_fleet_instrument_free (self->members[i].instrument);
      g_clear_pointer (&self->members[i].taps, g_ptr_array_unref);
    }
  bs_predictor_free (self->leader);
  bs_model_unref (self->model);
  bs_histogram_free (self->latency);
  g_mutex_clear (&self->deliver_lock);
  g_mutex_clear (&self->request_lock);
  g_free (self);
}

void
bs_fleet_set_journal (BsFleet *self, BsJournal *journal)
{
  g_return_if_fail (self->journal == NULL && self->n_added == 0);
  self->journal = bs_fleet_journal_new (journal, self->events, self->latency, bs_fleet_tell, self);
}

gboolean
bs_fleet_deliver (BsFleet *self, const BsFleetItem *item)
{
  g_return_val_if_fail (item->instrument < BS_FLEET_MAX_INSTRUMENTS, FALSE);

  g_mutex_lock (&self->deliver_lock);
  BsFleetItem *place = bs_ring_reserve (self->items);
  if (place != NULL)
    {
      *place = *item;
      bs_ring_commit (self->items);
    }
  g_mutex_unlock (&self->deliver_lock);
  return place != NULL;
}

gboolean
bs_fleet_drain (BsFleet *self, BsFleetFunc func, gpointer data, gint64 max_us)
{
  gint64 end = g_get_monotonic_time () + max_us;
  guint handled = 0;

  /* Before looking, so that what comes after is told again. */
  atomic_store (&self->notified, FALSE);
  for (BsFleetEvent *event; (event = bs_ring_peek (self->events)) != NULL; bs_ring_release (self->events))
    {
      if (++handled % DRAIN_CHUNK == 0 && g_get_monotonic_time () > end)
        return TRUE;
      func (event, data);
      g_clear_pointer (&event->newest, g_array_unref);
      g_clear_pointer (&event->options, g_free);
      g_clear_pointer (&event->message, g_free);
    }
  return FALSE;
}

void
bs_fleet_latency (BsFleet *self, BsHistogram *histogram)
{
  bs_histogram_merge (histogram, self->latency);
}

void
bs_fleet_ticks (BsFleet *self, guint64 *n_ticks, guint64 *n_bars)
{
  if (n_ticks != NULL)
    *n_ticks = atomic_load_explicit (&self->n_ticks, memory_order_relaxed);
  if (n_bars != NULL)
    *n_bars = atomic_load_explicit (&self->n_bars, memory_order_relaxed);
}
