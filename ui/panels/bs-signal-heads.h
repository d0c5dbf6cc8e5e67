/* bs-signal-heads.h: the heads of the signal log's columns, which order its rows */
#pragma once

#include "ui/panels/bs-signal-table.h"

G_BEGIN_DECLS

#define BS_TYPE_SIGNAL_HEADS (bs_signal_heads_get_type ())
G_DECLARE_FINAL_TYPE (BsSignalHeads, bs_signal_heads, BS, SIGNAL_HEADS, GtkWidget)

/**
 * bs_signal_heads_new:
 * @table: whose columns they stand above; @model: takes a reference
 *
 * Buttons: a press orders the rows by that column, one more the other way round, as the heads of a GtkColumnView do.
 * Thread: main.
 */
GtkWidget *bs_signal_heads_new (BsSignalTable *table, BsSignalLogModel *model);

/** bs_signal_heads_update: the model has been given another order */
void bs_signal_heads_update (BsSignalHeads *self);

G_END_DECLS
