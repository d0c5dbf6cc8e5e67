/* bs-packed-matrix.c: weights in the order in which one kernel set reads them */
#include "inference/kernels/bs-packed-matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64 /* bytes: a cache line, and a vector of the widest set */

static size_t
aligned (size_t size)
{
  return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void
pack_f32 (BsPackedMatrix *self, unsigned block_size, const float *weights, const int *rows, const float *factors)
{
  for (unsigned output = 0; output < self->n_blocks * block_size; output++)
    {
      const float *row = weights + (size_t) (rows[output] >= 0 ? rows[output] : 0) * self->n_inputs;
      const float factor = rows[output] < 0 ? 0 : factors != NULL ? factors[output] : 1;
      float *to = self->w_f32 + (size_t) (output / block_size) * self->n_inputs * block_size + output % block_size;

      for (unsigned k = 0; k < self->n_inputs; k++)
        to[(size_t) k * block_size] = factor == 0 ? 0 : row[k] * factor;
    }
}

static void
pack_s8 (BsPackedMatrix *self, const BsKernels *kernels, unsigned block_size, const float *weights, const int *rows,
         const float *factors, float input_scale)
{
  const unsigned n_groups = (self->n_inputs + 3) / 4;

  for (unsigned output = 0; output < self->n_blocks * block_size; output++)
    {
      const float *row = weights + (size_t) (rows[output] >= 0 ? rows[output] : 0) * self->n_inputs;
      int8_t *to = self->w_s8 + ((size_t) (output / block_size) * n_groups * block_size + output % block_size) * 4;
      float largest = 0;
      int sum = 0;

      if (rows[output] < 0)
        continue; /* the arrays start as zeros */
      for (unsigned k = 0; k < self->n_inputs; k++)
        largest = fabsf (row[k]) > largest ? fabsf (row[k]) : largest;
      if (largest < BS_S8_TINY)
        continue;
      for (unsigned k = 0; k < self->n_inputs; k++)
        {
          const int q = (int) lrintf (row[k] * (BS_S8_MAX / largest));

          to[(size_t) (k / 4) * block_size * 4 + k % 4] = (int8_t) q;
          sum += q;
        }
      self->correction[output] = -kernels->s8_offset * sum;
      self->scale[output] = largest / BS_S8_MAX * input_scale * (factors != NULL ? factors[output] : 1);
    }
}

bool
bs_packed_matrix_init (BsPackedMatrix *self, const BsKernels *kernels, bool int8, const float *weights,
                       const float *bias, unsigned n_inputs, const int *rows, unsigned n_outputs, const float *factors,
                       float input_scale)
{
  const unsigned block_size = 4 * kernels->lanes;
  const size_t weights_size
    = int8 ? aligned ((size_t) n_outputs * ((n_inputs + 3) / 4 * 4)) : aligned ((size_t) n_outputs * n_inputs * 4);
  const size_t array_size = aligned ((size_t) n_outputs * 4);
  const size_t size = weights_size + 3 * array_size;
  char *memory = aligned_alloc (ALIGNMENT, size);

  memset (self, 0, sizeof *self);
  if (memory == NULL)
    return false;
  memset (memory, 0, size);
  self->n_inputs = n_inputs;
  self->n_blocks = n_outputs / block_size;
  self->memory = memory;
  self->correction = (int32_t *) (memory + weights_size);
  self->scale = (float *) (memory + weights_size + array_size);
  self->bias = (float *) (memory + weights_size + 2 * array_size);
  for (unsigned output = 0; output < n_outputs; output++)
    if (bias != NULL && rows[output] >= 0)
      self->bias[output] = bias[rows[output]] * (factors != NULL ? factors[output] : 1);
  if (int8)
    {
      self->w_s8 = (int8_t *) memory;
      pack_s8 (self, kernels, block_size, weights, rows, factors, input_scale);
    }
  else
    {
      self->w_f32 = (float *) memory;
      pack_f32 (self, block_size, weights, rows, factors);
    }
  return true;
}

void
bs_packed_matrix_clear (BsPackedMatrix *self)
{
  free (self->memory);
  memset (self, 0, sizeof *self);
}
