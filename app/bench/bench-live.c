/* bench-live.c: a bar in, its signal out, as in the window: made-up bars with a secondary series, the model that ships */
#include "app/bench/bs-bench-cases.h"

#include "app/bs-paths.h"
#include "app/feeds/bs-bar-generator.h"
#include "inference/predict/bs-engine-path.h"
#include "inference/predict/bs-fidelity-monitor.h"
#include "inference/predict/bs-input-window.h"
#include "inference/predict/bs-predictor.h"

#define SEED 2
#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US
#define HISTORY_BARS 5000 /* before the first that is timed */
#define MAX_OPTIONS 4

/* X (number, name, summary, run, options...): options as --set takes them */
#define CASES(X)                                                                                                       \
  X (0, "live/fp32", "one bar: features, window, network, signal, trace", run_bar, "precision=fp32")                   \
  X (1, "live/fp32/network", "one row pushed and its window through the network", run_network, "precision=fp32")       \
  X (2, "live/fp32/untimed", "live/fp32 with timing=off", run_bar, "precision=fp32", "timing=off")                     \
  X (3, "live/fp32/hurst-cache-off", "live/fp32 with hurst-cache=off", run_bar, "precision=fp32", "hurst-cache=off")   \
  X (4, "live/fp32/tail-window", "live/fp32 with incremental=off and tail-window=on", run_bar, "precision=fp32",       \
     "incremental=off", "tail-window=on")                                                                              \
  X (5, "live/fp32/incremental-off", "live/fp32 with incremental=off over 5,000 bars and more", run_bar,               \
     "precision=fp32", "incremental=off")                                                                              \
  X (6, "live/int8", "live/fp32 in int8 on the CPU", run_bar, "backend=cpu", "precision=int8")                         \
  X (7, "live/int8/network", "live/fp32/network in int8 on the CPU", run_network, "backend=cpu", "precision=int8")     \
  X (8, "predict/all/5000", "the signals of 5,000 bars at once, on all cores", run_all, "precision=fp32")              \
  X (9, "live/monitor/off", "one bar, as live/fp32; beside live/monitor/on", run_bar, "precision=fp32")                \
  X (10, "live/monitor/on", "one bar with the fidelity monitor comparing every 10th on a thread of its own",           \
     run_monitored, "precision=fp32")                                                                                  \
  X (11, "live/timing/on", "one bar, as live/fp32; beside live/timing/off", run_bar, "precision=fp32", "timing=on")    \
  X (12, "live/timing/off", "one bar without a look at the clock", run_bar, "precision=fp32", "timing=off")            \
  X (13, "live/timing/int8/on", "live/timing/on in int8", run_bar, "precision=int8", "timing=on")                      \
  X (14, "live/timing/int8/off", "live/timing/off in int8", run_bar, "precision=int8", "timing=off")

#define ASSIGNMENTS(number, name, summary, run, ...) [number] = { __VA_ARGS__ },

static const char *const assignments[][MAX_OPTIONS] = { CASES (ASSIGNMENTS) };

typedef struct
{
  BsBarGenerator *generator;
  BsBarAggregator aggregator;
  BsBarSeries *bars; /* HISTORY_BARS, for run_all */
  BsPredictor *predictor;
  BsSignal signal;
  BsFidelityMonitor *monitor; /* (nullable) until it is needed */

  /* The network alone. */
  BsEngine *engine;
  BsEngineWindow *window;
  float row[BS_N_FEATURES];
} State;

static void
teardown (gpointer data)
{
  State *state = data;
  if (state->window != NULL)
    bs_engine_window_free (state->engine, state->window);
  g_clear_pointer (&state->engine, bs_engine_free);
  g_clear_pointer (&state->monitor, bs_fidelity_monitor_free);
  g_clear_pointer (&state->predictor, bs_predictor_free);
  g_clear_pointer (&state->bars, bs_bar_series_free);
  g_clear_pointer (&state->generator, bs_bar_generator_free);
  g_free (state);
}

/* The next bar, with the secondary bars that it completes given to the predictor. */
static gboolean
next_bar (State *state, BsBar *bar, GError **error)
{
  BsBar done[2];
  bs_bar_generator_next (state->generator, bar);
  guint n = bs_bar_aggregator_take (&state->aggregator, bar, done);
  for (guint i = 0; i < n; i++)
    if (!bs_predictor_push_secondary (state->predictor, &done[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
make_predictor (State *state, const BsOptions *options, GError **error)
{
  g_autofree char *path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (path, error);
  if (model == NULL)
    return FALSE;
  state->predictor = bs_predictor_new (model, options, 0, MINUTE_US, BS_STAMP_END, error);
  if (state->predictor == NULL)
    return FALSE;
  bs_predictor_set_secondary_shape (state->predictor, BS_BAR_GENERATOR_SECONDARY_BARS * MINUTE_US, BS_STAMP_END);
  state->bars = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  for (guint i = 0; i < HISTORY_BARS; i++)
    {
      BsBar bar;
      if (!next_bar (state, &bar, error) || !bs_bar_series_append (state->bars, &bar, error))
        return FALSE;
    }
  return bs_predictor_append (state->predictor, state->bars, 0, HISTORY_BARS, error);
}

/* The engine that the options lead to, with a window full of the newest row. */
static gboolean
make_engine (State *state, const BsOptions *options, GError **error)
{
  const BsBarSeries *bars = bs_predictor_series (state->predictor);
  BsModel *model = bs_predictor_model (state->predictor);
  BsFeatureOptions feature_options = BS_FEATURE_OPTIONS_INIT;
  double row[BS_N_FEATURES];
  guint64 end = bs_bar_series_end (bars);
  state->engine = bs_engine_path_new (options, model, 1, error);
  if (state->engine == NULL || !bs_features_batch (bars, NULL, &feature_options, end - 1, end, row, error))
    return FALSE;
  bs_input_scale (model, row, state->row);
  state->window = bs_engine_window_new (state->engine);
  for (guint i = 0; i < model->sequence_length; i++)
    bs_engine_window_push (state->engine, state->window, state->row);
  return TRUE;
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  BsOptions options;
  g_autoptr (GError) local = NULL;
  bs_options_init (&options);
  for (guint i = 0; i < MAX_OPTIONS && assignments[row->arg][i] != NULL; i++)
    if (!bs_options_set (&options, assignments[row->arg][i], error))
      return NULL;
  if (!bs_options_check (&options, &local))
    {
      g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_UNAVAILABLE, local->message);
      return NULL;
    }

  State *state = g_new0 (State, 1);
  state->generator = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, MINUTE_US);
  state->aggregator = (BsBarAggregator){ .length_us = BS_BAR_GENERATOR_SECONDARY_BARS * MINUTE_US };
  if (make_predictor (state, &options, error) && make_engine (state, &options, error))
    return state;
  teardown (state);
  return NULL;
}

static gboolean
run_bar (gpointer data, GError **error)
{
  State *state = data;
  BsBar bar;
  return next_bar (state, &bar, error) && bs_predictor_push (state->predictor, &bar, &state->signal, error);
}

static gboolean
run_monitored (gpointer data, GError **error)
{
  State *state = data;
  if (state->monitor == NULL)
    state->monitor = bs_fidelity_monitor_new (BS_FIDELITY_DEFAULT_EVERY);
  if (!run_bar (state, error))
    return FALSE;
  bs_fidelity_monitor_observe (state->monitor, state->predictor, &state->signal);
  return TRUE;
}

static gboolean
run_network (gpointer data, GError **error)
{
  State *state = data;
  float probabilities[BS_N_CLASSES];
  bs_engine_window_push (state->engine, state->window, state->row);
  return bs_engine_window_predict (state->engine, &state->window, 1, probabilities, NULL, error);
}

static gboolean
keep_signal (const BsSignal *signal, gpointer data)
{
  State *state = data;
  state->signal = *signal;
  return TRUE;
}

static gboolean
run_all (gpointer data, GError **error)
{
  State *state = data;
  bs_predictor_reset (state->predictor);
  return bs_predictor_push_many (state->predictor, state->bars, 0, HISTORY_BARS, keep_signal, state, error);
}

#define ROW(number, name, summary, run, ...) { name, summary, setup, run, teardown, .arg = number },

const BsBenchCase bs_bench_live_cases[] = { CASES (ROW){ NULL } };
