/* test-trainer.c: what a training learns from, that nothing of the future is in it, how it is scored, and the model that comes of it */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "inference/model/bs-json.h"
#include "inference/train/bs-leak-check.h"
#include "inference/train/bs-parameters.h"
#include "inference/train/bs-random.h"
#include "inference/train/bs-trainer.h"
#include "tests/bs-test-walk.h"

#define N_BARS 1200
#define STEPS 6

static BsBarSeries *
five_minutes (const BsBarSeries *primary)
{
  BsBarSeries *series
    = bs_bar_series_new (0, 5 * bs_bar_series_bar_length (primary), bs_bar_series_stamp (primary));
  BsBar bar, longer = { 0 };

  for (guint64 i = 0; i < bs_bar_series_end (primary); i++)
    {
      bs_bar_series_get (primary, i, &bar);
      if (i % 5 == 0)
        longer = bar;
      longer.high = fmax (longer.high, bar.high);
      longer.low = fmin (longer.low, bar.low);
      longer.close = bar.close;
      longer.time_us = bar.time_us;
      if (i % 5 == 4)
        g_assert_true (bs_bar_series_append (series, &longer, NULL));
    }
  return series;
}

/* A set with a secondary series, its parts and the view of them. */
typedef struct
{
  BsBarSeries *primary, *secondary;
  BsTrainingSet *set;
  BsTrainingParts parts;
  BsTrainingView *view;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->primary = bs_test_walk (3, N_BARS, 0.5);
  self->secondary = five_minutes (self->primary);
  self->set = bs_training_set_new (self->primary, self->secondary, STEPS, 2, 0, &error);
  g_assert_no_error (error);
  g_assert_true (bs_training_parts (self->set, 5, 2, &self->parts, &error));
  g_assert_no_error (error);
  self->view = bs_training_view_new (self->set, self->parts.training, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  bs_training_view_free (self->view);
  bs_training_set_free (self->set);
  bs_bar_series_free (self->primary);
  bs_bar_series_free (self->secondary);
}

static void
expect_leak (gboolean clean, GError **error, const char *what)
{
  g_assert_false (clean);
  g_assert_error (*error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_LEAK);
  g_assert_nonnull (strstr ((*error)->message, what));
  g_clear_error (error);
}

static void
test_clean (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  bs_leak_check_rows (self->set, &error);
  g_assert_no_error (error);
  for (guint fold = 0; fold <= 5; fold++)
    {
      BsTrainingParts parts;

      g_assert_true (bs_training_parts (self->set, 5, fold, &parts, &error));
      g_autoptr (BsTrainingView) view = bs_training_view_new (self->set, parts.training, NULL);
      bs_leak_check_parts (self->set, &parts, view, &error);
      g_assert_no_error (error);
    }
}

/* Planted: the label of every bar is that of the bar before: what it is told to foresee has already happened. */
static void
test_label_leak (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  memmove (self->set->change + 1, self->set->change, (N_BARS - 1) * sizeof (double));
  expect_leak (bs_leak_check_rows (self->set, &error), &error, "label");
}

/* Planted: labels of a view by other changes than those of their rows. */
static void
test_view_label_leak (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  memmove (self->view->labels + 1, self->view->labels, N_BARS - 1);
  expect_leak (bs_leak_check_parts (self->set, &self->parts, self->view, &error), &error, "label");
}

/* Planted: each bar sees the secondary bar that it lies in, which has not closed yet. */
static void
test_secondary_leak (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarSeries) early
    = bs_bar_series_new (0, bs_bar_series_bar_length (self->secondary), BS_STAMP_END);
  const BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;

  for (guint64 i = 0; i < bs_bar_series_end (self->secondary); i++)
    {
      BsBar bar;

      bs_bar_series_get (self->secondary, i, &bar);
      bar.time_us -= bs_bar_series_bar_length (self->secondary);
      g_assert_true (bs_bar_series_append (early, &bar, NULL));
    }
  g_assert_true (bs_features_batch (self->set->primary, early, &options, 0, N_BARS, self->set->features, NULL));
  expect_leak (bs_leak_check_rows (self->set, &error), &error, "tf2_");
}

/* Planted: legacy features mark a swing a bar before it is known. */
static void
test_swing_leak (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const BsFeatureOptions options = { .set = BS_FEATURE_SET_LEGACY, .hurst_every = 10 };

  g_assert_true (
    bs_features_batch (self->set->primary, self->set->secondary, &options, 0, N_BARS, self->set->features, NULL));
  expect_leak (bs_leak_check_rows (self->set, &error), &error, "was");
}

/* Planted: parts that touch, and a scaler of all rows. */
static void
test_part_leaks (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BsTrainingParts near = self->parts, late = self->parts;

  near.training.end = near.validation.begin - STEPS - 1; /* of 8 */
  expect_leak (bs_leak_check_parts (self->set, &near, self->view, &error), &error, "closer");
  late.test.end = N_BARS;
  expect_leak (bs_leak_check_parts (self->set, &late, self->view, &error), &error, "not known");
  g_autoptr (BsTrainingView) all
    = bs_training_view_new (self->set, (BsFitRows){ self->parts.training.begin, N_BARS - 2 }, NULL);
  expect_leak (bs_leak_check_parts (self->set, &self->parts, all, &error), &error, "training part");
}

static void
test_view (Fixture *self, gconstpointer data)
{
  const double *close = bs_bar_series_column (self->primary, BS_COLUMN_CLOSE);
  const BsFitRows rows = self->parts.training;
  double weight = 0, sum = 0, squares = 0;

  g_assert_cmpfloat (self->set->change[500], ==, (close[502] - close[500]) / close[500]);
  g_assert_true (isnan (self->set->change[N_BARS - 2]) && isnan (self->set->change_before[1]));
  for (gsize r = rows.begin; r < rows.end; r++)
    {
      weight += self->view->class_weights[self->view->labels[r]];
      sum += self->set->change[r];
    }
  sum /= (double) (rows.end - rows.begin);
  for (gsize r = rows.begin; r < rows.end; r++)
    squares += pow (self->set->change[r] - sum, 2);
  g_assert_cmpfloat_with_epsilon (self->view->threshold, sqrt (squares / (double) (rows.end - rows.begin)) / 2, 1e-15);
  g_assert_cmpfloat_with_epsilon (weight / (double) (rows.end - rows.begin), 1, 1e-5);
  g_assert_true (self->view->unused[0] && self->view->unused[3]); /* open, close */
  g_assert_false (self->view->unused[BS_FEATURE_ATR]);
  g_assert_cmpfloat (self->view->inputs[600 * BS_N_FEATURES + 3], ==, 0);
  g_assert_cmpfloat_with_epsilon (self->view->inputs[600 * BS_N_FEATURES + BS_FEATURE_ATR],
                                  (self->set->features[600 * BS_N_FEATURES + BS_FEATURE_ATR]
                                   - self->view->mean[BS_FEATURE_ATR])
                                    / self->view->scale[BS_FEATURE_ATR],
                                  1e-5);
}

/* --- the score --- */

static void
test_score (void)
{
  enum
  {
    N = 1000
  };
  BsScoredBar bars[N] = { 0 };
  BsScore score;

  /* right on 70 % with confidence 0.8; always hold is right on half */
  for (guint i = 0; i < N; i++)
    {
      const guint label = i % 2 ? BS_CLASS_HOLD : i % 4 ? BS_CLASS_LONG : BS_CLASS_SHORT;
      const guint guess = (i / 4) % 10 < 7 ? label : (label + 1) % BS_N_CLASSES;

      bars[i].label = (guint8) label;
      for (guint c = 0; c < BS_N_CLASSES; c++)
        bars[i].probabilities[c] = c == guess ? 0.8 : 0.1;
      bars[i].baselines[BS_BASELINE_MAJORITY] = BS_CLASS_HOLD;
      bars[i].baselines[BS_BASELINE_LAST_DIRECTION] = BS_CLASS_LONG;
      bars[i].baselines[BS_BASELINE_LOGISTIC] = BS_CLASS_SHORT;
    }
  bs_score (&score, bars, N, 1);
  g_assert_cmpfloat_with_epsilon (score.accuracy.value, 0.7, 0.005);
  g_assert_cmpfloat (score.accuracy.low, <, score.accuracy.value);
  g_assert_cmpfloat (score.accuracy.high, >, score.accuracy.value);
  /* 50 blocks of 20 bars, right on all or on 0.4 of a block in turn: 0.3 of deviation over sqrt (50), twice to each side */
  g_assert_cmpfloat_with_epsilon (score.accuracy.high - score.accuracy.low, 4 * 0.3 / sqrt (50), 0.03);
  g_assert_cmpfloat_with_epsilon (score.balanced_accuracy.value, 0.7, 0.005);
  g_assert_cmpfloat_with_epsilon (score.calibration_error.value, 0.1, 0.005);
  g_assert_cmpfloat_with_epsilon (score.brier.value, 0.7 * 0.06 + 0.3 * (0.64 + 0.81 + 0.01), 0.01);
  g_assert_cmpuint (score.best_baseline, ==, BS_BASELINE_MAJORITY);
  g_assert_cmpfloat (score.baselines[BS_BASELINE_MAJORITY].value, ==, 0.5);
  g_assert_cmpfloat_with_epsilon (score.advantage.value, score.accuracy.value - 0.5, 1e-12);
  g_assert_cmpuint (score.bins[8].n, ==, N);
  g_assert_cmpfloat_with_epsilon (score.bins[8].hit_rate.value, 0.7, 0.005);
  g_assert_cmpuint (score.verdict, ==, BS_SCORE_BETTER);
  g_autofree char *better = bs_score_verdict_words (&score, BS_CLASS_HOLD);
  g_assert_true (g_str_has_prefix (better, "Better than always saying hold"));

  for (guint i = 0; i < N; i++)
    for (guint c = 0; c < BS_N_CLASSES; c++)
      bars[i].probabilities[c] = c == BS_CLASS_HOLD ? 0.6 : 0.2;
  bs_score (&score, bars, N, 1);
  g_assert_cmpfloat (score.accuracy.value, ==, 0.5);
  g_assert_true (isnan (score.precision[BS_CLASS_LONG].value)); /* never said */
  g_assert_true (isnan (score.signals_precision.value));
  g_assert_cmpuint (score.verdict, ==, BS_SCORE_NO_BETTER);
  g_autofree char *no_better = bs_score_verdict_words (&score, BS_CLASS_HOLD);
  g_assert_true (g_str_has_prefix (no_better, "No better than always saying hold"));
}

/* --- a training --- */

static void
small_options (BsTrainOptions *options)
{
  bs_train_options_init (options);
  options->hidden = 8;
  options->n_layers = 1;
  options->sequence_length = STEPS;
  options->epochs = 3;
  options->name = "Tested \"by\" us";
  options->instrument = "WALK";
}

static float *
numbers_of (const BsModel *model, gsize *n)
{
  BsParameterLayout layout;
  float *values;

  bs_parameter_layout_init (&layout, model);
  values = g_new (float, layout.n);
  bs_parameters_read (&layout, model, values);
  *n = layout.n * sizeof (float);
  return values;
}

static void
count_progress (const BsTrainProgress *progress, gpointer user_data)
{
  double *fraction = user_data;

  g_assert_cmpfloat (progress->fraction, >, *fraction);
  g_assert_cmpfloat (progress->fraction, <=, 1);
  g_assert_cmpuint (progress->n_fits, ==, 6);
  *fraction = progress->fraction;
}

static void
test_model (void)
{
  g_autoptr (BsBarSeries) primary = bs_test_walk (4, N_BARS, 0.7);
  g_autoptr (BsBarSeries) secondary = five_minutes (primary);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("barscope-train-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "m.safetensors", NULL);
  BsTrainOptions options;
  double fraction = 0;
  gsize size;

  small_options (&options);
  g_autoptr (BsTrainResult) result = bs_train (primary, secondary, &options, count_progress, &fraction, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (fraction, ==, 1);
  g_assert_true (bs_train_result_save (result, path, &error));
  g_assert_no_error (error);
  g_autoptr (BsModel) loaded = bs_model_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (loaded->hash, ==, result->model->hash);
  g_assert_cmpuint (loaded->hidden, ==, 8);
  g_assert_cmpuint (loaded->sequence_length, ==, STEPS);
  g_assert_cmpfloat_with_epsilon (loaded->temperature, result->temperature, 1e-12);
  g_assert_cmpstr (bs_model_metadata (loaded, "name"), ==, "Tested \"by\" us");
  g_assert_nonnull (strstr (bs_model_metadata (loaded, "trained_on"), "1 threads"));
  /* inputs without weight have none */
  for (guint u = 0; u < 32; u++)
    g_assert_cmpfloat (loaded->layers[0].w_ih[u * BS_N_FEATURES + 3], ==, 0);
  const char *validation = bs_model_metadata (loaded, "validation");
  g_autoptr (BsJson) json = bs_json_parse (validation, strlen (validation), 0, &error);
  g_assert_no_error (error);
  double accuracy;
  g_assert_true (bs_json_get_number (bs_json_find (bs_json_root (json), "accuracy"), &accuracy, NULL));
  g_assert_cmpfloat_with_epsilon (accuracy, result->score.accuracy.value, 1e-4);
  g_assert_cmpuint (bs_json_length (bs_json_find (bs_json_root (json), "folds")), ==, 5);
  g_assert_cmpuint (result->int8.n, >, 1000);
  g_assert_cmpfloat (result->int8.max, <, 0.01);

  /* the same bits, whatever the number of threads; others with another seed */
  options.n_threads = 13;
  g_autoptr (BsTrainResult) threads = bs_train (primary, secondary, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autofree float *one = numbers_of (result->model, &size);
  g_autofree float *many = numbers_of (threads->model, &size);
  g_assert_cmpmem (one, size, many, size);
  g_assert_cmpfloat (result->score.brier.value, ==, threads->score.brier.value);

  /* going on from there, with the scaler as it is */
  options.epochs = 2;
  g_autoptr (BsModel) tuned = bs_fine_tune (result->model, primary, NULL, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (tuned->mean, BS_N_FEATURES * sizeof (double), result->model->mean, BS_N_FEATURES * sizeof (double));
  g_assert_cmpstr (bs_model_metadata (tuned, "instrument"), ==, "WALK");
  g_autofree float *further = numbers_of (tuned, &size);
  g_assert_cmpint (memcmp (one, further, size), !=, 0);
  for (guint u = 0; u < 32; u++)
    g_assert_cmpfloat (tuned->layers[0].w_ih[u * BS_N_FEATURES + 3], ==, 0);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_refused (void)
{
  g_autoptr (BsBarSeries) few = bs_test_walk (4, 250, 0);
  g_autoptr (BsBarSeries) enough = bs_test_walk (4, 900, 0);
  g_autoptr (GError) error = NULL;
  BsTrainOptions options;
  gint cancel = 1;

  small_options (&options);
  g_assert_null (bs_train (few, NULL, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_BARS);
  g_assert_nonnull (strstr (error->message, "250 bars"));
  g_clear_error (&error);
  g_assert_null (bs_train (enough, NULL, &options, NULL, NULL, &cancel, &error));
  g_assert_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_CANCELLED);
  g_clear_error (&error);
  options.folds = 4;
  g_assert_null (bs_train (enough, NULL, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_OPTIONS);
  g_assert_nonnull (strstr (error->message, "folds"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *, gconstpointer);
  } with_set[] = {
    { "clean", test_clean },
    { "label-leak", test_label_leak },
    { "view-label-leak", test_view_label_leak },
    { "secondary-leak", test_secondary_leak },
    { "swing-leak", test_swing_leak },
    { "part-leaks", test_part_leaks },
    { "view", test_view },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (with_set); i++)
    {
      g_autofree char *path = g_strconcat ("/trainer/set/", with_set[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, with_set[i].test, tear_down);
    }
  g_test_add_func ("/trainer/score", test_score);
  g_test_add_func ("/trainer/model", test_model);
  g_test_add_func ("/trainer/refused", test_refused);
  return g_test_run ();
}
