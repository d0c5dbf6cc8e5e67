/* bs-journal-difference-view.h: how the signals of two runs agree: a sentence, and a table of those that differ */
#pragma once

#include <gtk/gtk.h>

#include "app/journal/bs-journal-compare.h"

G_BEGIN_DECLS

#define BS_TYPE_JOURNAL_DIFFERENCE_VIEW (bs_journal_difference_view_get_type ())
G_DECLARE_FINAL_TYPE (BsJournalDifferenceView, bs_journal_difference_view, BS, JOURNAL_DIFFERENCE_VIEW, GtkWidget)

/** bs_journal_difference_view_new: Signals: "activated" (gint64 time_us): the user asks to see a bar; "closed". Thread: main. */
GtkWidget *bs_journal_difference_view_new (void);

/** bs_journal_difference_view_set: @comparison: (transfer full) of the runs @a and @b, which are named by when they began */
void bs_journal_difference_view_set (BsJournalDifferenceView *self, BsJournalComparison *comparison,
                                     const BsJournalRunRow *a, const BsJournalRunRow *b);

G_END_DECLS
