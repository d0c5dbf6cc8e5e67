/* bs-equity-chart.h: equity, buy and hold, and the drawdown under them */
#pragma once

#include <gtk/gtk.h>

#include "inference/backtest/bs-backtest.h"
#include "ui/chart/bs-chart-data.h"

G_BEGIN_DECLS

#define BS_TYPE_EQUITY_CHART (bs_equity_chart_get_type ())
G_DECLARE_FINAL_TYPE (BsEquityChart, bs_equity_chart, BS, EQUITY_CHART, GtkWidget)

/**
 * bs_equity_chart_new:
 *
 * Shows all bars of a backtest; where they are narrower than a pixel, each column its extremes, so that no drawdown is lost. The bar
 * under the cursor is moved by the pointer and the keys of docs/keyboard.md, and told to a screen reader.
 * Signal "bar-activated" (guint64 index): by Enter, or a double click.
 */
GtkWidget *bs_equity_chart_new (void);

/**
 * bs_equity_chart_set:
 * @backtest: (nullable): what is drawn; asked again with each frame that needs it, so it may grow: then call this again
 * @data: (nullable): the chart's data, for the times under it
 * @decimals: of the instrument's price
 *
 * Thread: main.
 */
void bs_equity_chart_set (BsEquityChart *self, const BsBacktest *backtest, BsChartData *data, guint decimals);

G_END_DECLS
