/* bs-signal-table.h: the rows of the signal log, drawn */
#pragma once

#include <gtk/gtk.h>

#include "ui/panels/bs-signal-log-model.h"

G_BEGIN_DECLS

#define BS_TYPE_SIGNAL_TABLE (bs_signal_table_get_type ())
G_DECLARE_FINAL_TYPE (BsSignalTable, bs_signal_table, BS, SIGNAL_TABLE, GtkWidget)

/**
 * bs_signal_table_new:
 * @model: takes a reference
 *
 * A scrollable table that draws only the rows in sight. It is not a GtkColumnView because that one lays out some 200 rows
 * of widgets anew for each signal at its head: about four times the processor time that this takes, measured with GTK 4.8.
 * At the top it stays there, and at the newest row where the rows are in the order of time; elsewhere the rows in sight stay
 * in sight. Put in another order it shows the row that is selected, or else the newest or the top. Signal
 * "bar-activated" (guint64 index): double click or Enter on a row. Up, Down, Page Up, Page Down, Home and End move the
 * selection.
 */
GtkWidget *bs_signal_table_new (BsSignalLogModel *model);

/**
 * bs_signal_table_place: where column @c lies in a table of @width px, for its head
 * @x, @column_width: (out): px
 *
 * Returns: %FALSE where there is no room for it
 */
gboolean bs_signal_table_place (BsSignalTable *self, guint c, int width, int *x, int *column_width);

void bs_signal_table_set_decimals (BsSignalTable *self, guint decimals);

G_END_DECLS
