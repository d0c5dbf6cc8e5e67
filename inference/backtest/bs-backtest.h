/* bs-backtest.h: what signals would have earned on bars of the past: hypothetical, and without a look ahead */
#pragma once

#include <glib.h>

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

typedef enum
{
  BS_BACKTEST_ERROR_COST, /* costs that make no sense */
  BS_BACKTEST_ERROR_BAR,  /* a price or a signal that cannot be */
} BsBacktestError;

#define BS_BACKTEST_ERROR (bs_backtest_error_quark ())
GQuark bs_backtest_error_quark (void);

/** No signal for a bar: warming up, not computed, or not to be had. */
#define BS_BACKTEST_NO_SIGNAL 0xff
/** Prices above it are refused: no sum of what any number of bars earns overflows. */
#define BS_BACKTEST_MAX_PRICE 1e15
#define BS_BACKTEST_MAX_POINTS 1e9      /* of the cost a side */
#define BS_BACKTEST_MAX_PERCENT 100.0   /* of the cost a side */
#define BS_BACKTEST_MAX_POINT_VALUE 1e9 /* account currency */

/**
 * What a fill costs. A trade has two sides: it pays twice. A position that turns from long to short pays twice on that bar.
 * @points: commission, half the spread and slippage in the unit of the price, >= 0
 * @percent: of the price that is filled at, >= 0: 0.01 is one basis point
 * @point_value: account currency that one point of the price is worth a unit held, > 0: 50 for an E-mini S&P. It changes no figure
 *   of a BsBacktest, which are all in points; whoever shows them multiplies
 */
typedef struct
{
  double points, percent, point_value;
} BsBacktestCosts;

#define BS_BACKTEST_COSTS_INIT                                                                                         \
  {                                                                                                                    \
    .point_value = 1                                                                                                   \
  }

/** What counts of a bar. */
typedef struct
{
  gint64 time_us; /* only kept, for whoever shows a trade */
  double open, close;
  guint8 signal;     /* a BsClass, after the threshold; or BS_BACKTEST_NO_SIGNAL */
  gboolean in_range; /* of the model's training; only counted */
} BsBacktestBar;

/** One trade, or what the position that is still open has come to. */
typedef struct
{
  guint64 entry, exit; /* bars that it was filled on, at their open; @open: the newest bar, at whose close it is marked */
  gint64 entry_us, exit_us; /* times of those bars */
  double entry_price, exit_price;
  double gross; /* points: side * (exit_price - entry_price) */
  double cost;  /* points, of the sides filled so far, >= 0 */
  double net;   /* gross - cost */
  gint8 side;   /* +1 long, -1 short */
  gboolean open;
} BsBacktestTrade;

/** Figures of all bars so far. In points where it is money. */
typedef struct
{
  guint64 first, n_bars;
  guint64 n_signals;      /* bars with a signal */
  guint64 n_out_of_range; /* of them, outside of the model's training range */
  guint64 n_trades;       /* that were closed; the open one is none */
  guint64 n_long;         /* of them */
  guint64 n_won, n_lost;  /* of them, net above, below 0 */
  guint64 n_exposed;      /* bars that a position was held over, from their open to their close */
  gboolean open;          /* a position is open after the newest bar */
  double gross, cost, net; /* of all trades, the open one as marked; net is the equity after the newest bar */
  double won, lost;        /* sums of the closed trades' net above, below 0; lost <= 0 */
  double best, worst;      /* net of a closed trade; NAN where there is none */
  double max_drawdown;     /* >= 0 */
  guint64 peak, trough;    /* bars of the equity's peak and lowest point that it lies between; @first, @first where it is 0 */
  gint64 first_us, last_us, peak_us, trough_us; /* times of the first bar, the newest and those two */
  double hold_net;         /* buy and hold on the same bars: equity after the newest bar */
  double hold_max_drawdown;
} BsBacktestSummary;

/** The extremes over some bars, for drawing. */
typedef struct
{
  double equity_low, equity_high, hold_low, hold_high, drawdown;
} BsBacktestExtremes;

/**
 * BsBacktest:
 *
 * One unit is traded by these rules:
 * - The signal of bar i is known when bar i has closed, and acts on the open of bar i + 1: long makes the position +1, short -1, hold
 *   0, whatever it was before. Never earlier. So the newest bar's signal, on which no bar has opened yet, does nothing.
 * - A bar without a signal decides nothing: the position stays what it was, flat from the start. (A client of the HTTP server is told
 *   nothing then, too, and leaves its position alone.)
 * - Nothing before the first bar counts: it begins flat, also where bars before it had signals.
 * - Each fill costs points + percent / 100 * price.
 * - Equity after a bar is what all trades so far have earned net, the open position marked at the bar's close (what closing it would
 *   cost is not in it). It begins at 0 before the first bar.
 * - Drawdown after a bar is how far the equity lies under its highest value so far, the 0 at the beginning among them.
 * - Buy and hold, the baseline, buys one unit at the first open that a signal could have acted on, that of the second bar, at the same
 *   cost, and keeps it.
 * What is left out, so that nobody is misled: liquidity, gaps through a stop, funding, dividends, and that a model was chosen because
 * its past looked good.
 *
 * Grows by a bar at a time: O(1) a bar, and the same to the bit as if it were made anew from the first. Counted by references, so that
 * one that does not grow any more can be read by several threads; not thread-safe otherwise.
 */
typedef struct _BsBacktest BsBacktest;

/** bs_backtest_costs_check: %FALSE with %BS_BACKTEST_ERROR_COST, which names the field and what was expected */
gboolean bs_backtest_costs_check (const BsBacktestCosts *costs, GError **error);

/**
 * bs_backtest_new:
 * @first: index of the first bar that will be pushed
 * @n_expected: room is made for as many bars; 0 where that is not known
 * @costs: checked by bs_backtest_costs_check()
 */
BsBacktest *bs_backtest_new (guint64 first, gsize n_expected, const BsBacktestCosts *costs) G_GNUC_WARN_UNUSED_RESULT;
BsBacktest *bs_backtest_ref (BsBacktest *self);
void bs_backtest_unref (BsBacktest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBacktest, bs_backtest_unref)

/**
 * bs_backtest_push:
 * @bars: [@n] the next ones
 *
 * Returns: %TRUE; %FALSE with %BS_BACKTEST_ERROR_BAR at a bar with a price that is not finite, not above 0 or above
 *   %BS_BACKTEST_MAX_PRICE, or a signal that is none: those before it are in
 */
gboolean bs_backtest_push (BsBacktest *self, const BsBacktestBar *bars, gsize n, GError **error);

guint64 bs_backtest_first (const BsBacktest *self);
/** One past the newest bar. */
guint64 bs_backtest_end (const BsBacktest *self);
const BsBacktestCosts *bs_backtest_costs (const BsBacktest *self);
/** After each bar, in points: [end - first]. Owned by @self, good until the next push. */
const double *bs_backtest_equity (const BsBacktest *self);
const double *bs_backtest_drawdown (const BsBacktest *self);
/** Of buy and hold, in points; likewise. */
const double *bs_backtest_hold (const BsBacktest *self);
/** bs_backtest_trades: all in order, the open one (if any) the last; owned by @self, good until the next push */
const BsBacktestTrade *bs_backtest_trades (const BsBacktest *self, gsize *n);
void bs_backtest_summary (const BsBacktest *self, BsBacktestSummary *summary);

/** bs_backtest_extremes: over bars @from <= index < @to, at least one of them there. Cost: 128 bars and one in 64 of the others. */
void bs_backtest_extremes (const BsBacktest *self, guint64 from, guint64 to, BsBacktestExtremes *extremes);

/** Closed trades that won, of all that were closed, 0..1; NAN where there is none. */
double bs_backtest_hit_rate (const BsBacktestSummary *summary);
/** What the winners won over what the losers lost; INFINITY where nothing was lost, NAN where nothing was won or lost. */
double bs_backtest_profit_factor (const BsBacktestSummary *summary);
/** Part of the bars that a position was held over, 0..1; NAN without bars. */
double bs_backtest_exposure (const BsBacktestSummary *summary);
/** Net of a closed trade, on average, points; NAN where there is none. */
double bs_backtest_mean_trade (const BsBacktestSummary *summary);

G_END_DECLS
