/* bs-trade-model.h: the trades of a backtest as a sorted list */
#pragma once

#include <gio/gio.h>

#include "inference/backtest/bs-backtest.h"

G_BEGIN_DECLS

/** What trades are sorted by: the columns of their table. */
typedef enum
{
  BS_TRADE_NUMBER,
  BS_TRADE_SIDE,
  BS_TRADE_ENTRY,
  BS_TRADE_ENTRY_PRICE,
  BS_TRADE_EXIT,
  BS_TRADE_EXIT_PRICE,
  BS_TRADE_BARS, /* held over */
  BS_TRADE_COST,
  BS_TRADE_NET,
  BS_N_TRADE_COLUMNS
} BsTradeColumn;

#define BS_TYPE_TRADE_ITEM (bs_trade_item_get_type ())
G_DECLARE_FINAL_TYPE (BsTradeItem, bs_trade_item, BS, TRADE_ITEM, GObject)

/** The trade as it was when the item was got. Owned by the item. */
const BsBacktestTrade *bs_trade_item_trade (BsTradeItem *self);
/** Its number, from 1, in the order of entries. */
guint64 bs_trade_item_number (BsTradeItem *self);
/** Bars that @trade was held over. */
guint64 bs_trade_bars (const BsBacktestTrade *trade);

/** Trades that are sorted at once; more are sorted on a thread of their own, and stay as they were until then. */
#define BS_TRADE_MODEL_AT_ONCE 4000

#define BS_TYPE_TRADE_MODEL (bs_trade_model_get_type ())
G_DECLARE_FINAL_TYPE (BsTradeModel, bs_trade_model, BS, TRADE_MODEL, GObject)

/** bs_trade_model_new: a list of BsTradeItem, which are made as they are asked for; newest first. Thread: main. */
BsTradeModel *bs_trade_model_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_trade_model_set: @backtest: (nullable): shows its trades; to be called again when it has grown */
void bs_trade_model_set (BsTradeModel *self, const BsBacktest *backtest);
/** Sorts by @column; equal ones by their number, the same way round. */
void bs_trade_model_sort (BsTradeModel *self, BsTradeColumn column, gboolean descending);
/** Whether a thread sorts now, for a test. */
gboolean bs_trade_model_is_sorting (BsTradeModel *self);

G_END_DECLS
