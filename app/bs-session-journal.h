/* bs-session-journal.h: between a session's worker and its main thread: what happened is committed to the journal first */
#pragma once

#include "app/bs-ring.h"
#include "app/journal/bs-journal.h"

G_BEGIN_DECLS

/**
 * BsSessionJournal:
 *
 * A gate in the session's ring of events: the journal's thread makes records of them, commits them, and lets them through. Where
 * bars begin anew, so does the run.
 */
typedef struct _BsSessionJournal BsSessionJournal;

/**
 * bs_session_journal_new:
 * @events: of BsSessionEvent; gated from here on
 * @passed: called on the journal's thread when events have been let through
 */
BsSessionJournal *bs_session_journal_new (BsJournal *journal, const BsJournalRunInfo *info, BsRing *events,
                                          void (*passed) (gpointer data), gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/** There is a new event. Thread: the worker. No lock, but where the journal's thread must be woken. */
void bs_session_journal_kick (BsSessionJournal *self);
/** bs_session_journal_run: a reference to the run that goes on. Thread: any. */
BsJournalRun *bs_session_journal_run (BsSessionJournal *self) G_GNUC_WARN_UNUSED_RESULT;
/** Keeps what is left, ends the run, frees. No event may come any more. */
void bs_session_journal_free (BsSessionJournal *self);

G_END_DECLS
