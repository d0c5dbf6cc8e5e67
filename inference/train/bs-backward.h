/* bs-backward.h: exact gradients from the tape of the reference engine */
#pragma once

#include "inference/engine/bs-tape.h"
#include "inference/train/bs-parameters.h"

G_BEGIN_DECLS

/** BsBackward: the room that a backward pass works in, and a model's numbers in one piece. One owner. */
typedef struct _BsBackward BsBackward;

/**
 * bs_backward_new:
 * @model: whose tapes will come; its numbers are copied
 * @max_windows: windows of a tape at most
 *
 * Returns: (transfer full): room for them; %NULL with %BS_ENGINE_ERROR_MEMORY
 */
BsBackward *bs_backward_new (const BsModel *model, guint max_windows, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_backward_free (BsBackward *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBackward, bs_backward_free)

/**
 * bs_backward_run:
 * @tape: of a prediction with that model, of at most max_windows (bs_engine_tape() of a reference engine with keep_tape)
 * @d_logits: [n, C] derivatives of a number y by the logits, which are those before the temperature: for the logit of class c
 *   alone 1 at [w, c] and 0 elsewhere; for a cross entropy (probability - label) / temperature
 * @gradient: (out caller-allocates) (nullable): [layout->n] dy / d parameter, summed over the windows
 * @d_inputs: (out caller-allocates) (nullable): [n, T, F] dy / d input, inputs being what is left after the scaler
 *
 * Back-propagation through all T steps and all layers; see bs_pass_f32_backward() for the formulas. The tape must still be
 * that prediction's. Without @d_inputs or @gradient their part of the work is left out. Cost: about twice a prediction's by the
 * reference engine. Thread: @self's owner. Nothing is allocated.
 */
void bs_backward_run (BsBackward *self, const BsTape *tape, const float *d_logits, float *gradient, float *d_inputs);

G_END_DECLS
