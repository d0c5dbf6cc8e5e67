/* bs-chart-chunk.c: a fixed number of bars as columns, with the min/max pyramid over them */
#include "ui/chart/bs-chart-chunk.h"

#define N_LEVELS 4

enum
{
  FLAG_HURST_COMPUTED = 1 << 0,
  FLAG_IN_RANGE = 1 << 1,
};

static const guint level_start[N_LEVELS] = { 0, 512, 576, 584 };
static const guint level_bars[N_LEVELS] = { 8, 64, 512, 4096 };

static const BsChartSummary empty = BS_CHART_SUMMARY_EMPTY;

BsChartChunk *
bs_chart_chunk_new (void)
{
  BsChartChunk *self = g_new (BsChartChunk, 1);

  self->n = 0;
  return self;
}

static void
widen (float *min, float *max, float value)
{
  /* Comparisons with NAN are false: a value that is not known widens nothing. */
  if (value < *min)
    *min = value;
  if (value > *max)
    *max = value;
}

static void
merge_bar (const BsChartChunk *self, guint i, BsChartSummary *summary)
{
  summary->low = MIN (summary->low, self->low[i]);
  summary->high = MAX (summary->high, self->high[i]);
  widen (&summary->close_min, &summary->close_max, (float) self->close[i]);
  summary->volume_max = MAX (summary->volume_max, (float) self->volume[i]);
  widen (&summary->hurst_min, &summary->hurst_max, self->hurst[i]);
  widen (&summary->atr_min, &summary->atr_max, self->atr[i]);
  widen (&summary->confidence_min, &summary->confidence_max, self->confidence[i]);
  if (self->signal[i] < BS_N_CLASSES)
    summary->signals |= (guint8) (1u << self->signal[i]);
}

void
bs_chart_summary_add (BsChartSummary *self, const BsChartPoint *point)
{
  self->low = MIN (self->low, point->bar.low);
  self->high = MAX (self->high, point->bar.high);
  widen (&self->close_min, &self->close_max, (float) point->bar.close);
  self->volume_max = MAX (self->volume_max, (float) point->bar.volume);
  widen (&self->hurst_min, &self->hurst_max, (float) point->hurst);
  widen (&self->atr_min, &self->atr_max, (float) point->atr);
  widen (&self->confidence_min, &self->confidence_max, (float) point->confidence);
  if (point->signal < BS_N_CLASSES)
    self->signals |= (guint8) (1u << point->signal);
}

static void
set_values (BsChartChunk *self, guint i, const BsChartPoint *point)
{
  self->hurst[i] = (float) point->hurst;
  self->atr[i] = (float) point->atr;
  self->confidence[i] = (float) point->confidence;
  self->signal[i] = point->signal;
  self->raw_signal[i] = point->raw_signal;
  self->flags[i] = (guint8) ((point->hurst_computed ? FLAG_HURST_COMPUTED : 0) | (point->in_range ? FLAG_IN_RANGE : 0));
}

void
bs_chart_chunk_append (BsChartChunk *self, const BsChartPoint *point)
{
  guint i = self->n;

  g_assert (i < BS_CHART_CHUNK_BARS);

  self->time_us[i] = point->bar.time_us;
  self->open[i] = point->bar.open;
  self->high[i] = point->bar.high;
  self->low[i] = point->bar.low;
  self->close[i] = point->bar.close;
  self->volume[i] = point->bar.volume;
  set_values (self, i, point);
  self->n++;
  for (guint level = 0; level < N_LEVELS; level++)
    {
      BsChartSummary *node = &self->nodes[level_start[level] + i / level_bars[level]];

      if (i % level_bars[level] == 0)
        *node = empty;
      merge_bar (self, i, node);
    }
}

/* Makes the nodes over bars from <= i < to anew, each from what lies under it. */
static void
rebuild (BsChartChunk *self, guint from, guint to)
{
  for (guint level = 0; level < N_LEVELS; level++)
    for (guint k = from / level_bars[level]; k <= (to - 1) / level_bars[level]; k++)
      {
        BsChartSummary *node = &self->nodes[level_start[level] + k];
        guint start = k * level_bars[level], end = MIN (start + level_bars[level], self->n);

        *node = empty;
        if (level == 0)
          for (guint i = start; i < end; i++)
            merge_bar (self, i, node);
        else
          for (guint i = start; i < end; i += level_bars[level - 1])
            bs_chart_summary_merge (node, &self->nodes[level_start[level - 1] + i / level_bars[level - 1]]);
      }
}

void
bs_chart_chunk_update (BsChartChunk *self, guint at, const BsChartPoint *points, guint n)
{
  g_assert (at + n <= self->n);

  if (n == 0)
    return;
  for (guint i = 0; i < n; i++)
    set_values (self, at + i, &points[i]);
  rebuild (self, at, at + n);
}

void
bs_chart_chunk_truncate (BsChartChunk *self, guint n)
{
  g_assert (n <= self->n);

  self->n = n;
  if (n > 0)
    rebuild (self, n - 1, n);
}

gboolean
bs_chart_chunk_in_range (const BsChartChunk *self, guint at)
{
  return (self->flags[at] & FLAG_IN_RANGE) != 0;
}

void
bs_chart_chunk_get (const BsChartChunk *self, guint at, BsChartPoint *point)
{
  g_assert (at < self->n);

  *point = (BsChartPoint) {
    .bar = {
      .time_us = self->time_us[at],
      .open = self->open[at],
      .high = self->high[at],
      .low = self->low[at],
      .close = self->close[at],
      .volume = self->volume[at],
    },
    .hurst = self->hurst[at],
    .atr = self->atr[at],
    .confidence = self->confidence[at],
    .signal = self->signal[at],
    .raw_signal = self->raw_signal[at],
    .hurst_computed = (self->flags[at] & FLAG_HURST_COMPUTED) != 0,
    .in_range = (self->flags[at] & FLAG_IN_RANGE) != 0,
  };
}

void
bs_chart_chunk_summarise (const BsChartChunk *self, guint from, guint to, BsChartSummary *summary)
{
  guint i = from;

  g_assert (to <= self->n);

  while (i < to)
    {
      guint level = 0;

      if (i % level_bars[0] != 0 || i + level_bars[0] > to)
        {
          merge_bar (self, i, summary);
          i++;
          continue;
        }
      /* The largest node that starts here and ends in time. */
      while (level + 1 < N_LEVELS && i % level_bars[level + 1] == 0 && i + level_bars[level + 1] <= to)
        level++;
      bs_chart_summary_merge (summary, &self->nodes[level_start[level] + i / level_bars[level]]);
      i += level_bars[level];
    }
}
