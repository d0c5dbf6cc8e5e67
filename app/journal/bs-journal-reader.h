/* bs-journal-reader.h: what is in the journal: runs, their bars and signals, events */
#pragma once

#include "app/journal/bs-journal.h"

G_BEGIN_DECLS

/** A run as lists show it. Strings are never %NULL but where it says so. */
typedef struct
{
  gint64 id;
  BsJournalRunKind kind;
  char *instrument;
  char *origin; /* (nullable) */
  gint64 bar_length_us;
  BsStamp stamp;
  gint64 secondary_length_us;
  BsStamp secondary_stamp;
  guint decimals;
  gint64 started_us, ended_us; /* UTC; ended 0: it goes on */
  gint64 continues;            /* 0: none */
  gint64 watch;                /* 0: alone; see BsJournalRunInfo */
  guint n_instruments;         /* 1; of a session of many (BsJournalRunFilter.sessions) as many as there are: then the figures are of all */
  guint64 n_bars, n_signals, n_long, n_short, n_lost, n_configs;
  gint64 first_us, last_us;      /* times of its bars; 0 where there are none */
  char *model_name, *model_hash; /* (nullable): of the first signal */
} BsJournalRunRow;

void bs_journal_run_row_free (BsJournalRunRow *self);
BsJournalRunRow *bs_journal_run_row_copy (const BsJournalRunRow *self) G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournalRunRow, bs_journal_run_row_free)

/** Switches and model from a bar on. */
typedef struct
{
  gint64 id;
  guint64 bar;
  char *model_name, *model_hash; /* (nullable) */
  char *switches;                /* JSON */
  char *stages;
} BsJournalConfig;

/** A bar and the answer to it. */
typedef struct
{
  guint64 index;
  gint64 arrival_us;
  BsBar bar;
  gboolean answered;
  BsSignal signal; /* where answered */
  double threshold;
  const BsJournalConfig *config; /* (nullable): where answered */
} BsJournalBar;

/** A feed event or an alert. */
typedef struct
{
  gboolean alert;
  guint64 bar;
  gint64 time_us;
  const char *kind;
  const char *text; /* (nullable) */
} BsJournalEvent;

/**
 * BsJournalReader:
 *
 * A connection of its own, which only reads and never holds up who writes. One thread at a time; not the main one: a query takes as
 * long as the disk does.
 */
typedef struct _BsJournalReader BsJournalReader;

/** bs_journal_reader_open: %NULL with a %BS_JOURNAL_ERROR; of a file that is not there, %BS_JOURNAL_ERROR_OPEN */
BsJournalReader *bs_journal_reader_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_journal_reader_free (BsJournalReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournalReader, bs_journal_reader_free)

/** Which runs, newest first. */
typedef struct
{
  const char *instrument; /* (nullable): all */
  int kind;               /* a BsJournalRunKind, or -1: all */
  gboolean feeds_only;    /* no replays */
  gboolean sessions;      /* instruments that were watched together as one row, that of the first of them */
  gint64 watch;           /* only those of this number; 0: all */
  guint64 offset;
  guint64 limit; /* 0: all */
} BsJournalRunFilter;

#define BS_JOURNAL_RUN_FILTER_INIT { .kind = -1 }

/** bs_journal_reader_count_runs: @n: (out): those that @filter names, whatever its offset and limit */
gboolean bs_journal_reader_count_runs (BsJournalReader *self, const BsJournalRunFilter *filter, guint64 *n,
                                       GError **error);
/** bs_journal_reader_list_runs: (transfer full) (element-type BsJournalRunRow): reads no bars but of runs that go on */
GPtrArray *bs_journal_reader_list_runs (BsJournalReader *self, const BsJournalRunFilter *filter,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_journal_reader_get_run: (transfer full): %NULL with %BS_JOURNAL_ERROR_MISSING, or another */
BsJournalRunRow *bs_journal_reader_get_run (BsJournalReader *self, gint64 run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_journal_reader_get_configs: (transfer full) (element-type BsJournalConfig): of @run, in order */
GPtrArray *bs_journal_reader_get_configs (BsJournalReader *self, gint64 run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Called with each; good until it returns. Returns: whether to go on */
typedef gboolean (*BsJournalBarFunc) (const BsJournalBar *bar, gpointer data);
typedef gboolean (*BsJournalEventFunc) (const BsJournalEvent *event, gpointer data);

/** bs_journal_reader_each_bar: the bars of @run from index @begin on, in order, each with its signal where it has one */
gboolean bs_journal_reader_each_bar (BsJournalReader *self, gint64 run, guint64 begin, BsJournalBarFunc func,
                                     gpointer data, GError **error);
/** bs_journal_reader_each_secondary: the secondary bars of @run, in order, as bars without an answer */
gboolean bs_journal_reader_each_secondary (BsJournalReader *self, gint64 run, BsJournalBarFunc func, gpointer data,
                                           GError **error);
/** bs_journal_reader_each_event: feed events of @run, then its alerts, each in the order in which they came */
gboolean bs_journal_reader_each_event (BsJournalReader *self, gint64 run, BsJournalEventFunc func, gpointer data,
                                       GError **error);

/* Two runs side by side, walked along together: what has gone so far is in step with the time of the bars. */

typedef struct _BsJournalCursor BsJournalCursor;

/** bs_journal_cursor_new: over the bars of @run, in order. @reader must outlive it. */
BsJournalCursor *bs_journal_cursor_new (BsJournalReader *reader, gint64 run, guint64 begin,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_journal_cursor_free (BsJournalCursor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournalCursor, bs_journal_cursor_free)
/** bs_journal_cursor_next: (nullable): the next bar, good until the next call; %NULL at the end, or with @error set */
const BsJournalBar *bs_journal_cursor_next (BsJournalCursor *self, GError **error);

G_END_DECLS
