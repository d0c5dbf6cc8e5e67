/* test-chart-view.c: bars and values to pixels and back, and axes with round labels that never overlap */
#include <math.h>

#include "ui/chart/bs-chart-scale.h"
#include "ui/chart/bs-chart-view.h"
#include "ui/chart/bs-time-axis.h"
#include "ui/chart/bs-time-places.h"

#define MINUTE_US G_GINT64_CONSTANT (60000000)
#define DAY_US (1440 * MINUTE_US)

static void
init_view (BsChartView *view, int width, int scale, guint64 first, guint64 end)
{
  bs_chart_view_init (view);
  bs_chart_view_set_size (view, width, scale);
  bs_chart_view_set_range (view, first, end);
}

static void
test_pixels (void)
{
  BsChartView view;
  guint64 from, to, index;

  init_view (&view, 1000, 1, 100, 5100);
  g_assert_true (view.follow);
  bs_chart_view_visible (&view, &from, &to);
  g_assert_cmpuint (to, ==, 5100);
  g_assert_cmpuint (from, <, 5100 - 100);
  for (guint64 i = from; i < to; i++)
    {
      int x = bs_chart_view_center (&view, i);

      g_assert_cmpfloat_with_epsilon (bs_chart_view_bar_at (&view, bs_chart_view_x (&view, (double) i)), (double) i,
                                      1e-6);
      g_assert_true (bs_chart_view_nearest (&view, x + 0.5, &index));
      g_assert_cmpuint (index, ==, i);
    }
  /* Outside of the data the nearest bar is the one at its end. */
  g_assert_true (bs_chart_view_nearest (&view, 1e6, &index));
  g_assert_cmpuint (index, ==, 5099);
  bs_chart_view_go_to_oldest (&view);
  g_assert_true (bs_chart_view_nearest (&view, -1e6, &index));
  g_assert_cmpuint (index, ==, 100);
  bs_chart_view_visible (&view, &from, &to);
  g_assert_cmpuint (from, ==, 100);

  init_view (&view, 1000, 1, 0, 0);
  g_assert_false (bs_chart_view_nearest (&view, 10, &index));
  bs_chart_view_visible (&view, &from, &to);
  g_assert_cmpuint (from, ==, to);
}

/* Whatever is under the pointer stays there, at every width. */
static void
test_zoom (void)
{
  BsChartView view;

  init_view (&view, 1200, 1, 0, 1000000);
  bs_chart_view_pan (&view, -500000);
  g_assert_false (view.follow);
  for (guint i = 0; i < 300; i++)
    {
      double x = g_test_rand_double_range (0, 1200), bar = bs_chart_view_bar_at (&view, x), width = view.bar_width;

      bs_chart_view_zoom (&view, g_test_rand_bit () ? 1.3 : 1 / 1.29, x);
      if (view.follow || view.right < 1201 / view.bar_width)
        bs_chart_view_center_on (&view, 500000);
      else if (view.bar_width != width)
        g_assert_cmpfloat (fabs (bs_chart_view_x (&view, bar) - x), <=, 1.0);
      g_assert_cmpfloat (view.bar_width, <=, BS_CHART_VIEW_MAX_BAR_WIDTH);
    }
  for (guint i = 0; i < 100; i++)
    bs_chart_view_zoom (&view, 2, 600);
  g_assert_cmpfloat (view.bar_width, ==, BS_CHART_VIEW_MAX_BAR_WIDTH);
  for (guint i = 0; i < 100; i++)
    bs_chart_view_zoom (&view, 0.5, 600);
  {
    guint64 from, to;

    bs_chart_view_visible (&view, &from, &to);
    g_assert_cmpuint (from, ==, 0);
    g_assert_cmpuint (to, ==, 1000000);
  }
}

static void
test_follow (void)
{
  BsChartView view;
  guint64 from, to;
  int x;

  init_view (&view, 800, 1, 0, 5000);
  x = bs_chart_view_center (&view, 4999);
  for (guint i = 1; i <= 100; i++)
    {
      bs_chart_view_set_range (&view, 0, 5000 + i);
      g_assert_cmpint (ABS (bs_chart_view_center (&view, 4999 + i) - x), <=, 1);
    }
  bs_chart_view_pan (&view, -50);
  g_assert_false (view.follow);
  bs_chart_view_visible (&view, &from, &to);
  for (guint i = 0; i < 100; i++)
    {
      guint64 now_from, now_to;

      bs_chart_view_set_range (&view, 0, 5100 + i);
      bs_chart_view_visible (&view, &now_from, &now_to);
      g_assert_cmpuint (now_from, ==, from);
    }
  /* Back to the end by hand, or by key. */
  bs_chart_view_pan (&view, 1e9);
  g_assert_true (view.follow);
  bs_chart_view_go_to_oldest (&view);
  g_assert_false (view.follow);
  bs_chart_view_go_to_newest (&view);
  g_assert_true (view.follow);
  bs_chart_view_visible (&view, &from, &to);
  g_assert_cmpuint (to, ==, 5199);
  /* The oldest leave: the view goes with them. */
  bs_chart_view_go_to_oldest (&view);
  bs_chart_view_set_range (&view, 4000, 6000);
  bs_chart_view_visible (&view, &from, &to);
  g_assert_cmpuint (from, >=, 4000);
  g_assert_cmpuint (to, >, from);
}

/* A pan moves the picture as it is: every bar by the same pixels, also where a bar is no whole number of them. */
static void
test_rigid_pan (void)
{
  BsChartView view;
  int before[1000];

  init_view (&view, 1000, 1, 0, 100000);
  view.bar_width = 3.37;
  bs_chart_view_center_on (&view, 50000);
  for (guint i = 0; i < 1000; i++)
    before[i] = bs_chart_view_center (&view, 49500 + i);
  for (guint k = 0; k < 50; k++)
    {
      int by;

      bs_chart_view_pan (&view, 0.37);
      by = bs_chart_view_center (&view, 49500) - before[0];
      for (guint i = 0; i < 1000; i++)
        g_assert_cmpint (bs_chart_view_center (&view, 49500 + i) - before[i], ==, by);
    }
}

static void
test_scale_factor (void)
{
  BsChartView view;
  guint64 from, to, from2, to2;

  init_view (&view, 1000, 1, 0, 5000);
  bs_chart_view_visible (&view, &from, &to);
  bs_chart_view_set_size (&view, 2000, 2);
  bs_chart_view_visible (&view, &from2, &to2);
  g_assert_cmpuint (from, ==, from2);
  g_assert_cmpuint (to, ==, to2);
}

static void
test_scale (void)
{
  for (guint log_scale = 0; log_scale < 2; log_scale++)
    {
      BsChartScale scale = { .top = 10, .bottom = 510, .log = log_scale };

      bs_chart_scale_set_range (&scale, 50, 5000);
      g_assert_cmpfloat_with_epsilon (bs_chart_scale_y (&scale, 50), 510, 1e-9);
      g_assert_cmpfloat_with_epsilon (bs_chart_scale_y (&scale, 5000), 10, 1e-9);
      g_assert_cmpfloat_with_epsilon (bs_chart_scale_y (&scale, 500), log_scale ? 260 : 464.545454, 1e-5);
      for (double y = 10; y <= 510; y += 13)
        g_assert_cmpfloat_with_epsilon (bs_chart_scale_y (&scale, bs_chart_scale_value (&scale, y)), y, 1e-9);
      g_assert_true (isnan (bs_chart_scale_y (&scale, NAN)));

      /* What is at a pixel moves with the pan. */
      {
        double value = bs_chart_scale_value (&scale, 100);

        bs_chart_scale_pan (&scale, 40);
        g_assert_cmpfloat_with_epsilon (bs_chart_scale_y (&scale, value), 140, 1e-6);
      }
      /* Zoomed as far as it goes, it is still a range. */
      for (guint i = 0; i < 500; i++)
        bs_chart_scale_zoom (&scale, 0.5);
      g_assert_cmpfloat (scale.low, <, scale.high);
      for (guint i = 0; i < 500; i++)
        bs_chart_scale_zoom (&scale, 2);
      g_assert_true (isfinite (scale.low) && isfinite (scale.high));

      bs_chart_scale_set_range (&scale, 100, 100);
      g_assert_cmpfloat (scale.low, <, 100);
      g_assert_cmpfloat (scale.high, >, 100);
    }
}

/* 1, 2, 2.5 or 5 times a power of ten. */
static gboolean
is_round (double step)
{
  double m = step / pow (10, floor (log10 (step) + 1e-9));

  for (guint i = 0; i < 5; i++)
    if (fabs (m - (double[]){ 1, 2, 2.5, 5, 10 }[i]) < 1e-4)
      return TRUE;
  return FALSE;
}

static void
test_linear_ticks (void)
{
  for (guint k = 0; k < 2000; k++)
    {
      BsChartScale scale = { .top = 0, .bottom = g_test_rand_int_range (30, 1200) };
      double low = g_test_rand_double_range (-1000, 1000) * pow (10, g_test_rand_int_range (-4, 5));
      double ticks[64], step, distance = g_test_rand_double_range (20, 60);
      guint n;

      bs_chart_scale_set_range (&scale, low, low + (fabs (low) + 1) * pow (10, g_test_rand_double_range (-4, 3)));
      n = bs_chart_scale_ticks (&scale, 0, distance, ticks, G_N_ELEMENTS (ticks));
      g_assert_cmpuint (n, <=, (guint) (scale.bottom / distance) + 1);
      if (scale.bottom > 4 * distance)
        g_assert_cmpuint (n, >=, 1);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpfloat (bs_chart_scale_y (&scale, ticks[i]), >=, -0.01);
          g_assert_cmpfloat (bs_chart_scale_y (&scale, ticks[i]), <=, scale.bottom + 0.01);
          if (i == 0)
            continue;
          step = ticks[i] - ticks[i - 1];
          g_assert_cmpfloat (bs_chart_scale_y (&scale, ticks[i - 1]) - bs_chart_scale_y (&scale, ticks[i]), >=,
                             distance * 0.999);
          g_assert_true (is_round (step));
          g_assert_cmpfloat (fabs (remainder (ticks[i], step)), <, step * 1e-3);
        }
    }
}

static void
test_log_ticks (void)
{
  BsChartScale scale = { .top = 0, .bottom = 600, .log = TRUE };
  double ticks[64];
  guint n;

  bs_chart_scale_set_range (&scale, 0.9, 1100);
  n = bs_chart_scale_ticks (&scale, 0.01, 38, ticks, G_N_ELEMENTS (ticks));
  g_assert_cmpuint (n, >=, 6);
  for (guint i = 1; i < n; i++)
    g_assert_cmpfloat (bs_chart_scale_y (&scale, ticks[i - 1]) - bs_chart_scale_y (&scale, ticks[i]), >=, 38 * 0.999);

  /* Over a narrow range it is as good as linear. */
  bs_chart_scale_set_range (&scale, 4310, 4330);
  n = bs_chart_scale_ticks (&scale, 0.01, 38, ticks, G_N_ELEMENTS (ticks));
  g_assert_cmpuint (n, >=, 5);
  for (guint i = 1; i < n; i++)
    g_assert_cmpfloat_with_epsilon (ticks[i] - ticks[i - 1], ticks[1] - ticks[0], 1e-6);
}

/* No label shows more digits than the instrument has. */
static void
test_min_step (void)
{
  BsChartScale scale = { .top = 0, .bottom = 600 };
  double ticks[64];
  guint n;

  bs_chart_scale_set_range (&scale, 100.001, 100.024);
  n = bs_chart_scale_ticks (&scale, 0.01, 38, ticks, G_N_ELEMENTS (ticks));
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpfloat_with_epsilon (ticks[0], 100.01, 1e-9);
  g_assert_cmpfloat_with_epsilon (ticks[1], 100.02, 1e-9);
  g_assert_cmpuint (bs_chart_scale_decimals (ticks, n, 8), ==, 2);
  g_assert_cmpuint (bs_chart_scale_decimals ((double[]){ 0.5, 0.75 }, 2, 8), ==, 2);
  g_assert_cmpuint (bs_chart_scale_decimals ((double[]){ 10, 20 }, 2, 8), ==, 0);
}

static void
test_percent_ticks (void)
{
  BsChartScale scale = { .low = 95, .high = 110, .top = 0, .bottom = 500, .percent_of = 100.3 };
  double ticks[64];
  guint n = bs_chart_scale_ticks (&scale, 5, 40, ticks, G_N_ELEMENTS (ticks));

  g_assert_cmpuint (n, >, 5);
  for (guint i = 0; i < n; i++)
    {
      double percent = bs_chart_scale_percent (&scale, ticks[i]);

      /* Round in percent, whatever the price is; 0 % is among them. */
      g_assert_cmpfloat (fabs (percent - round (percent * 2) / 2), <, 1e-9);
      g_assert_cmpfloat (ticks[i], >=, 95);
      g_assert_cmpfloat (ticks[i], <=, 110);
      if (i > 0)
        g_assert_cmpfloat (bs_chart_scale_y (&scale, ticks[i - 1]) - bs_chart_scale_y (&scale, ticks[i]), >=, 39.99);
    }
  g_assert_cmpfloat_with_epsilon (bs_chart_scale_percent (&scale, 100.3), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (bs_chart_scale_percent (&scale, 110.33), 10, 1e-9);
}

/* Bars from 13:30 to 20:00 UTC on weekdays. */
static BsChartData *
make_sessions (guint n, gint64 length_us)
{
  BsChartData *data = bs_chart_data_new (length_us, BS_STAMP_START, 2);
  gint64 time_us = G_GINT64_CONSTANT (1704067200) * G_USEC_PER_SEC; /* Monday, 2024-01-01 */
  g_autofree BsChartPoint *points = g_new0 (BsChartPoint, n);

  for (guint i = 0; i < n;)
    {
      gint64 of_day = time_us % DAY_US;
      int weekday = (int) ((time_us / DAY_US + 3) % 7);

      if (weekday < 5 && of_day >= 810 * MINUTE_US && of_day < 1200 * MINUTE_US)
        {
          points[i].bar = (BsBar){ .time_us = time_us, .open = 1, .high = 1, .low = 1, .close = 1 };
          points[i].signal = points[i].raw_signal = BS_CHART_NO_SIGNAL;
          i++;
        }
      time_us += length_us;
    }
  bs_chart_data_append (data, points, n);
  return data;
}

static void
assert_ticks_apart (const BsTimeTick *ticks, guint n, const BsChartView *view, double distance)
{
  for (guint i = 1; i < n; i++)
    {
      g_assert_cmpuint (ticks[i].bar, >, ticks[i - 1].bar);
      g_assert_cmpfloat ((double) (ticks[i].bar - ticks[i - 1].bar) * view->bar_width, >=, distance);
    }
}

static void
test_time_ticks (void)
{
  g_autoptr (BsChartData) data = make_sessions (200000, MINUTE_US);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GTimeZone) new_york = g_time_zone_new_identifier ("America/New_York");
  GTimeZone *zones[] = { utc, new_york != NULL ? new_york : utc };
  BsTimeTick ticks[BS_TIME_AXIS_MAX_TICKS];
  BsChartView view;
  guint n;

  init_view (&view, 1300, 1, 0, 200000);
  for (guint k = 0; k < 400; k++)
    {
      bs_chart_view_zoom (&view, k % 50 == 0 ? 1000 : 0.83, g_test_rand_double_range (0, 1300));
      if (k % 3 == 0)
        bs_chart_view_center_on (&view, (guint64) g_test_rand_int_range (0, 200000));
      n = bs_time_axis_ticks (data, &view, zones[k % 2], 84, ticks, G_N_ELEMENTS (ticks));
      g_assert_cmpuint (n, >=, 1);
      assert_ticks_apart (ticks, n, &view, 84);
      for (guint i = 0; i < n; i++)
        g_assert_cmpstr (ticks[i].label, !=, "");
    }
}

/* The choice of labels does not depend on how far one has panned. */
static void
test_time_ticks_rest (void)
{
  g_autoptr (BsChartData) data = make_sessions (20000, MINUTE_US);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  BsTimeTick a[BS_TIME_AXIS_MAX_TICKS], b[BS_TIME_AXIS_MAX_TICKS];
  BsChartView view;
  guint n_a, n_b, n_same = 0;

  init_view (&view, 1300, 1, 0, 20000);
  bs_chart_view_center_on (&view, 10000);
  n_a = bs_time_axis_ticks (data, &view, utc, 84, a, G_N_ELEMENTS (a));
  bs_chart_view_pan (&view, 7);
  n_b = bs_time_axis_ticks (data, &view, utc, 84, b, G_N_ELEMENTS (b));
  for (guint i = 0; i < n_a; i++)
    for (guint k = 0; k < n_b; k++)
      n_same += a[i].bar == b[k].bar;
  g_assert_cmpuint (n_same + 1, >=, n_a);
}

static void
test_time_labels (void)
{
  g_autoptr (BsChartData) data = make_sessions (2000, MINUTE_US);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  BsTimeTick ticks[BS_TIME_AXIS_MAX_TICKS];
  BsChartView view;
  gboolean seen_hour = FALSE, seen_day = FALSE;
  guint n;

  /* Two pixels a bar: a session of 390 bars is 780 pixels wide. */
  init_view (&view, 1600, 1, 0, 2000);
  view.bar_width = 2;
  bs_chart_view_center_on (&view, 390);
  n = bs_time_axis_ticks (data, &view, utc, 84, ticks, G_N_ELEMENTS (ticks));
  for (guint i = 0; i < n; i++)
    {
      seen_hour |= g_str_equal (ticks[i].label, "15:00") && !ticks[i].major;
      if (ticks[i].bar == 390)
        {
          g_assert_true (ticks[i].major);
          g_assert_nonnull (strchr (ticks[i].label, '2')); /* Tuesday the 2nd, in whatever language */
          seen_day = TRUE;
        }
    }
  g_assert_true (seen_hour);
  g_assert_true (seen_day);
}

static void
test_breaks (void)
{
  g_autoptr (BsChartData) data = make_sessions (2000, MINUTE_US);
  guint64 bars[16];
  BsChartView view;
  guint n;

  init_view (&view, 1600, 1, 0, 2000);
  view.bar_width = 1;
  bs_chart_view_center_on (&view, 1000);
  n = bs_time_axis_breaks (data, &view, 24, bars, G_N_ELEMENTS (bars));
  g_assert_cmpuint (n, ==, 4);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (bars[i] % 390, ==, 0);
  /* Too close together they say nothing. */
  g_assert_cmpuint (bs_time_axis_breaks (data, &view, 1000, bars, G_N_ELEMENTS (bars)), ==, 0);
}

/* True time: a bar lies where its time is, nights have room, and every pixel finds its bar again. */
static void
test_true_time (void)
{
  g_autoptr (BsChartData) data = make_sessions (5000, MINUTE_US);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  BsTimeTick ticks[BS_TIME_AXIS_MAX_TICKS];
  BsChartView view;
  guint64 from, to, index;
  guint n, n_closed = 0;

  init_view (&view, 1600, 1, 0, 5000);
  view.bar_width = 2;
  bs_chart_view_center_on (&view, 500);
  bs_chart_view_set_places (&view, &bs_time_places, data);
  /* The bar in the middle stays there. */
  g_assert_cmpint (ABS (bs_chart_view_center (&view, 500) - 800), <=, 2);
  /* From the last bar of a session to the first of the next: 17.5 hours, two pixels a minute. */
  g_assert_cmpint (bs_chart_view_center (&view, 390) - bs_chart_view_center (&view, 389), ==, 2 * (17 * 60 + 31));
  g_assert_cmpint (bs_chart_view_center (&view, 391) - bs_chart_view_center (&view, 390), ==, 2);
  bs_chart_view_visible (&view, &from, &to);
  g_assert_cmpuint (from, ==, 390);
  g_assert_cmpuint (to, ==, 780);
  bs_chart_view_show_all (&view);
  bs_chart_view_visible (&view, &from, &to);
  /* The picture moves by whole pixels, of which each is 15 minutes here. */
  g_assert_cmpuint (from, <, 15);
  g_assert_cmpuint (to, ==, 5000);

  for (guint k = 0; k < 60; k++)
    {
      bs_chart_view_zoom (&view, k % 20 == 19 ? 0.01 : 1.3, g_test_rand_double_range (0, 1600));
      if (k % 3 == 0)
        bs_chart_view_center_on (&view, (guint64) g_test_rand_int_range (0, 5000));
      bs_chart_view_visible (&view, &from, &to);
      for (guint64 i = from; i < to; i += 7)
        {
          int x = bs_chart_view_center (&view, i);

          if (x < 0 || x >= 1600)
            continue;
          g_assert_true (bs_chart_view_nearest (&view, x + 0.5, &index));
          g_assert_cmpint (ABS (bs_chart_view_center (&view, index) - x), <=, 1);
        }
      /* What is left and right of the view is not seen. */
      if (from > 0)
        g_assert_cmpfloat (bs_chart_view_x (&view, bs_chart_view_place (&view, from - 1) + 1), <=, 0.001);
      if (to < 5000)
        g_assert_cmpfloat (bs_chart_view_x (&view, bs_chart_view_place (&view, to)), >=, 1599.999);
      n = bs_time_axis_ticks (data, &view, utc, 84, ticks, G_N_ELEMENTS (ticks));
      g_assert_cmpuint (n, >=, 1);
      for (guint i = 0; i < n; i++)
        {
          gint64 of_day = ticks[i].time_us % DAY_US;

          /* On round times, also where the market is closed. */
          g_assert_cmpint (ticks[i].time_us % (MINUTE_US / 60), ==, 0);
          g_assert_cmpfloat_with_epsilon (ticks[i].place * MINUTE_US, (double) ticks[i].time_us, 1);
          n_closed += of_day < 810 * MINUTE_US;
          if (i > 0)
            g_assert_cmpfloat ((ticks[i].place - ticks[i - 1].place) * view.bar_width, >=, 84);
        }
    }
  g_assert_cmpuint (n_closed, >, 10);
  bs_chart_view_set_places (&view, NULL, NULL);
  g_assert_cmpfloat (bs_chart_view_place (&view, 77), ==, 77);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-view/pixels", test_pixels);
  g_test_add_func ("/chart-view/zoom", test_zoom);
  g_test_add_func ("/chart-view/follow", test_follow);
  g_test_add_func ("/chart-view/rigid-pan", test_rigid_pan);
  g_test_add_func ("/chart-view/scale-factor", test_scale_factor);
  g_test_add_func ("/chart-scale/pixels", test_scale);
  g_test_add_func ("/chart-scale/linear-ticks", test_linear_ticks);
  g_test_add_func ("/chart-scale/log-ticks", test_log_ticks);
  g_test_add_func ("/chart-scale/min-step", test_min_step);
  g_test_add_func ("/chart-scale/percent-ticks", test_percent_ticks);
  g_test_add_func ("/time-axis/ticks", test_time_ticks);
  g_test_add_func ("/time-axis/ticks-rest", test_time_ticks_rest);
  g_test_add_func ("/time-axis/labels", test_time_labels);
  g_test_add_func ("/time-axis/true-time", test_true_time);
  g_test_add_func ("/time-axis/breaks", test_breaks);
  return g_test_run ();
}
