/* bs-explain-bar.h: the window of any bar that a predictor has taken, to be explained on another thread */
#pragma once

#include "inference/features/bs-features.h"
#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/**
 * bs_explain_window:
 * @row: index of the window's newest row; it and the T - 1 before it are of bars that @primary holds
 * @window: (out caller-allocates): [T, BS_N_FEATURES], scaled, oldest row first
 * @n_out_of_range: (out) (nullable): inputs further from the training mean than they should be: bs_input_in_range()
 *
 * The window as all bars give it (bs_features_batch()). Thread: any, while nobody appends.
 *
 * Returns: %FALSE with a %BS_FEATURES_ERROR
 */
gboolean bs_explain_window (const BsModel *model, const BsBarSeries *primary, const BsBarSeries *secondary,
                            const BsFeatureOptions *options, guint64 row, float *window, guint *n_out_of_range,
                            GError **error);

/**
 * BsExplainBar:
 *
 * One bar of a predictor's, with a copy of the bars that its window is computed from. Owns all of it.
 */
typedef struct
{
  BsModel *model;     /* whose answer it is: the full network or its variant */
  guint64 index;      /* the bar */
  guint64 row;        /* the newest row of its window: the bar itself in causal, the one before in legacy */
  gint64 time_us;     /* of the bar */
  guint rows_missing; /* 0: the window is full at this bar */
  BsFeatureOptions options;
  gboolean tail;          /* tail-window is on */
  BsBarSeries *primary;   /* as it was with the bar as its newest; %NULL where rows are missing */
  BsBarSeries *secondary; /* (nullable) */
} BsExplainBar;

/**
 * bs_explain_bar_new:
 * @index: of one of the bars that @predictor holds
 *
 * Copies some hundred bars: what switches and model as they are now make of that bar's window depends on no others. Cost: about
 * 10 us. Thread: the owner of @predictor.
 *
 * Returns: (transfer full)
 */
BsExplainBar *bs_explain_bar_new (const BsPredictor *predictor, guint64 index) G_GNUC_WARN_UNUSED_RESULT;
void bs_explain_bar_free (BsExplainBar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsExplainBar, bs_explain_bar_free)

/** bs_explain_bar_window: as bs_explain_window(), of a bar without missing rows, on the way that the switches name. Thread: any. */
gboolean bs_explain_bar_window (const BsExplainBar *self, float *window, guint *n_out_of_range, GError **error);

G_END_DECLS
