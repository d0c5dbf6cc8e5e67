/* bs-journal-run.h: what the journal's thread knows of a run (private to app/journal/) */
#pragma once

#include <stdatomic.h>

#include "app/journal/bs-journal.h"

G_BEGIN_DECLS

/** What a list of runs shows. */
typedef struct
{
  guint64 n_bars, n_signals, n_long, n_short, n_lost;
  gint64 first_us, last_us; /* times of its bars; 0 where there are none */
} BsJournalFigures;

/** What follows from the records written so far; goes back with a transaction that fails. */
typedef struct
{
  gint64 id;          /* in the file; 0: no row yet */
  gint64 config;      /* row in force; 0: to be written with the next signal */
  gint64 file;        /* the file that both are of */
  gboolean has_model; /* there is a predictor */
  char model_hash[65];
  BsOptions options;
  BsJournalFigures figures;
  gboolean ended;
  gboolean figures_changed; /* since the row was written */
} BsJournalRunState;

struct _BsJournalRun
{
  atomic_uint refs;
  atomic_llong id; /* committed */

  /* Constant. */
  BsJournalRunKind kind;
  char *instrument, *origin, *model_name;
  char model_hash[65];   /* at the start: the one that @model_name names */
  BsJournalRunInfo info; /* its strings are those above, and %NULL for the hash */
  gint64 started_us;

  /* The journal's thread's. */
  BsJournalRunState state, before; /* before: this transaction */
  gboolean touched;                /* by this transaction */
  gboolean listed;                 /* among the runs that go on */
};

/** bs_journal_run_keeps: whether @record is to be kept at all */
static inline gboolean
bs_journal_run_keeps (const BsJournalRun *self, const BsJournalRecord *record)
{
  if (!record->past)
    return TRUE;
  gboolean in_file = self->kind == BS_JOURNAL_RUN_REPLAY || self->kind == BS_JOURNAL_RUN_FILE;
  return !in_file && (self->info.kept_until_us == 0 || record->bar.time_us > self->info.kept_until_us);
}

/** bs_journal_run_take_config: what comes after @record, a %BS_JOURNAL_RECORD_CONFIG, was judged as it says. Thread: the journal's */
void bs_journal_run_take_config (BsJournalRun *self, const BsJournalRecord *record);

G_END_DECLS
