/* bs-signal-log-model.h: a bounded list of signals, with its own filter and order */
#pragma once

#include <gio/gio.h>

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/** Signals kept; the oldest leave. */
#define BS_SIGNAL_LOG_MAX 100000

/** One signal as the log shows it. */
typedef struct
{
  gint64 time_us;    /* of the bar, UTC */
  guint64 index;     /* of the bar, counted from the first ever appended */
  BsClass klass;     /* after the threshold */
  BsClass raw_class; /* the most probable one */
  double confidence; /* of raw_class, 0..1 */
  double price;      /* close of the bar */
  gboolean filtered; /* hold because the confidence was under the threshold */
  gboolean in_range; /* inputs like the ones that the model was trained on */
  gint64 total_ns;   /* bar in to signal out; 0: not measured */
} BsSignalLogEntry;

typedef enum
{
  BS_SIGNAL_LOG_ALL,
  BS_SIGNAL_LOG_TRADES,  /* long and short only */
  BS_SIGNAL_LOG_CHANGES, /* only where the class differs from the one before it */
  BS_N_SIGNAL_LOG_FILTERS
} BsSignalLogFilter;

/** What the rows are ordered by. Of two that are alike there, the newer one comes first. */
typedef enum
{
  BS_SIGNAL_LOG_BY_TIME, /* the order in which they came */
  BS_SIGNAL_LOG_BY_CLASS,
  BS_SIGNAL_LOG_BY_CONFIDENCE,
  BS_SIGNAL_LOG_BY_PRICE,
  BS_SIGNAL_LOG_BY_LATENCY, /* not measured: last, whichever way round */
  BS_N_SIGNAL_LOG_ORDERS
} BsSignalLogOrder;

#define BS_TYPE_SIGNAL_LOG_ITEM (bs_signal_log_item_get_type ())
G_DECLARE_FINAL_TYPE (BsSignalLogItem, bs_signal_log_item, BS, SIGNAL_LOG_ITEM, GObject)

/** The entry of a row. Owned by the item. */
const BsSignalLogEntry *bs_signal_log_item_entry (BsSignalLogItem *self);

#define BS_TYPE_SIGNAL_LOG_MODEL (bs_signal_log_model_get_type ())
G_DECLARE_FINAL_TYPE (BsSignalLogModel, bs_signal_log_model, BS, SIGNAL_LOG_MODEL, GObject)

/**
 * bs_signal_log_model_new: an empty GListModel of #BsSignalLogItem, newest first, keeping @max entries.
 *
 * Signals: "reordered": the rows are now in another order (after items-changed); "renumber": numbers are about to be given
 * again, by a clear or a truncate. Thread: main.
 */
BsSignalLogModel *bs_signal_log_model_new (guint max) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_signal_log_model_append:
 * @entries: [n], oldest first
 *
 * Emits items-changed at most twice: the rows that came, the rows that left; once, for all rows, where they are ordered by
 * something else than time. Cost: n, whatever the length of the list; so ordered, a move of 16 bytes a row on top.
 */
void bs_signal_log_model_append (BsSignalLogModel *self, const BsSignalLogEntry *entries, guint n);
void bs_signal_log_model_clear (BsSignalLogModel *self);
/** Takes back the newest entries, those of bars @index and later: a replay has sought backwards. */
void bs_signal_log_model_truncate (BsSignalLogModel *self, guint64 index);
void bs_signal_log_model_set_filter (BsSignalLogModel *self, BsSignalLogFilter filter);
BsSignalLogFilter bs_signal_log_model_get_filter (BsSignalLogModel *self);

/**
 * bs_signal_log_model_set_order:
 * @descending: the greatest first; by time: the newest
 *
 * The rows are put in order on another thread; until they are, they stay as they were, and go on coming and leaving.
 * By time is at once.
 */
void bs_signal_log_model_set_order (BsSignalLogModel *self, BsSignalLogOrder order, gboolean descending);
/** The order that was asked for last. */
BsSignalLogOrder bs_signal_log_model_get_order (BsSignalLogModel *self, gboolean *descending);
/** The order that the rows are in now. */
BsSignalLogOrder bs_signal_log_model_get_shown_order (BsSignalLogModel *self, gboolean *descending);

/** Entries held, whatever the filter shows. */
guint bs_signal_log_model_get_n_entries (BsSignalLogModel *self);
/** The entry of row @position, without making an item of it; %NULL past the end. Valid until the next append or clear. */
const BsSignalLogEntry *bs_signal_log_model_peek (BsSignalLogModel *self, guint position);

/** No row has this number. */
#define BS_SIGNAL_LOG_NO_NUMBER G_MAXUINT64

/**
 * bs_signal_log_model_number: the number that the entry of row @position came with, which it keeps while it moves;
 * %BS_SIGNAL_LOG_NO_NUMBER past the end. Numbers are given again after a clear or a truncate.
 */
guint64 bs_signal_log_model_number (BsSignalLogModel *self, guint position);

/**
 * bs_signal_log_model_find_number:
 * @position: (inout): the row that shows entry @number; where none does, the row that would stand in its place, or
 *   unchanged where that is not known any more
 *
 * Returns: %FALSE where no row shows it
 */
gboolean bs_signal_log_model_find_number (BsSignalLogModel *self, guint64 number, guint *position);

/** bs_signal_log_model_numbers: (transfer full): [*@n], the numbers of all rows, in their order. 0.2 ms for 100,000. */
guint64 *bs_signal_log_model_numbers (BsSignalLogModel *self, guint *n) G_GNUC_WARN_UNUSED_RESULT;

/** bs_signal_log_model_entry: (nullable): entry @number, shown or not, while it is held. Valid until the next change. */
const BsSignalLogEntry *bs_signal_log_model_entry (BsSignalLogModel *self, guint64 number);

G_END_DECLS
