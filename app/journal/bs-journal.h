/* bs-journal.h: what happened, kept: bars, signals, feed events and alerts of every run, committed before they are shown */
#pragma once

#include "app/journal/bs-journal-record.h"

G_BEGIN_DECLS

typedef enum
{
  BS_JOURNAL_ERROR_OPEN,    /* cannot be opened: no such folder, no permission, no room */
  BS_JOURNAL_ERROR_DAMAGED, /* no sound journal */
  BS_JOURNAL_ERROR_VERSION, /* written by a newer version of the program */
  BS_JOURNAL_ERROR_WRITE,   /* disk full, read-only, locked by another program */
  BS_JOURNAL_ERROR_READ,    /* a query failed, or what it found is no such thing */
  BS_JOURNAL_ERROR_MISSING, /* no such run */
} BsJournalError;

#define BS_JOURNAL_ERROR (bs_journal_error_quark ())
GQuark bs_journal_error_quark (void);

/** Records that may wait while the journal cannot be written, about 0.5 kB each; then the oldest of them are given up. */
#define BS_JOURNAL_MAX_WAITING 65536
/** While a long check of the file goes on at the start, signals wait this long at most; then they are shown, and kept later. */
#define BS_JOURNAL_HOLD_USEC (2 * G_USEC_PER_SEC)

/** Days that runs are kept where nothing else is said; 0 would be for ever. */
#define BS_JOURNAL_DEFAULT_KEEP_DAYS 365
/** The same for replays of files and of the sample, whose bars are in their file anyway. */
#define BS_JOURNAL_DEFAULT_KEEP_REPLAY_DAYS 14

/** How the journal stands. */
typedef enum
{
  BS_JOURNAL_CHECKING, /* at the start: the file is looked through; nothing is written yet */
  BS_JOURNAL_WRITING,  /* all is well */
  BS_JOURNAL_BLOCKED,  /* cannot be written: what comes waits for it, and is shown as not kept. Tried again every second */
} BsJournalState;

typedef struct
{
  BsJournalState state;
  char *message;       /* (nullable): why it is blocked, in words, with the file's name */
  char *set_aside;     /* (nullable): where a damaged file was put when this one was begun */
  char *damage;        /* (nullable): what was wrong with that */
  guint64 n_committed; /* records, since the journal was opened */
  guint64 n_waiting;   /* records that wait to be written */
  guint64 n_lost;      /* records given up because too many waited */
} BsJournalStatus;

void bs_journal_status_clear (BsJournalStatus *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsJournalStatus, bs_journal_status_clear)

typedef struct
{
  guint keep_days;        /* runs older than this are deleted; 0: never */
  guint keep_replay_days; /* likewise, of replays */
} BsJournalOptions;

#define BS_JOURNAL_OPTIONS_INIT { BS_JOURNAL_DEFAULT_KEEP_DAYS, BS_JOURNAL_DEFAULT_KEEP_REPLAY_DAYS }

/**
 * BsJournal:
 *
 * One SQLite file in WAL mode and the thread that writes it. Everything that waits goes into one transaction (group commit), so
 * a commit costs some ten microseconds where bars come one by one and next to nothing where they come in thousands. A commit
 * survives the end of the program at any moment. It is also on the disk itself once the next checkpoint has synced it, which a
 * second thread does once a second: a power cut takes the last second at most, and never the file.
 *
 * Where it cannot be written (disk full, read-only, locked), nobody is held up: what comes is let through marked as not kept,
 * waits in memory (BS_JOURNAL_MAX_WAITING), and is written as soon as that is possible. A file that is damaged is set aside under
 * another name, never deleted, and a new one begun.
 *
 * Several processes may have the same file open. Reference-counted. Thread: any, but where it says otherwise.
 */
typedef struct _BsJournal BsJournal;

/** bs_journal_default_path: (transfer full): journal.sqlite in the user's data folder, which is made */
char *bs_journal_default_path (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_journal_new:
 * @options: (nullable): %NULL for the defaults
 *
 * Returns at once; the file is opened, checked (quick_check) and migrated on the journal's threads. How that went is in the
 * status: there is no error that would keep the program from working.
 */
BsJournal *bs_journal_new (const char *path, const BsJournalOptions *options) G_GNUC_WARN_UNUSED_RESULT;
BsJournal *bs_journal_ref (BsJournal *self);
/** The last one writes what waits, once more where it is blocked, and ends the threads: may take as long as a commit does. */
void bs_journal_unref (BsJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournal, bs_journal_unref)

const char *bs_journal_path (const BsJournal *self);
/** bs_journal_get_status: @status: (out caller-allocates): freed by bs_journal_status_clear() */
void bs_journal_get_status (BsJournal *self, BsJournalStatus *status);
/** bs_journal_set_notify: @func: (nullable): called on a thread of the journal's when state, message or losses have changed; it may call
 * nothing of the journal. Once %NULL is set it is not called any more. */
void bs_journal_set_notify (BsJournal *self, void (*func) (gpointer data), gpointer data);
/** New retention; what is too old by it is deleted in the background. */
void bs_journal_set_options (BsJournal *self, const BsJournalOptions *options);

/* Runs: a session from its first bar to its end, or to where it begins anew. */

/**
 * bs_journal_begin_run:
 * @info: copied
 *
 * A run gets its place in the file with its first record: one without any leaves no trace. Allocates.
 */
BsJournalRun *bs_journal_begin_run (BsJournal *self, const BsJournalRunInfo *info) G_GNUC_WARN_UNUSED_RESULT;
BsJournalRun *bs_journal_run_ref (BsJournalRun *self);
void bs_journal_run_unref (BsJournalRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournalRun, bs_journal_run_unref)
/** bs_journal_run_id: its number in the file; 0 while it has none */
gint64 bs_journal_run_id (BsJournalRun *self);

/* Appending from any thread: costs a lock and a copy, about 1 us. For what comes in thousands a second from one thread see
 * BsJournalSource. Both keep the order within a run. */

/** Number of an appended record, to ask for its fate. */
typedef guint64 BsJournalTicket;

typedef enum
{
  BS_JOURNAL_PENDING,  /* not yet */
  BS_JOURNAL_KEPT,     /* committed */
  BS_JOURNAL_NOT_KEPT, /* the journal is blocked: it will be written when it can be */
} BsJournalFate;

/**
 * bs_journal_append:
 * @run: what it belongs to
 * @record: copied, its text too
 *
 * Hands a record over: a signal with its bar, a secondary bar, a feed event, an alert (bs-journal-record.h). Never waits.
 */
BsJournalTicket bs_journal_append (BsJournal *self, BsJournalRun *run, const BsJournalRecord *record);

/** bs_journal_append_signal: @bar with its @signal, judged with @threshold; @index in its series. A bar that came now. */
BsJournalTicket bs_journal_append_signal (BsJournal *self, BsJournalRun *run, guint64 index, const BsBar *bar,
                                          const BsSignal *signal, double threshold);
/** bs_journal_append_feed_event: @kind: a word ("connected", "lost", "gap"); @text: (nullable) */
BsJournalTicket bs_journal_append_feed_event (BsJournal *self, BsJournalRun *run, const char *kind, const char *text);
/** bs_journal_append_alert: @index: of the bar that set it off; @kind: a word ("signal", "price"); @text: as it was shown */
BsJournalTicket bs_journal_append_alert (BsJournal *self, BsJournalRun *run, guint64 index, const char *kind,
                                         const char *text);
/** The run is over: its figures are written. */
BsJournalTicket bs_journal_end_run (BsJournal *self, BsJournalRun *run);

/**
 * bs_journal_wait:
 * @timeout_us: at most; 0 only looks
 *
 * Waits until all records up to @ticket are committed (their group is: wait for the last of many, not for each). Not on the
 * main thread. An answer to a client may go out on %BS_JOURNAL_KEPT; on the others it must say that it is not kept.
 */
BsJournalFate bs_journal_wait (BsJournal *self, BsJournalTicket ticket, gint64 timeout_us);

/* Sources: a queue of another thread's that the journal's thread empties itself. This is how a session keeps its worker free of
 * locks: see bs_session_set_journal(). */

/**
 * BsJournalSourceFuncs:
 * @next: fills in the next record that has not been given yet, and its run; @record's text is freed by the journal. %FALSE where
 *   there is none
 * @passed: all that was given since the last time is committed (@kept), or waits in memory: let it through
 *
 * Thread: the journal's.
 */
typedef struct
{
  gboolean (*next) (gpointer data, BsJournalRun **run, BsJournalRecord *record);
  void (*passed) (gpointer data, gboolean kept);
} BsJournalSourceFuncs;

typedef struct _BsJournalSource BsJournalSource;

BsJournalSource *bs_journal_add_source (BsJournal *self, const BsJournalSourceFuncs *funcs,
                                        gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/** There is something new. No lock and no allocation but where the journal's thread sleeps and must be woken. */
void bs_journal_source_kick (BsJournalSource *source);
/** Takes what is left, then frees @source: no function of it is called any more. Waits for a commit. */
void bs_journal_remove_source (BsJournalSource *source);

G_END_DECLS
