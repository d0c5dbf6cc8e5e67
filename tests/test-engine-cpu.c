/* test-engine-cpu.c: the cpu engine against PyTorch's answers and the reference engine; what `precision` and `fused` change */
#include "inference/engine/bs-engine.h"
#include "inference/kernels/bs-kernels.h"
#include "inference/model/bs-safetensors.h"
#include "tests/bs-test-csv.h"
#include "tests/bs-test-memory.h"

#include <math.h>
#include <string.h>

/* Largest distances of a probability from FP32 by the textbook, for models as PyTorch starts them */
#define FP32_BOUND 1e-5
#define INT8_BOUND 0.01

typedef struct
{
  BsPrecision precision;
  gboolean fused;
} Path;

static const Path paths[] = {
  { BS_PRECISION_FP32, TRUE }, { BS_PRECISION_FP32, FALSE }, { BS_PRECISION_INT8, TRUE }, { BS_PRECISION_INT8, FALSE }
};

static BsEngine *
new_engine (const char *name, BsModel *model, guint max_batch, const Path *path)
{
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  BsEngine *engine;

  options.max_batch = max_batch;
  if (path != NULL)
    {
      options.precision = path->precision;
      options.fused = path->fused;
    }
  engine = bs_engine_new (bs_engine_class_by_name (name), model, &options, &error);
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

static double
largest_difference (const float *a, const float *b, gsize n)
{
  double largest = 0;

  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (isfinite (a[i]) && isfinite (b[i]));
      largest = MAX (largest, fabs ((double) a[i] - b[i]));
    }
  return largest;
}

static double
bound (const Path *path)
{
  return path->precision == BS_PRECISION_INT8 ? INT8_BOUND : FP32_BOUND;
}

static float *
read_tensor (const BsSafetensors *file, const char *name, gsize n)
{
  const BsTensor *tensor = bs_safetensors_find (file, name);
  g_autofree double *values = g_new (double, n);
  float *floats = g_new (float, n);

  g_assert_nonnull (tensor);
  g_assert_cmpuint (tensor->n_elements, ==, n);
  g_assert_true (bs_tensor_read (tensor, 0, n, values));
  for (gsize i = 0; i < n; i++)
    floats[i] = (float) values[i];
  return floats;
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
  g_autofree float *windows = NULL, *expected = NULL;
  gsize size;

  g_assert_no_error (error);
  g_file_get_contents (answers_path, &bytes, &size, &error);
  g_assert_no_error (error);
  answers = bs_safetensors_new ((const guint8 *) bytes, size, &error);
  g_assert_no_error (error);
  windows = read_tensor (answers, "windows", (gsize) N * model->sequence_length * model->n_inputs);
  expected = read_tensor (answers, "probabilities", N * BS_N_CLASSES);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (BsEngine) engine = new_engine ("cpu", model, N, &paths[i]);
      float probabilities[N * BS_N_CLASSES];
      double difference;

      predict (engine, windows, N, probabilities);
      difference = largest_difference (probabilities, expected, N * BS_N_CLASSES);
      g_test_message ("%s fused %d: %g", paths[i].precision == BS_PRECISION_INT8 ? "int8" : "fp32", paths[i].fused,
                      difference);
      g_assert_cmpfloat (difference, <, bound (&paths[i]));
    }
}

/* Odd shapes against the reference engine, in every path; batches, single windows and live windows equal to the bit. */
static void
test_shapes (void)
{
  enum
  {
    N = 5,
  };
  static const guint shapes[][4] = { { 1, 1, 1, 1 },    { 62, 64, 2, 20 }, { 7, 100, 3, 2 }, { 63, 48, 1, 37 },
                                     { 65, 128, 2, 5 }, { 4096, 3, 1, 2 }, { 5, 1024, 1, 2 } };

  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
    {
      g_autoptr (BsModel) model = bs_model_new_random (shapes[s][0], shapes[s][1], shapes[s][2], shapes[s][3], s);
      g_autoptr (BsEngine) reference = new_engine ("reference", model, N, NULL);
      g_autofree float *windows = made_up_windows (model, N, s);
      const gsize size = (gsize) model->n_inputs * model->sequence_length;
      float expected[N * BS_N_CLASSES];

      predict (reference, windows, N, expected);
      for (guint p = 0; p < G_N_ELEMENTS (paths); p++)
        {
          g_autoptr (BsEngine) engine = new_engine ("cpu", model, N, &paths[p]);
          g_autoptr (GError) error = NULL;
          float batch[N * BS_N_CLASSES], single[N * BS_N_CLASSES], live[N * BS_N_CLASSES];
          BsEngineWindow *live_windows[N];

          predict (engine, windows, N, batch);
          for (guint w = 0; w < N; w++)
            {
              predict (engine, windows + w * size, 1, single + w * BS_N_CLASSES);
              live_windows[w] = bs_engine_window_new (engine);
              for (guint t = 0; t < model->sequence_length; t++)
                {
                  g_assert_false (bs_engine_window_predict (engine, live_windows + w, 1, live, NULL, &error));
                  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
                  g_clear_error (&error);
                  bs_engine_window_push (engine, live_windows[w], windows + w * size + t * model->n_inputs);
                }
            }
          g_assert_true (bs_engine_window_predict (engine, live_windows, N, live, NULL, &error));
          g_assert_cmpmem (batch, sizeof batch, single, sizeof single);
          g_assert_cmpmem (batch, sizeof batch, live, sizeof live);
          g_assert_cmpfloat (largest_difference (batch, expected, N * BS_N_CLASSES), <, bound (&paths[p]));
          for (guint w = 0; w < N; w++)
            bs_engine_window_free (engine, live_windows[w]);
        }
    }
}

/* A live window over many bars is at every bar what the whole window gives. */
static void
test_live (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (62, 24, 2, 20, 9);
  g_autoptr (BsModel) longer = bs_model_new_random (62, 1, 1, 90, 0);
  g_autofree float *rows = made_up_windows (longer, 1, 4);

  for (guint p = 0; p < G_N_ELEMENTS (paths); p++)
    {
      g_autoptr (BsEngine) engine = new_engine ("cpu", model, 1, &paths[p]);
      BsEngineWindow *window = bs_engine_window_new (engine);
      g_autoptr (GError) error = NULL;

      for (guint r = 0; r < 90; r++)
        {
          float live[BS_N_CLASSES], whole[BS_N_CLASSES];

          bs_engine_window_push (engine, window, rows + r * 62);
          if (r + 1 < 20)
            continue;
          g_assert_true (bs_engine_window_predict (engine, &window, 1, live, NULL, &error));
          predict (engine, rows + (r + 1 - 20) * 62, 1, whole);
          g_assert_cmpmem (live, sizeof live, whole, sizeof whole);
        }
      bs_engine_window_free (engine, window);
    }
}

/* The reference model over the reference features: INT8 within 0.01, and of one mind where FP32 is clear. */
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
  g_autofree float *rows = NULL;

  if (!expected)
    return;
  model_path = g_build_filename (g_getenv ("BS_SHARED"), "data", "reference", "model-legacy.safetensors", NULL);
  model = bs_model_load (model_path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (features->n_columns, ==, F);
  g_assert_cmpuint (expected->n_columns, ==, N_COLUMNS);
  rows = g_new (float, features->n_rows *F);
  for (gsize i = 0; i < features->n_rows * F; i++)
    rows[i] = (float) ((features->values[i] - model->mean[i % F]) / model->scale[i % F]);

  for (guint p = 0; p < G_N_ELEMENTS (paths); p++)
    {
      g_autoptr (BsEngine) engine = new_engine ("cpu", model, 1, &paths[p]);
      const guint n_windows = (guint) expected->n_rows;
      double largest = 0, sum = 0;
      guint disagree = 0;

      g_assert_cmpuint (n_windows, >, 1000);
      for (guint w = 0; w < n_windows; w++)
        {
          const double *answer = expected->values + (gsize) w * N_COLUMNS;
          float probabilities[BS_N_CLASSES];
          guint best = 0, second, ours = 0;

          predict (engine, rows + (gsize) ((guint) answer[0] + 1 - T) * F, 1, probabilities);
          for (guint c = 0; c < BS_N_CLASSES; c++)
            {
              largest = MAX (largest, fabs (probabilities[c] - answer[1 + c]));
              sum += fabs (probabilities[c] - answer[1 + c]);
              best = answer[1 + c] > answer[1 + best] ? c : best;
              ours = probabilities[c] > probabilities[ours] ? c : ours;
            }
          second = best == 0 ? 1 : 0;
          for (guint c = 0; c < BS_N_CLASSES; c++)
            second = c != best && answer[1 + c] > answer[1 + second] ? c : second;
          disagree += ours != best && answer[1 + best] - answer[1 + second] > 0.02;
        }
      g_test_message ("%s fused %d: %u windows, largest difference %g, mean %g",
                      paths[p].precision == BS_PRECISION_INT8 ? "int8" : "fp32", paths[p].fused, n_windows, largest,
                      sum / n_windows / BS_N_CLASSES);
      g_assert_cmpfloat (largest, <, bound (&paths[p]));
      g_assert_cmpuint (disagree, ==, 0);
    }
}

static void
test_refusals (void)
{
  const BsEngineClass *cpu = bs_engine_class_by_name ("cpu");
  g_autoptr (BsModel) model = bs_model_new_random (3, 4, 1, 5, 1);
  g_autoptr (BsEngine) engine = new_engine ("cpu", model, 2, &paths[0]);
  g_autofree float *windows = made_up_windows (model, 3, 1);
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  float probabilities[3 * BS_N_CLASSES] = { 9 };
  BsEngineWindow *window;
  g_autoptr (GError) error = NULL;

  options.precision = BS_PRECISION_FP16;
  g_assert_null (bs_engine_new (cpu, model, &options, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  options.precision = BS_PRECISION_FP32;
  options.keep_tape = TRUE;
  g_assert_null (bs_engine_new (cpu, model, &options, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (bs_engine_predict (engine, windows, 3, probabilities, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
  g_clear_error (&error);

  windows[20] = NAN;
  g_assert_false (bs_engine_predict (engine, windows, 2, probabilities, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_cmpfloat (probabilities[0], ==, 9);

  window = bs_engine_window_new (engine);
  for (guint i = 0; i < 5; i++)
    bs_engine_window_push (engine, window, windows + 20);
  g_assert_false (bs_engine_window_predict (engine, &window, 1, probabilities, NULL, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
  g_clear_error (&error);
  bs_engine_window_free (engine, window);

  ((float *) model->layers[0].w_hh)[7] = 3e38f;
  options.keep_tape = FALSE;
  g_assert_null (bs_engine_new (cpu, model, &options, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
}

static void
test_stage_times (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 3, 20, 5);
  g_autofree float *windows = made_up_windows (model, 30, 6);
  g_autoptr (BsEngine) engine = new_engine ("cpu", model, 30, &paths[2]);
  gint64 first[BS_N_STAGES] = { 0 }, both[BS_N_STAGES];
  float probabilities[30 * BS_N_CLASSES];
  g_autoptr (GError) error = NULL;

  first[BS_STAGE_HURST] = 7; /* another's */
  g_assert_true (bs_engine_predict (engine, windows, 30, probabilities, first, &error));
  memcpy (both, first, sizeof both);
  g_assert_true (bs_engine_predict (engine, windows, 30, probabilities, both, &error));
  g_assert_cmpint (both[BS_STAGE_HURST], ==, 7);
  for (guint k = 0; k < BS_MODEL_MAX_LAYERS; k++)
    {
      g_assert_cmpint (first[BS_STAGE_LSTM_0 + k] > 0, ==, k < 3);
      g_assert_cmpint (both[BS_STAGE_LSTM_0 + k] > first[BS_STAGE_LSTM_0 + k], ==, k < 3); /* added to */
    }
  g_assert_cmpint (first[BS_STAGE_HEAD], >, 0);
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
  g_autoptr (BsEngine) engine = new_engine ("cpu", thread->model, 1, &paths[2]);

  thread->ok = TRUE;
  for (guint round = 0; round < 50; round++)
    for (guint w = 0; w < N_WINDOWS; w++)
      {
        float probabilities[BS_N_CLASSES];

        predict (engine, thread->windows + (gsize) w * 20 * 62, 1, probabilities);
        if (memcmp (probabilities, thread->expected + w * BS_N_CLASSES, sizeof probabilities))
          thread->ok = FALSE;
      }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 2, 20, 8);
  g_autofree float *windows = made_up_windows (model, N_WINDOWS, 9);
  g_autoptr (BsEngine) engine = new_engine ("cpu", model, N_WINDOWS, &paths[2]);
  float expected[N_WINDOWS * BS_N_CLASSES];
  ThreadData data[N_THREADS];
  GThread *threads[N_THREADS];

  predict (engine, windows, N_WINDOWS, expected);
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

static void
test_allocates_nothing (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (62, 64, 2, 20, 7);
  g_autofree float *windows = made_up_windows (model, 4, 1);

  if (!bs_test_can_count_allocations ())
    {
      g_test_skip ("allocations cannot be counted in this build");
      return;
    }
  for (guint p = 0; p < G_N_ELEMENTS (paths); p++)
    {
      g_autoptr (BsEngine) engine = new_engine ("cpu", model, 4, &paths[p]);
      BsEngineWindow *window = bs_engine_window_new (engine);
      gint64 stage_ns[BS_N_STAGES] = { 0 };
      float probabilities[4 * BS_N_CLASSES];
      const guint64 before = bs_test_allocations ();
      gboolean done = TRUE;

      for (guint i = 0; i < 100; i++)
        {
          done = done && bs_engine_predict (engine, windows, 1 + i % 4, probabilities, stage_ns, NULL);
          bs_engine_window_push (engine, window, windows);
          if (i >= 20)
            done = done && bs_engine_window_predict (engine, &window, 1, probabilities, stage_ns, NULL);
        }
      g_assert_cmpuint (bs_test_allocations (), ==, before);
      g_assert_true (done);
      bs_engine_window_free (engine, window);
    }
}

static const char *const golden[] = {
  "i1-h1-l1-t1", "i1-h1-l3-t37", "i7-h8-l2-t37", "i7-h48-l3-t2", "i63-h8-l3-t37", "i63-h48-l1-t2", "i1-h100-l1-t37",
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_message ("kernels: %s", bs_kernels ()->name);
  for (guint i = 0; i < G_N_ELEMENTS (golden); i++)
    {
      g_autofree char *path = g_strconcat ("/engine-cpu/golden/", golden[i], NULL);

      g_test_add_data_func (path, golden[i], test_golden);
    }
  g_test_add_func ("/engine-cpu/shapes", test_shapes);
  g_test_add_func ("/engine-cpu/live", test_live);
  g_test_add_func ("/engine-cpu/reference-data", test_reference_data);
  g_test_add_func ("/engine-cpu/refusals", test_refusals);
  g_test_add_func ("/engine-cpu/stage-times", test_stage_times);
  g_test_add_func ("/engine-cpu/threads", test_threads);
  g_test_add_func ("/engine-cpu/allocates-nothing", test_allocates_nothing);
  return g_test_run ();
}
