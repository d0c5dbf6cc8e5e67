/* bs-kernels-cell.h: powers, reciprocals and the LSTM cell over the vector operations of one instruction set
 *
 * Two precisions: precise for FP32 (errors of a few units in the last place), coarse for INT8 (1e-4, below what quantizing h
 * to 8 bits leaves). Every operation is exact or correctly rounded, so that results are the same on every instruction set. */
#pragma once

#include <math.h>
#include <stdbool.h>

#define BS_LOG2_E 1.44269504088896341f

/* 2^t, t clamped to -30..30: beyond it sigmoid and tanh are 0 or 1 to 1e-9, and products of four powers stay finite.
 * Minimax polynomials of 2^f over -0.5..0.5, found with the Remez exchange; relative errors 7.5e-5 and 7.5e-8. */
static inline BsVf
bs_power_of_two (BsVf t, const bool precise)
{
  const BsVf magic = vf_set (12582912.0f); /* 1.5 * 2^23: adding it leaves the rounded integer in the low bits */
  BsVf shifted, f, p;

  t = vf_min (vf_max (t, vf_set (-30.0f)), vf_set (30.0f));
  shifted = vf_add (t, magic);
  f = vf_sub (t, vf_sub (shifted, magic));
  if (precise)
    {
      p = vf_fma (vf_set (0.001327647217f), f, vf_set (0.009675541331f));
      p = vf_fma (p, f, vf_set (0.05550713273f));
      p = vf_fma (p, f, vf_set (0.2402211972f));
      p = vf_fma (p, f, vf_set (0.6931469671f));
      p = vf_fma (p, f, vf_set (1.000000072f));
    }
  else
    {
      p = vf_fma (vf_set (0.05517166909f), f, vf_set (0.2426111222f));
      p = vf_fma (p, f, vf_set (0.6932609855f));
      p = vf_fma (p, f, vf_set (0.9999280735f));
    }
  return vi_as_float (vi_add (vf_bits (p), vi_to_exponent (vf_bits (shifted))));
}

/* 1 / d for 1 <= d <= 2^124. Subtracting the bits from a constant inverts to 5.1 %: with e = 1 - d r,
 * 1 / d = r (1 + e) (1 + e^2) (1 + e^4) ..., two factors leaving e^4 = 6.5e-6, three less than a float resolves. */
static inline BsVf
bs_reciprocal (BsVf d, const bool precise)
{
  const BsVf one = vf_set (1.0f);
  const BsVf r = vi_as_float (vi_sub (vi_set (0x7ef31000), vf_bits (d)));
  const BsVf e = vf_fnma (d, r, one);
  const BsVf e2 = vf_mul (e, e);
  BsVf s = vf_fma (r, e, r);

  s = vf_fma (s, e2, s);
  return precise ? vf_fma (s, vf_mul (e2, e2), s) : s;
}

/* One step of U units. @t: [4, U] -log2 (e) times the pre-activations of i, f, o; -2 log2 (e) times that of g. @c: in and out.
 *
 * With I = 2^t_i = exp (-i) and so on: sigmoid (i) = 1 / (1 + I), tanh (g) = (1 - G) / (1 + G), and over common denominators
 *   c' = c / (1 + F) + (1 - G) / ((1 + I) (1 + G)) = (c (1 + I) (1 + G) + (1 - G) (1 + F)) / ((1 + I) (1 + G) (1 + F))
 *   h  = (1 - C) / ((1 + O) (1 + C)),  C = exp (-2 c')
 * which takes two reciprocals, not five. Returns: h */
static inline BsVf
bs_cell (const float *t, float *c, const bool precise)
{
  const BsVf one = vf_set (1.0f);
  const BsVf input = vf_add (bs_power_of_two (vf_load (t), precise), one);
  const BsVf forget = vf_add (bs_power_of_two (vf_load (t + BS_LANES), precise), one);
  const BsVf g = bs_power_of_two (vf_load (t + 2 * BS_LANES), precise);
  const BsVf output = vf_add (bs_power_of_two (vf_load (t + 3 * BS_LANES), precise), one);
  const BsVf input_g = vf_mul (input, vf_add (g, one));
  const BsVf numerator = vf_fma (vf_load (c), input_g, vf_mul (vf_sub (one, g), forget));
  const BsVf cell = vf_mul (numerator, bs_reciprocal (vf_mul (input_g, forget), precise));
  const BsVf power = bs_power_of_two (vf_mul (cell, vf_set (-2.0f * BS_LOG2_E)), precise);

  vf_store (c, cell);
  return vf_mul (vf_sub (one, power), bs_reciprocal (vf_mul (output, vf_add (power, one)), precise));
}

static inline BsVf
bs_sigmoid (BsVf x, const bool precise)
{
  const BsVf one = vf_set (1.0f);

  return bs_reciprocal (vf_add (bs_power_of_two (vf_mul (x, vf_set (-BS_LOG2_E)), precise), one), precise);
}

static inline BsVf
bs_tanh (BsVf x, const bool precise)
{
  const BsVf one = vf_set (1.0f);
  const BsVf power = bs_power_of_two (vf_mul (x, vf_set (-2.0f * BS_LOG2_E)), precise);

  return vf_mul (vf_sub (one, power), bs_reciprocal (vf_add (power, one), precise));
}
