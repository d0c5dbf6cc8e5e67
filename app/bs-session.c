#include "app/bs-session.h"

#include <stdatomic.h>
#include <string.h>

#include "app/bs-ring.h"
#include "app/bs-session-journal.h"
#include "app/bs-session-tape.h"
#include "app/bs-switcher.h"
#include "inference/predict/bs-thread.h"

/* Bars that may wait for the worker. Small: what a seek gives up has to be skipped. */
#define MAX_BARS_WAITING 1024
/* Events handled between two looks at the clock. */
#define DRAIN_CHUNK 32
/* While the history is recorded and no bar comes: the disk's turn. */
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
  BsExplainMonitor *explainer; /* (nullable) */
  GThread *worker;
  BsRing *items;  /* of BsFeedItem: feed -> worker */
  BsRing *events; /* of BsSessionEvent: worker -> (journal ->) main */
  _Atomic (BsSessionJournal *) journal; /* (nullable): the gate in @events */

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
  char *notice;       /* (nullable): told last */
  BsSessionTape tape; /* what is being recorded */
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

/* There are events to drain. Thread: the worker's, or the journal's. */
static void
tell_main (gpointer data)
{
  BsSession *self = data;
  if (!atomic_load (&self->notified) && !atomic_exchange (&self->notified, TRUE) && self->notify != NULL)
    self->notify (self->notify_data);
}

static void
end_event (BsSession *self)
{
  bs_ring_commit (self->events);
  BsSessionJournal *journal = atomic_load (&self->journal);
  if (journal != NULL)
    bs_session_journal_kick (journal);
  else
    tell_main (self);
}

/* For SWITCHED and NOT_SWITCHED: what is in force. */
static void
say_options (BsSession *self, BsSessionEvent *event)
{
  event->options = *bs_predictor_options (self->predictor);
  event->n_traced = bs_trace_count (self->trace);
  g_strlcpy (event->model_hash, bs_predictor_model (self->predictor)->hash, sizeof event->model_hash);
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
  say_options (self, event);
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
      if (bs_options_equal (&change->options, bs_predictor_options (self->predictor)))
        continue;
      g_autoptr (GError) error = NULL;
      gboolean done = bs_predictor_set_options (self->predictor, &change->options, &error);
      BsSessionEvent *event = begin_event (self, done ? BS_SESSION_SWITCHED : BS_SESSION_NOT_SWITCHED);
      if (event == NULL)
        return FALSE;
      event->scheduled = TRUE;
      say_options (self, event);
      if (error != NULL)
        event->message = g_strdup (error->message);
      end_event (self);
      if (!tell_notice (self))
        return FALSE;
    }
  return TRUE;
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
    bs_session_tape_begin (&self->tape, self->predictor, g_steal_pointer (&control->recorder));
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
  bs_session_tape_changes (&self->tape);
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
  if (answered && self->explainer != NULL)
    bs_explain_monitor_observe (self->explainer, self->predictor, &signal);
  if (refused)
    bs_session_tape_refused (&self->tape, error);
  else
    bs_session_tape_bar (&self->tape, item, &signal, error);
  return tell_notice (self);
}

/* FALSE where the session ends. */
static gboolean
tell_secondary (BsSession *self, const BsFeedItem *item)
{
  if (atomic_load_explicit (&self->journal, memory_order_relaxed) == NULL)
    return TRUE;
  BsSessionEvent *event = begin_event (self, BS_SESSION_SECONDARY);
  if (event == NULL)
    return FALSE;
  event->epoch = item->epoch;
  event->arrival_us = item->arrival_us;
  event->due_us = item->due_us;
  event->bar = item->bar;
  event->index = bs_bar_series_end (bs_predictor_secondary (self->predictor)) - 1;
  end_event (self);
  return TRUE;
}

static gboolean
take_secondary (BsSession *self, const BsFeedItem *item)
{
  g_autoptr (GError) error = NULL;
  if (bs_predictor_push_secondary (self->predictor, &item->bar, &error))
    {
      bs_session_tape_secondary (&self->tape, &item->bar);
      return tell_secondary (self, item);
    }
  bs_session_tape_refused (&self->tape, error);

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
  self->schedule_at = 0;
  bs_session_tape_reset (&self->tape);
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
  bs_thread_wake_soon ();
  if (!tell_notice (self))
    return NULL;
  while (!bs_ring_is_closed (self->items))
    {
      if (atomic_load_explicit (&self->control, memory_order_relaxed) != NULL && !apply_control (self))
        break;
      if (!poll_switcher (self))
        break;
      gboolean more_history = bs_session_tape_history (&self->tape);
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
  self->n_bars = bs_bar_series_end (bs_predictor_series (predictor));
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

void
bs_session_set_explainer (BsSession *self, BsExplainMonitor *explainer)
{
  g_return_if_fail (self != NULL && self->explainer == NULL);
  self->explainer = explainer;
}

BsExplainMonitor *
bs_session_explainer (BsSession *self)
{
  return self->explainer;
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
bs_session_set_journal (BsSession *self, BsJournal *journal, const BsJournalRunInfo *info)
{
  g_return_if_fail (self->feed == NULL && atomic_load (&self->journal) == NULL);
  BsSessionJournal *gate = bs_session_journal_new (journal, info, self->events, tell_main, self);
  atomic_store (&self->journal, gate);
  /* What the worker has told before it saw the gate. */
  bs_session_journal_kick (gate);
}

BsJournalRun *
bs_session_run (BsSession *self)
{
  BsSessionJournal *journal = atomic_load (&self->journal);
  return journal != NULL ? bs_session_journal_run (journal) : NULL;
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
  bs_session_journal_free (atomic_load (&self->journal));
  bs_switcher_free (self->switcher);

  for (BsSessionEvent *event; (event = bs_ring_peek (self->events)) != NULL; bs_ring_release (self->events))
    g_free (event->message);
  bs_ring_free (self->events);
  bs_ring_free (self->items);
  control_free (atomic_exchange (&self->control, NULL));
  bs_session_tape_end (&self->tape);
  bs_fidelity_monitor_free (self->monitor);
  bs_explain_monitor_free (self->explainer);
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

/* Hands what became of a bar back to a feed that asks for it. */
static void
answer_feed (BsSession *self, const BsSessionEvent *event)
{
  if (event->kind > BS_SESSION_REFUSED || event->secondary || self->feed == NULL || !bs_feed_wants_answers (self->feed))
    return;
  BsFeedAnswer answer = {
    .bar = &event->bar,
    .signal = event->kind == BS_SESSION_SIGNAL ? &event->signal : NULL,
    .threshold = event->threshold,
    .refused = event->kind == BS_SESSION_REFUSED,
    .message = event->message,
  };
  bs_feed_answer (self->feed, &answer);
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
      if (event->kind != BS_SESSION_SECONDARY && (!of_bars || event->epoch == epoch))
        {
          answer_feed (self, event);
          func (event, data);
        }
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
