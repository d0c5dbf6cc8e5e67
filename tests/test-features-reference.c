/* The features beside other computations of them: the replaced system's and the golden vectors of tests/reference. */
#include "inference/features/bs-features.h"
#include "tests/bs-test-csv.h"

#include <math.h>

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

/* What a sum in the same order but another compiler's last bits may differ by: relative, or absolute near 0. */
static void
assert_close (double value, double expected, gsize row, const char *name)
{
  double tolerance = MAX (1e-12, 1e-9 * fabs (expected));
  if (!(fabs (value - expected) <= tolerance))
    g_error ("row %" G_GSIZE_FORMAT ", %s: %.17g, expected %.17g", row, name, value, expected);
}

static void
compare (const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
         const BsTestCsv *expected)
{
  g_autofree double *rows = g_new (double, expected->n_rows *BS_N_FEATURES);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (expected->n_columns, ==, BS_N_FEATURES);
  g_assert_cmpuint (expected->n_rows, ==, bs_bar_series_end (primary));
  g_assert_true (bs_features_batch (primary, secondary, options, 0, expected->n_rows, rows, &error));
  g_assert_no_error (error);
  for (guint f = 0; f < BS_N_FEATURES; f++)
    {
      g_assert_cmpstr (expected->names[f], ==, bs_feature_info (f)->name);
      for (gsize i = 0; i < expected->n_rows; i++)
        assert_close (rows[i * BS_N_FEATURES + f], expected->values[i * BS_N_FEATURES + f], i, expected->names[f]);
    }
}

static void
test_replaced_system (void)
{
  g_autoptr (BsTestCsv) bars_1m = bs_test_csv_load_shared ("bars-1m.csv.gz");
  g_autoptr (BsTestCsv) bars_5m = bs_test_csv_load_shared ("bars-5m.csv.gz");
  g_autoptr (BsTestCsv) features = bs_test_csv_load_shared ("features-legacy.csv.gz");
  BsFeatureOptions options = { BS_FEATURE_SET_LEGACY, 10 };

  if (bars_1m == NULL || bars_5m == NULL || features == NULL)
    return;
  g_autoptr (BsBarSeries) primary = bs_test_csv_series (bars_1m, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_test_csv_series (bars_5m, 5 * MINUTE_US, BS_STAMP_START);
  compare (primary, secondary, &options, features);
}

static void
compare_golden (BsFeatureSet set, guint hurst_every, const char *name)
{
  g_autoptr (BsTestCsv) bars = bs_test_csv_load_golden ("features-bars.csv.gz");
  g_autoptr (BsTestCsv) secondary_bars = bs_test_csv_load_golden ("features-secondary.csv.gz");
  g_autoptr (BsTestCsv) features = bs_test_csv_load_golden (name);
  g_autoptr (BsBarSeries) primary = bs_test_csv_series (bars, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_test_csv_series (secondary_bars, 5 * MINUTE_US, BS_STAMP_START);
  BsFeatureOptions options = { set, hurst_every };

  compare (primary, secondary, &options, features);
}

static void
test_golden_causal (void)
{
  compare_golden (BS_FEATURE_SET_CAUSAL, 1, "features-causal.csv.gz");
}

static void
test_golden_legacy (void)
{
  compare_golden (BS_FEATURE_SET_LEGACY, 10, "features-legacy.csv.gz");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/features/reference/replaced-system", test_replaced_system);
  g_test_add_func ("/features/reference/golden-causal", test_golden_causal);
  g_test_add_func ("/features/reference/golden-legacy", test_golden_legacy);
  return g_test_run ();
}
