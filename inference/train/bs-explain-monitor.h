/* bs-explain-monitor.h: why the newest signal, or that of a bar asked for, is what it is, found out behind the live path's back */
#pragma once

#include "inference/predict/bs-predictor.h"
#include "inference/train/bs-explain.h"

G_BEGIN_DECLS

#define BS_WHY_MAX_BARS 256 /* of a window whose parts are kept */

typedef enum
{
  BS_WHY_READY,
  BS_WHY_WARMING_UP, /* the window is not full at that bar: it has no signal */
  BS_WHY_NOT_HELD,   /* the bar is not held any more */
  BS_WHY_FAILED,     /* the network overflows at its inputs */
} BsWhyState;

/** BsWhy: the explanation of one bar's most probable class, by integrated gradients. Plain data; but READY only the first four count. */
typedef struct
{
  BsWhyState state;
  gint64 time_us;     /* of the bar */
  guint64 index;      /* the bar's */
  guint rows_missing; /* WARMING_UP: bars that the window needs more */
  guint64 row;        /* index of the newest row of its window: the bar itself, in legacy the one before */
  BsClass klass;
  float probabilities[BS_N_CLASSES]; /* of the bar, as the explained network has them */
  gboolean complete; /* the parts add up: see BsExplanation */
  double whole;      /* logit - baseline: what they add up to */
  double features[BS_N_FEATURES];
  double groups[BS_N_FEATURE_GROUPS]; /* the same by group */
  guint order[BS_N_FEATURES];         /* the largest first */
  guint n_bars;               /* the newest of the window, at most BS_WHY_MAX_BARS */
  double bars[BS_WHY_MAX_BARS]; /* oldest first; the last is the bar's own */
} BsWhy;

/**
 * BsExplainMonitor:
 *
 * The worker leaves the window of its newest answer here; a thread of its own, of the lowest priority, explains the newest that
 * it finds, at most 30 a second. What comes faster is left out: only the newest is of interest. While a bar that was asked for is
 * pinned, that one is explained instead.
 */
typedef struct _BsExplainMonitor BsExplainMonitor;

/** bs_explain_monitor_new: @notify: (nullable): called on the monitor's thread when bs_explain_monitor_get() has something new */
BsExplainMonitor *bs_explain_monitor_new (void (*notify) (gpointer data), gpointer notify_data) G_GNUC_WARN_UNUSED_RESULT;
/** Waits for the thread, as long as one explanation takes. */
void bs_explain_monitor_free (BsExplainMonitor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsExplainMonitor, bs_explain_monitor_free)

/** bs_explain_monitor_set_wanted: without anybody who looks nothing is copied or computed. On at first. Thread: any. */
void bs_explain_monitor_set_wanted (BsExplainMonitor *self, gboolean wanted);

/**
 * bs_explain_monitor_observe:
 * @predictor: which has just answered
 * @signal: with that
 *
 * Copies the window where nobody holds the place for it; else the bar is left out. Waits for no lock; allocates at the first bar
 * and after another model or another variant was set. Thread: the worker that owns @predictor. Cost: about 1 us.
 */
void bs_explain_monitor_observe (BsExplainMonitor *self, const BsPredictor *predictor, const BsSignal *signal);

/**
 * bs_explain_monitor_get:
 * @generation: (inout): 0 before the first call
 * @why: (out caller-allocates)
 *
 * Returns: whether there is another explanation than the last call gave. Waits for nobody: %FALSE, and true at a later call, where
 * one is just being written. Thread: any, one at a time.
 */
gboolean bs_explain_monitor_get (BsExplainMonitor *self, guint *generation, BsWhy *why);

/**
 * bs_explain_monitor_set_pinned:
 *
 * Whether the newest answers are left alone, for a bar that bs_explain_monitor_ask() asks for. No longer, and the newest answer is
 * explained, also where no further one comes. Thread: any.
 */
void bs_explain_monitor_set_pinned (BsExplainMonitor *self, gboolean pinned);

/**
 * bs_explain_monitor_ask:
 * @predictor: whose bar it is; with the switches and the model that it has now
 * @index: a bar that has been pushed
 *
 * Only the newest question is answered. Waits for no lock; allocates some hundred bars' room. Thread: the worker that owns @predictor.
 */
void bs_explain_monitor_ask (BsExplainMonitor *self, const BsPredictor *predictor, guint64 index);

/** bs_explain_monitor_get_asked: as bs_explain_monitor_get(), with the answer to the newest question that was answered */
gboolean bs_explain_monitor_get_asked (BsExplainMonitor *self, guint *generation, BsWhy *why);

G_END_DECLS
