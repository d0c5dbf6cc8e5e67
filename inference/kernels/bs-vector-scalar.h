/* bs-vector-scalar.h: the vector operations of the kernels in plain C: what every instruction set must equal, bit for bit
 *
 * A "vector" is a struct of BS_LANES numbers. a * b + c rounds once, as the fused instruction does, so that floats too
 * come out the same on every instruction set. */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#define BS_LANES 8
#define BS_ROWS_F32 2
#define BS_ROWS_S8 2
#define BS_ONE_ROW_BLOCKS 1 /* blocks a tile where there is one row */
#define BS_SUB_BATCH 8
#define BS_S8_OFFSET 0
#define BS_KEEP_LOOPS /* loops over lanes unroll as it is: the code would grow tenfold */

typedef struct
{
  float v[BS_LANES];
} BsVf;

typedef struct
{
  int32_t v[BS_LANES];
} BsVi;

typedef struct
{
  int8_t v[4];
} BsVx;

typedef struct
{
  int16_t v[2];
} BsVy;

#define BS_EACH(expression)                                                                                            \
  do                                                                                                                   \
    for (int i = 0; i < BS_LANES; i++)                                                                                 \
      {                                                                                                                \
        expression;                                                                                                    \
      }                                                                                                                \
  while (0)

static inline float
bs_float_of_bits (uint32_t bits)
{
  float x;
  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline uint32_t
bs_bits_of_float (float x)
{
  uint32_t bits;
  memcpy (&bits, &x, sizeof bits);
  return bits;
}

/* a * b + c, rounded once. Without a fused instruction: the product is exact in double; the sum, rounded to double, rounds
 * to float as the exact sum does unless it fell on the middle of two floats, where its rounding error decides. */
static inline float
bs_fma (float a, float b, float c)
{
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  return __builtin_fmaf (a, b, c);
#else
  const double product = (double) a * b, addend = c;
  double sum = product + addend;
  uint64_t bits;

  memcpy (&bits, &sum, sizeof bits);
  if (__builtin_expect ((bits & 0x1fffffff) == 0x10000000, 0))
    {
      const double part = sum - product;
      const double error = (product - (sum - part)) + (addend - part);

      if (error != 0 && isfinite (sum))
        {
          bits += ((error > 0) == (sum > 0)) ? 1 : -1;
          memcpy (&sum, &bits, sizeof sum);
        }
    }
  return (float) sum;
#endif
}

static inline BsVf
vf_set (float x)
{
  BsVf r;
  BS_EACH (r.v[i] = x);
  return r;
}

static inline BsVf
vf_load (const float *p)
{
  BsVf r;
  BS_EACH (r.v[i] = p[i]);
  return r;
}

static inline BsVf
vf_load_partial (const float *p, unsigned n)
{
  BsVf r;
  BS_EACH (r.v[i] = (unsigned) i < n ? p[i] : 0);
  return r;
}

static inline void
vf_store (float *p, BsVf a)
{
  BS_EACH (p[i] = a.v[i]);
}

static inline BsVf
vf_add (BsVf a, BsVf b)
{
  BS_EACH (a.v[i] += b.v[i]);
  return a;
}

static inline BsVf
vf_sub (BsVf a, BsVf b)
{
  BS_EACH (a.v[i] -= b.v[i]);
  return a;
}

static inline BsVf
vf_mul (BsVf a, BsVf b)
{
  BS_EACH (a.v[i] *= b.v[i]);
  return a;
}

/* a * b + c */
static inline BsVf
vf_fma (BsVf a, BsVf b, BsVf c)
{
  BS_EACH (a.v[i] = bs_fma (a.v[i], b.v[i], c.v[i]));
  return a;
}

/* c - a * b */
static inline BsVf
vf_fnma (BsVf a, BsVf b, BsVf c)
{
  BS_EACH (a.v[i] = bs_fma (-a.v[i], b.v[i], c.v[i]));
  return a;
}

/* The second operand where the first is not a number, as on x86 */
static inline BsVf
vf_max (BsVf a, BsVf b)
{
  BS_EACH (a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i]);
  return a;
}

static inline BsVf
vf_min (BsVf a, BsVf b)
{
  BS_EACH (a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i]);
  return a;
}

static inline BsVf
vf_abs (BsVf a)
{
  BS_EACH (a.v[i] = fabsf (a.v[i]));
  return a;
}

static inline float
vf_max_lane (BsVf a)
{
  float r = a.v[0];
  BS_EACH (r = a.v[i] > r ? a.v[i] : r);
  return r;
}

static inline BsVi
vf_bits (BsVf a)
{
  BsVi r;
  BS_EACH (r.v[i] = (int32_t) bs_bits_of_float (a.v[i]));
  return r;
}

static inline BsVf
vi_as_float (BsVi a)
{
  BsVf r;
  BS_EACH (r.v[i] = bs_float_of_bits ((uint32_t) a.v[i]));
  return r;
}

/* Rounds to the nearest, halves to even. */
static inline BsVi
vf_round (BsVf a)
{
  BsVi r;
  BS_EACH (r.v[i] = (int32_t) lrintf (a.v[i]));
  return r;
}

static inline BsVf
vf_of_int (BsVi a)
{
  BsVf r;
  BS_EACH (r.v[i] = (float) a.v[i]);
  return r;
}

static inline BsVi
vi_set (int32_t x)
{
  BsVi r;
  BS_EACH (r.v[i] = x);
  return r;
}

static inline BsVi
vi_load (const int32_t *p)
{
  BsVi r;
  BS_EACH (r.v[i] = p[i]);
  return r;
}

/* Modulo 2^32 */
static inline BsVi
vi_add (BsVi a, BsVi b)
{
  BS_EACH (a.v[i] = (int32_t) ((uint32_t) a.v[i] + (uint32_t) b.v[i]));
  return a;
}

static inline BsVi
vi_sub (BsVi a, BsVi b)
{
  BS_EACH (a.v[i] = (int32_t) ((uint32_t) a.v[i] - (uint32_t) b.v[i]));
  return a;
}

static inline BsVi
vi_to_exponent (BsVi a)
{
  BS_EACH (a.v[i] = (int32_t) ((uint32_t) a.v[i] << 23));
  return a;
}

/* Four activations, for every lane */
static inline BsVx
vx_load (const int8_t *p)
{
  BsVx x;
  memcpy (x.v, p, 4);
  return x;
}

/* acc[i] += w[i][0..3] . x[0..3] */
static inline BsVi
vi_dot (BsVi acc, const int8_t *w, BsVx x)
{
  BS_EACH (acc.v[i] += w[4 * i] * x.v[0] + w[4 * i + 1] * x.v[1] + w[4 * i + 2] * x.v[2] + w[4 * i + 3] * x.v[3]);
  return acc;
}

/* Two inputs, for every lane */
static inline BsVy
vy_load (const int16_t *p)
{
  BsVy x;
  memcpy (x.v, p, 4);
  return x;
}

/* acc[i] += w[i][0..1] . x[0..1] */
static inline BsVi
vi_dot_pairs (BsVi acc, const int16_t *w, BsVy x)
{
  BS_EACH (acc.v[i] += w[2 * i] * x.v[0] + w[2 * i + 1] * x.v[1]);
  return acc;
}

/* BS_LANES inputs, each within 16 bits */
static inline void
vy_store (int16_t *p, BsVi q)
{
  BS_EACH (p[i] = (int16_t) q.v[i]);
}

/* BS_LANES activations, each within -127..127 */
static inline void
vx_store (int8_t *p, BsVi q)
{
  BS_EACH (p[i] = (int8_t) q.v[i]);
}
