/* bench-vulkan.c: what a submission costs the host beside the driver's own time: the driver's calls do nothing here */
#include "app/bench/bs-bench-cases.h"

#include <string.h>

#include "app/bs-config.h"
#include "inference/engine/bs-engine.h"

#if BS_HAVE_VULKAN

#include "inference/vulkan/bs-vulkan-command.h"

#define N_INPUTS 62
#define SEQUENCE_LENGTH 20

/* X (number, what, half, hidden, batch): a row each, from 0. */
#define CASES(X)                                                                                                       \
  X (0, "fp32", FALSE, 64, 1)                                                                                          \
  X (1, "fp16", TRUE, 64, 1)                                                                                           \
  X (2, "fp32", FALSE, 64, 256)                                                                                        \
  X (3, "fp16", TRUE, 64, 256)

static const struct
{
  gboolean half;
  guint hidden, batch;
} specs[] = {
#define SPEC(number, what, half, hidden, batch) [number] = { half, hidden, batch },
  CASES (SPEC)
};

typedef struct
{
  BsVulkanContext *context;
  BsVulkanNetwork *network;
  BsVulkanPipeline pipeline;
  BsVulkanCommands commands;
  guint batch;
  float *windows;       /* [batch, T, F] */
  float *probabilities; /* [batch, C] */
} State;

static VKAPI_ATTR VkResult VKAPI_CALL
submit_nothing (VkQueue queue, uint32_t n, const VkSubmitInfo *submits, VkFence fence)
{
  return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
wait_for_nothing (VkDevice device, uint32_t n, const VkFence *fences, VkBool32 all, uint64_t timeout)
{
  return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
reset_nothing (VkDevice device, uint32_t n, const VkFence *fences)
{
  return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
be_ready (VkDevice device, VkFence fence)
{
  return VK_SUCCESS;
}

static void
teardown (gpointer data)
{
  State *state = data;
  bs_vulkan_commands_clear (&state->commands);
  if (state->context != NULL)
    bs_vulkan_pipeline_clear (&state->pipeline, state->context);
  g_clear_pointer (&state->network, bs_vulkan_network_free);
  g_clear_pointer (&state->context, bs_vulkan_context_free);
  g_free (state->windows);
  g_free (state->probabilities);
  g_free (state);
}

static gboolean
make (State *state, const BsModel *model, gboolean half, GError **error)
{
  state->context = bs_vulkan_context_new (NULL, error);
  if (state->context == NULL)
    return FALSE;
  state->network = bs_vulkan_network_new (model, half, &state->context->limits, error);
  return state->network != NULL
         && bs_vulkan_pipeline_init (&state->pipeline, state->context, state->network, NULL, error)
         && bs_vulkan_commands_init (&state->commands, state->context, &state->pipeline, state->network, state->batch,
                                     error);
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (BsModel) model = bs_model_new_random (N_INPUTS, specs[row->arg].hidden, 2, SEQUENCE_LENGTH, 1);
  State *state = g_new0 (State, 1);
  state->batch = specs[row->arg].batch;
  if (!make (state, model, specs[row->arg].half, &local))
    {
      gboolean absent = g_error_matches (local, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE);
      g_set_error_literal (error, BS_BENCH_ERROR, absent ? BS_BENCH_ERROR_UNAVAILABLE : BS_BENCH_ERROR_FAILED,
                           local->message);
      teardown (state);
      return NULL;
    }
  state->context->vk.QueueSubmit = submit_nothing;
  state->context->vk.WaitForFences = wait_for_nothing;
  state->context->vk.ResetFences = reset_nothing;
  state->context->vk.GetFenceStatus = be_ready;

  const gsize n_inputs = (gsize) state->batch * SEQUENCE_LENGTH * N_INPUTS;
  state->windows = g_new (float, n_inputs);
  state->probabilities = g_new (float, (gsize) state->batch * BS_N_CLASSES);
  for (gsize i = 0; i < n_inputs; i++)
    state->windows[i] = (float) g_rand_double_range (random, -2, 2);
  return state;
}

/* What the engine does in a call of one tick: see bs-engine-vulkan.c. */
static gboolean
run (gpointer data, GError **error)
{
  State *state = data;
  BsVulkanSlot *slot = &state->commands.slots[0];
  if (!bs_floats_finite (state->windows, (gsize) state->batch * SEQUENCE_LENGTH * N_INPUTS))
    return FALSE;
  bs_vulkan_network_write_inputs (state->network, state->windows, state->batch, N_INPUTS, slot->input.mapped);
  if (!bs_vulkan_commands_submit (&state->commands, 0, state->batch, FALSE, error)
      || !bs_vulkan_commands_wait (&state->commands, 0, NULL, error))
    return FALSE;
  memcpy (state->probabilities, slot->output.mapped, state->batch * BS_N_CLASSES * sizeof (float));
  return TRUE;
}

static const char *
device (gpointer data)
{
  return ((State *) data)->context->info.name;
}

#define ROW(number, what, half, hidden, batch)                                                                         \
  { .name = "vulkan/2x" #hidden "/" what "/host/b" #batch,                                                             \
    .summary = "the host's part of vulkan/2x" #hidden "/" what "/b" #batch ", a call: all but the driver",             \
    .setup = setup,                                                                                                    \
    .run = run,                                                                                                        \
    .teardown = teardown,                                                                                              \
    .device = device,                                                                                                  \
    .arg = number },

const BsBenchCase bs_bench_vulkan_cases[] = { CASES (ROW){ NULL } };

#else

const BsBenchCase bs_bench_vulkan_cases[] = { { NULL } };

#endif
