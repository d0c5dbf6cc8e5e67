/* bs-fleet-requests.c: what other threads ask of the worker: an instrument more, its newest bars, other switches. */
#include "app/fleet/bs-fleet-private.h"

#include <math.h>

#include "inference/predict/bs-predictor-tick.h"

/* Of the bars that an instrument comes with: enough for a spark line. */
#define ADDED_NEWEST_BARS 64
#define DAY_US (24 * 3600 * (gint64) G_USEC_PER_SEC)

void
bs_fleet_request_free (gpointer data)
{
  BsFleetRequest *request = data;
  bs_fleet_instrument_free (request->instrument);
  /* It was never connected, or is: then another reference is the worker's. */
  g_clear_pointer (&request->tap, bs_fleet_tap_unref);
  bs_predictor_free (request->leader);
  g_free (request->message);
  g_free (request);
}

void
bs_fleet_post (BsFleet *self, BsFleetRequest *request)
{
  g_mutex_lock (&self->request_lock);
  if (self->ended && request->tap != NULL)
    bs_fleet_tap_end (request->tap);
  g_queue_push_tail (&self->requests, request);
  atomic_store (&self->has_requests, TRUE);
  g_mutex_unlock (&self->request_lock);
  bs_ring_kick (self->items);
}

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
take_added (BsFleet *self, BsFleetRequest *request)
{
  BsFleetMember *member = &self->members[request->number];
  BsFleetInstrument *instrument = g_steal_pointer (&request->instrument);
  member->instrument = instrument;
  /* It was made by another thread, with what is on its way to another leader perhaps. */
  bs_predictor_follow (instrument->predictor, self->leader);
  member->generation = self->generation;
  BsFleetEvent *event = bs_fleet_begin_event (self, BS_FLEET_ADDED, request->number);
  if (event == NULL)
    return FALSE;
  event->signal = instrument->signal;
  if (event->index > 0)
    bs_bar_series_get (bs_predictor_series (instrument->predictor), event->index - 1, &event->bar);
  event->reference = reference_price (bs_predictor_series (instrument->predictor));
  event->newest = bs_fleet_instrument_newest (instrument, ADDED_NEWEST_BARS);
  bs_fleet_end_event (self);
  return TRUE;
}

static gboolean
take_newest (BsFleet *self, BsFleetRequest *request)
{
  const BsFleetInstrument *instrument
    = request->number < BS_FLEET_MAX_INSTRUMENTS ? self->members[request->number].instrument : NULL;
  if (instrument == NULL)
    return TRUE;
  BsFleetEvent *event = bs_fleet_begin_event (self, BS_FLEET_NEWEST, request->number);
  if (event == NULL)
    return FALSE;
  event->newest = bs_fleet_instrument_newest (instrument, request->n);
  bs_fleet_end_event (self);
  return TRUE;
}

static gboolean
take_tap (BsFleet *self, BsFleetRequest *request)
{
  BsFleetMember *member = request->number < BS_FLEET_MAX_INSTRUMENTS ? &self->members[request->number] : NULL;
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
take_leader (BsFleet *self, BsFleetRequest *request)
{
  BsFleetEvent *event
    = bs_fleet_begin_event (self, request->leader != NULL ? BS_FLEET_SWITCHED : BS_FLEET_NOT_SWITCHED, BS_FLEET_MAX_INSTRUMENTS);
  if (event == NULL)
    return FALSE;
  if (request->leader != NULL)
    {
      BsPredictor *old = self->leader;
      bs_predictor_set_threshold (request->leader, bs_predictor_threshold (old));
      self->leader = request->leader;
      request->leader = old;
      self->generation++;
      event->options = g_memdup2 (bs_predictor_options (self->leader), sizeof (BsOptions));
      event->message = g_strdup (self->model->hash);
    }
  else
    event->message = g_steal_pointer (&request->message);
  bs_fleet_end_event (self);
  return TRUE;
}

static gboolean
take_threshold (BsFleet *self, BsFleetRequest *request)
{
  bs_predictor_set_threshold (self->leader, request->threshold);
  self->generation++;
  BsFleetEvent *event = bs_fleet_begin_event (self, BS_FLEET_SWITCHED, BS_FLEET_MAX_INSTRUMENTS);
  if (event == NULL)
    return FALSE;
  bs_fleet_end_event (self);
  return TRUE;
}

gboolean
bs_fleet_take_requests (BsFleet *self)
{
  if (!atomic_load_explicit (&self->has_requests, memory_order_relaxed))
    return TRUE;
  GQueue requests = G_QUEUE_INIT;
  g_mutex_lock (&self->request_lock);
  requests = self->requests;
  g_queue_init (&self->requests);
  atomic_store (&self->has_requests, FALSE);
  g_mutex_unlock (&self->request_lock);

  static gboolean (*const take[]) (BsFleet *self, BsFleetRequest *request)
    = { [BS_FLEET_ADD] = take_added, [BS_FLEET_ASK_NEWEST] = take_newest, [BS_FLEET_TAP] = take_tap, [BS_FLEET_LEADER] = take_leader, [BS_FLEET_SET_THRESHOLD] = take_threshold };
  gboolean goes_on = TRUE;
  for (BsFleetRequest *request; (request = g_queue_pop_head (&requests)) != NULL; bs_fleet_request_free (request))
    {
      goes_on = goes_on && take[request->kind](self, request);
      if (!goes_on && request->tap != NULL)
        bs_fleet_tap_end (request->tap);
    }
  return goes_on;
}

void
bs_fleet_make_leader (gpointer data, gpointer fleet)
{
  BsFleet *self = fleet;
  g_autofree BsOptions *options = data;
  g_autoptr (GError) error = NULL;
  BsFleetRequest *request = g_new0 (BsFleetRequest, 1);
  request->kind = BS_FLEET_LEADER;
  request->leader = bs_predictor_new (self->model, options, 1, self->bar_length_us, BS_STAMP_END, &error);
  if (request->leader != NULL)
    bs_predictor_prepare_tick (request->leader);
  else
    request->message = g_strdup (error->message);
  bs_fleet_post (self, request);
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
  BsFleetRequest *request = g_new0 (BsFleetRequest, 1);
  request->kind = BS_FLEET_ADD;
  request->number = given;
  request->instrument = instrument;
  bs_fleet_post (self, request);
  if (number != NULL)
    *number = given;
  return TRUE;
}

void
bs_fleet_ask_newest (BsFleet *self, guint instrument, guint n)
{
  BsFleetRequest *request = g_new0 (BsFleetRequest, 1);
  request->kind = BS_FLEET_ASK_NEWEST;
  request->number = instrument;
  request->n = n;
  bs_fleet_post (self, request);
}

void
bs_fleet_add_tap (BsFleet *self, guint instrument, BsFleetTap *tap)
{
  BsFleetRequest *request = g_new0 (BsFleetRequest, 1);
  request->kind = BS_FLEET_TAP;
  request->number = instrument;
  request->tap = bs_fleet_tap_ref (tap);
  bs_fleet_post (self, request);
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
  BsFleetRequest *request = g_new0 (BsFleetRequest, 1);
  request->kind = BS_FLEET_SET_THRESHOLD;
  request->threshold = threshold;
  bs_fleet_post (self, request);
}
