/* test-prune.c: the units that do nothing go first; what stays answers as before; the switch runs the variant and nothing else */
#include <math.h>
#include <string.h>

#include "inference/model/bs-safetensors-write.h"
#include "inference/predict/bs-predictor.h"
#include "inference/train/bs-fit.h"
#include "inference/train/bs-prune.h"
#include "tests/bs-test-bars.h"

#define N_ROWS 400
#define STEPS 5

static float *
made_up_rows (guint n_inputs)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  float *rows = g_new (float, (gsize) N_ROWS *n_inputs);

  for (gsize i = 0; i < (gsize) N_ROWS * n_inputs; i++)
    rows[i] = (float) g_rand_double_range (random, -2, 2);
  return rows;
}

/* Largest difference of a probability over all windows. */
static double
largest_difference (const BsModel *a, const BsModel *b, const float *rows)
{
  const BsModel *models[] = { a, b };
  const BsFitRows range = { a->sequence_length - 1, N_ROWS };
  const BsFitData data = { .inputs = rows };
  float *logits[2] = { NULL, NULL };
  const gsize n = range.end - range.begin;
  double largest = 0;

  for (guint i = 0; i < 2; i++)
    {
      BsParameterLayout layout;
      g_autofree float *values = NULL;

      bs_parameter_layout_init (&layout, models[i]);
      values = g_new (float, layout.n);
      bs_parameters_read (&layout, models[i], values);
      logits[i] = g_new (float, n *BS_N_CLASSES);
      bs_fit_logits (&layout, values, &data, range, logits[i]);
    }
  for (gsize i = 0; i < n; i++)
    {
      double left[BS_N_CLASSES], right[BS_N_CLASSES];

      bs_fit_softmax (logits[0] + i * BS_N_CLASSES, a->temperature, left);
      bs_fit_softmax (logits[1] + i * BS_N_CLASSES, b->temperature, right);
      for (guint klass = 0; klass < BS_N_CLASSES; klass++)
        largest = MAX (largest, fabs (left[klass] - right[klass]));
    }
  g_free (logits[0]);
  g_free (logits[1]);
  return largest;
}

static void
zero_column (const float *matrix, guint rows, guint columns, guint column)
{
  for (guint row = 0; row < rows; row++)
    ((float *) matrix)[row * columns + column] = 0;
}

/* Three units of each layer, other ones in each, lead nowhere. */
static void
add_idle_units (BsModel *model)
{
  static const guint idle[2][3] = { { 0, 4, 9 }, { 2, 3, 7 } };
  const guint H = model->hidden;

  for (guint k = 0; k < 2; k++)
    for (guint i = 0; i < 3; i++)
      {
        zero_column (model->layers[k].w_hh, 4 * H, H, idle[k][i]);
        if (k == 0)
          zero_column (model->layers[1].w_ih, 4 * H, H, idle[k][i]);
        else
          zero_column (model->linear[0].weight, model->linear[0].n_outputs, H, idle[k][i]);
      }
}

static void
test_idle_units (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (4, 10, 2, STEPS, 3);
  g_autofree float *rows = made_up_rows (4);
  g_autoptr (BsModel) pruned = NULL, more = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL, twice = NULL;

  model->temperature = 0.5;
  add_idle_units (model);
  pruned = bs_prune (model, 0.7, rows, N_ROWS, NULL, NULL, NULL);
  g_assert_cmpuint (pruned->hidden, ==, 7);
  g_assert_cmpuint (pruned->n_layers, ==, 2);
  g_assert_cmpuint (pruned->linear[0].n_inputs, ==, 7);
  g_assert_cmpfloat (largest_difference (model, pruned, rows), <, 1e-6); /* sums of FP32 in another order */

  /* one more is missed */
  more = bs_prune (model, 0.6, rows, N_ROWS, NULL, NULL, NULL);
  g_assert_cmpuint (more->hidden, ==, 6);
  g_assert_cmpfloat (largest_difference (model, more, rows), >, 1e-4);

  /* the same again, to the bit; and into a file beside the full one */
  again = bs_prune (model, 0.7, rows, N_ROWS, NULL, NULL, NULL);
  bytes = bs_model_to_bytes (model, pruned, NULL, &error);
  g_assert_no_error (error);
  twice = bs_model_to_bytes (model, again, NULL, &error);
  g_assert_true (g_bytes_equal (bytes, twice));
}

/* A unit that always gives the same is worth nothing but its bias. */
static void
test_constant_unit (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (4, 10, 1, STEPS, 5);
  g_autofree float *rows = made_up_rows (4);
  g_autoptr (BsModel) pruned = NULL;
  const guint H = 10, unit = 6;
  float *bias = (float *) model->layers[0].bias, *weight = (float *) model->linear[0].weight;

  /* input and output gates open, forget gate shut, candidate 1: h = tanh (1) at every step */
  for (guint gate = 0; gate < 4; gate++)
    {
      memset ((float *) model->layers[0].w_ih + (gate * H + unit) * 4, 0, 4 * sizeof (float));
      memset ((float *) model->layers[0].w_hh + (gate * H + unit) * H, 0, H * sizeof (float));
      bias[gate * H + unit] = gate == 1 ? -30 : 30;
    }
  zero_column (model->layers[0].w_hh, 4 * H, H, unit);
  for (guint row = 0; row < model->linear[0].n_outputs; row++)
    weight[row * H + unit] = 2;
  pruned = bs_prune (model, 0.9, rows, N_ROWS, NULL, NULL, NULL);
  g_assert_cmpuint (pruned->hidden, ==, 9);
  g_assert_cmpfloat (largest_difference (model, pruned, rows), <, 1e-5);
}

static void
test_cancel (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (4, 10, 2, STEPS, 3);
  g_autofree float *rows = made_up_rows (4);
  const gint cancel = 1;

  g_assert_null (bs_prune (model, 0.7, rows, N_ROWS, NULL, NULL, &cancel));
}

static void
test_temperature (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (4, 10, 2, STEPS, 3);
  g_autoptr (BsModel) tuned = bs_model_new_random (4, 7, 2, STEPS, 4), before = bs_model_new_random (4, 7, 2, STEPS, 4);
  g_autofree float *rows = made_up_rows (4);

  model->temperature = 1.3;
  tuned->temperature = before->temperature = 0.6;
  bs_prune_share_temperature (tuned, model);
  g_assert_cmpfloat (tuned->temperature, ==, 1.3);
  g_assert_cmpfloat (largest_difference (before, tuned, rows), <, 1e-6);
}

/* --- the switch --- */

static BsModel *
model_with_variant (const BsModel *full, const BsModel *pruned)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bs_model_to_bytes (full, pruned, NULL, &error);
  BsModel *model;

  g_assert_no_error (error);
  model = bs_model_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "m", &error);
  g_assert_no_error (error);
  return model;
}

static void
push_all (BsPredictor *predictor, const BsBarSeries *bars, guint from, guint to, BsSignal *signals)
{
  for (guint i = from; i < to; i++)
    {
      g_autoptr (GError) error = NULL;
      BsBar bar;

      bs_bar_series_get (bars, i, &bar);
      bs_predictor_push (predictor, &bar, &signals[i], &error);
      g_assert_no_error (error);
    }
}

/* Thrown between two bars: before it the answers are the full network's, after it those of the pruned one alone. */
static void
test_switch (void)
{
  const guint n = 200, at = 120;
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (1, n, 0, G_GINT64_CONSTANT (60000000), BS_STAMP_END);
  g_autoptr (BsModel) full = bs_model_new_random (BS_N_FEATURES, 24, 2, STEPS, 1);
  g_autoptr (BsModel) small = bs_model_new_random (BS_N_FEATURES, 9, 2, STEPS, 2);
  g_autoptr (BsModel) both = NULL;
  BsOptions options, on, unknown;
  g_autoptr (GError) error = NULL;
  g_autofree BsSignal *by_full = g_new0 (BsSignal, n), *by_small = g_new0 (BsSignal, n), *by_both = g_new0 (BsSignal, n);

  for (guint i = 0; i < BS_N_FEATURES; i++)
    ((double *) full->scale)[i] = ((double *) small->scale)[i] = 1000;
  both = model_with_variant (full, small);
  bs_options_init (&options);
  on = unknown = options;
  on.value[BS_OPTION_PRUNE] = unknown.value[BS_OPTION_PRUNE] = TRUE;
  {
    g_autoptr (BsPredictor) first = bs_predictor_new (full, &options, 0, 0, BS_STAMP_END, &error);
    g_autoptr (BsPredictor) second = bs_predictor_new (small, &options, 0, 0, BS_STAMP_END, &error);
    g_autoptr (BsPredictor) predictor = bs_predictor_new (both, &options, 0, 0, BS_STAMP_END, &error);

    push_all (first, bars, 0, n, by_full);
    push_all (second, bars, 0, n, by_small);
    push_all (predictor, bars, 0, at, by_both);
    g_assert_true (bs_predictor_set_options (predictor, &on, &error));
    push_all (predictor, bars, at, n, by_both);
    g_assert_cmpint (bs_predictor_options (predictor)->pruned, ==, BS_VARIANT_THERE);
    g_assert_true (bs_predictor_model (predictor) == both);

    /* the full network has no variant */
    g_assert_false (bs_predictor_set_options (first, &on, &error));
    g_assert_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE);
    g_clear_error (&error);
    g_assert_cmpint (bs_predictor_options (first)->pruned, ==, BS_VARIANT_ABSENT);
  }
  for (guint i = 0; i < n; i++)
    {
      const BsSignal *expected = i < at ? &by_full[i] : &by_small[i];

      g_assert_cmpmem (by_both[i].probabilities, sizeof by_both[i].probabilities, expected->probabilities,
                       sizeof expected->probabilities);
    }
  g_assert_cmpfloat (by_full[n - 1].confidence, !=, by_small[n - 1].confidence);
  g_assert_null (bs_predictor_new (full, &unknown, 0, 0, BS_STAMP_END, &error));
  g_assert_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prune/idle-units", test_idle_units);
  g_test_add_func ("/prune/constant-unit", test_constant_unit);
  g_test_add_func ("/prune/cancel", test_cancel);
  g_test_add_func ("/prune/temperature", test_temperature);
  g_test_add_func ("/prune/switch", test_switch);
  return g_test_run ();
}
