/* test-explain.c: the parts of an explanation add up to what they explain, and belong where they are said to */
#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-file.h"
#include "inference/engine/bs-engine.h"
#include "inference/predict/bs-input-window.h"
#include "inference/train/bs-explain.h"

static void
fill_window (float *window, gsize n, double size, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < n; i++)
    window[i] = (float) g_rand_double_range (random, -size, size);
}

static void
explain (BsExplainer *explainer, const float *window, int klass, BsExplainMethod method, BsExplanation *explanation)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bs_explainer_run (explainer, window, klass, method, explanation, &error));
  g_assert_no_error (error);
}

/* Within 1 % of the change of the logit, whatever the shape, the class and the size of the inputs. */
static void
assert_complete (const BsExplanation *explanation)
{
  const double whole = explanation->logit - explanation->baseline;
  double by_feature = 0, by_bar = 0, by_part = 0;

  g_assert_true (explanation->complete);
  g_assert_cmpfloat (fabs (explanation->sum - whole), <=, MAX (0.01 * fabs (whole), BS_EXPLAIN_SMALL));
  for (guint i = 0; i < explanation->n_features; i++)
    by_feature += explanation->features[i];
  for (guint t = 0; t < explanation->n_bars; t++)
    by_bar += explanation->bars[t];
  for (guint i = 0; i < explanation->n_bars * explanation->n_features; i++)
    by_part += explanation->parts[i];
  g_assert_cmpfloat_with_epsilon (by_feature, explanation->sum, 1e-9);
  g_assert_cmpfloat_with_epsilon (by_bar, explanation->sum, 1e-9);
  g_assert_cmpfloat_with_epsilon (by_part, explanation->sum, 1e-9);
}

static void
test_complete (void)
{
  static const guint shapes[][4] = { { 1, 1, 1, 1 }, { 7, 8, 3, 20 }, { 62, 64, 2, 20 }, { 63, 5, 1, 37 } };
  static const double sizes[] = { 0.3, 2, 8 };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (BsModel) model = bs_model_new_random (shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3], i + 1);
      g_autoptr (GError) error = NULL;
      g_autoptr (BsExplainer) explainer = bs_explainer_new (model, &error);
      const gsize n = (gsize) shapes[i][0] * shapes[i][3];
      g_autofree float *window = g_new (float, n);

      g_assert_no_error (error);
      for (guint size = 0; size < G_N_ELEMENTS (sizes); size++)
        for (int klass = -1; klass < BS_N_CLASSES; klass++)
          {
            g_auto (BsExplanation) explanation = { 0 };

            fill_window (window, n, sizes[size], i * 10 + size);
            explain (explainer, window, klass, BS_EXPLAIN_INTEGRATED, &explanation);
            assert_complete (&explanation);
            if (klass >= 0)
              g_assert_cmpint (explanation.klass, ==, klass);
            else
              for (guint other = 0; other < BS_N_CLASSES; other++)
                g_assert_cmpfloat (explanation.probabilities[explanation.klass], >=, explanation.probabilities[other]);
          }
    }
}

/* A window of average inputs differs in nothing from itself. */
static void
test_nothing (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (3, 4, 1, 5, 1);
  g_autoptr (BsExplainer) explainer = bs_explainer_new (model, NULL);
  g_auto (BsExplanation) explanation = { 0 };
  const float window[15] = { 0 };

  explain (explainer, window, -1, BS_EXPLAIN_INTEGRATED, &explanation);
  g_assert_true (explanation.complete);
  g_assert_cmpfloat (explanation.logit, ==, explanation.baseline);
  for (guint i = 0; i < 15; i++)
    g_assert_cmpfloat (explanation.parts[i], ==, 0);
}

/* An input without weights has no part, and the ranking puts it last. */
static void
test_unused_input (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (4, 6, 2, 5, 2);
  g_autoptr (BsExplainer) explainer = NULL;
  g_auto (BsExplanation) explanation = { 0 };
  float window[20];
  guint order[4];

  for (guint row = 0; row < 4 * model->hidden; row++)
    ((float *) model->layers[0].w_ih)[row * 4 + 1] = 0;
  explainer = bs_explainer_new (model, NULL);
  fill_window (window, 20, 2, 1);
  explain (explainer, window, BS_CLASS_LONG, BS_EXPLAIN_INTEGRATED, &explanation);
  g_assert_cmpfloat (explanation.features[1], ==, 0);
  bs_explanation_rank (&explanation, order);
  g_assert_cmpuint (order[3], ==, 1);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (fabs (explanation.features[order[i]]), >=, fabs (explanation.features[order[i + 1]]));
}

static double
logit (BsEngine *engine, const float *window, BsClass klass)
{
  float probabilities[BS_N_CLASSES];
  double sum = 0;

  g_assert_true (bs_engine_predict (engine, window, 1, probabilities, NULL, NULL));
  /* up to a constant that is the same for all classes, which is taken off */
  for (guint i = 0; i < BS_N_CLASSES; i++)
    sum += log ((double) probabilities[i]) / BS_N_CLASSES;
  return log ((double) probabilities[klass]) - sum;
}

/* Gradient x input is the input times what a small step of it does. */
static void
test_gradient (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (4, 6, 2, 5, 3);
  g_autoptr (BsExplainer) explainer = bs_explainer_new (model, NULL);
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  g_autoptr (BsEngine) engine = bs_engine_new (bs_engine_class_by_name ("reference"), model, &options, NULL);
  BsExplanation explanations[BS_N_CLASSES];
  const double step = 0.02; /* in FP32 a smaller one drowns in rounding */
  float window[20];

  fill_window (window, 20, 1.5, 4);
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    explain (explainer, window, (int) klass, BS_EXPLAIN_GRADIENT, &explanations[klass]);
  for (guint i = 0; i < 20; i++)
    {
      const float value = window[i];
      double up, down, mean = 0;

      window[i] = (float) ((double) value + step);
      up = logit (engine, window, BS_CLASS_LONG);
      window[i] = (float) ((double) value - step);
      down = logit (engine, window, BS_CLASS_LONG);
      window[i] = value;
      for (guint klass = 0; klass < BS_N_CLASSES; klass++)
        mean += explanations[klass].parts[i] / BS_N_CLASSES;
      g_assert_cmpfloat_with_epsilon (explanations[BS_CLASS_LONG].parts[i] - mean,
                                      (double) value * (up - down) / (2 * step), 2e-4);
    }
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    bs_explanation_clear (&explanations[klass]);
}

/* The model that ships, on many windows of its sample. */
static void
test_sample (void)
{
  g_autofree char *model_path = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", "sample-1m.csv.gz", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  g_autoptr (BsBarFile) file = bs_bar_file_load (path, NULL, NULL, NULL, NULL, &error);
  g_autoptr (BsExplainer) explainer = bs_explainer_new (model, &error);
  const BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;
  const guint T = model->sequence_length, n_rows = (guint) bs_bar_series_length (file->series);
  g_autofree double *rows = g_new (double, (gsize) n_rows *BS_N_FEATURES);
  g_autofree float *inputs = g_new (float, (gsize) n_rows *BS_N_FEATURES);

  g_assert_no_error (error);
  g_assert_true (bs_features_batch (file->series, NULL, &options, 0, n_rows, rows, &error));
  for (guint row = 0; row < n_rows; row++)
    bs_input_scale (model, rows + (gsize) row * BS_N_FEATURES, inputs + (gsize) row * BS_N_FEATURES);
  for (guint row = 200; row < n_rows; row += 97)
    {
      g_auto (BsExplanation) explanation = { 0 };
      double groups[BS_N_FEATURE_GROUPS], sum = 0;

      explain (explainer, inputs + (gsize) (row + 1 - T) * BS_N_FEATURES, -1, BS_EXPLAIN_INTEGRATED, &explanation);
      assert_complete (&explanation);
      bs_explanation_groups (&explanation, groups);
      for (guint i = 0; i < BS_N_FEATURE_GROUPS; i++)
        sum += groups[i];
      g_assert_cmpfloat_with_epsilon (sum, explanation.sum, 1e-9);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/complete", test_complete);
  g_test_add_func ("/explain/nothing", test_nothing);
  g_test_add_func ("/explain/unused-input", test_unused_input);
  g_test_add_func ("/explain/gradient", test_gradient);
  g_test_add_func ("/explain/sample", test_sample);
  return g_test_run ();
}
