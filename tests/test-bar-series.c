#include "tests/bs-test-bars.h"

#include <math.h>
#include <string.h>

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

static BsBar
good_bar (gint64 time_us)
{
  BsBar bar = BS_BAR_INIT;
  bar.time_us = time_us;
  bar.open = 10.0;
  bar.high = 12.0;
  bar.low = 9.0;
  bar.close = 11.0;
  bar.volume = 7.0;
  bar.bid_volume = 3.0;
  bar.ask_volume = 4.0;
  return bar;
}

static void
test_validate_good (void)
{
  g_autoptr (GError) error = NULL;
  BsBar bar = good_bar (0);

  g_assert_true (bs_bar_validate (&bar, &error));
  g_assert_no_error (error);
  bar.open = bar.high = bar.low = bar.close = 0.25;
  bar.volume = bar.bid_volume = bar.ask_volume = 0.0;
  bar.daily_pnl = -1e6;
  bar.daily_goal = bar.daily_max_loss = -1.0;
  bar.time_us = -MINUTE_US;
  g_assert_true (bs_bar_validate (&bar, &error));
  g_assert_no_error (error);
}

static void
test_validate_bad (void)
{
  static const struct
  {
    gsize offset;
    double value;
    const char *message; /* what the error has to say */
  } rows[] = {
    { G_STRUCT_OFFSET (BsBar, open), 0.0, "open 0: expected a price above 0" },
    { G_STRUCT_OFFSET (BsBar, high), -1.0, "high -1: expected a price above 0" },
    { G_STRUCT_OFFSET (BsBar, low), NAN, "low nan: expected a finite number" },
    { G_STRUCT_OFFSET (BsBar, close), INFINITY, "close inf: expected a finite number" },
    { G_STRUCT_OFFSET (BsBar, volume), -1.0, "volume -1: expected 0 or more" },
    { G_STRUCT_OFFSET (BsBar, bid_volume), -0.5, "bid volume -0.5: expected 0 or more" },
    { G_STRUCT_OFFSET (BsBar, ask_volume), NAN, "ask volume nan: expected a finite number" },
    { G_STRUCT_OFFSET (BsBar, daily_pnl), -INFINITY, "daily P&L -inf: expected a finite number" },
    { G_STRUCT_OFFSET (BsBar, daily_goal), NAN, "daily goal nan: expected a finite number" },
    { G_STRUCT_OFFSET (BsBar, daily_max_loss), NAN, "daily max loss nan: expected a finite number" },
    { G_STRUCT_OFFSET (BsBar, high), 8.0, "high 8: expected at least low 9" },
    { G_STRUCT_OFFSET (BsBar, open), 8.5, "open 8.5: expected within low 9 and high 12" },
    { G_STRUCT_OFFSET (BsBar, close), 12.5, "close 12.5: expected within low 9 and high 12" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      BsBar bar = good_bar (0);
      G_STRUCT_MEMBER (double, &bar, rows[i].offset) = rows[i].value;
      g_assert_false (bs_bar_validate (&bar, &error));
      g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE);
      g_assert_cmpstr (error->message, ==, rows[i].message);
      g_assert_false (bs_bar_validate (&bar, NULL));
    }
}

static void
test_validate_time (void)
{
  static const gint64 times_us[] = { G_MININT64, G_MAXINT64, G_GINT64_CONSTANT (253402300800) * G_USEC_PER_SEC };

  for (gsize i = 0; i < G_N_ELEMENTS (times_us); i++)
    {
      g_autoptr (GError) error = NULL;
      BsBar bar = good_bar (times_us[i]);
      g_assert_false (bs_bar_validate (&bar, &error));
      g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE);
    }
}

static void
test_append (void)
{
  g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_START);
  g_autoptr (GError) error = NULL;
  BsBar bar = good_bar (0), read = BS_BAR_INIT;

  g_assert_cmpuint (bs_bar_series_max_bars (series), ==, BS_BAR_SERIES_DEFAULT_MAX_BARS);
  g_assert_cmpuint (bs_bar_series_length (series), ==, 0);
  for (guint i = 0; i < 3000; i++)
    {
      bar.time_us = i * MINUTE_US;
      bar.daily_pnl = i;
      g_assert_true (bs_bar_series_append (series, &bar, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (bs_bar_series_length (series), ==, 3000);
  g_assert_cmpuint (bs_bar_series_first (series), ==, 0);
  g_assert_cmpuint (bs_bar_series_end (series), ==, 3000);
  bs_bar_series_get (series, 2999, &read);
  g_assert_cmpmem (&bar, sizeof bar, &read, sizeof read);
  g_assert_cmpfloat (bs_bar_series_column (series, BS_COLUMN_CUMULATIVE_DELTA)[2999], ==, 3000.0);
  g_assert_cmpfloat (bs_bar_series_column (series, BS_COLUMN_DAILY_PNL)[17], ==, 17.0);
  g_assert_cmpint (bs_bar_series_times (series)[17], ==, 17 * MINUTE_US);
  g_assert_cmpint (bs_bar_series_close_time (series, 17), ==, 18 * MINUTE_US);
}

static void
test_refused_leaves_series (void)
{
  g_autoptr (BsBarSeries) series = bs_bar_series_new (10, MINUTE_US, BS_STAMP_END);
  BsBar bar = good_bar (5 * MINUTE_US);

  g_assert_true (bs_bar_series_append (series, &bar, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      bar = good_bar ((5 - i % 2) * MINUTE_US);
      if (i == 2)
        {
          bar.time_us = 6 * MINUTE_US;
          bar.close = NAN;
        }
      g_assert_false (bs_bar_series_append (series, &bar, &error));
      if (i == 2)
        g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE);
      else
        g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_TIME);
      g_assert_cmpuint (bs_bar_series_end (series), ==, 1);
      g_assert_cmpfloat (bs_bar_series_column (series, BS_COLUMN_CUMULATIVE_DELTA)[0], ==, 1.0);
    }

  g_autoptr (GError) error = NULL;
  bar = good_bar (-1);
  g_assert_false (bs_bar_series_append (series, &bar, &error));
  g_assert_cmpstr (error->message, ==,
                   "time 1969-12-31 23:59:59.999999: expected after the last bar's, 1970-01-01 00:05:00");
}

/* Indices, running sums and pivots of a bounded series are those of one that keeps all. */
static void
test_bounded (void)
{
  static const gsize bounds[] = { 1, 4, 5, 16, 17, 100, 1000 };

  for (gsize b = 0; b < G_N_ELEMENTS (bounds); b++)
    {
      g_autoptr (BsBarSeries) all = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
      g_autoptr (BsBarSeries) some = bs_bar_series_new (bounds[b], MINUTE_US, BS_STAMP_END);
      gsize bound = MAX (bounds[b], BS_BAR_SERIES_MIN_BARS);
      BsTestBars bars;
      bs_test_bars_init (&bars, 4, MINUTE_US);
      for (guint64 i = 0; i < 5000; i++)
        {
          BsPivots pivots, expected;
          BsBar bar, held;
          bs_test_bars_next (&bars, &bar);
          g_assert_true (bs_bar_series_append (all, &bar, NULL));
          g_assert_true (bs_bar_series_append (some, &bar, NULL));
          g_assert_cmpuint (bs_bar_series_end (some), ==, i + 1);
          g_assert_cmpuint (bs_bar_series_length (some), <=, bound);
          g_assert_cmpuint (bs_bar_series_length (some), >=, MIN (i + 1, bound - MAX (1, bound / 16) + 1));
          guint64 first = bs_bar_series_first (some);
          bs_bar_series_get (all, first, &bar);
          bs_bar_series_get (some, first, &held);
          g_assert_cmpmem (&bar, sizeof bar, &held, sizeof held);
          g_assert_cmpfloat (bs_bar_series_column (some, BS_COLUMN_CUMULATIVE_DELTA)[i - first], ==,
                             bs_bar_series_column (all, BS_COLUMN_CUMULATIVE_DELTA)[i]);
          /* The newest, and those that bars which have left decide on. */
          for (guint64 k = first; k <= i + 1; k = k < first + 4 || k > i ? k + 1 : i + 1)
            {
              bs_bar_series_pivots (all, k, &expected);
              bs_bar_series_pivots (some, k, &pivots);
              g_assert_cmpuint (pivots.high, ==, expected.high);
              g_assert_cmpuint (pivots.low, ==, expected.low);
            }
        }
    }
}

static void
test_pivots (void)
{
  static const double highs[] = { 5, 6, 5, 5, 7, 7, 6, 8, 7.5 };
  static const guint64 high[] = { 0, 0, 0, 1, 1, 1, 1, 1, 1, 7 };
  static const guint64 low[] = { 0, 0, 0, 0, 0, 0, 0, 0, 6, 6 };
  g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);

  for (guint i = 0; i < G_N_ELEMENTS (highs); i++)
    {
      BsBar bar = good_bar (i * MINUTE_US);
      bar.high = highs[i];
      bar.open = bar.low = bar.close = highs[i] - 1.0;
      g_assert_true (bs_bar_series_append (series, &bar, NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (high); i++)
    {
      BsPivots pivots;
      bs_bar_series_pivots (series, i, &pivots);
      g_assert_cmpuint (pivots.high, ==, high[i]);
      g_assert_cmpuint (pivots.low, ==, low[i]);
    }
}

/* Sums of volumes that are finite each stay finite. */
static void
test_cumulative_delta_stays_finite (void)
{
  g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);

  for (guint i = 0; i < 8; i++)
    {
      BsBar bar = good_bar (i * MINUTE_US);
      bar.ask_volume = i < 4 ? G_MAXDOUBLE : 0.0;
      bar.bid_volume = i < 4 ? 0.0 : G_MAXDOUBLE;
      g_assert_true (bs_bar_series_append (series, &bar, NULL));
      g_assert_true (isfinite (bs_bar_series_column (series, BS_COLUMN_CUMULATIVE_DELTA)[i]));
    }
}

/* Cleared, a series begins as a new one does, also when bars had left; with room reserved its columns stay where they are. */
static void
test_reserve_and_clear (void)
{
  g_autoptr (BsBarSeries) series = bs_bar_series_new (5000, MINUTE_US, BS_STAMP_START);
  bs_bar_series_reserve (series);
  const double *closes = bs_bar_series_column (series, BS_COLUMN_CLOSE);
  g_assert_nonnull (closes);
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < 6000; i++)
        {
          BsBar bar = good_bar (i * MINUTE_US);
          g_assert_true (bs_bar_series_append (series, &bar, NULL));
        }
      g_assert_true (bs_bar_series_column (series, BS_COLUMN_CLOSE) == closes);
      g_assert_cmpuint (bs_bar_series_first (series), >, 0);
      g_assert_cmpuint (bs_bar_series_end (series), ==, 6000);
      g_assert_cmpfloat (bs_bar_series_column (series, BS_COLUMN_CUMULATIVE_DELTA)[0], ==,
                         (double) bs_bar_series_first (series) + 1);
      bs_bar_series_clear (series);
      g_assert_cmpuint (bs_bar_series_first (series), ==, 0);
      g_assert_cmpuint (bs_bar_series_length (series), ==, 0);
      g_assert_cmpint (bs_bar_series_bar_length (series), ==, MINUTE_US);
    }
}

/* A copy of the newest bars is the series had the others left: bars, indices, cumulative delta, pivots; and it goes on so. */
static void
test_copy_tail (void)
{
  g_autoptr (BsBarSeries) source = bs_test_bars_series (5, 700, 300, MINUTE_US, BS_STAMP_START);
  g_autoptr (BsBarSeries) copy = bs_bar_series_new (150, 0, BS_STAMP_END);
  bs_bar_series_reserve (copy);
  for (gsize n = BS_BAR_SERIES_MIN_BARS; n <= 150; n += 7)
    {
      guint64 end = bs_bar_series_end (source);
      bs_bar_series_copy_tail (copy, source, n);
      g_assert_cmpuint (bs_bar_series_end (copy), ==, end);
      g_assert_cmpuint (bs_bar_series_length (copy), ==, n);
      g_assert_cmpint (bs_bar_series_bar_length (copy), ==, MINUTE_US);
      g_assert_cmpint (bs_bar_series_stamp (copy), ==, BS_STAMP_START);
      for (guint64 i = end - n; i <= end; i++)
        {
          BsPivots a, b;
          bs_bar_series_pivots (source, i, &a);
          bs_bar_series_pivots (copy, i, &b);
          g_assert_cmpuint (a.high, ==, b.high);
          g_assert_cmpuint (a.low, ==, b.low);
        }
      for (guint c = 0; c < BS_N_COLUMNS; c++)
        g_assert_cmpmem (bs_bar_series_column (copy, c), n * sizeof (double),
                         bs_bar_series_column (source, c) + bs_bar_series_length (source) - n, n * sizeof (double));
      BsBar bar;
      bs_bar_series_get (source, end - 1, &bar);
      bar.time_us += MINUTE_US;
      g_assert_true (bs_bar_series_append (copy, &bar, NULL));
    }

  /* Fewer than asked for: all. */
  g_autoptr (BsBarSeries) few = bs_test_bars_series (6, 3, 0, MINUTE_US, BS_STAMP_END);
  bs_bar_series_copy_tail (copy, few, 100);
  g_assert_cmpuint (bs_bar_series_first (copy), ==, 0);
  g_assert_cmpuint (bs_bar_series_length (copy), ==, 3);
  bs_bar_series_clear (few);
  bs_bar_series_copy_tail (copy, few, 100);
  g_assert_cmpuint (bs_bar_series_length (copy), ==, 0);
}

static void
count_release (gpointer data)
{
  ++*(guint *) data;
}

static void
assert_same_series (const BsBarSeries *a, const BsBarSeries *b, guint64 n)
{
  g_assert_cmpuint (bs_bar_series_end (a), ==, n);
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    g_assert_cmpmem (bs_bar_series_column (a, c), n * sizeof (double), bs_bar_series_column (b, c), n * sizeof (double));
  g_assert_cmpmem (bs_bar_series_times (a), n * sizeof (gint64), bs_bar_series_times (b), n * sizeof (gint64));
}

/* Bars that are another series' anyway: not copied while they are, and as good as copies once they are not. */
static void
test_borrow (void)
{
  enum
  {
    N = 500,
    SAME = 300
  };
  g_autoptr (BsBarSeries) source = bs_test_bars_series (3, N, 0, 60000000, BS_STAMP_END);
  g_autoptr (BsBarSeries) plain = bs_bar_series_new (N + 100, 60000000, BS_STAMP_END);
  BsBarSeries *borrower = bs_bar_series_new (N + 100, 60000000, BS_STAMP_END);
  guint n_released = 0;
  bs_bar_series_reserve (borrower);
  bs_bar_series_borrow (borrower, source, &n_released, count_release);
  bs_bar_series_reserve (borrower);
  for (guint round = 0; round < 2; round++)
    {
      bs_bar_series_clear (borrower);
      bs_bar_series_clear (plain);
      for (guint i = 0; i < SAME; i++)
        {
          BsBar bar;
          bs_bar_series_get (source, i, &bar);
          g_assert_true (bs_bar_series_append (borrower, &bar, NULL) && bs_bar_series_append (plain, &bar, NULL));
          g_assert_true (bs_bar_series_times (borrower) == bs_bar_series_times (source));
          /* One that is refused is refused as ever. */
          g_assert_false (bs_bar_series_append (borrower, &bar, NULL));
        }
      assert_same_series (borrower, plain, SAME);
      g_assert_cmpuint (n_released, ==, 0);
    }
  for (guint i = SAME; i < N; i++)
    {
      BsBar bar;
      bs_bar_series_get (source, i, &bar);
      bar.volume += 1;
      g_assert_true (bs_bar_series_append (borrower, &bar, NULL) && bs_bar_series_append (plain, &bar, NULL));
      g_assert_false (bs_bar_series_times (borrower) == bs_bar_series_times (source));
    }
  assert_same_series (borrower, plain, N);
  g_assert_cmpuint (n_released, ==, 1);
  bs_bar_series_free (borrower);
  g_assert_cmpuint (n_released, ==, 1);

  /* All that there are, then more. */
  borrower = bs_bar_series_new (N + 100, 60000000, BS_STAMP_END);
  bs_bar_series_borrow (borrower, source, &n_released, count_release);
  for (guint i = 0; i < N; i++)
    {
      BsBar bar;
      bs_bar_series_get (source, i, &bar);
      g_assert_true (bs_bar_series_append (borrower, &bar, NULL));
    }
  BsBar more;
  bs_bar_series_get (source, N - 1, &more);
  more.time_us++;
  g_assert_true (bs_bar_series_append (borrower, &more, NULL));
  g_assert_cmpuint (bs_bar_series_end (borrower), ==, N + 1);
  g_assert_cmpuint (n_released, ==, 2);
  bs_bar_series_free (borrower);

  /* One that is too small does not borrow; one that is freed while it does gives back. */
  borrower = bs_bar_series_new (N - 1, 60000000, BS_STAMP_END);
  bs_bar_series_borrow (borrower, source, &n_released, count_release);
  g_assert_cmpuint (n_released, ==, 3);
  bs_bar_series_free (borrower);
  borrower = bs_bar_series_new (N, 60000000, BS_STAMP_END);
  bs_bar_series_borrow (borrower, source, &n_released, count_release);
  bs_bar_series_free (borrower);
  g_assert_cmpuint (n_released, ==, 4);
}

/* All bars of the source, then more: its columns are kept. */
static void
test_take_over (void)
{
  enum
  {
    N = 500,
    MORE = 300
  };
  g_autoptr (BsBarSeries) all = bs_test_bars_series (3, N + MORE, 0, 60000000, BS_STAMP_END);
  g_autoptr (BsBarSeries) source = bs_bar_series_new (0, 60000000, BS_STAMP_END);
  g_autoptr (BsBarSeries) plain = bs_bar_series_new (N + MORE - 100, 60000000, BS_STAMP_END);
  g_autoptr (BsBarSeries) heir = bs_bar_series_new (N + MORE - 100, 60000000, BS_STAMP_END);
  guint n_released = 0;
  BsBar bar;
  for (guint i = 0; i < N; i++)
    {
      bs_bar_series_get (all, i, &bar);
      g_assert_true (bs_bar_series_append (source, &bar, NULL));
    }
  const gint64 *times = bs_bar_series_times (source);
  bs_bar_series_reserve (heir);
  bs_bar_series_take_over (heir, source, &n_released, count_release);
  for (guint i = 0; i < N + MORE; i++)
    {
      bs_bar_series_get (all, i, &bar);
      g_assert_true (bs_bar_series_append (heir, &bar, NULL) && bs_bar_series_append (plain, &bar, NULL));
      g_assert_cmpuint (n_released, ==, i >= N);
      if (i < N)
        g_assert_true (bs_bar_series_times (heir) == times && bs_bar_series_length (source) == N);
    }
  g_assert_cmpuint (bs_bar_series_length (source), ==, 0);
  g_assert_null (bs_bar_series_times (source));
  /* It is bounded as ever: the oldest have left. */
  g_assert_cmpuint (bs_bar_series_first (heir), >, 0);
  g_assert_cmpuint (bs_bar_series_first (heir), ==, bs_bar_series_first (plain));
  g_assert_cmpuint (bs_bar_series_end (heir), ==, bs_bar_series_end (plain));
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    g_assert_cmpmem (bs_bar_series_column (heir, c), bs_bar_series_length (heir) * sizeof (double),
                     bs_bar_series_column (plain, c), bs_bar_series_length (plain) * sizeof (double));

  /* With another bar before all are there it has columns of its own, and the source is left as it is. */
  g_autoptr (BsBarSeries) other = bs_bar_series_new (0, 60000000, BS_STAMP_END);
  bs_bar_series_take_over (other, plain, &n_released, count_release);
  g_assert_cmpuint (n_released, ==, 2); /* bars have left @plain: not to be borrowed */
  bs_bar_series_take_over (other, all, &n_released, count_release);
  for (guint i = 0; i < 2; i++)
    {
      bs_bar_series_get (all, 0, &bar);
      bar.time_us += i;
      g_assert_true (bs_bar_series_append (other, &bar, NULL));
    }
  g_assert_cmpuint (n_released, ==, 3);
  g_assert_cmpuint (bs_bar_series_length (all), ==, N + MORE);
  g_assert_cmpuint (bs_bar_series_length (other), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bar/validate/good", test_validate_good);
  g_test_add_func ("/bar/validate/bad", test_validate_bad);
  g_test_add_func ("/bar/validate/time", test_validate_time);
  g_test_add_func ("/bar-series/append", test_append);
  g_test_add_func ("/bar-series/refused-leaves-series", test_refused_leaves_series);
  g_test_add_func ("/bar-series/bounded", test_bounded);
  g_test_add_func ("/bar-series/pivots", test_pivots);
  g_test_add_func ("/bar-series/cumulative-delta-stays-finite", test_cumulative_delta_stays_finite);
  g_test_add_func ("/bar-series/reserve-and-clear", test_reserve_and_clear);
  g_test_add_func ("/bar-series/copy-tail", test_copy_tail);
  g_test_add_func ("/bar-series/borrow", test_borrow);
  g_test_add_func ("/bar-series/take-over", test_take_over);
  return g_test_run ();
}
