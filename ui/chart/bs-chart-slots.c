/* bs-chart-slots.c: what is in view, one element for each bar or, zoomed out, for each pixel column */
#include "ui/chart/bs-chart-slots.h"

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

static void
add_bars (BsChartSlots *self, BsChartData *data, int x, guint64 from, guint64 to)
{
  BsChartSlot *slot = add_slot (self);
  BsChartPoint first, last;
  guint8 before = BS_CHART_NO_SIGNAL, raw_before = BS_CHART_NO_SIGNAL;

  bs_chart_data_get (data, from, &first);
  last = first;
  if (to - from > 1)
    bs_chart_data_get (data, to - 1, &last);
  if (from > bs_chart_data_first (data))
    {
      BsChartPoint previous;

      bs_chart_data_get (data, from - 1, &previous);
      before = previous.signal;
      raw_before = previous.raw_signal;
    }
  slot->x = x;
  slot->from = from;
  slot->to = to;
  slot->open = first.bar.open;
  slot->close = last.bar.close;
  slot->signal = last.signal;
  slot->raw_signal = last.raw_signal;
  slot->starts = last.signal != before;
  slot->raw_starts = last.raw_signal != raw_before;
  slot->hurst_computed = last.hurst_computed;
  bs_chart_data_summarise (data, from, to, &slot->range);
}

void
bs_chart_slots_read (BsChartSlots *self, BsChartData *data, const BsChartView *view)
{
  guint64 from, to;

  self->n = 0;
  self->columns = view->bar_width < 1;
  bs_chart_view_visible (view, &from, &to);
  if (from >= to)
    return;
  if (!self->columns)
    {
      for (guint64 i = from; i < to; i++)
        add_bars (self, data, bs_chart_view_center (view, i), i, i + 1);
      return;
    }
  /* A bar lies in the pixel column that its middle is in, so each lies in exactly one. */
  while (from < to)
    {
      int x = bs_chart_view_center (view, from);
      guint64 next = (guint64) MAX (bs_chart_view_bar_at (view, x + 1) - 0.5, 0);

      while (next > from + 1 && bs_chart_view_center (view, next - 1) > x)
        next--;
      while (next < to && bs_chart_view_center (view, next) == x)
        next++;
      next = CLAMP (next, from + 1, to);
      add_bars (self, data, x, from, next);
      from = next;
    }
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
  for (guint i = 0; i < self->n; i++)
    bs_chart_summary_merge (summary, &self->slots[i].range);
}
