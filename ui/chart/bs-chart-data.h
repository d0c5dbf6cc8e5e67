/* bs-chart-data.h: what a chart shows: bars and what was said of them, append only */
#pragma once

#include <glib-object.h>

#include "inference/market/bs-bar-series.h"
#include "inference/model/bs-model.h"
#include "ui/chart/bs-chart-summary.h"

G_BEGIN_DECLS

/** No signal for a bar (warming up, or none asked for). */
#define BS_CHART_NO_SIGNAL 0xff

/** One bar and the values drawn with it. NAN where a value is not known. */
typedef struct
{
  BsBar bar;
  double hurst, atr, confidence;
  guint8 signal;           /* a BsClass, or BS_CHART_NO_SIGNAL */
  guint8 raw_signal;       /* before the threshold */
  gboolean hurst_computed; /* computed at this bar, not carried over */
  gboolean in_range;
} BsChartPoint;

/** Widens @self by one bar, in the precision that it is kept with. */
void bs_chart_summary_add (BsChartSummary *self, const BsChartPoint *point);

#define BS_TYPE_CHART_DATA (bs_chart_data_get_type ())
G_DECLARE_FINAL_TYPE (BsChartData, bs_chart_data, BS, CHART_DATA, GObject)

/**
 * bs_chart_data_new:
 * @bar_length_us: of the bars
 * @stamp: whether their times are starts or ends
 * @decimals: digits that prices are shown with
 *
 * An empty store, bounded as BsBarSeries is; main thread. Signal "changed" (guint64 from, guint64 to) once for each append,
 * clear or update: bars from <= index < to are new, others or gone; the oldest may have left besides.
 */
BsChartData *bs_chart_data_new (gint64 bar_length_us, BsStamp stamp, guint decimals) G_GNUC_WARN_UNUSED_RESULT;

/** Appends @n points in time order (they were checked on their way here). */
void bs_chart_data_append (BsChartData *self, const BsChartPoint *points, gsize n);
/** Replaces the values (not the bar) of bars @index.. : for signals that are filled in later. */
void bs_chart_data_update (BsChartData *self, guint64 index, const BsChartPoint *points, gsize n);
void bs_chart_data_clear (BsChartData *self);
/** Takes back the newest points: @end (first <= end) is one past the newest afterwards. A replay seeks backwards with it. */
void bs_chart_data_truncate (BsChartData *self, guint64 end);
/** Bars kept at most, >= 1; %BS_BAR_SERIES_DEFAULT_MAX_BARS unless set. Beyond it the oldest leave, one by one. */
void bs_chart_data_set_max_bars (BsChartData *self, gsize max_bars);

/** Index of the oldest bar held and one past the newest, counted from the first ever appended. */
guint64 bs_chart_data_first (BsChartData *self);
guint64 bs_chart_data_end (BsChartData *self);
/**
 * Copies the point at @index (first <= index < end). The bar's time, prices and volume come back as they went in; hurst,
 * atr and confidence in single precision; bid and ask volume and P&L are not kept (0).
 */
void bs_chart_data_get (BsChartData *self, guint64 index, BsChartPoint *point);
/** Open of bar @from and close of bar @to - 1 (first <= from < to <= end): less to read than two points. */
void bs_chart_data_open_close (BsChartData *self, guint64 from, guint64 to, double *open, double *close);
/** Copies high, low and close ([n] each) of bars @from.. (first <= from, from + n <= end). */
void bs_chart_data_prices (BsChartData *self, guint64 from, guint n, double *high, double *low, double *close);
/** Copies time, open, close and signal ([n] each), and whether the inputs were in range, of bars @from.. (first <= from, from + n <= end). */
void bs_chart_data_signals (BsChartData *self, guint64 from, guint n, gint64 *time_us, double *open, double *close, guint8 *signal,
                            gboolean *in_range);
/** Goes up whenever values of bars are replaced. */
guint64 bs_chart_data_revision (BsChartData *self);
/** Goes up whenever something else happens to the bars than that some are appended or the oldest leave. */
guint64 bs_chart_data_bars_revision (BsChartData *self);
/** The last bar at or before @index (first <= index <= end) where a node of the pyramid over @unit (8, 64, 512) bars begins. */
guint64 bs_chart_data_align (BsChartData *self, guint64 index, guint unit);
/** Time of bar @index (first <= index < end), us UTC. */
gint64 bs_chart_data_time (BsChartData *self, guint64 index);
/** Index of the first bar at or after @time_us, or end where there is none. Cost: a binary search. */
guint64 bs_chart_data_find_time (BsChartData *self, gint64 time_us);

/**
 * bs_chart_data_summarise:
 * @from, @to: a range of bars, from <= index < to; what lies outside of those held is left out
 * @summary: (out): the extremes over them, empty where there are none
 *
 * From a pyramid of extremes: costs about 50 comparisons of nodes for any range within 4,096 bars, and one more for each
 * further 4,096. Exact: no bar is left out.
 */
void bs_chart_data_summarise (BsChartData *self, guint64 from, guint64 to, BsChartSummary *summary);
guint bs_chart_data_decimals (BsChartData *self);
gint64 bs_chart_data_bar_length (BsChartData *self);
/** Whether the bars' times are their starts or their ends. */
BsStamp bs_chart_data_stamp (BsChartData *self);

G_END_DECLS
