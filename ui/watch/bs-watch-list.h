/* bs-watch-list.h: many instruments in a table: price, change, signal, freshness, spark line */
#pragma once

#include <gtk/gtk.h>

#include "ui/watch/bs-watch-row.h"

G_BEGIN_DECLS

#define BS_TYPE_WATCH_LIST (bs_watch_list_get_type ())
G_DECLARE_FINAL_TYPE (BsWatchList, bs_watch_list, BS, WATCH_LIST, GtkWidget)

/**
 * bs_watch_list_new:
 *
 * A sortable, searchable table. Rows are changed as often as one likes and shown with bs_watch_list_flush(), which looks only at
 * the rows in sight and lays nothing out. Signal "row-activated" (uint: the row's number): double click or Enter.
 * Property "row-count" (uint). Thread: main.
 */
GtkWidget *bs_watch_list_new (void);

/** bs_watch_list_add: (transfer none): a row without values. It belongs to the list, and is good until bs_watch_list_clear(). */
BsWatchRow *bs_watch_list_add (BsWatchList *self, const char *symbol, guint decimals, guint number);
/** bs_watch_list_show_feeds: whether there is a column that says how each row's feed stands; not at first */
void bs_watch_list_show_feeds (BsWatchList *self, gboolean shown);
void bs_watch_list_clear (BsWatchList *self);
guint bs_watch_list_n_rows (BsWatchList *self);

/** bs_watch_list_flush: shows what has changed; call it once a frame at most, and once a second for what the clock changes. An
 * order by a column that changes with the bars is made anew once a second at most. */
void bs_watch_list_flush (BsWatchList *self);

/** bs_watch_list_select: selects the row with @number, and shows it: the one whose chart is shown */
void bs_watch_list_select (BsWatchList *self, guint number);
/** A line above the table, such as how far loading is; "" for none. */
void bs_watch_list_set_message (BsWatchList *self, const char *message);

G_END_DECLS
