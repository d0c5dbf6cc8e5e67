/* bs-fleet-worker.c: ticks: what has come, at most one bar of each instrument, answered together. */
#include "app/fleet/bs-fleet-private.h"

#include "inference/predict/bs-predictor-tick.h"

#define NS_PER_US 1000

BsFleetEvent *
bs_fleet_begin_event (BsFleet *self, BsFleetEventKind kind, guint number)
{
  BsFleetEvent *event = bs_ring_reserve (self->events);
  if (event == NULL)
    return NULL;
  event->kind = kind;
  event->instrument = number;
  event->threshold = bs_predictor_threshold (self->leader);
  if (number < BS_FLEET_MAX_INSTRUMENTS && self->members[number].instrument != NULL)
    {
      event->info = self->members[number].instrument;
      event->index = bs_bar_series_end (bs_predictor_series (event->info->predictor));
    }
  return event;
}

void
bs_fleet_tell (gpointer fleet)
{
  BsFleet *self = fleet;
  if (!atomic_load (&self->notified) && !atomic_exchange (&self->notified, TRUE) && self->notify != NULL)
    self->notify (self->notify_data);
}

void
bs_fleet_end_event (BsFleet *self)
{
  bs_ring_commit (self->events);
  if (self->journal != NULL)
    bs_fleet_journal_kick (self->journal);
  else
    bs_fleet_tell (self);
}

/* Whether the item has its place in the tick: it has none where its instrument has a bar in it already. */
static gboolean
collect_item (BsFleet *self, const BsFleetItem *item)
{
  BsFleetMember *member = &self->members[item->instrument];
  guint64 tick = atomic_load_explicit (&self->n_ticks, memory_order_relaxed) + 1;
  if (member->tick == tick)
    return FALSE;
  member->tick = tick;
  if (member->generation != self->generation)
    {
      bs_predictor_follow (member->instrument->predictor, self->leader);
      member->generation = self->generation;
    }
  guint i = self->n++;
  self->numbers[i] = item->instrument;
  self->predictors[i] = member->instrument->predictor;
  self->bars[i] = item->bar;
  self->arrival_us[i] = item->arrival_us;
  self->due_us[i] = item->due_us;
  self->times[i] = (BsBarTimes){ item->due_us * NS_PER_US, item->arrival_us * NS_PER_US };
  return TRUE;
}

/* What has come, up to the second bar of an instrument. FALSE where the fleet ends. */
static gboolean
collect (BsFleet *self)
{
  const BsFleetItem *item;
  self->n = 0;
  while (self->n < BS_FLEET_MAX_INSTRUMENTS && (item = bs_ring_peek (self->items)) != NULL)
    {
      /* Its instrument was asked for before the bar was delivered. */
      if (self->members[item->instrument].instrument == NULL && !bs_fleet_take_requests (self))
        return FALSE;
      if (self->members[item->instrument].instrument != NULL && !collect_item (self, item))
        break;
      bs_ring_release (self->items);
    }
  return TRUE;
}

/* Who follows the instrument has the bar too. */
static void
put_to_taps (BsFleet *self, guint i)
{
  GPtrArray *taps = self->members[self->numbers[i]].taps;
  BsFleetItem item = { self->numbers[i], self->arrival_us[i], self->due_us[i], self->bars[i] };
  for (guint k = 0; taps != NULL && k < taps->len;)
    if (bs_fleet_tap_put (g_ptr_array_index (taps, k), &item))
      k++;
    else
      g_ptr_array_remove_index_fast (taps, k);
}

static gboolean
tell_answer (BsFleet *self, guint i)
{
  BsFleetInstrument *instrument = self->members[self->numbers[i]].instrument;
  g_autoptr (GError) error = g_steal_pointer (&self->errors[i]);
  gboolean refused = error != NULL && error->domain == BS_BAR_ERROR;
  if (!refused)
    bs_fleet_instrument_note (instrument, error == NULL ? &self->signals[i] : NULL);
  BsFleetEvent *event
    = bs_fleet_begin_event (self, error == NULL ? BS_FLEET_SIGNAL : refused ? BS_FLEET_REFUSED : BS_FLEET_NO_SIGNAL,
                   self->numbers[i]);
  if (event == NULL)
    return FALSE;
  if (!refused)
    {
      event->index--;
      put_to_taps (self, i);
    }
  event->arrival_us = self->arrival_us[i];
  event->due_us = self->due_us[i];
  event->bar = self->bars[i];
  if (error == NULL)
    event->signal = self->signals[i];
  else
    event->message = g_strdup (error->message);
  event->ready_us = g_get_monotonic_time ();
  bs_fleet_end_event (self);
  if (self->journal == NULL && error == NULL && self->due_us[i] != BS_FEED_DUE_PAST)
    bs_histogram_add (self->latency, bs_clock_ns () - self->times[i].arrival_ns);
  return TRUE;
}

static gboolean
run_tick (BsFleet *self)
{
  bs_predictor_push_tick_live (self->predictors, self->bars, self->times, self->n, self->signals, self->errors);
  gboolean goes_on = TRUE;
  for (guint i = 0; i < self->n; i++)
    {
      goes_on = goes_on && tell_answer (self, i);
      g_clear_error (&self->errors[i]);
    }
  atomic_fetch_add_explicit (&self->n_bars, self->n, memory_order_relaxed);
  atomic_fetch_add_explicit (&self->n_ticks, 1, memory_order_relaxed);
  return goes_on;
}

/* Those who follow an instrument, or were about to, learn that it is over. */
static void
end_taps (BsFleet *self)
{
  for (guint i = 0; i < BS_FLEET_MAX_INSTRUMENTS; i++)
    for (guint k = 0; self->members[i].taps != NULL && k < self->members[i].taps->len; k++)
      bs_fleet_tap_end (g_ptr_array_index (self->members[i].taps, k));
}

gpointer
bs_fleet_worker_main (gpointer data)
{
  BsFleet *self = data;
  while (!bs_ring_is_closed (self->items))
    {
      if (!bs_fleet_take_requests (self) || !collect (self))
        break;
      if (self->n == 0)
        bs_ring_wait (self->items);
      else if (!run_tick (self))
        break;
    }
  end_taps (self);
  g_mutex_lock (&self->request_lock);
  self->ended = TRUE;
  for (GList *link = self->requests.head; link != NULL; link = link->next)
    if (((BsFleetRequest *) link->data)->tap != NULL)
      bs_fleet_tap_end (((BsFleetRequest *) link->data)->tap);
  g_mutex_unlock (&self->request_lock);
  return NULL;
}
