/* bs-parameters.c: all trainable numbers of a network in one flat array */
#include "inference/train/bs-parameters.h"

#include <string.h>

static gsize
take (gsize *at, gsize rows, gsize columns)
{
  const gsize offset = *at;

  *at += rows * columns;
  return offset;
}

void
bs_parameter_layout_init (BsParameterLayout *self, const BsModel *model)
{
  const guint H = model->hidden;

  *self = (BsParameterLayout){ .n_inputs = model->n_inputs,
                               .hidden = H,
                               .n_layers = model->n_layers,
                               .n_linear = model->n_linear,
                               .sequence_length = model->sequence_length };
  for (guint k = 0; k < self->n_layers; k++)
    {
      self->layers[k].n_inputs = model->layers[k].n_inputs;
      self->layers[k].w_ih = take (&self->n, 4 * H, model->layers[k].n_inputs);
      self->layers[k].w_hh = take (&self->n, 4 * H, H);
      self->layers[k].bias = take (&self->n, 4 * H, 1);
    }
  for (guint k = 0; k < self->n_linear; k++)
    {
      self->linear[k].n_inputs = model->linear[k].n_inputs;
      self->linear[k].n_outputs = model->linear[k].n_outputs;
      self->linear[k].weight = take (&self->n, model->linear[k].n_outputs, model->linear[k].n_inputs);
      self->linear[k].bias = take (&self->n, model->linear[k].n_outputs, 1);
    }
}

void
bs_parameters_read (const BsParameterLayout *layout, const BsModel *model, float *values)
{
  const gsize H = layout->hidden;

  for (guint k = 0; k < layout->n_layers; k++)
    {
      const BsLstmLayer *layer = &model->layers[k];

      memcpy (values + layout->layers[k].w_ih, layer->w_ih, 4 * H * layer->n_inputs * sizeof (float));
      memcpy (values + layout->layers[k].w_hh, layer->w_hh, 4 * H * H * sizeof (float));
      memcpy (values + layout->layers[k].bias, layer->bias, 4 * H * sizeof (float));
    }
  for (guint k = 0; k < layout->n_linear; k++)
    {
      const BsLinearLayer *linear = &model->linear[k];

      memcpy (values + layout->linear[k].weight, linear->weight,
              (gsize) linear->n_outputs * linear->n_inputs * sizeof (float));
      memcpy (values + layout->linear[k].bias, linear->bias, linear->n_outputs * sizeof (float));
    }
}

void
bs_parameters_write (const BsParameterLayout *layout, const float *values, BsModel *model)
{
  const gsize H = layout->hidden;

  for (guint k = 0; k < layout->n_layers; k++)
    {
      const BsLstmLayer *layer = &model->layers[k];

      memcpy ((float *) layer->w_ih, values + layout->layers[k].w_ih, 4 * H * layer->n_inputs * sizeof (float));
      memcpy ((float *) layer->w_hh, values + layout->layers[k].w_hh, 4 * H * H * sizeof (float));
      memcpy ((float *) layer->bias, values + layout->layers[k].bias, 4 * H * sizeof (float));
    }
  for (guint k = 0; k < layout->n_linear; k++)
    {
      const BsLinearLayer *linear = &model->linear[k];

      memcpy ((float *) linear->weight, values + layout->linear[k].weight,
              (gsize) linear->n_outputs * linear->n_inputs * sizeof (float));
      memcpy ((float *) linear->bias, values + layout->linear[k].bias, linear->n_outputs * sizeof (float));
    }
}
