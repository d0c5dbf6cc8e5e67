/* bs-journal-page.h: past sessions: a list, their figures; to look at again, compare, export, delete */
#pragma once

#include <adwaita.h>

#include "app/journal/bs-journal-reader.h"

G_BEGIN_DECLS

#define BS_TYPE_JOURNAL_PAGE (bs_journal_page_get_type ())
G_DECLARE_FINAL_TYPE (BsJournalPage, bs_journal_page, BS, JOURNAL_PAGE, GtkWidget)

/**
 * bs_journal_page_set_journal:
 * @journal: (nullable): %NULL: it is off
 *
 * Signals: "show-run" (gint64 run, gint64 time_us): the user wants it on the chart, at the bar of that time, or at its newest where
 * that is %G_MAXINT64; "export" (const char *format): of bs_journal_page_selected_run(); "message" (const char *text): what is to be
 * said in a toast; "toast" (AdwToast *): to be shown: sessions were deleted, and it undoes that. All reading is done on other threads. Thread: main.
 */
void bs_journal_page_set_journal (BsJournalPage *self, BsJournal *journal);
/** bs_journal_page_selected_run: (nullable): the one that is selected, where exactly one is */
const BsJournalRunRow *bs_journal_page_selected_run (BsJournalPage *self);

G_END_DECLS
