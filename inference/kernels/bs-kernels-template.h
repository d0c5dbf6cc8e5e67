/* bs-kernels-template.h: the kernels, written once over the vector operations of one instruction set
 *
 * The including file defines BS_KERNELS (the table's symbol), BS_KERNELS_NAME and what bs-vector-*.h lists. A tile is R rows
 * by B blocks of 4U outputs, whose sums stay in registers over all inputs: R and B are constants wherever a tile is
 * called, so that every loop over them unrolls. */
#include "inference/kernels/bs-float-mode.h"
#include "inference/kernels/bs-kernels.h"
#include "inference/kernels/bs-kernels-cell.h"

#define BS_INLINE static inline __attribute__ ((always_inline))
/* A loop over 0..n-1 that unrolls, n being a constant after inlining */
#if defined(BS_KEEP_LOOPS)
#define BS_FOR(i, n) for (int i = 0; i < (n); i++)
#elif defined(__clang__)
#define BS_FOR(i, n) _Pragma ("clang loop unroll(full)") for (int i = 0; i < (n); i++)
#else
#define BS_FOR(i, n) _Pragma ("GCC unroll 16") for (int i = 0; i < (n); i++)
#endif

#define BS_BLOCK (4 * BS_LANES) /* outputs a block */
#define BS_MAX_ROWS 5           /* R at most */
#define BS_MAX_TILE 8           /* R * B at most */
#define BS_CHUNK_ROWS 32        /* rows that a block's weights pass over before the next block's: they stay in L1 */

/* out[r][b] = start[r][b] + rows b of the matrix times x[r], where b are B blocks from @block on.
 * @x: [R, ldx]; @start: [R] -> [B, 4, U]; @out: [R, ldo] of [B, 4, U] */
typedef void (*TileF32) (const BsPackedMatrix *matrix, size_t block, const float *x, size_t ldx,
                         const float *const *start, float *out, size_t ldo);

/* The same of quantized hidden states ... */
typedef void (*TileS8) (const BsPackedMatrix *matrix, size_t block, const int8_t *x, size_t ldx,
                        const float *const *start, float *out, size_t ldo);

/* ... and of quantized inputs. @row_scale: [R] */
typedef void (*TileS16) (const BsPackedMatrix *matrix, size_t block, const int16_t *x, size_t ldx,
                         const float *row_scale, const float *const *start, float *out, size_t ldo);

BS_INLINE void
tile_f32 (const BsPackedMatrix *matrix, size_t block, const float *x, size_t ldx, const float *const *start, float *out,
          size_t ldo, const int R, const int B)
{
  const size_t n_inputs = matrix->n_inputs;
  const size_t block_size = n_inputs * BS_BLOCK;
  const float *w = matrix->w_f32 + block * block_size;
  size_t left = n_inputs; /* >= 1: a loop that runs at least once keeps its sums in registers */
  BsVf sums[BS_MAX_TILE][4];

  BS_FOR (i, R * B)
    BS_FOR (g, 4)
      sums[i][g] = vf_load (start[i / B] + (i % B) * BS_BLOCK + g * BS_LANES);
  do
    {
      BsVf inputs[BS_MAX_ROWS];

      BS_FOR (r, R)
        inputs[r] = vf_set (x[r * ldx]);
      BS_FOR (b, B)
        BS_FOR (g, 4)
          {
            const BsVf weight = vf_load (w + b * block_size + g * BS_LANES);

            BS_FOR (r, R)
              sums[r * B + b][g] = vf_fma (weight, inputs[r], sums[r * B + b][g]);
          }
      w += BS_BLOCK;
      x++;
    }
  while (--left > 0);
  BS_FOR (i, R * B)
    BS_FOR (g, 4)
      vf_store (out + (i / B) * ldo + (i % B) * BS_BLOCK + g * BS_LANES, sums[i][g]);
}

BS_INLINE void
tile_s8 (const BsPackedMatrix *matrix, size_t block, const int8_t *x, size_t ldx, const float *const *start, float *out,
         size_t ldo, const int R, const int B)
{
  const size_t n_groups = (matrix->n_inputs + 3) / 4;
  const size_t block_size = n_groups * BS_BLOCK * 4;
  const int8_t *w = matrix->w_s8 + block * block_size;
  size_t left = n_groups;
  BsVi sums[BS_MAX_TILE][4];

  BS_FOR (i, R * B)
    BS_FOR (g, 4)
      sums[i][g] = BS_S8_OFFSET ? vi_load (matrix->correction + (block + i % B) * BS_BLOCK + g * BS_LANES) : vi_set (0);
  do
    {
      BsVx inputs[BS_MAX_ROWS];

      BS_FOR (r, R)
        inputs[r] = vx_load (x + r * ldx);
      BS_FOR (b, B)
        BS_FOR (g, 4)
          BS_FOR (r, R)
            sums[r * B + b][g] = vi_dot (sums[r * B + b][g], w + b * block_size + g * BS_LANES * 4, inputs[r]);
      w += BS_BLOCK * 4;
      x += 4;
    }
  while (--left > 0);
  BS_FOR (i, R * B)
    BS_FOR (g, 4)
      {
        const size_t lane = (i % B) * BS_BLOCK + g * BS_LANES;
        const BsVf scale = vf_load (matrix->scale + block * BS_BLOCK + lane);
        vf_store (out + (i / B) * ldo + lane, vf_fma (vf_of_int (sums[i][g]), scale, vf_load (start[i / B] + lane)));
      }
}

BS_INLINE void
tile_s16 (const BsPackedMatrix *matrix, size_t block, const int16_t *x, size_t ldx, const float *row_scale,
          const float *const *start, float *out, size_t ldo, const int R, const int B)
{
  const size_t n_pairs = (matrix->n_inputs + 1) / 2;
  const size_t block_size = n_pairs * BS_BLOCK * 2;
  const int16_t *w = matrix->w_s16 + block * block_size;
  size_t left = n_pairs;
  BsVi sums[BS_MAX_TILE][4];

  BS_FOR (i, R * B)
    BS_FOR (g, 4)
      sums[i][g] = vi_set (0);
  do
    {
      BsVy inputs[BS_MAX_ROWS];

      BS_FOR (r, R)
        inputs[r] = vy_load (x + r * ldx);
      BS_FOR (b, B)
        BS_FOR (g, 4)
          BS_FOR (r, R)
            sums[r * B + b][g] = vi_dot_pairs (sums[r * B + b][g], w + b * block_size + g * BS_LANES * 2, inputs[r]);
      w += BS_BLOCK * 2;
      x += 2;
    }
  while (--left > 0);
  BS_FOR (i, R * B)
    BS_FOR (g, 4)
      {
        const size_t lane = (i % B) * BS_BLOCK + g * BS_LANES;
        const BsVf scale = vf_mul (vf_load (matrix->scale + block * BS_BLOCK + lane), vf_set (row_scale[i / B]));

        vf_store (out + (i / B) * ldo + lane, vf_fma (vf_of_int (sums[i][g]), scale, vf_load (start[i / B] + lane)));
      }
}

/* Tiles are functions of their own: inlined into the steps, they would share the registers with the cell's constants. */
#define BS_TILE_F32(NAME, R, B)                                                                                        \
  __attribute__ ((noinline)) static void NAME (const BsPackedMatrix *matrix, size_t block, const float *x, size_t ldx, \
                                               const float *const *start, float *out, size_t ldo)                      \
  {                                                                                                                    \
    tile_f32 (matrix, block, x, ldx, start, out, ldo, R, B);                                                           \
  }
#define BS_TILE_S8(NAME, R, B)                                                                                         \
  __attribute__ ((noinline)) static void NAME (const BsPackedMatrix *matrix, size_t block, const int8_t *x,            \
                                               size_t ldx, const float *const *start, float *out, size_t ldo)          \
  {                                                                                                                    \
    tile_s8 (matrix, block, x, ldx, start, out, ldo, R, B);                                                            \
  }
#define BS_TILE_S16(NAME, R, B)                                                                                        \
  __attribute__ ((noinline)) static void NAME (const BsPackedMatrix *matrix, size_t block, const int16_t *x,           \
                                               size_t ldx, const float *row_scale, const float *const *start,          \
                                               float *out, size_t ldo)                                                 \
  {                                                                                                                    \
    tile_s16 (matrix, block, x, ldx, row_scale, start, out, ldo, R, B);                                                \
  }

/* One row: as many blocks at once as hide the latency of the sums */
BS_TILE_F32 (one_row_f32, 1, BS_ONE_ROW_BLOCKS)
BS_TILE_S8 (one_row_s8, 1, BS_ONE_ROW_BLOCKS)
BS_TILE_S16 (one_row_s16, 1, BS_ONE_ROW_BLOCKS)

/* Several rows, one block */
BS_TILE_F32 (rows_1_f32, 1, 1)
BS_TILE_F32 (rows_2_f32, 2, 1)
#if BS_ROWS_F32 >= 3
BS_TILE_F32 (rows_3_f32, 3, 1)
#endif
#if BS_ROWS_F32 >= 4
BS_TILE_F32 (rows_4_f32, 4, 1)
#endif
#if BS_ROWS_F32 >= 5
BS_TILE_F32 (rows_5_f32, 5, 1)
#endif
BS_TILE_S8 (rows_1_s8, 1, 1)
BS_TILE_S16 (rows_1_s16, 1, 1)
BS_TILE_S8 (rows_2_s8, 2, 1)
BS_TILE_S16 (rows_2_s16, 2, 1)
#if BS_ROWS_S8 >= 3
BS_TILE_S8 (rows_3_s8, 3, 1)
BS_TILE_S16 (rows_3_s16, 3, 1)
#endif
#if BS_ROWS_S8 >= 4
BS_TILE_S8 (rows_4_s8, 4, 1)
BS_TILE_S16 (rows_4_s16, 4, 1)
#endif
#if BS_ROWS_S8 >= 5
BS_TILE_S8 (rows_5_s8, 5, 1)
BS_TILE_S16 (rows_5_s16, 5, 1)
#endif

/* [R - 1] */
static const TileF32 tiles_f32[BS_ROWS_F32] = {
  rows_1_f32, rows_2_f32,
#if BS_ROWS_F32 >= 3
  rows_3_f32,
#endif
#if BS_ROWS_F32 >= 4
  rows_4_f32,
#endif
#if BS_ROWS_F32 >= 5
  rows_5_f32,
#endif
};

static const TileS8 tiles_s8[BS_ROWS_S8] = {
  rows_1_s8, rows_2_s8,
#if BS_ROWS_S8 >= 3
  rows_3_s8,
#endif
#if BS_ROWS_S8 >= 4
  rows_4_s8,
#endif
#if BS_ROWS_S8 >= 5
  rows_5_s8,
#endif
};

static const TileS16 tiles_s16[BS_ROWS_S8] = {
  rows_1_s16, rows_2_s16,
#if BS_ROWS_S8 >= 3
  rows_3_s16,
#endif
#if BS_ROWS_S8 >= 4
  rows_4_s16,
#endif
#if BS_ROWS_S8 >= 5
  rows_5_s16,
#endif
};

static void
project_f32 (const BsPackedMatrix *matrix, const float *x, size_t ldx, unsigned n, float *out)
{
  const size_t ldo = (size_t) matrix->n_blocks * BS_BLOCK;
  const size_t at_once = n == 1 ? BS_ONE_ROW_BLOCKS : 1;

  for (size_t chunk = 0; chunk < n; chunk += BS_CHUNK_ROWS)
    {
      const size_t end = n - chunk < BS_CHUNK_ROWS ? n : chunk + BS_CHUNK_ROWS;
      size_t block = 0;

      for (; block + at_once <= matrix->n_blocks && n == 1; block += at_once)
        {
          const float *start = matrix->bias + block * BS_BLOCK;

          one_row_f32 (matrix, block, x, ldx, &start, out + block * BS_BLOCK, ldo);
        }
      for (; block < matrix->n_blocks; block++)
        {
          const float *bias = matrix->bias + block * BS_BLOCK;
          const float *const start[BS_MAX_ROWS] = { bias, bias, bias, bias, bias };

          for (size_t row = chunk, R; row < end; row += R)
            {
              R = end - row < BS_ROWS_F32 ? end - row : BS_ROWS_F32;
              tiles_f32[R - 1](matrix, block, x + row * ldx, ldx, start, out + row * ldo + block * BS_BLOCK, ldo);
            }
        }
    }
}

static void
project_s8 (const BsPackedMatrix *matrix, const int8_t *x, size_t ldx, unsigned n, float *out)
{
  const size_t ldo = (size_t) matrix->n_blocks * BS_BLOCK;

  for (size_t chunk = 0; chunk < n; chunk += BS_CHUNK_ROWS)
    {
      const size_t end = n - chunk < BS_CHUNK_ROWS ? n : chunk + BS_CHUNK_ROWS;
      size_t block = 0;

      for (; block + BS_ONE_ROW_BLOCKS <= matrix->n_blocks && n == 1; block += BS_ONE_ROW_BLOCKS)
        {
          const float *start = matrix->bias + block * BS_BLOCK;

          one_row_s8 (matrix, block, x, ldx, &start, out + block * BS_BLOCK, ldo);
        }
      for (; block < matrix->n_blocks; block++)
        {
          const float *bias = matrix->bias + block * BS_BLOCK;
          const float *const start[BS_MAX_ROWS] = { bias, bias, bias, bias, bias };

          for (size_t row = chunk, R; row < end; row += R)
            {
              R = end - row < BS_ROWS_S8 ? end - row : BS_ROWS_S8;
              tiles_s8[R - 1](matrix, block, x + row * ldx, ldx, start, out + row * ldo + block * BS_BLOCK, ldo);
            }
        }
    }
}

static void
project_s16 (const BsPackedMatrix *matrix, const int16_t *x, size_t ldx, const float *row_scale, unsigned n, float *out)
{
  const size_t ldo = (size_t) matrix->n_blocks * BS_BLOCK;

  for (size_t chunk = 0; chunk < n; chunk += BS_CHUNK_ROWS)
    {
      const size_t end = n - chunk < BS_CHUNK_ROWS ? n : chunk + BS_CHUNK_ROWS;
      size_t block = 0;

      for (; block + BS_ONE_ROW_BLOCKS <= matrix->n_blocks && n == 1; block += BS_ONE_ROW_BLOCKS)
        {
          const float *start = matrix->bias + block * BS_BLOCK;

          one_row_s16 (matrix, block, x, ldx, row_scale, &start, out + block * BS_BLOCK, ldo);
        }
      for (; block < matrix->n_blocks; block++)
        {
          const float *bias = matrix->bias + block * BS_BLOCK;
          const float *const start[BS_MAX_ROWS] = { bias, bias, bias, bias, bias };

          for (size_t row = chunk, R; row < end; row += R)
            {
              R = end - row < BS_ROWS_S8 ? end - row : BS_ROWS_S8;
              tiles_s16[R - 1](matrix, block, x + row * ldx, ldx, row_scale + row, start,
                               out + row * ldo + block * BS_BLOCK, ldo);
            }
        }
    }
}

/* Row t of a window's projections */
BS_INLINE const float *
projection_row (const BsProjection *window, unsigned t, unsigned T)
{
  const unsigned i = window->first + t;

  return window->rows + (i < T ? i : i - T) * window->stride;
}

/* A step computes the gates of all units before the first cell: a cell is a long chain, and the processor overlaps several
 * only where no product lies between them. At the first step h is zero and the gates are the projections. */
static void
lstm_f32 (const BsPackedMatrix *hh, const BsProjection *windows, unsigned n, unsigned T, float *gates, float *h,
          float *c)
{
  const size_t Hp = (size_t) hh->n_blocks * BS_LANES;

  for (size_t i = 0; i < n * Hp; i += BS_LANES)
    vf_store (c + i, vf_set (0));
  for (unsigned t = 0; t < T; t++, h += n * Hp)
    {
      for (size_t row = 0, R; row < n && t > 0; row += R)
        {
          const float *start[BS_MAX_ROWS];
          size_t block = 0;

          R = n - row < BS_ROWS_F32 ? n - row : BS_ROWS_F32;
          for (size_t r = 0; r < R; r++)
            start[r] = projection_row (windows + row + r, t, T);
          for (size_t B; block < hh->n_blocks; block += B)
            {
              B = n == 1 && block + BS_ONE_ROW_BLOCKS <= hh->n_blocks ? BS_ONE_ROW_BLOCKS : 1;
              (B > 1 ? one_row_f32 : tiles_f32[R - 1]) (hh, block, h - (n - row) * Hp, Hp, start,
                                                        gates + row * 4 * Hp + block * BS_BLOCK, 4 * Hp);
              for (size_t r = 0; r < R; r++)
                start[r] += B * BS_BLOCK;
            }
        }
      for (size_t row = 0; row < n; row++)
        {
          const float *from = t > 0 ? gates + row * 4 * Hp : projection_row (windows + row, t, T);

          for (size_t unit = 0; unit < Hp; unit += BS_LANES)
            vf_store (h + row * Hp + unit, bs_cell (from + 4 * unit, c + row * Hp + unit, true));
        }
    }
}

static void
lstm_s8 (const BsPackedMatrix *hh, const BsProjection *windows, unsigned n, unsigned T, float *gates, int8_t *h,
         float *c, float *last)
{
  const size_t Hp = (size_t) hh->n_blocks * BS_LANES;

  for (size_t i = 0; i < n * Hp; i += BS_LANES)
    vf_store (c + i, vf_set (0));
  for (unsigned t = 0; t < T; t++, h += n * Hp)
    {
      for (size_t row = 0, R; row < n && t > 0; row += R)
        {
          const float *start[BS_MAX_ROWS];
          size_t block = 0;

          R = n - row < BS_ROWS_S8 ? n - row : BS_ROWS_S8;
          for (size_t r = 0; r < R; r++)
            start[r] = projection_row (windows + row + r, t, T);
          for (size_t B; block < hh->n_blocks; block += B)
            {
              B = n == 1 && block + BS_ONE_ROW_BLOCKS <= hh->n_blocks ? BS_ONE_ROW_BLOCKS : 1;
              (B > 1 ? one_row_s8 : tiles_s8[R - 1]) (hh, block, h - (n - row) * Hp, Hp, start,
                                                      gates + row * 4 * Hp + block * BS_BLOCK, 4 * Hp);
              for (size_t r = 0; r < R; r++)
                start[r] += B * BS_BLOCK;
            }
        }
      for (size_t row = 0; row < n; row++)
        {
          const float *from = t > 0 ? gates + row * 4 * Hp : projection_row (windows + row, t, T);

          for (size_t unit = 0; unit < Hp; unit += BS_LANES)
            {
              const BsVf h_new = bs_cell (from + 4 * unit, c + row * Hp + unit, false);

              vx_store (h + row * Hp + unit, vf_round (vf_mul (h_new, vf_set (BS_S8_MAX))));
              if (last != NULL && t == T - 1)
                vf_store (last + row * Hp + unit, h_new);
            }
        }
    }
}

#include "inference/kernels/bs-kernels-bars.h"
#include "inference/kernels/bs-kernels-elementwise.h"

const BsKernels BS_KERNELS = {
  .name = BS_KERNELS_NAME,
  .lanes = BS_LANES,
  .sub_batch = BS_SUB_BATCH,
  .s8_offset = BS_S8_OFFSET,
  .float_mode_enter = bs_float_mode_enter,
  .float_mode_leave = bs_float_mode_leave,
  .all_within = all_within,
  .project_f32 = project_f32,
  .project_s8 = project_s8,
  .project_s16 = project_s16,
  .quantize_rows = quantize_rows,
  .lstm_f32 = lstm_f32,
  .lstm_s8 = lstm_s8,
  .softmax = softmax,
  .sigmoid_f32 = sigmoid_f32,
  .tanh_f32 = tanh_f32,
  .sigmoid_s8 = sigmoid_s8,
  .tanh_s8 = tanh_s8,
  .add = add,
  .multiply = multiply,
  .relu = relu,
  .quantize_hidden = quantize_hidden,
  .true_ranges = true_ranges,
  .rolling_means = rolling_means,
};
