/* bs-parameters.h: all trainable numbers of a network in one flat array, and where in it each matrix lies */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/**
 * BsParameterLayout:
 *
 * Gradients, Adam's moments and a network in training are flat arrays of n numbers in this order: for each LSTM layer w_ih,
 * w_hh and bias, then for each Linear layer weight and bias. Shapes and gate order are BsModel's.
 */
typedef struct
{
  guint n_inputs, hidden, n_layers, n_linear, sequence_length;
  struct
  {
    guint n_inputs;         /* F for the first layer, H after */
    gsize w_ih, w_hh, bias; /* offsets */
  } layers[BS_MODEL_MAX_LAYERS];
  struct
  {
    guint n_inputs, n_outputs;
    gsize weight, bias; /* offsets */
  } linear[BS_MODEL_MAX_LINEAR];
  gsize n;
} BsParameterLayout;

/** bs_parameter_layout_init: the layout of @model's numbers. The scaler is not among them. */
void bs_parameter_layout_init (BsParameterLayout *self, const BsModel *model);

/** bs_parameters_read: copies the numbers of @model to @values [layout->n]. */
void bs_parameters_read (const BsParameterLayout *layout, const BsModel *model, float *values);

/** bs_parameters_write: the other way; @model is of this layout and nobody else's yet. */
void bs_parameters_write (const BsParameterLayout *layout, const float *values, BsModel *model);

G_END_DECLS
