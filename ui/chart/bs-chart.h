/* bs-chart.h: the chart: price pane and indicator panes on one time axis with one crosshair */
#pragma once

#include <gtk/gtk.h>

#include "ui/chart/bs-chart-data.h"

G_BEGIN_DECLS

#define BS_TYPE_CHART (bs_chart_get_type ())
G_DECLARE_FINAL_TYPE (BsChart, bs_chart, BS, CHART, GtkWidget)

/**
 * bs_chart_new:
 *
 * Properties: "data" (BsChartData), "follow" (gboolean: the newest bar stays in view; off when the user pans, bindable),
 * "threshold" (double: line in the confidence pane), "atr-multiple" (double: half width of the ATR band), "log-scale"
 * (gboolean). Signal "crosshair-moved" (guint64 index, gboolean shown).
 * Actions, with the widget focused: see docs/keyboard.md.
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
/** bs_chart_get_visible: the bars in view: @from <= index < @to */
void bs_chart_get_visible (BsChart *self, guint64 *from, guint64 *to);

G_END_DECLS
