/* test-predictor-tick.c: many instruments at once answer as each by itself, to the bit; one that fails spoils no other */
#include <math.h>
#include <string.h>

#include "inference/predict/bs-predictor-private.h"
#include "inference/predict/bs-predictor-tick.h"
#include "tests/bs-test-bars.h"
#include "tests/bs-test-memory.h"
#include "tests/bs-test-model.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define SEQUENCE_LENGTH 20
#define MAX_INSTRUMENTS 70 /* a whole part and one that is not */
#define N_TICKS 130

static BsOptions
test_options (const char *assignments)
{
  BsOptions options;
  g_auto (GStrv) list = g_strsplit (assignments, " ", 0);
  bs_options_init (&options);
  for (guint i = 0; list[i] != NULL; i++)
    g_assert_true (list[i][0] == '\0' || bs_options_set (&options, list[i], NULL));
  return options;
}

static BsPredictor *
test_predictor (BsModel *model, const char *assignments)
{
  g_autoptr (GError) error = NULL;
  BsOptions options = test_options (assignments);
  BsPredictor *predictor = bs_predictor_new (model, &options, 1, MINUTE_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  return predictor;
}

/* Linked with --wrap=bs_engine_window_predict: a window that leads to no answer. */
static const BsEngineWindow *bad_window;
gboolean __real_bs_engine_window_predict (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities,
                                          gint64 *stage_ns, GError **error);
gboolean __wrap_bs_engine_window_predict (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities,
                                          gint64 *stage_ns, GError **error);

gboolean
__wrap_bs_engine_window_predict (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities,
                                 gint64 *stage_ns, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (windows[i] == bad_window)
      {
        g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT, "window %u of %u", i, n);
        return FALSE;
      }
  return __real_bs_engine_window_predict (self, windows, n, probabilities, stage_ns, error);
}

/* Many instruments with their bars, pushed together, and each with a twin that is pushed by itself. */
typedef struct
{
  guint n;
  BsModel *model;
  BsTestBars generators[MAX_INSTRUMENTS];
  BsPredictor *together[MAX_INSTRUMENTS], *alone[MAX_INSTRUMENTS];
  BsBar bars[MAX_INSTRUMENTS];
  BsSignal signals[MAX_INSTRUMENTS];
  GError *errors[MAX_INSTRUMENTS];
} Fixture;

/* @shared: made beside the first one, not each with an engine of its own */
static Fixture *
fixture_new (guint n, BsFeatureSet set, guint sequence_length, const char *assignments, gboolean shared)
{
  Fixture *self = g_new0 (Fixture, 1);
  self->n = n;
  self->model = bs_test_model (set, sequence_length, 5);
  for (guint i = 0; i < n; i++)
    {
      bs_test_bars_init (&self->generators[i], 100 + i, MINUTE_US);
      self->together[i] = i > 0 && shared
                            ? bs_predictor_new_beside (self->together[0], 1, MINUTE_US, BS_STAMP_END)
                            : test_predictor (self->model, assignments);
      self->alone[i] = test_predictor (self->model, assignments);
      /* What the bars do is compared; how long they take is not. */
      bs_predictor_set_log_slow (self->together[i], FALSE);
      bs_predictor_set_log_slow (self->alone[i], FALSE);
    }
  return self;
}

static void
fixture_free (Fixture *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_clear_error (&self->errors[i]);
      bs_predictor_free (self->together[i]);
      bs_predictor_free (self->alone[i]);
    }
  bs_model_unref (self->model);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
next_bars (Fixture *self)
{
  for (guint i = 0; i < self->n; i++)
    bs_test_bars_next (&self->generators[i], &self->bars[i]);
}

static void
assert_same_answer (const BsSignal *a, const BsSignal *b, double tolerance)
{
  BsSignal x = *a, y = *b;
  memset (x.stage_ns, 0, sizeof x.stage_ns);
  memset (y.stage_ns, 0, sizeof y.stage_ns);
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    g_assert_cmpfloat (fabs (x.probabilities[klass] - y.probabilities[klass]), <=, tolerance);
  if (tolerance > 0)
    {
      memcpy (y.probabilities, x.probabilities, sizeof x.probabilities);
      y.confidence = x.confidence;
    }
  g_assert_cmpint (x.state, ==, y.state);
  g_assert_cmpint (x.klass, ==, y.klass);
  g_assert_cmpmem (&x, sizeof x, &y, sizeof y);
}

/* Pushes the next bar of each both ways. */
static void
tick (Fixture *self, double tolerance)
{
  next_bars (self);
  bs_predictor_push_tick (self->together, self->bars, self->n, self->signals, self->errors);
  for (guint i = 0; i < self->n; i++)
    {
      BsSignal expected;
      g_assert_no_error (self->errors[i]);
      g_assert_true (bs_predictor_push (self->alone[i], &self->bars[i], &expected, NULL));
      assert_same_answer (&self->signals[i], &expected, tolerance);
    }
}

typedef struct
{
  const char *name;
  const char *assignments;
  BsFeatureSet set;
  guint n;
  guint sequence_length;
  gboolean shared;
  double tolerance; /* of a probability: 0 where the engine promises bits */
} Case;

static const Case cases[] = {
  { "int8", "precision=int8", BS_FEATURE_SET_CAUSAL, 12, SEQUENCE_LENGTH, FALSE, 0 },
  { "int8-shared", "precision=int8", BS_FEATURE_SET_CAUSAL, MAX_INSTRUMENTS, SEQUENCE_LENGTH, TRUE, 0 },
  { "fp32", "precision=fp32", BS_FEATURE_SET_CAUSAL, 70, SEQUENCE_LENGTH, TRUE, 0 },
  { "two", "precision=fp32", BS_FEATURE_SET_CAUSAL, 2, SEQUENCE_LENGTH, FALSE, 0 },
  { "one", "precision=fp32", BS_FEATURE_SET_CAUSAL, 1, SEQUENCE_LENGTH, FALSE, 0 },
  { "legacy", "precision=int8", BS_FEATURE_SET_LEGACY, 10, SEQUENCE_LENGTH, TRUE, 0 },
  { "unfused", "precision=int8 fused=off", BS_FEATURE_SET_CAUSAL, 10, SEQUENCE_LENGTH, TRUE, 0 },
  { "incremental-off", "precision=int8 incremental=off", BS_FEATURE_SET_CAUSAL, 10, SEQUENCE_LENGTH, TRUE, 0 },
  { "tail-window", "precision=fp32 incremental=off tail-window=on", BS_FEATURE_SET_CAUSAL, 10, SEQUENCE_LENGTH, FALSE, 0 },
  { "batch-off", "precision=int8 batch=off", BS_FEATURE_SET_CAUSAL, 10, SEQUENCE_LENGTH, TRUE, 0 },
  { "timing-off", "precision=int8 timing=off", BS_FEATURE_SET_CAUSAL, 10, SEQUENCE_LENGTH, TRUE, 0 },
  { "tape", "inference-mode=off fused=off precision=fp32", BS_FEATURE_SET_CAUSAL, 10, SEQUENCE_LENGTH, FALSE, 1e-5 },
  /* A batch of few windows, for T is long: parts of two. */
  { "long-window", "precision=int8", BS_FEATURE_SET_CAUSAL, 5, 100, TRUE, 0 },
};

static void
test_same_answers (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (Fixture) fixture = fixture_new (row->n, row->set, row->sequence_length, row->assignments, row->shared);
  guint n_ready = 0;
  for (guint i = 0; i < N_TICKS; i++)
    {
      tick (fixture, row->tolerance);
      n_ready += fixture->signals[0].state == BS_SIGNAL_READY;
    }
  g_assert_cmpuint (n_ready, >, N_TICKS - row->sequence_length - 3);
}

/* A bar that is refused, a window that leads to no answer: the others do not see it. */
static void
test_errors (void)
{
  enum
  {
    N = 66,
    RANGE = 7,
    LATE = 64,
    BAD = 9
  };
  g_autoptr (Fixture) fixture = fixture_new (N, BS_FEATURE_SET_CAUSAL, SEQUENCE_LENGTH, "precision=fp32", TRUE);
  for (guint i = 0; i < 30; i++)
    tick (fixture, 0);

  next_bars (fixture);
  fixture->bars[RANGE].high = -1;
  fixture->bars[LATE].time_us = 1;
  bad_window = fixture->together[BAD]->window;
  bs_predictor_push_tick (fixture->together, fixture->bars, fixture->n, fixture->signals, fixture->errors);
  bad_window = NULL;
  g_assert_error (fixture->errors[RANGE], BS_BAR_ERROR, BS_BAR_ERROR_RANGE);
  g_assert_error (fixture->errors[LATE], BS_BAR_ERROR, BS_BAR_ERROR_TIME);
  g_assert_error (fixture->errors[BAD], BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
  for (guint i = 0; i < fixture->n; i++)
    {
      BsSignal expected;
      g_autoptr (GError) error = NULL;
      gboolean done = bs_predictor_push (fixture->alone[i], &fixture->bars[i], &expected, &error);
      g_assert_cmpint (done, ==, i != RANGE && i != LATE);
      if (!done)
        g_assert_cmpstr (error->message, ==, fixture->errors[i]->message);
      else if (i != BAD)
        {
          g_assert_no_error (fixture->errors[i]);
          assert_same_answer (&fixture->signals[i], &expected, 0);
        }
      g_clear_error (&fixture->errors[i]);
    }
  /* The refused bars are not in, the one without an answer is. */
  g_assert_cmpuint (bs_bar_series_end (bs_predictor_series (fixture->together[RANGE])), ==, 30);
  g_assert_cmpuint (bs_bar_series_end (bs_predictor_series (fixture->together[BAD])), ==, 31);
  for (guint i = 0; i < 3; i++)
    tick (fixture, 0);

  bs_predictor_push_tick (NULL, NULL, 0, NULL, NULL);
}

/* Switches of one of many, which the others follow or not. */
static void
test_switches (void)
{
  g_autoptr (Fixture) fixture = fixture_new (20, BS_FEATURE_SET_CAUSAL, SEQUENCE_LENGTH, "precision=fp32", TRUE);
  static const char *const steps[]
    = { "precision=int8", "precision=int8 batch=off", "precision=int8 incremental=off", "precision=fp32 hurst-every=3" };
  for (guint i = 0; i < 30; i++)
    tick (fixture, 0);
  for (guint step = 0; step < G_N_ELEMENTS (steps); step++)
    {
      BsOptions options = test_options (steps[step]);
      g_assert_true (bs_predictor_set_options (fixture->together[0], &options, NULL));
      bs_predictor_set_threshold (fixture->together[0], 0.4 + 0.1 * step);
      for (guint i = 0; i < fixture->n; i++)
        {
          g_assert_true (bs_predictor_set_options (fixture->alone[i], &options, NULL));
          bs_predictor_set_threshold (fixture->alone[i], 0.4 + 0.1 * step);
          if (i > 0)
            bs_predictor_follow (fixture->together[i], fixture->together[0]);
        }
      for (guint i = 0; i < 30; i++)
        tick (fixture, 0);
      for (guint i = 1; i < fixture->n; i++)
        g_assert_true (fixture->together[i]->engine == fixture->together[0]->engine);
    }

  /* One that went its own way is pushed its own way. */
  BsOptions own = test_options ("precision=int8 incremental=off timing=off");
  g_assert_true (bs_predictor_set_options (fixture->together[3], &own, NULL));
  g_assert_true (bs_predictor_set_options (fixture->alone[3], &own, NULL));
  g_autoptr (BsModel) other = bs_test_model (BS_FEATURE_SET_LEGACY, 7, 9);
  g_assert_true (bs_predictor_set_model (fixture->together[19], other, NULL));
  g_assert_true (bs_predictor_set_model (fixture->alone[19], other, NULL));
  for (guint i = 0; i < 30; i++)
    tick (fixture, 0);
}

static void
test_times (void)
{
  g_autoptr (Fixture) fixture = fixture_new (10, BS_FEATURE_SET_CAUSAL, SEQUENCE_LENGTH, "precision=int8", TRUE);
  BsBarTimes times[10];
  for (guint i = 0; i < 30; i++)
    {
      next_bars (fixture);
      for (guint k = 0; k < fixture->n; k++)
        times[k] = (BsBarTimes){ .due_ns = bs_clock_ns () - 5000000, .arrival_ns = bs_clock_ns () - 2000000 };
      bs_predictor_push_tick_live (fixture->together, fixture->bars, times, fixture->n, fixture->signals, fixture->errors);
    }
  for (guint k = 0; k < fixture->n; k++)
    {
      const gint64 *stage_ns = fixture->signals[k].stage_ns;
      g_assert_cmpint (stage_ns[BS_STAGE_TOTAL], >, 0);
      g_assert_cmpint (stage_ns[BS_STAGE_LSTM_0], >, 0);
      g_assert_cmpint (stage_ns[BS_STAGE_TOTAL], >=, stage_ns[BS_STAGE_LSTM_0]);
      g_assert_cmpint (stage_ns[BS_STAGE_FROM_ARRIVAL], >=, 2000000 + stage_ns[BS_STAGE_LSTM_0]);
      g_assert_cmpint (stage_ns[BS_STAGE_FROM_DUE], >=, stage_ns[BS_STAGE_FROM_ARRIVAL] + 2900000);
    }
  /* One trace for all that share an engine. */
  g_assert_true (bs_predictor_trace (fixture->together[0]) == bs_predictor_trace (fixture->together[9]));
  g_assert_cmpuint (bs_trace_count (bs_predictor_trace (fixture->together[0])), ==, 10 * (30 - SEQUENCE_LENGTH + 1));
}

static void
test_allocations (gconstpointer data)
{
  g_autoptr (Fixture) fixture = fixture_new (MAX_INSTRUMENTS, BS_FEATURE_SET_CAUSAL, SEQUENCE_LENGTH, data, TRUE);
  if (!bs_test_can_count_allocations ())
    {
      g_test_skip ("allocations cannot be counted in this build");
      return;
    }
  for (guint i = 0; i < 25; i++)
    tick (fixture, 0);
  guint64 before = bs_test_allocations ();
  for (guint i = 0; i < 120; i++)
    {
      next_bars (fixture);
      /* Fewer are due now and then. */
      bs_predictor_push_tick (fixture->together, fixture->bars, fixture->n - i % 3, fixture->signals, fixture->errors);
    }
  g_assert_cmpuint (bs_test_allocations () - before, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/predictor-tick/same-answers/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_same_answers);
    }
  g_test_add_func ("/predictor-tick/errors", test_errors);
  g_test_add_func ("/predictor-tick/switches", test_switches);
  g_test_add_func ("/predictor-tick/times", test_times);
  g_test_add_data_func ("/predictor-tick/allocations/batch", "precision=int8", test_allocations);
  g_test_add_data_func ("/predictor-tick/allocations/single", "precision=int8 batch=off", test_allocations);
  return g_test_run ();
}
