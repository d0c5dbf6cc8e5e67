/* bs-vulkan-command.h: ticks in flight: buffers, command buffers recorded once, submission and waiting
 *
 * A slot holds what one dispatch needs: input, output, the number of windows. Everything is made and recorded at the start;
 * a prediction writes its input, submits, waits, reads. With several slots the host fills one while the device works on
 * another.
 */
#pragma once

#include "inference/vulkan/bs-vulkan-memory.h"
#include "inference/vulkan/bs-vulkan-pipeline.h"

G_BEGIN_DECLS

#define BS_VULKAN_MAX_SLOTS 3

typedef struct
{
  BsVulkanBuffer input;  /* capacity * input_bytes */
  BsVulkanBuffer output; /* [capacity, C] float */
  BsVulkanBuffer count;  /* VkDispatchIndirectCommand */
  VkDescriptorSet set;
  VkCommandBuffer plain, timed; /* the same work without and with timestamps */
  VkFence fence;
  VkQueryPool queries; /* start and end; VK_NULL_HANDLE where the queue has no timestamps */
  gboolean in_flight;
  gboolean is_timed;
} BsVulkanSlot;

typedef struct
{
  BsVulkanContext *context;
  VkCommandPool pool;
  VkDescriptorPool descriptors;
  BsVulkanBuffer weights, parameters, sizes;
  BsVulkanSlot slots[BS_VULKAN_MAX_SLOTS];
  guint n_slots;
  guint capacity;  /* windows a slot */
  guint max_spins; /* questions to a fence before the thread sleeps; 0 on a CPU-type device */
} BsVulkanCommands;

/**
 * bs_vulkan_commands_init:
 * @max_batch: windows a call at most, >= 1: decides how many slots there are and how large
 *
 * Uploads the weights, makes the slots and records their commands. On failure @self is left empty.
 *
 * Returns: %FALSE with a %BS_ENGINE_ERROR
 */
gboolean bs_vulkan_commands_init (BsVulkanCommands *self, BsVulkanContext *context, const BsVulkanPipeline *pipeline,
                                  const BsVulkanNetwork *network, guint max_batch, GError **error);
void bs_vulkan_commands_clear (BsVulkanCommands *self);

/** Starts slot @slot on @n windows (1..capacity) whose input has been written. @timed: with timestamps. */
gboolean bs_vulkan_commands_submit (BsVulkanCommands *self, guint slot, guint n, gboolean timed, GError **error);

/**
 * bs_vulkan_commands_wait:
 * @gpu_ns: (out) (nullable): device time of the dispatch, ns; 0 where it was not timed
 *
 * Waits for slot @slot: on a GPU spinning for a bounded time first, since waking up costs more than a small network; on a
 * CPU-type device asleep at once, for it needs the core.
 *
 * Returns: %FALSE with %BS_ENGINE_ERROR_LOST where the device is gone or silent
 */
gboolean bs_vulkan_commands_wait (BsVulkanCommands *self, guint slot, gint64 *gpu_ns, GError **error);

G_END_DECLS
