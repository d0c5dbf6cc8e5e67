/* bs-backtest.c: what signals would have earned on bars of the past */
#include "inference/backtest/bs-backtest.h"

#include <math.h>

/* Bars of a block whose extremes are kept. */
#define BLOCK 64

struct _BsBacktest
{
  gint ref_count; /* atomic */
  BsBacktestCosts costs;
  guint64 first;
  GArray *equity, *drawdown, *hold; /* (element-type double): one a bar */
  GArray *blocks;                   /* (element-type BsBacktestExtremes): one for BLOCK bars, the last one in part */
  GArray *trades;                   /* (element-type BsBacktestTrade) */
  BsBacktestSummary summary;

  int position;     /* -1, 0, +1 */
  guint8 pending;   /* signal of the newest bar, for the open of the next one */
  double realised;  /* net of the closed trades, in their order; gross and cost likewise */
  double realised_gross, realised_cost;
  double peak;      /* highest equity so far */
  guint64 peak_bar;
  gint64 peak_us;
  double hold_price, hold_cost, hold_peak;
};

G_DEFINE_QUARK (bs-backtest-error-quark, bs_backtest_error)

static gboolean
check_cost (const char *name, double value, double low, gboolean above, double high, GError **error)
{
  if (isfinite (value) && (above ? value > low : value >= low) && value <= high)
    return TRUE;
  g_set_error (error, BS_BACKTEST_ERROR, BS_BACKTEST_ERROR_COST, "%s: expected a number %s %g and at most %g, got %g", name,
               above ? "above" : "from", low, high, value);
  return FALSE;
}

gboolean
bs_backtest_costs_check (const BsBacktestCosts *costs, GError **error)
{
  return check_cost ("cost in points", costs->points, 0, FALSE, BS_BACKTEST_MAX_POINTS, error)
         && check_cost ("cost in percent", costs->percent, 0, FALSE, BS_BACKTEST_MAX_PERCENT, error)
         && check_cost ("point value", costs->point_value, 0, TRUE, BS_BACKTEST_MAX_POINT_VALUE, error);
}

BsBacktest *
bs_backtest_new (guint64 first, gsize n_expected, const BsBacktestCosts *costs)
{
  const guint n = (guint) MIN (n_expected, (gsize) 1 << 24);
  BsBacktest *self = g_new0 (BsBacktest, 1);

  self->ref_count = 1;
  self->costs = *costs;
  self->first = first;
  self->equity = g_array_sized_new (FALSE, FALSE, sizeof (double), n);
  self->drawdown = g_array_sized_new (FALSE, FALSE, sizeof (double), n);
  self->hold = g_array_sized_new (FALSE, FALSE, sizeof (double), n);
  self->blocks = g_array_sized_new (FALSE, FALSE, sizeof (BsBacktestExtremes), n / BLOCK + 1);
  self->trades = g_array_new (FALSE, FALSE, sizeof (BsBacktestTrade));
  self->pending = BS_BACKTEST_NO_SIGNAL;
  self->peak_bar = first;
  self->summary = (BsBacktestSummary){ .first = first, .peak = first, .trough = first, .best = NAN, .worst = NAN };
  return self;
}

BsBacktest *
bs_backtest_ref (BsBacktest *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
bs_backtest_unref (BsBacktest *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_array_unref (self->equity);
  g_array_unref (self->drawdown);
  g_array_unref (self->hold);
  g_array_unref (self->blocks);
  g_array_unref (self->trades);
  g_free (self);
}

static double
cost_of_fill (const BsBacktest *self, double price)
{
  return self->costs.points + self->costs.percent / 100 * price;
}

static BsBacktestTrade *
open_trade (const BsBacktest *self)
{
  return &g_array_index (self->trades, BsBacktestTrade, self->trades->len - 1);
}

static void
mark (BsBacktestTrade *trade, guint64 bar, gint64 time_us, double price)
{
  trade->exit = bar;
  trade->exit_us = time_us;
  trade->exit_price = price;
  trade->gross = trade->side * (price - trade->entry_price);
  trade->net = trade->gross - trade->cost;
}

static void
close_position (BsBacktest *self, guint64 bar, gint64 time_us, double price)
{
  BsBacktestTrade *trade = open_trade (self);
  BsBacktestSummary *summary = &self->summary;

  trade->cost += cost_of_fill (self, price);
  trade->open = FALSE;
  mark (trade, bar, time_us, price);
  self->position = 0;
  self->realised += trade->net;
  self->realised_gross += trade->gross;
  self->realised_cost += trade->cost;

  summary->n_trades++;
  summary->n_long += trade->side > 0;
  summary->n_won += trade->net > 0;
  summary->n_lost += trade->net < 0;
  *(trade->net > 0 ? &summary->won : &summary->lost) += trade->net;
  summary->best = fmax (summary->best, trade->net);
  summary->worst = fmin (summary->worst, trade->net);
}

static void
open_position (BsBacktest *self, int side, guint64 bar, gint64 time_us, double price)
{
  const BsBacktestTrade trade = {
    .entry = bar,
    .entry_us = time_us,
    .entry_price = price,
    .cost = cost_of_fill (self, price),
    .side = (gint8) side,
    .open = TRUE,
  };

  g_array_append_val (self->trades, trade);
  self->position = side;
}

/* The signal of the bar before, on the open of @bar. */
static void
act (BsBacktest *self, guint64 bar, gint64 time_us, double price)
{
  const int wanted = self->pending == BS_BACKTEST_NO_SIGNAL ? self->position : (int) self->pending - BS_CLASS_HOLD;

  G_STATIC_ASSERT (BS_CLASS_SHORT - BS_CLASS_HOLD == -1 && BS_CLASS_LONG - BS_CLASS_HOLD == 1);
  if (wanted == self->position)
    return;
  if (self->position != 0)
    close_position (self, bar, time_us, price);
  if (wanted != 0)
    open_position (self, wanted, bar, time_us, price);
}

static void
widen (BsBacktestExtremes *self, double equity, double hold, double drawdown)
{
  self->equity_low = fmin (self->equity_low, equity);
  self->equity_high = fmax (self->equity_high, equity);
  self->hold_low = fmin (self->hold_low, hold);
  self->hold_high = fmax (self->hold_high, hold);
  self->drawdown = fmax (self->drawdown, drawdown);
}

static void
keep (BsBacktest *self, guint64 bar, gint64 time_us, double equity, double hold)
{
  BsBacktestSummary *summary = &self->summary;
  double drawdown;

  if (equity > self->peak)
    {
      self->peak = equity;
      self->peak_bar = bar;
      self->peak_us = time_us;
    }
  drawdown = self->peak - equity;
  if (drawdown > summary->max_drawdown)
    {
      summary->max_drawdown = drawdown;
      summary->peak = self->peak_bar;
      summary->trough = bar;
      summary->peak_us = self->peak_us;
      summary->trough_us = time_us;
    }
  self->hold_peak = fmax (self->hold_peak, hold);
  summary->hold_max_drawdown = fmax (summary->hold_max_drawdown, self->hold_peak - hold);
  summary->hold_net = hold;

  if (self->equity->len % BLOCK == 0)
    {
      const BsBacktestExtremes block = { equity, equity, hold, hold, drawdown };
      g_array_append_val (self->blocks, block);
    }
  else
    widen (&g_array_index (self->blocks, BsBacktestExtremes, self->blocks->len - 1), equity, hold, drawdown);
  g_array_append_val (self->equity, equity);
  g_array_append_val (self->drawdown, drawdown);
  g_array_append_val (self->hold, hold);
}

static void
push_one (BsBacktest *self, const BsBacktestBar *bar)
{
  BsBacktestSummary *summary = &self->summary;
  const guint64 index = self->first + self->equity->len;
  double open_gross = 0, open_cost = 0, open_net = 0, hold = 0;

  if (summary->n_bars == 0)
    summary->first_us = summary->peak_us = summary->trough_us = self->peak_us = bar->time_us;
  summary->last_us = bar->time_us;
  act (self, index, bar->time_us, bar->open);
  if (self->equity->len == 1)
    {
      self->hold_price = bar->open;
      self->hold_cost = cost_of_fill (self, bar->open);
    }
  if (self->equity->len >= 1)
    hold = bar->close - self->hold_price - self->hold_cost;
  if (self->position != 0)
    {
      BsBacktestTrade *trade = open_trade (self);

      mark (trade, index, bar->time_us, bar->close);
      open_gross = trade->gross;
      open_cost = trade->cost;
      open_net = trade->net;
      summary->n_exposed++;
    }
  summary->open = self->position != 0;
  summary->gross = self->realised_gross + open_gross;
  summary->cost = self->realised_cost + open_cost;
  summary->net = self->realised + open_net;
  summary->n_bars++;
  if (bar->signal != BS_BACKTEST_NO_SIGNAL)
    {
      summary->n_signals++;
      summary->n_out_of_range += !bar->in_range;
    }
  keep (self, index, bar->time_us, summary->net, hold);
  self->pending = bar->signal;
}

static gboolean
check_price (const BsBacktest *self, const char *name, double price, GError **error)
{
  if (price > 0 && price <= BS_BACKTEST_MAX_PRICE) /* false for NaN */
    return TRUE;
  g_set_error (error, BS_BACKTEST_ERROR, BS_BACKTEST_ERROR_BAR,
               "bar %" G_GUINT64_FORMAT ": %s: expected a price above 0 and at most %g, got %g", bs_backtest_end (self), name,
               BS_BACKTEST_MAX_PRICE, price);
  return FALSE;
}

gboolean
bs_backtest_push (BsBacktest *self, const BsBacktestBar *bars, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      if (!check_price (self, "open", bars[i].open, error) || !check_price (self, "close", bars[i].close, error))
        return FALSE;
      if (bars[i].signal >= BS_N_CLASSES && bars[i].signal != BS_BACKTEST_NO_SIGNAL)
        {
          g_set_error (error, BS_BACKTEST_ERROR, BS_BACKTEST_ERROR_BAR,
                       "bar %" G_GUINT64_FORMAT ": signal: expected short, hold, long or none, got %u", bs_backtest_end (self),
                       bars[i].signal);
          return FALSE;
        }
      push_one (self, &bars[i]);
    }
  return TRUE;
}

guint64
bs_backtest_first (const BsBacktest *self)
{
  return self->first;
}

guint64
bs_backtest_end (const BsBacktest *self)
{
  return self->first + self->equity->len;
}

const BsBacktestCosts *
bs_backtest_costs (const BsBacktest *self)
{
  return &self->costs;
}

const double *
bs_backtest_equity (const BsBacktest *self)
{
  return (const double *) (gpointer) self->equity->data;
}

const double *
bs_backtest_drawdown (const BsBacktest *self)
{
  return (const double *) (gpointer) self->drawdown->data;
}

const double *
bs_backtest_hold (const BsBacktest *self)
{
  return (const double *) (gpointer) self->hold->data;
}

const BsBacktestTrade *
bs_backtest_trades (const BsBacktest *self, gsize *n)
{
  *n = self->trades->len;
  return (const BsBacktestTrade *) (gpointer) self->trades->data;
}

void
bs_backtest_summary (const BsBacktest *self, BsBacktestSummary *summary)
{
  *summary = self->summary;
}

void
bs_backtest_extremes (const BsBacktest *self, guint64 from, guint64 to, BsBacktestExtremes *extremes)
{
  const double *equity = bs_backtest_equity (self), *hold = bs_backtest_hold (self), *drawdown = bs_backtest_drawdown (self);

  g_return_if_fail (from >= self->first && from < to && to <= bs_backtest_end (self));

  from -= self->first;
  to -= self->first;
  *extremes = (BsBacktestExtremes){ equity[from], equity[from], hold[from], hold[from], drawdown[from] };
  while (from < to)
    {
      if (from % BLOCK == 0 && to - from >= BLOCK)
        {
          const BsBacktestExtremes *block = &g_array_index (self->blocks, BsBacktestExtremes, from / BLOCK);

          widen (extremes, block->equity_low, block->hold_low, block->drawdown);
          widen (extremes, block->equity_high, block->hold_high, block->drawdown);
          from += BLOCK;
          continue;
        }
      widen (extremes, equity[from], hold[from], drawdown[from]);
      from++;
    }
}

double
bs_backtest_hit_rate (const BsBacktestSummary *summary)
{
  return summary->n_trades > 0 ? (double) summary->n_won / (double) summary->n_trades : NAN;
}

double
bs_backtest_profit_factor (const BsBacktestSummary *summary)
{
  if (summary->lost < 0)
    return summary->won / -summary->lost;
  return summary->won > 0 ? INFINITY : NAN;
}

double
bs_backtest_exposure (const BsBacktestSummary *summary)
{
  return summary->n_bars > 0 ? (double) summary->n_exposed / (double) summary->n_bars : NAN;
}

double
bs_backtest_mean_trade (const BsBacktestSummary *summary)
{
  return summary->n_trades > 0 ? (summary->won + summary->lost) / (double) summary->n_trades : NAN;
}
