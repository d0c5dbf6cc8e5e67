/* bs-chart-slots.h: what is in view, one element for each bar or, zoomed out, for each pixel column */
#pragma once

#include "ui/chart/bs-chart-atr.h"
#include "ui/chart/bs-chart-data.h"
#include "ui/chart/bs-chart-view.h"

G_BEGIN_DECLS

/** One bar in view, or all bars of one pixel column. Values as BsChartSummary has them. */
typedef struct
{
  int x;                       /* pixel column of the middle */
  guint64 from, to;            /* the bars: from <= index < to */
  double open, close;          /* of the first and the last bar */
  guint8 signal;               /* of the last bar: a BsClass, or BS_CHART_NO_SIGNAL */
  guint8 raw_signal;           /* the same before the threshold */
  gboolean starts, raw_starts; /* they differ from those of the bar before */
  gboolean hurst_computed;
  gboolean after_gap;          /* on an axis of true time, the market was closed before it */
  double band_atr; /* half width of the band before it is multiplied: the largest ATR; NAN for none */
  BsChartSummary range;
} BsChartSlot;

/** The slots in view; reused from frame to frame. */
typedef struct
{
  BsChartSlot *slots;
  guint n, n_allocated;
  gboolean columns; /* a slot is a pixel column */
  guint shown_from, shown_to; /* slots that the view sees, shown_from <= i < shown_to; the others are beside it */
} BsChartSlots;

/**
 * bs_chart_slots_read:
 *
 * @margin: pixels on either side of the view that are read as well, for what reaches into it; 0 for none
 *
 * Reads what @view sees of @data. Bars at least a pixel wide have a slot each; narrower ones share the slot of their pixel
 * column, with their extremes from the pyramid. Which bars a column has does not depend on how far the view is panned. Cost:
 * that of the pixels, not of the bars.
 */
void bs_chart_slots_read (BsChartSlots *self, BsChartData *data, const BsChartView *view, int margin);
void bs_chart_slots_clear (BsChartSlots *self);

/**
 * bs_chart_slots_heikin_ashi:
 *
 * Makes open, close, low and high of slots that are a bar each those of Heikin-Ashi candles: close = (O + H + L + C) / 4, open =
 * (open + close of the candle before) / 2, high and low the extremes of all. An open forgets half of its past with each
 * candle: what lies more than 64 bars before the view is left out, which is less than a double can tell. Pixel columns keep
 * their true prices.
 */
void bs_chart_slots_heikin_ashi (BsChartSlots *self, BsChartData *data);
/** Takes the band's ATR from @atr instead of what the bars came with. */
void bs_chart_slots_set_atr (BsChartSlots *self, const BsChartAtr *atr);
/** All extremes in view together, without what is beside it. */
void bs_chart_slots_total (const BsChartSlots *self, BsChartSummary *summary);

G_END_DECLS
