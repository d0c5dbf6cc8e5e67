/* bs-session-worker.c: the thread that answers bars: from the queue through the predictor into the ring of events */
#include "app/bs-session-private.h"

#include "inference/predict/bs-thread.h"

/* While the history is recorded and no bar comes: the disk's turn. */
#define HISTORY_PAUSE_USEC 200
#define NS_PER_US 1000

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
  BsSessionJournal *journal = atomic_load (&self->journal);
  if (journal != NULL)
    bs_session_journal_kick (journal);
  else
    bs_session_tell (self);
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
  self->explain_next = self->explains;
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
      self->explain_next = self->explains;
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
  g_autoptr (BsSessionControl) control = atomic_exchange (&self->control, NULL);
  if (control == NULL)
    return TRUE;

  g_autoptr (GError) error = NULL;
  if (control->set_threshold)
    bs_predictor_set_threshold (self->predictor, control->threshold);
  if (control->set_recorder)
    bs_session_tape_begin (&self->tape, self->predictor, g_steal_pointer (&control->recorder));
  if (control->copy != NULL)
    {
      bs_session_copy_end (self->copy);
      self->copy = g_steal_pointer (&control->copy);
      bs_session_copy_begin (self->copy, self->predictor);
    }
  if (control->set_explained)
    {
      self->explains = self->explain_next = control->explains;
      self->explained = control->explained;
    }
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
  bs_session_copy_end (g_steal_pointer (&self->copy));
  BsSessionEvent *event = begin_event (self, BS_SESSION_RESET);
  if (event == NULL)
    return FALSE;
  event->epoch = item->epoch;
  end_event (self);
  return TRUE;
}

/* Between two bars: a little of the copy that is asked for. Returns whether there is more. */
static gboolean
copy_some (BsSession *self)
{
  if (self->copy == NULL)
    return FALSE;
  if (bs_session_copy_go_on (self->copy))
    return TRUE;
  bs_session_copy_end (g_steal_pointer (&self->copy));
  return FALSE;
}

/* The bar that is pinned, as soon as it is there. */
static void
explain_pinned (BsSession *self)
{
  if (!self->explain_next || self->explained >= self->n_bars)
    return;
  self->explain_next = FALSE;
  if (self->explainer != NULL)
    bs_explain_monitor_ask (self->explainer, self->predictor, self->explained);
}

/* By BsFeedItemKind. Each returns FALSE where the session ends. */
static gboolean (*const take[]) (BsSession *self, const BsFeedItem *item) = {
  [BS_FEED_ITEM_PRIMARY] = take_primary,
  [BS_FEED_ITEM_SECONDARY] = take_secondary,
  [BS_FEED_ITEM_STATE] = take_state,
  [BS_FEED_ITEM_RESET] = take_reset,
};

gpointer
bs_session_worker_main (gpointer data)
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
      explain_pinned (self);
      gboolean more = bs_session_tape_history (&self->tape);
      more |= copy_some (self);
      const BsFeedItem *item = bs_ring_peek (self->items);
      if (item == NULL)
        {
          if (more)
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
