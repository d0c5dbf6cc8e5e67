#include "inference/train/bs-explain-bar.h"

#include "inference/predict/bs-predictor-private.h"

/* Bars before the first that any row reads: a pivot's neighbours, a return's bar before. */
#define SLACK_BARS 4

static void
scale_rows (const BsModel *model, const double *rows, float *window, guint *n_out_of_range)
{
  guint n = 0;

  for (guint t = 0; t < model->sequence_length; t++)
    n += bs_input_scale (model, rows + (gsize) t * BS_N_FEATURES, window + (gsize) t * BS_N_FEATURES);
  if (n_out_of_range)
    *n_out_of_range = n;
}

gboolean
bs_explain_window (const BsModel *model, const BsBarSeries *primary, const BsBarSeries *secondary,
                   const BsFeatureOptions *options, guint64 row, float *window, guint *n_out_of_range, GError **error)
{
  const guint T = model->sequence_length;
  g_autofree double *rows = g_new (double, (gsize) T *BS_N_FEATURES);

  g_return_val_if_fail (row + 1 >= T, FALSE);
  if (!bs_features_batch (primary, secondary, options, row + 1 - T, row + 1, rows, error))
    return FALSE;
  scale_rows (model, rows, window, n_out_of_range);
  return TRUE;
}

/* Index of the first bar with a later time. */
static guint64
first_after (const BsBarSeries *bars, gint64 time_us)
{
  const gint64 *times = bs_bar_series_times (bars);
  gsize low = 0, high = bs_bar_series_length (bars);

  while (low < high)
    {
      const gsize middle = low + (high - low) / 2;

      if (times[middle] <= time_us)
        low = middle + 1;
      else
        high = middle;
    }
  return bs_bar_series_first (bars) + low;
}

/* The secondary bars that the window's rows may look at, and the one before them: each looks at the last one by its own time. */
static BsBarSeries *
copy_secondary (const BsBarSeries *secondary, gint64 from_us, gint64 to_us)
{
  const gint64 length_us = bs_bar_series_bar_length (secondary);
  const guint64 first = bs_bar_series_first (secondary), end = first_after (secondary, to_us);
  guint64 begin = first_after (secondary, from_us - length_us);
  BsBarSeries *copy;
  gsize n;

  begin -= MIN (begin - first, SLACK_BARS);
  n = MAX ((gsize) (end - begin), BS_BAR_SERIES_MIN_BARS);
  copy = bs_bar_series_new (n, length_us, bs_bar_series_stamp (secondary));
  bs_bar_series_copy_until (copy, secondary, end, n);
  return copy;
}

BsExplainBar *
bs_explain_bar_new (const BsPredictor *predictor, guint64 index)
{
  const BsBarSeries *primary = predictor->primary;
  const guint64 first = bs_bar_series_first (primary);
  const guint provisional = bs_predictor_provisional_rows (predictor);
  const guint T = predictor->model->sequence_length;
  BsModel *variant = predictor->options.value[BS_OPTION_PRUNE] ? bs_model_pruned (predictor->model) : NULL;
  BsExplainBar *self = g_new0 (BsExplainBar, 1);
  guint64 n_rows;
  gsize n;

  g_return_val_if_fail (index >= first && index < bs_bar_series_end (primary), NULL);
  self->model = bs_model_ref (variant ? variant : predictor->model);
  self->index = index;
  self->row = index - MIN (index, provisional);
  self->time_us = bs_bar_series_times (primary)[index - first];
  self->options = bs_predictor_feature_options (predictor);
  self->tail = predictor->options.value[BS_OPTION_TAIL_WINDOW] != 0;
  n_rows = index + 1 - first;
  n_rows -= MIN (n_rows, provisional);
  if (n_rows < T)
    {
      self->rows_missing = T - (guint) n_rows;
      return self;
    }
  /* Hurst is carried over from the last bar that computed it, which read the most of all. */
  n = (gsize) T + provisional + bs_feature_info (BS_FEATURE_HURST_H)->warm_up + self->options.hurst_every + SLACK_BARS;
  n = MAX (n, (gsize) T + provisional + BS_FEATURES_TAIL_BARS);
  self->primary = bs_bar_series_new (n, 0, BS_STAMP_END);
  bs_bar_series_copy_until (self->primary, primary, index + 1, n);
  if (predictor->secondary && bs_bar_series_length (predictor->secondary) > 0)
    self->secondary
      = copy_secondary (predictor->secondary, bs_bar_series_times (primary)[self->row + 1 - T - first],
                        MAX (self->time_us, bs_bar_series_close_time (primary, index)));
  return self;
}

void
bs_explain_bar_free (BsExplainBar *self)
{
  if (!self)
    return;
  bs_model_unref (self->model);
  bs_bar_series_free (self->primary);
  bs_bar_series_free (self->secondary);
  g_free (self);
}

gboolean
bs_explain_bar_window (const BsExplainBar *self, float *window, guint *n_out_of_range, GError **error)
{
  const guint T = self->model->sequence_length;
  const guint n_rows = T + (guint) (self->index - self->row);
  g_autofree double *rows = NULL;

  g_return_val_if_fail (self->primary, FALSE);
  if (!self->tail)
    return bs_explain_window (self->model, self->primary, self->secondary, &self->options, self->row, window,
                              n_out_of_range, error);
  rows = g_new (double, (gsize) n_rows *BS_N_FEATURES);
  if (!bs_features_tail (self->primary, self->secondary, &self->options, n_rows, rows))
    g_assert_not_reached (); /* that many bars were copied */
  scale_rows (self->model, rows, window, n_out_of_range);
  return TRUE;
}
