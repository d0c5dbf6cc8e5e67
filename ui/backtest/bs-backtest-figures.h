/* bs-backtest-figures.h: the figures of a backtest beside those of buy and hold */
#pragma once

#include <gtk/gtk.h>

#include "inference/backtest/bs-backtest.h"

G_BEGIN_DECLS

#define BS_TYPE_BACKTEST_FIGURES (bs_backtest_figures_get_type ())
G_DECLARE_FINAL_TYPE (BsBacktestFigures, bs_backtest_figures, BS, BACKTEST_FIGURES, GtkWidget)

GtkWidget *bs_backtest_figures_new (void);
/** bs_backtest_figures_set: @backtest: (nullable); to be called again when it has grown. @decimals: of a price. Thread: main. */
void bs_backtest_figures_set (BsBacktestFigures *self, const BsBacktest *backtest, guint decimals);

G_END_DECLS
