/* test-predictor-reference.c: the reference's bars one by one through its model: its probabilities */
#include <math.h>

#include "inference/predict/bs-predictor.h"
#include "tests/bs-test-csv.h"

#define TOLERANCE 1e-5 /* FP32 in another order of summing; the network is the same */

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

/* Compares @signal with the expected row of the same number. Returns whether there was one. */
static gboolean
compare (const BsSignal *signal, const BsTestCsv *expected)
{
  static const char *const columns[BS_N_CLASSES] = { "p_short", "p_hold", "p_long" };
  if (signal->state != BS_SIGNAL_READY)
    return FALSE;
  guint64 first = (guint64) bs_test_csv_get (expected, 0, "row");
  g_assert_cmpuint (signal->row, >=, first);
  g_assert_cmpuint (signal->row - first, <, expected->n_rows);
  gsize i = (gsize) (signal->row - first);
  g_assert_cmpfloat (bs_test_csv_get (expected, i, "row"), ==, (double) signal->row);
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    {
      double probability = bs_test_csv_get (expected, i, columns[klass]);
      if (!(fabs (signal->probabilities[klass] - probability) <= TOLERANCE))
        g_error ("row %" G_GUINT64_FORMAT ", %s: %.9g, expected %.9g", signal->row, columns[klass],
                 signal->probabilities[klass], probability);
    }
  return TRUE;
}

/* How the bars go in. */
typedef struct
{
  const char *name;
  const char *backend; /* as --set takes it */
  gboolean many;
} Way;

static const Way ways[] = {
  { "/predictor-reference/live/cpu", "backend=cpu", FALSE },
  { "/predictor-reference/live/reference", "backend=reference", FALSE },
  { "/predictor-reference/many/cpu", "backend=cpu", TRUE },
  { "/predictor-reference/many/reference", "backend=reference", TRUE },
};

typedef struct
{
  const BsTestCsv *expected;
  guint n_compared;
} Comparison;

static gboolean
compare_next (const BsSignal *signal, gpointer data)
{
  Comparison *comparison = data;
  comparison->n_compared += compare (signal, comparison->expected);
  return TRUE;
}

static void
test_reference (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (BsTestCsv) bars_csv = bs_test_csv_load_shared ("bars-1m.csv.gz");
  g_autoptr (BsTestCsv) secondary_csv = bs_test_csv_load_shared ("bars-5m.csv.gz");
  g_autoptr (BsTestCsv) expected = bs_test_csv_load_shared ("probabilities-legacy.csv.gz");
  if (bars_csv == NULL || secondary_csv == NULL || expected == NULL)
    return;
  g_autoptr (BsBarSeries) bars = bs_test_csv_series (bars_csv, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_test_csv_series (secondary_csv, 5 * MINUTE_US, BS_STAMP_START);
  g_autofree char *model_path
    = g_build_filename (g_getenv ("BS_SHARED"), "data", "reference", "model-legacy.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  g_assert_no_error (error);

  BsOptions options;
  bs_options_init (&options);
  g_assert_true (bs_options_set (&options, way->backend, NULL));
  g_autoptr (BsPredictor) predictor = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_START);
  for (guint64 index = 0; index < bs_bar_series_end (secondary); index++)
    {
      BsBar bar;
      bs_bar_series_get (secondary, index, &bar);
      g_assert_true (bs_predictor_push_secondary (predictor, &bar, NULL));
    }

  guint64 n_bars = bs_bar_series_end (bars);
  Comparison comparison = { .expected = expected };
  if (way->many)
    bs_predictor_push_many (predictor, bars, 0, n_bars, compare_next, &comparison, &error);
  for (guint64 index = 0; index < n_bars && !way->many; index++)
    {
      BsBar bar;
      BsSignal signal;
      bs_bar_series_get (bars, index, &bar);
      g_assert_true (bs_predictor_push (predictor, &bar, &signal, NULL));
      compare_next (&signal, &comparison);
    }
  g_assert_no_error (error);
  /* The newest bar's row is not final: a live prediction has not seen it. */
  g_assert_cmpuint (comparison.n_compared, ==, expected->n_rows - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    g_test_add_data_func (ways[i].name, &ways[i], test_reference);
  return g_test_run ();
}
