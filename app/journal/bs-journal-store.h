/* bs-journal-store.h: writes records into the file: the journal's thread's connection */
#pragma once

#include "app/journal/bs-journal-run.h"

G_BEGIN_DECLS

typedef struct _BsJournalStore BsJournalStore;

/** bs_journal_store_open: opens, or makes, and migrates. Returns: %NULL with a %BS_JOURNAL_ERROR */
BsJournalStore *bs_journal_store_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_journal_store_close (BsJournalStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournalStore, bs_journal_store_close)

/** bs_journal_store_is_gone: whether another file, or none, is where the file was */
gboolean bs_journal_store_is_gone (const BsJournalStore *self);

/* One transaction: begin, writes, commit. Where one of them fails, roll back: file and runs are as they were. */

gboolean bs_journal_store_begin (BsJournalStore *self, GError **error);
/** bs_journal_store_write: one record of @run. What is there already is left as it is, and counts as written. */
gboolean bs_journal_store_write (BsJournalStore *self, BsJournalRun *run, const BsJournalRecord *record, GError **error);
/** bs_journal_store_write_figures: of @run into its row, where they have changed */
gboolean bs_journal_store_write_figures (BsJournalStore *self, BsJournalRun *run, GError **error);
gboolean bs_journal_store_commit (BsJournalStore *self, GError **error);
void bs_journal_store_rollback (BsJournalStore *self);

G_END_DECLS
