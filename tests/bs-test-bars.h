/* bs-test-bars.h: seeded bars for tests: a walk with gaps, flat stretches, jumps and changing volatility */
#pragma once

#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

/** State of the generator; the same seed gives the same bars on every machine. */
typedef struct
{
  guint64 random;
  gint64 time_us;
  gint64 bar_length_us;
  double price;
  guint flat_left;  /* bars still to come of a stretch without a trade */
  gboolean integer; /* prices on a coarse grid: many ties */
} BsTestBars;

/** @bar_length_us: distance of two bars without a gap. The first bar is one length after 2024-01-01. */
void bs_test_bars_init (BsTestBars *self, guint64 seed, gint64 bar_length_us);
/** The next bar; always valid, its time after the last one's. */
void bs_test_bars_next (BsTestBars *self, BsBar *bar);
/** A number in 0..1 of the same stream. */
double bs_test_bars_uniform (BsTestBars *self);
/** (transfer full): a series of @n bars */
BsBarSeries *bs_test_bars_series (guint64 seed, gsize n, gsize max_bars, gint64 bar_length_us, BsStamp stamp);

G_END_DECLS
