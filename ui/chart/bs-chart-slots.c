/* bs-chart-slots.c: what is in view, one element for each bar or, zoomed out, for each pixel column */
#include "ui/chart/bs-chart-slots.h"

#include <math.h>

#include "ui/chart/bs-time-axis.h"

/** Bars before the view that its first Heikin-Ashi candle takes into account. */
#define HEIKIN_ASHI_WARM_UP 64

static BsChartSlot *
add_slot (BsChartSlots *self)
{
  if (self->n == self->n_allocated)
    {
      self->n_allocated = MAX (512, self->n_allocated * 2);
      self->slots = g_renew (BsChartSlot, self->slots, self->n_allocated);
    }
  return &self->slots[self->n++];
}

/* A bar by itself; @before: the point before it, and afterwards this one. */
static void
add_bar (BsChartSlots *self, BsChartData *data, int x, guint64 index, BsChartPoint *before)
{
  BsChartSlot *slot = add_slot (self);
  BsChartPoint point;

  bs_chart_data_get (data, index, &point);
  *slot = (BsChartSlot){
    .x = x,
    .from = index,
    .to = index + 1,
    .open = point.bar.open,
    .close = point.bar.close,
    .signal = point.signal,
    .raw_signal = point.raw_signal,
    .starts = point.signal != before->signal,
    .raw_starts = point.raw_signal != before->raw_signal,
    .hurst_computed = point.hurst_computed,
    .range = BS_CHART_SUMMARY_EMPTY,
  };
  bs_chart_summary_add (&slot->range, &point);
  slot->band_atr = point.atr;
  *before = point;
}

/* The bars of a pixel column. Of their signals only that they occur is shown, and that is in the extremes. */
static void
add_column (BsChartSlots *self, BsChartData *data, int x, guint64 from, guint64 to)
{
  BsChartSlot *slot = add_slot (self);

  *slot = (BsChartSlot){
    .x = x,
    .from = from,
    .to = to,
    .signal = BS_CHART_NO_SIGNAL,
    .raw_signal = BS_CHART_NO_SIGNAL,
  };
  bs_chart_data_open_close (data, from, to, &slot->open, &slot->close);
  bs_chart_data_summarise (data, from, to, &slot->range);
  slot->band_atr = slot->range.atr_min <= slot->range.atr_max ? slot->range.atr_max : NAN;
}

/*
 * The first bar of pixel column @x. A bar lies in the column that its middle is in, so each lies in exactly one. With many in a
 * column, where one begins is rounded to a node of the pyramid, by an eighth of a pixel at most: its extremes are then at hand.
 */
static guint64
column_start (BsChartData *data, const BsChartView *view, int x, guint unit)
{
  guint64 first = bs_chart_data_first (data), end = bs_chart_data_end (data);
  guint64 index = bs_chart_view_find (view, bs_chart_view_bar_at (view, x) - 0.5);

  while (index > first && bs_chart_view_center (view, index - 1) >= x)
    index--;
  while (index < end && bs_chart_view_center (view, index) < x)
    index++;
  return index < end ? bs_chart_data_align (data, index, unit) : end;
}

static void
read_columns (BsChartSlots *self, BsChartData *data, const BsChartView *view, int margin)
{
  guint64 first = bs_chart_data_first (data), last = bs_chart_data_end (data) - 1;
  /* Not rounded where there may be a gap in between. */
  guint unit = view->places != NULL || view->bar_width * 64 > 1 ? 1 : view->bar_width * 512 > 1 ? 8 : 64;
  double left = bs_chart_view_x (view, bs_chart_view_place (view, first) + 0.5);
  double right = bs_chart_view_x (view, bs_chart_view_place (view, last) + 0.5);
  /* A bar that is seen in part may have its middle a column beside the view. */
  int x = (int) floor (MAX (left, -margin - 1)), end = (int) floor (MIN (right, view->width + margin));
  guint64 start = column_start (data, view, x, unit);

  for (; x <= end; x++)
    {
      guint64 next = column_start (data, view, x + 1, unit);

      if (next > start)
        add_column (self, data, x, start, next);
      start = next;
    }
  while (self->shown_from < self->n && self->slots[self->shown_from].x < 0)
    self->shown_from++;
  self->shown_to = self->n;
  while (self->shown_to > self->shown_from && self->slots[self->shown_to - 1].x >= view->width)
    self->shown_to--;
}

void
bs_chart_slots_read (BsChartSlots *self, BsChartData *data, const BsChartView *view, int margin)
{
  BsChartPoint before = { .signal = BS_CHART_NO_SIGNAL, .raw_signal = BS_CHART_NO_SIGNAL };
  guint64 from, to, first = bs_chart_data_first (data), end = bs_chart_data_end (data), beside;
  double gap;

  self->n = self->shown_from = self->shown_to = 0;
  self->columns = view->bar_width < 1;
  if (first == end)
    return;
  if (self->columns)
    {
      read_columns (self, data, view, margin);
      return;
    }
  bs_chart_view_visible (view, &from, &to);
  beside = margin > 0 ? (guint64) ceil (margin / view->bar_width) + 2 : 0;
  beside = MIN (beside, from - first);
  self->shown_from = (guint) beside;
  self->shown_to = (guint) (beside + to - from);
  from -= beside;
  to += margin > 0 ? MIN ((guint64) ceil (margin / view->bar_width) + 2, end - to) : 0;
  if (from > first)
    bs_chart_data_get (data, from - 1, &before);
  for (guint64 i = from; i < to; i++)
    add_bar (self, data, bs_chart_view_center (view, i), i, &before);
  if (view->places == NULL)
    return;
  gap = (double) bs_time_axis_break_length (bs_chart_data_bar_length (data)) / bs_chart_data_bar_length (data);
  for (guint i = 1; i < self->n; i++)
    self->slots[i].after_gap = bs_chart_view_place (view, from + i) - bs_chart_view_place (view, from + i - 1) > gap;
}

void
bs_chart_slots_heikin_ashi (BsChartSlots *self, BsChartData *data)
{
  guint64 from, first;
  double open = NAN, close = NAN;

  if (self->columns || self->n == 0)
    return;
  from = self->slots[0].from;
  first = bs_chart_data_first (data);
  for (guint64 i = from - MIN (from - first, HEIKIN_ASHI_WARM_UP); i < from + self->n; i++)
    {
      BsChartPoint p;
      BsChartSlot *slot;

      bs_chart_data_get (data, i, &p);
      open = isnan (open) ? (p.bar.open + p.bar.close) / 2 : (open + close) / 2;
      close = (p.bar.open + p.bar.high + p.bar.low + p.bar.close) / 4;
      if (i < from)
        continue;
      slot = &self->slots[i - from];
      slot->open = open;
      slot->close = close;
      slot->range.high = MAX (p.bar.high, MAX (open, close));
      slot->range.low = MIN (p.bar.low, MIN (open, close));
    }
}

void
bs_chart_slots_set_atr (BsChartSlots *self, const BsChartAtr *atr)
{
  for (guint i = 0; i < self->n; i++)
    self->slots[i].band_atr = bs_chart_atr_max (atr, self->slots[i].from, self->slots[i].to);
}

void
bs_chart_slots_clear (BsChartSlots *self)
{
  g_clear_pointer (&self->slots, g_free);
  self->n = self->n_allocated = 0;
}

void
bs_chart_slots_total (const BsChartSlots *self, BsChartSummary *summary)
{
  *summary = (BsChartSummary) BS_CHART_SUMMARY_EMPTY;
  for (guint i = self->shown_from; i < self->shown_to; i++)
    bs_chart_summary_merge (summary, &self->slots[i].range);
}
