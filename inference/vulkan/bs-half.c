#include "inference/vulkan/bs-half.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#endif

#define FLOAT_INFINITY 0x7f800000
#define FLOAT_HALF_MAX 0x477fe000    /* 65504 */
#define FLOAT_HALF_NORMAL 0x38800000 /* 2^-14: smaller ones are subnormal halves */
#define REBIAS 0x38000000            /* between the exponents of float and half: 112 << 23 */

uint16_t
bs_half_from_float (float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;

  if (magnitude >= FLOAT_INFINITY)
    return sign | 0x7c00 | (magnitude > FLOAT_INFINITY ? 0x200 : 0);
  if (magnitude >= 0x477ff000) /* rounds to 65520 or more */
    return sign | 0x7c00;
  if (magnitude < FLOAT_HALF_NORMAL) /* let the float unit round at the half's last place, 2^-24 */
    return sign | (uint16_t) nearbyintf (fabsf (value) * 16777216.0f);
  uint32_t rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
  return sign | ((rounded - REBIAS) >> 13);
}

/* Without a branch: both ways are computed. Signed numbers, since older vector units compare no others. */
void
bs_halves_from_floats_plainly (const float *restrict values, size_t n, uint16_t *restrict halves)
{
  for (size_t i = 0; i < n; i++)
    {
      int32_t bits;
      memcpy (&bits, &values[i], sizeof bits);
      int32_t sign = (bits >> 16) & 0x8000;
      int32_t magnitude = bits & 0x7fffffff;
      magnitude = magnitude > FLOAT_HALF_MAX ? FLOAT_HALF_MAX : magnitude;

      /* One half added, a float's last place is that of a subnormal half. */
      float shifted, small;
      int32_t subnormal, half_bits;
      memcpy (&small, &magnitude, sizeof small);
      shifted = small + 0.5f;
      const float half = 0.5f;
      memcpy (&subnormal, &shifted, sizeof subnormal);
      memcpy (&half_bits, &half, sizeof half_bits);
      subnormal -= half_bits;

      int32_t normal = (magnitude + 0xfff + ((magnitude >> 13) & 1) - REBIAS) >> 13;
      halves[i] = (uint16_t) (sign | (magnitude < FLOAT_HALF_NORMAL ? subnormal : normal));
    }
}

#if defined(__x86_64__) && defined(__GNUC__)

/* The processor's own conversion, which rounds as the plain one does. */
__attribute__ ((target ("avx,f16c"))) static void
convert_f16c (const float *restrict values, size_t n, uint16_t *restrict halves)
{
  const __m256 most = _mm256_set1_ps (BS_HALF_MAX), least = _mm256_set1_ps (-BS_HALF_MAX);
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    {
      __m256 clamped = _mm256_max_ps (_mm256_min_ps (_mm256_loadu_ps (values + i), most), least);
      _mm_storeu_si128 ((__m128i *) (void *) (halves + i), _mm256_cvtps_ph (clamped, _MM_FROUND_TO_NEAREST_INT));
    }
  bs_halves_from_floats_plainly (values + i, n - i, halves + i);
}

static bool
have_f16c (void)
{
  unsigned int a, b, c, d;
  return __builtin_cpu_supports ("avx") && __get_cpuid (1, &a, &b, &c, &d) && (c & bit_F16C) != 0;
}

void
bs_halves_from_floats (const float *restrict values, size_t n, uint16_t *restrict halves)
{
  static atomic_int known; /* 0: not yet; 1: no; 2: yes */
  int way = atomic_load_explicit (&known, memory_order_relaxed);
  if (way == 0)
    {
      way = have_f16c () ? 2 : 1;
      atomic_store_explicit (&known, way, memory_order_relaxed);
    }
  (way == 2 ? convert_f16c : bs_halves_from_floats_plainly) (values, n, halves);
}

#else

void
bs_halves_from_floats (const float *restrict values, size_t n, uint16_t *restrict halves)
{
  bs_halves_from_floats_plainly (values, n, halves);
}

#endif

bool
bs_floats_finite (const float *values, size_t n)
{
  int32_t beyond = 0;
  for (size_t i = 0; i < n; i++)
    {
      int32_t bits;
      memcpy (&bits, &values[i], sizeof bits);
      beyond |= (bits & 0x7fffffff) >= FLOAT_INFINITY;
    }
  return beyond == 0;
}
