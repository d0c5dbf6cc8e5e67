#include "inference/predict/bs-predictor-private.h"

#include "inference/predict/bs-engine-path.h"

/* The window and its oldest row's history (Hurst's 100 closes after the longest step) must be held, with the sixteenth that
 * leaves at once on top. */
#define HISTORY_BARS 1200

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
  bs_predictor_build_state (self);
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
bs_predictor_free (BsPredictor *self)
{
  if (self == NULL)
    return;
  bs_predictor_clear_state (self);
  bs_engine_free (self->engine);
  bs_trace_unref (self->trace);
  bs_bar_series_free (self->primary);
  g_clear_pointer (&self->secondary, bs_bar_series_free);
  bs_model_unref (self->model);
  g_free (self);
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
  bs_predictor_build_state (self);
  return appended;
}

void
bs_predictor_borrow_bars (BsPredictor *self, const BsBarSeries *source, gpointer owner, GDestroyNotify release)
{
  g_return_if_fail (self != NULL && source != NULL);
  bs_bar_series_borrow (self->primary, source, owner, release);
}

void
bs_predictor_take_over_bars (BsPredictor *self, BsBarSeries *source, gpointer owner, GDestroyNotify release)
{
  g_return_if_fail (self != NULL && source != NULL);
  bs_bar_series_take_over (self->primary, source, owner, release);
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
