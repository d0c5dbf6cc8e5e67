/* bench-tick.c: one bar for each of 500 instruments: all networks together, or one after the other */
#include "app/bench/bs-bench-cases.h"

#include "app/bs-paths.h"
#include "app/feeds/bs-bar-generator.h"
#include "inference/predict/bs-predictor-tick.h"

#define N_INSTRUMENTS 500
#define HISTORY_BARS 200 /* before the first that is timed */
#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US

/* X (number, name, summary, options...): options as --set takes them */
#define CASES(X)                                                                                                       \
  X (0, "tick/500/batch", "one bar for each of 500 instruments, networks together, int8", "precision=int8", "batch=on")    \
  X (1, "tick/500/single", "tick/500/batch with batch=off: one after the other", "precision=int8", "batch=off")         \
  X (2, "tick/500/fp32/batch", "tick/500/batch in fp32", "precision=fp32", "batch=on")                                   \
  X (3, "tick/500/fp32/single", "tick/500/single in fp32", "precision=fp32", "batch=off")

#define ASSIGNMENTS(number, name, summary, ...) [number] = { __VA_ARGS__ },

static const char *const assignments[][2] = { CASES (ASSIGNMENTS) };

typedef struct
{
  BsBarGenerator *generators[N_INSTRUMENTS];
  BsPredictor *predictors[N_INSTRUMENTS];
  BsBar bars[N_INSTRUMENTS];
  BsSignal signals[N_INSTRUMENTS];
  GError *errors[N_INSTRUMENTS];
} State;

static void
teardown (gpointer data)
{
  State *state = data;
  for (guint i = 0; i < N_INSTRUMENTS; i++)
    {
      g_clear_pointer (&state->predictors[i], bs_predictor_free);
      g_clear_pointer (&state->generators[i], bs_bar_generator_free);
      g_clear_error (&state->errors[i]);
    }
  g_free (state);
}

static gboolean
run_tick (gpointer data, GError **error)
{
  State *state = data;
  gboolean done = TRUE;
  for (guint i = 0; i < N_INSTRUMENTS; i++)
    bs_bar_generator_next (state->generators[i], &state->bars[i]);
  bs_predictor_push_tick (state->predictors, state->bars, N_INSTRUMENTS, state->signals, state->errors);
  for (guint i = 0; i < N_INSTRUMENTS && done; i++)
    if (state->errors[i] != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&state->errors[i]));
        done = FALSE;
      }
  return done;
}

static gboolean
make_predictors (State *state, const BsOptions *options, GError **error)
{
  g_autofree char *path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (path, error);
  if (model == NULL)
    return FALSE;
  for (guint i = 0; i < N_INSTRUMENTS; i++)
    {
      state->generators[i] = bs_bar_generator_new (i + 1, BS_BAR_GENERATOR_START_US, MINUTE_US);
      state->predictors[i] = i == 0 ? bs_predictor_new (model, options, 1, MINUTE_US, BS_STAMP_END, error)
                                    : bs_predictor_new_beside (state->predictors[0], 1, MINUTE_US, BS_STAMP_END);
      if (state->predictors[i] == NULL)
        return FALSE;
      bs_predictor_set_log_slow (state->predictors[i], FALSE);
    }
  for (guint i = 0; i < HISTORY_BARS; i++)
    if (!run_tick (state, error))
      return FALSE;
  return TRUE;
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  BsOptions options;
  g_autoptr (GError) local = NULL;
  bs_options_init (&options);
  for (guint i = 0; i < G_N_ELEMENTS (assignments[0]); i++)
    if (!bs_options_set (&options, assignments[row->arg][i], error))
      return NULL;
  if (!bs_options_check (&options, &local))
    {
      g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_UNAVAILABLE, local->message);
      return NULL;
    }
  State *state = g_new0 (State, 1);
  if (make_predictors (state, &options, error))
    return state;
  teardown (state);
  return NULL;
}

#define ROW(number, name, summary, ...) { name, summary, setup, run_tick, teardown, .arg = number },

const BsBenchCase bs_bench_tick_cases[] = { CASES (ROW){ NULL } };
