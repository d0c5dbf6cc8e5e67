/* bs-kernels-neondot.c: the kernels for 64-bit ARM with the dot product instructions */
#if !defined(__ARM_FEATURE_DOTPROD)
#error "this file must be compiled with -march=armv8.2-a+dotprod"
#endif

#define BS_KERNELS bs_kernels_neondot
#define BS_KERNELS_NAME "neondot"
#define BS_ROWS_F32 4
#define BS_ROWS_S8 4
#define BS_ONE_ROW_BLOCKS 4
#define BS_SUB_BATCH 12
#define BS_S8_OFFSET 0

#include "inference/kernels/bs-vector-neon.h"

typedef int8x16_t BsVx; /* the four activations four times */

static inline BsVx
vx_load (const int8_t *p)
{
  uint32_t four;
  memcpy (&four, p, 4);
  return vreinterpretq_s8_u32 (vdupq_n_u32 (four));
}

static inline BsVi
vi_dot (BsVi acc, const int8_t *w, BsVx x)
{
  return vdotq_s32 (acc, vld1q_s8 (w), x);
}

#include "inference/kernels/bs-kernels-template.h"
