/* bs-predictor-push.c: the way of one bar: features, window, network, signal */
#include "inference/predict/bs-predictor-private.h"

/* The stage that each group of features is timed as. */
static const BsStage group_stages[] = {
  [BS_FEATURE_GROUP_HURST] = BS_STAGE_HURST,         [BS_FEATURE_GROUP_ATR] = BS_STAGE_ATR,
  [BS_FEATURE_GROUP_ROLLING] = BS_STAGE_ROLLING,     [BS_FEATURE_GROUP_FLOW] = BS_STAGE_FLOW,
  [BS_FEATURE_GROUP_SECONDARY] = BS_STAGE_SECONDARY,
};
G_STATIC_ASSERT (G_N_ELEMENTS (group_stages) == BS_N_FEATURE_GROUPS);

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
