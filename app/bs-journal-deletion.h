/* bs-journal-deletion.h: sessions are deleted at once for the eye, and for good once nobody can undo it any more */
#pragma once

#include <adwaita.h>

#include "app/journal/bs-journal-reader.h"

G_BEGIN_DECLS

/**
 * BsJournalDeletion:
 *
 * Hides sessions from every list, and deletes them when the toast that says so goes away without Undo, or with the page. What is hidden
 * when the program is killed is deleted at its next start. Work on the file is done on threads. Thread: main.
 */
typedef struct _BsJournalDeletion BsJournalDeletion;

/** Called when the list is another: sessions are hidden, back, or gone. @problem: (nullable): why that could not be done */
typedef void (*BsJournalDeletionFunc) (BsJournalDeletion *self, const char *problem, gpointer data);

BsJournalDeletion *bs_journal_deletion_new (const char *journal_path, BsJournalDeletionFunc func,
                                            gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/** Deletes what could still be undone, on a thread that holds the application; the function is not called any more. */
void bs_journal_deletion_free (BsJournalDeletion *self);

/** bs_journal_deletion_begin: @rows: (element-type BsJournalRunRow). Returns: (transfer full): the toast, to be shown */
AdwToast *bs_journal_deletion_begin (BsJournalDeletion *self, GPtrArray *rows) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
