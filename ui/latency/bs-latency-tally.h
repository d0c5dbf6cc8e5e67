/* bs-latency-tally.h: the figures of every stage over what was chosen, kept up to date a little a frame */
#pragma once

#include "ui/latency/bs-latency-figures.h"
#include "ui/latency/bs-latency-record.h"

G_BEGIN_DECLS

/** Thread: main. */
typedef struct _BsLatencyTally BsLatencyTally;

/** bs_latency_tally_new: of nothing yet; @record: a reference is taken */
BsLatencyTally *bs_latency_tally_new (BsLatencyRecord *record) G_GNUC_WARN_UNUSED_RESULT;
void bs_latency_tally_free (BsLatencyTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLatencyTally, bs_latency_tally_free)

/** All predictions since the trace began, also those that it no longer holds. */
void bs_latency_tally_set_all (BsLatencyTally *self);
/** bs_latency_tally_set_ranges: @ranges: [n]: see bs_latency_summary_set_ranges(); n 0: nothing */
void bs_latency_tally_set_ranges (BsLatencyTally *self, const BsLatencyRange *ranges, guint n);
/** The record was reset: nothing counts any more. */
void bs_latency_tally_reset (BsLatencyTally *self);

/**
 * bs_latency_tally_step:
 * @now_us: the frame's time
 * @stage: (out): the stage whose figures were read anew; %BS_N_STAGES: none
 *
 * Goes on for a fraction of a millisecond. Returns: whether there is more to do
 */
gboolean bs_latency_tally_step (BsLatencyTally *self, gint64 now_us, BsStage *stage);

/** Figures of @stage as read last. Owned by @self. */
const BsLatencyFigures *bs_latency_tally_figures (const BsLatencyTally *self, BsStage stage);
/** bs_latency_tally_histogram: (nullable): of @stage now; owned by @self, good until the next call of any function of it */
const BsHistogram *bs_latency_tally_histogram (BsLatencyTally *self, BsStage stage);

G_END_DECLS
