/* test-engine.c: the reference engine against PyTorch's answers, and what every engine promises */
#include "inference/engine/bs-engine.h"
#include "inference/engine/bs-tape.h"
#include "inference/model/bs-safetensors.h"
#include "tests/bs-test-csv.h"
#include "tests/bs-test-memory.h"

#include <math.h>
#include <string.h>

static BsEngine *
new_engine (BsModel *model, guint max_batch, gboolean keep_tape)
{
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  BsEngine *engine;

  options.max_batch = max_batch;
  options.keep_tape = keep_tape;
  engine = bs_engine_new (bs_engine_class_by_name ("reference"), model, &options, &error);
  g_assert_no_error (error);
  return engine;
}

static void
predict (BsEngine *engine, const float *windows, guint n, float *probabilities)
{
  g_autoptr (GError) error = NULL;

  bs_engine_predict (engine, windows, n, probabilities, NULL, &error);
  g_assert_no_error (error);
}

/* The largest distance of @n floats from what was expected. */
static double
largest_difference (const float *got, const double *expected, gsize n)
{
  double largest = 0;

  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (isfinite (got[i]));
      largest = MAX (largest, fabs (got[i] - expected[i]));
    }
  return largest;
}

/* [n, T, F], deterministic, about as large as scaled features are */
static float *
made_up_windows (const BsModel *model, guint n, guint32 seed)
{
  const gsize size = (gsize) n * model->sequence_length * model->n_inputs;
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  float *windows = g_new (float, size);

  for (gsize i = 0; i < size; i++)
    windows[i] = (float) g_rand_double_range (random, -3, 3);
  return windows;
}

/* The replaced system's answers, window by window; 1e-5 is float's error over 20 steps in another order of summing. */
static void
test_reference_data (void)
{
  enum
  {
    F = 62,
    T = 20,
    N_COLUMNS = 1 + BS_N_CLASSES,
  };
  g_autoptr (BsTestCsv) features = bs_test_csv_load_shared ("features-legacy.csv.gz");
  g_autoptr (BsTestCsv) expected = features ? bs_test_csv_load_shared ("probabilities-legacy.csv.gz") : NULL;
  g_autofree char *model_path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = NULL;
  g_autoptr (BsEngine) engine = NULL;
  g_autofree float *rows = NULL;
  double largest = 0;
  gsize n_cells;

  if (!expected)
    return;
  model_path = g_build_filename (g_getenv ("BS_SHARED"), "data", "reference", "model-legacy.safetensors", NULL);
  model = bs_model_load (model_path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (model->n_inputs, ==, F);
  g_assert_cmpuint (model->sequence_length, ==, T);
  g_assert_cmpuint (model->hidden, ==, 64);
  g_assert_cmpuint (model->n_layers, ==, 2);
  g_assert_cmpint (model->feature_set, ==, BS_FEATURE_SET_LEGACY);
  engine = new_engine (model, 1, FALSE);
  g_assert_cmpuint (features->n_columns, ==, F);
  g_assert_cmpuint (expected->n_columns, ==, N_COLUMNS);
  g_assert_cmpuint (expected->n_rows, >, 1000);

  n_cells = features->n_rows * F;
  rows = g_new (float, n_cells);
  for (gsize i = 0; i < n_cells; i++)
    rows[i] = (float) ((features->values[i] - model->mean[i % F]) / model->scale[i % F]);
  for (gsize w = 0; w < expected->n_rows; w++)
    {
      const double *answer = expected->values + w * N_COLUMNS;
      const guint newest = (guint) answer[0];
      float probabilities[BS_N_CLASSES];

      g_assert_cmpuint (newest, <, features->n_rows);
      predict (engine, rows + (gsize) (newest + 1 - T) * F, 1, probabilities);
      largest = MAX (largest, largest_difference (probabilities, answer + 1, BS_N_CLASSES));
    }
  g_test_message ("%" G_GSIZE_FORMAT " windows, largest difference %g", expected->n_rows, largest);
  g_assert_cmpfloat (largest, <, 1e-5);
}

/* The numbers of tensor @name, which must hold @n; %NULL where the file has none. */
static double *
read_tensor (const BsSafetensors *file, const char *name, gsize n)
{
  const BsTensor *tensor = bs_safetensors_find (file, name);
  double *values;

  if (!tensor)
    return NULL;
  g_assert_cmpuint (tensor->n_elements, ==, n);
  values = g_new (double, n);
  g_assert_true (bs_tensor_read (tensor, 0, n, values));
  return values;
}

/* PyTorch's states in the middle of the network, which only the tape shows. */
static void
check_tape (const BsEngine *engine, const BsSafetensors *answers)
{
  const BsModel *model = engine->model;
  const BsTape *tape = bs_engine_tape (engine);
  const gsize N = tape->n, T = model->sequence_length, H = model->hidden, L = model->n_layers;
  g_autofree double *hidden = read_tensor (answers, "hidden", T * H),
                    *cells = read_tensor (answers, "cells", L * N * H);
  g_autofree double *logits = read_tensor (answers, "logits", N * BS_N_CLASSES);

  g_assert_cmpfloat (largest_difference (tape->layers[L - 1].hidden, hidden, T * H), <, 1e-5);
  g_assert_cmpfloat (largest_difference (tape->linear[model->n_linear - 1], logits, N * BS_N_CLASSES), <, 1e-4);
  for (gsize k = 0; k < L; k++)
    for (gsize w = 0; w < N; w++)
      g_assert_cmpfloat (largest_difference (tape->layers[k].cell + (w * T + T - 1) * H, cells + (k * N + w) * H, H), <,
                         1e-5);
}

/* Models of odd shapes and PyTorch's answers: tests/reference/make-lstm.py. */
static void
test_golden (gconstpointer data)
{
  enum
  {
    N = 3,
  };
  const char *name = data;
  g_autofree char *model_name = g_strconcat (name, ".safetensors", NULL);
  g_autofree char *answers_name = g_strconcat (name, ".answers.safetensors", NULL);
  g_autofree char *model_path = g_test_build_filename (G_TEST_DIST, "reference", "golden", "lstm", model_name, NULL);
  g_autofree char *answers_path
    = g_test_build_filename (G_TEST_DIST, "reference", "golden", "lstm", answers_name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  g_autofree char *bytes = NULL;
  g_autoptr (BsSafetensors) answers = NULL;
  g_autofree double *inputs = NULL, *expected = NULL, *pruned_expected = NULL;
  g_autofree float *windows = NULL;
  float probabilities[N * BS_N_CLASSES];
  gsize size, n_inputs;

  g_assert_no_error (error);
  g_file_get_contents (answers_path, &bytes, &size, &error);
  g_assert_no_error (error);
  answers = bs_safetensors_new ((const guint8 *) bytes, size, &error);
  g_assert_no_error (error);

  n_inputs = (gsize) N * model->sequence_length * model->n_inputs;
  inputs = read_tensor (answers, "windows", n_inputs);
  expected = read_tensor (answers, "probabilities", sizeof probabilities / sizeof *probabilities);
  pruned_expected = read_tensor (answers, "pruned", sizeof probabilities / sizeof *probabilities);
  windows = g_new (float, n_inputs);
  for (gsize i = 0; i < n_inputs; i++)
    windows[i] = (float) inputs[i];

  for (gboolean tape = FALSE; tape <= TRUE; tape++)
    {
      g_autoptr (BsEngine) engine = new_engine (model, N, tape);

      predict (engine, windows, N, probabilities);
      g_assert_cmpfloat (largest_difference (probabilities, expected, N * BS_N_CLASSES), <, 1e-5);
      if (tape)
        check_tape (engine, answers);
      for (guint w = 0; w < N; w++)
        {
          predict (engine, windows + w * n_inputs / N, 1, probabilities);
          g_assert_cmpfloat (largest_difference (probabilities, expected + w * BS_N_CLASSES, BS_N_CLASSES), <, 1e-5);
        }
    }
  g_assert_cmpint (pruned_expected != NULL, ==, bs_model_pruned (model) != NULL);
  if (pruned_expected)
    {
      g_autoptr (BsEngine) engine = new_engine (bs_model_pruned (model), N, FALSE);

      predict (engine, windows, N, probabilities);
      g_assert_cmpfloat (largest_difference (probabilities, pruned_expected, N * BS_N_CLASSES), <, 1e-5);
    }
}

/* The live window gives the bits that predict gives for the same rows, after the ring has gone round more than once. */
static void
test_window (gconstpointer data)
{
  enum
  {
    N = 3,
  };
  const guint T = GPOINTER_TO_UINT (data);
  g_autoptr (BsModel) model = bs_model_new_random (7, 9, 2, T, 3);
  g_autoptr (BsEngine) engine = new_engine (model, N, FALSE);
  const guint F = model->n_inputs, n_rows = 3 * T + 1;
  /* N series of n_rows rows */
  g_autoptr (BsModel) longer = bs_model_new_random (F, 1, 1, n_rows, 0);
  g_autofree float *rows = made_up_windows (longer, N, 4);
  g_autofree float *batch = made_up_windows (model, N, 0);
  float got[N * BS_N_CLASSES], expected[N * BS_N_CLASSES];
  BsEngineWindow *windows[N];
  g_autoptr (GError) error = NULL;

  for (guint w = 0; w < N; w++)
    windows[w] = bs_engine_window_new (engine);
  for (guint r = 0; r < n_rows; r++)
    {
      for (guint w = 0; w < N; w++)
        bs_engine_window_push (engine, windows[w], rows + ((gsize) w * n_rows + r) * F);
      if (r + 1 < T)
        {
          g_assert_false (bs_engine_window_predict (engine, windows, N, got, NULL, &error));
          g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
          g_clear_error (&error);
          continue;
        }
      for (guint w = 0; w < N; w++)
        memcpy (batch + (gsize) w * T * F, rows + ((gsize) w * n_rows + r + 1 - T) * F, sizeof (float) * T * F);
      for (guint n = 1; n <= N; n++)
        {
          predict (engine, batch, n, expected);
          g_assert_true (bs_engine_window_predict (engine, windows, n, got, NULL, &error));
          g_assert_cmpmem (got, n * BS_N_CLASSES * sizeof (float), expected, n * BS_N_CLASSES * sizeof (float));
        }
    }
  for (guint w = 0; w < N; w++)
    bs_engine_window_free (engine, windows[w]);
}

/* A batch differs from one by one in the last bits alone: OpenBLAS sums in another order. The tape changes no bit. */
static void
test_batch (void)
{
  enum
  {
    N = 9,
  };
  static const guint shapes[][4] = { { 1, 1, 1, 1 }, { 62, 64, 2, 20 }, { 7, 100, 3, 2 }, { 63, 48, 1, 37 } };

  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
    {
      g_autoptr (BsModel) model = bs_model_new_random (shapes[s][0], shapes[s][1], shapes[s][2], shapes[s][3], s);
      g_autoptr (BsEngine) engine = new_engine (model, N, FALSE), taped = new_engine (model, N, TRUE);
      g_autofree float *windows = made_up_windows (model, N, s);
      float batch[N * BS_N_CLASSES], with_tape[N * BS_N_CLASSES], single[BS_N_CLASSES];

      predict (engine, windows, N, batch);
      predict (taped, windows, N, with_tape);
      g_assert_cmpmem (batch, sizeof batch, with_tape, sizeof with_tape);
      for (guint w = 0; w < N; w++)
        {
          double sum = 0;

          predict (engine, windows + (gsize) w * model->sequence_length * model->n_inputs, 1, single);
          for (guint c = 0; c < BS_N_CLASSES; c++)
            {
              g_assert_cmpfloat_with_epsilon (batch[w * BS_N_CLASSES + c], single[c], 1e-6);
              sum += single[c];
            }
          g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
        }
    }
}

/* Every array of the tape obeys the equations of the network. */
static void
test_tape (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (5, 6, 3, 7, 11);
  g_autoptr (BsEngine) engine = new_engine (model, 2, TRUE), without = new_engine (model, 2, FALSE);
  g_autofree float *windows = made_up_windows (model, 2, 12);
  const gsize T = model->sequence_length, H = model->hidden;
  float probabilities[2 * BS_N_CLASSES];
  const BsTape *tape;

  g_assert_null (bs_engine_tape (engine));
  predict (without, windows, 2, probabilities);
  g_assert_null (bs_engine_tape (without));
  predict (engine, windows, 2, probabilities);
  tape = bs_engine_tape (engine);
  g_assert_cmpuint (tape->n, ==, 2);
  g_assert_cmpmem (tape->inputs, 2 * T * 5 * sizeof (float), windows, 2 * T * 5 * sizeof (float));
  g_assert_cmpmem (tape->probabilities, sizeof probabilities, probabilities, sizeof probabilities);

  for (guint k = 0; k < model->n_layers; k++)
    {
      const BsLstmLayer *layer = &model->layers[k];
      const gsize In = layer->n_inputs;
      const float *inputs = k ? tape->layers[k - 1].hidden : tape->inputs;

      for (gsize s = 0; s < 2 * T; s++) /* both windows, step after step */
        {
          const float *gates = tape->layers[k].gates + s * 4 * H, *cell = tape->layers[k].cell + s * H;
          const float *hidden = tape->layers[k].hidden + s * H;
          const gboolean first = s % T == 0;

          for (gsize row = 0; row < 4 * H; row++)
            {
              double sum = layer->bias[row];

              for (gsize i = 0; i < In; i++)
                sum += (double) layer->w_ih[row * In + i] * inputs[s * In + i];
              for (gsize i = 0; i < H && !first; i++)
                sum += (double) layer->w_hh[row * H + i] * (hidden - H)[i];
              g_assert_cmpfloat_with_epsilon (gates[row], row / H == 2 ? tanh (sum) : 1 / (1 + exp (-sum)), 1e-6);
            }
          for (gsize u = 0; u < H; u++)
            {
              const double before = first ? 0 : (cell - H)[u];

              g_assert_cmpfloat_with_epsilon (cell[u], gates[H + u] * before + gates[u] * gates[2 * H + u], 1e-6);
              g_assert_cmpfloat_with_epsilon (hidden[u], gates[3 * H + u] * tanh (cell[u]), 1e-6);
            }
        }
    }
  for (guint i = 0; i < 2 * model->linear[0].n_outputs; i++)
    g_assert_cmpfloat (tape->linear[0][i], >=, 0);
}

static void
test_stage_times (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 3, 20, 5);
  g_autoptr (BsEngine) engine = new_engine (model, 1, FALSE);
  g_autofree float *windows = made_up_windows (model, 1, 6);
  gint64 first[BS_N_STAGES] = { 0 }, both[BS_N_STAGES];
  float probabilities[BS_N_CLASSES];
  g_autoptr (GError) error = NULL;

  first[BS_STAGE_HURST] = 7; /* another's */
  g_assert_true (bs_engine_predict (engine, windows, 1, probabilities, first, &error));
  memcpy (both, first, sizeof both);
  g_assert_true (bs_engine_predict (engine, windows, 1, probabilities, both, &error));
  for (guint stage = 0; stage < BS_N_STAGES; stage++)
    if (stage == BS_STAGE_HURST)
      g_assert_cmpint (both[stage], ==, 7);
    else if ((stage >= BS_STAGE_LSTM_0 && stage < BS_STAGE_LSTM_0 + 3) || stage == BS_STAGE_HEAD)
      {
        g_assert_cmpint (first[stage], >, 0);
        g_assert_cmpint (both[stage], >, first[stage]); /* added to */
      }
    else if (stage != BS_STAGE_SOFTMAX)
      g_assert_cmpint (both[stage], ==, 0);
  g_assert_cmpint (both[BS_STAGE_SOFTMAX], >=, first[BS_STAGE_SOFTMAX]);
}

typedef struct
{
  BsModel *model;
  const float *windows;
  const float *expected; /* [N_WINDOWS, C] */
  gboolean ok;
} ThreadData;

enum
{
  N_THREADS = 4,
  N_WINDOWS = 8,
};

static gpointer
predict_in_thread (gpointer data)
{
  ThreadData *thread = data;
  const gsize size = (gsize) thread->model->sequence_length * thread->model->n_inputs;
  g_autoptr (BsEngine) engine = new_engine (thread->model, 1, FALSE);

  thread->ok = TRUE;
  for (guint round = 0; round < 20; round++)
    for (guint w = 0; w < N_WINDOWS; w++)
      {
        float probabilities[BS_N_CLASSES];

        predict (engine, thread->windows + w * size, 1, probabilities);
        if (memcmp (probabilities, thread->expected + w * BS_N_CLASSES, sizeof probabilities))
          thread->ok = FALSE;
      }
  return NULL;
}

/* Engines of one model at the same time, and none in another's way. */
static void
test_threads (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 2, 20, 8);
  g_autofree float *windows = made_up_windows (model, N_WINDOWS, 9);
  g_autoptr (BsEngine) engine = new_engine (model, 1, FALSE);
  float expected[N_WINDOWS * BS_N_CLASSES];
  ThreadData data[N_THREADS];
  GThread *threads[N_THREADS];

  for (guint w = 0; w < N_WINDOWS; w++)
    predict (engine, windows + (gsize) w * 20 * 62, 1, expected + w * BS_N_CLASSES);
  for (guint i = 0; i < N_THREADS; i++)
    {
      data[i] = (ThreadData){ .model = model, .windows = windows, .expected = expected };
      threads[i] = g_thread_new ("predict", predict_in_thread, &data[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_true (data[i].ok);
}

/* Weights whose products overflow, and inputs that are no numbers: an error, not a probability. */
static void
test_never_nan (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (3, 4, 1, 5, 1);
  g_autoptr (BsEngine) engine = new_engine (model, 2, FALSE);
  g_autofree float *windows = made_up_windows (model, 2, 1);
  float probabilities[2 * BS_N_CLASSES];
  g_autoptr (GError) error = NULL;
  const float good = windows[20];

  windows[20] = NAN; /* in the second window */
  g_assert_false (bs_engine_predict (engine, windows, 2, probabilities, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "window 1"));
  g_clear_error (&error);
  predict (engine, windows, 1, probabilities);

  windows[20] = good;
  for (guint i = 0; i < 3; i++)
    ((float *) model->linear[1].bias)[i] = 3e38f;
  for (guint i = 0; i < 3 * 32; i++)
    ((float *) model->linear[1].weight)[i] = 3e38f;
  for (guint i = 0; i < 32; i++)
    ((float *) model->linear[0].bias)[i] = 1e3f;
  g_assert_false (bs_engine_predict (engine, windows, 2, probabilities, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
}

static void
test_refusals (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (3, 4, 1, 5, 1);
  g_autoptr (BsEngine) engine = new_engine (model, 2, FALSE);
  const BsEngineClass *reference = bs_engine_class_by_name ("reference");
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  g_autofree float *windows = made_up_windows (model, 3, 1);
  float probabilities[3 * BS_N_CLASSES];
  g_autoptr (GError) error = NULL;

  g_assert_null (bs_engine_class_by_name ("abacus"));
  g_assert_true (bs_engine_classes ()[0] == reference);

  options.precision = BS_PRECISION_INT8;
  g_assert_null (bs_engine_new (reference, model, &options, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  options.precision = BS_PRECISION_FP32;
  options.max_batch = G_MAXUINT;
  g_assert_null (bs_engine_new (reference, model, &options, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  g_assert_false (bs_engine_predict (engine, windows, 3, probabilities, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (bs_engine_predict (engine, windows, 0, probabilities, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
}

static void
test_allocates_nothing (gconstpointer data)
{
  const gboolean keep_tape = GPOINTER_TO_INT (data);
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 2, 20, 7);
  g_autoptr (BsEngine) engine = new_engine (model, 4, keep_tape);
  g_autofree float *windows = made_up_windows (model, 4, 1);
  gint64 stage_ns[BS_N_STAGES] = { 0 };
  float probabilities[4 * BS_N_CLASSES];
  BsEngineWindow *live[4];
  g_autoptr (GError) error = NULL;
  guint64 before, after;

  if (!bs_test_can_count_allocations ())
    {
      g_test_skip ("allocations cannot be counted in this build");
      return;
    }
  before = bs_test_allocations ();
  g_free (g_malloc (1));
  g_assert_cmpuint (bs_test_allocations (), ==, before + 1); /* it does count */

  for (guint w = 0; w < 4; w++)
    {
      live[w] = bs_engine_window_new (engine);
      for (guint t = 0; t < model->sequence_length; t++)
        bs_engine_window_push (engine, live[w], windows + t * model->n_inputs);
    }
  predict (engine, windows, 1, probabilities); /* OpenBLAS takes its buffers now */
  predict (engine, windows, 4, probabilities);

  before = bs_test_allocations ();
  for (guint i = 0; i < 100; i++)
    {
      gboolean ok = bs_engine_predict (engine, windows, 1 + i % 4, probabilities, stage_ns, &error);

      bs_engine_window_push (engine, live[i % 4], windows);
      ok = ok && bs_engine_window_predict (engine, live, 1 + i % 4, probabilities, NULL, &error);
      if (!ok)
        break;
    }
  after = bs_test_allocations ();
  g_assert_no_error (error);
  g_assert_cmpuint (after, ==, before);
  for (guint w = 0; w < 4; w++)
    bs_engine_window_free (engine, live[w]);
}

static const char *const golden[] = {
  "i1-h1-l1-t1", "i1-h1-l3-t37", "i7-h8-l2-t37", "i7-h48-l3-t2", "i63-h8-l3-t37", "i63-h48-l1-t2", "i1-h100-l1-t37",
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/reference-data", test_reference_data);
  for (guint i = 0; i < G_N_ELEMENTS (golden); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/golden/", golden[i], NULL);

      g_test_add_data_func (path, golden[i], test_golden);
    }
  g_test_add_data_func ("/engine/window/1", GUINT_TO_POINTER (1), test_window);
  g_test_add_data_func ("/engine/window/2", GUINT_TO_POINTER (2), test_window);
  g_test_add_data_func ("/engine/window/20", GUINT_TO_POINTER (20), test_window);
  g_test_add_func ("/engine/batch", test_batch);
  g_test_add_func ("/engine/tape", test_tape);
  g_test_add_func ("/engine/stage-times", test_stage_times);
  g_test_add_func ("/engine/threads", test_threads);
  g_test_add_func ("/engine/never-nan", test_never_nan);
  g_test_add_func ("/engine/refusals", test_refusals);
  g_test_add_data_func ("/engine/allocates-nothing/inference", GINT_TO_POINTER (FALSE), test_allocates_nothing);
  g_test_add_data_func ("/engine/allocates-nothing/tape", GINT_TO_POINTER (TRUE), test_allocates_nothing);
  return g_test_run ();
}
