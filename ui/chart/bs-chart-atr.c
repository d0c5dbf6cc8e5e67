/* bs-chart-atr.c: the average true range over a number of bars of one's own choice, for the band */
#include "ui/chart/bs-chart-atr.h"

#include <math.h>

#include "inference/features/bs-feature-atr.h"

/** Values under one of the largest of them. */
#define TOP_BARS 64
/** Prices read at once. */
#define BLOCK_BARS 512
/** Values of bars that have left are freed when there are so many. */
#define SPARE_BARS (1024 * TOP_BARS)

struct _BsChartAtr
{
  guint period;
  guint64 base, end; /* bars that there are values of */
  GArray *values;    /* of float */
  GArray *tops;      /* of float: the largest of each TOP_BARS values */
  double *ranges;    /* [period]: the newest true ranges, a ring; bar i's at i % period */
  guint n_ranges;
  double sum; /* of them */
};

BsChartAtr *
bs_chart_atr_new (guint period)
{
  BsChartAtr *self;

  g_return_val_if_fail (period >= 1 && period <= BS_CHART_ATR_MAX_PERIOD, NULL);

  self = g_new0 (BsChartAtr, 1);
  self->period = period;
  self->values = g_array_new (FALSE, FALSE, sizeof (float));
  self->tops = g_array_new (FALSE, FALSE, sizeof (float));
  self->ranges = g_new (double, period);
  return self;
}

void
bs_chart_atr_free (BsChartAtr *self)
{
  g_array_unref (self->values);
  g_array_unref (self->tops);
  g_free (self->ranges);
  g_free (self);
}

static void
add_range (BsChartAtr *self, guint64 index, double range)
{
  double *slot = &self->ranges[index % self->period];

  if (self->n_ranges == self->period)
    self->sum -= *slot;
  else
    self->n_ranges++;
  *slot = range;
  self->sum += range;
}

static void
add_value (BsChartAtr *self, float value)
{
  guint at = self->values->len;
  float *top;

  g_array_append_val (self->values, value);
  if (at % TOP_BARS == 0)
    {
      g_array_append_val (self->tops, value);
      return;
    }
  top = &g_array_index (self->tops, float, at / TOP_BARS);
  if (isnan (*top) || value > *top)
    *top = value;
}

/* The true ranges of bars from <= index < to, each but the oldest's; with their values too where @values. */
static void
compute (BsChartAtr *self, BsChartData *data, guint64 from, guint64 to, gboolean values)
{
  double high[BLOCK_BARS + 1], low[BLOCK_BARS + 1], close[BLOCK_BARS + 1];
  guint64 first = bs_chart_data_first (data);

  while (from < to)
    {
      guint n = (guint) MIN (to - from, BLOCK_BARS), before = from > first;

      bs_chart_data_prices (data, from - before, n + before, high, low, close);
      for (guint i = 0; i < n; i++)
        {
          if (i + before > 0)
            add_range (self, from + i, bs_true_range (high[i + before], low[i + before], close[i + before - 1]));
          if (values)
            add_value (self, self->n_ranges > 0 ? (float) (self->sum / self->n_ranges) : NAN);
        }
      from += n;
    }
}

static void
restart (BsChartAtr *self, BsChartData *data, guint64 first)
{
  guint64 back = MIN (self->end - first, self->period);

  self->n_ranges = 0;
  self->sum = 0;
  compute (self, data, self->end - back, self->end, FALSE);
}

/* Bars may have left on either side since. */
static void
follow (BsChartAtr *self, BsChartData *data, guint64 first, guint64 end)
{
  if (self->end < first || self->base > first || end <= self->base)
    {
      g_array_set_size (self->values, 0);
      g_array_set_size (self->tops, 0);
      self->base = self->end = first;
      restart (self, data, first);
    }
  else if (self->end > end)
    {
      guint n = (guint) (end - self->base), whole = n / TOP_BARS * TOP_BARS;
      g_autofree float *rest = g_memdup2 (&g_array_index (self->values, float, whole), (n - whole) * sizeof (float));

      g_array_set_size (self->values, whole);
      g_array_set_size (self->tops, whole / TOP_BARS);
      for (guint i = 0; i < n - whole; i++)
        add_value (self, rest[i]);
      self->end = end;
      restart (self, data, first);
    }
  if (first - self->base >= SPARE_BARS)
    {
      guint gone = (guint) ((first - self->base) / TOP_BARS * TOP_BARS);

      g_array_remove_range (self->values, 0, MIN (gone, self->values->len));
      g_array_remove_range (self->tops, 0, MIN (gone / TOP_BARS, self->tops->len));
      self->base += gone;
    }
}

gboolean
bs_chart_atr_extend (BsChartAtr *self, BsChartData *data, guint max)
{
  guint64 first = bs_chart_data_first (data), end = bs_chart_data_end (data), to;

  follow (self, data, first, end);
  to = MIN (end, self->end + max);
  compute (self, data, self->end, to, TRUE);
  self->end = to;
  return to == end;
}

double
bs_chart_atr_max (const BsChartAtr *self, guint64 from, guint64 to)
{
  double max = NAN;

  from = MAX (from, self->base);
  to = MIN (to, self->end);
  while (from < to)
    {
      guint at = (guint) (from - self->base);
      gboolean top = at % TOP_BARS == 0 && from + TOP_BARS <= to;
      float value = top ? g_array_index (self->tops, float, at / TOP_BARS) : g_array_index (self->values, float, at);

      if (isnan (max) || value > max)
        max = value;
      from += top ? TOP_BARS : 1;
    }
  return max;
}
