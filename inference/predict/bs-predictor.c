#include "inference/predict/bs-predictor-private.h"

#include "inference/predict/bs-engine-path.h"

/* The window and its oldest row's history (Hurst's 100 closes after the longest step) must be held, with the sixteenth that
 * leaves at once on top. */
#define HISTORY_BARS 1200
/* Rows of bars before it depend on how many bars have come. */
#define SHORT_HISTORY_BARS 100

/* The stage that each group of features is timed as. */
static const BsStage group_stages[] = {
  [BS_FEATURE_GROUP_HURST] = BS_STAGE_HURST,         [BS_FEATURE_GROUP_ATR] = BS_STAGE_ATR,
  [BS_FEATURE_GROUP_ROLLING] = BS_STAGE_ROLLING,     [BS_FEATURE_GROUP_FLOW] = BS_STAGE_FLOW,
  [BS_FEATURE_GROUP_SECONDARY] = BS_STAGE_SECONDARY,
};
G_STATIC_ASSERT (G_N_ELEMENTS (group_stages) == BS_N_FEATURE_GROUPS);

guint
bs_predictor_provisional_rows (const BsPredictor *self)
{
  return self->model->feature_set == BS_FEATURE_SET_LEGACY ? 1 : 0;
}

BsFeatureOptions
bs_predictor_feature_options (const BsPredictor *self)
{
  BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;
  options.set = self->model->feature_set;
  options.hurst_every
    = self->options.value[BS_OPTION_HURST_CACHE] ? (guint) self->options.value[BS_OPTION_HURST_EVERY] : 1;
  options.scalar_atr = !self->options.value[BS_OPTION_VECTOR_ATR];
  return options;
}

gboolean
bs_predictor_check_model (const BsModel *model, GError **error)
{
  guint n_classes = model->n_linear > 0 ? model->linear[model->n_linear - 1].n_outputs : 0;
  if (model->n_inputs == BS_N_FEATURES && n_classes == BS_N_CLASSES)
    return TRUE;
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED,
               "the model has %u inputs and %u classes: bars give %d features and need short, hold and long (%d)",
               model->n_inputs, n_classes, BS_N_FEATURES, BS_N_CLASSES);
  return FALSE;
}

/* Frees what is made for the model and the options. */
static void
clear_state (BsPredictor *self)
{
  if (self->window != NULL)
    bs_engine_window_free (self->engine, g_steal_pointer (&self->window));
  g_clear_pointer (&self->stream, bs_feature_stream_free);
  bs_input_window_clear (&self->inputs);
  g_clear_pointer (&self->rows, g_free);
  g_clear_pointer (&self->scaled, g_free);
  g_clear_pointer (&self->gathered, g_free);
}

void
bs_predictor_refill_window (BsPredictor *self)
{
  for (guint i = 0; i < self->inputs.n_rows; i++)
    bs_engine_window_push (self->engine, self->window, bs_input_window_row (&self->inputs, i));
}

/* Pushes the few bars that there are so far once more: a legacy row of a short history is not what the batch says. */
static void
replay_inputs (BsPredictor *self)
{
  double row[BS_N_FEATURES];
  g_autoptr (BsBarSeries) bars
    = bs_bar_series_new (0, bs_bar_series_bar_length (self->primary), bs_bar_series_stamp (self->primary));
  for (guint64 index = 0; index < bs_bar_series_end (self->primary); index++)
    {
      BsBar bar;
      bs_bar_series_get (self->primary, index, &bar);
      if (!bs_bar_series_append (bars, &bar, NULL))
        g_assert_not_reached (); /* it has been accepted before */
      bs_feature_stream_push (self->stream, bars, self->secondary, NULL, NULL);
      if (bs_feature_stream_final (self->stream, row))
        bs_input_window_push (&self->inputs, row);
    }
}

/* Computes the newest T final rows of a longer history. */
static void
compute_inputs (BsPredictor *self, const BsFeatureOptions *options)
{
  guint64 end = bs_bar_series_end (self->primary) - bs_predictor_provisional_rows (self);
  guint64 n = MIN (end - bs_bar_series_first (self->primary), self->model->sequence_length);
  g_autofree double *rows = g_new (double, n *BS_N_FEATURES);
  if (!bs_features_batch (self->primary, self->secondary, options, end - n, end, rows, NULL))
    g_assert_not_reached (); /* the rows asked for are held */
  for (guint64 i = 0; i < n; i++)
    bs_input_window_push (&self->inputs, rows + i * BS_N_FEATURES);
  bs_feature_stream_sync (self->stream, self->primary, self->secondary);
}

/* Makes features' state and window as they would be had every bar held been pushed with the model and the options as they
 * are: the answers depend on the bars and the options, not on when a switch was thrown. */
static void
build_state (BsPredictor *self)
{
  BsFeatureOptions feature_options = bs_predictor_feature_options (self);
  clear_state (self);
  bs_input_window_init (&self->inputs, self->model);
  if (!self->options.value[BS_OPTION_INCREMENTAL])
    {
      bs_predictor_recompute_init (self);
      return;
    }
  self->stream = bs_feature_stream_new (&feature_options);
  self->window = bs_engine_window_new (self->engine);
  if (bs_bar_series_end (self->primary) <= SHORT_HISTORY_BARS)
    replay_inputs (self);
  else
    compute_inputs (self, &feature_options);
  bs_predictor_refill_window (self);
}

/* What the state kept between bars depends on; all else may change without touching it. */
static const BsOption state_options[]
  = { BS_OPTION_HURST_CACHE, BS_OPTION_HURST_EVERY, BS_OPTION_VECTOR_ATR, BS_OPTION_INCREMENTAL };

static gboolean
keeps_state (const BsOptions *a, const BsOptions *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_options); i++)
    if (a->value[state_options[i]] != b->value[state_options[i]])
      return FALSE;
  return TRUE;
}

/* Takes @engine. */
static BsPredictor *
predictor_new (BsModel *model, const BsOptions *options, BsEngine *engine, BsTrace *trace, gsize max_bars,
               gint64 bar_length_us, BsStamp stamp)
{
  BsPredictor *self = g_new0 (BsPredictor, 1);
  self->model = bs_model_ref (model);
  self->options = *options;
  self->threshold = BS_DEFAULT_THRESHOLD;
  self->engine = engine;
  self->max_bars = max_bars;
  self->primary = bs_bar_series_new (self->max_bars, bar_length_us, stamp);
  bs_bar_series_reserve (self->primary);
  self->trace = trace;
  build_state (self);
  return self;
}

/* Bars kept: as many as asked for, as the longest window needs at least. */
static gsize
bars_kept (gsize max_bars, guint longest_window)
{
  if (max_bars == 0)
    max_bars = BS_BAR_SERIES_DEFAULT_MAX_BARS;
  return CLAMP (max_bars, 2 * ((gsize) longest_window + HISTORY_BARS), BS_PREDICTOR_MAX_BARS);
}

BsPredictor *
bs_predictor_new (BsModel *model, const BsOptions *options, gsize max_bars, gint64 bar_length_us, BsStamp stamp,
                  GError **error)
{
  g_return_val_if_fail (model != NULL && options != NULL, NULL);

  BsOptions own = *options;
  bs_options_note_model (&own, model);
  if (!bs_options_check (&own, error) || !bs_predictor_check_model (model, error))
    return NULL;
  BsEngine *engine = bs_engine_path_new (&own, model, 1, error);
  if (engine == NULL)
    return NULL;
  return predictor_new (model, &own, engine, bs_trace_new (), bars_kept (max_bars, BS_MODEL_MAX_SEQUENCE),
                        bar_length_us, stamp);
}

BsPredictor *
bs_predictor_new_beside (BsPredictor *leader, gsize max_bars, gint64 bar_length_us, BsStamp stamp)
{
  g_return_val_if_fail (leader != NULL, NULL);

  BsPredictor *self
    = predictor_new (leader->model, &leader->options, bs_engine_ref (leader->engine), bs_trace_ref (leader->trace),
                     bars_kept (max_bars, leader->model->sequence_length), bar_length_us, stamp);
  self->threshold = leader->threshold;
  self->is_quiet = leader->is_quiet;
  return self;
}

void
bs_predictor_follow (BsPredictor *self, BsPredictor *leader)
{
  g_return_if_fail (self != NULL && leader != NULL && self != leader);

  self->threshold = leader->threshold;
  self->is_quiet = leader->is_quiet;
  if (self->trace != leader->trace)
    {
      bs_trace_unref (self->trace);
      self->trace = bs_trace_ref (leader->trace);
    }
  if (self->model == leader->model && bs_engine_path_same (&self->options, &leader->options)
      && keeps_state (&self->options, &leader->options))
    {
      bs_predictor_share_engine (self, leader->engine);
      self->options = leader->options;
      return;
    }
  clear_state (self);
  bs_engine_free (self->engine);
  bs_model_unref (self->model);
  self->engine = bs_engine_ref (leader->engine);
  self->model = bs_model_ref (leader->model);
  self->options = leader->options;
  build_state (self);
}

void
bs_predictor_share_engine (BsPredictor *self, BsEngine *engine)
{
  if (self->engine == engine)
    return;
  gboolean has_window = self->window != NULL;
  if (has_window)
    bs_engine_window_free (self->engine, g_steal_pointer (&self->window));
  bs_engine_free (self->engine);
  self->engine = bs_engine_ref (engine);
  if (!has_window)
    return;
  self->window = bs_engine_window_new (engine);
  bs_predictor_refill_window (self);
}

void
bs_predictor_free (BsPredictor *self)
{
  if (self == NULL)
    return;
  clear_state (self);
  bs_engine_free (self->engine);
  bs_trace_unref (self->trace);
  bs_bar_series_free (self->primary);
  g_clear_pointer (&self->secondary, bs_bar_series_free);
  bs_model_unref (self->model);
  g_free (self);
}

void
bs_predictor_fill_warming_up (const BsPredictor *self, guint n_rows, BsSignal *signal)
{
  signal->state = BS_SIGNAL_WARMING_UP;
  signal->klass = signal->raw_class = BS_CLASS_HOLD;
  signal->in_range = TRUE;
  signal->rows_missing = self->model->sequence_length - n_rows;
}

BsClass
bs_class_most_probable (const float *probabilities)
{
  /* Where two are equal, hold is the answer that costs nothing. */
  BsClass best = BS_CLASS_HOLD;
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    if (probabilities[klass] > probabilities[best])
      best = klass;
  return best;
}

/* Whether the engine has answered another window than this. What it clamps is out of range before, so this seldom looks. */
static gboolean
is_clamped (const BsPredictor *self, const float *window, guint n_out_of_range)
{
  float limit = bs_engine_input_limit (self->engine);
  gsize n = (gsize) self->model->sequence_length * BS_N_FEATURES;
  return n_out_of_range > 0 && limit > 0 && bs_input_beyond (window, n, limit);
}

void
bs_predictor_fill_ready (const BsPredictor *self, const float *probabilities, const float *window, guint n_out_of_range,
                         BsSignal *signal)
{
  BsClass best = bs_class_most_probable (probabilities);
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    signal->probabilities[klass] = probabilities[klass];
  signal->state = BS_SIGNAL_READY;
  signal->raw_class = best;
  signal->confidence = signal->probabilities[best];
  signal->filtered = best != BS_CLASS_HOLD && signal->confidence < self->threshold;
  signal->klass = signal->filtered ? BS_CLASS_HOLD : best;
  signal->n_out_of_range = n_out_of_range;
  signal->in_range = bs_input_in_range (self->model, n_out_of_range) && !is_clamped (self, window, n_out_of_range);
}

gboolean
bs_predictor_take_row (BsPredictor *self, const BsBar *bar, double *row, BsSignal *signal, gint64 *group_ns)
{
  guint64 index = bs_bar_series_end (self->primary) - 1;
  guint provisional = bs_predictor_provisional_rows (self);
  *signal = (BsSignal){ .time_us = bar->time_us, .row = index - MIN (index, provisional) };

  bs_feature_stream_push (self->stream, self->primary, self->secondary, row, group_ns);
  signal->hurst = row[BS_FEATURE_HURST_H];
  signal->hurst_c = row[BS_FEATURE_HURST_C];
  signal->atr = row[BS_FEATURE_ATR];
  signal->hurst_computed = bs_feature_stream_hurst_computed (self->stream);
  return provisional == 0 || bs_feature_stream_final (self->stream, row);
}

/* The newest bar into what is kept. */
static gboolean
take_incremental (BsPredictor *self, const BsBar *bar, BsSignal *signal, gboolean timing)
{
  double row[BS_N_FEATURES];
  gint64 group_ns[BS_N_FEATURE_GROUPS];
  gint64 start = 0;
  gboolean has_row = bs_predictor_take_row (self, bar, row, signal, timing ? group_ns : NULL);
  if (timing)
    {
      for (guint group = 0; group < BS_N_FEATURE_GROUPS; group++)
        signal->stage_ns[group_stages[group]] = group_ns[group];
      start = bs_clock_ns ();
    }
  if (has_row)
    bs_engine_window_push (self->engine, self->window, bs_input_window_push (&self->inputs, row));
  if (timing)
    signal->stage_ns[BS_STAGE_WINDOW] = bs_clock_ns () - start;
  if (self->inputs.n_rows < self->model->sequence_length)
    {
      bs_predictor_fill_warming_up (self, self->inputs.n_rows, signal);
      return FALSE;
    }
  signal->n_out_of_range = self->inputs.n_out_of_range;
  return TRUE;
}

gboolean
bs_predictor_take_bar (BsPredictor *self, const BsBar *bar, BsSignal *signal, gboolean timing)
{
  return self->options.value[BS_OPTION_INCREMENTAL] ? take_incremental (self, bar, signal, timing)
                                                    : bs_predictor_recompute (self, bar, signal, timing);
}

const float *
bs_predictor_inputs (const BsPredictor *self)
{
  return self->options.value[BS_OPTION_INCREMENTAL] ? self->inputs.rows : self->scaled;
}

gboolean
bs_predictor_answer (BsPredictor *self, BsSignal *signal, gboolean timing, GError **error)
{
  float probabilities[BS_N_CLASSES];
  gint64 *stage_ns = timing ? signal->stage_ns : NULL;
  gboolean done = self->options.value[BS_OPTION_INCREMENTAL]
                    ? bs_engine_window_predict (self->engine, &self->window, 1, probabilities, stage_ns, error)
                    : bs_engine_predict (self->engine, self->scaled, 1, probabilities, stage_ns, error);
  if (done)
    bs_predictor_fill_ready (self, probabilities, bs_predictor_inputs (self), signal->n_out_of_range, signal);
  return done;
}

void
bs_predictor_note_times (BsPredictor *self, const BsBarTimes *times, gint64 start, BsSignal *signal)
{
  gint64 end = bs_clock_ns ();
  signal->stage_ns[BS_STAGE_TOTAL] = end - start;
  if (times != NULL)
    {
      signal->stage_ns[BS_STAGE_FROM_ARRIVAL] = end - times->arrival_ns;
      signal->stage_ns[BS_STAGE_FROM_DUE] = end - MIN (times->due_ns, times->arrival_ns);
    }
  if (signal->state == BS_SIGNAL_READY)
    bs_trace_add (self->trace, signal->row, signal->time_us, signal->stage_ns);
  if (!self->is_quiet)
    bs_slow_log_note (&self->slow_log, signal, end);
}

gboolean
bs_predictor_push (BsPredictor *self, const BsBar *bar, BsSignal *signal, GError **error)
{
  return bs_predictor_push_live (self, bar, NULL, signal, error);
}

gboolean
bs_predictor_push_live (BsPredictor *self, const BsBar *bar, const BsBarTimes *times, BsSignal *signal, GError **error)
{
  g_return_val_if_fail (self != NULL && bar != NULL && signal != NULL, FALSE);

  gboolean timing = self->options.value[BS_OPTION_TIMING];
  gint64 start = timing ? bs_clock_ns () : 0;
  if (!bs_bar_series_append (self->primary, bar, error))
    return FALSE;
  if (bs_predictor_take_bar (self, bar, signal, timing) && !bs_predictor_answer (self, signal, timing, error))
    return FALSE;
  if (timing)
    bs_predictor_note_times (self, times, start, signal);
  return TRUE;
}

gboolean
bs_predictor_append (BsPredictor *self, const BsBarSeries *bars, guint64 begin, guint64 end, GError **error)
{
  g_return_val_if_fail (self != NULL && bars != NULL, FALSE);
  g_return_val_if_fail (begin >= bs_bar_series_first (bars) && begin <= end && end <= bs_bar_series_end (bars), FALSE);

  gboolean appended = TRUE;
  for (; begin < end && appended; begin++)
    {
      BsBar bar;
      bs_bar_series_get (bars, begin, &bar);
      appended = bs_bar_series_append (self->primary, &bar, error);
    }
  build_state (self);
  return appended;
}

void
bs_predictor_borrow_bars (BsPredictor *self, const BsBarSeries *source, gpointer owner, GDestroyNotify release)
{
  g_return_if_fail (self != NULL && source != NULL);
  bs_bar_series_borrow (self->primary, source, owner, release);
}

void
bs_predictor_set_secondary_shape (BsPredictor *self, gint64 bar_length_us, BsStamp stamp)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->secondary == NULL || bs_bar_series_end (self->secondary) == 0);

  g_clear_pointer (&self->secondary, bs_bar_series_free);
  self->secondary = bs_bar_series_new (self->max_bars, bar_length_us, stamp);
  bs_bar_series_reserve (self->secondary);
}

gboolean
bs_predictor_push_secondary (BsPredictor *self, const BsBar *bar, GError **error)
{
  g_return_val_if_fail (self != NULL && bar != NULL, FALSE);

  if (self->secondary == NULL)
    bs_predictor_set_secondary_shape (self, 0, BS_STAMP_END);
  return bs_bar_series_append (self->secondary, bar, error);
}

void
bs_predictor_reset (BsPredictor *self)
{
  g_return_if_fail (self != NULL);

  bs_bar_series_clear (self->primary);
  if (self->secondary != NULL)
    bs_bar_series_clear (self->secondary);
  bs_input_window_reset (&self->inputs);
  if (self->stream != NULL)
    bs_feature_stream_sync (self->stream, self->primary, self->secondary);
}

/* Goes on with @engine, whose place the old one takes. The windows of an engine go with it. */
static void
exchange_engine (BsPredictor *self, BsEngine **engine)
{
  BsEngine *old = self->engine;
  clear_state (self);
  self->engine = *engine;
  *engine = old;
}

gboolean
bs_predictor_switch (BsPredictor *self, const BsOptions *options, GError **error)
{
  BsOptions own = *options;
  bs_options_note_model (&own, self->model);
  if (!bs_options_check (&own, error))
    return FALSE;
  if (bs_engine_path_same (&own, &self->options))
    {
      gboolean keep = keeps_state (&own, &self->options);
      self->options = own;
      if (!keep)
        build_state (self);
      return TRUE;
    }
  BsEngine *engine = bs_engine_path_new (&own, self->model, 1, error);
  if (engine == NULL)
    return FALSE;
  exchange_engine (self, &engine);
  bs_engine_free (engine);
  self->options = own;
  build_state (self);
  return TRUE;
}

/* Leaves a mark for every option that is not as it was @before. */
static void
mark_switches (BsPredictor *self, const BsOptions *before)
{
  BsTraceSwitch mark = { .n_traced = bs_trace_count (self->trace),
                         .bar = bs_bar_series_end (self->primary),
                         .bar_time_us = G_MININT64,
                         .time_us = g_get_real_time () };
  gsize length = bs_bar_series_length (self->primary);
  if (length > 0)
    mark.bar_time_us = bs_bar_series_times (self->primary)[length - 1];
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      mark.option = (BsOption) option;
      mark.from = before->value[option];
      mark.to = self->options.value[option];
      if (mark.from != mark.to)
        bs_trace_add_switch (self->trace, &mark);
    }
}

gboolean
bs_predictor_set_options (BsPredictor *self, const BsOptions *options, GError **error)
{
  g_return_val_if_fail (self != NULL && options != NULL, FALSE);

  BsOptions before = self->options;
  if (!bs_predictor_switch (self, options, error))
    return FALSE;
  mark_switches (self, &before);
  return TRUE;
}

void
bs_predictor_swap (BsPredictor *self, BsModel **model, BsEngine **engine, const BsOptions *options)
{
  BsOptions before = self->options;
  BsModel *old = self->model;
  exchange_engine (self, engine);
  self->model = *model;
  *model = old;
  self->options = *options;
  bs_options_note_model (&self->options, self->model);
  build_state (self);
  mark_switches (self, &before);
}

const BsOptions *
bs_predictor_options (const BsPredictor *self)
{
  return &self->options;
}

void
bs_predictor_set_threshold (BsPredictor *self, double threshold)
{
  g_return_if_fail (self != NULL && threshold >= 0 && threshold <= 1);
  self->threshold = threshold;
}

double
bs_predictor_threshold (const BsPredictor *self)
{
  return self->threshold;
}

gboolean
bs_predictor_set_model (BsPredictor *self, BsModel *model, GError **error)
{
  g_return_val_if_fail (self != NULL && model != NULL, FALSE);

  if (!bs_predictor_check_model (model, error))
    return FALSE;
  BsEngine *engine = bs_engine_path_new (&self->options, model, 1, error);
  if (engine == NULL)
    return FALSE;
  exchange_engine (self, &engine);
  bs_engine_free (engine);
  bs_model_ref (model);
  bs_model_unref (self->model);
  self->model = model;
  bs_options_note_model (&self->options, model);
  build_state (self);
  return TRUE;
}

BsModel *
bs_predictor_model (const BsPredictor *self)
{
  return self->model;
}

void
bs_predictor_set_log_slow (BsPredictor *self, gboolean log_slow)
{
  g_return_if_fail (self != NULL);
  self->is_quiet = !log_slow;
}

const char *
bs_predictor_notice (const BsPredictor *self)
{
  return bs_engine_notice (self->engine);
}

const BsTape *
bs_predictor_tape (const BsPredictor *self)
{
  return bs_engine_tape (self->engine);
}

const BsBarSeries *
bs_predictor_series (const BsPredictor *self)
{
  return self->primary;
}

const BsBarSeries *
bs_predictor_secondary (const BsPredictor *self)
{
  return self->secondary;
}

BsTrace *
bs_predictor_trace (BsPredictor *self)
{
  return self->trace;
}
