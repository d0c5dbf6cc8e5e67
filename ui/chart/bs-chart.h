/* bs-chart.h: the chart: price pane and indicator panes on one time axis with one crosshair */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart/bs-chart-data.h"
#include "ui/chart/bs-chart-looks.h"

G_BEGIN_DECLS

#define BS_TYPE_CHART (bs_chart_get_type ())
G_DECLARE_FINAL_TYPE (BsChart, bs_chart, BS, CHART, GtkWidget)

/** No time: the crosshair is not shown. */
#define BS_CHART_NO_TIME G_MININT64

/**
 * bs_chart_new:
 *
 * Properties: "data" (BsChartData), "follow" (gboolean: the newest bar stays in view; off when the user pans, bindable),
 * "threshold" (double: line in the confidence pane), "atr-multiple" (double: half width of the ATR band, 0 for none),
 * "atr-period" (uint: bars that the band's ATR averages, 0 for the ATR that the bars came with),
 * "price-style" (BsChartStyle), "price-axis" (BsChartAxis), the gbooleans of BsChartShows, "true-time" (gboolean: hours
 * without bars take room), "time-zone" (string: an IANA name, "UTC" or "local"), "pane-sizes" (string: shares of the height
 * of the price, Hurst, ATR and confidence panes, e.g. "0.6,0.14,0.12,0.14", for settings).
 * "crosshair-time" (int64: us UTC of the bar under the crosshair, or BS_CHART_NO_TIME; bindable both ways, which links the
 * crosshairs of charts whatever their bars are).
 * Signals "crosshair-moved" (guint64 index, gboolean shown); "threshold-changed" (double) when the user has moved the line;
 * "explain-bar" (guint64 index): why its signal is what it is, is asked for; "copy" and "save" when a picture is wanted, "settings" when the chart's settings are.
 * Actions, with the widget focused: see docs/keyboard.md. All else about it is main thread only, too.
 */
GtkWidget *bs_chart_new (void);

void bs_chart_set_data (BsChart *self, BsChartData *data);
BsChartData *bs_chart_get_data (BsChart *self);
/** Zooms by @factor (> 1 shows fewer bars) about the crosshair or the middle. */
void bs_chart_zoom (BsChart *self, double factor);
/** Pans by @bars, > 0 towards the newest. */
void bs_chart_pan (BsChart *self, double bars);
/** Shows the newest bars and turns follow on. */
void bs_chart_go_to_newest (BsChart *self);
/** Shows the oldest bars. */
void bs_chart_go_to_oldest (BsChart *self);
/** Brings bar @index to the middle with the crosshair on it. */
void bs_chart_show_bar (BsChart *self, guint64 index);
/** Zooms so that all bars are seen. */
void bs_chart_show_all (BsChart *self);
/** Times, us UTC, of the first and the last bar in view; %FALSE where there are none. */
gboolean bs_chart_get_times (BsChart *self, gint64 *from_us, gint64 *to_us);
/**
 * bs_chart_show_times:
 *
 * Brings the bars from @from_us to @to_us (us UTC) into view, as bs_chart_get_times() told them; with @follow as many bars, the
 * newest among them. A chart that has no size yet does so once it has one.
 */
void bs_chart_show_times (BsChart *self, gint64 from_us, gint64 to_us, gboolean follow);
/** The bars in view: @from <= index < @to */
void bs_chart_get_visible (BsChart *self, guint64 *from, guint64 *to);

/**
 * bs_chart_set_crosshair_time:
 * @time_us: us UTC, or %BS_CHART_NO_TIME
 *
 * Shows the crosshair, without its horizontal line, at the bar that @time_us lies in, as another chart's crosshair asks for.
 * Nothing is panned: while that bar is out of view, the crosshair is not shown.
 */
void bs_chart_set_crosshair_time (BsChart *self, gint64 time_us);
gint64 bs_chart_get_crosshair_time (BsChart *self);

/** The prices fit what is in view again, after the price axis was scaled by hand. */
void bs_chart_auto_scale (BsChart *self);

/**
 * bs_chart_draw:
 *
 * Draws a frame into @snapshot, as large as the widget was last made: all of the chart's own work for a frame, for a
 * benchmark to measure.
 */
void bs_chart_draw (BsChart *self, GtkSnapshot *snapshot);

G_END_DECLS
