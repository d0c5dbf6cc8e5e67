/* bs-tape.h: what a prediction leaves behind for a backward pass: every activation of every step */
#pragma once

#include "inference/engine/bs-engine.h"

G_BEGIN_DECLS

/**
 * BsTape:
 *
 * Kept by an engine that was made with keep_tape; see bs_engine_tape(). The arrays are the engine's and hold until its next
 * prediction. n windows, T steps, H hidden units, F inputs. States before the first step are zero and not kept.
 */
struct _BsTape
{
  guint n;             /* windows of the newest prediction; 0 before it */
  const float *inputs; /* [n, T, F], after the scaler */
  struct
  {
    const float *gates;  /* [n, T, 4H] after sigmoid (i, f, o) and tanh (g); order i, f, g, o */
    const float *cell;   /* [n, T, H], c = f * c' + i * g */
    const float *hidden; /* [n, T, H], h = o * tanh (c): the next layer's inputs */
  } layers[BS_MODEL_MAX_LAYERS];
  const float
    *linear[BS_MODEL_MAX_LINEAR]; /* [n, n_outputs]: after ReLU; the last: the logits, before the temperature */
  const float *probabilities;     /* [n, C] */
};

G_END_DECLS
