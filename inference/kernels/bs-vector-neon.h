/* bs-vector-neon.h: the vector operations of the kernels, 4 lanes, for 64-bit ARM
 *
 * What they mean is in bs-vector-scalar.h. The file that includes this one defines BsVx, vx_load() and vi_dot(). */
#pragma once

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#define BS_LANES 4

typedef float32x4_t BsVf;
typedef int32x4_t BsVi;

static inline BsVf
vf_set (float x)
{
  return vdupq_n_f32 (x);
}

static inline BsVf
vf_load (const float *p)
{
  return vld1q_f32 (p);
}

static inline BsVf
vf_load_partial (const float *p, unsigned n)
{
  float lanes[4] = { 0 };

  for (unsigned i = 0; i < n; i++)
    lanes[i] = p[i];
  return vld1q_f32 (lanes);
}

static inline void
vf_store (float *p, BsVf a)
{
  vst1q_f32 (p, a);
}

static inline BsVf
vf_add (BsVf a, BsVf b)
{
  return vaddq_f32 (a, b);
}

static inline BsVf
vf_sub (BsVf a, BsVf b)
{
  return vsubq_f32 (a, b);
}

static inline BsVf
vf_mul (BsVf a, BsVf b)
{
  return vmulq_f32 (a, b);
}

static inline BsVf
vf_fma (BsVf a, BsVf b, BsVf c)
{
  return vfmaq_f32 (c, a, b);
}

static inline BsVf
vf_fnma (BsVf a, BsVf b, BsVf c)
{
  return vfmsq_f32 (c, a, b);
}

/* The number where one operand is not one: as on x86 where the second is a number */
static inline BsVf
vf_max (BsVf a, BsVf b)
{
  return vmaxnmq_f32 (a, b);
}

static inline BsVf
vf_min (BsVf a, BsVf b)
{
  return vminnmq_f32 (a, b);
}

static inline BsVf
vf_abs (BsVf a)
{
  return vabsq_f32 (a);
}

static inline float
vf_max_lane (BsVf a)
{
  return vmaxvq_f32 (a);
}

static inline BsVi
vf_bits (BsVf a)
{
  return vreinterpretq_s32_f32 (a);
}

static inline BsVf
vi_as_float (BsVi a)
{
  return vreinterpretq_f32_s32 (a);
}

static inline BsVi
vf_round (BsVf a)
{
  return vcvtnq_s32_f32 (a);
}

static inline BsVf
vf_of_int (BsVi a)
{
  return vcvtq_f32_s32 (a);
}

static inline BsVi
vi_set (int32_t x)
{
  return vdupq_n_s32 (x);
}

static inline BsVi
vi_load (const int32_t *p)
{
  return vld1q_s32 (p);
}

static inline BsVi
vi_add (BsVi a, BsVi b)
{
  return vaddq_s32 (a, b);
}

static inline BsVi
vi_sub (BsVi a, BsVi b)
{
  return vsubq_s32 (a, b);
}

static inline BsVi
vi_to_exponent (BsVi a)
{
  return vshlq_n_s32 (a, 23);
}

typedef struct
{
  int16x4_t even, odd;
} BsVy;

static inline BsVy
vy_load (const int16_t *p)
{
  return (BsVy){ vld1_dup_s16 (p), vld1_dup_s16 (p + 1) };
}

static inline BsVi
vi_dot_pairs (BsVi acc, const int16_t *w, BsVy x)
{
  const int16x4x2_t weights = vld2_s16 (w);

  return vmlal_s16 (vmlal_s16 (acc, weights.val[0], x.even), weights.val[1], x.odd);
}

static inline void
vy_store (int16_t *p, BsVi q)
{
  vst1_s16 (p, vmovn_s32 (q));
}

static inline void
vx_store (int8_t *p, BsVi q)
{
  const int16x4_t words = vmovn_s32 (q);
  const int8x8_t bytes = vmovn_s16 (vcombine_s16 (words, words));
  const uint32_t four = vget_lane_u32 (vreinterpret_u32_s8 (bytes), 0);

  memcpy (p, &four, 4);
}
