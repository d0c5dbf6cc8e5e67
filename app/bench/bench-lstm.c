/* bench-lstm.c: the network alone, without features: windows of 62 inputs and 20 steps, one or many in a call */
#include "app/bench/bs-bench-cases.h"

#include "inference/engine/bs-engine.h"

#define N_INPUTS 62
#define SEQUENCE_LENGTH 20

/* X (number, what, engine, precision, fused, layers, hidden, batch): a row each, lstm/LxH/WHAT/bN, numbered from 0. */
#define CASES(X)                                                                                                       \
  X (0, "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 1)                                                              \
  X (1, "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 16)                                                             \
  X (2, "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 256)                                                            \
  X (3, "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 64, 1)                                                              \
  X (4, "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 64, 16)                                                             \
  X (5, "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 64, 256)                                                            \
  X (6, "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 1)                                                             \
  X (7, "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 16)                                                            \
  X (8, "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 256)                                                           \
  X (9, "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 128, 1)                                                             \
  X (10, "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 128, 16)                                                           \
  X (11, "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 128, 256)                                                          \
  X (12, "fp32-unfused", "cpu", BS_PRECISION_FP32, FALSE, 2, 64, 1)                                                    \
  X (13, "int8-unfused", "cpu", BS_PRECISION_INT8, FALSE, 2, 64, 1)                                                    \
  X (14, "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 1, 32, 1)                                             \
  X (15, "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 64, 1)                                             \
  X (16, "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 64, 16)                                            \
  X (17, "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 64, 256)                                           \
  X (18, "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 128, 1)                                            \
  X (19, "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 3, 128, 1)

typedef struct
{
  const char *engine;
  BsPrecision precision;
  gboolean fused;
  guint layers, hidden, batch;
} Spec;

typedef struct
{
  BsEngine *engine;
  guint batch;
  float *windows;       /* [batch, T, F] */
  float *probabilities; /* [batch, C] */
} State;

#define SPEC(number, what, engine, precision, fused, layers, hidden, batch)                                            \
  [number] = { engine, precision, fused, layers, hidden, batch },

static const Spec specs[] = { CASES (SPEC) };

static void
lstm_teardown (gpointer data)
{
  State *state = data;

  bs_engine_free (state->engine);
  g_free (state->windows);
  g_free (state->probabilities);
  g_free (state);
}

static gpointer
lstm_setup (const BsBenchCase *row, GError **error)
{
  const Spec *spec = &specs[row->arg];
  g_autoptr (BsModel) model = bs_model_new_random (N_INPUTS, spec->hidden, spec->layers, SEQUENCE_LENGTH, 1);
  const gsize n_inputs = (gsize) spec->batch * SEQUENCE_LENGTH * N_INPUTS;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GError) local = NULL;
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  BsEngine *engine;
  State *state;

  options.precision = spec->precision;
  options.fused = spec->fused;
  options.max_batch = spec->batch;
  engine = bs_engine_new (bs_engine_class_by_name (spec->engine), model, &options, &local);
  if (!engine)
    {
      const gboolean absent = g_error_matches (local, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE);

      g_set_error_literal (error, BS_BENCH_ERROR, absent ? BS_BENCH_ERROR_UNAVAILABLE : BS_BENCH_ERROR_FAILED,
                           local->message);
      return NULL;
    }
  state = g_new0 (State, 1);
  state->engine = engine;
  state->batch = spec->batch;
  state->windows = g_new (float, n_inputs);
  state->probabilities = g_new (float, spec->batch *BS_N_CLASSES);
  for (gsize i = 0; i < n_inputs; i++)
    state->windows[i] = (float) g_rand_double_range (random, -2, 2);
  return state;
}

static gboolean
lstm_run (gpointer data, GError **error)
{
  State *state = data;

  return bs_engine_predict (state->engine, state->windows, state->batch, state->probabilities, NULL, error);
}

#define ROW(number, what, engine, precision, fused, layers, hidden, batch)                                             \
  { .name = "lstm/" #layers "x" #hidden "/" what "/b" #batch,                                                          \
    .summary = "a window of 20 bars through " #layers " layers of " #hidden ", " what ", " #batch " in a call",        \
    .setup = lstm_setup,                                                                                               \
    .run = lstm_run,                                                                                                   \
    .teardown = lstm_teardown,                                                                                         \
    .operations = batch,                                                                                               \
    .arg = number },

const BsBenchCase bs_bench_lstm_cases[] = { CASES (ROW){ NULL } };
