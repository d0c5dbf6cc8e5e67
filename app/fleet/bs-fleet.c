#include "app/fleet/bs-fleet.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "app/bs-ring.h"
#include "app/fleet/bs-fleet-tap.h"
#include "inference/predict/bs-predictor-tick.h"

/* Bars that may wait for the worker: some for each instrument. */
#define MAX_BARS_WAITING 4096
/* Events handled between two looks at the clock. */
#define DRAIN_CHUNK 32
#define NS_PER_US 1000
/* Of the bars that an instrument comes with: enough for a spark line. */
#define ADDED_NEWEST_BARS 64

/* What another thread asks of the worker. */
typedef struct
{
  enum
  {
    ADD,
    NEWEST,
    TAP,
    LEADER,       /* another leader, made aside, or @message why not */
    SET_THRESHOLD,
  } kind;
  guint number;
  guint n;
  double threshold;
  BsFleetInstrument *instrument;
  BsFleetTap *tap;
  BsPredictor *leader; /* (nullable) */
  char *message;       /* (nullable) */
} Request;

typedef struct
{
  BsFleetInstrument *instrument; /* (nullable) until it is added */
  guint generation;              /* of the leader that it follows */
  guint64 tick;                  /* the last that it had a bar in, from 1 */
  GPtrArray *taps;               /* (nullable) (element-type BsFleetTap) */
} Member;

struct _BsFleet
{
  gatomicrefcount references;
  GThread *worker;
  BsRing *items;  /* of BsFleetItem: feeds -> worker */
  BsRing *events; /* of BsFleetEvent: worker -> main */
  GMutex deliver_lock;

  GMutex request_lock;
  GQueue requests; /* of Request */
  guint n_added;   /* of all threads' bs_fleet_add() */
  gboolean ended;  /* the worker takes no requests any more */
  BsModel *model;
  gint64 bar_length_us;
  atomic_bool has_requests, notified;
  void (*notify) (gpointer data);
  gpointer notify_data;
  GThreadPool *switcher; /* one thread: switches in the order in which they are asked for */
  BsHistogram *latency;
  _Atomic guint64 n_ticks, n_bars;

  /* The worker's own. */
  BsPredictor *leader;
  guint generation;
  Member members[BS_FLEET_MAX_INSTRUMENTS];

  /* The tick that is being taken, [n]. */
  guint n;
  guint numbers[BS_FLEET_MAX_INSTRUMENTS];
  BsPredictor *predictors[BS_FLEET_MAX_INSTRUMENTS];
  BsBar bars[BS_FLEET_MAX_INSTRUMENTS];
  gint64 arrival_us[BS_FLEET_MAX_INSTRUMENTS], due_us[BS_FLEET_MAX_INSTRUMENTS];
  BsBarTimes times[BS_FLEET_MAX_INSTRUMENTS];
  BsSignal signals[BS_FLEET_MAX_INSTRUMENTS];
  GError *errors[BS_FLEET_MAX_INSTRUMENTS];
};

static void
request_free (gpointer data)
{
  Request *request = data;
  bs_fleet_instrument_free (request->instrument);
  /* It was never connected, or is: then another reference is the worker's. */
  g_clear_pointer (&request->tap, bs_fleet_tap_unref);
  bs_predictor_free (request->leader);
  g_free (request->message);
  g_free (request);
}

static void
post (BsFleet *self, Request *request)
{
  g_mutex_lock (&self->request_lock);
  if (self->ended && request->tap != NULL)
    bs_fleet_tap_end (request->tap);
  g_queue_push_tail (&self->requests, request);
  atomic_store (&self->has_requests, TRUE);
  g_mutex_unlock (&self->request_lock);
  bs_ring_kick (self->items);
}

/* The next event to fill in, or NULL where the fleet ends. Waits while too many wait for the main thread. */
static BsFleetEvent *
begin_event (BsFleet *self, BsFleetEventKind kind, guint number)
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

static void
end_event (BsFleet *self)
{
  bs_ring_commit (self->events);
  if (!atomic_load (&self->notified) && !atomic_exchange (&self->notified, TRUE) && self->notify != NULL)
    self->notify (self->notify_data);
}

/* Each returns FALSE where the fleet ends. */

#define DAY_US (24 * 3600 * (gint64) G_USEC_PER_SEC)

/* What the newest bar's change is counted from. */
static double
reference_price (const BsBarSeries *series)
{
  gsize n = bs_bar_series_length (series);
  const gint64 *times = bs_bar_series_times (series);
  if (n == 0)
    return NAN;
  for (gsize i = n - 1; i > 0; i--)
    if (times[i] / DAY_US != times[i - 1] / DAY_US)
      return bs_bar_series_column (series, BS_COLUMN_CLOSE)[i - 1];
  return bs_bar_series_column (series, BS_COLUMN_OPEN)[0];
}

static gboolean
take_added (BsFleet *self, Request *request)
{
  Member *member = &self->members[request->number];
  BsFleetInstrument *instrument = g_steal_pointer (&request->instrument);
  member->instrument = instrument;
  /* It was made by another thread, with what is on its way to another leader perhaps. */
  bs_predictor_follow (instrument->predictor, self->leader);
  member->generation = self->generation;
  BsFleetEvent *event = begin_event (self, BS_FLEET_ADDED, request->number);
  if (event == NULL)
    return FALSE;
  event->signal = instrument->signal;
  if (event->index > 0)
    bs_bar_series_get (bs_predictor_series (instrument->predictor), event->index - 1, &event->bar);
  event->reference = reference_price (bs_predictor_series (instrument->predictor));
  event->newest = bs_fleet_instrument_newest (instrument, ADDED_NEWEST_BARS);
  end_event (self);
  return TRUE;
}

static gboolean
take_newest (BsFleet *self, Request *request)
{
  const BsFleetInstrument *instrument
    = request->number < BS_FLEET_MAX_INSTRUMENTS ? self->members[request->number].instrument : NULL;
  if (instrument == NULL)
    return TRUE;
  BsFleetEvent *event = begin_event (self, BS_FLEET_NEWEST, request->number);
  if (event == NULL)
    return FALSE;
  event->newest = bs_fleet_instrument_newest (instrument, request->n);
  end_event (self);
  return TRUE;
}

static gboolean
take_tap (BsFleet *self, Request *request)
{
  Member *member = request->number < BS_FLEET_MAX_INSTRUMENTS ? &self->members[request->number] : NULL;
  if (member == NULL || member->instrument == NULL)
    {
      bs_fleet_tap_end (request->tap);
      return TRUE;
    }
  bs_fleet_tap_begin (request->tap, member->instrument,
                      bs_fleet_instrument_newest (member->instrument, BS_FLEET_MAX_BARS));
  if (member->taps == NULL)
    member->taps = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_fleet_tap_unref);
  g_ptr_array_add (member->taps, bs_fleet_tap_ref (request->tap));
  return TRUE;
}

static gboolean
take_leader (BsFleet *self, Request *request)
{
  BsFleetEvent *event
    = begin_event (self, request->leader != NULL ? BS_FLEET_SWITCHED : BS_FLEET_NOT_SWITCHED, BS_FLEET_MAX_INSTRUMENTS);
  if (event == NULL)
    return FALSE;
  if (request->leader != NULL)
    {
      BsPredictor *old = self->leader;
      bs_predictor_set_threshold (request->leader, bs_predictor_threshold (old));
      self->leader = request->leader;
      request->leader = old;
      self->generation++;
    }
  event->message = g_steal_pointer (&request->message);
  end_event (self);
  return TRUE;
}

static gboolean
take_threshold (BsFleet *self, Request *request)
{
  bs_predictor_set_threshold (self->leader, request->threshold);
  self->generation++;
  BsFleetEvent *event = begin_event (self, BS_FLEET_SWITCHED, BS_FLEET_MAX_INSTRUMENTS);
  if (event == NULL)
    return FALSE;
  end_event (self);
  return TRUE;
}

static gboolean
take_requests (BsFleet *self)
{
  if (!atomic_load_explicit (&self->has_requests, memory_order_relaxed))
    return TRUE;
  GQueue requests = G_QUEUE_INIT;
  g_mutex_lock (&self->request_lock);
  requests = self->requests;
  g_queue_init (&self->requests);
  atomic_store (&self->has_requests, FALSE);
  g_mutex_unlock (&self->request_lock);

  static gboolean (*const take[]) (BsFleet *self, Request *request)
    = { [ADD] = take_added, [NEWEST] = take_newest, [TAP] = take_tap, [LEADER] = take_leader, [SET_THRESHOLD] = take_threshold };
  gboolean goes_on = TRUE;
  for (Request *request; (request = g_queue_pop_head (&requests)) != NULL; request_free (request))
    {
      goes_on = goes_on && take[request->kind](self, request);
      if (!goes_on && request->tap != NULL)
        bs_fleet_tap_end (request->tap);
    }
  return goes_on;
}

/* Whether the item has its place in the tick: it has none where its instrument has a bar in it already. */
static gboolean
collect_item (BsFleet *self, const BsFleetItem *item)
{
  Member *member = &self->members[item->instrument];
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
      if (self->members[item->instrument].instrument == NULL && !take_requests (self))
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
    = begin_event (self, error == NULL ? BS_FLEET_SIGNAL : refused ? BS_FLEET_REFUSED : BS_FLEET_NO_SIGNAL,
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
  end_event (self);
  if (error == NULL && self->due_us[i] != BS_FEED_DUE_PAST)
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

static gpointer
worker_main (gpointer data)
{
  BsFleet *self = data;
  while (!bs_ring_is_closed (self->items))
    {
      if (!take_requests (self) || !collect (self))
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
    if (((Request *) link->data)->tap != NULL)
      bs_fleet_tap_end (((Request *) link->data)->tap);
  g_mutex_unlock (&self->request_lock);
  return NULL;
}

/* Makes the leader for other options. Thread: the switcher's. */
static void
make_leader (gpointer data, gpointer fleet)
{
  BsFleet *self = fleet;
  g_autofree BsOptions *options = data;
  g_autoptr (GError) error = NULL;
  Request *request = g_new0 (Request, 1);
  request->kind = LEADER;
  request->leader = bs_predictor_new (self->model, options, 1, self->bar_length_us, BS_STAMP_END, &error);
  if (request->leader != NULL)
    bs_predictor_prepare_tick (request->leader);
  else
    request->message = g_strdup (error->message);
  post (self, request);
}

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
  self->switcher = g_thread_pool_new (make_leader, self, 1, FALSE, NULL);
  bs_predictor_prepare_tick (leader);
  self->worker = g_thread_new ("fleet", worker_main, self);
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
  g_thread_pool_free (self->switcher, FALSE, TRUE);

  for (BsFleetEvent *event; (event = bs_ring_peek (self->events)) != NULL; bs_ring_release (self->events))
    {
      g_clear_pointer (&event->newest, g_array_unref);
      g_free (event->message);
    }
  bs_ring_free (self->events);
  bs_ring_free (self->items);
  g_queue_clear_full (&self->requests, request_free);
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

gboolean
bs_fleet_add (BsFleet *self, BsFleetInstrument *instrument, guint *number)
{
  g_return_val_if_fail (self != NULL && instrument != NULL, FALSE);

  g_mutex_lock (&self->request_lock);
  gboolean room = self->n_added < BS_FLEET_MAX_INSTRUMENTS;
  guint given = room ? self->n_added++ : 0;
  g_mutex_unlock (&self->request_lock);
  if (!room)
    {
      bs_fleet_instrument_free (instrument);
      return FALSE;
    }
  Request *request = g_new0 (Request, 1);
  request->kind = ADD;
  request->number = given;
  request->instrument = instrument;
  post (self, request);
  if (number != NULL)
    *number = given;
  return TRUE;
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

void
bs_fleet_ask_newest (BsFleet *self, guint instrument, guint n)
{
  Request *request = g_new0 (Request, 1);
  request->kind = NEWEST;
  request->number = instrument;
  request->n = n;
  post (self, request);
}

void
bs_fleet_add_tap (BsFleet *self, guint instrument, BsFleetTap *tap)
{
  Request *request = g_new0 (Request, 1);
  request->kind = TAP;
  request->number = instrument;
  request->tap = bs_fleet_tap_ref (tap);
  post (self, request);
}

void
bs_fleet_set_options (BsFleet *self, const BsOptions *options)
{
  g_thread_pool_push (self->switcher, g_memdup2 (options, sizeof *options), NULL);
}

void
bs_fleet_set_threshold (BsFleet *self, double threshold)
{
  g_return_if_fail (threshold >= 0 && threshold <= 1);
  Request *request = g_new0 (Request, 1);
  request->kind = SET_THRESHOLD;
  request->threshold = threshold;
  post (self, request);
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
