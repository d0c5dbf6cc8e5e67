/* bs-trace.h: the times of the last predictions, stage by stage */
#pragma once

#include "inference/predict/bs-histogram.h"
#include "inference/predict/bs-options.h"
#include "inference/predict/bs-stage.h"

G_BEGIN_DECLS

#define BS_TRACE_LENGTH 100000    /* predictions kept */
#define BS_TRACE_SLOW_NS 10000000 /* 10 ms: a prediction that takes longer is logged with its slowest stage */

typedef struct
{
  guint64 row;                   /* index of the bar */
  gint64 time_us;                /* of the bar */
  guint32 stage_ns[BS_N_STAGES]; /* saturates at 4.29 s */
} BsTraceEntry;

#define BS_TRACE_SWITCHES 256 /* switch marks kept */

/**
 * BsTraceSwitch:
 *
 * One option that was given another value between two bars; several that changed together are several, with the same
 * @bar. On a timeline of entries it belongs between entry @n_traced - 1 and entry @n_traced.
 */
typedef struct
{
  guint64 n_traced;   /* entries added before */
  guint64 bar;        /* index of the first bar that is taken the new way */
  gint64 bar_time_us; /* of the bar before it; %G_MININT64 where there is none */
  gint64 time_us;     /* UTC: when the change took effect */
  BsOption option;
  int from, to; /* its values: see bs_option_value_string() */
} BsTraceSwitch;

/**
 * BsTrace:
 *
 * A ring of entries and a histogram a stage. Written by the worker, which never waits and never allocates;
 * bs_trace_count(), bs_trace_read(), bs_trace_histogram() and bs_trace_read_switches() may be called from any other thread at
 * the same time, bs_trace_reset() from one.
 */
typedef struct _BsTrace BsTrace;

BsTrace *bs_trace_new (void) G_GNUC_WARN_UNUSED_RESULT;
/** bs_trace_ref: for who reads it when its predictor may be gone. Thread: any, as bs_trace_unref(). */
BsTrace *bs_trace_ref (BsTrace *self);
void bs_trace_unref (BsTrace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTrace, bs_trace_unref)

/** Adds one prediction. @stage_ns: [BS_N_STAGES], 0 for stages that did not run: they count in no histogram. */
void bs_trace_add (BsTrace *self, guint64 row, gint64 time_us, const gint64 *stage_ns);

/** Number of entries ever added; a reset does not set it back. */
guint64 bs_trace_count (BsTrace *self);

/**
 * bs_trace_read:
 * @from: number of the first entry wanted (entries are numbered from 0 as they are added)
 * @entries: (out caller-allocates): [max]
 *
 * Copies entries @from.. ; where the oldest of them have left or were reset, starts with the oldest still held.
 * A reader that is up to date calls this once a frame; a copy of all 100,000 takes some milliseconds.
 *
 * Returns: entries copied; @from is moved past them
 */
gsize bs_trace_read (BsTrace *self, guint64 *from, BsTraceEntry *entries, gsize max);

/** Adds the counts of a stage to @histogram, which is the caller's own. */
void bs_trace_histogram (BsTrace *self, BsStage stage, BsHistogram *histogram);

/** Adds one switch mark, whether timing is on or off. Not for every bar: takes a lock. Thread: the worker. */
void bs_trace_add_switch (BsTrace *self, const BsTraceSwitch *mark);

/**
 * bs_trace_read_switches:
 * @from: number of the first mark wanted (marks are numbered from 0 as they are added)
 * @marks: (out caller-allocates): [max]
 *
 * Copies marks @from.. , the oldest first; where the oldest of them have left or were reset, starts with the oldest still
 * held. A reader that is up to date may call this once a frame: it costs a lock that nobody else holds.
 *
 * Returns: marks copied; @from is moved past them
 */
gsize bs_trace_read_switches (BsTrace *self, guint64 *from, BsTraceSwitch *marks, gsize max);

/** Forgets all entries, counts and switch marks; the numbering of each goes on. */
void bs_trace_reset (BsTrace *self);

G_END_DECLS
