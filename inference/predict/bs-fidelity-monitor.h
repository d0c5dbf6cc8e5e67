/* bs-fidelity-monitor.h: compares the live path with the plain FP32 path, bar by bar, behind its back */
#pragma once

#include "inference/predict/bs-fidelity-report.h"
#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

#define BS_FIDELITY_DEFAULT_EVERY 10 /* bars */

/**
 * BsFidelityMonitor:
 *
 * At every k-th bar that has a signal it copies what the answer follows from (the window's rows, and the bars behind them)
 * into a bounded ring. A thread of its own, of the lowest priority, computes the features of the window anew, with Hurst at
 * every bar, takes both windows through the reference engine in FP32 and compares the answers with the live one. Every
 * copy stands by itself, so that a comparison that is left out, because the ring is full, spoils no other.
 *
 * Figures survive a reset of the predictor; another model or other switches begin the figures since the last switch anew.
 */
typedef struct _BsFidelityMonitor BsFidelityMonitor;

/** bs_fidelity_monitor_new: @every: bars from one comparison to the next, 0 for none */
BsFidelityMonitor *bs_fidelity_monitor_new (guint every) G_GNUC_WARN_UNUSED_RESULT;
/** Waits for the thread, as long as one comparison takes. */
void bs_fidelity_monitor_free (BsFidelityMonitor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFidelityMonitor, bs_fidelity_monitor_free)

/** Thread: any. Takes effect with the next bar. */
void bs_fidelity_monitor_set_every (BsFidelityMonitor *self, guint every);

/**
 * bs_fidelity_monitor_observe:
 * @predictor: which has just answered
 * @signal: with that
 *
 * Allocates nothing and waits for no lock; makes what it needs at the first bar and after another model was set.
 * Thread: the worker that owns @predictor. Cost: some ns, and a few us at every k-th bar.
 */
void bs_fidelity_monitor_observe (BsFidelityMonitor *self, const BsPredictor *predictor, const BsSignal *signal);

/** bs_fidelity_monitor_report: (out caller-allocates): the figures as they are. Waits for nobody. Thread: any, one at a time. */
void bs_fidelity_monitor_report (BsFidelityMonitor *self, BsFidelityReport *report);

/** Waits until all that was observed is compared. For tests and programs at their end. Thread: any but the monitor's. */
void bs_fidelity_monitor_flush (BsFidelityMonitor *self);

G_END_DECLS
