/* bs-latency-record.h: what the latency views show: a trace taken over as it grows, its marks, the budget */
#pragma once

#include <gtk/gtk.h>

#include "ui/latency/bs-latency-history.h"
#include "ui/latency/bs-latency-marks.h"

G_BEGIN_DECLS

/** Default budget, us: what the predictor logs as slow is what crosses the line. */
#define BS_LATENCY_DEFAULT_BUDGET_US (BS_TRACE_SLOW_NS / 1000.0)
#define BS_LATENCY_MIN_BUDGET_US 1.0
#define BS_LATENCY_MAX_BUDGET_US 1e7

#define BS_TYPE_LATENCY_RECORD (bs_latency_record_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyRecord, bs_latency_record, BS, LATENCY_RECORD, GObject)

/**
 * bs_latency_record_new:
 *
 * Properties: "budget-us" (double, us: the budget line), "timing" (gboolean: %FALSE says that nothing is measured).
 * Signals: "changed" (there are more predictions, or none), "marks-changed", "reset" (all is forgotten), and
 * "frame" (gint64 now_us, returns gboolean): on the frame clock, for what is done a little at a time; %TRUE asks for more.
 * Reads its trace only while a widget that follows is mapped, a bounded amount a frame. Thread: main.
 */
BsLatencyRecord *bs_latency_record_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** bs_latency_record_follow: while @widget is mapped, the trace is read. Once for each view, when it is made. */
void bs_latency_record_follow (BsLatencyRecord *self, GtkWidget *widget);

/** bs_latency_record_wake: "frame" is wanted again, also where no prediction comes. */
void bs_latency_record_wake (BsLatencyRecord *self);

/**
 * bs_latency_record_set_trace:
 * @trace: (nullable): a reference is taken; read from the main thread, see bs-trace.h
 * @options: (nullable): in force at its beginning; %NULL: the defaults
 *
 * Begins anew.
 */
void bs_latency_record_set_trace (BsLatencyRecord *self, BsTrace *trace, const BsOptions *options);
/** bs_latency_record_trace: (nullable) */
BsTrace *bs_latency_record_trace (BsLatencyRecord *self);

const BsLatencyHistory *bs_latency_record_history (BsLatencyRecord *self);
const BsLatencyMarks *bs_latency_record_marks (BsLatencyRecord *self);
/** Predictions in the trace, read or not. */
guint64 bs_latency_record_count (BsLatencyRecord *self);
/** bs_latency_record_last: [BS_N_STAGES], ns: the newest prediction; 0: none */
const guint32 *bs_latency_record_last (BsLatencyRecord *self);
/** bs_latency_record_message: (nullable): why there is nothing, or nothing new, to see; translated, static */
const char *bs_latency_record_message (BsLatencyRecord *self);

/** @budget_us: taken into %BS_LATENCY_MIN_BUDGET_US .. %BS_LATENCY_MAX_BUDGET_US */
void bs_latency_record_set_budget_us (BsLatencyRecord *self, double budget_us);
double bs_latency_record_get_budget_us (BsLatencyRecord *self);
void bs_latency_record_set_timing (BsLatencyRecord *self, gboolean timing);

G_END_DECLS
