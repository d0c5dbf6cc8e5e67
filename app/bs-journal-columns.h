/* bs-journal-columns.h: what the list of sessions says of each: one row of a table a column */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** bs_journal_columns_add: all columns of a view on a BsJournalRunModel. Once. */
void bs_journal_columns_add (GtkColumnView *table);

G_END_DECLS
