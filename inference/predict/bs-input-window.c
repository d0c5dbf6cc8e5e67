#include "inference/predict/bs-input-window.h"

#include <math.h>
#include <string.h>

#include "inference/predict/bs-predictor.h"

/* Further out, products with the weights could overflow a float and end as NaN; every gate is shut or open long before. */
#define SCALED_MAX 1e18

guint
bs_input_scale (const BsModel *model, const double *row, float *scaled)
{
  guint n_out = 0;
  for (guint i = 0; i < BS_N_FEATURES; i++)
    {
      double value = (row[i] - model->mean[i]) / model->scale[i];
      n_out += fabs (value) > BS_RANGE_MAX_SCALES;
      scaled[i] = (float) CLAMP (value, -SCALED_MAX, SCALED_MAX);
    }
  return n_out;
}

void
bs_input_window_init (BsInputWindow *self, const BsModel *model)
{
  *self = (BsInputWindow){ .model = model };
  self->out_of_range = g_new0 (guint, model->sequence_length);
  self->rows = g_new0 (float, (gsize) model->sequence_length *BS_N_FEATURES);
}

void
bs_input_window_clear (BsInputWindow *self)
{
  g_clear_pointer (&self->out_of_range, g_free);
  g_clear_pointer (&self->rows, g_free);
}

void
bs_input_window_reset (BsInputWindow *self)
{
  self->n_rows = self->next = self->n_out_of_range = 0;
}

/* Makes room for the next row. Returns its slot. */
static guint
next_slot (BsInputWindow *self)
{
  guint length = self->model->sequence_length;
  guint slot = self->next;
  if (self->n_rows == length)
    self->n_out_of_range -= self->out_of_range[slot];
  else
    self->n_rows++;
  self->next = slot + 1 == length ? 0 : slot + 1;
  return slot;
}

const float *
bs_input_window_push (BsInputWindow *self, const double *row)
{
  guint slot = next_slot (self);
  float *scaled = self->rows + (gsize) slot * BS_N_FEATURES;
  self->out_of_range[slot] = bs_input_scale (self->model, row, scaled);
  self->n_out_of_range += self->out_of_range[slot];
  return scaled;
}

void
bs_input_window_push_scaled (BsInputWindow *self, const float *scaled, guint out_of_range)
{
  guint slot = next_slot (self);
  memcpy (self->rows + (gsize) slot * BS_N_FEATURES, scaled, BS_N_FEATURES * sizeof *scaled);
  self->out_of_range[slot] = out_of_range;
  self->n_out_of_range += out_of_range;
}

static guint
slot_of (const BsInputWindow *self, guint i)
{
  guint length = self->model->sequence_length;
  guint oldest = self->n_rows == length ? self->next : 0;
  return (oldest + i) % length;
}

const float *
bs_input_window_row (const BsInputWindow *self, guint i)
{
  return self->rows + (gsize) slot_of (self, i) * BS_N_FEATURES;
}

guint
bs_input_window_out_of_range (const BsInputWindow *self, guint i)
{
  return self->out_of_range[slot_of (self, i)];
}

gboolean
bs_input_beyond (const float *scaled, gsize n, float limit)
{
  for (gsize i = 0; i < n; i++)
    if (fabsf (scaled[i]) > limit)
      return TRUE;
  return FALSE;
}

gboolean
bs_input_in_range (const BsModel *model, guint n_out_of_range)
{
  double n_inputs = (double) model->sequence_length * BS_N_FEATURES;
  return n_out_of_range <= BS_RANGE_MAX_FRACTION * n_inputs;
}
