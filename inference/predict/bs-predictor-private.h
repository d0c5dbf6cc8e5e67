/* bs-predictor-private.h: what the files of BsPredictor share */
#pragma once

#include "inference/predict/bs-input-window.h"
#include "inference/predict/bs-predictor.h"
#include "inference/predict/bs-slow-log.h"

G_BEGIN_DECLS

struct _BsPredictor
{
  BsModel *model;
  BsOptions options;
  double threshold;
  gboolean is_quiet; /* slow predictions are not logged */
  BsSlowLog slow_log;

  BsBarSeries *primary;
  BsBarSeries *secondary; /* (nullable) until its shape is known */
  gsize max_bars;

  BsEngine *engine;
  BsTrace *trace;

  /* incremental on: what is kept between bars */
  BsFeatureStream *stream;
  BsInputWindow inputs;
  BsEngineWindow *window;

  /* incremental off: room for the rows computed anew, [n_rows, BS_N_FEATURES], and for one window, [T, BS_N_FEATURES] */
  double *rows;
  guint n_rows;
  float *scaled;

  float *gathered; /* (nullable): of several predictors side by side, [batch, T, BS_N_FEATURES]: see bs-predictor-tick.c */
};

/** Rows at the end of the series that a later bar revises: the newest one in legacy. */
guint bs_predictor_provisional_rows (const BsPredictor *self);
/** How features are to be computed by the options as they are. */
BsFeatureOptions bs_predictor_feature_options (const BsPredictor *self);

/** Fills @signal for a bar whose window is not full: @n_rows final rows are there. */
void bs_predictor_fill_warming_up (const BsPredictor *self, guint n_rows, BsSignal *signal);

/** bs_class_most_probable: @probabilities: [BS_N_CLASSES]. Hold where it is as probable as another */
BsClass bs_class_most_probable (const float *probabilities);

/** Fills class, confidence and range of @signal from the engine's @probabilities [BS_N_CLASSES] for the scaled @window
 * [T, BS_N_FEATURES], in any order of rows. */
void bs_predictor_fill_ready (const BsPredictor *self, const float *probabilities, const float *window,
                              guint n_out_of_range, BsSignal *signal);

/**
 * bs_predictor_take_row:
 * @bar: the bar that has just been appended
 * @row: (out caller-allocates): [BS_N_FEATURES]: the newest final row
 * @signal: (out caller-allocates): begun anew: time, row, Hurst and ATR
 * @group_ns: (nullable): [BS_N_FEATURE_GROUPS]
 *
 * Takes the newest bar through the features, with incremental on.
 *
 * Returns: whether there is a final row yet
 */
gboolean bs_predictor_take_row (BsPredictor *self, const BsBar *bar, double *row, BsSignal *signal, gint64 *group_ns);

/**
 * bs_predictor_take_bar:
 * @bar: has just been appended
 * @signal: (out caller-allocates): begun anew; whole where there is no full window yet
 *
 * Takes the newest bar through features and window, up to the network.
 *
 * Returns: whether the window is full: bs_predictor_answer() is next
 */
gboolean bs_predictor_take_bar (BsPredictor *self, const BsBar *bar, BsSignal *signal, gboolean timing);
/** The newest window's scaled inputs, [T, BS_N_FEATURES], in any order of rows. */
const float *bs_predictor_inputs (const BsPredictor *self);
/** Takes the full window through the network, and fills @signal. */
gboolean bs_predictor_answer (BsPredictor *self, BsSignal *signal, gboolean timing, GError **error);
/** Writes into @signal, the trace and the log what the bar begun at @start (ns) took; @times: (nullable): as for
 * bs_predictor_push_live() */
void bs_predictor_note_times (BsPredictor *self, const BsBarTimes *times, gint64 start, BsSignal *signal);

/** bs_predictor_share_engine: goes on with @engine, made for the same model and options, and takes a reference to it */
void bs_predictor_share_engine (BsPredictor *self, BsEngine *engine);

/** bs_predictor_batch_windows: windows that go through the network in one call: enough for matrix products, few enough that
 * their inputs stay in the cache */
guint bs_predictor_batch_windows (const BsModel *model);
#define BS_PREDICTOR_MAX_BATCH 64

/** bs_predictor_take_bar() with incremental off: features and window anew. */
gboolean bs_predictor_recompute (BsPredictor *self, const BsBar *bar, BsSignal *signal, gboolean timing);
/** Makes the room that bs_predictor_recompute() needs, for the model as it is. */
void bs_predictor_recompute_init (BsPredictor *self);

/** bs_predictor_check_model: whether bars give what @model reads, and its classes are a signal's */
gboolean bs_predictor_check_model (const BsModel *model, GError **error);

/**
 * bs_predictor_swap:
 * @model, @engine: (inout): the new ones; the old ones after
 * @options: checked, and served by @engine
 *
 * Goes on with them from the next bar on, and leaves marks in the trace.
 */
void bs_predictor_swap (BsPredictor *self, BsModel **model, BsEngine **engine, const BsOptions *options);

/** bs_predictor_switch: bs_predictor_set_options() without a mark in the trace */
gboolean bs_predictor_switch (BsPredictor *self, const BsOptions *options, GError **error);

/** Frees what is kept between bars, which is made for the model, the engine and the options. */
void bs_predictor_clear_state (BsPredictor *self);
/** Makes features' state and window as they would be had every bar held been pushed with the model and the options as they are: the
 * answers depend on the bars and the options, not on when a switch was thrown. */
void bs_predictor_build_state (BsPredictor *self);

/** Puts the live engine window where the input window is: its rows are pushed anew. */
void bs_predictor_refill_window (BsPredictor *self);

G_END_DECLS
