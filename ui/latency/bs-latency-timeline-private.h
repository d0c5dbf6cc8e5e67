/* bs-latency-timeline-private.h: what the parts of the timeline share */
#pragma once

#include "ui/bs-palette.h"
#include "ui/latency/bs-latency-scale.h"
#include "ui/latency/bs-latency-timeline.h"
#include "ui/latency/bs-log-axis.h"

G_BEGIN_DECLS

/** The axis begins here where nothing was measured yet. */
#define BS_LATENCY_EMPTY_MIN_NS 1e3

struct _BsLatencyTimeline
{
  GtkWidget parent_instance;
  BsLatencyRecord *record;
  const BsLatencyHistory *history; /* the record's */
  BsLatencyScale scale;
  gboolean follow;
  guint64 end;                    /* one past the newest prediction in view, where it does not follow */
  guint64 cursor;                 /* prediction, or BS_LATENCY_NO_CURSOR */
  double pointer;                 /* px, negative: not over the plot */
  guint64 drag_end;               /* where the view was when a drag that pans began */
  BsLatencySide drag;             /* what a drag selects for; BS_LATENCY_N_SIDES: it pans */
  BsLatencySide selecting;        /* what is being selected; BS_LATENCY_N_SIDES: nothing */
  guint64 anchor_from, anchor_to; /* the column where that began */
  double drag_x;                  /* px */
  gboolean drag_pans, selectable;
  GArray *ranges[BS_LATENCY_N_SIDES]; /* BsLatencyRange */
  double scrolled;                    /* part of a wheel step */
  double budget_ns;                   /* the record's */
  BsStage highlight;

  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout;
  int label_width, text_height; /* px */

  cairo_surface_t *image; /* lines, device pixels; NULL: to be drawn */
  graphene_rect_t plot;   /* where it lies, px */
  BsLogAxis axis;
};

/** The right edge of the plot, px. */
static inline float
bs_latency_timeline_right (const BsLatencyTimeline *self)
{
  return self->plot.origin.x + self->plot.size.width;
}

/* bs-latency-timeline.c */
/** The lines are out of date: the data, the view or the colours have changed. */
void bs_latency_timeline_invalidate (BsLatencyTimeline *self);
/** One past the newest prediction in view. */
guint64 bs_latency_timeline_view_end (BsLatencyTimeline *self);
/** Columns that the plot has room for, and predictions that they hold. */
guint bs_latency_timeline_columns (BsLatencyTimeline *self);
guint64 bs_latency_timeline_span (BsLatencyTimeline *self);
/** Tells a screen reader which predictions are in view, where no cursor is shown. */
void bs_latency_timeline_describe_view (BsLatencyTimeline *self);
/** Puts the cursor on prediction @number, or away with %BS_LATENCY_NO_CURSOR; emits "cursor-moved" where it moves. */
void bs_latency_timeline_set_cursor (BsLatencyTimeline *self, guint64 number);

/** The user has selected from the anchor to the columns @from..@to: emits "range-selected". */
void bs_latency_timeline_select (BsLatencyTimeline *self, guint64 from, guint64 to, gboolean done);

/* bs-latency-timeline-lines.c */
/** Draws the lines of all stages into the image, and takes the axis to them, where the image is missing or of another
 * size. */
void bs_latency_timeline_ensure_lines (BsLatencyTimeline *self);

/* bs-latency-timeline-draw.c */
/** The widget's snapshot: lays the plot out and draws all of it. */
void bs_latency_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

/* bs-latency-timeline-input.c */
void bs_latency_timeline_input_init (BsLatencyTimeline *self);
void bs_latency_timeline_input_class_init (GtkWidgetClass *klass);
/** Takes the cursor to the prediction under the pointer: the data moves under a pointer that rests. */
void bs_latency_timeline_follow_pointer (BsLatencyTimeline *self);

G_END_DECLS
