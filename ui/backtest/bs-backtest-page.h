/* bs-backtest-page.h: what the signals would have earned: label, costs, equity and drawdown, figures, trades */
#pragma once

#include <gtk/gtk.h>

#include "inference/backtest/bs-backtest-training.h"
#include "inference/backtest/bs-backtest.h"
#include "ui/chart/bs-chart-data.h"

G_BEGIN_DECLS

#define BS_TYPE_BACKTEST_PAGE (bs_backtest_page_get_type ())
G_DECLARE_FINAL_TYPE (BsBacktestPage, bs_backtest_page, BS, BACKTEST_PAGE, GtkWidget)

/**
 * bs_backtest_page_new:
 *
 * Signals: "costs-changed" and "range-changed": the user has, see the getters; "bar-activated" (guint64 index): to be shown on the
 * chart; "export" (const char *format): "csv" or "json". Thread: main, as of all here.
 */
GtkWidget *bs_backtest_page_new (void);

/**
 * bs_backtest_page_show:
 * @backtest: (nullable): nothing to show yet; to be called again when it has grown
 * @data: (nullable): the chart's
 */
void bs_backtest_page_show (BsBacktestPage *self, const BsBacktest *backtest, BsChartData *data);

/** bs_backtest_page_set_training: @period: (nullable): when the model was trained, where it says; copied */
void bs_backtest_page_set_training (BsBacktestPage *self, const BsTrainingPeriod *period);
/** Digits that prices and costs are shown with. */
void bs_backtest_page_set_decimals (BsBacktestPage *self, guint decimals);

void bs_backtest_page_get_costs (BsBacktestPage *self, BsBacktestCosts *costs);
void bs_backtest_page_set_costs (BsBacktestPage *self, const BsBacktestCosts *costs);
/** Whether all bars count, and not only those that the chart shows. */
gboolean bs_backtest_page_get_all (BsBacktestPage *self);
void bs_backtest_page_set_all (BsBacktestPage *self, gboolean all);

/** Bars of @backtest that lie in @period, by the times of @data; 0 for those that it does not hold any more. */
guint64 bs_backtest_count_trained (const BsBacktest *backtest, BsChartData *data, const BsTrainingPeriod *period);

G_END_DECLS
