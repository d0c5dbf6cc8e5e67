/* test-explain-monitor.c: the newest answer is explained behind the worker's back, and nothing where nobody looks */
#include <math.h>

#include "inference/model/bs-safetensors-write.h"
#include "inference/train/bs-explain-monitor.h"
#include "tests/bs-test-bars.h"

#define N_BARS 120
#define WAIT_USEC (20 * G_USEC_PER_SEC) /* for what takes milliseconds, on a busy machine */

static BsPredictor *
new_predictor (BsModel *model, gboolean prune)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  BsPredictor *predictor;

  bs_options_init (&options);
  options.value[BS_OPTION_PRUNE] = prune;
  predictor = bs_predictor_new (model, &options, 0, 0, BS_STAMP_END, &error);
  g_assert_no_error (error);
  bs_predictor_set_log_slow (predictor, FALSE);
  return predictor;
}

static void
push (BsPredictor *predictor, BsExplainMonitor *monitor, const BsBarSeries *bars, guint from, guint to, BsSignal *signal)
{
  for (guint i = from; i < to; i++)
    {
      g_autoptr (GError) error = NULL;
      BsBar bar;

      bs_bar_series_get (bars, i, &bar);
      bs_predictor_push (predictor, &bar, signal, &error);
      g_assert_no_error (error);
      bs_explain_monitor_observe (monitor, predictor, signal);
    }
}

/* Until the bar @row is explained; observed again and again, as the worker only tries the lock. */
static void
wait_for (BsExplainMonitor *monitor, BsPredictor *predictor, const BsSignal *signal, BsWhy *why)
{
  const gint64 until = g_get_monotonic_time () + WAIT_USEC;
  guint generation = 0;

  while (!bs_explain_monitor_get (monitor, &generation, why) || why->row != signal->row)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      bs_explain_monitor_observe (monitor, predictor, signal);
      g_usleep (2000);
    }
}

static void
count (gpointer data)
{
  g_atomic_int_inc ((gint *) data);
}

static BsModel *
new_model (void)
{
  g_autoptr (BsModel) full = bs_model_new_random (BS_N_FEATURES, 16, 2, 5, 1);
  g_autoptr (BsModel) small = bs_model_new_random (BS_N_FEATURES, 7, 2, 5, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  BsModel *model;

  for (guint i = 0; i < BS_N_FEATURES; i++)
    ((double *) full->scale)[i] = ((double *) small->scale)[i] = 1000;
  bytes = bs_model_to_bytes (full, small, NULL, &error);
  g_assert_no_error (error);
  model = bs_model_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "m", &error);
  g_assert_no_error (error);
  return model;
}

static void
test_newest (void)
{
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (1, N_BARS, 0, G_GINT64_CONSTANT (60000000), BS_STAMP_END);
  g_autoptr (BsModel) model = new_model ();
  double whole[2];

  for (guint prune = 0; prune < 2; prune++)
    {
      g_autoptr (BsPredictor) predictor = new_predictor (model, prune != 0);
      gint notified = 0;
      g_autoptr (BsExplainMonitor) monitor = bs_explain_monitor_new (count, &notified);
      BsSignal signal;
      BsWhy why;
      double by_feature = 0, by_bar = 0;

      push (predictor, monitor, bars, 0, N_BARS, &signal);
      wait_for (monitor, predictor, &signal, &why);
      g_assert_cmpint (why.time_us, ==, signal.time_us);
      g_assert_cmpint (why.klass, ==, signal.raw_class);
      g_assert_cmpuint (why.n_bars, ==, 5);
      g_assert_true (why.complete);
      for (guint i = 0; i < BS_N_FEATURES; i++)
        by_feature += why.features[i];
      for (guint i = 0; i < why.n_bars; i++)
        by_bar += why.bars[i];
      g_assert_cmpfloat_with_epsilon (by_feature, by_bar, 1e-9);
      g_assert_cmpfloat (fabs (by_feature - why.whole), <=, MAX (0.01 * fabs (why.whole), BS_EXPLAIN_SMALL));
      g_assert_cmpfloat (fabs (why.features[why.order[0]]), >=, fabs (why.features[why.order[1]]));
      g_assert_cmpint (g_atomic_int_get (&notified), >=, 1);
      whole[prune] = why.whole;
    }
  /* with prune=on the variant's answer is explained */
  g_assert_cmpfloat (whole[0], !=, whole[1]);
}

static void
test_unwanted (void)
{
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (1, N_BARS, 0, G_GINT64_CONSTANT (60000000), BS_STAMP_END);
  g_autoptr (BsModel) model = new_model ();
  g_autoptr (BsPredictor) predictor = new_predictor (model, FALSE);
  g_autoptr (BsExplainMonitor) monitor = bs_explain_monitor_new (NULL, NULL);
  guint generation = 0;
  BsSignal signal;
  BsWhy why;

  bs_explain_monitor_set_wanted (monitor, FALSE);
  push (predictor, monitor, bars, 0, N_BARS, &signal);
  g_usleep (300000); /* longer than the thread sleeps */
  g_assert_false (bs_explain_monitor_get (monitor, &generation, &why));
  bs_explain_monitor_set_wanted (monitor, TRUE);
  wait_for (monitor, predictor, &signal, &why);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain-monitor/newest", test_newest);
  g_test_add_func ("/explain-monitor/unwanted", test_unwanted);
  return g_test_run ();
}
