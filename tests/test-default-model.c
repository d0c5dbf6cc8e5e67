/* test-default-model.c: the model that ships: it loads, says what it is, and does on the sample what it claims */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-file.h"
#include "inference/predict/bs-predictor.h"

#define MIN_SIGNALS 0.01
#define MAX_SIGNALS 0.15

/* What the model does on the sample. */
typedef struct
{
  const double *closes;
  gsize n_bars;
  double label_threshold; /* relative change of the next close */
  guint n, n_hits, n_in_range;
  guint n_signals[BS_N_CLASSES];
  guint n_signal_hits;
} Tally;

static BsModel *
load_model (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  BsModel *model = bs_model_load (path, &error);
  g_assert_no_error (error);
  return model;
}

static BsBarFile *
load_sample (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", name, NULL);
  g_autoptr (GError) error = NULL;
  BsBarFile *file = bs_bar_file_load (path, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return file;
}

static JsonObject *
load_validation (const BsModel *model)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  json_parser_load_from_data (parser, bs_model_metadata (model, "validation"), -1, &error);
  g_assert_no_error (error);
  return json_node_dup_object (json_parser_get_root (parser));
}

static void
test_card (void)
{
  static const char *const keys[] = { "name",       "description", "instrument", "bar_length_s", "trained_from",
                                      "trained_to", "trained_on",  "trained_by", "validation" };
  static const char *const numbers[] = {
    "accuracy",      "balanced_accuracy", "baseline_majority", "baseline_last_direction", "expected_calibration_error",
    "signals_share", "signals_precision"
  };
  g_autoptr (BsModel) model = load_model ();

  g_assert_cmpuint (model->hidden, ==, 64);
  g_assert_cmpuint (model->n_layers, ==, 2);
  g_assert_cmpuint (model->n_inputs, ==, 62);
  g_assert_cmpuint (model->sequence_length, ==, 20);
  g_assert_cmpint (model->feature_set, ==, BS_FEATURE_SET_CAUSAL);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_nonnull (bs_model_metadata (model, keys[i]));
  g_assert_nonnull (strstr (bs_model_metadata (model, "description"), "synthetic"));

  g_autoptr (JsonObject) validation = load_validation (model);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      double value = json_object_get_double_member (validation, numbers[i]);
      g_assert_true (value > 0 && value < 1);
    }
  g_assert_cmpfloat (json_object_get_double_member (validation, "accuracy"), >,
                     json_object_get_double_member (validation, "baseline_majority"));
  g_assert_cmpfloat (json_object_get_double_member (validation, "accuracy"), >,
                     json_object_get_double_member (validation, "baseline_last_direction"));
}

static BsClass
label_of (const Tally *tally, guint64 row)
{
  double change = (tally->closes[row + 1] - tally->closes[row]) / tally->closes[row];
  if (change > tally->label_threshold)
    return BS_CLASS_LONG;
  return change < -tally->label_threshold ? BS_CLASS_SHORT : BS_CLASS_HOLD;
}

static gboolean
on_signal (const BsSignal *signal, gpointer data)
{
  Tally *tally = data;

  if (signal->state != BS_SIGNAL_READY || signal->row + 1 >= tally->n_bars)
    return TRUE;
  BsClass label = label_of (tally, signal->row);
  tally->n++;
  tally->n_hits += signal->raw_class == label;
  tally->n_in_range += signal->in_range;
  tally->n_signals[signal->klass]++;
  tally->n_signal_hits += signal->klass != BS_CLASS_HOLD && signal->klass == label;
  return TRUE;
}

static void
run_sample (gboolean with_secondary, Tally *tally)
{
  g_autoptr (BsModel) model = load_model ();
  g_autoptr (JsonObject) validation = load_validation (model);
  g_autoptr (BsBarFile) primary = load_sample ("sample-1m.csv.gz");
  g_autoptr (BsBarFile) secondary = load_sample ("sample-5m.csv.gz");
  g_autoptr (GError) error = NULL;
  BsOptions options;

  bs_options_init (&options);
  *tally = (Tally){ .closes = bs_bar_series_column (primary->series, BS_COLUMN_CLOSE),
                    .n_bars = bs_bar_series_length (primary->series),
                    .label_threshold = json_object_get_double_member (validation, "label_threshold") };
  g_assert_cmpfloat (tally->label_threshold, >, 0);

  g_autoptr (BsPredictor) predictor
    = bs_predictor_new (model, &options, 0, bs_bar_series_bar_length (primary->series), BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (secondary->series), BS_STAMP_END);
  for (guint64 i = 0; with_secondary && i < bs_bar_series_end (secondary->series); i++)
    {
      BsBar bar;
      bs_bar_series_get (secondary->series, i, &bar);
      bs_predictor_push_secondary (predictor, &bar, &error);
      g_assert_no_error (error);
    }
  bs_predictor_push_many (predictor, primary->series, 0, bs_bar_series_end (primary->series), on_signal, tally, &error);
  g_assert_no_error (error);
  tally->closes = NULL;
}

static void
check_sample (gboolean with_secondary)
{
  g_autoptr (BsModel) model = load_model ();
  g_autoptr (JsonObject) validation = load_validation (model);
  Tally tally;

  run_sample (with_secondary, &tally);
  double accuracy = (double) tally.n_hits / tally.n;
  guint n_signals = tally.n_signals[BS_CLASS_SHORT] + tally.n_signals[BS_CLASS_LONG];
  double share = (double) n_signals / tally.n;
  double precision = (double) tally.n_signal_hits / n_signals;
  g_test_message ("accuracy %.4f over %u bars, %u short, %u long, %.3f of them right", accuracy, tally.n,
                  tally.n_signals[BS_CLASS_SHORT], tally.n_signals[BS_CLASS_LONG], precision);

  /* a demonstration with both kinds of signals, and all of it in range */
  g_assert_cmpuint (tally.n_in_range, ==, tally.n);
  g_assert_cmpfloat (share, >=, MIN_SIGNALS);
  g_assert_cmpfloat (share, <=, MAX_SIGNALS);
  g_assert_cmpuint (tally.n_signals[BS_CLASS_SHORT], >=, 20);
  g_assert_cmpuint (tally.n_signals[BS_CLASS_LONG], >=, 20);

  /* the figures of the card hold on bars that nobody has looked at. Bars of one regime go together, so that a few thousand of them
   * stray further than the interval of the mean over all says: as far as the folds do, and two standard errors of the sample */
  double low = 1, high = 0;
  JsonArray *folds = json_object_get_array_member (validation, "folds");
  for (guint f = 0; f < json_array_get_length (folds); f++)
    {
      double fold = json_object_get_double_member (json_array_get_object_element (folds, f), "accuracy");
      low = fmin (low, fold);
      high = fmax (high, fold);
    }
  double slack = 2 * sqrt (accuracy * (1 - accuracy) / tally.n);
  g_assert_cmpfloat (accuracy, >, low - slack);
  g_assert_cmpfloat (accuracy, <, high + slack);
  double claimed = json_object_get_double_member (validation, "signals_precision");
  g_assert_cmpfloat (fabs (precision - claimed), <, 3 * sqrt (claimed * (1 - claimed) / n_signals));
}

static void
test_sample (void)
{
  check_sample (TRUE);
}

/* It was trained to do without the 5-minute series, too. */
static void
test_sample_alone (void)
{
  check_sample (FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/default-model/card", test_card);
  g_test_add_func ("/default-model/sample", test_sample);
  g_test_add_func ("/default-model/sample-alone", test_sample_alone);
  return g_test_run ();
}
