/* bs-journal-run-model.h: the journal's runs as a list, newest first, read as far as it is looked at */
#pragma once

#include <gio/gio.h>

#include "app/journal/bs-journal-reader.h"

G_BEGIN_DECLS

#define BS_TYPE_JOURNAL_RUN_ITEM (bs_journal_run_item_get_type ())
G_DECLARE_FINAL_TYPE (BsJournalRunItem, bs_journal_run_item, BS, JOURNAL_RUN_ITEM, GObject)

/** bs_journal_run_item_row: (nullable): %NULL while it is being read. Signal "changed": it is there, or has other figures. */
const BsJournalRunRow *bs_journal_run_item_row (BsJournalRunItem *self);

#define BS_TYPE_JOURNAL_RUN_MODEL (bs_journal_run_model_get_type ())
G_DECLARE_FINAL_TYPE (BsJournalRunModel, bs_journal_run_model, BS, JOURNAL_RUN_MODEL, GObject)

/**
 * bs_journal_run_model_new:
 *
 * A GListModel of BsJournalRunItem. What is asked for and not there is read on a thread, a hundred at a time. Signal "refreshed":
 * bs_journal_run_model_refresh() is done. Thread: main.
 */
BsJournalRunModel *bs_journal_run_model_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;
/** bs_journal_run_model_set_filter: @filter: its instrument must be static; offset and limit do not count */
void bs_journal_run_model_set_filter (BsJournalRunModel *self, const BsJournalRunFilter *filter);
/** bs_journal_run_model_refresh: looks what is new; items that are there stay the same ones, so that what is selected stays */
void bs_journal_run_model_refresh (BsJournalRunModel *self);
/** bs_journal_run_model_problem: (nullable): why nothing could be read the last time */
const char *bs_journal_run_model_problem (BsJournalRunModel *self);

G_END_DECLS
