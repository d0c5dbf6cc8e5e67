/* bs-signal-log.h: the log of signals: a filtered table, bounded, newest first until its heads are told otherwise */
#pragma once

#include <gtk/gtk.h>

#include "ui/panels/bs-signal-log-model.h"

G_BEGIN_DECLS

#define BS_TYPE_SIGNAL_LOG (bs_signal_log_get_type ())
G_DECLARE_FINAL_TYPE (BsSignalLog, bs_signal_log, BS, SIGNAL_LOG, GtkWidget)

/**
 * bs_signal_log_new:
 *
 * Properties: "decimals" (uint: digits of prices, 2). Signals: "bar-activated" (guint64 index): the user asks to see a bar;
 * "export" (string: "csv" or "json"): the user wants the rows as a file; all that have come are in the model. Action
 * "log.export" (s), with Ctrl+E and Ctrl+Shift+E. Thread: main.
 */
GtkWidget *bs_signal_log_new (void);

/**
 * bs_signal_log_append:
 * @entries: [n], in the order in which the signals came; copied
 *
 * Thousands a second are fine in as many calls as wanted: rows are stored at once and shown at most ten times a second.
 * Over %BS_SIGNAL_LOG_MAX the oldest leave. A reader who has scrolled away from the newest row stays where they are.
 */
void bs_signal_log_append (BsSignalLog *self, const BsSignalLogEntry *entries, guint n);
void bs_signal_log_clear (BsSignalLog *self);
/** Takes back the newest rows, those of bars @index and later: a replay has sought backwards. */
void bs_signal_log_truncate (BsSignalLog *self, guint64 index);
void bs_signal_log_set_decimals (BsSignalLog *self, guint decimals);
void bs_signal_log_set_filter (BsSignalLog *self, BsSignalLogFilter filter);
/** bs_signal_log_set_order: bs_signal_log_model_set_order(), and the heads say so */
void bs_signal_log_set_order (BsSignalLog *self, BsSignalLogOrder order, gboolean descending);
/** The rows shown: a #BsSignalLogModel owned by @self. */
BsSignalLogModel *bs_signal_log_get_model (BsSignalLog *self);

G_END_DECLS
