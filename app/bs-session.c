#include "app/bs-session.h"

#include <stdatomic.h>
#include <string.h>

#include "app/bs-ring.h"
#include "app/bs-switcher.h"

/* Bars that may wait for the worker. Small: what a seek gives up has to be skipped. */
#define MAX_BARS_WAITING 1024
/* Events handled between two looks at the clock. */
#define DRAIN_CHUNK 32
/* Bars of the history that are recorded between two bars that come, and the pause where none comes: the disk's turn. */
#define HISTORY_CHUNK 256
#define HISTORY_PAUSE_USEC 200
#define NS_PER_US 1000

/* What the main thread asks of the worker: handed over whole, so that no lock is needed. */
typedef struct
{
  gboolean set_options, set_threshold, set_recorder;
  BsOptions options;
  double threshold;
  BsModel *model;       /* (nullable) */
  BsRecorder *recorder; /* (nullable) */
} Control;

struct _BsSession
{
  BsPredictor *predictor; /* the worker's, after the start */
  BsTrace *trace;
  BsFeed *feed;
  BsFidelityMonitor *monitor; /* (nullable) */
  GThread *worker;
  BsRing *items;  /* of BsFeedItem: feed -> worker */
  BsRing *events; /* of BsSessionEvent: worker -> main */

  atomic_uint epoch;
  _Atomic (Control *) control;
  atomic_bool notified;
  void (*notify) (gpointer data);
  gpointer notify_data;

  GArray *schedule; /* (nullable) (element-type BsSessionChange) */

  /* The worker's own. */
  guint schedule_at; /* the next one */
  BsSwitcher *switcher;
  BsFeedState state;
  guint64 n_bars;
  char *notice;           /* (nullable): told last */
  BsRecorder *recorder;   /* (nullable) */
  gboolean recorder_live; /* the history is all there: every bar is recorded as it comes */
  BsOptions recorded_options;
  double recorded_threshold;
  char recorded_hash[65];           /* of the model */
  guint64 history_at, secondary_at; /* the next ones of the history */
};

static void
control_free (Control *control)
{
  if (control == NULL)
    return;
  g_clear_pointer (&control->model, bs_model_unref);
  if (control->recorder != NULL)
    bs_recorder_end (control->recorder); /* it was never begun */
  g_clear_pointer (&control->recorder, bs_recorder_unref);
  g_free (control);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Control, control_free)

/* The next event to fill in, or NULL where the session ends. Waits while too many wait for the main thread. */
static BsSessionEvent *
begin_event (BsSession *self, BsSessionEventKind kind)
{
  BsSessionEvent *event = bs_ring_reserve (self->events);
  if (event == NULL)
    return NULL;
  event->kind = kind;
  event->state = self->state;
  event->epoch = atomic_load_explicit (&self->epoch, memory_order_relaxed);
  event->index = self->n_bars;
  return event;
}

static void
end_event (BsSession *self)
{
  bs_ring_commit (self->events);
  if (!atomic_load (&self->notified) && !atomic_exchange (&self->notified, TRUE) && self->notify != NULL)
    self->notify (self->notify_data);
}

/* Tells that another engine answers than the one asked for, or no longer does. FALSE where the session ends. */
static gboolean
tell_notice (BsSession *self)
{
  const char *notice = bs_predictor_notice (self->predictor);
  if (g_strcmp0 (notice, self->notice) == 0)
    return TRUE;
  BsSessionEvent *event = begin_event (self, BS_SESSION_NOTICE);
  if (event == NULL)
    return FALSE;
  g_free (self->notice);
  self->notice = g_strdup (notice);
  event->message = g_strdup (notice);
  end_event (self);
  return TRUE;
}

/* Tells what became of a switch. FALSE where the session ends. */
static gboolean
tell_switched (BsSession *self, BsSwitcherAnswer answer, const GError *error)
{
  if (answer == BS_SWITCHER_BUSY)
    return TRUE;
  BsSessionEvent *event
    = begin_event (self, answer == BS_SWITCHER_DONE ? BS_SESSION_SWITCHED : BS_SESSION_NOT_SWITCHED);
  if (event == NULL)
    return FALSE;
  event->options = *bs_predictor_options (self->predictor);
  event->n_traced = bs_trace_count (self->trace);
  if (error != NULL)
    event->message = g_strdup (error->message);
  end_event (self);
  return tell_notice (self);
}

/* What was to change before the next bar. FALSE where the session ends. */
static gboolean
apply_schedule (BsSession *self)
{
  while (self->schedule != NULL && self->schedule_at < self->schedule->len)
    {
      const BsSessionChange *change = &g_array_index (self->schedule, BsSessionChange, self->schedule_at);
      if (change->index > self->n_bars)
        break;
      self->schedule_at++;
      bs_predictor_set_threshold (self->predictor, change->threshold);
      if (memcmp (&change->options, bs_predictor_options (self->predictor), sizeof change->options) == 0)
        continue;
      g_autoptr (GError) error = NULL;
      gboolean done = bs_predictor_set_options (self->predictor, &change->options, &error);
      BsSessionEvent *event = begin_event (self, done ? BS_SESSION_SWITCHED : BS_SESSION_NOT_SWITCHED);
      if (event == NULL)
        return FALSE;
      event->scheduled = TRUE;
      event->options = *bs_predictor_options (self->predictor);
      event->n_traced = bs_trace_count (self->trace);
      if (error != NULL)
        event->message = g_strdup (error->message);
      end_event (self);
      if (!tell_notice (self))
        return FALSE;
    }
  return TRUE;
}

/* Recording */

static gboolean
is_recorded (BsSession *self)
{
  return self->recorder != NULL && self->recorder_live;
}

static void
put_record (BsSession *self, BsRecord *record)
{
  record->index = record->kind == BS_RECORD_BAR ? self->n_bars - 1 : self->n_bars;
  bs_recorder_put (self->recorder, record);
}

static void
end_recording (BsSession *self)
{
  if (self->recorder != NULL)
    bs_recorder_end (self->recorder);
  g_clear_pointer (&self->recorder, bs_recorder_unref);
}

/* @recorder: (transfer full) (nullable) */
static void
begin_recording (BsSession *self, BsRecorder *recorder)
{
  end_recording (self);
  self->recorder = recorder;
  if (recorder == NULL)
    return;
  const BsBarSeries *secondary = bs_predictor_secondary (self->predictor);
  BsRecordingShape shape = { 0 };
  if (secondary != NULL)
    shape = (BsRecordingShape){ bs_bar_series_bar_length (secondary), bs_bar_series_stamp (secondary) };
  self->recorder_live = FALSE;
  self->history_at = self->secondary_at = 0;
  if (bs_bar_series_first (bs_predictor_series (self->predictor)) > 0
      || (secondary != NULL && bs_bar_series_first (secondary) > 0))
    {
      bs_recorder_fail (recorder, "the oldest bars are no longer held: what they led to cannot be replayed");
      g_clear_pointer (&self->recorder, bs_recorder_unref);
      return;
    }
  self->recorded_options = *bs_predictor_options (self->predictor);
  self->recorded_threshold = bs_predictor_threshold (self->predictor);
  g_strlcpy (self->recorded_hash, bs_predictor_model (self->predictor)->hash, sizeof self->recorded_hash);
  bs_recorder_begin (recorder, self->predictor, secondary != NULL ? &shape : NULL);
}

/* The next bar of the history, in the order in which they became known. */
static void
record_next_of_history (BsSession *self)
{
  const BsBarSeries *primary = bs_predictor_series (self->predictor);
  const BsBarSeries *secondary = bs_predictor_secondary (self->predictor);
  guint64 end = bs_bar_series_end (primary);
  BsRecord record = { .kind = BS_RECORD_HISTORY };
  if (secondary != NULL && self->secondary_at < bs_bar_series_end (secondary)
      && (self->history_at == end
          || bs_bar_series_close_time (secondary, self->secondary_at)
               <= bs_bar_series_close_time (primary, self->history_at)))
    {
      record.kind = BS_RECORD_SECONDARY;
      record.index = self->history_at;
      bs_bar_series_get (secondary, self->secondary_at++, &record.bar);
    }
  else if (self->history_at < end)
    {
      record.index = self->history_at;
      bs_bar_series_get (primary, self->history_at++, &record.bar);
    }
  else
    {
      self->recorder_live = TRUE;
      bs_recorder_caught_up (self->recorder);
      return;
    }
  bs_recorder_put (self->recorder, &record);
}

/* Some of the history, as much as there is room for. Returns whether there is more. */
static gboolean
record_history (BsSession *self)
{
  if (self->recorder == NULL || self->recorder_live)
    return FALSE;
  gsize n = MIN (bs_recorder_room (self->recorder), HISTORY_CHUNK);
  while (n-- > 0 && !self->recorder_live)
    record_next_of_history (self);
  return !self->recorder_live;
}

static void
record_bar (BsSession *self, const BsFeedItem *item, const BsSignal *signal, const GError *error)
{
  gint64 begin_us = bs_recorder_begin_us (self->recorder);
  BsRecord record = {
    .kind = BS_RECORD_BAR,
    .bar = item->bar,
    .arrival_us = item->arrival_us - begin_us,
    .has_due = item->due_us != BS_FEED_DUE_PAST,
    .due_us = item->due_us - begin_us,
    .answered = error == NULL,
  };
  if (error == NULL)
    record.signal = *signal;
  else
    record.text = g_strdup (error->message);
  put_record (self, &record);
}

static void
record_refused (BsSession *self, const GError *error)
{
  BsRecord record = { .kind = BS_RECORD_REFUSED, .text = g_strdup (error->message) };
  put_record (self, &record);
}

/* What has changed since the last bar. */
static void
record_changes (BsSession *self)
{
  const BsOptions *options = bs_predictor_options (self->predictor);
  BsModel *model = bs_predictor_model (self->predictor);
  BsRecord record = { .kind = BS_RECORD_THRESHOLD, .threshold = bs_predictor_threshold (self->predictor) };
  if (record.threshold != self->recorded_threshold)
    put_record (self, &record);
  self->recorded_threshold = bs_predictor_threshold (self->predictor);
  if (strcmp (model->hash, self->recorded_hash) != 0)
    {
      record = (BsRecord){ .kind = BS_RECORD_MODEL, .text = g_strdup (model->hash) };
      put_record (self, &record);
      g_strlcpy (self->recorded_hash, model->hash, sizeof self->recorded_hash);
    }
  if (memcmp (options, &self->recorded_options, sizeof *options) != 0)
    {
      record = (BsRecord){ .kind = BS_RECORD_SWITCH, .options = *options };
      put_record (self, &record);
      self->recorded_options = *options;
    }
}

static gboolean
apply_control (BsSession *self)
{
  g_autoptr (Control) control = atomic_exchange (&self->control, NULL);
  if (control == NULL)
    return TRUE;

  g_autoptr (GError) error = NULL;
  if (control->set_threshold)
    bs_predictor_set_threshold (self->predictor, control->threshold);
  if (control->set_recorder)
    begin_recording (self, g_steal_pointer (&control->recorder));
  if (!control->set_options && control->model == NULL)
    return TRUE;
  BsSwitcherAnswer answer
    = bs_switcher_ask (self->switcher, control->set_options ? &control->options : NULL, control->model, &error);
  return tell_switched (self, answer, error);
}

/* Swaps in what has been made aside. */
static gboolean
poll_switcher (BsSession *self)
{
  g_autoptr (GError) error = NULL;
  BsSwitcherAnswer answer = bs_switcher_poll (self->switcher, &error);
  return tell_switched (self, answer, error);
}

static void
wake_worker (gpointer data)
{
  BsSession *self = data;
  bs_ring_kick (self->items);
}

static gboolean
take_primary (BsSession *self, const BsFeedItem *item)
{
  if (!apply_schedule (self))
    return FALSE;
  BsSessionEvent *event = begin_event (self, BS_SESSION_SIGNAL);
  if (event == NULL)
    return FALSE;
  if (is_recorded (self))
    record_changes (self);
  event->epoch = item->epoch;
  event->arrival_us = item->arrival_us;
  event->due_us = item->due_us;
  event->threshold = bs_predictor_threshold (self->predictor);
  event->bar = item->bar;

  g_autoptr (GError) error = NULL;
  const BsBarTimes times = { item->due_us * NS_PER_US, item->arrival_us * NS_PER_US };
  if (!bs_predictor_push_live (self->predictor, &item->bar, item->due_us == BS_FEED_DUE_PAST ? NULL : &times,
                               &event->signal, &error))
    {
      event->kind = error->domain == BS_BAR_ERROR ? BS_SESSION_REFUSED : BS_SESSION_NO_SIGNAL;
      event->message = g_strdup (error->message);
    }
  if (event->kind != BS_SESSION_REFUSED)
    self->n_bars++;
  gboolean answered = event->kind == BS_SESSION_SIGNAL, refused = event->kind == BS_SESSION_REFUSED;
  BsSignal signal = event->signal;
  end_event (self);
  /* The answer is on its way first. */
  if (answered && self->monitor != NULL)
    bs_fidelity_monitor_observe (self->monitor, self->predictor, &signal);
  if (is_recorded (self) && refused)
    record_refused (self, error);
  else if (is_recorded (self))
    record_bar (self, item, &signal, error);
  return tell_notice (self);
}

static gboolean
take_secondary (BsSession *self, const BsFeedItem *item)
{
  g_autoptr (GError) error = NULL;
  if (bs_predictor_push_secondary (self->predictor, &item->bar, &error))
    {
      BsRecord record = { .kind = BS_RECORD_SECONDARY, .bar = item->bar };
      if (is_recorded (self))
        put_record (self, &record);
      return TRUE;
    }
  if (is_recorded (self))
    record_refused (self, error);

  BsSessionEvent *event = begin_event (self, BS_SESSION_REFUSED);
  if (event == NULL)
    return FALSE;
  event->epoch = item->epoch;
  event->secondary = TRUE;
  event->bar = item->bar;
  event->message = g_strdup (error->message);
  end_event (self);
  return TRUE;
}

static gboolean
take_state (BsSession *self, const BsFeedItem *item)
{
  self->state = item->state;
  BsSessionEvent *event = begin_event (self, BS_SESSION_STATE);
  if (event == NULL)
    return FALSE;
  event->epoch = item->epoch;
  end_event (self);
  return TRUE;
}

static gboolean
take_reset (BsSession *self, const BsFeedItem *item)
{
  bs_predictor_reset (self->predictor);
  self->n_bars = 0;
  self->history_at = self->secondary_at = 0;
  self->schedule_at = 0;
  BsRecord record = { .kind = BS_RECORD_RESET };
  if (self->recorder != NULL)
    put_record (self, &record);
  BsSessionEvent *event = begin_event (self, BS_SESSION_RESET);
  if (event == NULL)
    return FALSE;
  event->epoch = item->epoch;
  end_event (self);
  return TRUE;
}

/* By BsFeedItemKind. Each returns FALSE where the session ends. */
static gboolean (*const take[]) (BsSession *self, const BsFeedItem *item) = {
  [BS_FEED_ITEM_PRIMARY] = take_primary,
  [BS_FEED_ITEM_SECONDARY] = take_secondary,
  [BS_FEED_ITEM_STATE] = take_state,
  [BS_FEED_ITEM_RESET] = take_reset,
};

static gpointer
worker_main (gpointer data)
{
  BsSession *self = data;
  if (!tell_notice (self))
    return NULL;
  while (!bs_ring_is_closed (self->items))
    {
      if (atomic_load_explicit (&self->control, memory_order_relaxed) != NULL && !apply_control (self))
        break;
      if (!poll_switcher (self))
        break;
      gboolean more_history = record_history (self);
      const BsFeedItem *item = bs_ring_peek (self->items);
      if (item == NULL)
        {
          if (more_history)
            g_usleep (HISTORY_PAUSE_USEC);
          else
            bs_ring_wait (self->items);
          continue;
        }
      gboolean current = item->epoch == atomic_load_explicit (&self->epoch, memory_order_acquire);
      if (current && !take[item->kind](self, item))
        break;
      bs_ring_release (self->items);
    }
  return NULL;
}

BsSession *
bs_session_new (BsPredictor *predictor, void (*notify) (gpointer data), gpointer notify_data)
{
  g_return_val_if_fail (predictor != NULL, NULL);

  BsSession *self = g_new0 (BsSession, 1);
  self->predictor = predictor;
  self->trace = bs_predictor_trace (predictor);
  self->notify = notify;
  self->notify_data = notify_data;
  self->state = BS_FEED_CONNECTING;
  self->items = bs_ring_new (sizeof (BsFeedItem), MAX_BARS_WAITING);
  self->events = bs_ring_new (sizeof (BsSessionEvent), BS_SESSION_MAX_WAITING);
  self->switcher = bs_switcher_new (predictor, wake_worker, self);
  self->worker = g_thread_new ("worker", worker_main, self);
  return self;
}

void
bs_session_set_monitor (BsSession *self, BsFidelityMonitor *monitor)
{
  g_return_if_fail (self->feed == NULL && self->monitor == NULL);
  self->monitor = monitor;
}

BsFidelityMonitor *
bs_session_monitor (BsSession *self)
{
  return self->monitor;
}

void
bs_session_set_schedule (BsSession *self, GArray *changes)
{
  g_return_if_fail (self->feed == NULL && self->schedule == NULL);
  self->schedule = changes;
}

void
bs_session_start (BsSession *self, BsFeed *feed)
{
  g_return_if_fail (self->feed == NULL);
  self->feed = feed;
  bs_feed_start (feed, bs_session_deliver, self);
}

void
bs_session_free (BsSession *self)
{
  if (self == NULL)
    return;
  bs_ring_close (self->items);
  bs_ring_close (self->events);
  if (self->feed != NULL)
    bs_feed_stop (self->feed);
  g_clear_object (&self->feed);
  g_thread_join (self->worker);
  bs_switcher_free (self->switcher);

  for (BsSessionEvent *event; (event = bs_ring_peek (self->events)) != NULL; bs_ring_release (self->events))
    g_free (event->message);
  bs_ring_free (self->events);
  bs_ring_free (self->items);
  control_free (atomic_exchange (&self->control, NULL));
  end_recording (self);
  bs_fidelity_monitor_free (self->monitor);
  g_clear_pointer (&self->schedule, g_array_unref);
  bs_predictor_free (self->predictor);
  g_free (self->notice);
  g_free (self);
}

gboolean
bs_session_deliver (const BsFeedItem *item, gpointer data)
{
  BsSession *self = data;
  BsFeedItem *place = bs_ring_reserve (self->items);
  if (place == NULL)
    return FALSE;
  *place = *item;
  bs_ring_commit (self->items);
  return TRUE;
}

gboolean
bs_session_drain (BsSession *self, BsSessionFunc func, gpointer data, gint64 max_us)
{
  gint64 end = g_get_monotonic_time () + max_us;
  guint epoch = atomic_load (&self->epoch);
  guint handled = 0;

  /* Before looking, so that what comes after is told again. */
  atomic_store (&self->notified, FALSE);
  for (BsSessionEvent *event; (event = bs_ring_peek (self->events)) != NULL; bs_ring_release (self->events))
    {
      if (++handled % DRAIN_CHUNK == 0 && g_get_monotonic_time () > end)
        return TRUE;
      gboolean of_bars = event->kind < BS_SESSION_SWITCHED;
      if (!of_bars || event->epoch == epoch)
        func (event, data);
      g_clear_pointer (&event->message, g_free);
    }
  return FALSE;
}

guint
bs_session_new_epoch (BsSession *self)
{
  return atomic_fetch_add (&self->epoch, 1) + 1;
}

/* What @earlier asked for and @control leaves open is kept. */
static void
merge_control (Control *control, Control *earlier)
{
  if (!control->set_options && earlier->set_options)
    {
      control->set_options = TRUE;
      control->options = earlier->options;
    }
  if (!control->set_threshold && earlier->set_threshold)
    {
      control->set_threshold = TRUE;
      control->threshold = earlier->threshold;
    }
  if (control->model == NULL)
    control->model = g_steal_pointer (&earlier->model);
  if (!control->set_recorder && earlier->set_recorder)
    {
      control->set_recorder = TRUE;
      control->recorder = g_steal_pointer (&earlier->recorder);
    }
}

/* Hands @control to the worker. Another thread may do so at the same time: nothing of either is lost. */
static void
post_control (BsSession *self, Control *control)
{
  Control *none;
  do
    {
      g_autoptr (Control) earlier = atomic_exchange (&self->control, NULL);
      if (earlier != NULL)
        merge_control (control, earlier);
      none = NULL;
    }
  while (!atomic_compare_exchange_strong (&self->control, &none, control));
  bs_ring_kick (self->items);
}

void
bs_session_set_options (BsSession *self, const BsOptions *options)
{
  Control *control = g_new0 (Control, 1);
  control->set_options = TRUE;
  control->options = *options;
  post_control (self, control);
}

void
bs_session_set_threshold (BsSession *self, double threshold)
{
  Control *control = g_new0 (Control, 1);
  control->set_threshold = TRUE;
  control->threshold = threshold;
  post_control (self, control);
}

void
bs_session_set_model (BsSession *self, BsModel *model)
{
  Control *control = g_new0 (Control, 1);
  control->model = bs_model_ref (model);
  post_control (self, control);
}

void
bs_session_record (BsSession *self, BsRecorder *recorder)
{
  Control *control = g_new0 (Control, 1);
  control->set_recorder = TRUE;
  control->recorder = recorder != NULL ? bs_recorder_ref (recorder) : NULL;
  post_control (self, control);
}

BsTrace *
bs_session_trace (BsSession *self)
{
  return self->trace;
}
