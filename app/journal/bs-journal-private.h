/* bs-journal-private.h: what the parts of the journal share: bs-journal.c is called by other threads, bs-journal-writer.c is the
 * thread that writes, with bs-journal-source.c it takes what has come, with bs-journal-commit.c it writes or keeps it waiting;
 * bs-journal-keeper.c is the thread that checks and syncs */
#pragma once

#include <stdatomic.h>

#include "app/journal/bs-journal-store.h"
#include "app/journal/bs-journal.h"

G_BEGIN_DECLS

/** Records in one transaction at most: bounds how long the first of them waits. */
#define BS_JOURNAL_MAX_BATCH 1024
/** From one writing of the runs' figures to the next. */
#define BS_JOURNAL_FIGURES_USEC G_USEC_PER_SEC

/** A record on its way: taken, not committed yet. */
typedef struct
{
  BsJournalRun *run; /* a reference */
  BsJournalTicket ticket; /* 0: of a source */
  BsJournalRecord record;
} BsJournalPending;

struct _BsJournalSource
{
  BsJournal *journal; /* a reference */
  BsJournalSourceFuncs funcs;
  gpointer data;
  gboolean removing, gone; /* under the journal's lock */
  gboolean leaving;        /* was to go before it was emptied last */
  gboolean given;          /* the journal thread's: something, since passed() was called */
};

struct _BsJournal
{
  atomic_uint refs;
  char *path;
  gint64 opened_us; /* UTC */
  GThread *writer, *keeper;

  atomic_bool kicked, sleeps; /* as in BsRing: who goes to sleep says so and looks once more */
  gint stopping;              /* atomic; also looked at by the check */

  GMutex mutex;
  GCond wake, changed; /* of the writer; of whoever waits for tickets, sources to go, the check */
  GPtrArray *sources;  /* (element-type BsJournalSource) */
  GArray *appended;    /* (element-type BsJournalPending) */
  BsJournalTicket last_ticket, passed_ticket, kept_ticket, lost_ticket;
  BsJournalState state;
  char *message, *set_aside, *damage;
  guint64 n_committed, n_waiting, n_lost;
  BsJournalOptions options;
  gboolean options_changed;
  void (*notify) (gpointer data);
  gpointer notify_data;
  gboolean checked, damaged; /* by the keeper: the check is over */
  gboolean open;             /* the file can be kept: checkpoints, pruning */
  guint n_opened;            /* times that it was opened: it may be another file */

  /* The writer's own. */
  BsJournalStore *store; /* (nullable) */
  GArray *batch;         /* (element-type BsJournalPending): of the transaction that is being put together */
  GQueue waiting;        /* (element-type BsJournalPending): what could not be written, oldest first */
  GPtrArray *runs;       /* (element-type BsJournalRun): with figures to be written; references */
  gint64 retry_us;       /* when to try again; 0: writing is well */
  gint64 held_since_us;  /* since when records wait for the check; 0: none does */
  gint64 figures_us;     /* when figures were written last */
};

/** Wakes the writer. Thread: any. */
void bs_journal_kick (BsJournal *self);

/** bs_journal_writer_main: @data: the #BsJournal; what its thread runs until it is told to stop and all is written or waits */
gpointer bs_journal_writer_main (gpointer data);
/** bs_journal_keeper_main: @data: the #BsJournal; looks through the file at the start, syncs it, deletes what is too old */
gpointer bs_journal_keeper_main (gpointer data);

/* All below: thread: the writer's. */

/** For g_array_set_clear_func(): what @data, a #BsJournalPending, holds. */
void bs_journal_pending_clear (gpointer data);
/** The same of one that was allocated by itself, and it. */
void bs_journal_pending_free (gpointer data);

/**
 * bs_journal_commit:
 * @batch: (element-type BsJournalPending): what the caller still owns after it
 *
 * One transaction: all of @batch and the figures that are due, or nothing of it.
 */
gboolean bs_journal_commit (BsJournal *self, const GArray *batch, GError **error);
/** Writes what waits, oldest first; what is committed waits no longer. */
gboolean bs_journal_write_waiting (BsJournal *self, GError **error);
/** Puts the batch behind what waits; where that gets too much, the oldest are given up, and counted. */
void bs_journal_let_wait (BsJournal *self);

/**
 * bs_journal_gather:
 * @sources: (out): from whom it was taken, until the next bs_journal_let_go()
 *
 * Into the batch: a little from everybody, in the order of each. Returns: whether there may be more
 */
gboolean bs_journal_gather (BsJournal *self, GPtrArray *sources);
/** Tells the sources that what they gave is committed (@kept) or waits. */
void bs_journal_pass (GPtrArray *sources, gboolean kept);
/** Once all is taken: sources that are to go are gone. */
void bs_journal_let_go (BsJournal *self);

G_END_DECLS
