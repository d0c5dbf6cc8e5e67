/* bs-kernels-elementwise.h: the kernels that pass once over their data; a part of bs-kernels-template.h */

#include <float.h>

static bool
all_within (const float *x, size_t n, float limit)
{
  /* x beyond the limit becomes infinite; 0 times that, or times what was not finite, is not a number and stays so. */
  const BsVf scale = vf_set (FLT_MAX / limit), zero = vf_set (0);
  BsVf sum = zero;
  float lanes[BS_LANES];
  bool yes = true;

  for (; n >= BS_LANES; n -= BS_LANES, x += BS_LANES)
    sum = vf_fma (vf_mul (vf_load (x), scale), zero, sum);
  if (n > 0)
    sum = vf_fma (vf_mul (vf_load_partial (x, (unsigned) n), scale), zero, sum);
  vf_store (lanes, sum);
  for (int i = 0; i < BS_LANES; i++)
    yes = yes && lanes[i] == 0;
  return yes;
}

static void
quantize_rows (const float *x, unsigned K, unsigned n, int16_t *q, size_t ldq, float *row_scale)
{
  const unsigned whole = K - K % BS_LANES;
  const float limit = (float) BS_S16_MAX ((int) K);

  for (unsigned r = 0; r < n; r++, x += K, q += ldq)
    {
      BsVf largest = vf_set (0);
      float max, factor;

      for (unsigned k = 0; k < whole; k += BS_LANES)
        largest = vf_max (vf_abs (vf_load (x + k)), largest);
      if (whole < K)
        largest = vf_max (vf_abs (vf_load_partial (x + whole, K - whole)), largest);
      max = vf_max_lane (largest);
      if (max < BS_TINY)
        max = 0;
      factor = max > 0 ? limit / max : 0;
      row_scale[r] = max / limit;
      for (unsigned k = 0; k < whole; k += BS_LANES)
        vy_store (q + k, vf_round (vf_mul (vf_load (x + k), vf_set (factor))));
      if (whole < K)
        vy_store (q + whole, vf_round (vf_mul (vf_load_partial (x + whole, K - whole), vf_set (factor))));
    }
}

/* Not vectorised over the classes: there are three. */
static void
softmax (const float *x, unsigned n, float factor, float *out)
{
  float max = x[0], sum = 0;

  for (unsigned i = 1; i < n; i++)
    max = x[i] > max ? x[i] : max;
  for (unsigned i = 0; i < n; i += BS_LANES)
    {
      const unsigned m = n - i < BS_LANES ? n - i : BS_LANES;
      float powers[BS_LANES];

      vf_store (powers,
                bs_power_of_two (
                  vf_mul (vf_sub (vf_load_partial (x + i, m), vf_set (max)), vf_set (factor * BS_LOG2_E)), true));
      for (unsigned j = 0; j < m; j++)
        {
          out[i + j] = powers[j];
          sum += powers[j];
        }
    }
  for (unsigned i = 0; i < n; i++)
    out[i] /= sum;
}

#define BS_MAP(NAME, EXPRESSION)                                                                                       \
  static void NAME (const float *x, float *out, size_t n)                                                              \
  {                                                                                                                    \
    for (size_t i = 0; i < n; i += BS_LANES)                                                                           \
      vf_store (out + i, EXPRESSION);                                                                                  \
  }

BS_MAP (sigmoid_f32, bs_sigmoid (vf_load (x + i), true))
BS_MAP (tanh_f32, bs_tanh (vf_load (x + i), true))
BS_MAP (sigmoid_s8, bs_sigmoid (vf_load (x + i), false))
BS_MAP (tanh_s8, bs_tanh (vf_load (x + i), false))
BS_MAP (relu, vf_max (vf_load (x + i), vf_set (0)))

static void
add (const float *a, const float *b, float *out, size_t n)
{
  for (size_t i = 0; i < n; i += BS_LANES)
    vf_store (out + i, vf_add (vf_load (a + i), vf_load (b + i)));
}

static void
multiply (const float *a, const float *b, float *out, size_t n)
{
  for (size_t i = 0; i < n; i += BS_LANES)
    vf_store (out + i, vf_mul (vf_load (a + i), vf_load (b + i)));
}

static void
quantize_hidden (const float *h, int8_t *q, size_t n)
{
  for (size_t i = 0; i < n; i += BS_LANES)
    vx_store (q + i, vf_round (vf_mul (vf_load (h + i), vf_set (BS_S8_MAX))));
}
