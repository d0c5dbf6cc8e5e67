/* bs-presenter-drain.c: what the session has said, taken over: to the chart, the log, and what the getters give */
#include "app/bs-presenter-private.h"

#include "app/bs-signal-point.h"

/* Time a frame may take over what has come, on the main thread; the rest comes with the next frame. */
#define DRAIN_BUDGET_USEC 1500

static void
flush_entries (BsPresenter *self)
{
  if (self->n_entries > 0 && self->log != NULL)
    bs_signal_log_append (self->log, self->entries, self->n_entries);
  self->n_entries = 0;
}

static void
flush_points (BsPresenter *self)
{
  if (self->n_points == 0)
    return;
  guint64 end = bs_chart_data_end (self->data);
  guint n_known = self->points_begin < end ? (guint) MIN (end - self->points_begin, self->n_points) : 0;
  if (n_known > 0)
    bs_chart_data_update (self->data, self->points_begin, self->points, n_known);
  if (n_known < self->n_points)
    bs_chart_data_append (self->data, self->points + n_known, self->n_points - n_known);
  self->n_points = 0;
}

static void
gather_point (BsPresenter *self, const BsSessionEvent *event)
{
  if (self->n_points == BS_PRESENTER_MAX_GATHERED)
    flush_points (self);
  if (self->n_points == 0)
    self->points_begin = event->index;

  self->points[self->n_points++]
    = bs_signal_point (&event->bar, event->kind == BS_SESSION_SIGNAL ? &event->signal : NULL, event->index);
}

static void
gather_entry (BsPresenter *self, const BsSessionEvent *event)
{
  const BsSignal *signal = &event->signal;
  if (self->n_entries == BS_PRESENTER_MAX_GATHERED)
    flush_entries (self);
  self->entries[self->n_entries++] = (BsSignalLogEntry){
    .time_us = event->bar.time_us,
    .index = event->index,
    .klass = signal->klass,
    .raw_class = signal->raw_class,
    .confidence = signal->confidence,
    .price = event->bar.close,
    .filtered = signal->filtered,
    .in_range = signal->in_range,
    .total_ns = signal->stage_ns[BS_STAGE_TOTAL],
  };
}

static void
take_bar (BsPresenter *self, const BsSessionEvent *event)
{
  gather_point (self, event);
  self->position = event->index + 1;
  self->time_us = event->bar.time_us;
  if (event->kind == BS_SESSION_NO_SIGNAL)
    {
      g_free (self->failure);
      self->failure = g_strdup (event->message);
      return;
    }
  g_clear_pointer (&self->failure, g_free);
  self->signal = event->signal;
  self->has_signal = TRUE;
  self->threshold = event->threshold;
  if (event->signal.state != BS_SIGNAL_READY)
    return;
  gather_entry (self, event);
  if (self->signal_func != NULL)
    self->signal_func (event, self->signal_data);
}

void
bs_presenter_unpin (BsPresenter *self)
{
  if (self->pinned && self->session != NULL)
    bs_session_explain_newest (self->session);
  self->pinned = FALSE;
}

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  BsPresenter *self = data;
  switch (event->kind)
    {
    case BS_SESSION_SIGNAL:
    case BS_SESSION_NO_SIGNAL:
      take_bar (self, event);
      break;
    case BS_SESSION_REFUSED:
      self->n_refused++;
      break;
    case BS_SESSION_STATE:
      self->state = event->state;
      self->state_changed = TRUE;
      break;
    case BS_SESSION_RESET:
      self->position = 0;
      if (self->replay == NULL)
        {
          bs_presenter_unpin (self);
          /* Other bars come, not the same ones again. */
          self->n_points = self->n_entries = 0;
          bs_chart_data_truncate (self->data, 0);
          if (self->log != NULL)
            bs_signal_log_clear (self->log);
        }
      break;
    case BS_SESSION_SWITCHED:
    case BS_SESSION_NOT_SWITCHED:
      self->switched = TRUE;
      self->granted = event->kind == BS_SESSION_SWITCHED;
      self->scheduled = event->scheduled;
      self->options = event->options;
      self->n_traced = event->n_traced;
      g_free (self->switch_message);
      self->switch_message = g_strdup (event->message);
      break;
    case BS_SESSION_NOTICE:
      g_free (self->notice);
      self->notice = g_strdup (event->message);
      self->notice_changed = TRUE;
      break;
    case BS_SESSION_SECONDARY:
      break; /* the journal's */
    }
}

gboolean
bs_presenter_check_stale (BsPresenter *self)
{
  BsFeedStatus status;
  if (self->feed == NULL || self->replay != NULL)
    return FALSE;
  bs_feed_status (self->feed, &status);
  gboolean stale = status.state == BS_FEED_STALE;
  gboolean news = stale != self->stale;
  self->stale = stale;
  return news;
}

gboolean
bs_presenter_drain (BsPresenter *self)
{
  if (self->session == NULL)
    return FALSE;
  guint64 position = self->position;
  guint64 n_refused = self->n_refused;
  gint64 time_us = self->time_us;
  gboolean more = bs_session_drain (self->session, on_event, self, DRAIN_BUDGET_USEC);
  flush_points (self);
  flush_entries (self);

  if (bs_presenter_check_stale (self))
    self->state_changed = TRUE;
  gboolean bars = position != self->position || time_us != self->time_us || n_refused != self->n_refused;
  gboolean explained = bs_explain_monitor_get (bs_session_explainer (self->session), &self->why_generation, &self->why);
  self->has_why |= explained;
  if (bs_explain_monitor_get_asked (bs_session_explainer (self->session), &self->asked_generation, &self->asked))
    self->has_asked = explained = TRUE;
  gboolean news = more || bars || explained || self->state_changed || self->switched || self->notice_changed;
  self->notice_changed = FALSE;
  /* A handler may stop or start the presenter: from here on nothing is taken for granted. */
  g_object_ref (self);
  if (self->switched)
    {
      g_autofree char *message = g_steal_pointer (&self->switch_message);
      self->switched = FALSE;
      g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_SWITCHED], 0, self->granted, message);
    }
  if (self->state_changed)
    {
      self->state_changed = FALSE;
      g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_STATE_CHANGED], 0);
    }
  if (news)
    g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_FRAME], 0);
  g_object_unref (self);
  return news;
}
