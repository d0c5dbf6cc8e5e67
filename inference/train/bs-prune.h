/* bs-prune.h: a smaller network from a larger one: whole hidden units removed by what they were measured to matter */
#pragma once

#include "inference/train/bs-parameters.h"

G_BEGIN_DECLS

/** Called after each unit was measured, with the fraction done, 0..1. */
typedef void (*BsPruneProgressFunc) (double fraction, gpointer user_data);

/** bs_prune_hidden: hidden units that @keep (0..1) of @hidden leaves: rounded, at least 1 */
guint bs_prune_hidden (guint hidden, double keep);

/**
 * bs_prune:
 * @keep: part of each layer's hidden units that stays, 0 < keep < 1
 * @inputs: [n_rows, F], after the scaler: rows to measure on, those of a window side by side
 * @n_rows: at least T
 * @progress: (nullable)
 * @cancel: (nullable): looked at with g_atomic_int_get(); not 0 ends it
 *
 * What a unit matters is measured by doing without it: its output is replaced by its mean over the rows, and the mean squared
 * change of the probabilities over up to 256 windows is what it costs. Units are removed in four rounds, the least useful first,
 * and those left are measured anew in each. The mean of a removed unit goes into the biases behind it, so that the layers
 * above see what they saw on average. The LSTM layers keep as many units each; Linear layers stay.
 *
 * The same build and processor type give the same bits. Thread: any; OpenBLAS must have been set to one thread.
 *
 * Returns: (transfer full): a dense model with the scaler and facts of @model; %NULL where it was cancelled or there is no memory
 */
BsModel *bs_prune (const BsModel *model, double keep, const float *inputs, gsize n_rows, BsPruneProgressFunc progress,
                   gpointer user_data, const gint *cancel) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_prune_share_temperature:
 *
 * Gives @pruned the temperature of @full, its last layer scaled so that its answers stay: both lie in one file with one
 * temperature.
 */
void bs_prune_share_temperature (BsModel *pruned, const BsModel *full);

G_END_DECLS
