#include "app/bs-session-private.h"

/* Bars that may wait for the worker. Small: what a seek gives up has to be skipped. */
#define MAX_BARS_WAITING 1024
/* Events handled between two looks at the clock. */
#define DRAIN_CHUNK 32

void
bs_session_control_free (BsSessionControl *control)
{
  if (control == NULL)
    return;
  g_clear_pointer (&control->model, bs_model_unref);
  if (control->recorder != NULL)
    bs_recorder_end (control->recorder); /* it was never begun */
  bs_session_copy_end (g_steal_pointer (&control->copy));
  g_clear_pointer (&control->recorder, bs_recorder_unref);
  g_free (control);
}

void
bs_session_tell (gpointer data)
{
  BsSession *self = data;
  if (!atomic_load (&self->notified) && !atomic_exchange (&self->notified, TRUE) && self->notify != NULL)
    self->notify (self->notify_data);
}

static void
bs_session_wake (gpointer data)
{
  BsSession *self = data;
  bs_ring_kick (self->items);
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
  self->switcher = bs_switcher_new (predictor, bs_session_wake, self);
  self->worker = g_thread_new ("worker", bs_session_worker_main, self);
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
  BsSessionJournal *gate = bs_session_journal_new (journal, info, self->events, bs_session_tell, self);
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
  bs_session_control_free (atomic_exchange (&self->control, NULL));
  bs_session_tape_end (&self->tape);
  bs_session_copy_end (self->copy);
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
merge_control (BsSessionControl *control, BsSessionControl *earlier)
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
  if (control->copy == NULL)
    control->copy = g_steal_pointer (&earlier->copy);
  if (!control->set_explained && earlier->set_explained)
    {
      control->set_explained = TRUE;
      control->explains = earlier->explains;
      control->explained = earlier->explained;
    }
}

/* Hands @control to the worker. Another thread may do so at the same time: nothing of either is lost. */
static void
post_control (BsSession *self, BsSessionControl *control)
{
  BsSessionControl *none;
  do
    {
      g_autoptr (BsSessionControl) earlier = atomic_exchange (&self->control, NULL);
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
  BsSessionControl *control = g_new0 (BsSessionControl, 1);
  control->set_options = TRUE;
  control->options = *options;
  post_control (self, control);
}

void
bs_session_set_threshold (BsSession *self, double threshold)
{
  BsSessionControl *control = g_new0 (BsSessionControl, 1);
  control->set_threshold = TRUE;
  control->threshold = threshold;
  post_control (self, control);
}

void
bs_session_set_model (BsSession *self, BsModel *model)
{
  BsSessionControl *control = g_new0 (BsSessionControl, 1);
  control->model = bs_model_ref (model);
  post_control (self, control);
}

void
bs_session_record (BsSession *self, BsRecorder *recorder)
{
  BsSessionControl *control = g_new0 (BsSessionControl, 1);
  control->set_recorder = TRUE;
  control->recorder = recorder != NULL ? bs_recorder_ref (recorder) : NULL;
  post_control (self, control);
}

void
bs_session_copy_bars (BsSession *self, gsize max_bars, BsSessionCopyFunc func, gpointer data)
{
  BsSessionControl *control = g_new0 (BsSessionControl, 1);
  control->copy = bs_session_copy_new (max_bars, func, data);
  post_control (self, control);
}

static void
pin (BsSession *self, gboolean explains, guint64 index)
{
  BsSessionControl *control = g_new0 (BsSessionControl, 1);
  if (self->explainer != NULL)
    bs_explain_monitor_set_pinned (self->explainer, explains);
  control->set_explained = TRUE;
  control->explains = explains;
  control->explained = index;
  post_control (self, control);
}

void
bs_session_explain_bar (BsSession *self, guint64 index)
{
  pin (self, TRUE, index);
}

void
bs_session_explain_newest (BsSession *self)
{
  pin (self, FALSE, 0);
}

BsTrace *
bs_session_trace (BsSession *self)
{
  return self->trace;
}
