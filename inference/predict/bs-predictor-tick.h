/* bs-predictor-tick.h: one bar for each of many instruments at once */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/**
 * bs_predictor_push_tick:
 * @predictors: [n] of one model and the same options, no two the same
 * @bars: [n], the bar that has just closed for each
 * @signals: (out caller-allocates): [n], the answers
 * @errors: (out caller-allocates): [n], for the caller to free: %NULL where the signal is filled, else as of
 *   bs_predictor_push()
 *
 * Each predictor's features first, then, with the option batch on, the networks of all in as few calls as may be, else one
 * after the other. The answers are the same as push's, to the bit where the engine promises that for any batch (cpu does,
 * reference and vulkan do not). An instrument that fails leaves the others as they are.
 *
 * The first tick makes the predictors share the engine of one of them: from then on all belong to one thread. One whose model
 * or options are not the first one's is pushed by itself. Allocates nothing after the first prediction of all.
 * Thread: the worker that owns them.
 */
void bs_predictor_push_tick (BsPredictor *const *predictors, const BsBar *bars, guint n, BsSignal *signals,
                             GError **errors);

/**
 * bs_predictor_push_tick_live:
 * @times: (nullable): [n], of @bars, see bs_predictor_push_live()
 *
 * As bs_predictor_push_tick(). A signal's total is what passed since its part of the tick was begun, the wait for the others
 * of the same call included; the network's stages are those of the whole call.
 */
void bs_predictor_push_tick_live (BsPredictor *const *predictors, const BsBar *bars, const BsBarTimes *times, guint n,
                                  BsSignal *signals, GError **errors);

/**
 * bs_predictor_prepare_tick:
 * @leader: a predictor
 *
 * Makes its engine one for many windows at once, as the first tick would: predictors made beside it or following it from here on
 * are ready for a tick. Does nothing where the option batch is off, or where there is no such engine.
 */
void bs_predictor_prepare_tick (BsPredictor *leader);

G_END_DECLS
