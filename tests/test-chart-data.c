/* test-chart-data.c: bars come back as they went in, and the pyramid never loses an extreme */
#include <string.h>

#include "ui/chart/bs-chart-atr.h"
#include "ui/chart/bs-chart-chunk.h"
#include "ui/chart/bs-chart-data.h"

#define MINUTE_US G_GINT64_CONSTANT (60000000)

static void
make_point (guint64 i, BsChartPoint *p)
{
  double base = 100 + g_test_rand_double_range (-5, 5);

  memset (p, 0, sizeof *p);
  p->bar.time_us = (gint64) i * MINUTE_US;
  p->bar.open = base;
  p->bar.close = base + g_test_rand_double_range (-1, 1);
  p->bar.high = MAX (p->bar.open, p->bar.close) + g_test_rand_double_range (0, 1);
  p->bar.low = MIN (p->bar.open, p->bar.close) - g_test_rand_double_range (0, 1);
  p->bar.volume = g_test_rand_int_range (0, 1000);
  p->hurst = i % 7 == 0 ? NAN : g_test_rand_double_range (0.2, 0.8);
  p->atr = i < 14 ? NAN : g_test_rand_double_range (0.5, 2);
  p->confidence = g_test_rand_double ();
  p->signal = i % 3 == 0 ? BS_CHART_NO_SIGNAL : (guint8) g_test_rand_int_range (0, BS_N_CLASSES);
  p->raw_signal = p->signal;
  p->hurst_computed = i % 10 == 0;
  p->in_range = i % 2 == 0;
}

static void
fill (BsChartData *data, guint n)
{
  g_autofree BsChartPoint *points = g_new (BsChartPoint, n);
  guint64 end = bs_chart_data_end (data);

  for (guint i = 0; i < n; i++)
    make_point (end + i, &points[i]);
  bs_chart_data_append (data, points, n);
}

static void
widen (double *min, double *max, double v)
{
  if (v < *min)
    *min = v;
  if (v > *max)
    *max = v;
}

/* The reference: every bar looked at. */
static void
assert_summary_is_brute_force (BsChartData *data, guint64 from, guint64 to)
{
  double low = INFINITY, high = -INFINITY, volume = 0, hurst[2] = { INFINITY, -INFINITY },
         atr[2] = { INFINITY, -INFINITY };
  double confidence[2] = { INFINITY, -INFINITY }, close[2] = { INFINITY, -INFINITY };
  guint classes = 0;
  BsChartSummary s;

  for (guint64 i = MAX (from, bs_chart_data_first (data)); i < MIN (to, bs_chart_data_end (data)); i++)
    {
      BsChartPoint p;

      bs_chart_data_get (data, i, &p);
      low = MIN (low, p.bar.low);
      high = MAX (high, p.bar.high);
      volume = MAX (volume, p.bar.volume);
      widen (&close[0], &close[1], (float) p.bar.close);
      widen (&hurst[0], &hurst[1], p.hurst);
      widen (&atr[0], &atr[1], p.atr);
      widen (&confidence[0], &confidence[1], p.confidence);
      if (p.signal < BS_N_CLASSES)
        classes |= 1u << p.signal;
    }
  bs_chart_data_summarise (data, from, to, &s);
  g_assert_cmpfloat (s.low, ==, low);
  g_assert_cmpfloat (s.high, ==, high);
  g_assert_cmpfloat (s.volume_max, ==, volume);
  g_assert_cmpfloat (s.close_min, ==, close[0]);
  g_assert_cmpfloat (s.close_max, ==, close[1]);
  g_assert_cmpfloat (s.hurst_min, ==, hurst[0]);
  g_assert_cmpfloat (s.hurst_max, ==, hurst[1]);
  g_assert_cmpfloat (s.atr_min, ==, atr[0]);
  g_assert_cmpfloat (s.atr_max, ==, atr[1]);
  g_assert_cmpfloat (s.confidence_min, ==, confidence[0]);
  g_assert_cmpfloat (s.confidence_max, ==, confidence[1]);
  g_assert_cmpuint (s.signals, ==, classes);
}

static void
assert_random_ranges (BsChartData *data, guint n)
{
  guint64 first = bs_chart_data_first (data), end = bs_chart_data_end (data);

  assert_summary_is_brute_force (data, 0, G_MAXUINT64);
  for (guint k = 0; k < n; k++)
    {
      guint64 from = first + (guint64) g_test_rand_int_range (0, (int) (end - first));
      guint64 most = k % 2 == 0 ? 100 : end - first;
      guint64 to = from + (guint64) g_test_rand_int_range (0, (int) most + 1);

      assert_summary_is_brute_force (data, from, to);
    }
}

static void
test_round_trip (void)
{
  g_autoptr (BsChartData) data = bs_chart_data_new (MINUTE_US, BS_STAMP_START, 2);
  g_autofree BsChartPoint *points = g_new (BsChartPoint, 10000);

  g_assert_cmpuint (bs_chart_data_end (data), ==, 0);
  for (guint i = 0; i < 10000; i++)
    make_point (i, &points[i]);
  bs_chart_data_append (data, points, 4000);
  bs_chart_data_append (data, points + 4000, 6000);
  g_assert_cmpuint (bs_chart_data_first (data), ==, 0);
  g_assert_cmpuint (bs_chart_data_end (data), ==, 10000);
  g_assert_cmpuint (bs_chart_data_decimals (data), ==, 2);
  g_assert_cmpint (bs_chart_data_bar_length (data), ==, MINUTE_US);
  for (guint i = 0; i < 10000; i++)
    {
      BsChartPoint p;

      bs_chart_data_get (data, i, &p);
      g_assert_cmpint (p.bar.time_us, ==, points[i].bar.time_us);
      g_assert_cmpfloat (p.bar.open, ==, points[i].bar.open);
      g_assert_cmpfloat (p.bar.high, ==, points[i].bar.high);
      g_assert_cmpfloat (p.bar.low, ==, points[i].bar.low);
      g_assert_cmpfloat (p.bar.close, ==, points[i].bar.close);
      g_assert_cmpfloat (p.bar.volume, ==, points[i].bar.volume);
      g_assert_cmpint (isnan (p.hurst), ==, isnan (points[i].hurst));
      if (!isnan (p.hurst))
        g_assert_cmpfloat (p.hurst, ==, (float) points[i].hurst);
      g_assert_cmpfloat (p.confidence, ==, (float) points[i].confidence);
      g_assert_cmpuint (p.signal, ==, points[i].signal);
      g_assert_cmpint (p.hurst_computed, ==, points[i].hurst_computed);
      g_assert_cmpint (p.in_range, ==, points[i].in_range);
    }
  g_assert_cmpuint (bs_chart_data_find_time (data, 77 * MINUTE_US), ==, 77);
  g_assert_cmpuint (bs_chart_data_find_time (data, 77 * MINUTE_US + 1), ==, 78);
  g_assert_cmpuint (bs_chart_data_find_time (data, -1), ==, 0);
  g_assert_cmpuint (bs_chart_data_find_time (data, G_MAXINT64), ==, 10000);
}

static void
test_pyramid (void)
{
  g_autoptr (BsChartData) data = bs_chart_data_new (MINUTE_US, BS_STAMP_END, 2);

  for (guint n = 1; n < 20; n++)
    {
      fill (data, n);
      assert_summary_is_brute_force (data, 0, G_MAXUINT64);
    }
  fill (data, 20000);
  assert_random_ranges (data, 200);
}

/* Also when the oldest have left, values have been filled in, and the newest were taken back. */
static void
test_pyramid_changes (void)
{
  g_autoptr (BsChartData) data = bs_chart_data_new (MINUTE_US, BS_STAMP_END, 2);
  g_autofree BsChartPoint *points = g_new (BsChartPoint, 6000);

  bs_chart_data_set_max_bars (data, 10000);
  for (guint round = 0; round < 8; round++)
    {
      guint64 first, end;

      fill (data, 3000 + 7 * round);
      first = bs_chart_data_first (data);
      end = bs_chart_data_end (data);
      g_assert_cmpuint (end - first, <=, 10000);
      assert_random_ranges (data, 40);

      for (guint i = 0; i < 2500; i++)
        make_point (end - 2600 + i, &points[i]);
      bs_chart_data_update (data, end - 2600, points, 2500);
      assert_random_ranges (data, 40);

      bs_chart_data_truncate (data, end - 1 - 100 * round);
      g_assert_cmpuint (bs_chart_data_end (data), ==, end - 1 - 100 * round);
      assert_random_ranges (data, 40);
    }
}

static void
test_bounds (void)
{
  g_autoptr (BsChartData) data = bs_chart_data_new (MINUTE_US, BS_STAMP_END, 2);
  BsChartPoint point, got;

  bs_chart_data_set_max_bars (data, 5000);
  fill (data, 30000);
  g_assert_cmpuint (bs_chart_data_end (data), ==, 30000);
  g_assert_cmpuint (bs_chart_data_first (data), ==, 25000);
  bs_chart_data_get (data, 25000, &got);
  g_assert_cmpint (got.bar.time_us, ==, 25000 * MINUTE_US);

  /* Values for bars that have left are let go; the rest of them arrives. */
  make_point (1, &point);
  point.hurst = 0.125;
  {
    g_autofree BsChartPoint *points = g_new (BsChartPoint, 10);

    for (guint i = 0; i < 10; i++)
      points[i] = point;
    bs_chart_data_update (data, 24995, points, 10);
  }
  for (guint64 i = 25000; i < 25005; i++)
    {
      bs_chart_data_get (data, i, &got);
      g_assert_cmpfloat (got.hurst, ==, 0.125);
      g_assert_cmpint (got.bar.time_us, ==, (gint64) i * MINUTE_US);
    }

  bs_chart_data_truncate (data, 25000);
  g_assert_cmpuint (bs_chart_data_end (data), ==, 25000);
  g_assert_cmpuint (bs_chart_data_first (data), ==, 25000);
  fill (data, 100);
  g_assert_cmpuint (bs_chart_data_end (data), ==, 25100);
  assert_random_ranges (data, 20);

  bs_chart_data_clear (data);
  g_assert_cmpuint (bs_chart_data_first (data), ==, 0);
  g_assert_cmpuint (bs_chart_data_end (data), ==, 0);
  fill (data, 10);
  assert_random_ranges (data, 5);
}

/* The definition: the mean of the true ranges of the last bars, of those that are held and have a bar before them. */
static double
plain_atr (BsChartData *data, guint64 first, guint64 index, guint period)
{
  double sum = 0;
  guint n = 0;

  for (guint64 i = index; i > first && n < period; i--, n++)
    {
      BsChartPoint p, before;

      bs_chart_data_get (data, i, &p);
      bs_chart_data_get (data, i - 1, &before);
      sum += MAX (p.bar.high - p.bar.low,
                  MAX (fabs (p.bar.high - before.bar.close), fabs (p.bar.low - before.bar.close)));
    }
  return n > 0 ? sum / n : NAN;
}

static void
assert_atr (const BsChartAtr *atr, BsChartData *data, guint period)
{
  guint64 first = bs_chart_data_first (data), end = bs_chart_data_end (data);

  for (guint k = 0; k < 60; k++)
    {
      guint64 from = (guint64) g_test_rand_int_range ((int) MIN (first + period + 1, end - 1), (int) end);
      guint64 n = (guint64) g_test_rand_int_range (1, k % 2 == 0 ? 3 : 300), to = MIN (end, from + n);
      double max = -INFINITY;

      for (guint64 i = from; i < to; i++)
        max = MAX (max, plain_atr (data, first, i, period));
      g_assert_cmpfloat_with_epsilon (bs_chart_atr_max (atr, from, to), max, 1e-5);
    }
}

/* Computed in pieces, after bars have come, been taken back, and left; of the features' period it is their ATR. */
static void
test_own_atr (void)
{
  static const guint periods[] = { 1, 14, 200 };

  for (guint k = 0; k < G_N_ELEMENTS (periods); k++)
    {
      g_autoptr (BsChartData) data = bs_chart_data_new (MINUTE_US, BS_STAMP_END, 2);
      BsChartAtr *atr = bs_chart_atr_new (periods[k]);

      g_assert_true (bs_chart_atr_extend (atr, data, 1000));
      g_assert_true (isnan (bs_chart_atr_max (atr, 0, 10)));
      bs_chart_data_set_max_bars (data, 150000);
      fill (data, 3000);
      g_assert_false (bs_chart_atr_extend (atr, data, 1700));
      g_assert_true (bs_chart_atr_extend (atr, data, 1700));
      g_assert_true (isnan (bs_chart_atr_max (atr, 0, 1)));
      g_assert_cmpfloat_with_epsilon (bs_chart_atr_max (atr, 1, 2), plain_atr (data, 0, 1, 200), 1e-5);
      assert_atr (atr, data, periods[k]);
      bs_chart_data_truncate (data, 2345);
      g_assert_true (bs_chart_atr_extend (atr, data, 0));
      fill (data, 20);
      bs_chart_data_truncate (data, 2350);
      g_assert_true (bs_chart_atr_extend (atr, data, 1700));
      fill (data, 500);
      g_assert_true (bs_chart_atr_extend (atr, data, 1700));
      assert_atr (atr, data, periods[k]);
      for (guint i = 0; i < 5; i++)
        {
          fill (data, 60000);
          g_assert_true (bs_chart_atr_extend (atr, data, 100000));
        }
      assert_atr (atr, data, periods[k]);
      bs_chart_data_clear (data);
      fill (data, 300);
      g_assert_true (bs_chart_atr_extend (atr, data, 1700));
      assert_atr (atr, data, periods[k]);
      bs_chart_atr_free (atr);
    }
}

static void
count_change (BsChartData *data, guint64 from, guint64 to, guint *n)
{
  (*n)++;
}

static void
test_changed (void)
{
  BsChartData *data = bs_chart_data_new (MINUTE_US, BS_STAMP_END, 2);
  guint n = 0;

  g_signal_connect (data, "changed", G_CALLBACK (count_change), &n);
  fill (data, 5000);
  g_assert_cmpuint (n, ==, 1);
  bs_chart_data_append (data, NULL, 0);
  g_assert_cmpuint (n, ==, 1);
  bs_chart_data_truncate (data, 10);
  g_assert_cmpuint (n, ==, 2);
  bs_chart_data_clear (data);
  g_assert_cmpuint (n, ==, 3);
  g_assert_finalize_object (data);
}

/* A million bars stay within what the window can afford: 80 bytes each, pyramid included. */
static void
test_memory (void)
{
  g_assert_cmpuint (sizeof (BsChartChunk), <=, 80 * BS_CHART_CHUNK_BARS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-data/round-trip", test_round_trip);
  g_test_add_func ("/chart-data/pyramid", test_pyramid);
  g_test_add_func ("/chart-data/pyramid-changes", test_pyramid_changes);
  g_test_add_func ("/chart-data/bounds", test_bounds);
  g_test_add_func ("/chart-data/changed", test_changed);
  g_test_add_func ("/chart-data/own-atr", test_own_atr);
  g_test_add_func ("/chart-data/memory", test_memory);
  return g_test_run ();
}
