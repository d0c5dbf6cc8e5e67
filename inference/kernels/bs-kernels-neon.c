/* bs-kernels-neon.c: the kernels for 64-bit ARM without the dot product instructions */
#if !defined(__aarch64__)
#error "this file is for 64-bit ARM"
#endif

#define BS_KERNELS bs_kernels_neon
#define BS_KERNELS_NAME "neon"
#define BS_ROWS_F32 4
#define BS_ROWS_S8 4
#define BS_ONE_ROW_BLOCKS 2
#define BS_SUB_BATCH 12
#define BS_S8_OFFSET 0

#include "inference/kernels/bs-vector-neon.h"

typedef int8x8_t BsVx; /* the four activations twice */

static inline BsVx
vx_load (const int8_t *p)
{
  uint32_t four;
  memcpy (&four, p, 4);
  return vreinterpret_s8_u32 (vdup_n_u32 (four));
}

/* 16-bit products of at most 127 * 127, each added in pairs to 32 bits: nothing saturates. */
static inline BsVi
vi_dot (BsVi acc, const int8_t *w, BsVx x)
{
  const int8x16_t weights = vld1q_s8 (w);
  const int32x4_t low = vpaddlq_s16 (vmull_s8 (vget_low_s8 (weights), x));
  const int32x4_t high = vpaddlq_s16 (vmull_s8 (vget_high_s8 (weights), x));

  return vaddq_s32 (acc, vpaddq_s32 (low, high));
}

#include "inference/kernels/bs-kernels-template.h"
