#include "tests/bs-test-bars.h"

#include <math.h>

#define START_US (G_GINT64_CONSTANT (1704067200) * G_USEC_PER_SEC)

void
bs_test_bars_init (BsTestBars *self, guint64 seed, gint64 bar_length_us)
{
  *self = (BsTestBars){
    .random = seed, .time_us = START_US, .bar_length_us = bar_length_us, .price = 100.0, .integer = (seed & 1) != 0
  };
}

/* splitmix64 */
static guint64
next_random (BsTestBars *self)
{
  guint64 z = (self->random += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

double
bs_test_bars_uniform (BsTestBars *self)
{
  return (double) (next_random (self) >> 11) * 0x1p-53;
}

static double
symmetric (BsTestBars *self)
{
  return 2.0 * bs_test_bars_uniform (self) - 1.0;
}

static double
on_grid (const BsTestBars *self, double price)
{
  double tick = self->integer ? 0.25 : 0.0001;
  return MAX (tick, floor (price / tick + 0.5) * tick);
}

void
bs_test_bars_next (BsTestBars *self, BsBar *bar)
{
  double event = bs_test_bars_uniform (self);

  self->time_us += self->bar_length_us;
  if (event < 0.002)
    self->time_us += self->bar_length_us * (gint64) (1 + 500 * bs_test_bars_uniform (self));
  *bar = (BsBar) BS_BAR_INIT;
  bar->time_us = self->time_us;
  if (self->flat_left == 0 && event > 0.999)
    self->flat_left = 1 + (guint) (200 * bs_test_bars_uniform (self));
  if (self->flat_left > 0)
    {
      self->flat_left--;
      bar->open = bar->high = bar->low = bar->close = self->price;
      return;
    }

  double jump = event > 0.002 && event < 0.004 ? 0.08 * symmetric (self) : 0.0;
  double size = 0.001 + 0.004 * (0.5 + 0.5 * sin ((double) (self->time_us / self->bar_length_us) / 700.0));
  double pull = (100.0 - self->price) * 1e-4;
  bar->open = on_grid (self, self->price * (1.0 + jump + 0.2 * size * symmetric (self)));
  bar->close = on_grid (self, bar->open * (1.0 + size * symmetric (self)) + pull);
  bar->high = on_grid (self, MAX (bar->open, bar->close) * (1.0 + 0.5 * size * bs_test_bars_uniform (self)));
  bar->low = on_grid (self, MIN (bar->open, bar->close) * (1.0 - 0.5 * size * bs_test_bars_uniform (self)));
  bar->high = MAX (bar->high, MAX (bar->open, bar->close));
  bar->low = MIN (bar->low, MIN (bar->open, bar->close));
  bar->bid_volume = floor (400.0 * bs_test_bars_uniform (self));
  bar->ask_volume = event > 0.9 ? 0.0 : floor (400.0 * bs_test_bars_uniform (self));
  bar->volume = bar->bid_volume + bar->ask_volume;
  bar->daily_pnl = 300.0 * symmetric (self);
  bar->daily_goal = event > 0.5 && event < 0.51 ? 0.0 : 500.0;
  bar->daily_max_loss = event > 0.51 && event < 0.52 ? 0.0 : 250.0;
  self->price = bar->close;
}

BsBarSeries *
bs_test_bars_series (guint64 seed, gsize n, gsize max_bars, gint64 bar_length_us, BsStamp stamp)
{
  BsTestBars bars;
  BsBarSeries *series = bs_bar_series_new (max_bars, bar_length_us, stamp);

  bs_test_bars_init (&bars, seed, bar_length_us);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      BsBar bar;
      bs_test_bars_next (&bars, &bar);
      gboolean appended = bs_bar_series_append (series, &bar, &error);
      g_assert_no_error (error);
      g_assert_true (appended);
    }
  return series;
}
