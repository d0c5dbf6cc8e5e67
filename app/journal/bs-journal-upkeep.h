/* bs-journal-upkeep.h: checking, setting aside, deleting: what is done to the file as a whole, on any thread but the main one */
#pragma once

#include "app/journal/bs-journal.h"

G_BEGIN_DECLS

/**
 * bs_journal_check_file:
 * @full: integrity_check, which also compares indices with their tables; else quick_check
 * @stopping: (nullable): looked at now and then; the check ends early once it is not 0
 *
 * Looks through the whole file: some hundred MB a second.
 *
 * Returns: %TRUE where the file is sound, is not there, or the check was ended; %FALSE with %BS_JOURNAL_ERROR_DAMAGED, or with what
 * kept the file from being looked at
 */
gboolean bs_journal_check_file (const char *path, gboolean full, const volatile gint *stopping, GError **error);

/**
 * bs_journal_set_aside:
 *
 * Gives a damaged file, and what SQLite keeps beside it, a name of its own in the same folder: NAME-damaged-DATE-TIME.sqlite.
 *
 * Returns: (transfer full): the new path; %NULL where that cannot be done
 */
char *bs_journal_set_aside (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_journal_finish_runs:
 * @own_since_us: runs of this very process id that began before this (us UTC) are of another program with the same number
 *
 * Ends the runs whose program is gone, with the figures of what is there. It must have run on this machine.
 */
gboolean bs_journal_finish_runs (const char *path, gint64 own_since_us, GError **error);

/**
 * bs_journal_delete_run:
 *
 * Deletes a run and all of its records, in steps of some thousand so that whoever writes is not held up. Broken off, it is gone on
 * with by the next bs_journal_prune(); no list shows the run meanwhile.
 *
 * Returns: %FALSE with %BS_JOURNAL_ERROR_MISSING, or another
 */
gboolean bs_journal_delete_run (const char *path, gint64 run, GError **error);

/** What is listed as one row: a run, or all instruments that were watched together. */
typedef struct
{
  gint64 run;
  gint64 watch; /* 0: @run alone; else all that have this number, and @run is one of them */
} BsJournalListed;

/**
 * bs_journal_hide:
 *
 * Takes rows from all lists, or, where not @hidden, puts back those that were taken from them. What is hidden is deleted by
 * bs_journal_delete_listed(), or else by the next bs_journal_prune(): at the program's next start, say.
 *
 * Returns: %FALSE with an error; where one is to be put back that is gone, %BS_JOURNAL_ERROR_MISSING
 */
gboolean bs_journal_hide (const char *path, const BsJournalListed *rows, guint n, gboolean hidden, GError **error);
/** bs_journal_delete_listed: as bs_journal_delete_run() each, but that one which is gone already is no error */
gboolean bs_journal_delete_listed (const char *path, const BsJournalListed *rows, guint n, GError **error);

/**
 * bs_journal_prune:
 * @options: what is too old: runs whose end (for want of one, start) is more days ago. Runs that are going on are left
 * @dry: only counts
 * @n_runs: (out): deleted, or what would be
 *
 * Also gives the room that is free in the file back to the system, but where @dry.
 */
gboolean bs_journal_prune (const char *path, const BsJournalOptions *options, gboolean dry, guint *n_runs,
                           GError **error);

/**
 * bs_journal_checkpoint:
 * @db: a connection for writing
 *
 * Takes what is committed from the log into the file and syncs both. Whoever writes goes on meanwhile; only where the log has grown
 * over 16 MB is it begun anew, for which the writer waits a moment.
 */
gboolean bs_journal_checkpoint (gpointer db, GError **error);

G_END_DECLS
