/* test-kernels.c: every kernel of every instruction set against the scalar one, bit for bit, and that against the textbook
 *
 * Plain C, so that the copy built for another processor needs nothing but a C library. Prints TAP. Where the tests build
 * emulated instruction sets, they are in the list too. `--quick` tries fewer shapes, `--exhaustive` every float;
 * `--bench` times the kernels that this processor runs. */
#include "inference/kernels/bs-network.h"
#include "inference/kernels/bs-packed-matrix.h"
#include "tests/kernels/kernels-bench.h"
#include "tests/kernels/naive-network.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef BS_TEST_EMULATED
extern const BsKernels bs_kernels_avxvnni_emulated, bs_kernels_avx512vnni_emulated;
#endif

static int n_tests, n_failed;

/* Emulated instruction sets and processors are slow: of their shapes every so manieth is tried. */
static unsigned thinning = 1;

__attribute__ ((format (printf, 2, 3))) static void
ok (bool passed, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  printf ("%s %d - ", passed ? "ok" : "not ok", ++n_tests);
  vprintf (format, arguments);
  putchar ('\n');
  va_end (arguments);
  n_failed += !passed;
}

static float *
random_floats (size_t n, float range, uint64_t seed)
{
  float *array = malloc (n * sizeof *array);

  for (size_t i = 0; i < n; i++)
    array[i] = range * naive_random (&seed);
  return array;
}

/* Outputs 0..n-1 in their order, padded for @kernels. Returns: outputs with padding */
static unsigned
plain_rows (const BsKernels *kernels, unsigned n, int rows[])
{
  const unsigned padded = (n + 4 * kernels->lanes - 1) / (4 * kernels->lanes) * 4 * kernels->lanes;

  for (unsigned i = 0; i < padded; i++)
    rows[i] = i < n ? (int) i : -1;
  return padded;
}

static const unsigned inputs[] = { 1, 7, 62, 63, 64, 65, 1030 };
static const unsigned outputs[] = { 1, 8, 48, 64, 100, 128 };
static const unsigned batches[] = { 1, 2, 3, 5, 16, 33 };

#define N(array) (sizeof (array) / sizeof (array)[0])

/* How the weights and inputs of an integer product are made. */
typedef enum
{
  FILL_RANDOM,
  FILL_HIGHEST, /* all 127 */
  FILL_MIXED,   /* +-127 in turn, where u8 x s8 products of a saturating instruction go wrong */
  FILL_ZEROS,
  N_FILLS
} Fill;

static int
fill_value (Fill fill, int limit, unsigned i, uint64_t *seed)
{
  switch (fill)
    {
    case FILL_HIGHEST:
      return limit;
    case FILL_MIXED:
      return i % 3 == 0 ? -limit : limit;
    case FILL_ZEROS:
      return 0;
    default:
      return (int) lrintf ((float) limit * naive_random (seed));
    }
}

/* What project_s8 or project_s16 gives for @x, [n, ldx]. Returns: outputs, [n, padded] */
static float *
project_integers (const BsKernels *kernels, bool wide, const float *weights, unsigned K, unsigned n_outputs,
                  const int *x, size_t ldx, unsigned n)
{
  int rows[256];
  const unsigned padded = plain_rows (kernels, n_outputs, rows);
  float *out = malloc ((size_t) n * padded * sizeof *out), *row_scale = malloc (n * sizeof *row_scale);
  int16_t *x16 = malloc (n * ldx * sizeof *x16);
  int8_t *x8 = malloc (n * ldx);
  BsPackedMatrix matrix;

  for (size_t i = 0; i < n * ldx; i++)
    {
      x8[i] = (int8_t) (x[i] + kernels->s8_offset);
      x16[i] = (int16_t) x[i];
    }
  for (unsigned r = 0; r < n; r++)
    row_scale[r] = 1;
  bs_packed_matrix_init (&matrix, kernels, wide ? BS_PACKED_S16 : BS_PACKED_S8, weights, NULL, K, rows, padded, NULL,
                         1);
  if (wide)
    kernels->project_s16 (&matrix, x16, ldx, row_scale, n, out);
  else
    kernels->project_s8 (&matrix, x8, ldx, n, out);
  bs_packed_matrix_clear (&matrix);
  free (row_scale);
  free (x16);
  free (x8);
  return out;
}

/* Integer products against a plain loop: exact. Weights are made so that their scale is 1. */
static bool
integers_are_exact (const BsKernels *kernels, bool wide, unsigned K, unsigned n_outputs, unsigned n, Fill fill)
{
  int rows[256];
  const unsigned padded = plain_rows (kernels, n_outputs, rows);
  const size_t ldx = (K + 15) / 16 * 16;
  float *weights = malloc ((size_t) n_outputs * K * sizeof *weights), *out;
  int *x = malloc (n * ldx * sizeof *x);
  uint64_t seed = K * 1000 + n_outputs;
  bool exact = true;

  for (unsigned i = 0; i < n_outputs * K; i++)
    weights[i] = i % K == 0 ? (i % 2 ? -127 : 127) : (float) fill_value (fill, 127, i, &seed);
  for (unsigned i = 0; i < n * ldx; i++)
    x[i] = fill_value (fill, wide ? BS_S16_MAX ((int) K) : 127, i / 2, &seed);
  out = project_integers (kernels, wide, weights, K, n_outputs, x, ldx, n);
  for (unsigned r = 0; r < n; r++)
    for (unsigned i = 0; i < n_outputs; i++)
      {
        int64_t sum = 0;

        for (unsigned k = 0; k < K; k++)
          sum += (int64_t) weights[i * K + k] * x[r * ldx + k];
        exact = exact && sum >= INT32_MIN && sum <= INT32_MAX && out[r * padded + i] == (float) (int) sum;
      }
  free (weights);
  free (x);
  free (out);
  return exact;
}

static void
test_integers (const BsKernels *kernels, bool wide)
{
  for (Fill fill = 0; fill < N_FILLS; fill++)
    {
      bool exact = true;

      for (size_t i = 0; i < N (inputs); i++)
        for (size_t j = 0; j < N (outputs); j++)
          for (size_t b = 0; b < N (batches); b += fill == FILL_RANDOM ? 1 : 2)
            if ((inputs[i] < 1000 || (j == 1 && b < 3)) && (i + 2 * j + b) % thinning == 0)
              exact = exact && integers_are_exact (kernels, wide, inputs[i], outputs[j], batches[b], fill);
      ok (exact, "%s: integer products of %d bits, fill %d, are those of a plain loop", kernels->name, wide ? 16 : 8,
          fill);
    }
}

/* FP32 products against fmaf() in the order that bs-kernels.h promises: the same bits. */
static bool
products_are_chains (const BsKernels *kernels, unsigned K, unsigned n_outputs, unsigned n)
{
  int rows[256];
  const unsigned padded = plain_rows (kernels, n_outputs, rows);
  float *weights = random_floats ((size_t) n_outputs * K, 1, K), *bias = random_floats (n_outputs, 1, 5);
  float *x = random_floats ((size_t) n * K, 3, n);
  float *out = malloc ((size_t) n * padded * sizeof *out);
  BsPackedMatrix matrix;
  bool same = true;

  bs_packed_matrix_init (&matrix, kernels, BS_PACKED_F32, weights, bias, K, rows, padded, NULL, 1);
  kernels->project_f32 (&matrix, x, K, n, out);
  for (unsigned r = 0; r < n; r++)
    for (unsigned i = 0; i < n_outputs; i++)
      {
        float sum = bias[i];

        for (unsigned k = 0; k < K; k++)
          sum = fmaf (weights[i * K + k], x[r * K + k], sum);
        same = same && out[r * padded + i] == sum;
      }
  bs_packed_matrix_clear (&matrix);
  free (weights);
  free (bias);
  free (x);
  free (out);
  return same;
}

static void
test_products (const BsKernels *kernels)
{
  bool same = true;

  for (size_t i = 0; i < N (inputs) - 1; i++)
    for (size_t j = 0; j < N (outputs); j++)
      for (size_t b = 0; b < N (batches); b++)
        if ((j % 2 == 0 || b % 2 == 0) && (i + 2 * j + b) % thinning == 0)
          same = same && products_are_chains (kernels, inputs[i], outputs[j], batches[b]);
  ok (same, "%s: FP32 products are chains of fused multiply-adds", kernels->name);
}

/* Rows of extremes; every q must be what rounding by hand gives, and within the limit. */
static void
test_quantize (const BsKernels *kernels)
{
  static const float scales[] = { 1, 0, 1e-39f, 1e-31f, 2e-30f, 1e30f, FLT_MAX, 127, 254 };
  bool right = true;

  for (size_t i = 0; i < N (inputs); i++)
    for (size_t s = 0; s < N (scales); s++)
      {
        const unsigned K = inputs[i];
        const size_t ldq = (K + kernels->lanes - 1) / kernels->lanes * kernels->lanes;
        float *x = random_floats (2 * K, scales[s], K), row_scale[2];
        const int limit = BS_S16_MAX ((int) K);
        int16_t *q = malloc (2 * ldq * sizeof *q);
        unsigned mode;

        x[K / 2] = -scales[s];
        mode = kernels->float_mode_enter ();
        kernels->quantize_rows (x, K, 2, q, ldq, row_scale);
        kernels->float_mode_leave (mode);
        for (unsigned r = 0; r < 2; r++)
          {
            float max = 0;

            for (unsigned k = 0; k < K; k++)
              max = fmaxf (max, fabsf (x[r * K + k]));
            if (max < BS_TINY)
              max = 0;
            right = right && row_scale[r] == max / (float) limit;
            for (unsigned k = 0; k < ldq; k++)
              {
                const int expected = k < K && max > 0 ? (int) lrintf (x[r * K + k] * ((float) limit / max)) : 0;

                right = right && q[r * ldq + k] == expected && abs (expected) <= limit;
              }
          }
        free (x);
        free (q);
      }
  ok (right, "%s: rows quantized as by hand, extremes too", kernels->name);
}

typedef void (*Map) (const float *, float *, size_t);

/* Errors of a gate over floats of every exponent and sign. */
static void
test_gate (const BsKernels *kernels, const char *name, Map map, Map scalar, bool is_tanh, float bound, uint32_t stride)
{
  double worst = 0;
  bool same = true;

  for (uint64_t bits = 0; bits < 0x100000000u;)
    {
      float x[16], y[16], z[16];
      unsigned mode;

      for (int i = 0; i < 16; i++, bits += stride)
        {
          const uint32_t low = (uint32_t) bits;

          memcpy (&x[i], &low, 4);
          if (!isfinite (x[i]))
            x[i] = low >> 31 ? -FLT_MAX : FLT_MAX;
        }
      mode = kernels->float_mode_enter ();
      map (x, y, 16);
      scalar (x, z, 16);
      kernels->float_mode_leave (mode);
      same = same && memcmp (y, z, sizeof y) == 0;
      for (int i = 0; i < 16; i++)
        worst = fmax (worst, fabs (y[i] - (is_tanh ? tanh (x[i]) : 1 / (1 + exp (-(double) x[i])))));
    }
  ok (worst <= bound && same, "%s: %s within %g: %.3g, the same bits as scalar", kernels->name, name, bound, worst);
}

static void
test_gates (const BsKernels *kernels, const BsKernels *scalar, uint32_t stride)
{
  test_gate (kernels, "sigmoid FP32", kernels->sigmoid_f32, scalar->sigmoid_f32, false, BS_GATE_ERROR_F32, stride);
  test_gate (kernels, "tanh FP32", kernels->tanh_f32, scalar->tanh_f32, true, BS_GATE_ERROR_F32, stride);
  test_gate (kernels, "sigmoid INT8", kernels->sigmoid_s8, scalar->sigmoid_s8, false, BS_GATE_ERROR_S8, stride);
  test_gate (kernels, "tanh INT8", kernels->tanh_s8, scalar->tanh_s8, true, BS_GATE_ERROR_S8, stride);
}

/* The fused cell, by way of one layer whose weights are zero: T steps of given gates. */
static void
test_cell (const BsKernels *kernels)
{
  enum
  {
    T = 2000,
    STEP = 4 * BS_KERNELS_MAX_LANES,
  };
  const unsigned U = kernels->lanes;
  static float projections[T * STEP], h[T * BS_KERNELS_MAX_LANES];
  static int8_t q[T * BS_KERNELS_MAX_LANES];
  float weights[STEP * BS_KERNELS_MAX_LANES] = { 0 }, gates[STEP], c[16], c_s8[16], last[16];
  double worst_h = 0, worst_c = 0, worst_q = 0, worst_c_s8 = 0, ends[16];
  int rows[STEP];
  BsPackedMatrix f32, s8;
  uint64_t seed = 3;

  plain_rows (kernels, 4 * U, rows);
  bs_packed_matrix_init (&f32, kernels, BS_PACKED_F32, weights, NULL, U, rows, 4 * U, NULL, 1);
  bs_packed_matrix_init (&s8, kernels, BS_PACKED_S8, weights, NULL, U, rows, 4 * U, NULL, 1);
  for (unsigned i = 0; i < T * 4 * U; i++)
    projections[i] = naive_random (&seed) * (i % 7 == 0 ? 60 : 6);
  const BsProjection window = { projections, 4 * U, 0 };
  const unsigned mode = kernels->float_mode_enter ();

  kernels->lstm_f32 (&f32, &window, 1, T, gates, h, c);
  kernels->lstm_s8 (&s8, &window, 1, T, gates, q, c_s8, last);
  kernels->float_mode_leave (mode);
  for (unsigned u = 0; u < U; u++)
    {
      double cell = 0;

      for (unsigned t = 0; t < T; t++)
        {
          const float *t_gates = projections + t * 4 * U + u;
          const double input = 1 / (1 + exp2 (t_gates[0])), forget = 1 / (1 + exp2 (t_gates[U]));
          const double output = 1 / (1 + exp2 (t_gates[3 * U])), g = 2 / (1 + exp2 (t_gates[2 * U])) - 1;

          cell = forget * cell + input * g;
          ends[u] = output * tanh (cell);
          worst_h = fmax (worst_h, fabs (h[t * U + u] - ends[u]));
          worst_q = fmax (worst_q, fabs ((int8_t) (q[t * U + u] - kernels->s8_offset) - 127 * ends[u]));
        }
      worst_c = fmax (worst_c, fabs (c[u] - cell));
      worst_c_s8 = fmax (worst_c_s8, fabs (c_s8[u] - cell));
      worst_q = fmax (worst_q, fabs (127 * (last[u] - ends[u])));
    }
  /* An error of c stays and decays with the forget gate: a few gates' worth. */
  ok (worst_h <= 4 * BS_GATE_ERROR_F32 && worst_c <= 8 * BS_GATE_ERROR_F32,
      "%s: FP32 cell over %d steps: h %.3g, c %.3g", kernels->name, T, worst_h, worst_c);
  ok (worst_q <= 0.5 + 127 * 4 * BS_GATE_ERROR_S8 && worst_c_s8 <= 8 * BS_GATE_ERROR_S8,
      "%s: INT8 cell over %d steps: h %.3g of a step, c %.3g", kernels->name, T, worst_q, worst_c_s8);
  bs_packed_matrix_clear (&f32);
  bs_packed_matrix_clear (&s8);
}

typedef struct
{
  unsigned F, H, T, n_layers, n;
} Case;

/* Every value of each list beside most of the others, without the whole product of them. The first MIN_CASES have every
 * value once. */
#define MIN_CASES 6

static Case
network_case (unsigned i)
{
  static const unsigned hidden[] = { 1, 8, 48, 64, 100, 128 }, steps[] = { 1, 2, 20, 37 }, n[] = { 1, 3, 16, 33 };

  return (Case){ inputs[i % 6], hidden[(i + i / 6) % 6], steps[(i + i / 6) % 4], 1 + i % 3, n[(3 * i + i / 5) % 4] };
}

static BsNetwork *
new_network (const BsNetworkShape *shape, const BsKernels *kernels, bool int8, bool fused, unsigned max_batch)
{
  const BsNetworkOptions options = { kernels, int8, fused, max_batch };

  return bs_network_new (shape, &options, NULL);
}

/* The live way, T + 3 rows pushed one by one, the last T of which are @window. */
static bool
live_is_the_same (BsNetwork *network, const float *window, const Case *c, const float *expected, unsigned n_classes)
{
  BsNetworkWindow *live = bs_network_window_new (network);
  float *out = calloc (n_classes, sizeof *out);
  bool same;

  for (unsigned t = 0; t < 3; t++)
    bs_network_window_push (live, window + (t % c->T) * c->F);
  for (unsigned t = 0; t < c->T; t++)
    bs_network_window_push (live, window + t * c->F);
  same
    = bs_network_window_predict (network, &live, 1, out, NULL) && memcmp (out, expected, n_classes * sizeof *out) == 0;
  bs_network_window_free (live);
  free (out);
  return same;
}

/* One shape: all the ways that must be equal to the bit, and the distance to the textbook. */
static bool
check_network (const BsKernels *kernels, const BsKernels *scalar, const Case *c, bool int8)
{
  BsNetworkShape *shape = naive_shape_new (c->F, c->H, c->n_layers, c->T, true, c->F * 7 + c->H);
  float *windows = random_floats ((size_t) c->n * c->T * c->F, 2, c->T);
  const unsigned C = naive_n_classes (shape);
  float *out = calloc (4 * c->n * C, sizeof *out), *one = out + c->n * C, *reference = one + c->n * C;
  float *unfused_out = reference + c->n * C;
  double *textbook = malloc (c->n * C * sizeof *textbook), worst = 0, worst_unfused = 0;
  BsNetwork *network = new_network (shape, kernels, int8, true, c->n);
  BsNetwork *unfused = new_network (shape, kernels, int8, false, c->n);
  BsNetwork *plain = new_network (shape, scalar, int8, true, 1);
  bool done = bs_network_predict (network, windows, c->n, out, NULL)
              && bs_network_predict (unfused, windows, c->n, unfused_out, NULL);
  bool batch_same, scalar_same, live_same;

  naive_predict (shape, windows, c->n, textbook);
  for (unsigned i = 0; i < c->n; i++)
    {
      done = done && bs_network_predict (network, windows + i * c->T * c->F, 1, one + i * C, NULL);
      if (i < 3) /* the scalar kernels are slow */
        done = done && bs_network_predict (plain, windows + i * c->T * c->F, 1, reference + i * C, NULL);
    }
  for (unsigned i = 0; i < c->n * C; i++)
    {
      worst = fmax (worst, fabs (out[i] - textbook[i]));
      worst_unfused = fmax (worst_unfused, fabs (unfused_out[i] - out[i]));
    }
  batch_same = memcmp (out, one, c->n * C * sizeof *out) == 0;
  scalar_same = memcmp (out, reference, (c->n < 3 ? c->n : 3) * C * sizeof *out) == 0;
  live_same = live_is_the_same (network, windows, c, out, C) && live_is_the_same (unfused, windows, c, unfused_out, C);
  /* Softmax of 4 h: with INT8, h moves by a few steps of 1/127 */
  const bool close = worst <= (int8 ? 0.03 : 2e-6) && worst_unfused <= (int8 ? 0.03 : 2e-6);

  if (!done || !batch_same || !scalar_same || !live_same || !close)
    printf ("# F %u, H %u, T %u, layers %u, batch %u, %s: batch %s, scalar %s, live %s, error %.3g, unfused %.3g\n",
            c->F, c->H, c->T, c->n_layers, c->n, int8 ? "int8" : "fp32", batch_same ? "same" : "DIFFERS",
            scalar_same ? "same" : "DIFFERS", live_same ? "same" : "DIFFERS", worst, worst_unfused);
  bs_network_free (network);
  bs_network_free (unfused);
  bs_network_free (plain);
  naive_shape_free (shape);
  free (windows);
  free (out);
  free (textbook);
  return done && batch_same && scalar_same && live_same && close;
}

static void
test_networks (const BsKernels *kernels, const BsKernels *scalar, unsigned n_cases)
{
  n_cases = n_cases / thinning > MIN_CASES ? n_cases / thinning : MIN_CASES;
  for (int int8 = 0; int8 < 2; int8++)
    {
      bool passed = true;

      for (unsigned i = 0; i < n_cases; i++)
        {
          const Case c = network_case (i);

          passed = check_network (kernels, scalar, &c, int8) && passed;
        }
      ok (passed, "%s: %s networks of %u shapes: batch, live and scalar to the bit, textbook and unfused within bounds",
          kernels->name, int8 ? "INT8" : "FP32", n_cases);
    }
}

/* The caller's rounding and denormals are as before; denormal inputs count as zeros; what is not finite is refused. */
static void
test_mode (const BsKernels *kernels)
{
  BsNetworkShape *shape = naive_shape_new (7, 8, 2, 5, false, 1);
  BsNetwork *network = new_network (shape, kernels, true, true, 1);
  float window[35] = { 0 }, zeros[3], tiny[3], up[3], refused[3] = { 9, 9, 9 };
  volatile float small = FLT_MIN;
  bool alive, kept;

  bs_network_predict (network, window, 1, zeros, NULL);
  for (int i = 0; i < 35; i++)
    window[i] = 1e-40f;
  bs_network_predict (network, window, 1, tiny, NULL);
  alive = small * 0.5f > 0;
  fesetround (FE_UPWARD);
  bs_network_predict (network, window, 1, up, NULL);
  kept = fegetround () == FE_UPWARD;
  fesetround (FE_TONEAREST);
  ok (alive && kept, "%s: the caller's floating-point mode is restored", kernels->name);
  ok (memcmp (zeros, tiny, sizeof zeros) == 0 && memcmp (zeros, up, sizeof zeros) == 0,
      "%s: denormals count as zero, and the caller's rounding does not matter", kernels->name);

  BsNetworkWindow *live = bs_network_window_new (network);
  bool right = !bs_network_window_predict (network, &live, 1, refused, NULL);

  for (int i = 0; i < 12; i++)
    {
      window[3] = i == 4 ? NAN : i;
      bs_network_window_push (live, window);
      right = right && bs_network_window_predict (network, &live, 1, i < 9 ? refused : up, NULL) == (i >= 9);
    }
  for (int i = 0; i < 4; i++)
    {
      static const float bad[] = { INFINITY, -INFINITY, 2e30f, -FLT_MAX };

      window[34] = bad[i];
      right = right && !bs_network_predict (network, window, 1, refused, NULL);
    }
  ok (right && refused[0] == 9 && refused[2] == 9,
      "%s: windows with inputs that are not finite or too large are refused", kernels->name);
  bs_network_window_free (live);
  bs_network_free (network);
  naive_shape_free (shape);
}

/* The far ends of the allowed sizes, and inputs far outside any training range */
static void
test_extremes (const BsKernels *kernels, const BsKernels *scalar)
{
  static const Case cases[] = { { 4096, 5, 1, 1, 2 }, { 62, 16, 60, 8, 1 }, { 3, 1024, 1, 1, 1 } };
  const size_t n_cases = thinning == 1 ? N (cases) : N (cases) - 1;
  bool passed = true;

  for (size_t i = 0; i < n_cases; i++)
    passed
      = check_network (kernels, scalar, &cases[i], true) && check_network (kernels, scalar, &cases[i], false) && passed;
  ok (passed, "%s: 4096 inputs, 8 layers of 60 steps, 1024 hidden units", kernels->name);

  passed = true;
  for (int int8 = 0; int8 < 2; int8++)
    for (float range = 1e3f; range < 1e30f; range *= 1e7f)
      {
        BsNetworkShape *shape = naive_shape_new (62, 64, 2, 20, false, 1);
        BsNetwork *network = new_network (shape, kernels, int8, true, 1);
        BsNetwork *plain = new_network (shape, scalar, int8, true, 1);
        float *window = random_floats (20 * 62, range, 8), a[3], b[3];

        bs_network_predict (network, window, 1, a, NULL);
        bs_network_predict (plain, window, 1, b, NULL);
        passed = passed && memcmp (a, b, sizeof a) == 0 && fabsf (a[0] + a[1] + a[2] - 1) < 1e-5f;
        bs_network_free (network);
        bs_network_free (plain);
        naive_shape_free (shape);
        free (window);
      }
  ok (passed, "%s: inputs up to 1e24 give probabilities, the same as scalar", kernels->name);
}

/* True ranges and their rolling means: any length, gaps and extremes, the scalar kernels' bits, and nothing beyond the end. */
static void
test_bars (const BsKernels *kernels, const BsKernels *scalar)
{
  enum
  {
    MAX_BARS = 67
  };
  static const double scales[] = { 1, 1e-300, 1e300, 1e-3 };
  bool same = true, right = true;
  uint64_t seed = 5;

  for (size_t n = 0; n <= MAX_BARS; n++)
    for (size_t s = 0; s < N (scales); s++)
      {
        double high[MAX_BARS], low[MAX_BARS], before[MAX_BARS], ranges[MAX_BARS + 1], expected[MAX_BARS + 1];
        double means[MAX_BARS + 1], expected_means[MAX_BARS + 1];
        const size_t n_means = n < BS_ATR_BARS ? 0 : n - (BS_ATR_BARS - 1);

        for (size_t i = 0; i < n; i++)
          {
            const double scale = i % 7 == 3 ? 1 : scales[s];

            low[i] = scale * (1 + (double) naive_random (&seed) / 2);
            high[i] = i % 5 == 1 ? low[i] : low[i] * (1.5 + (double) naive_random (&seed) / 2);
            before[i] = scales[s] * (1 + (double) naive_random (&seed));
          }
        ranges[n] = expected[n] = means[n_means] = expected_means[n_means] = -1;
        kernels->true_ranges (high, low, before, n, ranges);
        scalar->true_ranges (high, low, before, n, expected);
        kernels->rolling_means (ranges, n_means, means);
        scalar->rolling_means (expected, n_means, expected_means);
        same = same && memcmp (ranges, expected, (n + 1) * sizeof *ranges) == 0
               && memcmp (means, expected_means, (n_means + 1) * sizeof *means) == 0;
        for (size_t i = 0; i < n; i++)
          right = right
                  && ranges[i] == fmax (high[i] - low[i], fmax (fabs (high[i] - before[i]), fabs (low[i] - before[i])));
        for (size_t i = 0; i < n_means; i++)
          {
            double sum = 0;

            for (size_t k = 0; k < BS_ATR_BARS; k++)
              sum += ranges[i + k];
            right = right && fabs (means[i] - sum / BS_ATR_BARS) <= 1e-14 * means[i];
          }
      }
  ok (same && right, "%s: true ranges and their means as the formula has them, the same bits as scalar", kernels->name);
}

static void
test_set (const BsKernels *kernels, uint32_t gate_stride, unsigned n_cases)
{
  const BsKernels *scalar = bs_kernels_by_name ("scalar", NULL);

  test_integers (kernels, false);
  test_integers (kernels, true);
  test_products (kernels);
  test_quantize (kernels);
  test_bars (kernels, scalar);
  test_gates (kernels, scalar, gate_stride * thinning);
  test_cell (kernels);
  test_networks (kernels, scalar, n_cases);
  test_mode (kernels);
  test_extremes (kernels, scalar);
}

static void
test_choice (void)
{
  const char *mask = getenv ("BARSCOPE_CPU");
  bool built;

  ok (bs_kernels () == bs_kernels (), "the choice stays");
  ok (bs_kernels_by_name ("sse9", &built) == NULL && !built, "an unknown set is not there");
  if (mask == NULL)
    ok (bs_kernels_problem () == NULL, "no BARSCOPE_CPU is no problem");
  else if (bs_kernels_by_name (mask, NULL) != NULL)
    ok (strcmp (bs_kernels ()->name, mask) == 0 && bs_kernels_problem () == NULL, "BARSCOPE_CPU=%s is obeyed", mask);
  else
    ok (strcmp (bs_kernels ()->name, "scalar") == 0 && bs_kernels_problem () != NULL, "BARSCOPE_CPU=%s is refused",
        mask);
}

int
main (int argc, char **argv)
{
  /* Every 65,521st float bit pattern; --exhaustive: every one, which takes minutes */
  uint32_t stride = 65521;
  unsigned n_cases = 24;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--bench") == 0)
      return kernels_bench ();
    else if (strcmp (argv[i], "--quick") == 0)
      thinning = 6;
    else if (strcmp (argv[i], "--exhaustive") == 0)
      {
        stride = 1;
        n_cases = 360;
      }
    else if (strcmp (argv[i], "--choice") == 0)
      {
        test_choice ();
        printf ("1..%d\n", n_tests);
        return n_failed > 0;
      }
  setvbuf (stdout, NULL, _IOLBF, 0);
  test_choice ();
  for (const char *const *name = bs_kernels_names (); *name != NULL; name++)
    {
      bool built;
      const BsKernels *kernels = bs_kernels_by_name (*name, &built);

      if (kernels != NULL)
        test_set (kernels, stride, n_cases);
      else
        printf ("ok %d - %s # SKIP %s\n", ++n_tests, *name,
                built ? "this processor does not have it" : "not built for this processor");
    }
#ifdef BS_TEST_EMULATED
  thinning = 6;
  printf ("# emulated from here on\n");
  test_set (&bs_kernels_avxvnni_emulated, stride, n_cases);
  test_set (&bs_kernels_avx512vnni_emulated, stride, n_cases);
#endif
  printf ("1..%d\n", n_tests);
  return n_failed > 0;
}
