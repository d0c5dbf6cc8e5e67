/* bs-vector-avx2.h: the vector operations of the kernels, 8 lanes, for AVX2 and AVX-VNNI
 *
 * What they mean is in bs-vector-scalar.h. The file that includes this one defines BS_S8_OFFSET, BsVx, vx_load(), vi_dot() and
 * vi_dot_pairs(). */
#pragma once

#include "inference/kernels/bs-intrinsics.h"

#include <stdint.h>
#include <string.h>

#define BS_LANES 8

typedef __m256 BsVf;
/* Not __m256i, a vector of 64-bit integers: gcc 12 would hold each sum of a loop in two registers, one of each type. */
typedef int32_t BsVi __attribute__ ((vector_size (32)));

static inline BsVf
vf_set (float x)
{
  return _mm256_set1_ps (x);
}

static inline BsVf
vf_load (const float *p)
{
  return _mm256_loadu_ps (p);
}

static inline BsVf
vf_load_partial (const float *p, unsigned n)
{
  static const int32_t mask[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };

  return _mm256_maskload_ps (p, _mm256_loadu_si256 ((const __m256i *) (mask + 8 - n)));
}

static inline void
vf_store (float *p, BsVf a)
{
  _mm256_storeu_ps (p, a);
}

static inline BsVf
vf_add (BsVf a, BsVf b)
{
  return _mm256_add_ps (a, b);
}

static inline BsVf
vf_sub (BsVf a, BsVf b)
{
  return _mm256_sub_ps (a, b);
}

static inline BsVf
vf_mul (BsVf a, BsVf b)
{
  return _mm256_mul_ps (a, b);
}

static inline BsVf
vf_fma (BsVf a, BsVf b, BsVf c)
{
  return _mm256_fmadd_ps (a, b, c);
}

static inline BsVf
vf_fnma (BsVf a, BsVf b, BsVf c)
{
  return _mm256_fnmadd_ps (a, b, c);
}

static inline BsVf
vf_max (BsVf a, BsVf b)
{
  return _mm256_max_ps (a, b);
}

static inline BsVf
vf_min (BsVf a, BsVf b)
{
  return _mm256_min_ps (a, b);
}

static inline BsVf
vf_abs (BsVf a)
{
  return _mm256_and_ps (a, _mm256_castsi256_ps (_mm256_set1_epi32 (0x7fffffff)));
}

static inline float
vf_max_lane (BsVf a)
{
  __m128 m = _mm_max_ps (_mm256_castps256_ps128 (a), _mm256_extractf128_ps (a, 1));

  m = _mm_max_ps (m, _mm_movehl_ps (m, m));
  m = _mm_max_ss (m, _mm_shuffle_ps (m, m, 1));
  return _mm_cvtss_f32 (m);
}

static inline BsVi
vf_bits (BsVf a)
{
  return (BsVi) _mm256_castps_si256 (a);
}

static inline BsVf
vi_as_float (BsVi a)
{
  return _mm256_castsi256_ps ((__m256i) a);
}

static inline BsVi
vf_round (BsVf a)
{
  return (BsVi) _mm256_cvtps_epi32 (a);
}

static inline BsVf
vf_of_int (BsVi a)
{
  return _mm256_cvtepi32_ps ((__m256i) a);
}

static inline BsVi
vi_set (int32_t x)
{
  return (BsVi) _mm256_set1_epi32 (x);
}

static inline BsVi
vi_load (const int32_t *p)
{
  return (BsVi) _mm256_loadu_si256 ((const __m256i *) p);
}

static inline BsVi
vi_add (BsVi a, BsVi b)
{
  return (BsVi) _mm256_add_epi32 ((__m256i) a, (__m256i) b);
}

static inline BsVi
vi_sub (BsVi a, BsVi b)
{
  return (BsVi) _mm256_sub_epi32 ((__m256i) a, (__m256i) b);
}

static inline BsVi
vi_to_exponent (BsVi a)
{
  return (BsVi) _mm256_slli_epi32 ((__m256i) a, 23);
}

typedef __m256i BsVy;

static inline BsVy
vy_load (const int16_t *p)
{
  int32_t two;
  memcpy (&two, p, 4);
  return _mm256_set1_epi32 (two);
}

static inline void
vy_store (int16_t *p, BsVi q)
{
  _mm_storeu_si128 ((__m128i *) p,
                    _mm_packs_epi32 (_mm256_castsi256_si128 ((__m256i) q), _mm256_extracti128_si256 ((__m256i) q, 1)));
}

static inline void
vx_store (int8_t *p, BsVi q)
{
  const __m128i words
    = _mm_packs_epi32 (_mm256_castsi256_si128 ((__m256i) q), _mm256_extracti128_si256 ((__m256i) q, 1));
  const __m128i bytes = _mm_packs_epi16 (words, words);

  _mm_storel_epi64 ((__m128i *) p, BS_S8_OFFSET ? _mm_xor_si128 (bytes, _mm_set1_epi8 (-128)) : bytes);
}
