/* bs-logistic.h: multinomial logistic regression on the newest row: the baseline that a network over windows has to beat */
#pragma once

#include "inference/train/bs-training-set.h"

G_BEGIN_DECLS

/** Weights of one regression: [class, input], the last input being 1. */
typedef struct
{
  float weights[BS_N_CLASSES][BS_N_FEATURES + 1];
} BsLogistic;

/**
 * bs_logistic_fit:
 * @view: inputs and labels
 * @parts: fitted to training; of the regressions on the way there the one with the least loss on validation is kept
 *
 * Minimises the cross entropy over all rows at once by Adam, 300 steps. The same input gives the same bits.
 */
void bs_logistic_fit (BsLogistic *self, const BsTrainingView *view, const BsTrainingParts *parts);

/** bs_logistic_guess: the class for one row of inputs [BS_N_FEATURES]. */
BsClass bs_logistic_guess (const BsLogistic *self, const float *inputs);

G_END_DECLS
