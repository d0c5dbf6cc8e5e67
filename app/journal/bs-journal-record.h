/* bs-journal-record.h: what the journal keeps: runs and their records (docs/journal.md) */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** A session from its first bar to its end, or to where it begins anew: see bs_journal_begin_run(). */
typedef struct _BsJournalRun BsJournalRun;

/** Where a run's bars came from. The order is that of the words in the file: see bs_journal_run_kind_word(). */
typedef enum
{
  BS_JOURNAL_RUN_REPLAY, /* a file at a pace: kept for a shorter time, and without bars of the past, which are in the file */
  BS_JOURNAL_RUN_FILE,   /* a file that another program appends to: its past is in it, too */
  BS_JOURNAL_RUN_HTTP,
  BS_JOURNAL_RUN_WEBSOCKET,
  BS_JOURNAL_RUN_REDIS,
  BS_N_JOURNAL_RUN_KINDS
} BsJournalRunKind;

/** "replay", "file", "http", "websocket", "redis". Static. */
const char *bs_journal_run_kind_word (BsJournalRunKind kind);
/** bs_journal_run_kind_by_word: Returns: the kind, or -1 */
int bs_journal_run_kind_by_word (const char *word);

/** What a run is from its start on. Strings belong to the caller. */
typedef struct
{
  BsJournalRunKind kind;
  const char *instrument; /* "ES" */
  const char *origin;     /* (nullable): the file's path, or the feed's address without any key */
  gint64 bar_length_us;   /* 0 where not known */
  BsStamp stamp;
  gint64 secondary_length_us;
  BsStamp secondary_stamp;
  guint decimals;      /* of prices, for display */
  gint64 kept_until_us; /* bars of the past up to this time are in the journal already, as another run's; 0: none are */
  gint64 watch;        /* instruments that are watched together have the same number here, such as the time at which that began; 0: alone */
  gint64 continues;    /* the run whose bars come before this one's; 0: none */
  const char *model_name, *model_hash; /* (nullable): %NULL: no predictor */
  BsOptions options;   /* at the start */
} BsJournalRunInfo;

typedef enum
{
  BS_JOURNAL_RECORD_BAR,       /* a primary @bar with its @signal, or, where it is not @answered, with why in @text */
  BS_JOURNAL_RECORD_SECONDARY, /* a secondary @bar; @index in its own series */
  BS_JOURNAL_RECORD_CONFIG,    /* from the next bar on: @options, and the model @text (its hash) */
  BS_JOURNAL_RECORD_FEED,      /* a feed event: @word and @text */
  BS_JOURNAL_RECORD_ALERT,     /* an alert: @word and @text */
  BS_JOURNAL_RECORD_END,       /* the run is over */
  BS_N_JOURNAL_RECORD_KINDS
} BsJournalRecordKind;

/** Bytes of @word, its end counted in. */
#define BS_JOURNAL_WORD_SIZE 24

typedef struct
{
  BsJournalRecordKind kind;
  guint64 index;     /* of @bar in its series; of the next bar where there is none */
  gint64 arrival_us; /* UTC: when it was here */
  gboolean past;     /* BAR, SECONDARY: of the past, nobody had waited for it. A replay's and a file's are not kept */
  gboolean answered;
  double threshold; /* of the confidence, that @signal was judged with */
  char word[BS_JOURNAL_WORD_SIZE];
  BsBar bar;
  union
  {
    BsSignal signal;
    BsOptions options;
  };
  char *text; /* (nullable): owned */
} BsJournalRecord;

void bs_journal_record_clear (BsJournalRecord *self);

G_END_DECLS
