/* bs-predictor-switch.c: what is kept between bars, and other options, models and engines under it */
#include "inference/predict/bs-predictor-private.h"

#include "inference/predict/bs-engine-path.h"

/* Rows of bars before it depend on how many bars have come. */
#define SHORT_HISTORY_BARS 100

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

void
bs_predictor_clear_state (BsPredictor *self)
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

void
bs_predictor_build_state (BsPredictor *self)
{
  BsFeatureOptions feature_options = bs_predictor_feature_options (self);
  bs_predictor_clear_state (self);
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
  bs_predictor_clear_state (self);
  bs_engine_free (self->engine);
  bs_model_unref (self->model);
  self->engine = bs_engine_ref (leader->engine);
  self->model = bs_model_ref (leader->model);
  self->options = leader->options;
  bs_predictor_build_state (self);
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

/* Goes on with @engine, whose place the old one takes. The windows of an engine go with it. */
static void
exchange_engine (BsPredictor *self, BsEngine **engine)
{
  BsEngine *old = self->engine;
  bs_predictor_clear_state (self);
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
        bs_predictor_build_state (self);
      return TRUE;
    }
  BsEngine *engine = bs_engine_path_new (&own, self->model, 1, error);
  if (engine == NULL)
    return FALSE;
  exchange_engine (self, &engine);
  bs_engine_free (engine);
  self->options = own;
  bs_predictor_build_state (self);
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
  bs_predictor_build_state (self);
  mark_switches (self, &before);
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
  bs_predictor_build_state (self);
  return TRUE;
}
