/* bench-lstm.c: the network alone, without features: windows of 62 inputs and 20 steps, one or many in a call */
#include "app/bench/bs-bench-cases.h"

#include <string.h>

#include "inference/engine/bs-engine.h"
#include "inference/vulkan/bs-vulkan-list.h"

#define N_INPUTS 62
#define SEQUENCE_LENGTH 20
/* Windows a call at most on a Vulkan device that is the CPU: larger batches take minutes there and say nothing of a GPU. */
#define CPU_DEVICE_MAX_BATCH 16
#define MAX_DEVICES 16

/* X (number, group, what, engine, precision, fused, layers, hidden, batch): a row each, GROUP/LxH/WHAT/bN, from 0. The shape that
 * 2x64 has once pruned to 70 % of its units is among them, and the CPU engine beside the GPU's. */
#define CASES(X)                                                                                                       \
  X (0, "lstm", "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 1)                                                      \
  X (1, "lstm", "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 16)                                                     \
  X (2, "lstm", "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 256)                                                    \
  X (3, "lstm", "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 64, 1)                                                      \
  X (4, "lstm", "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 64, 16)                                                     \
  X (5, "lstm", "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 64, 256)                                                    \
  X (6, "lstm", "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 1)                                                     \
  X (7, "lstm", "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 16)                                                    \
  X (8, "lstm", "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 256)                                                   \
  X (9, "lstm", "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 128, 1)                                                     \
  X (10, "lstm", "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 128, 16)                                                   \
  X (11, "lstm", "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 128, 256)                                                  \
  X (12, "lstm", "fp32-unfused", "cpu", BS_PRECISION_FP32, FALSE, 2, 64, 1)                                            \
  X (13, "lstm", "int8-unfused", "cpu", BS_PRECISION_INT8, FALSE, 2, 64, 1)                                            \
  X (14, "lstm", "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 1, 32, 1)                                     \
  X (15, "lstm", "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 64, 1)                                     \
  X (16, "lstm", "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 64, 16)                                    \
  X (17, "lstm", "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 64, 256)                                   \
  X (18, "lstm", "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 2, 128, 1)                                    \
  X (19, "lstm", "fp32-reference", "reference", BS_PRECISION_FP32, TRUE, 3, 128, 1)                                    \
  X (20, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 64, 1)                                                \
  X (21, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 64, 16)                                               \
  X (22, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 64, 256)                                              \
  X (23, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 64, 4096)                                             \
  X (24, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 64, 1)                                                \
  X (25, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 64, 16)                                               \
  X (26, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 64, 256)                                              \
  X (27, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 64, 4096)                                             \
  X (28, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 128, 1)                                               \
  X (29, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 128, 16)                                              \
  X (30, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 128, 256)                                             \
  X (31, "vulkan", "fp32", "vulkan", BS_PRECISION_FP32, TRUE, 2, 128, 4096)                                            \
  X (32, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 128, 1)                                               \
  X (33, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 128, 16)                                              \
  X (34, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 128, 256)                                             \
  X (35, "vulkan", "fp16", "vulkan", BS_PRECISION_FP16, TRUE, 2, 128, 4096)                                               \
  X (36, "pruned", "int8", "cpu", BS_PRECISION_INT8, TRUE, 2, 45, 1)                                                   \
  X (37, "pruned", "fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 45, 1)                                                   \
  X (38, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 1)                                               \
  X (39, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 16)                                              \
  X (40, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 256)                                             \
  X (41, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 64, 4096)                                            \
  X (42, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 1)                                              \
  X (43, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 16)                                             \
  X (44, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 256)                                            \
  X (45, "vulkan", "cpu-fp32", "cpu", BS_PRECISION_FP32, TRUE, 2, 128, 4096)

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

#define SPEC(number, group, what, engine, precision, fused, layers, hidden, batch)                                     \
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

static gboolean
has_gpu (void)
{
  BsVulkanDeviceInfo devices[MAX_DEVICES];
  g_autofree char *reason = NULL;
  guint n = bs_vulkan_list_devices (devices, MAX_DEVICES, &reason);

  for (guint i = 0; i < n; i++)
    if (strcmp (devices[i].type, "cpu") != 0)
      return TRUE;
  return FALSE;
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

  if (spec->batch > CPU_DEVICE_MAX_BATCH && strcmp (spec->engine, "vulkan") == 0 && !has_gpu ())
    {
      g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_UNAVAILABLE, "there is no GPU here");
      return NULL;
    }
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

static const char *
lstm_device (gpointer data)
{
  return ((State *) data)->engine->device_name;
}

static gboolean
lstm_run (gpointer data, GError **error)
{
  State *state = data;

  return bs_engine_predict (state->engine, state->windows, state->batch, state->probabilities, NULL, error);
}

#define ROW(number, group, what, engine, precision, fused, layers, hidden, batch)                                      \
  { .name = group "/" #layers "x" #hidden "/" what "/b" #batch,                                                        \
    .summary = "a window of 20 bars through " #layers " layers of " #hidden ", " what ", " #batch " in a call",        \
    .setup = lstm_setup,                                                                                               \
    .run = lstm_run,                                                                                                   \
    .teardown = lstm_teardown,                                                                                         \
    .device = lstm_device,                                                                                             \
    .operations = batch,                                                                                               \
    .arg = number },

const BsBenchCase bs_bench_lstm_cases[] = { CASES (ROW){ NULL } };
