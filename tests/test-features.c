/* The features' promises: three ways to one row, no look ahead, nothing that is not finite, errors that say why. */
#include "inference/features/bs-feature-batch.h"
#include "inference/features/bs-features.h"
#include "tests/bs-test-bars.h"

#include <math.h>
#include <string.h>

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define DAY_US (G_GINT64_CONSTANT (1440) * MINUTE_US)

#if defined(__SANITIZE_ADDRESS__)
#define MANY_BARS 50000
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define MANY_BARS 50000
#endif
#endif
#ifndef MANY_BARS
#define MANY_BARS 1000000
#endif

static void
assert_rows_equal (const double *rows, const double *expected, guint64 first, gsize n)
{
  if (memcmp (rows, expected, n * BS_N_FEATURES * sizeof *rows) == 0)
    return;
  for (gsize i = 0; i < n; i++)
    for (guint f = 0; f < BS_N_FEATURES; f++)
      {
        double value = rows[i * BS_N_FEATURES + f], other = expected[i * BS_N_FEATURES + f];
        if (memcmp (&value, &other, sizeof value) != 0)
          g_error ("row %" G_GUINT64_FORMAT ", %s: %.17g, expected %.17g", first + i, bs_feature_info (f)->name, value,
                   other);
      }
}

/* Bars of both series as they come: a secondary bar is there when the primary bar that closes with it is. */
typedef struct
{
  BsTestBars primary_bars, secondary_bars;
  BsBar next_secondary;
  BsBarSeries *primary, *secondary;
  BsFeatureSet set;
} Market;

static void
market_init (Market *self, BsFeatureSet set, guint64 seed, gsize max_bars)
{
  bs_test_bars_init (&self->primary_bars, seed, MINUTE_US);
  bs_test_bars_init (&self->secondary_bars, seed + 1, 5 * MINUTE_US);
  /* legacy looks ahead where there is no secondary bar yet, which a stream cannot do. */
  self->secondary_bars.time_us -= set == BS_FEATURE_SET_LEGACY ? DAY_US : -DAY_US / 10;
  bs_test_bars_next (&self->secondary_bars, &self->next_secondary);
  self->primary = bs_bar_series_new (max_bars, MINUTE_US, BS_STAMP_END);
  self->secondary = bs_bar_series_new (max_bars, 5 * MINUTE_US, BS_STAMP_START);
  self->set = set;
}

static void
market_clear (Market *self)
{
  bs_bar_series_free (self->primary);
  bs_bar_series_free (self->secondary);
}

static void
market_next (Market *self)
{
  BsBar bar;
  bs_test_bars_next (&self->primary_bars, &bar);
  gint64 known_us = self->set == BS_FEATURE_SET_LEGACY ? bar.time_us : bar.time_us - 5 * MINUTE_US;
  while (self->next_secondary.time_us <= known_us)
    {
      g_assert_true (bs_bar_series_append (self->secondary, &self->next_secondary, NULL));
      bs_test_bars_next (&self->secondary_bars, &self->next_secondary);
    }
  g_assert_true (bs_bar_series_append (self->primary, &bar, NULL));
}

static void
batch (const Market *self, const BsFeatureOptions *options, guint64 begin, guint64 end, double *rows)
{
  g_autoptr (GError) error = NULL;
  gboolean done = bs_features_batch (self->primary, self->secondary, options, begin, end, rows, &error);
  g_assert_no_error (error);
  g_assert_true (done);
}

/* Streams @n_bars and compares every final row with a batch over all bars so far, chunk by chunk. */
static void
stream_and_compare (BsFeatureSet set, guint hurst_every, gsize n_bars, gsize max_bars)
{
  enum
  {
    CHUNK = 1000
  };
  BsFeatureOptions options = { set, hurst_every };
  g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);
  g_autofree double *streamed = g_new (double, CHUNK *BS_N_FEATURES);
  g_autofree double *batched = g_new (double, CHUNK *BS_N_FEATURES);
  guint64 first = 0; /* the row at the front of `streamed` */
  gsize n = 0, compared = 0;
  Market market;

  market_init (&market, set, 7, max_bars);
  for (gsize i = 0; i < n_bars; i++)
    {
      market_next (&market);
      bs_feature_stream_push (stream, market.primary, market.secondary, NULL, NULL);
      if (!bs_feature_stream_final (stream, streamed + n * BS_N_FEATURES))
        continue;
      if (++n < CHUNK)
        continue;
      guint64 exact = MAX (bs_features_first_exact (market.primary, &options), first);
      if (exact < first + n)
        {
          gsize skipped = (gsize) (exact - first);
          batch (&market, &options, exact, first + n, batched);
          assert_rows_equal (streamed + skipped * BS_N_FEATURES, batched, exact, n - skipped);
          compared += n - skipped;
        }
      first += n;
      n = 0;
    }
  g_assert_cmpuint (compared, >=, n_bars / 2);
  market_clear (&market);
}

static void
test_stream_causal (void)
{
  stream_and_compare (BS_FEATURE_SET_CAUSAL, 10, MANY_BARS, 0);
}

static void
test_stream_causal_bounded (void)
{
  stream_and_compare (BS_FEATURE_SET_CAUSAL, 10, MANY_BARS / 5, 3000);
  stream_and_compare (BS_FEATURE_SET_CAUSAL, 1, MANY_BARS / 20, 2000);
}

static void
test_stream_legacy (void)
{
  stream_and_compare (BS_FEATURE_SET_LEGACY, 10, MANY_BARS / 5, 0);
  stream_and_compare (BS_FEATURE_SET_LEGACY, 7, MANY_BARS / 20, 2500);
}

/* The row of every push is the batch's newest row, also in legacy, where it is not final. */
static void
test_stream_newest_row (void)
{
  for (guint set = 0; set <= BS_FEATURE_SET_LEGACY; set++)
    {
      BsFeatureOptions options = { set, 10 };
      g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);
      Market market;

      market_init (&market, set, 11, 0);
      for (guint64 i = 0; i < 1000; i++)
        {
          double row[BS_N_FEATURES], caught_up[BS_N_FEATURES], expected[BS_N_FEATURES];
          gint64 group_ns[BS_N_FEATURE_GROUPS];
          g_autoptr (BsFeatureStream) other = bs_feature_stream_new (&options);

          for (guint g = 0; g < BS_N_FEATURE_GROUPS; g++)
            group_ns[g] = G_MAXINT64 / 2;
          market_next (&market);
          bs_feature_stream_push (stream, market.primary, market.secondary, row, i % 2 != 0 ? group_ns : NULL);
          batch (&market, &options, i, i + 1, expected);
          assert_rows_equal (row, expected, i, 1);
          g_assert_cmpint (bs_feature_stream_hurst_computed (stream), ==, i >= 100 && i % 10 == 0);
          for (guint g = 0; i % 2 != 0 && g < BS_N_FEATURE_GROUPS; g++)
            g_assert_true (group_ns[g] >= 0 && group_ns[g] < G_MAXINT64 / 4); /* of this push alone */
          /* Bars that were left out are caught up with. */
          bs_feature_stream_push (other, market.primary, market.secondary, caught_up, group_ns);
          assert_rows_equal (caught_up, expected, i, 1);
        }
      market_clear (&market);
    }
}

/* A batch may be cut anywhere. */
static void
test_batch_pieces (void)
{
  enum
  {
    N = 1500
  };
  for (guint set = 0; set <= BS_FEATURE_SET_LEGACY; set++)
    for (guint bounded = 0; bounded < 2; bounded++)
      {
        BsFeatureOptions options = { set, 13 };
        g_autofree double *all = g_new (double, N *BS_N_FEATURES);
        g_autofree double *piece = g_new (double, N *BS_N_FEATURES);
        Market market;

        market_init (&market, set, 3, bounded != 0 ? 800 : 0);
        for (gsize i = 0; i < N; i++)
          market_next (&market);
        guint64 first = bs_bar_series_first (market.primary), end = bs_bar_series_end (market.primary);
        g_assert_cmpint (first > 0, ==, bounded != 0);
        batch (&market, &options, first, end, all);
        for (guint k = 0; k < 300; k++)
          {
            guint64 a = first + (guint64) (bs_test_bars_uniform (&market.primary_bars) * (double) (end - first + 1));
            guint64 b = a + (guint64) (bs_test_bars_uniform (&market.primary_bars) * (double) MIN (end - a + 1, 60));
            b = k < 20 ? end : b;
            a = k >= 20 && k < 60 ? first + k - 20 : a;
            b = MAX (a, b);
            batch (&market, &options, a, b, piece);
            assert_rows_equal (piece, all + (a - first) * BS_N_FEATURES, a, (gsize) (b - a));
          }
        market_clear (&market);
      }
}

/* Rows of a series whose oldest bars have left: exact from the index that is told, before it a short history's values. */
static void
test_bars_left (void)
{
  enum
  {
    N = 2000
  };
  static const guint steps[] = { 1, 10, 37, 300 };

  for (guint seed = 0; seed < 24; seed++)
    {
      guint every = steps[seed % G_N_ELEMENTS (steps)];
      BsFeatureOptions options = { BS_FEATURE_SET_CAUSAL, every };
      g_autofree double *all = g_new (double, N *BS_N_FEATURES);
      g_autofree double *held = g_new (double, N *BS_N_FEATURES);
      Market unbounded, bounded;

      market_init (&unbounded, options.set, seed, 0);
      market_init (&bounded, options.set, seed, 900);
      g_assert_cmpuint (bs_features_first_exact (bounded.primary, &options), ==, 0);
      for (gsize i = 0; i < N; i++)
        {
          market_next (&unbounded);
          market_next (&bounded);
        }
      guint64 first = bs_bar_series_first (bounded.primary);
      guint64 exact = bs_features_first_exact (bounded.primary, &options);
      g_assert_cmpuint (exact, >=, first + 100);
      g_assert_cmpuint (exact, <, first + 100 + every);
      batch (&unbounded, &options, first, N, all);
      batch (&bounded, &options, first, N, held);
      gsize skipped = (gsize) (exact - first);
      assert_rows_equal (held + skipped * BS_N_FEATURES, all + skipped * BS_N_FEATURES, exact, N - first - skipped);

      for (gsize i = 0; i < skipped; i++)
        for (guint f = 0; f < BS_N_FEATURES; f++)
          {
            const BsFeatureInfo *info = bs_feature_info (f);
            double value = held[i * BS_N_FEATURES + f];
            if (i < info->warm_up)
              g_assert_cmpfloat (value, ==, info->initial);
            else if (info->group != BS_FEATURE_GROUP_HURST && info->group != BS_FEATURE_GROUP_ATR
                     && info->group != BS_FEATURE_GROUP_SECONDARY)
              g_assert_cmpfloat (value, ==, all[i * BS_N_FEATURES + f]);
          }
      market_clear (&unbounded);
      market_clear (&bounded);
    }
}

/* A stream that is put in the middle gives the rows that one from the first bar on gives. */
static void
test_sync (void)
{
  enum
  {
    N = 1200
  };
  for (guint set = 0; set <= BS_FEATURE_SET_LEGACY; set++)
    {
      BsFeatureOptions options = { set, 10 };
      g_autoptr (BsFeatureStream) always = bs_feature_stream_new (&options);
      g_autoptr (BsFeatureStream) now_and_then = bs_feature_stream_new (&options);
      Market market;

      market_init (&market, set, 23, 700);
      for (guint i = 0; i < N; i++)
        {
          double row[BS_N_FEATURES] = { 0 }, other[BS_N_FEATURES] = { 0 };
          market_next (&market);
          bs_feature_stream_push (always, market.primary, market.secondary, NULL, NULL);
          if (i % 97 < 20)
            bs_feature_stream_push (now_and_then, market.primary, market.secondary, NULL, NULL);
          else if (i % 97 > 90)
            bs_feature_stream_sync (now_and_then, market.primary, market.secondary);
          else
            continue;
          gboolean final = bs_feature_stream_final (always, row);
          g_assert_cmpint (bs_feature_stream_final (now_and_then, other), ==, final);
          if (final)
            assert_rows_equal (other, row, i, 1);
        }
      market_clear (&market);
    }
}

static void
test_sync_empty (void)
{
  BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;
  g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);
  g_autoptr (BsBarSeries) series = bs_test_bars_series (3, 400, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) empty = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  double row[BS_N_FEATURES];

  g_assert_false (bs_feature_stream_final (stream, row));
  bs_feature_stream_sync (stream, series, NULL);
  g_assert_true (bs_feature_stream_final (stream, row));
  bs_feature_stream_sync (stream, empty, NULL);
  g_assert_false (bs_feature_stream_final (stream, row));
}

/* From the next bar on, another Hurst step gives what it would have given all along. */
static void
test_hurst_every (void)
{
  static const guint steps[] = { 10, 1, 7, 40, 10, 250 };
  BsFeatureOptions options = { BS_FEATURE_SET_CAUSAL, 3 };
  g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);
  Market market;

  market_init (&market, options.set, 31, 0);
  for (guint64 i = 0; i < 900; i++)
    {
      double row[BS_N_FEATURES], expected[BS_N_FEATURES];
      if (i % 83 == 0)
        {
          options.hurst_every = steps[i / 83 % G_N_ELEMENTS (steps)];
          bs_feature_stream_set_hurst_every (stream, options.hurst_every);
        }
      market_next (&market);
      bs_feature_stream_push (stream, market.primary, market.secondary, row, NULL);
      batch (&market, &options, i, i + 1, expected);
      assert_rows_equal (row, expected, i, 1);
    }
  market_clear (&market);
}

/* The tail is a batch over a series that begins with it. */
/* As the formula says it, without any order: what both ways are held to by 1e-12. */
static double
textbook_atr (const BsBar *bars, gsize i)
{
  gsize n = MIN (i, 14);
  double sum = 0.0;

  for (gsize k = 0; k < n; k++)
    {
      const BsBar *bar = &bars[i - k];
      double close_before = bars[i - k - 1].close;
      double up = fabs (bar->high - close_before), down = fabs (bar->low - close_before);
      sum += MAX (bar->high - bar->low, MAX (up, down));
    }
  return n > 0 ? sum / (double) n : 0.0;
}

/* ATR as a column: any length, gaps and extremes; both ways the same bits, and the textbook's number. */
static void
test_atr_column (void)
{
  static const gsize lengths[] = { 0, 1, 2, 3, 13, 14, 15, 16, 17, 31, 61, 511, 512, 513, 527, 1021, 1537 };
  enum
  {
    WALK,
    JUMPS,
    HUGE_AND_TINY,
    FLAT,
    N_KINDS
  };

  for (guint kind = 0; kind < N_KINDS; kind++)
    for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
      {
        gsize n = lengths[l];
        g_autofree BsBar *bars = g_new (BsBar, n + 1);
        g_autofree double *columns = g_new (double, 3 * n + 1);
        g_autofree double *vector = g_new (double, n + 1), *scalar = g_new (double, n + 1);
        double *high = columns, *low = columns + n, *close = columns + 2 * n;
        BsTestBars source;

        bs_test_bars_init (&source, 11 + l, MINUTE_US);
        for (gsize i = 0; i < n; i++)
          {
            BsBar *bar = &bars[i];
            double factor = 1.0;
            bs_test_bars_next (&source, bar);
            if (kind == JUMPS)
              factor = i % 5 == 2 ? 10.0 : 1.0;
            else if (kind == HUGE_AND_TINY)
              factor = i % 3 == 0 ? 1e290 : i % 3 == 1 ? 1e-290 : 1.0;
            bar->high = high[i] = kind == FLAT ? 7.25 : bar->high * factor;
            bar->low = low[i] = kind == FLAT ? 7.25 : bar->low * factor;
            bar->close = close[i] = kind == FLAT ? 7.25 : bar->close * factor;
          }
        vector[n] = scalar[n] = -1.0;
        bs_features_atr (high, low, close, n, FALSE, vector);
        bs_features_atr (high, low, close, n, TRUE, scalar);
        g_assert_cmpmem (vector, (n + 1) * sizeof *vector, scalar, (n + 1) * sizeof *scalar);
        g_assert_cmpfloat (vector[n], ==, -1.0); /* as many out as in */
        for (gsize i = 0; i < n; i++)
          {
            double expected = textbook_atr (bars, i);
            g_assert_cmpfloat (fabs (vector[i] - expected), <=, 1e-12 * MAX (1.0, expected));
            if (kind == FLAT)
              g_assert_cmpfloat (vector[i], ==, 0.0);
          }
      }
}

/* All 62 features with vector-atr on and off: batches from anywhere of any length, tails, and bars that have left. */
static void
test_vector_atr (void)
{
  static const guint64 lengths[] = { 1, 2, 13, 14, 15, 100, 511, 512, 513, 1100 };
  enum
  {
    N = 2500
  };
  for (guint set = 0; set < 2; set++)
    for (guint bounded = 0; bounded < 2; bounded++)
      {
        Market market;
        BsFeatureOptions on = { (BsFeatureSet) set, 10, FALSE }, off = { (BsFeatureSet) set, 10, TRUE };
        g_autofree double *rows = g_new (double, N *BS_N_FEATURES), *others = g_new (double, N *BS_N_FEATURES);

        market_init (&market, (BsFeatureSet) set, 3, bounded ? 2000 : 0);
        for (guint i = 0; i < N; i++)
          {
            market_next (&market);
            if (i > 40 && i != N - 1)
              continue;
            guint64 first = bs_bar_series_first (market.primary), end = bs_bar_series_end (market.primary);
            for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
              for (guint64 begin = first; begin < end; begin += begin < first + 20 ? 1 : 613)
                {
                  guint64 stop = MIN (end, begin + lengths[l]);
                  batch (&market, &on, begin, stop, rows);
                  batch (&market, &off, begin, stop, others);
                  assert_rows_equal (rows, others, begin, (gsize) (stop - begin));
                }
            guint n_rows = (guint) MIN (end - first, 37);
            g_assert_true (bs_features_tail (market.primary, market.secondary, &on, n_rows, rows));
            g_assert_true (bs_features_tail (market.primary, market.secondary, &off, n_rows, others));
            assert_rows_equal (rows, others, end - n_rows, n_rows);
          }
        g_assert_cmpint (bs_bar_series_first (market.primary) > 0, ==, bounded);
        market_clear (&market);
      }
}

static void
test_tail (void)
{
  enum
  {
    T = 20
  };
  static const gsize lengths[] = { 20, 21, 37, 119, 120, 121, 500 };

  for (guint set = 0; set <= BS_FEATURE_SET_LEGACY; set++)
    for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
      {
        BsFeatureOptions options = { set, 10 };
        double rows[T * BS_N_FEATURES], expected[T * BS_N_FEATURES];
        g_autoptr (BsBarSeries) tail = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
        Market market;

        market_init (&market, set, 17, 300);
        for (gsize i = 0; i < lengths[l]; i++)
          market_next (&market);
        gsize n = MIN (T + BS_FEATURES_TAIL_BARS, lengths[l]);
        for (guint64 i = lengths[l] - n; i < lengths[l]; i++)
          {
            BsBar bar;
            bs_bar_series_get (market.primary, i, &bar);
            g_assert_true (bs_bar_series_append (tail, &bar, NULL));
          }
        g_assert_true (bs_features_tail (market.primary, market.secondary, &options, T, rows));
        g_assert_true (bs_features_batch (tail, market.secondary, &options, n - T, n, expected, NULL));
        assert_rows_equal (rows, expected, n - T, T);
        g_assert_false (bs_features_tail (market.primary, NULL, &options, 501, rows));
        market_clear (&market);
      }
}

/* Changing the bars after i changes no causal row up to i. */
static void
test_future (void)
{
  enum
  {
    N = 400
  };
  BsFeatureOptions options = { BS_FEATURE_SET_CAUSAL, 10 };
  g_autoptr (BsBarSeries) secondary = bs_test_bars_series (3, N / 5, 0, 5 * MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) series = bs_test_bars_series (2, N, 0, MINUTE_US, BS_STAMP_END);
  g_autofree double *rows = g_new (double, N *BS_N_FEATURES);
  g_autofree double *changed = g_new (double, N *BS_N_FEATURES);

  g_assert_true (bs_features_batch (series, secondary, &options, 0, N, rows, NULL));
  for (guint64 i = 0; i + 1 < N; i += 3)
    {
      g_autoptr (BsBarSeries) other = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
      g_autoptr (BsBarSeries) other_secondary = bs_bar_series_new (0, 5 * MINUTE_US, BS_STAMP_END);
      gint64 now_us = bs_bar_series_close_time (series, i);
      BsBar bar;

      for (guint64 k = 0; k < N; k++)
        {
          bs_bar_series_get (series, k, &bar);
          if (k > i)
            {
              bar.open *= 2.0;
              bar.high *= 3.0;
              bar.close *= 2.5;
              bar.volume += 1000.0;
              bar.ask_volume *= 7.0;
              bar.daily_pnl -= 100.0;
            }
          g_assert_true (bs_bar_series_append (other, &bar, NULL));
        }
      for (guint64 k = 0; k < bs_bar_series_end (secondary); k++)
        {
          bs_bar_series_get (secondary, k, &bar);
          if (bar.time_us > now_us)
            bar.high = bar.close = bar.high * 5.0;
          g_assert_true (bs_bar_series_append (other_secondary, &bar, NULL));
        }
      g_assert_true (bs_features_batch (other, other_secondary, &options, 0, N, changed, NULL));
      assert_rows_equal (changed, rows, 0, (gsize) i + 1);
      g_assert_cmpint (
        memcmp (changed + (i + 1) * BS_N_FEATURES, rows + (i + 1) * BS_N_FEATURES, BS_N_FEATURES * sizeof *rows), !=,
        0);
    }
}

static BsBar
extreme_bar (BsTestBars *random, gint64 time_us)
{
  static const double sizes[] = { 5e-324, 1e-308, 1e-160, 1.0, 1e160, 8e307, G_MAXDOUBLE };
  double prices[2];
  BsBar bar = BS_BAR_INIT;

  for (guint k = 0; k < 2; k++)
    prices[k] = sizes[(gsize) (bs_test_bars_uniform (random) * G_N_ELEMENTS (sizes))];
  bar.time_us = time_us;
  bar.low = bar.open = MIN (prices[0], prices[1]);
  bar.high = bar.close = MAX (prices[0], prices[1]);
  bar.bid_volume = prices[0];
  bar.ask_volume = bar.volume = prices[1];
  bar.daily_pnl = bs_test_bars_uniform (random) < 0.5 ? -prices[0] : prices[0];
  bar.daily_goal = prices[1];
  bar.daily_max_loss = bs_test_bars_uniform (random) < 0.5 ? -prices[1] : prices[1];
  return bar;
}

/* A feature is never NaN or infinite, whatever valid bars come. */
static void
test_finite (void)
{
  for (guint set = 0; set <= BS_FEATURE_SET_LEGACY; set++)
    for (guint seed = 0; seed < 20; seed++)
      {
        BsFeatureOptions options = { set, 1 };
        g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
        g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);
        BsTestBars random;

        bs_test_bars_init (&random, seed, MINUTE_US);
        for (guint i = 0; i < 300; i++)
          {
            double row[BS_N_FEATURES], final[BS_N_FEATURES];
            BsBar bar = extreme_bar (&random, i * MINUTE_US);
            g_assert_true (bs_bar_series_append (series, &bar, NULL));
            bs_feature_stream_push (stream, series, series, row, NULL);
            if (!bs_feature_stream_final (stream, final))
              memcpy (final, row, sizeof row);
            for (guint f = 0; f < BS_N_FEATURES; f++)
              if (!isfinite (row[f]) || !isfinite (final[f]))
                g_error ("row %u, %s: %g", i, bs_feature_info (f)->name, row[f]);
          }
      }
}

static double
feature (const double *row, const char *name)
{
  for (guint f = 0; f < BS_N_FEATURES; f++)
    if (g_str_equal (bs_feature_info (f)->name, name))
      return row[f];
  g_error ("no feature %s", name);
}

/* Equal closes whose summed mean is not equal to them have no deviation. */
static void
test_flat (void)
{
  BsFeatureOptions options = { BS_FEATURE_SET_CAUSAL, 1 };
  g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);

  for (guint i = 0; i < 200; i++)
    {
      static const char *const zeros[] = {
        "std_dev_5", "std_dev_10", "std_dev_20",        "std_dev_50", "z_score_5",        "z_score_50", "bb_width_20",
        "skewness",  "kurtosis",   "position_in_range", "atr",        "vol_acceleration", "tf2_close",
      };
      BsBar bar = BS_BAR_INIT;
      double row[BS_N_FEATURES];
      bar.time_us = i * MINUTE_US;
      bar.open = bar.high = bar.low = bar.close = 1.1077999999999999;
      g_assert_true (bs_bar_series_append (series, &bar, NULL));
      bs_feature_stream_push (stream, series, NULL, row, NULL);
      for (guint z = 0; z < G_N_ELEMENTS (zeros); z++)
        g_assert_cmpfloat (feature (row, zeros[z]), ==, 0.0);
      g_assert_cmpfloat (feature (row, "hurst_h"), ==, 0.5);
      g_assert_cmpfloat (feature (row, "hurst_c"), ==, 1.0);
      g_assert_cmpfloat (feature (row, "bars_since_swing_high"), ==, i);
      g_assert_cmpfloat (feature (row, "volume_ratio"), ==, 1.0);
    }
}

/* When does a secondary bar count? Both stamps on both sides. */
static void
test_secondary (void)
{
  static const struct
  {
    BsFeatureSet set;
    BsStamp primary, secondary;
    gint64 secondary_length_us;
    gint64 minute; /* time of the primary bar */
    double close;  /* expected of the secondary bar, whose number it is */
  } rows[] = {
    /* secondary times 0, 5, 10 ... as ends */
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_END, BS_STAMP_END, 5 * MINUTE_US, 9, 2 },
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_END, BS_STAMP_END, 5 * MINUTE_US, 10, 3 },
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_START, BS_STAMP_END, 5 * MINUTE_US, 9, 3 },
    /* as starts: the bar of 5 closes at 10 */
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_END, BS_STAMP_START, 5 * MINUTE_US, 9, 1 },
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_END, BS_STAMP_START, 5 * MINUTE_US, 10, 2 },
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_START, BS_STAMP_START, 5 * MINUTE_US, 9, 2 },
    /* none has closed, or it is not known when */
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_END, BS_STAMP_START, 5 * MINUTE_US, 4, 0 },
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_END, BS_STAMP_END, 5 * MINUTE_US, -1, 0 },
    { BS_FEATURE_SET_CAUSAL, BS_STAMP_END, BS_STAMP_START, 0, 100, 0 },
    /* legacy compares times as they stand, and takes the first where there is none */
    { BS_FEATURE_SET_LEGACY, BS_STAMP_END, BS_STAMP_START, 5 * MINUTE_US, 9, 2 },
    { BS_FEATURE_SET_LEGACY, BS_STAMP_START, BS_STAMP_START, 0, 10, 3 },
    { BS_FEATURE_SET_LEGACY, BS_STAMP_END, BS_STAMP_END, 5 * MINUTE_US, -1, 1 },
  };

  for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
    {
      BsFeatureOptions options = { rows[r].set, 10 };
      g_autoptr (BsBarSeries) primary = bs_bar_series_new (0, MINUTE_US, rows[r].primary);
      g_autoptr (BsBarSeries) secondary = bs_bar_series_new (0, rows[r].secondary_length_us, rows[r].secondary);
      BsBar bar = BS_BAR_INIT;
      double row[BS_N_FEATURES];

      for (guint i = 0; i < 10; i++)
        {
          bar.time_us = i * 5 * MINUTE_US;
          bar.low = 0.5;
          bar.open = bar.close = i + 1.0;
          bar.high = 10.5;
          bar.volume = 100.0 * i;
          g_assert_true (bs_bar_series_append (secondary, &bar, NULL));
        }
      bar.time_us = rows[r].minute * MINUTE_US;
      bar.open = bar.close = 3.0;
      g_assert_true (bs_bar_series_append (primary, &bar, NULL));
      g_assert_true (bs_features_batch (primary, secondary, &options, 0, 1, row, NULL));
      double close = rows[r].close;
      g_assert_cmpfloat (feature (row, "tf2_close"), ==, close);
      g_assert_cmpfloat (feature (row, "tf2_close_change"), ==, close > 1.0 ? 1.0 / (close - 1.0) : 0.0);
      g_assert_cmpfloat (feature (row, "tf2_high_low_range"), ==, close > 0.0 ? 10.0 : 0.0);
      g_assert_cmpfloat (feature (row, "tf2_volume"), ==, close > 0.0 ? 100.0 * (close - 1.0) : 0.0);
      g_assert_cmpfloat (feature (row, "tf2_position_in_bar"), ==, close > 0.0 ? 0.25 : 0.0);
    }
}

/* Returns that differ in their last bits alone have no shape: scipy says NaN. */
static void
test_equal_returns (void)
{
  BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;
  g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  double row[BS_N_FEATURES], price = 100.0, odd_price = 1.0;

  for (guint i = 0; i < 21; i++, price *= 1.1)
    {
      BsBar bar = BS_BAR_INIT;
      bar.time_us = i * MINUTE_US;
      bar.open = bar.high = bar.low = bar.close = price;
      g_assert_true (bs_bar_series_append (series, &bar, NULL));
      odd_price = price * 1.2;
    }
  g_assert_true (bs_features_batch (series, NULL, &options, 20, 21, row, NULL));
  g_assert_cmpfloat (feature (row, "skewness"), ==, 0.0);
  g_assert_cmpfloat (feature (row, "kurtosis"), ==, 0.0);

  BsBar odd = BS_BAR_INIT;
  odd.time_us = 21 * MINUTE_US;
  odd.open = odd.high = odd.low = odd.close = odd_price;
  g_assert_true (bs_bar_series_append (series, &odd, NULL));
  g_assert_true (bs_features_batch (series, NULL, &options, 21, 22, row, NULL));
  g_assert_cmpfloat (feature (row, "skewness"), >, 1.0);
}

/* The bar with index 99 has 100 closes, and yet no Hurst: a step that meets it has nothing to carry on. */
static void
test_hurst_begins (void)
{
  BsFeatureOptions options = { BS_FEATURE_SET_CAUSAL, 33 };
  g_autoptr (BsBarSeries) series = bs_test_bars_series (4, 140, 0, MINUTE_US, BS_STAMP_END);
  g_autofree double *rows = g_new (double, 140 * BS_N_FEATURES);

  g_assert_true (bs_features_batch (series, NULL, &options, 0, 140, rows, NULL));
  for (guint i = 0; i < 140; i++)
    {
      double h = rows[i * BS_N_FEATURES + BS_FEATURE_HURST_H], c = rows[i * BS_N_FEATURES + BS_FEATURE_HURST_C];
      g_assert_true (i < 132 ? h == 0.5 && c == 1.0 : h != 0.5 && c != 1.0);
    }
}

/* A pivot at bar 1 counts in causal only: the replaced system begins to look at bar 2. */
static void
test_first_pivot (void)
{
  static const double highs[] = { 10, 12, 11, 11, 11 };
  static const double causal[] = { 0, 1, 1, 2, 3 };
  static const double legacy[] = { 0, 0, 2, 3, 0 }; /* the newest row has none yet */

  for (guint set = 0; set <= BS_FEATURE_SET_LEGACY; set++)
    {
      BsFeatureOptions options = { set, 10 };
      g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
      double rows[G_N_ELEMENTS (highs) * BS_N_FEATURES];

      for (guint i = 0; i < G_N_ELEMENTS (highs); i++)
        {
          BsBar bar = BS_BAR_INIT;
          bar.time_us = i * MINUTE_US;
          bar.high = highs[i];
          bar.open = bar.low = bar.close = 9.0;
          g_assert_true (bs_bar_series_append (series, &bar, NULL));
        }
      g_assert_true (bs_features_batch (series, NULL, &options, 0, G_N_ELEMENTS (highs), rows, NULL));
      for (guint i = 0; i < G_N_ELEMENTS (highs); i++)
        {
          const double *row = rows + i * BS_N_FEATURES;
          double swing = set == BS_FEATURE_SET_CAUSAL && i == 2 ? 1.0 : 0.0;
          g_assert_cmpfloat (feature (row, "swing_high"), ==, swing);
          g_assert_cmpfloat (feature (row, "bars_since_swing_high"), ==,
                             set == BS_FEATURE_SET_CAUSAL ? causal[i] : legacy[i]);
        }
    }
}

/* A secondary bar that comes after the primary bar whose time it has: the final row of legacy knows it. */
static void
test_late_secondary (void)
{
  BsFeatureOptions options = { BS_FEATURE_SET_LEGACY, 10 };
  g_autoptr (BsBarSeries) primary = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_test_bars_series (6, 1, 0, 5 * MINUTE_US, BS_STAMP_START);
  g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);
  double final[BS_N_FEATURES], expected[BS_N_FEATURES];
  BsBar bar;

  bs_bar_series_get (secondary, 0, &bar);
  bar.time_us += 5 * MINUTE_US;
  g_assert_true (bs_bar_series_append (primary, &bar, NULL));
  bs_feature_stream_push (stream, primary, secondary, NULL, NULL);
  bar.high = bar.close = bar.close * 2.0;
  bar.volume = 77.0;
  g_assert_true (bs_bar_series_append (secondary, &bar, NULL));
  bar.time_us += MINUTE_US;
  g_assert_true (bs_bar_series_append (primary, &bar, NULL));
  bs_feature_stream_push (stream, primary, secondary, NULL, NULL);
  g_assert_true (bs_feature_stream_final (stream, final));
  g_assert_true (bs_features_batch (primary, secondary, &options, 0, 1, expected, NULL));
  assert_rows_equal (final, expected, 0, 1);
  g_assert_cmpfloat (feature (final, "tf2_volume"), ==, 77.0);
}

/* In a short legacy series there is no ATR; the bar that makes it 15 brings them all. */
static void
test_legacy_atr (void)
{
  BsFeatureOptions options = { BS_FEATURE_SET_LEGACY, 10 };
  g_autoptr (BsBarSeries) series = bs_test_bars_series (8, 14, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) longer = bs_test_bars_series (8, 15, 0, MINUTE_US, BS_STAMP_END);
  double rows[15 * BS_N_FEATURES];

  g_assert_true (bs_features_batch (series, NULL, &options, 0, 14, rows, NULL));
  for (guint i = 0; i < 14; i++)
    g_assert_cmpfloat (rows[i * BS_N_FEATURES + BS_FEATURE_ATR], ==, 0.0);
  g_assert_true (bs_features_batch (longer, NULL, &options, 0, 15, rows, NULL));
  for (guint i = 1; i < 15; i++)
    g_assert_cmpfloat (rows[i * BS_N_FEATURES + BS_FEATURE_ATR], >, 0.0);
}

static void
test_errors (void)
{
  static const guint64 ranges[][2] = { { 0, 101 }, { 5, 4 }, { 101, 101 } };
  BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;
  g_autoptr (BsBarSeries) series = bs_test_bars_series (8, 100, 0, MINUTE_US, BS_STAMP_END);
  g_autofree double *rows = g_new0 (double, 101 * BS_N_FEATURES);

  for (guint r = 0; r < G_N_ELEMENTS (ranges); r++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (bs_features_batch (series, NULL, &options, ranges[r][0], ranges[r][1], rows, &error));
      g_assert_error (error, BS_FEATURES_ERROR, BS_FEATURES_ERROR_RANGE);
    }
  g_autoptr (GError) step_error = NULL;
  options.hurst_every = 0;
  g_assert_false (bs_features_batch (series, NULL, &options, 0, 100, rows, &step_error));
  g_assert_error (step_error, BS_FEATURES_ERROR, BS_FEATURES_ERROR_RANGE);

  g_autoptr (GError) length_error = NULL;
  BsBarColumns columns;
  options.hurst_every = 10;
  bs_bar_series_view (series, &columns);
  columns.lengths[BS_COLUMN_BID_VOLUME]--;
  g_assert_false (bs_features_batch_columns (&columns, NULL, &options, 0, 100, rows, &length_error));
  g_assert_error (length_error, BS_FEATURES_ERROR, BS_FEATURES_ERROR_LENGTH);
  g_assert_cmpstr (length_error->message, ==,
                   "column bid volume has 99 bars: expected 100, as many as there are times");
  for (guint k = 0; k < 101 * BS_N_FEATURES; k++)
    g_assert_cmpfloat (rows[k], ==, 0.0);
}

/* The table: names are given once, and a row has the value of a short history as long as it says. */
static void
test_table (void)
{
  enum
  {
    N = 120
  };
  BsFeatureOptions options = { BS_FEATURE_SET_CAUSAL, 1 };
  g_autoptr (BsBarSeries) series = bs_test_bars_series (40, N, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree double *rows = g_new (double, N *BS_N_FEATURES);

  g_assert_true (bs_features_batch (series, series, &options, 0, N, rows, NULL));
  for (guint f = 0; f < BS_N_FEATURES; f++)
    {
      const BsFeatureInfo *info = bs_feature_info (f);
      g_assert_true (g_hash_table_add (names, (gpointer) info->name));
      g_assert_cmpint (info->group, <, BS_N_FEATURE_GROUPS);
      g_assert_cmpuint (info->warm_up, <=, BS_FEATURES_TAIL_BARS);
      for (guint i = 0; i < info->warm_up; i++)
        g_assert_cmpfloat (rows[i * BS_N_FEATURES + f], ==, info->initial);
    }
  g_assert_cmpstr (bs_feature_info (BS_FEATURE_HURST_H)->name, ==, "hurst_h");
  g_assert_cmpstr (bs_feature_info (BS_FEATURE_HURST_C)->name, ==, "hurst_c");
  g_assert_cmpstr (bs_feature_info (BS_FEATURE_ATR)->name, ==, "atr");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/features/table", test_table);
  g_test_add_func ("/features/stream/causal", test_stream_causal);
  g_test_add_func ("/features/stream/causal-bounded", test_stream_causal_bounded);
  g_test_add_func ("/features/stream/legacy", test_stream_legacy);
  g_test_add_func ("/features/stream/newest-row", test_stream_newest_row);
  g_test_add_func ("/features/stream/sync", test_sync);
  g_test_add_func ("/features/stream/sync-empty", test_sync_empty);
  g_test_add_func ("/features/stream/hurst-every", test_hurst_every);
  g_test_add_func ("/features/batch/pieces", test_batch_pieces);
  g_test_add_func ("/features/batch/bars-left", test_bars_left);
  g_test_add_func ("/features/atr-column", test_atr_column);
  g_test_add_func ("/features/vector-atr", test_vector_atr);
  g_test_add_func ("/features/tail", test_tail);
  g_test_add_func ("/features/future", test_future);
  g_test_add_func ("/features/finite", test_finite);
  g_test_add_func ("/features/flat", test_flat);
  g_test_add_func ("/features/secondary", test_secondary);
  g_test_add_func ("/features/equal-returns", test_equal_returns);
  g_test_add_func ("/features/hurst-begins", test_hurst_begins);
  g_test_add_func ("/features/first-pivot", test_first_pivot);
  g_test_add_func ("/features/late-secondary", test_late_secondary);
  g_test_add_func ("/features/legacy-atr", test_legacy_atr);
  g_test_add_func ("/features/errors", test_errors);
  return g_test_run ();
}
