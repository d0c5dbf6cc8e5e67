/* bs-trade-list.h: the table of a backtest's trades */
#pragma once

#include <gtk/gtk.h>

#include "inference/backtest/bs-backtest.h"

G_BEGIN_DECLS

#define BS_TYPE_TRADE_LIST (bs_trade_list_get_type ())
G_DECLARE_FINAL_TYPE (BsTradeList, bs_trade_list, BS, TRADE_LIST, GtkWidget)

/** bs_trade_list_new: sorted by a click on a column's head. Signal "bar-activated" (guint64 index): the bar that a trade began on. */
GtkWidget *bs_trade_list_new (void);
/** bs_trade_list_set: @backtest: (nullable); to be called again when it has grown. @decimals: of a price. Thread: main. */
void bs_trade_list_set (BsTradeList *self, const BsBacktest *backtest, guint decimals);

G_END_DECLS
