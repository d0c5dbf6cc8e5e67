/* bs-packed-matrix.h: weights in the order in which one kernel set reads them, in FP32 or quantized to INT8 */
#pragma once

#include "inference/kernels/bs-kernels.h"

typedef enum
{
  BS_PACKED_F32,
  BS_PACKED_S8,
  BS_PACKED_S16,
} BsPackedFormat;

/**
 * bs_packed_matrix_init:
 * @kernels: the set that will read it: a packed matrix is of no use to another
 * @format: FP32; or 8 bits, each row quantized symmetrically by its largest magnitude, for 8-bit or for 16-bit inputs
 * @weights: [n_rows, n_inputs]
 * @bias: (nullable): [n_rows], zeros where NULL
 * @rows: [n_outputs] the row of @weights that each output is, or -1 for one that is always zero
 * @n_outputs: a multiple of 4U
 * @factors: (nullable): [n_outputs] what each output is multiplied by
 * @input_scale: what one unit of a quantized input is worth, 1 where row scales are given with the inputs
 *
 * The weights are copied. The result is read-only for the kernels: any number of threads may use it.
 *
 * Returns: false where there is no memory, with @self cleared
 */
bool bs_packed_matrix_init (BsPackedMatrix *self, const BsKernels *kernels, BsPackedFormat format, const float *weights,
                            const float *bias, unsigned n_inputs, const int *rows, unsigned n_outputs,
                            const float *factors, float input_scale);
void bs_packed_matrix_clear (BsPackedMatrix *self);
