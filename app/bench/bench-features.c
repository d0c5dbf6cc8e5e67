/* bench-features.c: the 62 features alone, without the network, on made-up bars with a secondary series */
#include "app/bench/bs-bench-cases.h"

#include "app/feeds/bs-bar-generator.h"
#include "inference/features/bs-features.h"
#include "inference/features/bs-hurst.h"

#define SEED 1
#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US
#define BATCH_BARS 15000
#define STREAM_BARS 100000    /* the bound of the series that is streamed into: it drops bars now and then, as live */
#define STREAM_OPERATIONS 500 /* bars of one run */
#define HURST_OPERATIONS 200
#define TAIL_ROWS 20

/* BsBenchCase.arg: hurst-every, and whether vector-atr is off. */
enum
{
  HURST_EVERY_10 = 10,
  HURST_EVERY_BAR = 1,
  HURST_EVERY_MASK = 0xffff,
  SCALAR_ATR = 0x10000,
};

typedef struct
{
  BsFeatureOptions options;
  BsBarGenerator *generator;
  BsBarAggregator aggregator;
  BsBarSeries *primary, *secondary;
  BsFeatureStream *stream;
  double *rows; /* [BATCH_BARS, BS_N_FEATURES] */
  double sum;   /* of results: so that none of them is for nothing */
} State;

static gboolean
append (BsBarSeries *series, const BsBar *bar, GError **error)
{
  if (bs_bar_series_append (series, bar, error))
    return TRUE;
  g_prefix_error (error, "made-up bars: ");
  return FALSE;
}

/* The next bar into both series. */
static gboolean
take_bar (State *state, GError **error)
{
  BsBar bar, done[2];

  bs_bar_generator_next (state->generator, &bar);
  guint n = bs_bar_aggregator_take (&state->aggregator, &bar, done);
  for (guint k = 0; k < n; k++)
    if (!append (state->secondary, &done[k], error))
      return FALSE;
  return append (state->primary, &bar, error);
}

static void
teardown (gpointer data)
{
  State *state = data;

  g_clear_pointer (&state->generator, bs_bar_generator_free);
  g_clear_pointer (&state->primary, bs_bar_series_free);
  g_clear_pointer (&state->secondary, bs_bar_series_free);
  g_clear_pointer (&state->stream, bs_feature_stream_free);
  g_free (state->rows);
  g_free (state);
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  State *state = g_new0 (State, 1);
  const gint64 secondary_us = MINUTE_US * BS_BAR_GENERATOR_SECONDARY_BARS;

  state->options
    = (BsFeatureOptions){ BS_FEATURE_SET_CAUSAL, row->arg & HURST_EVERY_MASK, (row->arg & SCALAR_ATR) != 0 };
  state->generator = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, MINUTE_US);
  state->aggregator = (BsBarAggregator){ .length_us = secondary_us };
  state->primary = bs_bar_series_new (STREAM_BARS, MINUTE_US, BS_STAMP_END);
  state->secondary = bs_bar_series_new (STREAM_BARS, secondary_us, BS_STAMP_END);
  state->stream = bs_feature_stream_new (&state->options);
  state->rows = g_new (double, BATCH_BARS *BS_N_FEATURES);
  for (guint i = 0; i < BATCH_BARS; i++)
    if (!take_bar (state, error))
      {
        teardown (state);
        return NULL;
      }
  bs_feature_stream_sync (state->stream, state->primary, state->secondary);
  return state;
}

static gboolean
run_stream (gpointer data, GError **error)
{
  State *state = data;

  for (guint i = 0; i < STREAM_OPERATIONS; i++)
    {
      if (!take_bar (state, error))
        return FALSE;
      bs_feature_stream_push (state->stream, state->primary, state->secondary, state->rows, NULL);
      state->sum += state->rows[BS_FEATURE_ATR];
    }
  return TRUE;
}

/* What run_stream() does besides features. */
static gboolean
run_append (gpointer data, GError **error)
{
  State *state = data;

  for (guint i = 0; i < STREAM_OPERATIONS; i++)
    if (!take_bar (state, error))
      return FALSE;
  return TRUE;
}

static gboolean
run_batch (gpointer data, GError **error)
{
  State *state = data;
  return bs_features_batch (state->primary, state->secondary, &state->options, 0, BATCH_BARS, state->rows, error);
}

static gboolean
run_tail (gpointer data, GError **error)
{
  State *state = data;

  if (bs_features_tail (state->primary, state->secondary, &state->options, TAIL_ROWS, state->rows))
    return TRUE;
  g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED, "too few bars for the tail");
  return FALSE;
}

static gboolean
run_atr (gpointer data, GError **error)
{
  State *state = data;
  bs_features_atr (
    bs_bar_series_column (state->primary, BS_COLUMN_HIGH), bs_bar_series_column (state->primary, BS_COLUMN_LOW),
    bs_bar_series_column (state->primary, BS_COLUMN_CLOSE), BATCH_BARS, state->options.scalar_atr, state->rows);
  return TRUE;
}

static gboolean
run_hurst (gpointer data, GError **error)
{
  State *state = data;
  const double *closes = bs_bar_series_column (state->primary, BS_COLUMN_CLOSE);

  for (guint i = 0; i < HURST_OPERATIONS; i++)
    {
      double h, c;
      bs_hurst (closes + 7 * i, &h, &c);
      state->sum += h + c;
    }
  return TRUE;
}

const BsBenchCase bs_bench_features_cases[] = {
  { "features/stream", "62 features of a bar as it comes, Hurst every 10 bars; made and stored too (features/append)",
    setup, run_stream, teardown, STREAM_OPERATIONS, HURST_EVERY_10 },
  { "features/stream/hurst-every-bar", "the same with Hurst at every bar (hurst-cache off)", setup, run_stream,
    teardown, STREAM_OPERATIONS, HURST_EVERY_BAR },
  { "features/append", "a bar made and stored, without features", setup, run_append, teardown, STREAM_OPERATIONS,
    HURST_EVERY_10 },
  { "features/batch/15000", "62 features of 15,000 bars, Hurst every 10 bars", setup, run_batch, teardown, 1,
    HURST_EVERY_10 },
  { "features/batch/15000/hurst-every-bar", "the same with Hurst at every bar", setup, run_batch, teardown, 1,
    HURST_EVERY_BAR },
  { "features/batch/15000/vector-atr-off", "features/batch/15000 with ATR one bar at a time", setup, run_batch,
    teardown, 1, HURST_EVERY_10 | SCALAR_ATR },
  { "features/atr/15000", "the ATR of 15,000 bars alone, many at a time", setup, run_atr, teardown, 1, HURST_EVERY_10 },
  { "features/atr/15000/vector-atr-off", "the same one bar at a time", setup, run_atr, teardown, 1,
    HURST_EVERY_10 | SCALAR_ATR },
  { "features/tail/20", "the newest 20 rows from the last 120 bars (tail-window)", setup, run_tail, teardown, 1,
    HURST_EVERY_10 },
  { "features/hurst", "Hurst of 100 closes", setup, run_hurst, teardown, HURST_OPERATIONS, HURST_EVERY_10 },
  { NULL },
};
