/* bs-journal-compare.h: the signals of two runs, bar by bar */
#pragma once

#include "app/journal/bs-journal-reader.h"

G_BEGIN_DECLS

/** Differences that are listed at most; all are counted. */
#define BS_JOURNAL_MAX_DIFFERENCES 100000

/** A bar of the same time whose signal is another. */
typedef struct
{
  gint64 time_us;
  guint64 index[2]; /* in each run */
  BsClass klass[2], raw_class[2];
  double confidence[2];
  double price; /* close, of the first */
} BsJournalDifference;

/** Bars are the same where their times are. Only what both have a signal for is compared. */
typedef struct
{
  guint64 n_only[2]; /* signals of bars that the other run has none for */
  guint64 n_common;
  guint64 n_same_class; /* after the threshold */
  guint64 n_same_raw;   /* before it */
  guint64 n_same_bits;  /* all three probabilities, to the bit */
  guint64 n_other_bar;  /* the bars themselves have other prices */
  double sum, max;      /* of the differences of the confidence */
  GArray *differences;  /* (element-type BsJournalDifference): other class after the threshold, in order */
} BsJournalComparison;

/** bs_journal_compare: the runs @a and @b. @cancelled: (nullable): ended once it is not 0. Returns: (transfer full): %NULL with an error */
BsJournalComparison *bs_journal_compare (BsJournalReader *reader, gint64 a, gint64 b, volatile gint *cancelled,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_journal_comparison_free (BsJournalComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournalComparison, bs_journal_comparison_free)

G_END_DECLS
