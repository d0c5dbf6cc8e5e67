/* bs-watch-cell.h: one cell of the watchlist, which draws itself */
#pragma once

#include <gtk/gtk.h>

#include "ui/bs-palette.h"
#include "ui/watch/bs-watch-columns.h"

G_BEGIN_DECLS

#define BS_TYPE_WATCH_CELL (bs_watch_cell_get_type ())
G_DECLARE_FINAL_TYPE (BsWatchCell, bs_watch_cell, BS, WATCH_CELL, GtkWidget)

/**
 * bs_watch_cell_new:
 *
 * A cell of one size, whatever it says: a new price is drawn and lays nothing out. A label instead would have the whole list
 * laid out anew with every digit that changes.
 */
BsWatchCell *bs_watch_cell_new (const BsWatchColumn *column);
const BsWatchColumn *bs_watch_cell_column (BsWatchCell *self);

/** bs_watch_cell_set_row: @row: (nullable): what it shows from here on; takes a reference */
void bs_watch_cell_set_row (BsWatchCell *self, BsWatchRow *row);
BsWatchRow *bs_watch_cell_row (BsWatchCell *self);
/** bs_watch_cell_refresh: draws what has changed, if anything has, since it was drawn. @now_us: monotonic clock. */
void bs_watch_cell_refresh (BsWatchCell *self, gint64 now_us);

/** bs_watch_cell_spark_range: the least and largest of the closes, a little apart where all are equal. FALSE: fewer than 2 */
gboolean bs_watch_cell_spark_range (const BsWatchValues *values, double *low, double *high);

G_END_DECLS
