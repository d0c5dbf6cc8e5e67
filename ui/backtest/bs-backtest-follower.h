/* bs-backtest-follower.h: keeps a backtest at what a chart shows, a little at a time */
#pragma once

#include "inference/backtest/bs-backtest.h"
#include "ui/chart/bs-chart-data.h"

G_BEGIN_DECLS

/**
 * BsBacktestFollower:
 *
 * Follows bars that come, signals that are filled in, the range in view and the costs. Appended bars cost O(1) each; whatever else
 * changes begins a new calculation, while the last one stays to be shown. All is done in steps that take no longer than they may: to
 * copy a bar for another thread would take as long as to count it (about 20 ns). A plain struct without widgets; thread: main.
 */
typedef struct _BsBacktestFollower BsBacktestFollower;

BsBacktestFollower *bs_backtest_follower_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bs_backtest_follower_free (BsBacktestFollower *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBacktestFollower, bs_backtest_follower_free)

/** bs_backtest_follower_set_data: @data: (nullable): other bars; nothing is shown until the next step */
void bs_backtest_follower_set_data (BsBacktestFollower *self, BsChartData *data);
/** bs_backtest_follower_set_costs: @costs: checked by bs_backtest_costs_check() */
void bs_backtest_follower_set_costs (BsBacktestFollower *self, const BsBacktestCosts *costs);
/**
 * bs_backtest_follower_set_range:
 * @from, @to: from <= index < to count; %G_MAXUINT64 for @to: to the newest
 *
 * With @from 0, bars that have left since go on to count for a while: a series that is full loses one with each that comes.
 */
void bs_backtest_follower_set_range (BsBacktestFollower *self, guint64 from, guint64 to);

/**
 * bs_backtest_follower_step:
 * @max_us: time to take
 * @changed: (out): whether there is something else to show than before
 *
 * Returns: whether there is more to do now
 */
gboolean bs_backtest_follower_step (BsBacktestFollower *self, gint64 max_us, gboolean *changed);

/** bs_backtest_follower_get: (transfer none) (nullable): what there is to show; it grows with the next step */
const BsBacktest *bs_backtest_follower_get (BsBacktestFollower *self);
/** bs_backtest_follower_freeze: (transfer full) (nullable): the same, for another thread: it does not grow any more */
BsBacktest *bs_backtest_follower_freeze (BsBacktestFollower *self);
/** 0..1: how far a new calculation has come; 1 where none runs. */
double bs_backtest_follower_progress (BsBacktestFollower *self);

G_END_DECLS
