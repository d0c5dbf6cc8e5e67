/* bs-latency-view.h: where the time of a prediction goes: timeline by stage, percentiles, histogram of the total */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-trace.h"

G_BEGIN_DECLS

/** Default budget, us: what the predictor logs as slow is what crosses the line. */
#define BS_LATENCY_DEFAULT_BUDGET_US (BS_TRACE_SLOW_NS / 1000.0)

#define BS_TYPE_LATENCY_VIEW (bs_latency_view_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyView, bs_latency_view, BS, LATENCY_VIEW, GtkWidget)

/**
 * bs_latency_view_new:
 *
 * Properties: "budget-us" (double, us, > 0: the budget line), "timing" (gboolean: %FALSE says that nothing is measured).
 * Low (the strip under the chart, 160 px) it shows the timeline and the table; from 300 px on the histogram too.
 * Reads its trace on the frame clock, only while mapped, a bounded amount a frame. Thread: main.
 */
GtkWidget *bs_latency_view_new (void);

/**
 * bs_latency_view_set_trace:
 * @trace: (nullable): must live until it is unset; read from the main thread, see bs-trace.h
 */
void bs_latency_view_set_trace (BsLatencyView *self, BsTrace *trace);

/**
 * bs_latency_view_add_mark:
 * @entry_number: number of the first prediction after what happened, as bs_trace_count() counts them
 * @text: translated: "hurst-cache off"; copied
 *
 * Draws a vertical line with a label, kept as long as the prediction is.
 */
void bs_latency_view_add_mark (BsLatencyView *self, guint64 entry_number, const char *text);

void bs_latency_view_set_budget_us (BsLatencyView *self, double budget_us);
double bs_latency_view_get_budget_us (BsLatencyView *self);
/** bs_latency_view_set_timing: %FALSE: shows that timing is off where nothing has been measured, and beside what has. */
void bs_latency_view_set_timing (BsLatencyView *self, gboolean timing);
gboolean bs_latency_view_get_timing (BsLatencyView *self);

G_END_DECLS
