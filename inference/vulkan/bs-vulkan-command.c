#include "inference/vulkan/bs-vulkan-command.h"

#include <string.h>

#include "inference/engine/bs-engine.h"

/* Up to this many windows one dispatch takes them all; beyond, several overlap with copying. */
#define SINGLE_SLOT_BATCH 256
#define SLOT_BATCH 1024
/* Multiply-adds a dispatch at most: a fraction of a second on a slow GPU, whose system resets it after a few. */
#define SLOT_MACS G_GUINT64_CONSTANT (20000000000)

#define SPIN_NSEC 200000                                /* 200 us: longer than a small network takes on a GPU */
#define SPIN_SAMPLE 256                                 /* questions to a fence, to see how long one takes */
#define WAIT_GPU_NSEC G_GUINT64_CONSTANT (10000000000)  /* 10 s: then it hangs */
#define WAIT_CPU_NSEC G_GUINT64_CONSTANT (600000000000) /* 10 min: a loaded machine computes slowly, but it computes */

static guint64
macs_per_window (const BsVulkanConstants *c)
{
  guint64 first = (guint64) 4 * c->hidden * (c->inputs + c->hidden);
  guint64 above = (guint64) 4 * c->hidden * 2 * c->hidden * (c->layers - 1);
  return c->steps * (first + above);
}

static void
choose_slots (BsVulkanCommands *self, const BsVulkanNetwork *network, guint max_batch)
{
  const BsVulkanLimits *limits = &self->context->limits;
  guint64 capacity = max_batch <= SINGLE_SLOT_BATCH ? max_batch : SLOT_BATCH;
  capacity = MIN (capacity, limits->workgroups);
  capacity = MIN (capacity, limits->storage_range_bytes / network->input_bytes);
  capacity = MIN (capacity, SLOT_MACS / macs_per_window (&network->constants));
  self->capacity = MAX (capacity, 1);
  self->n_slots = MIN ((max_batch + self->capacity - 1) / self->capacity, BS_VULKAN_MAX_SLOTS);
}

static gboolean
create_pools (BsVulkanCommands *self, GError **error)
{
  BsVulkanContext *context = self->context;
  const VkCommandPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .queueFamilyIndex = context->queue_family,
  };
  const VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, BS_VULKAN_BINDINGS * self->n_slots };
  const VkDescriptorPoolCreateInfo descriptor_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = self->n_slots,
    .poolSizeCount = 1,
    .pPoolSizes = &size,
  };
  VK (context, CreateCommandPool, context->device, &pool_info, NULL, &self->pool);
  VK (context, CreateDescriptorPool, context->device, &descriptor_info, NULL, &self->descriptors);
  return TRUE;

fail:
  return FALSE;
}

static gboolean
allocate_command_buffer (BsVulkanCommands *self, VkCommandBuffer *buffer, GError **error)
{
  const VkCommandBufferAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .commandPool = self->pool,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  VK (self->context, AllocateCommandBuffers, self->context->device, &info, buffer);
  return TRUE;

fail:
  return FALSE;
}

/* Submits once and waits: for what happens at the start alone. */
static gboolean
run_once (BsVulkanCommands *self, VkCommandBuffer buffer, VkFence fence, GError **error)
{
  BsVulkanContext *context = self->context;
  const VkSubmitInfo submit = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
    .commandBufferCount = 1,
    .pCommandBuffers = &buffer,
  };
  VK (context, QueueSubmit, context->queue, 1, &submit, fence);
  VK (context, WaitForFences, context->device, 1, &fence, VK_TRUE, WAIT_CPU_NSEC);
  return TRUE;

fail:
  return FALSE;
}

/* Makes @buffer in the device's memory with @size bytes of @data in it. */
static gboolean
upload (BsVulkanCommands *self, BsVulkanBuffer *buffer, const void *data, gsize size, GError **error)
{
  BsVulkanContext *context = self->context;
  BsVulkanBuffer staging = { 0 };
  VkFence fence = VK_NULL_HANDLE;
  VkCommandBuffer commands;
  gboolean done = FALSE;
  const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  const VkCommandBufferBeginInfo begin_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
  };
  const VkBufferCopy region = { .size = size };
  const VkMemoryBarrier barrier = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_SHADER_READ_BIT,
  };

  if (!bs_vulkan_buffer_init (buffer, context, size, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, BS_VULKAN_DEVICE, error)
      || !bs_vulkan_buffer_init (&staging, context, size, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, BS_VULKAN_UPLOAD, error)
      || !allocate_command_buffer (self, &commands, error))
    goto fail;
  memcpy (staging.mapped, data, size);
  VK (context, CreateFence, context->device, &fence_info, NULL, &fence);
  VK (context, BeginCommandBuffer, commands, &begin_info);
  context->vk.CmdCopyBuffer (commands, staging.buffer, buffer->buffer, 1, &region);
  context->vk.CmdPipelineBarrier (commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1,
                                  &barrier, 0, NULL, 0, NULL);
  VK (context, EndCommandBuffer, commands);
  done = run_once (self, commands, fence, error);

fail:
  if (fence != VK_NULL_HANDLE)
    context->vk.DestroyFence (context->device, fence, NULL);
  bs_vulkan_buffer_clear (&staging, context);
  return done;
}

static void
write_descriptors (BsVulkanCommands *self, BsVulkanSlot *slot)
{
  const VkDescriptorBufferInfo buffers[BS_VULKAN_BINDINGS] = {
    { self->weights.buffer, 0, VK_WHOLE_SIZE },    { slot->input.buffer, 0, VK_WHOLE_SIZE },
    { self->parameters.buffer, 0, VK_WHOLE_SIZE }, { self->sizes.buffer, 0, VK_WHOLE_SIZE },
    { slot->output.buffer, 0, VK_WHOLE_SIZE },
  };
  const VkWriteDescriptorSet write = {
    .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
    .dstSet = slot->set,
    .descriptorCount = BS_VULKAN_BINDINGS, /* goes on through the bindings, which are alike */
    .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
    .pBufferInfo = buffers,
  };
  self->context->vk.UpdateDescriptorSets (self->context->device, 1, &write, 0, NULL);
}

static gboolean
record (BsVulkanCommands *self, BsVulkanSlot *slot, const BsVulkanPipeline *pipeline, gboolean timed,
        VkCommandBuffer *out, GError **error)
{
  BsVulkanContext *context = self->context;
  const BsVulkanFunctions *vk = &context->vk;
  const VkCommandBufferBeginInfo begin_info = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO };
  /* What the host has written is seen by the device with the submission; the other way needs a barrier. */
  const VkMemoryBarrier barrier = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
    .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
  };

  if (!allocate_command_buffer (self, out, error))
    return FALSE;
  VkCommandBuffer commands = *out;
  VK (context, BeginCommandBuffer, commands, &begin_info);
  if (timed)
    {
      vk->CmdResetQueryPool (commands, slot->queries, 0, 2);
      vk->CmdWriteTimestamp (commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, slot->queries, 0);
    }
  vk->CmdBindPipeline (commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline->pipeline);
  vk->CmdBindDescriptorSets (commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline->layout, 0, 1, &slot->set, 0, NULL);
  vk->CmdDispatchIndirect (commands, slot->count.buffer, 0);
  if (timed)
    vk->CmdWriteTimestamp (commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, slot->queries, 1);
  vk->CmdPipelineBarrier (commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0,
                          NULL, 0, NULL);
  VK (context, EndCommandBuffer, commands);
  return TRUE;

fail:
  return FALSE;
}

static gboolean
slot_init (BsVulkanCommands *self, BsVulkanSlot *slot, const BsVulkanPipeline *pipeline, const BsVulkanNetwork *network,
           GError **error)
{
  BsVulkanContext *context = self->context;
  const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  const VkQueryPoolCreateInfo query_info = {
    .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
    .queryType = VK_QUERY_TYPE_TIMESTAMP,
    .queryCount = 2,
  };
  const VkDescriptorSetAllocateInfo set_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorPool = self->descriptors,
    .descriptorSetCount = 1,
    .pSetLayouts = &pipeline->set_layout,
  };

  if (!bs_vulkan_buffer_init (&slot->input, context, self->capacity * network->input_bytes,
                              VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, BS_VULKAN_UPLOAD, error)
      || !bs_vulkan_buffer_init (&slot->output, context, self->capacity * BS_N_CLASSES * sizeof (float),
                                 VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, BS_VULKAN_DOWNLOAD, error)
      || !bs_vulkan_buffer_init (&slot->count, context, sizeof (VkDispatchIndirectCommand),
                                 VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT, BS_VULKAN_UPLOAD, error))
    return FALSE;
  *(VkDispatchIndirectCommand *) slot->count.mapped = (VkDispatchIndirectCommand){ 1, 1, 1 };
  VK (context, CreateFence, context->device, &fence_info, NULL, &slot->fence);
  if (context->timestamp_ns > 0)
    VK (context, CreateQueryPool, context->device, &query_info, NULL, &slot->queries);
  VK (context, AllocateDescriptorSets, context->device, &set_info, &slot->set);
  write_descriptors (self, slot);
  return record (self, slot, pipeline, FALSE, &slot->plain, error)
         && (slot->queries == VK_NULL_HANDLE || record (self, slot, pipeline, TRUE, &slot->timed, error));

fail:
  return FALSE;
}

/* How often a fence may be asked in @SPIN_NSEC: found once, so that waiting reads no clock. */
static guint
measure_spins (BsVulkanContext *context, VkFence fence)
{
  gint64 start = bs_clock_ns ();
  for (guint i = 0; i < SPIN_SAMPLE; i++)
    context->vk.GetFenceStatus (context->device, fence);
  gint64 sample_ns = bs_clock_ns () - start;
  return (guint) MIN ((gint64) SPIN_NSEC * SPIN_SAMPLE / MAX (sample_ns, 1), SPIN_NSEC) + 1;
}

gboolean
bs_vulkan_commands_init (BsVulkanCommands *self, BsVulkanContext *context, const BsVulkanPipeline *pipeline,
                         const BsVulkanNetwork *network, guint max_batch, GError **error)
{
  *self = (BsVulkanCommands){ .context = context };
  choose_slots (self, network, max_batch);
  gboolean made = create_pools (self, error)
                  && upload (self, &self->weights, network->weights, network->weights_bytes, error)
                  && upload (self, &self->parameters, network->parameters, network->parameters_bytes, error)
                  && upload (self, &self->sizes, network->sizes, network->sizes_bytes, error);
  for (guint i = 0; made && i < self->n_slots; i++)
    made = slot_init (self, &self->slots[i], pipeline, network, error);
  if (made && !context->is_cpu)
    self->max_spins = measure_spins (context, self->slots[0].fence);
  if (!made)
    bs_vulkan_commands_clear (self);
  return made;
}

static void
slot_clear (BsVulkanCommands *self, BsVulkanSlot *slot)
{
  BsVulkanContext *context = self->context;
  if (slot->queries != VK_NULL_HANDLE)
    context->vk.DestroyQueryPool (context->device, slot->queries, NULL);
  if (slot->fence != VK_NULL_HANDLE)
    context->vk.DestroyFence (context->device, slot->fence, NULL);
  bs_vulkan_buffer_clear (&slot->input, context);
  bs_vulkan_buffer_clear (&slot->output, context);
  bs_vulkan_buffer_clear (&slot->count, context);
}

void
bs_vulkan_commands_clear (BsVulkanCommands *self)
{
  BsVulkanContext *context = self->context;
  if (context == NULL)
    return;
  /* Where the device is lost this fails, and nothing is in flight any more. */
  context->vk.DeviceWaitIdle (context->device);
  for (guint i = 0; i < BS_VULKAN_MAX_SLOTS; i++)
    slot_clear (self, &self->slots[i]);
  if (self->descriptors != VK_NULL_HANDLE)
    context->vk.DestroyDescriptorPool (context->device, self->descriptors, NULL);
  if (self->pool != VK_NULL_HANDLE)
    context->vk.DestroyCommandPool (context->device, self->pool, NULL);
  bs_vulkan_buffer_clear (&self->weights, context);
  bs_vulkan_buffer_clear (&self->parameters, context);
  bs_vulkan_buffer_clear (&self->sizes, context);
  *self = (BsVulkanCommands){ 0 };
}

gboolean
bs_vulkan_commands_submit (BsVulkanCommands *self, guint index, guint n, gboolean timed, GError **error)
{
  BsVulkanContext *context = self->context;
  BsVulkanSlot *slot = &self->slots[index];
  g_assert (!slot->in_flight && n >= 1 && n <= self->capacity);

  slot->is_timed = timed && slot->queries != VK_NULL_HANDLE;
  ((VkDispatchIndirectCommand *) slot->count.mapped)->x = n;
  const VkSubmitInfo submit = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
    .commandBufferCount = 1,
    .pCommandBuffers = slot->is_timed ? &slot->timed : &slot->plain,
  };
  VK (context, QueueSubmit, context->queue, 1, &submit, slot->fence);
  slot->in_flight = TRUE;
  return TRUE;

fail:
  return FALSE;
}

/* Asks until the fence is signalled or some @SPIN_NSEC are over. */
static VkResult
spin (const BsVulkanCommands *self, VkFence fence)
{
  VkResult result = VK_NOT_READY;
  for (guint i = 0; i < self->max_spins && result == VK_NOT_READY; i++)
    result = self->context->vk.GetFenceStatus (self->context->device, fence);
  return result;
}

static gint64
read_timestamps (BsVulkanContext *context, const BsVulkanSlot *slot)
{
  guint64 ticks[2];
  if (!slot->is_timed
      || context->vk.GetQueryPoolResults (context->device, slot->queries, 0, 2, sizeof ticks, ticks, sizeof ticks[0],
                                          VK_QUERY_RESULT_64_BIT)
           != VK_SUCCESS)
    return 0;
  return ((ticks[1] - ticks[0]) & context->timestamp_mask) * context->timestamp_ns;
}

gboolean
bs_vulkan_commands_wait (BsVulkanCommands *self, guint index, gint64 *gpu_ns, GError **error)
{
  BsVulkanContext *context = self->context;
  BsVulkanSlot *slot = &self->slots[index];
  g_assert (slot->in_flight);

  VkResult result = context->is_cpu ? VK_NOT_READY : spin (self, slot->fence);
  if (result == VK_NOT_READY)
    result = context->vk.WaitForFences (context->device, 1, &slot->fence, VK_TRUE,
                                        context->is_cpu ? WAIT_CPU_NSEC : WAIT_GPU_NSEC);
  slot->in_flight = FALSE;
  if (result != VK_SUCCESS)
    {
      bs_vulkan_set_error (error, result, "vkWaitForFences", __FILE__, __LINE__);
      return FALSE;
    }
  VK (context, ResetFences, context->device, 1, &slot->fence);
  if (gpu_ns != NULL)
    *gpu_ns = read_timestamps (context, slot);
  return TRUE;

fail:
  return FALSE;
}
