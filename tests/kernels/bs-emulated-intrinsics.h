/* bs-emulated-intrinsics.h: x86 intrinsics in plain C, so that kernels run on a machine without their instruction set
 *
 * SIMDe emulates all but a few; those are below, and so is what it does with other roundings than the instruction: it does
 * not fuse multiply-adds. Only for tests: slow. */
#pragma once

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx2.h>
#include <simde/x86/avx512.h>
#include <simde/x86/fma.h>

#include <math.h>
#include <string.h>

typedef uint16_t bs_emulated_mmask16;
#define __mmask16 bs_emulated_mmask16

/* NAME (a, b, c) over the N floats of vectors of TYPE, each EXPRESSION of x, y, z */
#define BS_EMULATE_TERNARY(NAME, TYPE, N, EXPRESSION)                                                                  \
  static inline TYPE NAME (TYPE a, TYPE b, TYPE c)                                                                     \
  {                                                                                                                    \
    float x[N], y[N], z[N];                                                                                            \
                                                                                                                       \
    memcpy (x, &a, sizeof x);                                                                                          \
    memcpy (y, &b, sizeof y);                                                                                          \
    memcpy (z, &c, sizeof z);                                                                                          \
    for (int i = 0; i < N; i++)                                                                                        \
      z[i] = (EXPRESSION);                                                                                             \
    memcpy (&c, z, sizeof z);                                                                                          \
    return c;                                                                                                          \
  }

BS_EMULATE_TERNARY (bs_emulated_fmadd_8, simde__m256, 8, fmaf (x[i], y[i], z[i]))
BS_EMULATE_TERNARY (bs_emulated_fnmadd_8, simde__m256, 8, fmaf (-x[i], y[i], z[i]))
BS_EMULATE_TERNARY (bs_emulated_fmadd_16, simde__m512, 16, fmaf (x[i], y[i], z[i]))
BS_EMULATE_TERNARY (bs_emulated_fnmadd_16, simde__m512, 16, fmaf (-x[i], y[i], z[i]))

#undef _mm256_fmadd_ps
#undef _mm256_fnmadd_ps
#undef _mm512_fmadd_ps
#undef _mm512_fnmadd_ps
#define _mm256_fmadd_ps bs_emulated_fmadd_8
#define _mm256_fnmadd_ps bs_emulated_fnmadd_8
#define _mm512_fmadd_ps bs_emulated_fmadd_16
#define _mm512_fnmadd_ps bs_emulated_fnmadd_16

/* VPDPBUSD: products of u8 and s8, four at a time, added without saturation */
static inline simde__m256i
_mm256_dpbusd_avx_epi32 (simde__m256i sum, simde__m256i a, simde__m256i b)
{
  int32_t sums[8];
  uint8_t x[32];
  int8_t y[32];

  memcpy (sums, &sum, sizeof sums);
  memcpy (x, &a, sizeof x);
  memcpy (y, &b, sizeof y);
  for (int i = 0; i < 32; i++)
    sums[i / 4] += x[i] * y[i];
  memcpy (&sum, sums, sizeof sums);
  return sum;
}

/* VPDPWSSD: products of 16 bits, two at a time, added without saturation */
static inline simde__m256i
_mm256_dpwssd_avx_epi32 (simde__m256i sum, simde__m256i a, simde__m256i b)
{
  int32_t sums[8];
  int16_t x[16], y[16];

  memcpy (sums, &sum, sizeof sums);
  memcpy (x, &a, sizeof x);
  memcpy (y, &b, sizeof y);
  for (int i = 0; i < 16; i++)
    sums[i / 2] += x[i] * y[i];
  memcpy (&sum, sums, sizeof sums);
  return sum;
}

/* VPMOVDW: the low halves */
static inline simde__m256i
_mm512_cvtepi32_epi16 (simde__m512i a)
{
  int32_t x[16];
  int16_t y[16];
  simde__m256i r;

  memcpy (x, &a, sizeof x);
  for (int i = 0; i < 16; i++)
    y[i] = (int16_t) x[i];
  memcpy (&r, y, sizeof y);
  return r;
}

/* VCVTPS2DQ: to the nearest, halves to even */
static inline simde__m512i
_mm512_cvtps_epi32 (simde__m512 a)
{
  float x[16];
  int32_t y[16];
  simde__m512i r;

  memcpy (x, &a, sizeof x);
  for (int i = 0; i < 16; i++)
    y[i] = (int32_t) lrintf (x[i]);
  memcpy (&r, y, sizeof y);
  return r;
}

/* VCVTDQ2PS */
static inline simde__m512
_mm512_cvtepi32_ps (simde__m512i a)
{
  int32_t x[16];
  float y[16];
  simde__m512 r;

  memcpy (x, &a, sizeof x);
  for (int i = 0; i < 16; i++)
    y[i] = (float) x[i];
  memcpy (&r, y, sizeof y);
  return r;
}

/* VPMOVDB: the low bytes */
static inline simde__m128i
_mm512_cvtepi32_epi8 (simde__m512i a)
{
  int32_t x[16];
  int8_t y[16];
  simde__m128i r;

  memcpy (x, &a, sizeof x);
  for (int i = 0; i < 16; i++)
    y[i] = (int8_t) x[i];
  memcpy (&r, y, sizeof y);
  return r;
}

/* VMOVUPS with a mask: reads no lane that the mask leaves out */
static inline simde__m512
_mm512_maskz_loadu_ps (bs_emulated_mmask16 mask, const float *p)
{
  float x[16] = { 0 };
  simde__m512 r;

  for (int i = 0; i < 16; i++)
    if (mask >> i & 1)
      x[i] = p[i];
  memcpy (&r, x, sizeof x);
  return r;
}
