/* test-backtest.c: what signals would have earned: by hand, against a plain reference, without a look ahead, bar by bar as at once */
#include <math.h>
#include <string.h>

#include "app/feeds/bs-random.h"
#include "inference/backtest/bs-backtest.h"
#include "inference/backtest/bs-backtest-training.h"

#define NONE BS_BACKTEST_NO_SIGNAL
#define S BS_CLASS_SHORT
#define H BS_CLASS_HOLD
#define L BS_CLASS_LONG

static BsBacktest *
calculate (guint64 first, const BsBacktestBar *bars, gsize n, const BsBacktestCosts *costs)
{
  g_autoptr (GError) error = NULL;
  BsBacktest *self = bs_backtest_new (first, n, costs);

  bs_backtest_push (self, bars, n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bs_backtest_end (self), ==, first + n);
  return self;
}

/* By hand. */

static void
test_by_hand (void)
{
  /* Long from 101 to 103 (+2), then turned to short from 103 to 106 (-3), closed by hold; then long from 108, still open at 110. */
  static const BsBacktestBar bars[] = {
    { 0, 100, 100.5, L, TRUE }, { 10, 101, 102, NONE, TRUE }, { 20, 102, 104, S, TRUE }, { 30, 103, 105, H, TRUE },
    { 40, 106, 107, L, FALSE },  { 50, 108, 109, L, TRUE },    { 60, 109, 110, S, TRUE },
  };
  /* A point and 0.5 a side. */
  const BsBacktestCosts costs = { .points = 0.5, .percent = 0, .point_value = 50 };
  static const double equity[] = { 0, 0.5, 2.5, 2 - 1 - 2 - 0.5, -3, -3 + 1 - 0.5, -3 + 2 - 0.5 };
  static const double drawdown[] = { 0, 0, 0, 4, 5.5, 5, 4 };
  static const double hold[] = { 0, 0.5, 2.5, 3.5, 5.5, 7.5, 8.5 };
  g_autoptr (BsBacktest) self = calculate (1000, bars, G_N_ELEMENTS (bars), &costs);
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (self, &n);
  BsBacktestSummary summary;

  for (guint i = 0; i < G_N_ELEMENTS (bars); i++)
    {
      g_assert_cmpfloat (bs_backtest_equity (self)[i], ==, equity[i]);
      g_assert_cmpfloat (bs_backtest_drawdown (self)[i], ==, drawdown[i]);
      g_assert_cmpfloat (bs_backtest_hold (self)[i], ==, hold[i]);
    }

  static const BsBacktestTrade expected[] = {
    { 1001, 1003, 10, 30, 101, 103, 2, 1, 1, 1, FALSE },
    { 1003, 1004, 30, 40, 103, 106, -3, 1, -4, -1, FALSE },
    { 1005, 1006, 50, 60, 108, 110, 2, 0.5, 1.5, 1, TRUE },
  };
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (trades[i].entry, ==, expected[i].entry);
      g_assert_cmpuint (trades[i].exit, ==, expected[i].exit);
      g_assert_cmpint (trades[i].entry_us, ==, expected[i].entry_us);
      g_assert_cmpint (trades[i].exit_us, ==, expected[i].exit_us);
      g_assert_cmpfloat (trades[i].entry_price, ==, expected[i].entry_price);
      g_assert_cmpfloat (trades[i].exit_price, ==, expected[i].exit_price);
      g_assert_cmpfloat (trades[i].gross, ==, expected[i].gross);
      g_assert_cmpfloat (trades[i].cost, ==, expected[i].cost);
      g_assert_cmpfloat (trades[i].net, ==, expected[i].net);
      g_assert_cmpint (trades[i].side, ==, expected[i].side);
      g_assert_cmpint (trades[i].open, ==, expected[i].open);
    }

  bs_backtest_summary (self, &summary);
  g_assert_cmpuint (summary.first, ==, 1000);
  g_assert_cmpuint (summary.n_bars, ==, 7);
  g_assert_cmpuint (summary.n_signals, ==, 6);
  g_assert_cmpuint (summary.n_out_of_range, ==, 1);
  g_assert_cmpuint (summary.n_trades, ==, 2);
  g_assert_cmpuint (summary.n_long, ==, 1);
  g_assert_cmpuint (summary.n_won, ==, 1);
  g_assert_cmpuint (summary.n_lost, ==, 1);
  g_assert_cmpuint (summary.n_exposed, ==, 5); /* 1001 to 1003, 1005 and 1006 */
  g_assert_true (summary.open);
  g_assert_cmpfloat (summary.gross, ==, 1);
  g_assert_cmpfloat (summary.cost, ==, 2.5);
  g_assert_cmpfloat (summary.net, ==, -1.5);
  g_assert_cmpfloat (summary.best, ==, 1);
  g_assert_cmpfloat (summary.worst, ==, -4);
  g_assert_cmpfloat (summary.max_drawdown, ==, 5.5);
  g_assert_cmpuint (summary.peak, ==, 1002);
  g_assert_cmpuint (summary.trough, ==, 1004);
  g_assert_cmpint (summary.first_us, ==, 0);
  g_assert_cmpint (summary.peak_us, ==, 20);
  g_assert_cmpint (summary.trough_us, ==, 40);
  g_assert_cmpint (summary.last_us, ==, 60);
  g_assert_cmpfloat (summary.hold_net, ==, 8.5);
  g_assert_cmpfloat (summary.hold_max_drawdown, ==, 0);
  g_assert_cmpfloat (bs_backtest_hit_rate (&summary), ==, 0.5);
  g_assert_cmpfloat (bs_backtest_profit_factor (&summary), ==, 0.25);
  g_assert_cmpfloat (bs_backtest_mean_trade (&summary), ==, -1.5);
  g_assert_cmpfloat (bs_backtest_exposure (&summary), ==, 5.0 / 7);
}

static void
test_percent (void)
{
  static const BsBacktestBar bars[] = { { 0, 100, 100, L, TRUE }, { 0, 200, 200, H, TRUE }, { 0, 300, 300, H, TRUE } };
  const BsBacktestCosts costs = { .points = 1, .percent = 0.5, .point_value = 1 };
  g_autoptr (BsBacktest) self = calculate (0, bars, G_N_ELEMENTS (bars), &costs);
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (self, &n);

  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpfloat (trades[0].cost, ==, (1 + 1.0) + (1 + 1.5));
  g_assert_cmpfloat (trades[0].net, ==, 100 - 4.5);
}

/* What there is little of. */
static void
test_empty (void)
{
  const BsBacktestCosts costs = BS_BACKTEST_COSTS_INIT;
  static const BsBacktestBar one = { 0, 10, 11, L, TRUE };
  static const BsBacktestBar quiet[] = { { 0, 10, 11, NONE, TRUE }, { 0, 11, 12, H, TRUE }, { 0, 12, 9, H, TRUE } };
  BsBacktestSummary summary;
  gsize n;

  g_autoptr (BsBacktest) none = calculate (5, NULL, 0, &costs);
  bs_backtest_summary (none, &summary);
  g_assert_cmpuint (summary.n_bars, ==, 0);
  g_assert_true (isnan (bs_backtest_hit_rate (&summary)));
  g_assert_true (isnan (bs_backtest_profit_factor (&summary)));
  g_assert_true (isnan (bs_backtest_exposure (&summary)));
  g_assert_true (isnan (summary.best));

  /* The signal of the newest bar has no open to act on. */
  g_autoptr (BsBacktest) single = calculate (5, &one, 1, &costs);
  bs_backtest_summary (single, &summary);
  bs_backtest_trades (single, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpfloat (summary.net, ==, 0);
  g_assert_false (summary.open);

  g_autoptr (BsBacktest) flat = calculate (5, quiet, G_N_ELEMENTS (quiet), &costs);
  bs_backtest_summary (flat, &summary);
  bs_backtest_trades (flat, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (summary.n_signals, ==, 2);
  g_assert_cmpfloat (summary.max_drawdown, ==, 0);
  g_assert_cmpfloat (summary.hold_net, ==, -2);
  g_assert_cmpfloat (summary.hold_max_drawdown, ==, 3);
}

/* Only winners. */
static void
test_factor (void)
{
  static const BsBacktestBar bars[] = { { 0, 10, 10, S, TRUE }, { 0, 10, 9, H, TRUE }, { 0, 8, 8, H, TRUE } };
  const BsBacktestCosts costs = BS_BACKTEST_COSTS_INIT;
  g_autoptr (BsBacktest) self = calculate (0, bars, G_N_ELEMENTS (bars), &costs);
  BsBacktestSummary summary;

  bs_backtest_summary (self, &summary);
  g_assert_cmpfloat (summary.net, ==, 2);
  g_assert_cmpuint (summary.n_long, ==, 0);
  g_assert_true (isinf (bs_backtest_profit_factor (&summary)));
}

static void
test_refused (void)
{
  static const BsBacktestBar bad[] = {
    { 0, NAN, 1, L, TRUE },  { 0, 1, NAN, L, TRUE },
    { 0, INFINITY, 1, L, TRUE }, { 0, 0, 1, L, TRUE },
    { 0, 1, -1, L, TRUE },   { 0, 2 * BS_BACKTEST_MAX_PRICE, 1, L, TRUE },
    { 0, 1, 1, 3, TRUE },
  };
  static const BsBacktestCosts wrong[] = {
    { .points = -1, .point_value = 1 },  { .points = NAN, .point_value = 1 },       { .percent = -0.1, .point_value = 1 },
    { .percent = 101, .point_value = 1 }, { .point_value = 0 },                      { .point_value = NAN },
    { .percent = NAN, .point_value = 1 }, { .points = INFINITY, .point_value = 1 }, { .point_value = 2e9 },
  };
  const BsBacktestCosts costs = BS_BACKTEST_COSTS_INIT;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const BsBacktestBar bars[] = { { 0, 1, 1, L, TRUE }, bad[i], { 0, 1, 1, L, TRUE } };
      g_autoptr (BsBacktest) self = bs_backtest_new (7, 0, &costs);
      g_autoptr (GError) error = NULL;

      g_assert_false (bs_backtest_push (self, bars, G_N_ELEMENTS (bars), &error));
      g_assert_error (error, BS_BACKTEST_ERROR, BS_BACKTEST_ERROR_BAR);
      g_assert_true (g_str_has_prefix (error->message, "bar 8: "));
      g_assert_nonnull (strstr (error->message, "expected"));
      g_assert_cmpuint (bs_backtest_end (self), ==, 8);
    }
  g_assert_true (bs_backtest_costs_check (&costs, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (bs_backtest_costs_check (&wrong[i], &error));
      g_assert_error (error, BS_BACKTEST_ERROR, BS_BACKTEST_ERROR_COST);
      g_assert_nonnull (strstr (error->message, "expected a number"));
    }
}

/* Against a plain reference. */

#define MAX_BARS 400

/* How the rule is read: the right one, and wrong ones that the checks below must tell from it. */
typedef enum
{
  RULE,
  SAME_OPEN,  /* a bar early: at the open of the bar whose close the signal needs */
  SAME_CLOSE, /* at the close that the signal was made from */
  NEXT_SIGNAL, /* the signal after the next */
  N_RULES
} Rule;

typedef struct
{
  double equity[MAX_BARS];
  BsBacktestTrade trades[MAX_BARS + 1];
  guint n_trades;
} Plain;

/* The position of each bar first, then everything else from its definition: no state is carried over. */
static void
plain_run (const BsBacktestBar *bars, guint n, const BsBacktestCosts *costs, Rule rule, Plain *plain)
{
  int position[MAX_BARS + 1] = { 0 }; /* held over bar i */
  double price[MAX_BARS];             /* that a change on bar i is filled at */

  plain->n_trades = 0;
  for (guint i = 0; i < n; i++)
    {
      const int source = rule == RULE ? (int) i - 1 : rule == NEXT_SIGNAL ? MIN ((int) i + 1, (int) n - 1) : (int) i;
      int held = 0;

      for (int j = source; j >= 0; j--)
        if (bars[j].signal != NONE)
          {
            held = (int) bars[j].signal - 1;
            break;
          }
      position[i] = held;
      price[i] = rule == SAME_CLOSE ? bars[i].close : bars[i].open;
    }
  for (guint i = 0; i < n; i++)
    if (position[i] != 0 && (i == 0 || position[i] != position[i - 1]))
      {
        guint exit = i + 1;
        BsBacktestTrade *trade = &plain->trades[plain->n_trades++];

        while (exit < n && position[exit] == position[i])
          exit++;
        *trade = (BsBacktestTrade){ .entry = i, .exit = MIN (exit, n - 1), .side = (gint8) position[i], .open = exit == n };
        trade->entry_price = price[i];
        trade->exit_price = trade->open ? bars[n - 1].close : price[exit];
        trade->gross = trade->side * (trade->exit_price - trade->entry_price);
        trade->cost = costs->points + costs->percent / 100 * trade->entry_price;
        if (!trade->open)
          trade->cost += costs->points + costs->percent / 100 * trade->exit_price;
        trade->net = trade->gross - trade->cost;
      }
  for (guint i = 0; i < n; i++)
    {
      plain->equity[i] = 0;
      for (guint t = 0; t < plain->n_trades; t++)
        {
          const BsBacktestTrade *trade = &plain->trades[t];

          if (!trade->open && trade->exit <= i)
            plain->equity[i] += trade->net;
          else if (trade->entry <= i)
            plain->equity[i] += trade->side * (bars[i].close - trade->entry_price)
                                - (costs->points + costs->percent / 100 * trade->entry_price);
        }
    }
}

static void
random_bar (BsRandom *random, double before, double quiet, BsBacktestBar *bar)
{
  bar->open = fmax (1, before + bs_random_normal (random));
  bar->close = fmax (1, bar->open + bs_random_normal (random));
  bar->in_range = TRUE;
  bar->time_us = 0;
  bar->signal = bs_random_uniform (random) < quiet ? NONE : (guint8) (bs_random_next (random) % BS_N_CLASSES);
}

static void
random_bars (BsRandom *random, BsBacktestBar *bars, guint n)
{
  const double quiet = bs_random_uniform (random);

  for (guint i = 0; i < n; i++)
    random_bar (random, i > 0 ? bars[i - 1].close : 100, quiet, &bars[i]);
}

static void
test_reference (void)
{
  BsRandom random;
  BsBacktestBar bars[MAX_BARS];
  g_autofree Plain *plain = g_new (Plain, 1);
  guint n_trades = 0;

  bs_random_init (&random, 20240102);
  for (guint round = 0; round < 2000; round++)
    {
      const guint n = (guint) (bs_random_next (&random) % (round % 10 == 0 ? MAX_BARS : 30)) + 1;
      const BsBacktestCosts costs = { .points = bs_random_uniform (&random), .percent = bs_random_uniform (&random), .point_value = 1 };
      BsBacktestSummary summary;
      double peak = 0, deepest = 0, sum = 0;
      gsize n_found;

      random_bars (&random, bars, n);
      plain_run (bars, n, &costs, RULE, plain);
      g_autoptr (BsBacktest) self = calculate (0, bars, n, &costs);
      const BsBacktestTrade *trades = bs_backtest_trades (self, &n_found);
      bs_backtest_summary (self, &summary);

      g_assert_cmpuint (n_found, ==, plain->n_trades);
      for (guint t = 0; t < n_found; t++)
        {
          const BsBacktestTrade *expected = &plain->trades[t];

          g_assert_cmpuint (trades[t].entry, ==, expected->entry);
          g_assert_cmpuint (trades[t].exit, ==, expected->exit);
          g_assert_cmpint (trades[t].side, ==, expected->side);
          g_assert_cmpint (trades[t].open, ==, expected->open);
          g_assert_cmpfloat (trades[t].entry_price, ==, expected->entry_price);
          g_assert_cmpfloat (trades[t].exit_price, ==, expected->exit_price);
          g_assert_cmpfloat_with_epsilon (trades[t].net, expected->net, 1e-9);
          sum += trades[t].net;
        }
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpfloat_with_epsilon (bs_backtest_equity (self)[i], plain->equity[i], 1e-9);
          peak = fmax (peak, plain->equity[i]);
          deepest = fmax (deepest, peak - plain->equity[i]);
          g_assert_cmpfloat_with_epsilon (bs_backtest_drawdown (self)[i], peak - plain->equity[i], 1e-9);
        }
      /* The table and the curve tell the same, to the bit. */
      g_assert_cmpfloat (summary.net, ==, bs_backtest_equity (self)[n - 1]);
      g_assert_cmpfloat (summary.net, ==, sum);
      g_assert_cmpfloat_with_epsilon (summary.net, summary.gross - summary.cost, 1e-9);
      g_assert_cmpfloat_with_epsilon (summary.max_drawdown, deepest, 1e-9);
      g_assert_cmpfloat (bs_backtest_drawdown (self)[summary.trough], ==, summary.max_drawdown);
      g_assert_cmpuint (summary.peak, <=, summary.trough);
      g_assert_cmpuint (summary.n_won + summary.n_lost, <=, summary.n_trades);
      g_assert_cmpuint (summary.n_trades + summary.open, ==, n_found);
      n_trades += (guint) n_found;
    }
  g_assert_cmpuint (n_trades, >, 10000);
}

/* Without a look ahead. */

typedef void (*Calculation) (const BsBacktestBar *bars, guint n, const BsBacktestCosts *costs, Rule rule, Plain *plain);

static void
real_run (const BsBacktestBar *bars, guint n, const BsBacktestCosts *costs, Rule rule, Plain *plain)
{
  g_autoptr (BsBacktest) self = calculate (0, bars, n, costs);
  gsize n_trades;
  const BsBacktestTrade *trades = bs_backtest_trades (self, &n_trades);

  plain->n_trades = (guint) n_trades;
  if (n_trades > 0)
    memcpy (plain->trades, trades, n_trades * sizeof *trades);
  memcpy (plain->equity, bs_backtest_equity (self), n * sizeof (double));
}

/* Whether two results agree in all that was settled at the open of bar @cut: the fills up to it and the equity before it. */
static gboolean
same_until (const Plain *a, const Plain *b, guint cut)
{
  for (guint t = 0;; t++)
    {
      const BsBacktestTrade *x = t < a->n_trades && a->trades[t].entry <= cut ? &a->trades[t] : NULL;
      const BsBacktestTrade *y = t < b->n_trades && b->trades[t].entry <= cut ? &b->trades[t] : NULL;

      if (x == NULL || y == NULL)
        {
          if (x != y)
            return FALSE;
          break;
        }
      const gboolean x_closed = !x->open && x->exit <= cut, y_closed = !y->open && y->exit <= cut;
      if (x->entry != y->entry || x->side != y->side || x->entry_price != y->entry_price || x_closed != y_closed)
        return FALSE;
      if (x_closed && (x->exit != y->exit || x->exit_price != y->exit_price || x->net != y->net))
        return FALSE;
    }
  for (guint i = 0; i < cut; i++)
    if (a->equity[i] != b->equity[i])
      return FALSE;
  return TRUE;
}

/* Times of 300 that something was known too early: everything that comes after the open of a bar is replaced: its close, its signal, and
 * all bars behind it. */
static guint
count_looks_ahead (Calculation run, Rule rule)
{
  g_autofree Plain *before = g_new (Plain, 1), *after = g_new (Plain, 1);
  const BsBacktestCosts costs = { .points = 0.25, .percent = 0.01, .point_value = 1 };
  BsBacktestBar bars[40];
  BsRandom random;
  guint n_found = 0;

  bs_random_init (&random, 99);
  for (guint round = 0; round < 300; round++)
    {
      const guint cut = (guint) (bs_random_next (&random) % G_N_ELEMENTS (bars));
      double open;

      random_bars (&random, bars, G_N_ELEMENTS (bars));
      open = bars[cut].open;
      run (bars, G_N_ELEMENTS (bars), &costs, rule, before);
      for (guint i = cut; i < G_N_ELEMENTS (bars); i++)
        random_bar (&random, i > 0 ? bars[i - 1].close : 100, 0.3, &bars[i]);
      bars[cut].open = open;
      run (bars, G_N_ELEMENTS (bars), &costs, rule, after);
      n_found += !same_until (before, after, cut);
    }
  return n_found;
}

static void
test_no_look_ahead (void)
{
  g_assert_cmpuint (count_looks_ahead (real_run, RULE), ==, 0);
  g_assert_cmpuint (count_looks_ahead (plain_run, RULE), ==, 0);
  /* The check sees each way of cheating. */
  for (Rule rule = SAME_OPEN; rule < N_RULES; rule++)
    {
      const guint n = count_looks_ahead (plain_run, rule);

      g_test_message ("rule %d: %u of 300", rule, n);
      g_assert_cmpuint (n, >, 50);
    }
}

/* Bar by bar. */

static gboolean
same_bits (const double *a, const double *b, gsize n)
{
  return memcmp (a, b, n * sizeof *a) == 0;
}

static void
assert_same (const BsBacktest *a, const BsBacktest *b)
{
  const gsize n = (gsize) (bs_backtest_end (a) - bs_backtest_first (a));
  gsize n_a, n_b;
  const BsBacktestTrade *trades_a = bs_backtest_trades (a, &n_a), *trades_b = bs_backtest_trades (b, &n_b);
  BsBacktestSummary x, y;

  g_assert_cmpuint (bs_backtest_end (a), ==, bs_backtest_end (b));
  g_assert_true (same_bits (bs_backtest_equity (a), bs_backtest_equity (b), n));
  g_assert_true (same_bits (bs_backtest_drawdown (a), bs_backtest_drawdown (b), n));
  g_assert_true (same_bits (bs_backtest_hold (a), bs_backtest_hold (b), n));
  g_assert_cmpuint (n_a, ==, n_b);
  for (gsize i = 0; i < n_a; i++)
    {
      g_assert_cmpuint (trades_a[i].exit, ==, trades_b[i].exit);
      g_assert_true (same_bits (&trades_a[i].net, &trades_b[i].net, 1));
      g_assert_cmpint (trades_a[i].open, ==, trades_b[i].open);
    }
  bs_backtest_summary (a, &x);
  bs_backtest_summary (b, &y);
  g_assert_cmpuint (x.n_trades, ==, y.n_trades);
  g_assert_cmpuint (x.n_exposed, ==, y.n_exposed);
  g_assert_cmpuint (x.peak, ==, y.peak);
  g_assert_cmpuint (x.trough, ==, y.trough);
  g_assert_true (same_bits (&x.gross, &y.gross, 1) && same_bits (&x.cost, &y.cost, 1) && same_bits (&x.won, &y.won, 1)
                 && same_bits (&x.max_drawdown, &y.max_drawdown, 1) && same_bits (&x.hold_net, &y.hold_net, 1)
                 && same_bits (&x.hold_max_drawdown, &y.hold_max_drawdown, 1));
}

static void
test_streaming (void)
{
  const BsBacktestCosts costs = { .points = 0.125, .percent = 0.013, .point_value = 1 };
  BsBacktestBar bars[MAX_BARS];
  BsRandom random;

  bs_random_init (&random, 4);
  random_bars (&random, bars, MAX_BARS);
  g_autoptr (BsBacktest) streamed = bs_backtest_new (123, 0, &costs);
  for (guint n = 0; n < MAX_BARS; n++)
    {
      g_assert_true (bs_backtest_push (streamed, &bars[n], 1, NULL));
      g_autoptr (BsBacktest) anew = calculate (123, bars, n + 1, &costs);
      assert_same (streamed, anew);
    }
}

static void
test_extremes (void)
{
  const BsBacktestCosts costs = { .points = 0.125, .point_value = 1 };
  BsBacktestBar bars[MAX_BARS];
  BsRandom random;

  bs_random_init (&random, 5);
  random_bars (&random, bars, MAX_BARS);
  g_autoptr (BsBacktest) self = calculate (50, bars, MAX_BARS, &costs);
  for (guint round = 0; round < 2000; round++)
    {
      const guint from = (guint) (bs_random_next (&random) % MAX_BARS);
      const guint to = from + 1 + (guint) (bs_random_next (&random) % (MAX_BARS - from));
      BsBacktestExtremes found, expected = { INFINITY, -INFINITY, INFINITY, -INFINITY, 0 };

      for (guint i = from; i < to; i++)
        {
          expected.equity_low = fmin (expected.equity_low, bs_backtest_equity (self)[i]);
          expected.equity_high = fmax (expected.equity_high, bs_backtest_equity (self)[i]);
          expected.hold_low = fmin (expected.hold_low, bs_backtest_hold (self)[i]);
          expected.hold_high = fmax (expected.hold_high, bs_backtest_hold (self)[i]);
          expected.drawdown = fmax (expected.drawdown, bs_backtest_drawdown (self)[i]);
        }
      bs_backtest_extremes (self, 50 + from, 50 + to, &found);
      g_assert_cmpmem (&found, sizeof found, &expected, sizeof expected);
    }
}

static void
test_training_period (void)
{
  BsTrainingPeriod period;

  g_assert_false (bs_training_period_parse ("1970-01-01T00:00:10Z", "1970-01-01T01:00:00+01:00", &period));
  g_assert_true (bs_training_period_parse ("1970-01-01T00:00:10Z", "1970-01-02", &period));
  g_assert_cmpint (period.from_us, ==, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (period.to_us, ==, 2 * G_TIME_SPAN_DAY - 1);
  g_assert_false (bs_training_period_parse (NULL, "1970-01-02", &period));
  g_assert_false (bs_training_period_parse ("spring", "1970-01-02", &period));
  g_assert_false (bs_training_period_parse ("1970-01-02", "\xff", &period));
  g_assert_false (bs_training_period_read (NULL, &period));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backtest/by-hand", test_by_hand);
  g_test_add_func ("/backtest/percent", test_percent);
  g_test_add_func ("/backtest/empty", test_empty);
  g_test_add_func ("/backtest/factor", test_factor);
  g_test_add_func ("/backtest/refused", test_refused);
  g_test_add_func ("/backtest/reference", test_reference);
  g_test_add_func ("/backtest/no-look-ahead", test_no_look_ahead);
  g_test_add_func ("/backtest/streaming", test_streaming);
  g_test_add_func ("/backtest/extremes", test_extremes);
  g_test_add_func ("/backtest/training-period", test_training_period);
  return g_test_run ();
}
