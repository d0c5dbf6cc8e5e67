#include "tests/bs-test-walk.h"

#include "inference/train/bs-random.h"

#include <math.h>

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define START_US (G_GINT64_CONSTANT (1704067200) * G_USEC_PER_SEC)
#define DEVIATION 1.0

/* About normal: twelve uniform numbers. */
static double
normal (guint64 *random)
{
  double sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += bs_random_double (random);
  return sum;
}

BsBarSeries *
bs_test_walk (guint64 seed, gsize n, double edge)
{
  BsBarSeries *series = bs_bar_series_new (n, MINUTE_US, BS_STAMP_END);
  guint64 random = bs_random_seed (seed, 77);
  double price = 1000, flow[2] = { 0 }; /* of the bar before, and the one before that */

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      const double volume = 100 + 100 * bs_random_double (&random), share = bs_random_double (&random);
      BsBar bar = { .time_us = START_US + (gint64) (i + 1) * MINUTE_US, .open = price };

      price += DEVIATION * (normal (&random) + edge * (flow[1] > 0 ? 1 : flow[1] < 0 ? -1 : 0));
      bar.close = price;
      bar.high = fmax (bar.open, bar.close) + DEVIATION * bs_random_double (&random);
      bar.low = fmin (bar.open, bar.close) - DEVIATION * bs_random_double (&random);
      bar.volume = volume;
      bar.ask_volume = volume * share;
      bar.bid_volume = volume - bar.ask_volume;
      bar.daily_goal = 500;
      bar.daily_max_loss = 250;
      g_assert_true (bs_bar_series_append (series, &bar, &error));
      g_assert_no_error (error);
      flow[1] = flow[0];
      flow[0] = bar.ask_volume - bar.bid_volume;
    }
  return series;
}
