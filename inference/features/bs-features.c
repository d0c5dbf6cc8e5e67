#include "inference/features/bs-features.h"

#include "inference/features/bs-feature-batch.h"
#include "inference/features/bs-feature-table.h"

G_DEFINE_QUARK (bs_features_error, bs_features_error)

guint64
bs_features_first_exact (const BsBarSeries *primary, const BsFeatureOptions *options)
{
  g_return_val_if_fail (primary != NULL && options != NULL && options->hurst_every > 0, 0);

  guint64 first = bs_bar_series_first (primary);
  if (first == 0)
    return 0;
  /* The first bar that computes Hurst with all its closes held; every later bar carries from it or from one after it. */
  guint64 full = first + bs_feature_info (BS_FEATURE_HURST_H)->warm_up;
  return (full + options->hurst_every - 1) / options->hurst_every * options->hurst_every;
}

/* In legacy the ATR of a series with fewer bars than this is 0 all through. */
static void
clear_short_atr (const BsBarColumns *columns, const BsFeatureOptions *options, gsize n_rows, double *rows)
{
  if (options->set != BS_FEATURE_SET_LEGACY || columns->first + columns->n_times >= BS_FEATURE_LEGACY_ATR_BARS)
    return;
  for (gsize i = 0; i < n_rows; i++)
    rows[i * BS_N_FEATURES + BS_FEATURE_ATR] = 0.0;
}

static void
compute_rows (const BsBarColumns *columns, const BsBarSeries *secondary, const BsFeatureOptions *options, guint64 begin,
              guint64 end, double *rows)
{
  gboolean legacy = options->set == BS_FEATURE_SET_LEGACY;
  double *row = rows;
  BsFeatureState state;
  BsAtrBlock atr;

  atr.begin = atr.end = begin;
  if (begin == end)
    return;
  bs_feature_state_seek (&state, options, columns, begin);
  if (!options->scalar_atr)
    state.atr_block = &atr;
  for (guint64 i = begin; i < end; i++, row += BS_N_FEATURES)
    {
      if (state.atr_block != NULL && i >= atr.end)
        bs_atr_block_fill (&atr, columns, i, end);
      bs_feature_state_advance_in (&state, columns);
      if (legacy && i > begin)
        bs_feature_row_settle (&state, secondary, row - BS_N_FEATURES);
      bs_feature_row (&state, secondary, row, NULL, NULL);
    }
  if (!legacy)
    return;
  row -= BS_N_FEATURES;
  if (end < columns->first + columns->n_times)
    {
      bs_feature_state_advance_in (&state, columns);
      bs_feature_row_settle (&state, secondary, row);
    }
  else
    bs_feature_row_newest (&state, row);
  clear_short_atr (columns, options, (gsize) (end - begin), rows);
}

gboolean
bs_features_batch_columns (const BsBarColumns *columns, const BsBarSeries *secondary, const BsFeatureOptions *options,
                           guint64 begin, guint64 end, double *rows, GError **error)
{
  guint64 held_end = columns->first + columns->n_times;
  const char *name;
  gsize length;

  if (!bs_bar_columns_agree (columns, &name, &length))
    {
      g_set_error (error, BS_FEATURES_ERROR, BS_FEATURES_ERROR_LENGTH,
                   "column %s has %" G_GSIZE_FORMAT " bars: expected %" G_GSIZE_FORMAT ", as many as there are times",
                   name, length, columns->n_times);
      return FALSE;
    }
  if (options->hurst_every == 0)
    {
      g_set_error_literal (error, BS_FEATURES_ERROR, BS_FEATURES_ERROR_RANGE,
                           "hurst-every 0: expected 1 bar or more between two Hurst computations");
      return FALSE;
    }
  if (begin > end || begin < columns->first || end > held_end)
    {
      g_set_error (error, BS_FEATURES_ERROR, BS_FEATURES_ERROR_RANGE,
                   "rows of bars %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                   ": expected a range within the bars held, %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                   begin, end, columns->first, held_end);
      return FALSE;
    }
  compute_rows (columns, secondary, options, begin, end, rows);
  return TRUE;
}

gboolean
bs_features_batch (const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
                   guint64 begin, guint64 end, double *rows, GError **error)
{
  g_return_val_if_fail (primary != NULL && options != NULL, FALSE);
  g_return_val_if_fail (rows != NULL || begin == end, FALSE);

  BsBarColumns columns;
  bs_bar_series_view (primary, &columns);
  return bs_features_batch_columns (&columns, secondary, options, begin, end, rows, error);
}

gboolean
bs_features_tail (const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
                  guint n_rows, double *rows)
{
  g_return_val_if_fail (primary != NULL && options != NULL && options->hurst_every > 0, FALSE);
  g_return_val_if_fail (rows != NULL || n_rows == 0, FALSE);

  gsize length = bs_bar_series_length (primary);
  if (length < n_rows)
    return FALSE;
  gsize n = MIN (length, (gsize) n_rows + BS_FEATURES_TAIL_BARS);
  BsBarColumns columns;
  bs_bar_series_view (primary, &columns);
  bs_bar_columns_tail (&columns, n);
  compute_rows (&columns, secondary, options, n - n_rows, n, rows);
  return TRUE;
}
