/* bs-adam.h: the optimizer */
#pragma once

#include "inference/train/bs-parameters.h"

G_BEGIN_DECLS

/** BsAdam: moments of every parameter. One owner. */
typedef struct _BsAdam BsAdam;

BsAdam *bs_adam_new (const BsParameterLayout *layout) G_GNUC_WARN_UNUSED_RESULT;
void bs_adam_free (BsAdam *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsAdam, bs_adam_free)

/**
 * bs_adam_step:
 * @gradient: (inout): [layout->n]; scaled down where its norm is above @clip
 * @clip: largest Euclidean norm of the whole gradient; 0 for none
 * @values: (inout): [layout->n]
 *
 * One step of Adam (Kingma, Ba 2014: beta 0.9 and 0.999, epsilon 1e-8), as PyTorch's with the same settings. There each LSTM
 * layer has two biases with the same gradient; here their sum is one number, so its gradient counts twice in the norm and it
 * moves by two steps.
 *
 * Returns: the norm before clipping
 */
double bs_adam_step (BsAdam *self, float *gradient, double clip, double learning_rate, float *values);

G_END_DECLS
