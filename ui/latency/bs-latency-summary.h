/* bs-latency-summary.h: histograms of every stage over chosen predictions, made a little at a time */
#pragma once

#include "ui/latency/bs-latency-history.h"
#include "ui/latency/bs-latency-marks.h"

G_BEGIN_DECLS

/**
 * BsLatencySummary:
 *
 * 100,000 predictions of 15 stages take some milliseconds to count: more than a callback of the main loop may. So they are
 * counted in steps; a range without an end goes on with the predictions that come. Thread: one at a time.
 */
typedef struct _BsLatencySummary BsLatencySummary;

BsLatencySummary *bs_latency_summary_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bs_latency_summary_free (BsLatencySummary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLatencySummary, bs_latency_summary_free)

/**
 * bs_latency_summary_set_ranges:
 * @ranges: [n]: ascending, apart from each other
 *
 * Begins anew over the predictions in @ranges. Where they are the same but for the end of the last, which has moved on,
 * what was counted stays.
 */
void bs_latency_summary_set_ranges (BsLatencySummary *self, const BsLatencyRange *ranges, guint n);

/**
 * bs_latency_summary_step:
 * @max: predictions to count at most
 *
 * Counts on. What has left @history before it was counted is not counted. Cost: about 50 ns a prediction.
 *
 * Returns: whether anything was counted
 */
gboolean bs_latency_summary_step (BsLatencySummary *self, const BsLatencyHistory *history, guint max);

/** Whether all predictions of the ranges that @history holds are counted. */
gboolean bs_latency_summary_is_done (const BsLatencySummary *self, const BsLatencyHistory *history);

/** Predictions counted so far. */
guint64 bs_latency_summary_count (const BsLatencySummary *self);
/** bs_latency_summary_histogram: (nullable): of @stage, so far; %NULL where it has had no time. Owned by @self. */
const BsHistogram *bs_latency_summary_histogram (const BsLatencySummary *self, BsStage stage);

G_END_DECLS
