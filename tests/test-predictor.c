/* test-predictor.c: a bar in, a signal out: every way to the same answer, switches between bars, what is refused */
#include <math.h>
#include <string.h>

#include "inference/engine/bs-tape.h"
#include "inference/predict/bs-predictor-private.h"
#include "tests/bs-test-bars.h"
#include "tests/bs-test-memory.h"
#include "tests/bs-test-model.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define SEQUENCE_LENGTH 20
#define N_BARS 300

/* Linked with --wrap=bs_clock_ns: every reading of the clock is counted. */
gint64 __real_bs_clock_ns (void);
gint64 __wrap_bs_clock_ns (void);
static gint clock_readings;   /* atomic: windows of many bars go through the network on several threads */
static gint64 clock_jump_ns;  /* what a reading is ahead of the one before */
static gint64 clock_ahead_ns; /* of the real clock */

gint64
__wrap_bs_clock_ns (void)
{
  g_atomic_int_inc (&clock_readings);
  if (clock_jump_ns != 0)
    clock_ahead_ns += clock_jump_ns;
  return __real_bs_clock_ns () + clock_ahead_ns;
}

static BsModel *
test_model (BsFeatureSet set, guint64 seed)
{
  return bs_test_model (set, SEQUENCE_LENGTH, seed);
}

static BsOptions
test_options (const char *const *assignments)
{
  BsOptions options;
  bs_options_init (&options);
  for (; assignments != NULL && *assignments != NULL; assignments++)
    g_assert_true (bs_options_set (&options, *assignments, NULL));
  return options;
}

static BsPredictor *
test_predictor (BsModel *model, const char *const *assignments)
{
  g_autoptr (GError) error = NULL;
  BsOptions options = test_options (assignments);
  /* As few bars as it keeps: MALLOC_PERTURB_ writes all room that is set aside. */
  BsPredictor *predictor = bs_predictor_new (model, &options, 1, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  return predictor;
}

static void
push (BsPredictor *predictor, const BsBarSeries *bars, guint64 index, BsSignal *signal)
{
  g_autoptr (GError) error = NULL;
  BsBar bar;
  bs_bar_series_get (bars, index, &bar);
  bs_predictor_push (predictor, &bar, signal, &error);
  g_assert_no_error (error);
}

/* All that an answer is, but its times. */
static void
assert_same_answer (const BsSignal *a, const BsSignal *b, double tolerance)
{
  g_assert_cmpint (a->state, ==, b->state);
  g_assert_cmpint (a->time_us, ==, b->time_us);
  g_assert_cmpuint (a->row, ==, b->row);
  g_assert_cmpuint (a->rows_missing, ==, b->rows_missing);
  g_assert_cmpuint (a->n_out_of_range, ==, b->n_out_of_range);
  g_assert_cmpint (a->in_range, ==, b->in_range);
  g_assert_cmpint (a->hurst_computed, ==, b->hurst_computed);
  g_assert_cmpfloat (a->hurst, ==, b->hurst);
  g_assert_cmpfloat (a->hurst_c, ==, b->hurst_c);
  g_assert_cmpfloat (a->atr, ==, b->atr);
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    g_assert_cmpfloat (fabs (a->probabilities[klass] - b->probabilities[klass]), <=, tolerance);
  g_assert_cmpfloat (fabs (a->confidence - b->confidence), <=, tolerance);
  if (tolerance == 0)
    {
      g_assert_cmpint (a->klass, ==, b->klass);
      g_assert_cmpint (a->raw_class, ==, b->raw_class);
      g_assert_cmpint (a->filtered, ==, b->filtered);
    }
}

/* Adds all secondary bars that have closed when bar @index closes. */
static void
push_secondary (BsPredictor *predictor, const BsBarSeries *secondary, const BsBarSeries *bars, guint64 index,
                guint64 *next)
{
  for (; *next < bs_bar_series_end (secondary)
         && bs_bar_series_close_time (secondary, *next) <= bs_bar_series_close_time (bars, index);
       (*next)++)
    {
      BsBar bar;
      bs_bar_series_get (secondary, *next, &bar);
      g_assert_true (bs_predictor_push_secondary (predictor, &bar, NULL));
    }
}

/* Features kept or computed anew, tail or all, network windows kept or not: which row, how many are missing, the sum of the
 * probabilities, and that incremental and recomputed answers are the same. */
static void
test_ways_agree (gconstpointer data)
{
  BsFeatureSet set = (BsFeatureSet) GPOINTER_TO_INT (data);
  guint provisional = set == BS_FEATURE_SET_LEGACY ? 1 : 0;
  g_autoptr (BsModel) model = test_model (set, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (5, N_BARS, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_test_bars_series (6, N_BARS / 5, 0, 5 * MINUTE_US, BS_STAMP_START);
  g_autoptr (BsPredictor) kept = test_predictor (model, NULL);
  g_autoptr (BsPredictor) anew = test_predictor (model, (const char *const[]){ "incremental=off", NULL });
  bs_predictor_set_secondary_shape (kept, 5 * MINUTE_US, BS_STAMP_START);
  bs_predictor_set_secondary_shape (anew, 5 * MINUTE_US, BS_STAMP_START);
  guint64 next_kept = 0, next_anew = 0;
  for (guint64 index = 0; index < N_BARS; index++)
    {
      BsSignal signal, other;
      /* Legacy rows look ahead in the secondary series: they are the same only where all of it is there. */
      guint64 known = provisional > 0 ? N_BARS - 1 : index;
      push_secondary (kept, secondary, bars, known, &next_kept);
      push_secondary (anew, secondary, bars, known, &next_anew);
      push (kept, bars, index, &signal);
      push (anew, bars, index, &other);
      g_assert_cmpuint (signal.row, ==, index - MIN (index, provisional));
      guint64 n_final = index + 1 - provisional;
      g_assert_cmpuint (signal.rows_missing, ==, SEQUENCE_LENGTH - MIN (n_final, SEQUENCE_LENGTH));
      g_assert_cmpint (signal.state, ==, signal.rows_missing > 0 ? BS_SIGNAL_WARMING_UP : BS_SIGNAL_READY);
      if (signal.state == BS_SIGNAL_READY)
        {
          double sum = signal.probabilities[0] + signal.probabilities[1] + signal.probabilities[2];
          g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
          g_assert_cmpfloat (signal.confidence, ==, signal.probabilities[signal.raw_class]);
          g_assert_cmpfloat (signal.confidence, >=, 1.0 / 3);
        }
      assert_same_answer (&signal, &other, 0);
    }
  g_assert_cmpuint (bs_bar_series_end (bs_predictor_series (kept)), ==, N_BARS);
}

/* The tail's answer is the one of its features: a series that begins where the tail does. */
static void
test_tail (gconstpointer data)
{
  BsFeatureSet set = (BsFeatureSet) GPOINTER_TO_INT (data);
  guint provisional = set == BS_FEATURE_SET_LEGACY ? 1 : 0;
  g_autoptr (BsModel) model = test_model (set, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (7, N_BARS, 0, MINUTE_US, BS_STAMP_END);
  const char *const assignments[] = { "incremental=off", "tail-window=on", NULL };
  g_autoptr (BsPredictor) tail = test_predictor (model, assignments);
  guint differences = 0;
  g_autoptr (BsPredictor) all = test_predictor (model, NULL);
  for (guint64 index = 0; index < N_BARS; index++)
    {
      BsSignal signal, other;
      push (tail, bars, index, &signal);
      push (all, bars, index, &other);
      differences += fabs (signal.probabilities[0] - other.probabilities[0]) > 1e-6;
      if (index % 50 != 49)
        continue;
      guint64 n_tail = SEQUENCE_LENGTH + provisional + BS_FEATURES_TAIL_BARS;
      g_autoptr (BsPredictor) fresh = test_predictor (model, (const char *const[]){ "incremental=off", NULL });
      for (guint64 k = index + 1 - MIN (n_tail, index + 1); k <= index; k++)
        push (fresh, bars, k, &other);
      other.row = signal.row;
      assert_same_answer (&signal, &other, 0);
    }
  g_assert_cmpuint (differences, >, 0); /* else the switch does nothing */
}

/* A switch thrown between two bars: from the next bar on all is as if it had been so from the start. */
static void
test_set_options (gconstpointer data)
{
  static const char *const settings[][4] = {
    { "hurst-cache=off" },
    { "incremental=off" },
    { "hurst-every=3" },
    { "timing=off" },
    { "hurst-every=1000" },
    { "vector-atr=off", "incremental=off" },
    { "vector-atr=off" },
    { "incremental=off", "hurst-every=7", "timing=off" },
    { "inference-mode=off", "fused=off" },
    { "precision=int8" },
    { "backend=reference", "hurst-cache=off" },
    { "incremental=off", "tail-window=on", "precision=int8" },
    { NULL },
  };
  BsFeatureSet set = (BsFeatureSet) GPOINTER_TO_INT (data);
  g_autoptr (BsModel) model = test_model (set, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (8, N_BARS, 0, MINUTE_US, BS_STAMP_END);
  BsPredictor *always[G_N_ELEMENTS (settings)];
  g_autoptr (BsPredictor) switched = test_predictor (model, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    always[i] = test_predictor (model, settings[i]);

  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  guint setting = G_N_ELEMENTS (settings) - 1, visited = 0;
  for (guint64 index = 0; index < N_BARS; index++)
    {
      BsSignal signal, others[G_N_ELEMENTS (settings)];
      if (index % 4 == 1)
        {
          g_autoptr (GError) error = NULL;
          setting = (guint) g_rand_int_range (random, 0, G_N_ELEMENTS (settings));
          visited |= 1u << setting;
          BsOptions options = test_options (settings[setting]);
          bs_predictor_set_options (switched, &options, &error);
          g_assert_no_error (error);
          g_assert_true (bs_options_equal (&options, bs_predictor_options (switched)));
        }
      push (switched, bars, index, &signal);
      for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
        push (always[i], bars, index, &others[i]);
      assert_same_answer (&signal, &others[setting], 0);
    }
  g_assert_cmphex (visited, ==, (1u << G_N_ELEMENTS (settings)) - 1);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    bs_predictor_free (always[i]);
}

typedef struct
{
  BsSignal *signals;
  guint n, stop_at;
} Collected;

static gboolean
collect (const BsSignal *signal, gpointer data)
{
  Collected *collected = data;
  collected->signals[collected->n++] = *signal;
  return collected->n != collected->stop_at;
}

/* Every option that changes leaves a mark; what does not change, what is refused and what push_many does within, none. */
static void
test_switch_marks (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (8, 60, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL);
  BsTrace *trace = bs_predictor_trace (predictor);
  BsTraceSwitch marks[4];
  guint64 from = 0;
  BsSignal signal;
  gint64 start_us = g_get_real_time ();

  BsOptions options = test_options ((const char *const[]){ "timing=off", NULL });
  g_assert_true (bs_predictor_set_options (predictor, &options, NULL));
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 4), ==, 1);
  g_assert_cmpuint (marks[0].bar, ==, 0);
  g_assert_cmpint (marks[0].bar_time_us, ==, G_MININT64);
  g_assert_cmpint (marks[0].option, ==, BS_OPTION_TIMING);
  g_assert_cmpint (marks[0].from, ==, TRUE);
  g_assert_cmpint (marks[0].to, ==, FALSE);
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 4), ==, 0);

  for (guint64 index = 0; index < 30; index++)
    push (predictor, bars, index, &signal);
  options = test_options ((const char *const[]){ "hurst-every=7", "incremental=off", NULL });
  g_assert_true (bs_predictor_set_options (predictor, &options, NULL));
  g_assert_true (bs_predictor_set_options (predictor, &options, NULL));
  BsOptions impossible = test_options ((const char *const[]){ "tail-window=on", NULL });
  g_assert_false (bs_predictor_set_options (predictor, &impossible, NULL));
  BsSignal signals[10];
  Collected collected = { .signals = signals };
  g_assert_true (bs_predictor_push_many (predictor, bars, 30, 40, collect, &collected, NULL));
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 2), ==, 2);
  g_assert_cmpint (marks[0].option, ==, BS_OPTION_HURST_EVERY);
  g_assert_cmpint (marks[0].from, ==, 10);
  g_assert_cmpint (marks[0].to, ==, 7);
  g_assert_cmpint (marks[1].option, ==, BS_OPTION_INCREMENTAL);
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 4), ==, 1);
  g_assert_cmpint (marks[0].option, ==, BS_OPTION_TIMING);
  g_assert_cmpuint (marks[0].n_traced, ==, 0);
  g_assert_cmpuint (marks[0].bar, ==, 30);
  g_assert_cmpint (marks[0].bar_time_us, ==, bs_bar_series_times (bars)[29]);
  g_assert_cmpint (marks[0].time_us, >=, start_us);
  g_assert_cmpint (marks[0].time_us, <=, g_get_real_time ());
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 4), ==, 0);

  for (guint64 index = 40; index < 60; index++)
    push (predictor, bars, index, &signal);
  bs_options_init (&options);
  g_assert_true (bs_predictor_set_options (predictor, &options, NULL));
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, marks, 4), ==, 2);
  g_assert_cmpuint (marks[1].n_traced, ==, 20);
}

static void
test_set_options_refused (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (8, 60, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL), undisturbed = test_predictor (model, NULL);
  for (guint64 index = 0; index < 60; index++)
    {
      BsSignal signal, other;
      g_autoptr (GError) error = NULL;
      BsOptions options = test_options ((const char *const[]){ "tail-window=on", NULL });
      g_assert_false (bs_predictor_set_options (predictor, &options, &error));
      g_assert_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE);
      push (predictor, bars, index, &signal);
      push (undisturbed, bars, index, &other);
      assert_same_answer (&signal, &other, 0);
    }
}

/* Another model answers as if it had been there from the first bar. */
static void
test_set_model (void)
{
  g_autoptr (BsModel) one = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsModel) two = bs_model_new_random (BS_N_FEATURES, 8, 1, 33, 2);
  g_autoptr (BsModel) three = test_model (BS_FEATURE_SET_LEGACY, 3);
  BsModel *models[] = { one, two, three };
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (9, 400, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsPredictor) switched = test_predictor (one, NULL);
  g_autoptr (BsPredictor) always_one = test_predictor (one, NULL);
  g_autoptr (BsPredictor) always_two = test_predictor (two, NULL);
  g_autoptr (BsPredictor) always_three = test_predictor (three, NULL);
  BsPredictor *always[] = { always_one, always_two, always_three };
  guint model = 0;
  for (guint64 index = 0; index < 400; index++)
    {
      BsSignal signal, others[3];
      if (index % 10 == 1)
        {
          model = (guint) (index / 10 % 3);
          g_assert_true (bs_predictor_set_model (switched, models[model], NULL));
          g_assert_true (bs_predictor_model (switched) == models[model]);
        }
      push (switched, bars, index, &signal);
      for (guint i = 0; i < 3; i++)
        push (always[i], bars, index, &others[i]);
      assert_same_answer (&signal, &others[model], 0);
    }

  g_autoptr (BsModel) narrow = bs_model_new_random (7, 8, 1, 20, 2);
  g_autoptr (GError) error = NULL;
  g_assert_false (bs_predictor_set_model (switched, narrow, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "7 inputs"));
  g_assert_nonnull (strstr (error->message, "62"));
  g_assert_true (bs_predictor_model (switched) == models[model]);

  g_clear_error (&error);
  BsOptions options = test_options (NULL);
  g_assert_null (bs_predictor_new (narrow, &options, 0, MINUTE_US, BS_STAMP_END, &error));
  g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED);
}

static void
test_reset (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (10, 300, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) secondary = bs_test_bars_series (6, 60, 0, 5 * MINUTE_US, BS_STAMP_START);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL);
  bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_START);
  g_autofree BsSignal *first = g_new (BsSignal, 300);
  bs_predictor_set_threshold (predictor, 0.4);
  for (guint round = 0; round < 3; round++)
    {
      guint64 next = 0;
      guint64 n = round == 1 ? 7 : 300; /* the second round ends while warming up */
      for (guint64 index = 0; index < n; index++)
        {
          BsSignal signal;
          push_secondary (predictor, secondary, bars, index, &next);
          push (predictor, bars, index, &signal);
          if (round == 0)
            first[index] = signal;
          assert_same_answer (&signal, &first[index], 0);
        }
      bs_predictor_reset (predictor);
      g_assert_cmpuint (bs_bar_series_end (bs_predictor_series (predictor)), ==, 0);
      g_assert_cmpfloat (bs_predictor_threshold (predictor), ==, 0.4);
    }
}

/* Bars taken as history: the next answers are as if each had been pushed. */
static void
test_append (gconstpointer data)
{
  static const char *const modes[][4] = { { NULL }, { "incremental=off" }, { "incremental=off", "tail-window=on" } };
  BsFeatureSet set = (BsFeatureSet) GPOINTER_TO_INT (data);
  const guint64 cuts[] = { 0, 1, 2, 5, 14, 21, 60, 130, 200, N_BARS };
  g_autoptr (BsModel) model = test_model (set, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (17, N_BARS, 0, MINUTE_US, BS_STAMP_END);
  for (guint mode = 0; mode < G_N_ELEMENTS (modes); mode++)
    {
      g_autoptr (BsPredictor) appended = test_predictor (model, modes[mode]),
                              pushed = test_predictor (model, modes[mode]);
      for (guint cut = 0; cut + 1 < G_N_ELEMENTS (cuts); cut++)
        {
          g_autoptr (GError) error = NULL;
          BsSignal signal, other;
          g_assert_true (bs_predictor_append (appended, bars, cuts[cut], cuts[cut + 1] - 1, &error));
          g_assert_no_error (error);
          push (appended, bars, cuts[cut + 1] - 1, &signal);
          for (guint64 index = cuts[cut]; index < cuts[cut + 1]; index++)
            push (pushed, bars, index, &other);
          assert_same_answer (&signal, &other, 0);

          g_assert_false (bs_predictor_append (appended, bars, 0, cuts[cut + 1], &error));
          g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_TIME);
        }
    }
}

static void
test_threshold (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (11, N_BARS, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL);
  g_assert_cmpfloat (bs_predictor_threshold (predictor), ==, 0.65);
  guint n_filtered = 0, n_passed = 0;
  for (guint64 index = 0; index < N_BARS; index++)
    {
      BsSignal signal;
      double threshold = 0.30 + (double) (index % 11) / 100;
      bs_predictor_set_threshold (predictor, threshold);
      push (predictor, bars, index, &signal);
      if (signal.state != BS_SIGNAL_READY)
        {
          g_assert_false (signal.filtered);
          g_assert_cmpint (signal.klass, ==, BS_CLASS_HOLD);
          continue;
        }
      for (guint klass = 0; klass < BS_N_CLASSES; klass++)
        g_assert_cmpfloat (signal.confidence, >=, signal.probabilities[klass]);
      if (signal.raw_class == BS_CLASS_HOLD)
        {
          g_assert_false (signal.filtered);
          g_assert_cmpint (signal.klass, ==, BS_CLASS_HOLD);
          continue;
        }
      gboolean under = signal.confidence < threshold;
      g_assert_cmpint (signal.filtered, ==, under);
      g_assert_cmpint (signal.klass, ==, under ? BS_CLASS_HOLD : signal.raw_class);
      n_filtered += under;
      n_passed += !under;
    }
  g_assert_cmpuint (n_filtered, >, 0);
  g_assert_cmpuint (n_passed, >, 0);
}

/* A scaler with mean 0 and scale 1: prices near 1 and no volume are within it, then bars come that are not. */
static void
test_range (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (BS_N_FEATURES, 16, 2, SEQUENCE_LENGTH, 7);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL);
  g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&(BsFeatureOptions){ .hurst_every = 10 });
  g_autoptr (BsBarSeries) series = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  guint out[200] = { 0 };
  gboolean seen_in = FALSE, seen_out = FALSE;
  for (guint i = 0; i < 200; i++)
    {
      BsBar bar = BS_BAR_INIT;
      BsSignal signal;
      double row[BS_N_FEATURES];
      bar.time_us = i * MINUTE_US;
      bar.open = bar.low = i < 100 ? 1 : 100;
      bar.high = bar.close = bar.open + 0.01 * (i % 3);
      bar.ask_volume = i < 100 ? 0 : 50;
      g_assert_true (bs_predictor_push (predictor, &bar, &signal, NULL));

      g_assert_true (bs_bar_series_append (series, &bar, NULL));
      bs_feature_stream_push (stream, series, NULL, row, NULL);
      for (guint k = 0; k < BS_N_FEATURES; k++)
        out[i] += fabs (row[k]) > 8;
      if (signal.state != BS_SIGNAL_READY)
        continue;
      guint expected = 0;
      for (guint k = i + 1 - SEQUENCE_LENGTH; k <= i; k++)
        expected += out[k];
      g_assert_cmpuint (signal.n_out_of_range, ==, expected);
      g_assert_cmpint (signal.in_range, ==, expected * 10 <= SEQUENCE_LENGTH * BS_N_FEATURES);
      seen_in |= signal.in_range;
      seen_out |= !signal.in_range;
    }
  g_assert_true (seen_in && seen_out);
}

/* A few inputs far out are within the range that a window may have, but not where the engine clamps them. */
static void
test_clamped (void)
{
  static const char *const modes[][3] = { { NULL }, { "incremental=off" } };
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (17, 90, 0, MINUTE_US, BS_STAMP_END);
  ((double *) model->scale)[0] /= 1e6; /* of the open: 20 of 1240 inputs are large */
  for (guint mode = 0; mode < G_N_ELEMENTS (modes); mode++)
    {
      g_autoptr (BsPredictor) predictor = test_predictor (model, modes[mode]);
      for (guint64 index = 0; index < 60; index++)
        {
          BsSignal signal;
          /* As an engine sets it: none, one that they pass, one that they do not. */
          predictor->engine->input_limit = index < 30 ? 0 : index < 45 ? 65504 : 1e30f;
          push (predictor, bars, index, &signal);
          if (signal.state != BS_SIGNAL_READY)
            continue;
          g_assert_cmpuint (signal.n_out_of_range, >, 0);
          g_assert_cmpuint (signal.n_out_of_range, <, SEQUENCE_LENGTH * BS_N_FEATURES / 10);
          g_assert_cmpint (signal.in_range, ==, index < 30 || index >= 45);
        }
      if (mode > 0)
        continue; /* there many bars take an engine that is made anew */
      BsSignal signals[30];
      Collected collected = { .signals = signals };
      predictor->engine->input_limit = 65504;
      g_assert_true (bs_predictor_push_many (predictor, bars, 60, 90, collect, &collected, NULL));
      for (guint i = 0; i < 30; i++)
        g_assert_false (signals[i].in_range);
    }
}

/* Of the clock, for a bar through 2 layers: total 2, features 7, window 2, network 5. */
#define MAX_READINGS 16

static void
test_timing (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (12, 100, 0, MINUTE_US, BS_STAMP_END);
  static const char *const modes[][5] = {
    { NULL },
    { "incremental=off" },
    { "timing=off" },
    { "timing=off", "incremental=off" },
    { "inference-mode=off", "fused=off" },
    { "incremental=off", "fused=off" },
    { "timing=off", "inference-mode=off", "fused=off" },
    { "timing=off", "incremental=off", "tail-window=on", "backend=reference" },
    { "precision=int8" },
    { "precision=int8", "incremental=off" },
    { "timing=off", "precision=int8" },
    { "timing=off", "precision=int8", "incremental=off", "fused=off" },
  };
  for (guint mode = 0; mode < G_N_ELEMENTS (modes); mode++)
    {
      g_autoptr (BsPredictor) predictor = test_predictor (model, modes[mode]);
      gboolean timed = mode % 4 < 2, kept = mode % 2 == 0;
      clock_readings = 0;
      for (guint64 index = 0; index < 100; index++)
        {
          BsSignal signal;
          push (predictor, bars, index, &signal);
          if (!timed)
            {
              g_assert_cmpint (clock_readings, ==, 0);
              for (guint stage = 0; stage < BS_N_STAGES; stage++)
                g_assert_cmpint (signal.stage_ns[stage], ==, 0);
              continue;
            }
          /* A reading costs what the shortest stages take: one from stage to stage, not two a stage. */
          g_assert_cmpint (g_atomic_int_add (&clock_readings, -clock_readings), <=, MAX_READINGS);
          gint64 parts = 0;
          for (guint stage = 0; stage < BS_STAGE_TOTAL; stage++)
            {
              g_assert_cmpint (signal.stage_ns[stage], >=, 0);
              parts += signal.stage_ns[stage];
            }
          g_assert_cmpint (signal.stage_ns[BS_STAGE_TOTAL], >=, parts);
          g_assert_cmpint (signal.stage_ns[kept ? BS_STAGE_ROLLING : BS_STAGE_FEATURES], >, 0);
          g_assert_cmpint (signal.stage_ns[kept ? BS_STAGE_FEATURES : BS_STAGE_ROLLING], ==, 0);
          if (signal.state == BS_SIGNAL_READY)
            {
              g_assert_cmpint (signal.stage_ns[BS_STAGE_LSTM_0], >, 0);
              g_assert_cmpint (signal.stage_ns[BS_STAGE_LSTM_0 + 1], >, 0);
              g_assert_cmpint (signal.stage_ns[BS_STAGE_HEAD], >, 0);
            }
        }
      /* The trace holds what was predicted and timed. */
      g_assert_cmpuint (bs_trace_count (bs_predictor_trace (predictor)), ==, timed ? 100 - SEQUENCE_LENGTH + 1 : 0);
      BsTraceEntry entry;
      guint64 from = 0;
      if (timed)
        {
          g_assert_cmpuint (bs_trace_read (bs_predictor_trace (predictor), &from, &entry, 1), ==, 1);
          g_assert_cmpuint (entry.row, ==, SEQUENCE_LENGTH - 1);
        }
    }
}

/* Waiting counts from when a bar arrived and from when it was due; a bar of the past has waited for nothing. */
static void
test_live_times (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (12, 100, 0, MINUTE_US, BS_STAMP_END);
  const gint64 arrived_before = 5000000, due_before = 9000000;
  const char *const off[] = { "timing=off", NULL };
  const char *const on[] = { NULL };
  g_autoptr (BsPredictor) predictor = test_predictor (model, on);
  g_autoptr (BsPredictor) untimed = test_predictor (model, off);

  for (guint64 index = 0; index < 100; index++)
    {
      BsBar bar;
      BsSignal signal, plain;
      bs_bar_series_get (bars, index, &bar);
      gint64 now = bs_clock_ns ();
      /* In turn: late, early, of the past. */
      BsBarTimes times = { index % 3 == 1 ? now + due_before : now - due_before, now - arrived_before };
      gboolean past = index % 3 == 2;
      g_assert_true (bs_predictor_push_live (predictor, &bar, past ? NULL : &times, &signal, NULL));

      gint64 total = signal.stage_ns[BS_STAGE_TOTAL], arrival = signal.stage_ns[BS_STAGE_FROM_ARRIVAL],
             due = signal.stage_ns[BS_STAGE_FROM_DUE];
      g_assert_cmpint (total, >, 0);
      if (past)
        {
          g_assert_cmpint (arrival, ==, 0);
          g_assert_cmpint (due, ==, 0);
        }
      else
        {
          g_assert_cmpint (arrival, >=, arrived_before + total);
          g_assert_cmpint (due - arrival, ==, index % 3 == 0 ? due_before - arrived_before : 0);
        }

      clock_readings = 0;
      g_assert_true (bs_predictor_push_live (untimed, &bar, &times, &plain, NULL));
      g_assert_cmpint (clock_readings, ==, 0);
      g_assert_cmpint (plain.stage_ns[BS_STAGE_FROM_DUE], ==, 0);
      g_assert_cmpint (plain.state, ==, signal.state);
      for (guint k = 0; k < BS_N_CLASSES; k++)
        g_assert_cmpfloat (plain.probabilities[k], ==, signal.probabilities[k]);
    }

  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  guint64 expected = 0;
  for (guint64 index = SEQUENCE_LENGTH - 1; index < 100; index++)
    expected += index % 3 != 2;
  bs_trace_histogram (bs_predictor_trace (predictor), BS_STAGE_FROM_DUE, histogram);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, expected);
}

/* What takes over 10 ms is logged with its slowest stage, one line a second, and how many it stands for. */
static void
test_slow (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (13, 10, 0, MINUTE_US, BS_STAMP_END);
  BsSignal signal;
  guint64 index = 0;
  g_test_expect_message ("barscope", G_LOG_LEVEL_MESSAGE,
                         "slow prediction: * ms for bar 0, slowest stage * with * ms*");
  clock_jump_ns = BS_TRACE_SLOW_NS;
  push (predictor, bars, index++, &signal);
  g_test_assert_expected_messages ();

  /* Two more at once, and a quick one: none of them is a line. */
  push (predictor, bars, index++, &signal);
  clock_jump_ns = 0;
  clock_ahead_ns += BS_SLOW_LOG_PERIOD_NS / 10;
  push (predictor, bars, index++, &signal);
  clock_jump_ns = BS_TRACE_SLOW_NS;
  push (predictor, bars, index++, &signal);

  /* The next slow one tells of them. */
  clock_ahead_ns += BS_SLOW_LOG_PERIOD_NS;
  g_test_expect_message ("barscope", G_LOG_LEVEL_MESSAGE,
                         "slow prediction: * for bar 4, * before it 2 slow predictions not logged, the longest * ms");
  push (predictor, bars, index++, &signal);
  g_test_assert_expected_messages ();

  /* Or, where no other comes, the next quick one. */
  push (predictor, bars, index++, &signal);
  clock_jump_ns = 0;
  clock_ahead_ns += 2 * BS_SLOW_LOG_PERIOD_NS;
  g_test_expect_message ("barscope", G_LOG_LEVEL_MESSAGE, "1 slow prediction not logged, the longest * ms");
  push (predictor, bars, index++, &signal);
  g_test_assert_expected_messages ();
  push (predictor, bars, index++, &signal);
}

/* With inference-mode off every activation of the newest prediction is there, and it is that prediction's. */
static void
test_tape (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (12, 40, 0, MINUTE_US, BS_STAMP_END);
  static const char *const modes[][4] = {
    { "inference-mode=off", "fused=off" },
    { "inference-mode=off", "fused=off", "incremental=off" },
    { "inference-mode=off", "backend=reference" },
  };
  for (guint mode = 0; mode < G_N_ELEMENTS (modes); mode++)
    {
      g_autoptr (BsPredictor) predictor = test_predictor (model, modes[mode]), plain = test_predictor (model, NULL);
      gsize T = SEQUENCE_LENGTH, H = model->hidden;
      for (guint64 index = 0; index < 40; index++)
        {
          BsSignal signal, other;
          push (predictor, bars, index, &signal);
          push (plain, bars, index, &other);
          assert_same_answer (&signal, &other, 1e-5);
          const BsTape *tape = bs_predictor_tape (predictor);
          g_assert_null (bs_predictor_tape (plain));
          if (signal.state != BS_SIGNAL_READY)
            {
              g_assert_null (tape);
              continue;
            }
          g_assert_cmpuint (tape->n, ==, 1);
          for (guint klass = 0; klass < BS_N_CLASSES; klass++)
            g_assert_cmpfloat (tape->probabilities[klass], ==, (float) signal.probabilities[klass]);
          for (guint k = 0; k < model->n_layers; k++)
            for (gsize t = 0; t < T; t++)
              for (gsize u = 0; u < H; u++)
                {
                  const float *gates = tape->layers[k].gates + t * 4 * H;
                  const float *cell = tape->layers[k].cell + t * H;
                  double before = t > 0 ? cell[(gssize) u - (gssize) H] : 0;
                  g_assert_cmpfloat_with_epsilon (cell[u], gates[H + u] * before + gates[u] * gates[2 * H + u], 1e-6);
                  g_assert_cmpfloat_with_epsilon (tape->layers[k].hidden[t * H + u], gates[3 * H + u] * tanh (cell[u]),
                                                  1e-6);
                }
        }
      /* Switched back, nothing is kept. */
      BsOptions options = test_options (NULL);
      g_assert_true (bs_predictor_set_options (predictor, &options, NULL));
      g_assert_null (bs_predictor_tape (predictor));
    }
}

static void
test_allocations (void)
{
  static const char *const modes[][4] = {
    { NULL },
    { "hurst-cache=off", "timing=off" },
    { "incremental=off" },
    { "incremental=off", "tail-window=on" },
    { "inference-mode=off", "fused=off" },
  };
  if (!bs_test_can_count_allocations ())
    {
      g_test_skip ("allocations cannot be counted in this build");
      return;
    }
  for (guint mode = 0; mode < G_N_ELEMENTS (modes); mode++)
    for (guint set = 0; set < 2; set++)
      {
        g_autoptr (BsModel) model = test_model ((BsFeatureSet) set, 1);
        g_autoptr (BsBarSeries) bars = bs_test_bars_series (14, N_BARS, 0, MINUTE_US, BS_STAMP_END);
        g_autoptr (BsPredictor) predictor = test_predictor (model, modes[mode]);
        bs_predictor_set_secondary_shape (predictor, 5 * MINUTE_US, BS_STAMP_END);
        BsSignal signal = { 0 };
        guint64 index = 0;
        for (; signal.state != BS_SIGNAL_READY; index++)
          push (predictor, bars, index, &signal);
        for (; index < N_BARS; index++)
          {
            BsBar bar;
            guint64 before = bs_test_allocations ();
            bs_bar_series_get (bars, index, &bar);
            if (index % 5 == 0 && !bs_predictor_push_secondary (predictor, &bar, NULL))
              g_error ("secondary bar refused");
            if (!bs_predictor_push (predictor, &bar, &signal, NULL))
              g_error ("bar refused");
            /* The log's line on a prediction that a busy machine held up is a string. */
            if (signal.stage_ns[BS_STAGE_TOTAL] <= BS_TRACE_SLOW_NS)
              g_assert_cmpuint (bs_test_allocations () - before, ==, 0);
          }
      }
}

/* A bar that is refused leaves all as it was. */
static void
test_refused_bars (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (15, 120, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL), undisturbed = test_predictor (model, NULL);
  for (guint64 index = 0; index < 120; index++)
    {
      BsSignal signal, other;
      BsBar bar;
      g_autoptr (GError) error = NULL;
      bs_bar_series_get (bars, index, &bar);
      g_assert_true (bs_predictor_push (predictor, &bar, &signal, NULL));
      push (undisturbed, bars, index, &other);
      assert_same_answer (&signal, &other, 0);

      g_assert_false (bs_predictor_push (predictor, &bar, &signal, &error));
      g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_TIME);
      g_clear_error (&error);
      bar.time_us += MINUTE_US / 2;
      bar.close = NAN;
      g_assert_false (bs_predictor_push (predictor, &bar, &signal, &error));
      g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_RANGE);
    }
}

/* Numbers as large as a bar may hold: an answer or an error, never a NaN, and all is well again T bars later. */
static void
test_huge_values (void)
{
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL);
  for (guint i = 0; i < 300; i++)
    {
      BsBar bar = BS_BAR_INIT;
      BsSignal signal;
      g_autoptr (GError) error = NULL;
      bar.time_us = i * MINUTE_US;
      bar.open = bar.high = bar.low = bar.close = i % 100 == 50 ? 1e300 : 1 + i % 7;
      bar.volume = bar.ask_volume = i % 100 == 50 ? 1e308 : 5;
      if (!bs_predictor_push (predictor, &bar, &signal, &error))
        {
          g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
          continue;
        }
      for (guint klass = 0; klass < BS_N_CLASSES; klass++)
        g_assert_true (isfinite (signal.probabilities[klass]));
      g_assert_true (isfinite (signal.hurst) && isfinite (signal.atr));
    }
}

#define MANY_BARS 1500

static void
test_push_many (gconstpointer data)
{
  BsFeatureSet set = (BsFeatureSet) GPOINTER_TO_INT (data);
  static const char *const modes[][4] = {
    { NULL },
    { "incremental=off" },
    { "incremental=off", "tail-window=on" },
    { "hurst-cache=off" },
    { "inference-mode=off", "fused=off" },
  };
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (16, MANY_BARS, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsModel) model = test_model (set, 7);
  for (guint mode = 0; mode < G_N_ELEMENTS (modes); mode++)
    {
      /* Recomputing all bars for every bar is quadratic. */
      guint64 n = mode == 1 ? 300 : mode == 2 ? 600 : MANY_BARS;
      g_autofree BsSignal *signals = g_new (BsSignal, n);
      g_autoptr (BsPredictor) many = test_predictor (model, modes[mode]), one = test_predictor (model, modes[mode]);
      Collected collected = { .signals = signals };
      /* Warm already, in pieces, then one by one: the state goes from one way to the other. */
      const guint64 cuts[] = { 0, 3, 10, 150, n * 9 / 10, n };
      for (guint cut = 0; cut + 1 < G_N_ELEMENTS (cuts); cut++)
        if (cut == 1 || cut == 4)
          for (guint64 index = cuts[cut]; index < cuts[cut + 1]; index++)
            push (many, bars, index, &signals[collected.n++]);
        else
          {
            g_autoptr (GError) error = NULL;
            bs_predictor_push_many (many, bars, cuts[cut], cuts[cut + 1], collect, &collected, &error);
            g_assert_no_error (error);
          }
      g_assert_cmpuint (collected.n, ==, n);
      BsOptions options = test_options (modes[mode]);
      g_assert_true (bs_options_equal (&options, bs_predictor_options (many)));
      for (guint64 index = 0; index < n; index++)
        {
          BsSignal signal;
          push (one, bars, index, &signal);
          /* The cpu engine promises the same bits for any batch, OpenBLAS does not. */
          assert_same_answer (&signals[index], &signal, mode == 4 ? 1e-5 : 0);
        }
    }
}

/* Many bars at once with timing off: no clock, whatever the way. */
static void
test_push_many_untimed (void)
{
  static const char *const modes[][5] = {
    { "timing=off" },
    { "timing=off", "incremental=off" },
    { "timing=off", "incremental=off", "tail-window=on" },
    { "timing=off", "precision=int8", "batch=off" },
    { "timing=off", "inference-mode=off", "fused=off" },
  };
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (16, 300, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autofree BsSignal *signals = g_new (BsSignal, 300);
  for (guint mode = 0; mode < G_N_ELEMENTS (modes); mode++)
    {
      g_autoptr (BsPredictor) predictor = test_predictor (model, modes[mode]);
      Collected collected = { .signals = signals };
      g_atomic_int_set (&clock_readings, 0);
      g_assert_true (bs_predictor_push_many (predictor, bars, 0, 300, collect, &collected, NULL));
      g_assert_cmpuint (collected.n, ==, 300);
      g_assert_cmpint (g_atomic_int_get (&clock_readings), ==, 0);
    }
}

static void
test_push_many_ends (void)
{
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (16, MANY_BARS, 0, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsModel) model = test_model (BS_FEATURE_SET_CAUSAL, 7);
  g_autoptr (GError) error = NULL;
  g_autofree BsSignal *signals = g_new (BsSignal, MANY_BARS);

  /* Stopped by the caller: going on gives the same answers. */
  g_autoptr (BsPredictor) predictor = test_predictor (model, NULL);
  Collected collected = { .signals = signals, .stop_at = 500 };
  g_assert_true (bs_predictor_push_many (predictor, bars, 0, MANY_BARS, collect, &collected, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (collected.n, ==, 500);
  guint64 taken = bs_bar_series_end (bs_predictor_series (predictor));
  g_assert_cmpuint (taken, >=, 500);
  g_assert_cmpuint (taken, <, MANY_BARS);
  BsSignal signal, other;
  push (predictor, bars, taken, &signal);
  g_autoptr (BsPredictor) undisturbed = test_predictor (model, NULL);
  for (guint64 index = 0; index <= taken; index++)
    push (undisturbed, bars, index, &other);
  assert_same_answer (&signal, &other, 1e-6);

  /* Bars that are not after the last one: those before are in and reported. */
  collected = (Collected){ .signals = signals };
  g_assert_false (bs_predictor_push_many (predictor, bars, taken - 5, MANY_BARS, collect, &collected, &error));
  g_assert_error (error, BS_BAR_ERROR, BS_BAR_ERROR_TIME);
  g_assert_cmpuint (collected.n, ==, 0);
  g_assert_cmpuint (bs_bar_series_end (bs_predictor_series (predictor)), ==, taken + 1);

  /* None at all. */
  g_assert_true (bs_predictor_push_many (predictor, bars, 7, 7, collect, &collected, NULL));
}

static void
ignore_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

int
main (int argc, char **argv)
{
  gconstpointer causal = GINT_TO_POINTER (BS_FEATURE_SET_CAUSAL), legacy = GINT_TO_POINTER (BS_FEATURE_SET_LEGACY);
  g_test_init (&argc, &argv, NULL);
  /* A busy machine holds predictions up; that they are logged is a test of its own. */
  g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, ignore_message, NULL);
  g_test_add_data_func ("/predictor/ways-agree/causal", causal, test_ways_agree);
  g_test_add_data_func ("/predictor/ways-agree/legacy", legacy, test_ways_agree);
  g_test_add_data_func ("/predictor/tail/causal", causal, test_tail);
  g_test_add_data_func ("/predictor/tail/legacy", legacy, test_tail);
  g_test_add_data_func ("/predictor/set-options/causal", causal, test_set_options);
  g_test_add_data_func ("/predictor/set-options/legacy", legacy, test_set_options);
  g_test_add_func ("/predictor/switch-marks", test_switch_marks);
  g_test_add_func ("/predictor/set-options/refused", test_set_options_refused);
  g_test_add_func ("/predictor/set-model", test_set_model);
  g_test_add_func ("/predictor/reset", test_reset);
  g_test_add_data_func ("/predictor/append/causal", causal, test_append);
  g_test_add_data_func ("/predictor/append/legacy", legacy, test_append);
  g_test_add_func ("/predictor/threshold", test_threshold);
  g_test_add_func ("/predictor/range", test_range);
  g_test_add_func ("/predictor/clamped", test_clamped);
  g_test_add_func ("/predictor/timing", test_timing);
  g_test_add_func ("/predictor/live-times", test_live_times);
  g_test_add_func ("/predictor/tape", test_tape);
  g_test_add_func ("/predictor/slow", test_slow);
  g_test_add_func ("/predictor/allocations", test_allocations);
  g_test_add_func ("/predictor/refused-bars", test_refused_bars);
  g_test_add_func ("/predictor/huge-values", test_huge_values);
  g_test_add_data_func ("/predictor/push-many/causal", causal, test_push_many);
  g_test_add_data_func ("/predictor/push-many/legacy", legacy, test_push_many);
  g_test_add_func ("/predictor/push-many/untimed", test_push_many_untimed);
  g_test_add_func ("/predictor/push-many/ends", test_push_many_ends);
  return g_test_run ();
}
