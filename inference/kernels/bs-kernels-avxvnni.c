/* bs-kernels-avxvnni.c: the kernels for AVX2 with FMA and AVX-VNNI: products of u8 and s8 */
#if !defined(BS_EMULATE_INTRINSICS) && (!defined(__AVX2__) || !defined(__FMA__) || !defined(__AVXVNNI__))
#error "this file must be compiled with -mavx2 -mfma -mavxvnni"
#endif

#define BS_KERNELS bs_kernels_avxvnni
#define BS_KERNELS_NAME "avxvnni"
#define BS_ROWS_F32 3
#define BS_ROWS_S8 3
#define BS_ONE_ROW_BLOCKS 2
#define BS_SUB_BATCH 12
#define BS_S8_OFFSET 128 /* activations are stored as q + 128 */

#include "inference/kernels/bs-vector-avx2.h"

typedef __m256i BsVx;

static inline BsVx
vx_load (const int8_t *p)
{
  int32_t four;
  memcpy (&four, p, 4);
  return _mm256_set1_epi32 (four);
}

static inline BsVi
vi_dot (BsVi acc, const int8_t *w, BsVx x)
{
  return (BsVi) _mm256_dpbusd_avx_epi32 ((__m256i) acc, x, _mm256_loadu_si256 ((const __m256i *) w));
}

static inline BsVi
vi_dot_pairs (BsVi acc, const int16_t *w, BsVy x)
{
  return (BsVi) _mm256_dpwssd_avx_epi32 ((__m256i) acc, x, _mm256_loadu_si256 ((const __m256i *) w));
}

#include "inference/kernels/bs-kernels-template.h"
