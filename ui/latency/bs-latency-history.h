/* bs-latency-history.h: the view's own copy of a trace: a column a stage, with the maxima of blocks above it */
#pragma once

#include "inference/predict/bs-trace.h"

G_BEGIN_DECLS

/** Predictions kept: a power of two, so that blocks never straddle the ring's end; no fewer than the trace keeps. */
#define BS_LATENCY_HISTORY_LENGTH (1u << 17)

/**
 * BsLatencyHistory:
 *
 * Predictions are numbered as in the trace. A stage's column is made when its first time arrives: about 0.6 MB. The
 * largest value of any range costs at most a few dozen reads, so that a drawn pixel column never loses a peak.
 * Thread: one at a time.
 */
typedef struct _BsLatencyHistory BsLatencyHistory;

BsLatencyHistory *bs_latency_history_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bs_latency_history_free (BsLatencyHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLatencyHistory, bs_latency_history_free)

/** Forgets all; the next append is number @next. */
void bs_latency_history_reset (BsLatencyHistory *self, guint64 next);

/**
 * bs_latency_history_append:
 * @number: of the first of @entries; where it is beyond the end (the trace's ring ran ahead), what is held is forgotten
 * @entries: [n]
 */
void bs_latency_history_append (BsLatencyHistory *self, guint64 number, const BsTraceEntry *entries, gsize n);

/** Number of the oldest prediction held and one past the newest. */
guint64 bs_latency_history_first (const BsLatencyHistory *self);
guint64 bs_latency_history_end (const BsLatencyHistory *self);

/** Whether @stage has had a time other than 0 since the last reset. */
gboolean bs_latency_history_has_stage (const BsLatencyHistory *self, BsStage stage);

/** The largest time, ns, of @stage over first <= number < end cut to [@from, @to); 0 where there is none. */
guint32 bs_latency_history_max (const BsLatencyHistory *self, BsStage stage, guint64 from, guint64 to);

/** Copies the times, ns, of @stage of @n predictions from @from, which must be held, into @values; 0: none. */
void bs_latency_history_read (const BsLatencyHistory *self, BsStage stage, guint64 from, guint n, guint32 *values);

/** Index and time (us UTC) of the bar of prediction @number, which must be held. */
void bs_latency_history_get_bar (const BsLatencyHistory *self, guint64 number, guint64 *row, gint64 *time_us);

G_END_DECLS
