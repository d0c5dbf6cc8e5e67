/* bs-latency-timeline.h: one line a stage over the predictions, on a log axis, with budget and marks */
#pragma once

#include <gtk/gtk.h>

#include "ui/latency/bs-latency-record.h"
#include "ui/latency/bs-latency-side.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_TIMELINE (bs_latency_timeline_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyTimeline, bs_latency_timeline, BS, LATENCY_TIMELINE, GtkWidget)

/** No prediction under the cursor. */
#define BS_LATENCY_NO_CURSOR G_MAXUINT64

/**
 * bs_latency_timeline_new:
 * @record: what it draws; a reference is taken
 *
 * Wheel or +/- zoom, Shift+arrows pan, arrows move the cursor, Home and End go to the oldest and the newest. A drag pans or
 * selects: bs_latency_timeline_set_drag(). The keys A and B begin and end a selection at the cursor.
 * Signals: "cursor-moved": see bs_latency_timeline_get_cursor(); "range-selected" (int side, guint64 from, guint64 to,
 * gboolean done): the user selects predictions @from..@to for a side; @done: has ended.
 */
GtkWidget *bs_latency_timeline_new (BsLatencyRecord *record);

/** What a drag does from now on: selects for @side, or pans with %BS_LATENCY_N_SIDES. */
void bs_latency_timeline_set_drag (BsLatencyTimeline *self, BsLatencySide side);
/** bs_latency_timeline_set_ranges: @ranges: [n]: shaded as what @side stands for; copied */
void bs_latency_timeline_set_ranges (BsLatencyTimeline *self, BsLatencySide side, const BsLatencyRange *ranges,
                                     guint n);
/** Draws @stage strongly and the others weakly; %BS_N_STAGES: all alike. */
void bs_latency_timeline_set_highlight (BsLatencyTimeline *self, BsStage stage);

/** The predictions under the cursor, @from <= number < @to; %FALSE where there is no cursor. */
gboolean bs_latency_timeline_get_cursor (BsLatencyTimeline *self, guint64 *from, guint64 *to);
/**
 * bs_latency_timeline_read_last:
 * @values: (out): [BS_N_STAGES], ns: what is under the cursor, or else the newest prediction
 *
 * Returns: whether it is the cursor's
 */
gboolean bs_latency_timeline_read_last (BsLatencyTimeline *self, guint32 *values);
/** The predictions in view. */
void bs_latency_timeline_get_visible (BsLatencyTimeline *self, guint64 *from, guint64 *to);

G_END_DECLS
