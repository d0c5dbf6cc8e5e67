/* test-fidelity-monitor.c: what the monitor says is what comparing by hand says; behind, it leaves out and never holds up */
#include <math.h>
#include <string.h>

#include "app/bench/bs-fidelity.h"
#include "app/feeds/bs-bar-file.h"
#include "inference/predict/bs-fidelity-monitor.h"
#include "tests/bs-test-bars.h"
#include "tests/bs-test-memory.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define FLUSH_BARS 32 /* fewer than may wait */

static BsPredictor *
predictor_new (BsModel *model, const char *const *assignments, gsize max_bars)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  for (; *assignments != NULL; assignments++)
    bs_options_set (&options, *assignments, &error);
  g_assert_no_error (error);
  BsPredictor *self = bs_predictor_new (model, &options, max_bars, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  return self;
}

static void
set (BsPredictor *predictor, const char *assignment)
{
  g_autoptr (GError) error = NULL;
  BsOptions options = *bs_predictor_options (predictor);
  bs_options_set (&options, assignment, &error);
  bs_predictor_set_options (predictor, &options, &error);
  g_assert_no_error (error);
}

/* Bars with the secondary ones that close with them. */
typedef struct
{
  BsTestBars primary, secondary;
  BsBar next_secondary;
} Source;

static void
source_init (Source *self, guint64 seed)
{
  bs_test_bars_init (&self->primary, seed, MINUTE_US);
  bs_test_bars_init (&self->secondary, seed + 1, 5 * MINUTE_US);
  bs_test_bars_next (&self->secondary, &self->next_secondary);
}

static void
source_push (Source *self, BsPredictor *const *predictors, guint n, BsSignal *signals)
{
  g_autoptr (GError) error = NULL;
  BsBar bar;
  bs_test_bars_next (&self->primary, &bar);
  for (; self->next_secondary.time_us <= bar.time_us; bs_test_bars_next (&self->secondary, &self->next_secondary))
    for (guint i = 0; i < n; i++)
      g_assert_true (bs_predictor_push_secondary (predictors[i], &self->next_secondary, &error));
  for (guint i = 0; i < n; i++)
    g_assert_true (bs_predictor_push (predictors[i], &bar, &signals[i], &error));
}

/* Over the sample with INT8: what `barscope bench` says of INT8. */
static void
test_sample (void)
{
  g_autofree char *dir = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", "resources", NULL);
  g_autofree char *model_path = g_build_filename (dir, "default-model.safetensors", NULL);
  g_autofree char *primary_path = g_build_filename (dir, "sample-1m.csv.gz", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  g_assert_no_error (error);
  g_autoptr (BsBarFile) file = bs_bar_file_load (primary_path, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (BsBarSeries) bars = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsPredictor) predictor
    = predictor_new (model, (const char *const[]){ "precision=int8", "hurst-every=10", NULL }, 0);
  g_autoptr (BsFidelityMonitor) monitor = bs_fidelity_monitor_new (1);
  BsSignal signal;
  for (guint i = 0; i < 700; i++)
    {
      BsBar bar;
      bs_bar_series_get (file->series, i, &bar);
      g_assert_true (bs_bar_series_append (bars, &bar, &error));
      g_assert_true (bs_predictor_push (predictor, &bar, &signal, &error));
      bs_fidelity_monitor_observe (monitor, predictor, &signal);
      if (i % FLUSH_BARS == 0)
        bs_fidelity_monitor_flush (monitor);
    }
  bs_fidelity_monitor_flush (monitor);
  BsFidelityReport report;
  bs_fidelity_monitor_report (monitor, &report);

  g_autoptr (GArray) results = bs_fidelity_measure (model, bars, NULL, &error);
  g_assert_no_error (error);
  const BsFidelity *expected = NULL;
  for (guint i = 0; i < results->len; i++)
    if (strcmp (g_array_index (results, BsFidelity, i).name, "cpu/int8") == 0)
      expected = &g_array_index (results, BsFidelity, i);
  g_assert_nonnull (expected);

  const BsFidelityFigures *network = &report.session[BS_FIDELITY_NETWORK];
  const BsFidelityFigures *all = &report.session[BS_FIDELITY_ALL];
  g_assert_cmpuint (report.n_left_out, ==, 0);
  g_assert_cmpuint (network->n, ==, expected->n);
  g_assert_cmpuint (network->n_agree, ==, expected->n_agree);
  /* The batch of bs_fidelity_measure() may differ in its last bits. */
  g_assert_cmpfloat_with_epsilon (bs_fidelity_figures_mean (network), expected->mean, 1e-6);
  g_assert_cmpfloat_with_epsilon (network->max, expected->max, 1e-6);
  g_assert_cmpfloat (network->max, >, 1e-5);
  g_assert_cmpuint (network->n_over, ==, 0);
  /* The Hurst cache is on: that is seen as well, and apart from the network. */
  g_assert_cmpuint (all->n, ==, network->n);
  g_assert_cmpfloat (all->max, >, network->max);
}

/* The plain path against itself is 0 to the bit, whatever else is on: every way of having features, both feature sets,
 * secondary bars, bars that have left. With a switch that changes the features it is what two predictors say. */
static void
test_plain (void)
{
  static const char *const live[][5] = {
    { "backend=reference", "hurst-cache=off" },
    { "backend=reference", "hurst-cache=off", "incremental=off" },
    { "backend=reference", "hurst-every=7" },
    { "backend=reference", "hurst-cache=off", "incremental=off", "tail-window=on" },
  };
  for (guint round = 0; round < 2 * G_N_ELEMENTS (live); round++)
    {
      guint way = round / 2;
      g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 20, round + 1);
      model->feature_set = round % 2 == 0 ? BS_FEATURE_SET_CAUSAL : BS_FEATURE_SET_LEGACY;
      g_autoptr (BsPredictor) plain
        = predictor_new (model, (const char *const[]){ "backend=reference", "hurst-cache=off", NULL }, 0);
      g_autoptr (BsPredictor) predictor = predictor_new (model, live[way], 0);
      g_autoptr (BsFidelityMonitor) monitor = bs_fidelity_monitor_new (3);
      BsFidelityFigures expected = { 0 };
      Source source;
      guint64 n_ready = 0;
      source_init (&source, round + 5);
      for (guint i = 0; i < 400; i++)
        {
          BsSignal signals[2];
          source_push (&source, (BsPredictor *const[]){ predictor, plain }, 2, signals);
          bs_fidelity_monitor_observe (monitor, predictor, &signals[0]);
          if (signals[0].state == BS_SIGNAL_READY && n_ready++ % 3 == 0)
            bs_fidelity_figures_add (&expected, signals[0].raw_class == signals[1].raw_class,
                                     fabs (signals[0].confidence - signals[1].confidence), 0.01);
          if (i % FLUSH_BARS == 0)
            bs_fidelity_monitor_flush (monitor);
        }
      bs_fidelity_monitor_flush (monitor);
      BsFidelityReport report;
      bs_fidelity_monitor_report (monitor, &report);
      const BsFidelityFigures *all = &report.session[BS_FIDELITY_ALL];
      g_assert_cmpuint (report.n_left_out, ==, 0);
      g_assert_cmpuint (all->n, ==, expected.n);
      g_assert_cmpuint (all->n, >, 100);
      g_assert_cmpuint (all->n_agree, ==, expected.n_agree);
      g_assert_cmpfloat (all->max, ==, expected.max);
      g_assert_cmpfloat (all->sum, ==, expected.sum);
      g_assert_cmpfloat (report.session[BS_FIDELITY_NETWORK].max, ==, 0);
      if (way < 2)
        g_assert_cmpfloat (all->max, ==, 0);
      else
        g_assert_cmpfloat (all->max, >, 0);
    }
}

/* A series that has dropped its oldest bars gives the same comparison. */
static void
test_bounded (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 20, 3);
  g_autoptr (BsPredictor) predictor
    = predictor_new (model, (const char *const[]){ "backend=reference", "hurst-cache=off", NULL }, 1);
  g_autoptr (BsFidelityMonitor) monitor = bs_fidelity_monitor_new (101);
  Source source;
  BsSignal signal;
  source_init (&source, 9);
  for (guint i = 0; i < 13000; i++)
    {
      source_push (&source, &predictor, 1, &signal);
      bs_fidelity_monitor_observe (monitor, predictor, &signal);
      if (i % 2000 == 0)
        bs_fidelity_monitor_flush (monitor);
    }
  g_assert_cmpuint (bs_bar_series_first (bs_predictor_series (predictor)), >, 0);
  bs_fidelity_monitor_flush (monitor);
  BsFidelityReport report;
  bs_fidelity_monitor_report (monitor, &report);
  g_assert_cmpuint (report.session[BS_FIDELITY_ALL].n + report.n_left_out, ==, (13000 - 20) / 101 + 1);
  g_assert_cmpuint (report.session[BS_FIDELITY_ALL].n, >, 100);
  g_assert_cmpfloat (report.session[BS_FIDELITY_ALL].max, ==, 0);
}

static void
test_planted (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 3);
  g_autoptr (BsPredictor) predictor = predictor_new (model, (const char *const[]){ "precision=int8", NULL }, 0);
  g_autoptr (BsFidelityMonitor) monitor = bs_fidelity_monitor_new (1);
  Source source;
  source_init (&source, 4);
  for (guint i = 0; i < 30; i++)
    {
      BsSignal signal;
      source_push (&source, &predictor, 1, &signal);
      if (i == 20)
        signal.confidence += 0.05;
      if (i == 22)
        signal.raw_class = (signal.raw_class + 1) % BS_N_CLASSES;
      bs_fidelity_monitor_observe (monitor, predictor, &signal);
    }
  bs_fidelity_monitor_flush (monitor);
  BsFidelityReport report;
  bs_fidelity_monitor_report (monitor, &report);
  const BsFidelityFigures *network = &report.session[BS_FIDELITY_NETWORK];
  g_assert_cmpuint (network->n, ==, 27);
  g_assert_cmpuint (network->n_over, ==, 1);
  g_assert_cmpuint (network->n_agree, ==, 26);
  g_assert_cmpfloat (network->max, >, 0.035);
}

/* More than it can compare: left out and counted, all the others stand. */
static void
test_behind (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 256, 2, 60, 3);
  g_autoptr (BsPredictor) predictor = predictor_new (model, (const char *const[]){ "hurst-cache=off", NULL }, 0);
  g_autoptr (BsFidelityMonitor) monitor = bs_fidelity_monitor_new (1);
  BsFidelityReport report;
  Source source;
  BsSignal signal;
  source_init (&source, 4);
  for (guint i = 0; i < 61; i++)
    source_push (&source, &predictor, 1, &signal);
  for (guint i = 0; i < 500; i++)
    bs_fidelity_monitor_observe (monitor, predictor, &signal);
  bs_fidelity_monitor_report (monitor, &report);
  g_assert_cmpuint (report.n_left_out, >, 0);
  bs_fidelity_monitor_flush (monitor);
  bs_fidelity_monitor_report (monitor, &report);
  g_assert_cmpuint (report.session[BS_FIDELITY_ALL].n + report.n_left_out, ==, 500);
  g_assert_cmpuint (report.session[BS_FIDELITY_ALL].n, >=, 64);
  g_assert_cmpfloat (report.session[BS_FIDELITY_ALL].max, <, 1e-5);
}

/* Other switches and models begin the figures since the switch anew; the session's go on, over a reset too. */
static void
test_switches (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 3);
  g_autoptr (BsModel) other = bs_model_new_random (BS_N_FEATURES, 16, 1, 7, 3);
  g_autoptr (BsPredictor) predictor = predictor_new (model, (const char *const[]){ "precision=int8", NULL }, 0);
  g_autoptr (BsFidelityMonitor) monitor = bs_fidelity_monitor_new (1);
  BsFidelityReport report;
  Source source;
  BsSignal signal;
  guint64 expected = 0;
  source_init (&source, 4);
  for (guint i = 0; i < 80; i++)
    {
      if (i == 20)
        set (predictor, "precision=fp32");
      if (i == 40)
        {
          bs_predictor_reset (predictor);
          source_init (&source, 4);
        }
      if (i == 60)
        g_assert_true (bs_predictor_set_model (predictor, other, NULL));
      source_push (&source, &predictor, 1, &signal);
      bs_fidelity_monitor_observe (monitor, predictor, &signal);
      expected += signal.state == BS_SIGNAL_READY;
      bs_fidelity_monitor_flush (monitor);
      bs_fidelity_monitor_report (monitor, &report);
      guint64 since = report.since_switch[BS_FIDELITY_NETWORK].n;
      if (i == 19)
        {
          g_assert_cmpuint (since, ==, 17);
          g_assert_cmpfloat (report.since_switch[BS_FIDELITY_NETWORK].max, >, 1e-5);
        }
      if (i == 20 || i == 60)
        g_assert_cmpuint (since, ==, 1);
      if (i == 59)
        {
          g_assert_cmpuint (since, ==, 20 + 17);
          g_assert_cmpfloat (report.since_switch[BS_FIDELITY_NETWORK].max, <, 1e-5);
          g_assert_cmpfloat (report.session[BS_FIDELITY_NETWORK].max, >, 1e-5);
        }
    }
  g_assert_cmpuint (report.session[BS_FIDELITY_NETWORK].n, ==, expected);

  /* Off and on again. */
  bs_fidelity_monitor_set_every (monitor, 0);
  for (guint i = 0; i < 10; i++)
    bs_fidelity_monitor_observe (monitor, predictor, &signal);
  bs_fidelity_monitor_set_every (monitor, 1);
  bs_fidelity_monitor_observe (monitor, predictor, &signal);
  bs_fidelity_monitor_flush (monitor);
  bs_fidelity_monitor_report (monitor, &report);
  g_assert_cmpuint (report.session[BS_FIDELITY_NETWORK].n, ==, expected + 1);
}

static void
test_no_allocation (void)
{
  if (!bs_test_can_count_allocations ())
    {
      g_test_skip ("allocations cannot be counted in this build");
      return;
    }
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 3);
  g_autoptr (BsPredictor) predictor = predictor_new (model, (const char *const[]){ "precision=int8", NULL }, 0);
  g_autoptr (BsFidelityMonitor) monitor = bs_fidelity_monitor_new (2);
  /* Under a sanitizer a prediction may be slow enough to be told, and telling allocates. */
  bs_predictor_set_log_slow (predictor, FALSE);
  Source source;
  guint64 before = 0;
  source_init (&source, 4);
  for (guint i = 0; i < 400; i++)
    {
      BsSignal signal;
      source_push (&source, &predictor, 1, &signal);
      bs_fidelity_monitor_observe (monitor, predictor, &signal);
      if (i == 200)
        {
          bs_fidelity_monitor_flush (monitor);
          before = bs_test_allocations ();
        }
    }
  g_assert_cmpuint (bs_test_allocations (), ==, before);
}

/* It can be ended at any moment, and while somebody reads. */
static gpointer
read_reports (gpointer monitor)
{
  BsFidelityReport report;
  guint64 last = 0;
  do
    {
      bs_fidelity_monitor_report (monitor, &report);
      const BsFidelityFigures *all = &report.session[BS_FIDELITY_ALL];
      g_assert_cmpuint (all->n, >=, last);
      g_assert_cmpuint (all->n, ==, report.session[BS_FIDELITY_NETWORK].n); /* never half of one */
      g_assert_cmpuint (all->n, >=, all->n_agree);
      last = all->n;
    }
  while (last + report.n_left_out < 400);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 8, 1, 4, 3);
  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (BsPredictor) predictor = predictor_new (model, (const char *const[]){ "precision=int8", NULL }, 0);
      BsFidelityMonitor *monitor = bs_fidelity_monitor_new (1);
      GThread *reader = round == 0 ? g_thread_new ("reader", read_reports, monitor) : NULL;
      Source source;
      source_init (&source, 4);
      for (guint i = 0; i < (round == 0 ? 403 : round * 4); i++)
        {
          BsSignal signal;
          source_push (&source, &predictor, 1, &signal);
          bs_fidelity_monitor_observe (monitor, predictor, &signal);
        }
      if (reader != NULL)
        g_thread_join (reader);
      bs_fidelity_monitor_free (monitor);
    }
}

static void
test_words (void)
{
  BsOptions options;
  bs_options_init (&options);
  g_autofree char *defaults = bs_fidelity_differences (&options);
  g_assert_cmpstr (defaults, ==, "hurst-cache=on");
  g_assert_true (bs_options_set (&options, "hurst-cache=off", NULL));
  g_assert_cmpfloat (bs_fidelity_limit (&options), ==, 1e-5);
  g_autofree char *none = bs_fidelity_differences (&options);
  g_assert_cmpstr (none, ==, "");
  g_assert_true (bs_options_set (&options, "precision=int8", NULL));
  g_assert_cmpfloat (bs_fidelity_limit (&options), ==, 0.01);
  g_autofree char *int8 = bs_fidelity_differences (&options);
  g_assert_cmpstr (int8, ==, "precision=int8");
  g_assert_true (bs_options_set (&options, "precision=fp16", NULL));
  g_assert_cmpfloat (bs_fidelity_limit (&options), ==, 0.001);
}

int
main (int argc, char **argv)
{
  /* Only the CPU is compared here. */
  g_setenv ("BARSCOPE_VULKAN", "off", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fidelity-monitor/sample", test_sample);
  g_test_add_func ("/fidelity-monitor/plain", test_plain);
  g_test_add_func ("/fidelity-monitor/bounded", test_bounded);
  g_test_add_func ("/fidelity-monitor/planted", test_planted);
  g_test_add_func ("/fidelity-monitor/behind", test_behind);
  g_test_add_func ("/fidelity-monitor/switches", test_switches);
  g_test_add_func ("/fidelity-monitor/no-allocation", test_no_allocation);
  g_test_add_func ("/fidelity-monitor/threads", test_threads);
  g_test_add_func ("/fidelity-monitor/words", test_words);
  return g_test_run ();
}
