/* bs-predictor-recompute.c: incremental off: features and window anew for every prediction */
#include "inference/predict/bs-predictor-private.h"

#include <string.h>

#include "inference/features/bs-hurst.h"

/* Rows computed at a time: all bars' rows are computed, but not all are kept (a million would be 500 MB). */
#define CHUNK_ROWS 2048

void
bs_predictor_recompute_init (BsPredictor *self)
{
  guint length = self->model->sequence_length;
  self->n_rows = MAX (CHUNK_ROWS, length + bs_predictor_provisional_rows (self));
  self->rows = g_new (double, (gsize) self->n_rows *BS_N_FEATURES);
  self->scaled = g_new (float, (gsize) length *BS_N_FEATURES);
}

/* Computes the rows of all bars held; the newest @n_wanted stay in self->rows. */
static void
compute_all (BsPredictor *self, const BsFeatureOptions *options, guint n_wanted)
{
  guint64 begin = bs_bar_series_first (self->primary), end = bs_bar_series_end (self->primary);
  while (begin < end)
    {
      guint64 rest = end - begin;
      /* The last chunk holds all rows wanted. */
      guint64 n = rest <= self->n_rows ? rest : MIN (self->n_rows, rest - n_wanted);
      if (!bs_features_batch (self->primary, self->secondary, options, begin, begin + n, self->rows, NULL))
        g_assert_not_reached (); /* the rows asked for are held */
      begin += n;
      if (begin == end && n > n_wanted)
        memmove (self->rows, self->rows + (n - n_wanted) * BS_N_FEATURES,
                 (gsize) n_wanted * BS_N_FEATURES * sizeof *self->rows);
    }
}

/* Whether Hurst is computed at bar @index of what is looked at, and kept for the bars after it. */
static gboolean
computes_hurst (const BsFeatureOptions *options, guint64 index)
{
  return index >= BS_HURST_BARS && index % options->hurst_every == 0;
}

gboolean
bs_predictor_recompute (BsPredictor *self, const BsBar *bar, BsSignal *signal, gboolean timing)
{
  BsFeatureOptions options = bs_predictor_feature_options (self);
  gint64 start = timing ? bs_clock_ns () : 0;
  gsize length = bs_bar_series_length (self->primary);
  guint sequence_length = self->model->sequence_length;
  guint provisional = bs_predictor_provisional_rows (self);
  guint n_rows = (guint) MIN (length, (gsize) sequence_length + provisional);
  guint64 index = bs_bar_series_end (self->primary) - 1, hurst_index = index;
  *signal = (BsSignal){ .time_us = bar->time_us, .row = index - MIN (index, provisional) };
  if (self->options.value[BS_OPTION_TAIL_WINDOW])
    {
      if (!bs_features_tail (self->primary, self->secondary, &options, n_rows, self->rows))
        g_assert_not_reached (); /* that many bars are held */
      hurst_index = MIN (length, (gsize) n_rows + BS_FEATURES_TAIL_BARS) - 1;
    }
  else
    compute_all (self, &options, n_rows);

  const double *newest = self->rows + (gsize) (n_rows - 1) * BS_N_FEATURES;
  signal->hurst = newest[BS_FEATURE_HURST_H];
  signal->hurst_c = newest[BS_FEATURE_HURST_C];
  signal->atr = newest[BS_FEATURE_ATR];
  signal->hurst_computed = computes_hurst (&options, hurst_index);
  gint64 computed = 0;
  if (timing)
    {
      computed = bs_clock_ns ();
      signal->stage_ns[BS_STAGE_FEATURES] = computed - start;
    }

  guint n_final = n_rows - MIN (n_rows, provisional);
  if (n_final < sequence_length)
    {
      bs_predictor_fill_warming_up (self, n_final, signal);
      return FALSE;
    }
  guint n_out_of_range = 0;
  for (guint i = 0; i < sequence_length; i++)
    {
      gsize offset = (gsize) i * BS_N_FEATURES;
      n_out_of_range += bs_input_scale (self->model, self->rows + offset, self->scaled + offset);
    }
  if (timing)
    signal->stage_ns[BS_STAGE_WINDOW] = bs_clock_ns () - computed;
  signal->n_out_of_range = n_out_of_range;
  return TRUE;
}
