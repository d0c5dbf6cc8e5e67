/* bs-kernels-avx512vnni.c: the kernels for AVX-512 with VNNI: products of u8 and s8, 16 lanes */
#if !defined(BS_EMULATE_INTRINSICS) && (!defined(__AVX512VNNI__) || !defined(__AVX512BW__) || !defined(__AVX512VL__))
#error "this file must be compiled with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mfma"
#endif

#define BS_KERNELS bs_kernels_avx512vnni
#define BS_KERNELS_NAME "avx512vnni"
#define BS_ROWS_F32 5
#define BS_ROWS_S8 5
#define BS_ONE_ROW_BLOCKS 4
#define BS_SUB_BATCH 10
#define BS_S8_OFFSET 128 /* activations are stored as q + 128 */

#include "inference/kernels/bs-vector-avx512.h"

typedef __m512i BsVx;

static inline BsVx
vx_load (const int8_t *p)
{
  int32_t four;
  memcpy (&four, p, 4);
  return _mm512_set1_epi32 (four);
}

static inline BsVi
vi_dot (BsVi acc, const int8_t *w, BsVx x)
{
  return (BsVi) _mm512_dpbusd_epi32 ((__m512i) acc, x, _mm512_loadu_si512 (w));
}

static inline BsVi
vi_dot_pairs (BsVi acc, const int16_t *w, BsVy x)
{
  return (BsVi) _mm512_dpwssd_epi32 ((__m512i) acc, x, _mm512_loadu_si512 (w));
}

#include "inference/kernels/bs-kernels-template.h"
