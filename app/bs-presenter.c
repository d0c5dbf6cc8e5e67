#include "app/bs-presenter-private.h"

/* Where no frame comes (the window is hidden), look this often. */
#define HIDDEN_PERIOD_USEC (G_USEC_PER_SEC / 8)
/* Frames without news after which the frame clock is let go. */
#define IDLE_FRAMES 3
/* How often the clock is looked at for a live feed: its bars' age is shown in seconds. */
#define LATE_PERIOD_MSEC 1000

G_DEFINE_FINAL_TYPE (BsPresenter, bs_presenter, G_TYPE_OBJECT)

guint bs_presenter_signals[BS_PRESENTER_N_SIGNALS];

static gboolean
on_late_timer (gpointer data)
{
  BsPresenter *self = data;
  g_object_ref (self);
  if (bs_presenter_check_stale (self))
    g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_STATE_CHANGED], 0);
  g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_FRAME], 0);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BsPresenter *self = data;
  g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
  self->idle_frames = bs_presenter_drain (self) ? 0 : self->idle_frames + 1;
  if (self->idle_frames < IDLE_FRAMES)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  g_source_set_ready_time (self->source, -1);
  /* What came between the last look and the line above has told nobody who listens: look once more. */
  if (bs_presenter_drain (self))
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
    bs_presenter_drain (self);
  if (self->tick == 0 && gtk_widget_get_mapped (self->widget))
    {
      self->idle_frames = 0;
      self->tick = gtk_widget_add_tick_callback (self->widget, on_tick, self, NULL);
      g_source_set_ready_time (self->source, g_get_monotonic_time () + HIDDEN_PERIOD_USEC);
      return G_SOURCE_CONTINUE;
    }
  g_source_set_ready_time (self->source, -1);
  if (bs_presenter_drain (self))
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
  bs_presenter_signals[BS_PRESENTER_FRAME] = g_signal_new ("frame", BS_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bs_presenter_signals[BS_PRESENTER_STATE_CHANGED]
    = g_signal_new ("state-changed", BS_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bs_presenter_signals[BS_PRESENTER_SWITCHED] = g_signal_new ("switched", BS_TYPE_PRESENTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
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
      BsBars *past = loaded->past != NULL ? g_steal_pointer (&loaded->past) : bs_bars_ref (bars);
      self->feed = g_steal_pointer (&loaded->feed);
      self->state = BS_FEED_CONNECTING;
      bs_feed_set_history (self->feed, past->primary->series, past->secondary != NULL ? past->secondary->series : NULL, past,
                           bs_bars_unref);
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
    bs_presenter_unpin (self);
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
  g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_STATE_CHANGED], 0);
  g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_FRAME], 0);
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

void
bs_presenter_explain (BsPresenter *self, guint64 index)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  if (self->session == NULL || index < bs_chart_data_first (self->data) || index >= bs_chart_data_end (self->data))
    return;
  self->pinned = TRUE;
  self->pinned_index = index;
  bs_session_explain_bar (self->session, index);
  g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_FRAME], 0);
}

void
bs_presenter_explain_newest (BsPresenter *self)
{
  g_return_if_fail (BS_IS_PRESENTER (self));
  if (!self->pinned)
    return;
  bs_presenter_unpin (self);
  g_signal_emit (self, bs_presenter_signals[BS_PRESENTER_FRAME], 0);
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
