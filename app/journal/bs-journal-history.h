/* bs-journal-history.h: the last bars of an instrument that feeds have brought: a live session goes on from them */
#pragma once

#include "app/journal/bs-journal-reader.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 run;              /* the newest run among them; 0: there are none */
  BsBarSeries *primary;    /* in order of time, whatever runs they are of */
  BsBarSeries *secondary;  /* (nullable) */
  GArray *answers;         /* (element-type BsJournalBar): as the bars of @primary; their config is %NULL */
  guint decimals;
} BsJournalHistory;

void bs_journal_history_free (BsJournalHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsJournalHistory, bs_journal_history_free)

/**
 * bs_journal_history_load:
 * @path: of the journal; one that is not there holds no bars
 * @bar_length_us: bars of another length are other bars; 0: of the newest run
 * @stamp: likewise; -1: the newest run's
 * @max_bars: the newest of them
 *
 * The bars of all runs of @instrument that are no replays; where several have one of the same time, the newest run's. What is in the
 * file and no valid bar is left out.
 *
 * Give them to the predictor by bs_predictor_append() before its session is made: the session counts on from there
 * (bs_session_new()), and the signals of the past are those of the answers. Thread: not the main one.
 *
 * Returns: (transfer full): maybe without bars; %NULL with an error
 */
BsJournalHistory *bs_journal_history_load (const char *path, const char *instrument, gint64 bar_length_us, int stamp,
                                           guint max_bars, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_journal_history_has: as BsFeedRequest.has_past; @path: of the journal: whether there are such bars to go on from */
gboolean bs_journal_history_has (const char *instrument, gint64 bar_length_us, BsStamp stamp, gpointer path);
/** bs_journal_history_merge: both in order of time; where both have a bar of the same time, that of @newer */
BsBarSeries *bs_journal_history_merge (const BsBarSeries *older, const BsBarSeries *newer) G_GNUC_WARN_UNUSED_RESULT;

/** bs_journal_history_load_run: one run alone, replay or not, to look at it again. %BS_JOURNAL_ERROR_MISSING where it is not there */
BsJournalHistory *bs_journal_history_load_run (const char *path, gint64 run, BsJournalRunRow **row,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
