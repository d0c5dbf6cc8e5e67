/* bs-pass-f32.c: the passes in float, activations by the kernels of this processor */
#include "inference/train/bs-pass.h"

#include "inference/kernels/bs-kernels.h"

#include <cblas.h>
#include <string.h>

#define BsPassReal float
#define BS_PASS(Name) BsPassF32##Name
#define bs_pass(name) bs_pass_f32_##name
#define GEMM cblas_sgemm

/* @n of any size by a kernel that takes whole vectors; @out may be @x */
static void
run_kernel (void (*kernel) (const float *, float *, size_t), unsigned lanes, const float *x, float *out, gsize n)
{
  const gsize whole = n - n % lanes, rest = n - whole;
  float padded[BS_KERNELS_MAX_LANES] = { 0 };

  if (whole)
    kernel (x, out, whole);
  if (!rest)
    return;
  memcpy (padded, x + whole, rest * sizeof *x);
  kernel (padded, padded, lanes);
  memcpy (out + whole, padded, rest * sizeof *x);
}

static void
sigmoid_all (const float *x, float *out, gsize n)
{
  const BsKernels *kernels = bs_kernels ();

  run_kernel (kernels->sigmoid_f32, kernels->lanes, x, out, n);
}

static void
tanh_all (const float *x, float *out, gsize n)
{
  const BsKernels *kernels = bs_kernels ();

  run_kernel (kernels->tanh_f32, kernels->lanes, x, out, n);
}

/* Gradients die away through the steps: without this a denormal costs a hundred times what another number does. */
static unsigned
enter_mode (void)
{
  return bs_kernels ()->float_mode_enter ();
}

static void
leave_mode (unsigned mode)
{
  bs_kernels ()->float_mode_leave (mode);
}

#include "inference/train/bs-pass-template.h"
