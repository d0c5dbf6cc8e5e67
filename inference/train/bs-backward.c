/* bs-backward.c: exact gradients from the tape of the reference engine */
#include "inference/train/bs-backward.h"

#include "inference/model/bs-arena.h"
#include "inference/train/bs-pass.h"

#include <string.h>

struct _BsBackward
{
  BsParameterLayout layout;
  guint max_windows;
  BsArena arena; /* all arrays below */
  float *values; /* [layout.n] */
  BsPassF32Room room;
};

/* Runs twice, see BsArena. */
static void
lay_out (BsBackward *self)
{
  self->values = bs_arena_take (&self->arena, sizeof (float), self->layout.n, 1, 1);
  bs_pass_f32_take_room (&self->layout, &self->arena, self->max_windows, &self->room);
}

BsBackward *
bs_backward_new (const BsModel *model, guint max_windows, GError **error)
{
  BsBackward *self;

  g_return_val_if_fail (model && max_windows >= 1 && max_windows <= G_MAXINT / model->sequence_length, NULL);

  self = g_new0 (BsBackward, 1);
  self->max_windows = max_windows;
  bs_parameter_layout_init (&self->layout, model);
  lay_out (self);
  if (!bs_arena_allocate (&self->arena))
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY,
                   "not enough memory for the gradients of %u windows", max_windows);
      bs_backward_free (self);
      return NULL;
    }
  lay_out (self);
  bs_parameters_read (&self->layout, model, self->values);
  return self;
}

void
bs_backward_free (BsBackward *self)
{
  if (!self)
    return;
  bs_arena_clear (&self->arena);
  g_free (self);
}

void
bs_backward_run (BsBackward *self, const BsTape *tape, const float *d_logits, float *gradient, float *d_inputs)
{
  const BsParameterLayout *layout = &self->layout;
  BsPassF32Activations activations
    = { .n = tape->n, .window_stride = layout->sequence_length, .step_stride = 1, .inputs = tape->inputs };

  g_return_if_fail (tape->n >= 1 && tape->n <= self->max_windows);

  for (guint k = 0; k < layout->n_layers; k++)
    {
      /* only read, by a backward pass */
      activations.layers[k].gates = (float *) tape->layers[k].gates;
      activations.layers[k].cell = (float *) tape->layers[k].cell;
      activations.layers[k].hidden = (float *) tape->layers[k].hidden;
    }
  for (guint k = 0; k < layout->n_linear; k++)
    activations.linear[k].values = (float *) tape->linear[k];
  if (gradient)
    memset (gradient, 0, layout->n * sizeof (float));
  bs_pass_f32_backward (layout, self->values, &activations, d_logits, &self->room, gradient, d_inputs);
}
