/* bs-latency-marks.h: when which switch was thrown, and which predictions were made in which state of the switches */
#pragma once

#include "inference/predict/bs-trace.h"

G_BEGIN_DECLS

/** Predictions @from <= number < @to. */
typedef struct
{
  guint64 from;
  guint64 to; /* G_MAXUINT64: all that will come too */
} BsLatencyRange;

/** Something that happened before prediction @number. */
typedef struct
{
  guint64 number;
  char *text;  /* owned: "hurst-cache off" */
  char *state; /* owned: how the switches stand from there on; see bs_latency_marks_first_state() */
} BsLatencyMark;

/** Stretches of a trace between two switches. Thread: one at a time. */
typedef struct _BsLatencyMarks BsLatencyMarks;

/** bs_latency_marks_new: @options: (nullable): in force before the first mark; %NULL: the defaults */
BsLatencyMarks *bs_latency_marks_new (const BsOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void bs_latency_marks_free (BsLatencyMarks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLatencyMarks, bs_latency_marks_free)
BsLatencyMarks *bs_latency_marks_copy (const BsLatencyMarks *self) G_GNUC_WARN_UNUSED_RESULT;

/** Adds a switch, not before those that are there; switches before the same prediction make one mark. */
void bs_latency_marks_add (BsLatencyMarks *self, const BsTraceSwitch *change);
/** Forgets the marks of predictions before @first, but for the state that they leave. */
void bs_latency_marks_trim (BsLatencyMarks *self, guint64 first);

guint bs_latency_marks_length (const BsLatencyMarks *self);
/** Mark @i of those there are, the oldest first. Owned by @self, until it changes. */
const BsLatencyMark *bs_latency_marks_nth (const BsLatencyMarks *self, guint i);
/**
 * bs_latency_marks_first_state:
 *
 * The state before the first mark, in words: the options that are not as by default, "hurst-cache off, precision fp32";
 * "defaults" where there are none. Two states are the same where their words are.
 */
const char *bs_latency_marks_first_state (const BsLatencyMarks *self);

/** Stretch @i, 0..bs_latency_marks_length(): from mark @i - 1 (0: from the beginning) to mark @i (the last: open). */
BsLatencyRange bs_latency_marks_stretch (const BsLatencyMarks *self, guint i);
/** The state in stretch @i. */
const char *bs_latency_marks_stretch_state (const BsLatencyMarks *self, guint i);
/** The stretch of prediction @number. */
guint bs_latency_marks_find (const BsLatencyMarks *self, guint64 number);
/** Puts all stretches in state @state into @ranges (element-type BsLatencyRange), ascending. */
void bs_latency_marks_state_ranges (const BsLatencyMarks *self, const char *state, GArray *ranges);

G_END_DECLS
