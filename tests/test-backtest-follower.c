/* test-backtest-follower.c: whatever happens to the bars, what is shown is what counting them anew gives */
#include <math.h>

#include "app/feeds/bs-random.h"
#include "ui/backtest/bs-backtest-follower.h"

#define MAX_POINTS 20000

typedef struct
{
  BsChartData *data;
  BsChartPoint *points; /* all that was ever appended and not taken back */
  BsRandom random;
  guint64 from, to;
  BsBacktestCosts costs;
} World;

static guint
below (World *world, guint n)
{
  return (guint) (bs_random_next (&world->random) % n);
}

static void
make_point (World *world, guint64 index, BsChartPoint *point)
{
  const double price = 100 + bs_random_normal (&world->random);

  *point = (BsChartPoint){ .hurst = NAN, .atr = NAN, .confidence = NAN, .in_range = below (world, 10) > 0 };
  point->bar.time_us = (gint64) (index + 1) * 60 * G_USEC_PER_SEC;
  point->bar.open = point->bar.low = price;
  point->bar.close = point->bar.high = price + bs_random_uniform (&world->random);
  point->signal = below (world, 4) == 0 ? BS_CHART_NO_SIGNAL : (guint8) below (world, BS_N_CLASSES);
}

static void
append (World *world, guint n)
{
  const guint64 end = bs_chart_data_end (world->data);

  n = (guint) MIN ((guint64) n, MAX_POINTS - end);
  for (guint i = 0; i < n; i++)
    make_point (world, end + i, &world->points[end + i]);
  bs_chart_data_append (world->data, world->points + end, n);
}

/* Signals that are filled in. */
static void
update (World *world)
{
  const guint64 first = bs_chart_data_first (world->data), end = bs_chart_data_end (world->data);

  if (first == end)
    return;
  const guint64 from = first + below (world, (guint) (end - first));
  const guint n = 1 + below (world, (guint) MIN (end - from, 100));
  for (guint i = 0; i < n; i++)
    world->points[from + i].signal = (guint8) below (world, BS_N_CLASSES);
  bs_chart_data_update (world->data, from, world->points + from, n);
}

static void
truncate_data (World *world)
{
  const guint64 first = bs_chart_data_first (world->data), end = bs_chart_data_end (world->data);

  bs_chart_data_truncate (world->data, first + below (world, (guint) (end - first) + 1));
}

static void
choose_range (World *world, BsBacktestFollower *follower)
{
  const guint64 end = bs_chart_data_end (world->data);

  world->from = below (world, 2) == 0 ? 0 : below (world, (guint) end + 2);
  world->to = below (world, 2) == 0 ? G_MAXUINT64 : world->from + below (world, 3000);
  bs_backtest_follower_set_range (follower, world->from, world->to);
}

static void
compare (World *world, BsBacktestFollower *follower)
{
  const BsBacktest *shown = bs_backtest_follower_get (follower);
  const guint64 oldest = bs_chart_data_first (world->data), newest = bs_chart_data_end (world->data);
  const guint64 end = CLAMP (world->to, oldest, newest), first = bs_backtest_first (shown);
  g_autoptr (BsBacktest) anew = bs_backtest_new (first, 0, &world->costs);
  BsBacktestSummary a, b;

  g_assert_cmpuint (bs_backtest_end (shown), ==, end);
  if (world->from == 0)
    g_assert_cmpuint (first, <=, oldest);
  else
    g_assert_cmpuint (first, ==, CLAMP (world->from, oldest, end));
  for (guint64 i = first; i < end; i++)
    {
      const BsChartPoint *point = &world->points[i];
      const BsBacktestBar bar = { point->bar.time_us, point->bar.open, point->bar.close, point->signal, point->in_range };

      g_assert_true (bs_backtest_push (anew, &bar, 1, NULL));
    }
  g_assert_cmpmem (bs_backtest_equity (shown), (end - first) * sizeof (double), bs_backtest_equity (anew),
                   (end - first) * sizeof (double));
  bs_backtest_summary (shown, &a);
  bs_backtest_summary (anew, &b);
  g_assert_cmpuint (a.n_trades, ==, b.n_trades);
  g_assert_cmpuint (a.n_out_of_range, ==, b.n_out_of_range);
  g_assert_cmpint (a.last_us, ==, b.last_us);
  g_assert_cmpfloat (a.max_drawdown, ==, b.max_drawdown);
}

static void
settle (World *world, BsBacktestFollower *follower)
{
  gboolean changed;
  guint n_steps = 0;

  while (bs_backtest_follower_step (follower, below (world, 3) * 20, &changed))
    g_assert_cmpuint (n_steps++, <, 2000);
  g_assert_cmpfloat (bs_backtest_follower_progress (follower), ==, 1);
}

static void
test_random (void)
{
  World world = { .to = G_MAXUINT64, .costs = BS_BACKTEST_COSTS_INIT };
  g_autoptr (BsBacktestFollower) follower = bs_backtest_follower_new ();
  BsBacktest *frozen = NULL;
  double frozen_net = 0;

  bs_random_init (&world.random, 11);
  world.points = g_new0 (BsChartPoint, MAX_POINTS);
  world.data = bs_chart_data_new (60 * G_USEC_PER_SEC, BS_STAMP_END, 2);
  bs_chart_data_set_max_bars (world.data, 9000);
  bs_backtest_follower_set_data (follower, world.data);
  for (guint round = 0; round < 1500; round++)
    {
      gboolean changed;

      switch (below (&world, 12))
        {
        case 0:
          update (&world);
          break;
        case 1:
          if (below (&world, 10) == 0)
            truncate_data (&world);
          break;
        case 2:
          choose_range (&world, follower);
          break;
        case 3:
          world.costs.points = bs_random_uniform (&world.random);
          bs_backtest_follower_set_costs (follower, &world.costs);
          break;
        case 4:
          {
            BsBacktestSummary summary;

            g_clear_pointer (&frozen, bs_backtest_unref);
            frozen = bs_backtest_follower_freeze (follower);
            if (frozen != NULL)
              bs_backtest_summary (frozen, &summary);
            frozen_net = frozen != NULL ? summary.net : 0;
            break;
          }
        default:
          append (&world, below (&world, below (&world, 5) == 0 ? 2500 : 3));
        }
      /* Sometimes the next thing happens before it is done. */
      if (below (&world, 3) == 0)
        bs_backtest_follower_step (follower, 0, &changed);
      else
        {
          settle (&world, follower);
          compare (&world, follower);
        }
      if (bs_chart_data_end (world.data) == MAX_POINTS)
        {
          bs_chart_data_truncate (world.data, bs_chart_data_first (world.data));
          /* Begins anew: indices go on from there. */
          bs_chart_data_clear (world.data);
        }
      if (frozen != NULL)
        {
          BsBacktestSummary summary;

          bs_backtest_summary (frozen, &summary);
          g_assert_cmpfloat (summary.net, ==, frozen_net);
        }
    }
  settle (&world, follower);
  compare (&world, follower);

  bs_backtest_follower_set_data (follower, NULL);
  gboolean changed;
  g_assert_false (bs_backtest_follower_step (follower, 100, &changed));
  g_assert_true (changed);
  g_assert_null (bs_backtest_follower_get (follower));
  g_clear_pointer (&frozen, bs_backtest_unref);
  g_object_unref (world.data);
  g_free (world.points);
}

/* Where the bars in view move on with each frame, something is shown all the same. */
static void
test_moving (void)
{
  World world = { .costs = BS_BACKTEST_COSTS_INIT };
  g_autoptr (BsBacktestFollower) follower = bs_backtest_follower_new ();
  guint n_changed = 0;

  bs_random_init (&world.random, 12);
  world.points = g_new0 (BsChartPoint, MAX_POINTS);
  world.data = bs_chart_data_new (60 * G_USEC_PER_SEC, BS_STAMP_END, 2);
  bs_backtest_follower_set_data (follower, world.data);
  append (&world, 10000);
  for (guint frame = 0; frame < 1000; frame++)
    {
      gboolean changed;

      append (&world, 1);
      bs_backtest_follower_set_range (follower, 1 + frame, G_MAXUINT64);
      bs_backtest_follower_step (follower, 0, &changed); /* one piece of it */
      n_changed += changed;
    }
  g_assert_cmpuint (n_changed, >=, 20);
  g_object_unref (world.data);
  g_free (world.points);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backtest-follower/random", test_random);
  g_test_add_func ("/backtest-follower/moving", test_moving);
  return g_test_run ();
}
