#include "app/bs-presenter.h"

#include <math.h>

#include "app/bs-signal-point.h"

/* Time a frame may take over what has come, on the main thread; the rest comes with the next frame. */
#define DRAIN_BUDGET_USEC 1500
/* Where no frame comes (the window is hidden), look this often. */
#define HIDDEN_PERIOD_USEC (G_USEC_PER_SEC / 8)
/* Frames without news after which the frame clock is let go. */
#define IDLE_FRAMES 3
/* Points and log entries gathered before they are handed on. */
#define MAX_GATHERED 256
/* How often the clock is looked at for a live feed: its bars' age is shown in seconds. */
#define LATE_PERIOD_MSEC 1000

struct _BsPresenter
{
  GObject parent_instance;

  GtkWidget *widget;
  BsSignalLog *log;
  BsSessionFunc signal_func; /* (nullable) */
  gpointer signal_data;
  GSource *source; /* made ready by the worker; also the clock while there are no frames */
  guint tick;
  guint idle_frames;

  BsJournal *journal; /* (nullable) */
  BsSession *session;
  BsFeed *feed;         /* the session's */
  BsReplayFeed *replay; /* (nullable): the same where it is one */
  gboolean stale;       /* by the clock */
  guint late_timer;
  BsChartData *data;
  guint epoch;

  BsFeedState state;
  gboolean state_changed, notice_changed, switched, granted, scheduled;
  char *switch_message;
  guint64 position;
  BsSignal signal;
  gboolean has_signal;
  double threshold;
  gint64 time_us;
  BsOptions options;
  guint64 n_traced;
  guint fidelity_every;
  BsWhy why;
  guint why_generation;
  gboolean has_why, why_wanted;
  BsWhy asked; /* of the bar that is pinned */
  guint asked_generation;
  gboolean has_asked, pinned;
  guint64 pinned_index;
  guint64 n_refused;
  char *refused_reason;
  char *failure;
  char *notice;

  /* Gathered while draining. */
  BsChartPoint points[MAX_GATHERED];
  guint64 points_begin; /* index of points[0] */
  guint n_points;
  BsSignalLogEntry entries[MAX_GATHERED];
  guint n_entries;
};

G_DEFINE_FINAL_TYPE (BsPresenter, bs_presenter, G_TYPE_OBJECT)

enum
{
  FRAME,
  STATE_CHANGED,
  SWITCHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

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
  if (self->n_points == MAX_GATHERED)
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
  if (self->n_entries == MAX_GATHERED)
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

static void
unpin (BsPresenter *self)
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
      g_free (self->refused_reason);
      self->refused_reason = g_strdup (event->message);
      break;
    case BS_SESSION_STATE:
      self->state = event->state;
      self->state_changed = TRUE;
      break;
    case BS_SESSION_RESET:
      self->position = 0;
      if (self->replay == NULL)
        {
          unpin (self);
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

/* Asks the clock. Returns whether the feed is late now and was not, or the other way round. */
static gboolean
check_stale (BsPresenter *self)
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

static gboolean
on_late_timer (gpointer data)
{
  BsPresenter *self = data;
  g_object_ref (self);
  if (check_stale (self))
    g_signal_emit (self, signals[STATE_CHANGED], 0);
  g_signal_emit (self, signals[FRAME], 0);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

/* Takes over what has come. Returns whether there was anything. */
static gboolean
drain (BsPresenter *self)
{
  if (self->session == NULL)
    return FALSE;
  guint64 position = self->position;
  guint64 n_refused = self->n_refused;
  gint64 time_us = self->time_us;
  gboolean more = bs_session_drain (self->session, on_event, self, DRAIN_BUDGET_USEC);
  flush_points (self);
  flush_entries (self);

  if (check_stale (self))
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
      g_signal_emit (self, signals[SWITCHED], 0, self->granted, message);
    }
  if (self->state_changed)
    {
      self->state_changed = FALSE;
      g_signal_emit (self, signals[STATE_CHANGED], 0);
    }
  if (news)
    g_signal_emit (self, signals[FRAME], 0);
  g_object_unref (self);
  return news;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BsPresenter *self = data;
  g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
  self->idle_frames = drain (self) ? 0 : self->idle_frames + 1;
  if (self->idle_frames < IDLE_FRAMES)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  g_source_set_ready_time (self->source, -1);
  /* What came between the last look and the line above has told nobody who listens: look once more. */
  if (drain (self))
    g_source_set_ready_time (self->source, 0);
  return G_SOURCE_REMOVE;
}

/* The worker has news, or no frame has come for a while. */
static gboolean
on_source (gpointer data)
{
  BsPresenter *self = data;
  /* Whoever has sent the bar waits for the answer: not until the next frame. */
  if (self->feed != NULL && bs_feed_wants_answers (self->feed))
    drain (self);
  if (self->tick == 0 && gtk_widget_get_mapped (self->widget))
    {
      self->idle_frames = 0;
      self->tick = gtk_widget_add_tick_callback (self->widget, on_tick, self, NULL);
      g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
      return G_SOURCE_CONTINUE;
    }
  g_source_set_ready_time (self->source, -1);
  if (drain (self))
    g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch_source };

/* Thread: the worker. */
static void
on_notify (gpointer source)
{
  g_source_set_ready_time (source, 0);
}

static void
bs_presenter_finalize (GObject *object)
{
  BsPresenter *self = BS_PRESENTER (object);
  bs_presenter_stop (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_clear_pointer (&self->journal, bs_journal_unref);
  G_OBJECT_CLASS (bs_presenter_parent_class)->finalize (object);
}

static void
bs_presenter_class_init (BsPresenterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_presenter_finalize;
  signals[FRAME] = g_signal_new ("frame", BS_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STATE_CHANGED]
    = g_signal_new ("state-changed", BS_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SWITCHED] = g_signal_new ("switched", BS_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                    2, G_TYPE_BOOLEAN, G_TYPE_STRING);
}

static void
bs_presenter_init (BsPresenter *self)
{
  self->fidelity_every = BS_FIDELITY_DEFAULT_EVERY;
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_callback (self->source, on_source, self, NULL);
  g_source_set_static_name (self->source, "barscope presenter");
  g_source_attach (self->source, NULL);
}

BsPresenter *
bs_presenter_new (GtkWidget *widget, BsSignalLog *log)
{
  BsPresenter *self = g_object_new (BS_TYPE_PRESENTER, NULL);
  self->widget = widget;
  self->log = log;
  return self;
}

void
bs_presenter_set_journal (BsPresenter *self, BsJournal *journal)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  g_clear_pointer (&self->journal, bs_journal_unref);
  self->journal = journal != NULL ? bs_journal_ref (journal) : NULL;
}

/* What begins is a run of the journal's. */
static void
begin_run (BsPresenter *self, const BsLoaded *loaded)
{
  if (self->journal == NULL || loaded->model == NULL)
    return;
  const BsBars *bars = loaded->bars;
  const BsBarSeries *primary = bars->primary->series;
  const BsJournalRunInfo info = {
    .kind = loaded->run_kind,
    .instrument = bars->instrument,
    .origin = loaded->origin,
    .bar_length_us = bs_bar_series_bar_length (primary),
    .stamp = bs_bar_series_stamp (primary),
    .secondary_length_us
    = bars->secondary != NULL ? bs_bar_series_bar_length (bars->secondary->series) : loaded->secondary_length_us,
    .secondary_stamp = bars->secondary != NULL ? bs_bar_series_stamp (bars->secondary->series) : loaded->secondary_stamp,
    .decimals = bars->primary->decimals,
    .continues = loaded->continues,
    .kept_until_us = loaded->kept_until_us,
    .model_name = bs_model_metadata (loaded->model, "name"),
    .model_hash = loaded->model->hash,
    .options = self->options,
  };
  bs_session_set_journal (self->session, self->journal, &info);
}

void
bs_presenter_set_signal_func (BsPresenter *self, BsSessionFunc func, gpointer data)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  self->signal_func = func;
  self->signal_data = data;
}

void
bs_presenter_start (BsPresenter *self, BsLoaded *loaded)
{
  g_return_if_fail (BS_IS_PRESENTER (self));

  bs_presenter_stop (self);
  g_set_object (&self->data, loaded->data);
  self->state = BS_FEED_ENDED;
  if (loaded->predictor == NULL)
    return;

  BsBars *bars = loaded->bars;
  self->epoch = 0;
  self->options = *bs_predictor_options (loaded->predictor);
  self->threshold = bs_predictor_threshold (loaded->predictor);
  const BsBarSeries *secondary = bars->secondary != NULL ? bars->secondary->series : NULL;
  if (loaded->feed != NULL)
    {
      self->feed = g_steal_pointer (&loaded->feed);
      self->state = BS_FEED_CONNECTING;
      bs_feed_set_history (self->feed, bars->primary->series, secondary, bs_bars_ref (bars), bs_bars_unref);
      self->late_timer = g_timeout_add (LATE_PERIOD_MSEC, on_late_timer, self);
    }
  else
    {
      self->replay = bs_replay_feed_new (bars->primary->series, secondary, bs_bars_ref (bars), bs_bars_unref);
      self->feed = BS_FEED (self->replay);
      self->state = BS_FEED_CATCHING_UP;
      bs_replay_feed_seek (self->replay, bs_chart_data_end (self->data), 0);
    }
  self->session = bs_session_new (g_steal_pointer (&loaded->predictor), on_notify, g_source_ref (self->source));
  bs_session_set_monitor (self->session, bs_fidelity_monitor_new (self->fidelity_every));
  bs_session_set_explainer (self->session, bs_explain_monitor_new (on_notify, self->source));
  bs_explain_monitor_set_wanted (bs_session_explainer (self->session), self->why_wanted);
  begin_run (self, loaded);
  if (loaded->recording != NULL)
    bs_session_set_schedule (self->session, g_array_ref (loaded->recording->changes));
  bs_session_start (self->session, g_object_ref (self->feed));
}

/* A session that is being ended on a thread of its own. */
typedef struct
{
  BsSession *session;
  GSource *source;           /* the worker may still make it ready */
  GApplication *application; /* (nullable): held until then */
} Ending;

static gboolean
release_application (gpointer application)
{
  g_application_release (application);
  return G_SOURCE_REMOVE;
}

static gpointer
end_session (gpointer data)
{
  Ending *ending = data;
  bs_session_free (ending->session);
  g_source_unref (ending->source);
  if (ending->application != NULL)
    g_idle_add (release_application, ending->application);
  g_free (ending);
  return NULL;
}

void
bs_presenter_stop (BsPresenter *self)
{
  g_return_if_fail (BS_IS_PRESENTER (self));

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (self->widget, self->tick);
  self->tick = 0;
  g_source_set_ready_time (self->source, -1);
  if (self->session != NULL)
    {
      Ending *ending = g_new (Ending, 1);
      *ending = (Ending){ g_steal_pointer (&self->session), g_source_ref (self->source), g_application_get_default () };
      if (ending->application != NULL)
        g_application_hold (ending->application);
      g_thread_unref (g_thread_new ("end-session", end_session, ending));
    }
  g_clear_handle_id (&self->late_timer, g_source_remove);
  self->replay = NULL;
  g_clear_object (&self->feed);
  g_clear_object (&self->data);
  g_clear_pointer (&self->switch_message, g_free);
  g_clear_pointer (&self->refused_reason, g_free);
  g_clear_pointer (&self->failure, g_free);
  g_clear_pointer (&self->notice, g_free);
  self->state = BS_FEED_ENDED;
  self->stale = FALSE;
  self->state_changed = self->notice_changed = self->switched = self->has_signal = self->scheduled = FALSE;
  self->position = self->n_refused = 0;
  self->has_why = self->has_asked = self->pinned = FALSE;
  self->why_generation = self->asked_generation = 0;
  self->time_us = 0;
  self->n_points = self->n_entries = 0;
}

BsReplayFeed *
bs_presenter_feed (BsPresenter *self)
{
  return self->replay;
}

gboolean
bs_presenter_feed_status (BsPresenter *self, BsFeedStatus *status)
{
  g_return_val_if_fail (BS_IS_PRESENTER (self), FALSE);
  *status = (BsFeedStatus){ .state = BS_FEED_ENDED, .last_bar_us = G_MININT64 };
  if (self->feed == NULL)
    return FALSE;
  bs_feed_status (self->feed, status);
  /* The feed may be ahead of what has been drained: past bars whose signals are still to come. */
  if (self->state != BS_FEED_CONNECTED)
    status->state = self->state;
  return TRUE;
}

gboolean
bs_presenter_is_live (BsPresenter *self)
{
  g_return_val_if_fail (BS_IS_PRESENTER (self), FALSE);
  return self->feed != NULL && self->replay == NULL;
}

gboolean
bs_presenter_is_silenced (BsPresenter *self)
{
  BsFeedState state = bs_presenter_state (self);
  return state == BS_FEED_STALE || state == BS_FEED_LOST || state == BS_FEED_CATCHING_UP;
}

BsSession *
bs_presenter_session (BsPresenter *self)
{
  return self->session;
}

void
bs_presenter_set_fidelity_every (BsPresenter *self, guint every)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  self->fidelity_every = every;
  if (self->session != NULL)
    bs_fidelity_monitor_set_every (bs_session_monitor (self->session), every);
}

BsChartData *
bs_presenter_data (BsPresenter *self)
{
  return self->data;
}

void
bs_presenter_seek (BsPresenter *self, guint64 position)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  if (self->session == NULL || self->replay == NULL)
    return;

  position = MIN (position, bs_replay_feed_length (self->replay));
  guint epoch = self->epoch;
  if (position < bs_chart_data_end (self->data))
    bs_chart_data_truncate (self->data, position);
  if (position <= self->pinned_index)
    unpin (self);
  if (position < bs_replay_feed_position (self->replay))
    {
      /* Backwards there is no way but from the beginning. The bars shown keep their signals until they come anew. */
      self->epoch = epoch = bs_session_new_epoch (self->session);
      self->position = 0;
      self->state = BS_FEED_CATCHING_UP;
      if (self->log != NULL)
        bs_signal_log_clear (self->log);
    }
  bs_replay_feed_seek (self->replay, position, epoch);
  g_signal_emit (self, signals[STATE_CHANGED], 0);
  g_signal_emit (self, signals[FRAME], 0);
}

guint64
bs_presenter_position (BsPresenter *self)
{
  return self->position;
}

BsFeedState
bs_presenter_state (BsPresenter *self)
{
  return self->stale && self->state == BS_FEED_CONNECTED ? BS_FEED_STALE : self->state;
}

const BsSignal *
bs_presenter_signal (BsPresenter *self, double *threshold)
{
  *threshold = self->threshold;
  return self->has_signal ? &self->signal : NULL;
}

gint64
bs_presenter_time (BsPresenter *self)
{
  return self->time_us;
}

void
bs_presenter_explain (BsPresenter *self, guint64 index)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  if (self->session == NULL || index < bs_chart_data_first (self->data) || index >= bs_chart_data_end (self->data))
    return;
  self->pinned = TRUE;
  self->pinned_index = index;
  bs_session_explain_bar (self->session, index);
  g_signal_emit (self, signals[FRAME], 0);
}

void
bs_presenter_explain_newest (BsPresenter *self)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  if (!self->pinned)
    return;
  unpin (self);
  g_signal_emit (self, signals[FRAME], 0);
}

gboolean
bs_presenter_explains (BsPresenter *self, guint64 *index)
{
  g_return_val_if_fail (BS_IS_PRESENTER (self) && index != NULL, FALSE);
  *index = self->pinned_index;
  return self->pinned;
}

const BsWhy *
bs_presenter_why (BsPresenter *self)
{
  if (self->pinned)
    return self->has_asked && self->asked.index == self->pinned_index ? &self->asked : NULL;
  /* Of a bar that is still shown. */
  return self->has_why && self->has_signal && self->signal.state == BS_SIGNAL_READY && self->why.time_us <= self->time_us
           ? &self->why
           : NULL;
}

void
bs_presenter_set_why_wanted (BsPresenter *self, gboolean wanted)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  self->why_wanted = wanted;
  if (self->session != NULL)
    bs_explain_monitor_set_wanted (bs_session_explainer (self->session), wanted);
}

const BsOptions *
bs_presenter_options (BsPresenter *self, guint64 *n_traced)
{
  *n_traced = self->n_traced;
  return &self->options;
}

gboolean
bs_presenter_switch_was_scheduled (BsPresenter *self)
{
  return self->scheduled;
}

guint64
bs_presenter_n_refused (BsPresenter *self, const char **reason)
{
  *reason = self->refused_reason;
  return self->n_refused;
}

const char *
bs_presenter_failure (BsPresenter *self)
{
  return self->failure;
}

const char *
bs_presenter_notice (BsPresenter *self)
{
  return self->notice;
}
