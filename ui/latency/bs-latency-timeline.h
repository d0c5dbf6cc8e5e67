/* bs-latency-timeline.h: one line a stage over the predictions, on a log axis, with budget and marks */
#pragma once

#include <gtk/gtk.h>

#include "ui/latency/bs-latency-history.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_TIMELINE (bs_latency_timeline_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyTimeline, bs_latency_timeline, BS, LATENCY_TIMELINE, GtkWidget)

/** No prediction under the cursor. */
#define BS_LATENCY_NO_CURSOR G_MAXUINT64

/**
 * bs_latency_timeline_new:
 * @history: what it draws; must outlive the widget
 *
 * Wheel or +/- zoom, drag or Shift+arrows pan, arrows move the cursor, Home and End go to the oldest and the newest.
 * Signal "cursor-moved": see bs_latency_timeline_get_cursor().
 */
GtkWidget *bs_latency_timeline_new (const BsLatencyHistory *history);

/** The history has grown or was reset. Cheap: draws at the next frame. */
void bs_latency_timeline_changed (BsLatencyTimeline *self);
void bs_latency_timeline_set_budget (BsLatencyTimeline *self, double budget_ns);
/** Adds a vertical line before prediction @number; @text is copied. */
void bs_latency_timeline_add_mark (BsLatencyTimeline *self, guint64 number, const char *text);
void bs_latency_timeline_clear_marks (BsLatencyTimeline *self);
/** Draws @stage strongly and the others weakly; %BS_N_STAGES: all alike. */
void bs_latency_timeline_set_highlight (BsLatencyTimeline *self, BsStage stage);

/** The predictions under the cursor, @from <= number < @to; %FALSE where there is no cursor. */
gboolean bs_latency_timeline_get_cursor (BsLatencyTimeline *self, guint64 *from, guint64 *to);
/** The predictions in view. */
void bs_latency_timeline_get_visible (BsLatencyTimeline *self, guint64 *from, guint64 *to);

G_END_DECLS
