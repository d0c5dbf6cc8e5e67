/* bs-kernels-avx2.c: the kernels for AVX2 with FMA, no VNNI */
#if !defined(__AVX2__) || !defined(__FMA__)
#error "this file must be compiled with -mavx2 -mfma"
#endif

#define BS_KERNELS bs_kernels_avx2
#define BS_KERNELS_NAME "avx2"
#define BS_ROWS_F32 3
#define BS_ROWS_S8 2
#define BS_ONE_ROW_BLOCKS 2
#define BS_SUB_BATCH 12
#define BS_S8_OFFSET 0

#include "inference/kernels/bs-vector-avx2.h"

typedef struct
{
  __m256i negative; /* -1 where x is below 0, else 0 */
  __m256i magnitude;
} BsVx;

static inline BsVx
vx_load (const int8_t *p)
{
  int32_t four;
  memcpy (&four, p, 4);

  const __m256i value = _mm256_set1_epi32 (four);
  return (BsVx){ _mm256_cmpgt_epi8 (_mm256_setzero_si256 (), value), _mm256_abs_epi8 (value) };
}

/* maddubs saturates at 16 bits, but not |x| <= 127 times |w| <= 127, twice: the sign of x moves to w. vpsignb would do it at
 * once, but on the ports of the multiplications, which have enough to do: 9 % slower on Zen. */
static inline BsVi
vi_dot (BsVi acc, const int8_t *w, BsVx x)
{
  const __m256i w_inverted = _mm256_xor_si256 (_mm256_loadu_si256 ((const __m256i *) w), x.negative);
  const __m256i pairs = _mm256_maddubs_epi16 (x.magnitude, _mm256_sub_epi8 (w_inverted, x.negative));

  return vi_add (acc, (BsVi) _mm256_madd_epi16 (pairs, _mm256_set1_epi16 (1)));
}

static inline BsVi
vi_dot_pairs (BsVi acc, const int16_t *w, BsVy x)
{
  const __m256i weights = _mm256_loadu_si256 ((const __m256i *) w);

  return vi_add (acc, (BsVi) _mm256_madd_epi16 (weights, x));
}

#include "inference/kernels/bs-kernels-template.h"
