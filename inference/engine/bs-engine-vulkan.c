/* bs-engine-vulkan.c: the network on a Vulkan device, one dispatch a call */
#include "inference/engine/bs-engine-vulkan.h"

#include <math.h>
#include <string.h>

#include "inference/vulkan/bs-vulkan-command.h"

/* How far an answer may be from 1 in sum before it is taken for garbage. */
#define SUM_TOLERANCE 1e-3f

typedef struct
{
  BsEngine base;
  BsVulkanContext *context;
  BsVulkanNetwork *network;
  BsVulkanPipeline pipeline;
  BsVulkanCommands commands;
} VulkanEngine;

typedef struct
{
  gboolean found;
  char *reason;
} Availability;

static gpointer
look_for_devices (gpointer unused)
{
  static Availability availability;
  BsVulkanDeviceInfo device;
  availability.found = bs_vulkan_list_devices (&device, 1, &availability.reason) > 0;
  return &availability;
}

static gboolean
vulkan_available (char **reason)
{
  /* Drivers take milliseconds to load, and this is asked for every row of the options table. */
  static GOnce once = G_ONCE_INIT;
  const Availability *availability = g_once (&once, look_for_devices, NULL);
  if (!availability->found && reason != NULL)
    *reason = g_strdup (availability->reason);
  return availability->found;
}

static void
vulkan_free (BsEngine *engine)
{
  VulkanEngine *self = (VulkanEngine *) engine;
  bs_vulkan_commands_clear (&self->commands);
  if (self->context != NULL)
    bs_vulkan_pipeline_clear (&self->pipeline, self->context);
  g_clear_pointer (&self->network, bs_vulkan_network_free);
  g_clear_pointer (&self->context, bs_vulkan_context_free);
  g_free (self);
}

/* The first dispatch compiles in many drivers: better now than on the first bar. */
static gboolean
warm_up (VulkanEngine *self, GError **error)
{
  BsVulkanCommands *commands = &self->commands;
  for (guint slot = 0; slot < commands->n_slots; slot++)
    {
      memset (commands->slots[slot].input.mapped, 0, self->network->input_bytes);
      if (!bs_vulkan_commands_submit (commands, slot, 1, FALSE, error)
          || !bs_vulkan_commands_wait (commands, slot, NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* Once a process: a session makes many engines. */
static void
note_cpu_device (const char *name)
{
  static gint said;
  if (g_atomic_int_compare_and_exchange (&said, FALSE, TRUE))
    g_message ("there is no GPU here: Vulkan runs on the CPU (%s), where backend=cpu is faster", name);
}

static BsEngine *
vulkan_create (BsModel *model, const BsEngineOptions *options, GError **error)
{
  if (options->precision != BS_PRECISION_FP32 && options->precision != BS_PRECISION_FP16)
    {
      g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED,
                           "the Vulkan engine computes in fp32 or fp16, not in int8");
      return NULL;
    }
  VulkanEngine *self = g_new0 (VulkanEngine, 1);
  g_autofree char *cache_path = NULL;
  gboolean half = options->precision == BS_PRECISION_FP16;
  self->base.input_limit = half ? BS_HALF_MAX : 0;

  self->context = bs_vulkan_context_new (options->device, error);
  if (self->context == NULL)
    goto fail;
  self->base.device_name = self->context->info.name;
  if (self->context->is_cpu && options->device == NULL)
    note_cpu_device (self->context->info.name);
  self->network = bs_vulkan_network_new (model, half, &self->context->limits, error);
  if (self->network == NULL)
    goto fail;
  cache_path = bs_vulkan_pipeline_cache_path (self->context);
  if (!bs_vulkan_pipeline_init (&self->pipeline, self->context, self->network, cache_path, error)
      || !bs_vulkan_commands_init (&self->commands, self->context, &self->pipeline, self->network, options->max_batch,
                                   error)
      || !warm_up (self, error))
    goto fail;
  return &self->base;

fail:
  vulkan_free (&self->base);
  return NULL;
}

/* Drivers that run past a limit answer garbage and say nothing: look at every answer. */
static gboolean
check_probabilities (const VulkanEngine *self, const float *probabilities, guint n, GError **error)
{
  for (guint i = 0; i < n; i++, probabilities += BS_N_CLASSES)
    {
      float sum = probabilities[0] + probabilities[1] + probabilities[2];
      float least = MIN (MIN (probabilities[0], probabilities[1]), probabilities[2]);
      if (!(fabsf (sum - 1.0f) <= SUM_TOLERANCE) || least < 0.0f)
        {
          g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_LOST,
                       "%s gave probabilities that make no sense (%g %g %g)", self->context->info.name,
                       probabilities[0], probabilities[1], probabilities[2]);
          return FALSE;
        }
    }
  return TRUE;
}

/* Waits for a slot and fetches its answers. */
static gboolean
finish (VulkanEngine *self, guint slot, float *probabilities, guint n, gint64 *stage_ns, GError **error)
{
  gint64 start = stage_ns != NULL ? bs_clock_ns () : 0;
  gint64 gpu_ns = 0;
  if (!bs_vulkan_commands_wait (&self->commands, slot, stage_ns != NULL ? &gpu_ns : NULL, error))
    return FALSE;
  gint64 waited = stage_ns != NULL ? bs_clock_ns () : 0;
  memcpy (probabilities, self->commands.slots[slot].output.mapped, n * BS_N_CLASSES * sizeof (float));
  if (stage_ns != NULL)
    {
      stage_ns[BS_STAGE_WAIT] += waited - start;
      stage_ns[BS_STAGE_GPU] += gpu_ns;
      stage_ns[BS_STAGE_DOWNLOAD] += bs_clock_ns () - waited;
    }
  return check_probabilities (self, probabilities, n, error);
}

/* What the device does not overwrite is no probability: a dispatch that never ran must not be answered with the last one's. */
static void
spoil_answers (BsVulkanSlot *slot, guint n)
{
  float *answers = slot->output.mapped;
  for (guint i = 0; i < n; i++)
    answers[i * BS_N_CLASSES] = NAN;
}

static gboolean
start (VulkanEngine *self, guint slot, const float *windows, guint n, gint64 *stage_ns, GError **error)
{
  const BsModel *model = self->base.model;
  gint64 begin = stage_ns != NULL ? bs_clock_ns () : 0;
  /* A NaN may vanish on the device, where max () need not keep it: it is looked for here. */
  if (!bs_floats_finite (windows, (gsize) n * model->sequence_length * model->n_inputs))
    {
      g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT, "an input is not finite");
      return FALSE;
    }
  bs_vulkan_network_write_inputs (self->network, windows, n, model->n_inputs, self->commands.slots[slot].input.mapped);
  spoil_answers (&self->commands.slots[slot], n);
  gint64 written = stage_ns != NULL ? bs_clock_ns () : 0;
  if (!bs_vulkan_commands_submit (&self->commands, slot, n, stage_ns != NULL, error))
    return FALSE;
  if (stage_ns != NULL)
    {
      stage_ns[BS_STAGE_UPLOAD] += written - begin;
      stage_ns[BS_STAGE_DISPATCH] += bs_clock_ns () - written;
    }
  return TRUE;
}

/* After a failure nothing may be in flight: the next call begins anew. */
static void
drain (VulkanEngine *self)
{
  for (guint slot = 0; slot < self->commands.n_slots; slot++)
    if (self->commands.slots[slot].in_flight)
      bs_vulkan_commands_wait (&self->commands, slot, NULL, NULL);
}

static gboolean
vulkan_predict (BsEngine *engine, const float *windows, guint n, float *probabilities, gint64 *stage_ns, GError **error)
{
  VulkanEngine *self = (VulkanEngine *) engine;
  const guint capacity = self->commands.capacity, n_slots = self->commands.n_slots;
  const guint n_ticks = (n + capacity - 1) / capacity;
  const gsize window_floats = (gsize) engine->model->sequence_length * engine->model->n_inputs;

  /* Tick i runs in slot i modulo n_slots; before a slot is used again its answers are fetched. */
  for (guint tick = 0; tick < n_ticks + n_slots; tick++)
    {
      guint slot = tick % n_slots;
      if (tick >= n_slots && tick - n_slots < n_ticks)
        {
          guint done = (tick - n_slots) * capacity;
          if (!finish (self, slot, probabilities + (gsize) done * BS_N_CLASSES, MIN (capacity, n - done), stage_ns,
                       error))
            goto fail;
        }
      if (tick < n_ticks)
        {
          guint first = tick * capacity;
          if (!start (self, slot, windows + first * window_floats, MIN (capacity, n - first), stage_ns, error))
            goto fail;
        }
    }
  return TRUE;

fail:
  drain (self);
  return FALSE;
}

const BsEngineClass bs_engine_vulkan_class = {
  .name = "vulkan",
  .fallback = "cpu",
  .available = vulkan_available,
  .create = vulkan_create,
  .free = vulkan_free,
  .predict = vulkan_predict,
};
