/* bs-leak-check.h: whether anything of the future is among what a model learns from */
#pragma once

#include "inference/train/bs-training-set.h"

G_BEGIN_DECLS

/**
 * bs_leak_check_rows:
 *
 * Lives through the bars of @set one by one, with the secondary bars given only once they have closed, and compares every
 * feature of every row, bit for bit, with what was known then. Then computes each label's change anew from the closes of
 * its own bar and the bar of the horizon after it. Runs before every training; about 10 us a bar.
 *
 * Returns: %FALSE with %BS_TRAIN_ERROR_LEAK that names the row, its time and the feature or label
 */
gboolean bs_leak_check_rows (const BsTrainingSet *set, GError **error);

/**
 * bs_leak_check_parts:
 *
 * Whether the parts are in time order with at least T + horizon rows between them, labels known, and the view's scaler,
 * threshold and class shares are those of the training part and of nothing else.
 *
 * Returns: %FALSE with %BS_TRAIN_ERROR_LEAK
 */
gboolean bs_leak_check_parts (const BsTrainingSet *set, const BsTrainingParts *parts, const BsTrainingView *view,
                              GError **error);

G_END_DECLS
