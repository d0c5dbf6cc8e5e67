/* bs-vector-avx512.h: the vector operations of the kernels, 16 lanes, for AVX-512
 *
 * What they mean is in bs-vector-scalar.h. The file that includes this one defines BS_S8_OFFSET, BsVx, vx_load(), vi_dot() and
 * vi_dot_pairs(). */
#pragma once

#include "inference/kernels/bs-intrinsics.h"

#include <stdint.h>
#include <string.h>

#define BS_LANES 16

typedef __m512 BsVf;
/* Not __m512i, a vector of 64-bit integers: gcc 12 would hold each sum of a loop in two registers, one of each type. */
typedef int32_t BsVi __attribute__ ((vector_size (64)));

static inline BsVf
vf_set (float x)
{
  return _mm512_set1_ps (x);
}

static inline BsVf
vf_load (const float *p)
{
  return _mm512_loadu_ps (p);
}

static inline BsVf
vf_load_partial (const float *p, unsigned n)
{
  return _mm512_maskz_loadu_ps ((__mmask16) ((1u << n) - 1), p);
}

static inline void
vf_store (float *p, BsVf a)
{
  _mm512_storeu_ps (p, a);
}

static inline BsVf
vf_add (BsVf a, BsVf b)
{
  return _mm512_add_ps (a, b);
}

static inline BsVf
vf_sub (BsVf a, BsVf b)
{
  return _mm512_sub_ps (a, b);
}

static inline BsVf
vf_mul (BsVf a, BsVf b)
{
  return _mm512_mul_ps (a, b);
}

static inline BsVf
vf_fma (BsVf a, BsVf b, BsVf c)
{
  return _mm512_fmadd_ps (a, b, c);
}

static inline BsVf
vf_fnma (BsVf a, BsVf b, BsVf c)
{
  return _mm512_fnmadd_ps (a, b, c);
}

static inline BsVf
vf_max (BsVf a, BsVf b)
{
  return _mm512_max_ps (a, b);
}

static inline BsVf
vf_min (BsVf a, BsVf b)
{
  return _mm512_min_ps (a, b);
}

static inline BsVf
vf_abs (BsVf a)
{
  return _mm512_castsi512_ps (_mm512_and_epi32 (_mm512_castps_si512 (a), _mm512_set1_epi32 (0x7fffffff)));
}

static inline float
vf_max_lane (BsVf a)
{
  float lanes[16], max;

  _mm512_storeu_ps (lanes, a);
  max = lanes[0];
  for (int i = 1; i < 16; i++)
    max = lanes[i] > max ? lanes[i] : max;
  return max;
}

static inline BsVi
vf_bits (BsVf a)
{
  return (BsVi) _mm512_castps_si512 (a);
}

static inline BsVf
vi_as_float (BsVi a)
{
  return _mm512_castsi512_ps ((__m512i) a);
}

static inline BsVi
vf_round (BsVf a)
{
  return (BsVi) _mm512_cvtps_epi32 (a);
}

static inline BsVf
vf_of_int (BsVi a)
{
  return _mm512_cvtepi32_ps ((__m512i) a);
}

static inline BsVi
vi_set (int32_t x)
{
  return (BsVi) _mm512_set1_epi32 (x);
}

static inline BsVi
vi_load (const int32_t *p)
{
  return (BsVi) _mm512_loadu_si512 (p);
}

static inline BsVi
vi_add (BsVi a, BsVi b)
{
  return (BsVi) _mm512_add_epi32 ((__m512i) a, (__m512i) b);
}

static inline BsVi
vi_sub (BsVi a, BsVi b)
{
  return (BsVi) _mm512_sub_epi32 ((__m512i) a, (__m512i) b);
}

static inline BsVi
vi_to_exponent (BsVi a)
{
  return (BsVi) _mm512_slli_epi32 ((__m512i) a, 23);
}

typedef __m512i BsVy;

static inline BsVy
vy_load (const int16_t *p)
{
  int32_t two;
  memcpy (&two, p, 4);
  return _mm512_set1_epi32 (two);
}

static inline void
vy_store (int16_t *p, BsVi q)
{
  _mm256_storeu_si256 ((__m256i *) p, _mm512_cvtepi32_epi16 ((__m512i) q));
}

static inline void
vx_store (int8_t *p, BsVi q)
{
  const __m128i bytes = _mm512_cvtepi32_epi8 ((__m512i) q);

  _mm_storeu_si128 ((__m128i *) p, BS_S8_OFFSET ? _mm_xor_si128 (bytes, _mm_set1_epi8 (-128)) : bytes);
}
