/* bs-kernels.h: the inner loops of the network, and of ATR, one table of them for each instruction set
 *
 * Plain C11, no GLib: the same files are built for other processors and tested under an emulator.
 *
 * Blocks. A kernel set has U lanes (4, 8 or 16). The outputs of a matrix are held in blocks of 4 rows of U lanes: [block, 4, U].
 * For an LSTM layer the 4 rows of a block are the gates i, f, g, o of the same U units, so that one pass over a block leaves
 * in registers all that the cell update of these units needs. Hp is H rounded up to whole blocks; padded units have zero
 * weights and stay at zero.
 *
 * Sameness. Integers are the same on every instruction set. Floats are too: each output is one chain of fused
 * multiply-adds in the order of the inputs, and nothing depends on how many rows are computed together. (Where a result
 * is denormal, ARM and x86 may flush it differently.)
 *
 * Denormals. The caller brackets its calls with float_mode_enter and float_mode_leave, which bs-network.c does.
 *
 * Unless said otherwise pointers need no alignment, buffers must not overlap, and nothing is allocated. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BS_KERNELS_MAX_LANES 16

/** Largest magnitude of a quantized weight or hidden state: symmetric, so that -128 does not occur. */
#define BS_S8_MAX 127
/** Largest magnitude of a quantized input of the network. They get 16 bits: one outlier among the features would leave
 * the others of its row few of 8. K products with weights must fit in 32. */
#define BS_S16_MAX(K) (INT32_MAX / BS_S8_MAX / (K) < INT16_MAX ? INT32_MAX / BS_S8_MAX / (K) : INT16_MAX)
/** What one unit of a quantized hidden state is worth: its range is (-1, 1). */
#define BS_S8_HIDDEN_SCALE (1.0f / BS_S8_MAX)
/** A row of inputs whose largest magnitude is below this is quantized to zeros. */
#define BS_TINY 1e-30f

/** True ranges in a mean of rolling_means: what the average true range is of. */
#define BS_ATR_BARS 14

/** Largest error of sigmoid and tanh, absolute, in the INT8 kernels ... */
#define BS_GATE_ERROR_S8 2e-4f
/** ... and in the FP32 kernels. */
#define BS_GATE_ERROR_F32 1e-6f

/**
 * BsPackedMatrix:
 *
 * A matrix [n_blocks * 4U, K] in the order in which the kernels of one set read it; made by bs_packed_matrix_init().
 * One of w_f32, w_s8 and w_s16 is set.
 */
typedef struct
{
  unsigned n_inputs;   /* K */
  unsigned n_blocks;   /* of 4U outputs */
  float *w_f32;        /* [n_blocks, K, 4, U] */
  int8_t *w_s8;        /* [n_blocks, ceil (K / 4), 4, U, 4], within -127..127, zero beyond K */
  int16_t *w_s16;      /* [n_blocks, ceil (K / 2), 4, U, 2], the same numbers for 16-bit inputs */
  int32_t *correction; /* s8: [n_blocks, 4, U], -BS_S8_OFFSET * the sum of the row: where a product starts */
  float *scale;        /* s8, s16: [n_blocks, 4, U], what one unit of a product is worth, but for row scales */
  float *bias;         /* [n_blocks, 4, U] */
  void *memory;        /* what the arrays above lie in */
} BsPackedMatrix;

/**
 * BsProjection:
 *
 * The input projections of one window: T rows of 4Hp floats, [Hp / U, 4, U] each. Row t lies at
 * rows + ((first + t) % T) * stride, which is a ring where a live window keeps them.
 */
typedef struct
{
  const float *rows;
  size_t stride;  /* floats */
  unsigned first; /* < T */
} BsProjection;

/**
 * BsKernels:
 *
 * The kernels of one instruction set.
 */
typedef struct
{
  const char *name;
  unsigned lanes;     /* U */
  unsigned sub_batch; /* windows that are best run together */
  int s8_offset;      /* what is added to an activation where it is stored: 0, or 128 where products are u8 x s8 */

  /** Sets the float mode that the kernels run in: round to nearest, denormals count as zero. Returns: the mode before, for float_mode_leave. */
  unsigned (*float_mode_enter) (void);
  void (*float_mode_leave) (unsigned before);

  /** Whether all of x[0..n) are finite and within +-@limit, 1 <= limit <= FLT_MAX (one rounding of the limit aside). */
  bool (*all_within) (const float *x, size_t n, float limit);

  /**
   * out[r] = bias + matrix . x[r].
   * @x: [n, ldx], K floats of each row are read
   * @out: [n, n_blocks, 4, U]
   */
  void (*project_f32) (const BsPackedMatrix *matrix, const float *x, size_t ldx, unsigned n, float *out);

  /**
   * out[r] = bias + scale * (matrix . x[r]), the products summed in int32, which cannot overflow for K <= 4096.
   * @x: [n, ldx] quantized hidden states; ldx is a multiple of 4 of at least K, what lies beyond K does not matter
   */
  void (*project_s8) (const BsPackedMatrix *matrix, const int8_t *x, size_t ldx, unsigned n, float *out);

  /**
   * out[r] = bias + scale * row_scale[r] * (matrix . x[r]), the products summed in int32, which cannot overflow.
   * @x: [n, ldx] inputs as quantize_rows gives them
   * @row_scale: [n]
   */
  void (*project_s16) (const BsPackedMatrix *matrix, const int16_t *x, size_t ldx, const float *row_scale, unsigned n,
                       float *out);

  /**
   * Quantizes rows by their largest magnitude: q = round (x * Q / max), halves to even, Q being BS_S16_MAX (K).
   * @x: [n, K] finite
   * @q: (out) [n, ldq], ldq being K rounded up to a multiple of U; zeros beyond K
   * @row_scale: (out) [n] what one unit of q is worth: max / Q, or 0 where max < BS_TINY
   */
  void (*quantize_rows) (const float *x, unsigned K, unsigned n, int16_t *q, size_t ldq, float *row_scale);

  /**
   * The recurrent part of one layer over n windows together, states starting at zero. Projections hold -log2 (e) times the
   * pre-activations of i, f and o and -2 log2 (e) times those of g, and @hh gives its products so (see bs-network.c).
   * @hh: [4Hp, H]
   * @windows: [n]
   * @gates: scratch [n, 4Hp]
   * @h: (out) [T, n, Hp] the hidden states of all steps
   * @c: (out) [n, Hp] the cell states after the last step
   */
  void (*lstm_f32) (const BsPackedMatrix *hh, const BsProjection *windows, unsigned n, unsigned T, float *gates,
                    float *h, float *c);

  /** The same in INT8. @h: quantized with BS_S8_HIDDEN_SCALE; @last: (out) (nullable) [n, Hp] the last step's, as floats */
  void (*lstm_s8) (const BsPackedMatrix *hh, const BsProjection *windows, unsigned n, unsigned T, float *gates,
                   int8_t *h, float *c, float *last);

  /** Softmax over x[0..n) * @factor: probabilities that sum to 1. @out may be @x. Error: 1e-6 absolute. */
  void (*softmax) (const float *x, unsigned n, float factor, float *out);

  /* One operation at a time, for `fused` off and for tests. n is a multiple of U; @out may be an input.
   * Errors of sigmoid and tanh: BS_GATE_ERROR_F32 and BS_GATE_ERROR_S8, for every float. */
  void (*sigmoid_f32) (const float *x, float *out, size_t n);
  void (*tanh_f32) (const float *x, float *out, size_t n);
  void (*sigmoid_s8) (const float *x, float *out, size_t n);
  void (*tanh_s8) (const float *x, float *out, size_t n);
  void (*add) (const float *a, const float *b, float *out, size_t n);
  void (*multiply) (const float *a, const float *b, float *out, size_t n);
  void (*relu) (const float *x, float *out, size_t n);
  /** q = round (127 * h); |h| <= 1.003. */
  void (*quantize_hidden) (const float *h, int8_t *q, size_t n);

  /* Over columns of bars: in double, in the caller's own float mode, the same bits on every instruction set. */

  /**
   * out[i] = max (high[i] - low[i], |high[i] - close_before[i]|, |low[i] - close_before[i]|).
   * @high, @low, @close_before: [n], not NaN; @close_before may overlap the other two
   * @out: (out) [n]
   */
  void (*true_ranges) (const double *high, const double *low, const double *close_before, size_t n, double *out);

  /**
   * out[i] = mean of x[i] .. x[i + BS_ATR_BARS - 1], summed anew for every i, in the order of bs_sum() (and numpy).
   * @x: [n + BS_ATR_BARS - 1]
   * @out: (out) [n]
   */
  void (*rolling_means) (const double *x, size_t n, double *out);
} BsKernels;

/**
 * bs_kernels:
 *
 * The fastest kernels that this processor runs, or those that BARSCOPE_CPU names. Chosen at the first call and the same
 * ever after.
 *
 * Returns: never NULL: where BARSCOPE_CPU cannot be had, the scalar ones, and bs_kernels_problem() says why
 */
const BsKernels *bs_kernels (void);

/** bs_kernels_problem: (nullable): what is wrong with the value of BARSCOPE_CPU, in words. Static. */
const char *bs_kernels_problem (void);

/**
 * bs_kernels_by_name:
 * @name: "scalar", "avx2", "avxvnni", "avx512vnni", "neon" or "neondot"
 * @built: (out) (nullable): whether this build has them
 *
 * Returns: the kernels, or NULL where this build or this processor does not have them
 */
const BsKernels *bs_kernels_by_name (const char *name, bool *built);

/** bs_kernels_names: all names that there are, the plainest first, NULL-terminated. Static. */
const char *const *bs_kernels_names (void);
