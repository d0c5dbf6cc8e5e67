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
quantize (BsPackedMatrix *self, const BsKernels *kernels, unsigned block_size, const float *weights, const int *rows,
          const float *factors, float input_scale)
{
  const unsigned group = self->w_s8 != NULL ? 4 : 2; /* inputs side by side */
  const size_t n_groups = (self->n_inputs + group - 1) / group;

  for (unsigned output = 0; output < self->n_blocks * block_size; output++)
    {
      const float *row = weights + (size_t) (rows[output] >= 0 ? rows[output] : 0) * self->n_inputs;
      const size_t first = ((output / block_size) * n_groups * block_size + output % block_size) * group;
      float largest = 0;
      int sum = 0;

      if (rows[output] < 0)
        continue; /* the arrays start as zeros */
      for (unsigned k = 0; k < self->n_inputs; k++)
        largest = fabsf (row[k]) > largest ? fabsf (row[k]) : largest;
      if (largest < BS_TINY)
        continue;
      for (unsigned k = 0; k < self->n_inputs; k++)
        {
          const int q = (int) lrintf (row[k] * (BS_S8_MAX / largest));
          const size_t at = first + (size_t) (k / group) * block_size * group + k % group;

          if (self->w_s8 != NULL)
            self->w_s8[at] = (int8_t) q;
          else
            self->w_s16[at] = (int16_t) q;
          sum += q;
        }
      self->correction[output] = -kernels->s8_offset * sum;
      self->scale[output] = largest / BS_S8_MAX * input_scale * (factors != NULL ? factors[output] : 1);
    }
}

bool
bs_packed_matrix_init (BsPackedMatrix *self, const BsKernels *kernels, BsPackedFormat format, const float *weights,
                       const float *bias, unsigned n_inputs, const int *rows, unsigned n_outputs, const float *factors,
                       float input_scale)
{
  const unsigned block_size = 4 * kernels->lanes;
  static const size_t element_sizes[] = { [BS_PACKED_F32] = 4, [BS_PACKED_S8] = 1, [BS_PACKED_S16] = 2 };
  const size_t weights_size = aligned ((size_t) n_outputs * ((n_inputs + 3) / 4 * 4) * element_sizes[format]);
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
  if (format == BS_PACKED_F32)
    {
      self->w_f32 = (float *) memory;
      pack_f32 (self, block_size, weights, rows, factors);
    }
  else
    {
      self->w_s8 = format == BS_PACKED_S8 ? (int8_t *) memory : NULL;
      self->w_s16 = format == BS_PACKED_S16 ? (int16_t *) memory : NULL;
      quantize (self, kernels, block_size, weights, rows, factors, input_scale);
    }
  return true;
}

void
bs_packed_matrix_clear (BsPackedMatrix *self)
{
  free (self->memory);
  memset (self, 0, sizeof *self);
}
