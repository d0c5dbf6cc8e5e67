/* test-engine.c: the reference engine against PyTorch's answers, and what every engine promises */
#include "inference/engine/bs-engine.h"
#include "inference/engine/bs-tape.h"
#include "inference/model/bs-safetensors.h"
#include "tests/bs-test-data.h"
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
  g_autofree char *model_path = bs_test_reference_path ("model-legacy.safetensors");
  g_autofree char *features_path = model_path ? bs_test_reference_path ("features-legacy.csv.gz") : NULL;
  g_autofree char *probabilities_path = features_path ? bs_test_reference_path ("probabilities-legacy.csv.gz") : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = NULL;
  g_autoptr (BsEngine) engine = NULL;
  g_autoptr (GArray) features = NULL, expected = NULL;
  g_autofree char *features_text = NULL, *expected_text = NULL;
  g_autofree float *rows = NULL;
  double largest = 0;
  guint n_rows, n_windows;

  if (!probabilities_path)
    return;
  model = bs_model_load (model_path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (model->n_inputs, ==, F);
  g_assert_cmpuint (model->sequence_length, ==, T);
  g_assert_cmpuint (model->hidden, ==, 64);
  g_assert_cmpuint (model->n_layers, ==, 2);
  g_assert_cmpint (model->feature_set, ==, BS_FEATURE_SET_LEGACY);
  engine = new_engine (model, 1, FALSE);

  features_text = bs_test_read_gzip (features_path);
  features = bs_test_parse_csv (features_text, F);
  expected_text = bs_test_read_gzip (probabilities_path);
  expected = bs_test_parse_csv (expected_text, N_COLUMNS);
  n_rows = features->len / F;
  n_windows = expected->len / N_COLUMNS;
  g_assert_cmpuint (n_windows, >, 1000);

  rows = g_new (float, features->len);
  for (guint i = 0; i < features->len; i++)
    rows[i] = (float) ((g_array_index (features, double, i) - model->mean[i % F]) / model->scale[i % F]);
  for (guint w = 0; w < n_windows; w++)
    {
      const double *answer = &g_array_index (expected, double, w *N_COLUMNS);
      const guint newest = (guint) answer[0];
      float probabilities[BS_N_CLASSES];

      g_assert_cmpuint (newest, <, n_rows);
      predict (engine, rows + (gsize) (newest + 1 - T) * F, 1, probabilities);
      largest = MAX (largest, largest_difference (probabilities, answer + 1, BS_N_CLASSES));
    }
  g_test_message ("%u windows, largest difference %g", n_windows, largest);
  g_assert_cmpfloat (largest, <, 1e-5);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/reference-data", test_reference_data);
  g_test_add_data_func ("/engine/allocates-nothing/inference", GINT_TO_POINTER (FALSE), test_allocates_nothing);
  g_test_add_data_func ("/engine/allocates-nothing/tape", GINT_TO_POINTER (TRUE), test_allocates_nothing);
  return g_test_run ();
}
