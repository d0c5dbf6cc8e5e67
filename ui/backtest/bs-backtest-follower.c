/* bs-backtest-follower.c: keeps a backtest at what a chart shows */
#include "ui/backtest/bs-backtest-follower.h"

/* Bars between two looks at the clock. */
#define AT_ONCE 512
/* Bars that have left and still count, where all do: a part of those held, and at least so many. */
#define LEFT_PART 8
#define LEFT_LEAST 1000

/* A calculation, and what it was made from. */
typedef struct
{
  BsBacktest *backtest; /* (nullable) */
  guint64 revision, bars_revision; /* of the data */
} Calculation;

struct _BsBacktestFollower
{
  BsChartData *data; /* (nullable) */
  BsBacktestCosts costs;
  guint64 from, to;
  Calculation shown, building;
  gboolean frozen; /* what is shown may not grow */
  gboolean cleared; /* it is gone, and nobody was told */
};

BsBacktestFollower *
bs_backtest_follower_new (void)
{
  BsBacktestFollower *self = g_new0 (BsBacktestFollower, 1);

  self->costs = (BsBacktestCosts) BS_BACKTEST_COSTS_INIT;
  self->to = G_MAXUINT64;
  return self;
}

static void
clear (Calculation *calculation)
{
  g_clear_pointer (&calculation->backtest, bs_backtest_unref);
}

void
bs_backtest_follower_free (BsBacktestFollower *self)
{
  if (self == NULL)
    return;
  clear (&self->shown);
  clear (&self->building);
  g_clear_object (&self->data);
  g_free (self);
}

void
bs_backtest_follower_set_data (BsBacktestFollower *self, BsChartData *data)
{
  if (!g_set_object (&self->data, data))
    return;
  self->cleared = self->shown.backtest != NULL;
  clear (&self->shown);
  clear (&self->building);
}

void
bs_backtest_follower_set_costs (BsBacktestFollower *self, const BsBacktestCosts *costs)
{
  self->costs = *costs;
}

void
bs_backtest_follower_set_range (BsBacktestFollower *self, guint64 from, guint64 to)
{
  self->from = from;
  self->to = to;
}

static gboolean
same_costs (const BsBacktestCosts *a, const BsBacktestCosts *b)
{
  return a->points == b->points && a->percent == b->percent && a->point_value == b->point_value;
}

/* The bars that count now. */
static void
find_range (BsBacktestFollower *self, guint64 *first, guint64 *end)
{
  const guint64 oldest = bs_chart_data_first (self->data), newest = bs_chart_data_end (self->data);

  *end = CLAMP (self->to, oldest, newest);
  *first = CLAMP (self->from, oldest, *end);
}

static gboolean
begins_right (BsBacktestFollower *self, const BsBacktest *backtest, guint64 first)
{
  const guint64 begun = bs_backtest_first (backtest), n_held = bs_chart_data_end (self->data) - bs_chart_data_first (self->data);

  if (begun == first)
    return TRUE;
  /* Where all bars count, some may have left since. */
  return self->from == 0 && begun < first && first - begun <= MAX (n_held / LEFT_PART, LEFT_LEAST)
         && bs_backtest_end (backtest) >= first;
}

/* Whether @calculation, grown to @end, is what is wanted. */
static gboolean
is_wanted (BsBacktestFollower *self, const Calculation *calculation, guint64 first, guint64 end)
{
  const BsBacktest *backtest = calculation->backtest;

  return backtest != NULL && calculation->bars_revision == bs_chart_data_bars_revision (self->data)
         && calculation->revision == bs_chart_data_revision (self->data) && begins_right (self, backtest, first)
         && bs_backtest_end (backtest) <= end && same_costs (bs_backtest_costs (backtest), &self->costs);
}

/* Whether @calculation can be brought to its end and shown, though something else is wanted by now: else nothing would ever be shown
 * where what is wanted changes with each frame. */
static gboolean
is_possible (BsBacktestFollower *self, const Calculation *calculation)
{
  const BsBacktest *backtest = calculation->backtest;

  return backtest != NULL && calculation->bars_revision == bs_chart_data_bars_revision (self->data)
         && bs_backtest_end (backtest) >= bs_chart_data_first (self->data)
         && same_costs (bs_backtest_costs (backtest), &self->costs);
}

static gboolean
push (BsBacktestFollower *self, BsBacktest *backtest, guint n)
{
  gint64 time_us[AT_ONCE];
  double open[AT_ONCE], close[AT_ONCE];
  guint8 signal[AT_ONCE];
  gboolean in_range[AT_ONCE];
  BsBacktestBar bars[AT_ONCE];

  bs_chart_data_signals (self->data, bs_backtest_end (backtest), n, time_us, open, close, signal, in_range);
  for (guint i = 0; i < n; i++)
    bars[i] = (BsBacktestBar){ time_us[i], open[i], close[i], signal[i], in_range[i] };
  /* Bars that the chart has were checked on their way here. */
  return bs_backtest_push (backtest, bars, n, NULL);
}

/* Returns whether @backtest has come to @end. */
static gboolean
grow (BsBacktestFollower *self, BsBacktest *backtest, guint64 end, gint64 until)
{
  while (bs_backtest_end (backtest) < end)
    {
      if (!push (self, backtest, (guint) MIN (end - bs_backtest_end (backtest), AT_ONCE)))
        return TRUE;
      if (g_get_monotonic_time () >= until)
        break;
    }
  return bs_backtest_end (backtest) >= end;
}

gboolean
bs_backtest_follower_step (BsBacktestFollower *self, gint64 max_us, gboolean *changed)
{
  const gint64 until = g_get_monotonic_time () + max_us;
  guint64 first, end;

  *changed = self->cleared;
  self->cleared = FALSE;
  if (self->data == NULL)
    return FALSE;
  find_range (self, &first, &end);
  if (!self->frozen && is_wanted (self, &self->shown, first, end))
    {
      clear (&self->building);
      *changed |= bs_backtest_end (self->shown.backtest) < end;
      return !grow (self, self->shown.backtest, end, until);
    }
  if (self->frozen && is_wanted (self, &self->shown, first, end) && bs_backtest_end (self->shown.backtest) == end)
    return FALSE; /* nothing to grow by */

  if (!is_possible (self, &self->building))
    {
      clear (&self->building);
      self->building.backtest = bs_backtest_new (first, (gsize) (end - first), &self->costs);
      self->building.revision = bs_chart_data_revision (self->data);
      self->building.bars_revision = bs_chart_data_bars_revision (self->data);
    }
  const gboolean wanted = is_wanted (self, &self->building, first, end);
  if (!grow (self, self->building.backtest, end, until))
    return TRUE;
  clear (&self->shown);
  self->shown = self->building;
  self->building.backtest = NULL;
  self->frozen = FALSE;
  *changed = TRUE;
  return !wanted;
}

const BsBacktest *
bs_backtest_follower_get (BsBacktestFollower *self)
{
  return self->shown.backtest;
}

BsBacktest *
bs_backtest_follower_freeze (BsBacktestFollower *self)
{
  if (self->shown.backtest == NULL)
    return NULL;
  self->frozen = TRUE;
  return bs_backtest_ref (self->shown.backtest);
}

double
bs_backtest_follower_progress (BsBacktestFollower *self)
{
  guint64 first, end;

  if (self->building.backtest == NULL || self->data == NULL)
    return 1;
  find_range (self, &first, &end);
  first = bs_backtest_first (self->building.backtest);
  return end > first ? MIN (1.0, (double) (bs_backtest_end (self->building.backtest) - first) / (double) (end - first)) : 1;
}
