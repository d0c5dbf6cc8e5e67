/* test-fidelity.c: INT8 and the unfused way keep their promises over the sample and, where present, the reference bars */
#include <string.h>

#include "app/bench/bs-bench.h"
#include "app/bench/bs-fidelity.h"
#include "app/feeds/bs-bar-file.h"
#include "inference/engine/bs-engine.h"
#include "tests/bs-test-driver.h"

/* Measures the model at @model_path over bars; each result must be kept, and must be what it says. */
static GArray *
measure (const char *model_path, const char *primary_path, const char *secondary_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  g_assert_no_error (error);
  g_autoptr (BsBarFile) primary = bs_bar_file_load (primary_path, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (BsBarFile) secondary = bs_bar_file_load (secondary_path, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  GArray *results = bs_fidelity_measure (model, primary->series, secondary->series, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < results->len; i++)
    {
      const BsFidelity *r = &g_array_index (results, BsFidelity, i);
      g_test_message ("%s: %" G_GUINT64_FORMAT " windows, agree %" G_GUINT64_FORMAT ", mean %g, p99 %g, max %g",
                      r->name, r->n, r->n_agree, r->mean, r->p99, r->max);
      g_assert_cmpuint (r->n, >, g_str_has_prefix (r->name, "vulkan") ? 250 : 1000);
      g_assert_cmpuint (r->n_clear, >, r->n / 2);
      g_assert_cmpuint (r->n_clear_agree, ==, r->n_clear);
      g_assert_cmpfloat (r->max, <=, r->limit);
      g_assert_cmpfloat (r->mean, <=, r->p99);
      g_assert_cmpfloat (r->p99, <=, r->max);
      /* INT8 and FP16 are not FP32 by another name. */
      if (strstr (r->name, "int8") != NULL || strstr (r->name, "fp16") != NULL)
        g_assert_cmpfloat (r->mean, >, 1e-6);
    }
  return results;
}

static void
test_sample (void)
{
  g_autofree char *dir = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", "resources", NULL);
  g_autofree char *model = g_build_filename (dir, "default-model.safetensors", NULL);
  g_autofree char *primary = g_build_filename (dir, "sample-1m.csv.gz", NULL);
  g_autofree char *secondary = g_build_filename (dir, "sample-5m.csv.gz", NULL);
  g_autoptr (GArray) results = measure (model, primary, secondary);
  g_autofree char *text = bs_fidelity_to_text (results);
  g_autofree char *json = bs_fidelity_to_json (results);

  g_assert_nonnull (strstr (text, "cpu/int8"));
  g_assert_null (strstr (text, "NOT KEPT"));
  g_assert_nonnull (strstr (json, "\"path\": \"cpu/int8\""));
  g_autofree char *reason = NULL;
  if (bs_engine_class_by_name ("vulkan")->available (&reason))
    g_assert_nonnull (strstr (json, "\"path\": \"vulkan/fp16\""));
  g_assert_null (strstr (json, "false"));
}

static void
test_reference (void)
{
  const char *shared = g_getenv ("BS_SHARED");
  g_autofree char *dir = g_build_filename (shared != NULL ? shared : "", "data", "reference", NULL);
  g_autofree char *model = g_build_filename (dir, "model-legacy.safetensors", NULL);
  g_autofree char *primary = g_build_filename (dir, "bars-1m.csv.gz", NULL);
  g_autofree char *secondary = g_build_filename (dir, "bars-5m.csv.gz", NULL);

  if (shared == NULL || !g_file_test (model, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no reference data here");
      return;
    }
  g_array_unref (measure (model, primary, secondary));
}

/* What is not kept is said so. */
static void
test_not_kept (void)
{
  BsFidelity result
    = { .name = "x", .limit = 0.01, .n = 10, .n_agree = 9, .n_clear = 5, .n_clear_agree = 5, .max = 0.01 };
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof result);

  g_assert_true (bs_fidelity_kept (&result));
  result.max = 0.011;
  g_assert_false (bs_fidelity_kept (&result));
  result.max = 0;
  result.n_clear_agree = 4;
  g_assert_false (bs_fidelity_kept (&result));
  g_array_append_val (results, result);
  g_autofree char *text = bs_fidelity_to_text (results);
  g_autofree char *json = bs_fidelity_to_json (results);
  g_assert_nonnull (strstr (text, "NOT KEPT"));
  g_assert_nonnull (strstr (json, "\"kept\": false"));
}

static void
test_too_few (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (62, 4, 1, 20, 1);
  g_autoptr (BsBarSeries) bars = bs_bar_series_new (0, 60 * G_USEC_PER_SEC, BS_STAMP_END);
  g_autoptr (GError) error = NULL;

  g_assert_null (bs_fidelity_measure (model, bars, NULL, &error));
  g_assert_error (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  bs_test_keep_driver ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fidelity/sample", test_sample);
  g_test_add_func ("/fidelity/reference", test_reference);
  g_test_add_func ("/fidelity/not-kept", test_not_kept);
  g_test_add_func ("/fidelity/too-few", test_too_few);
  return g_test_run ();
}
