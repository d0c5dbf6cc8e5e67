#include "inference/vulkan/bs-vulkan-memory.h"

#include "inference/engine/bs-engine.h"

#define MAPPABLE (VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT)

/* For each use the properties wanted, best first; the last one every device has. */
static const VkMemoryPropertyFlags wanted[][2] = {
  [BS_VULKAN_DEVICE] = { VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0 },
  [BS_VULKAN_UPLOAD] = { MAPPABLE | VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, MAPPABLE },
  [BS_VULKAN_DOWNLOAD] = { MAPPABLE | VK_MEMORY_PROPERTY_HOST_CACHED_BIT, MAPPABLE },
};

static int
find_type (const BsVulkanContext *context, guint32 allowed, VkMemoryPropertyFlags flags)
{
  for (guint i = 0; i < context->memory.memoryTypeCount; i++)
    if ((allowed & (1u << i)) && (context->memory.memoryTypes[i].propertyFlags & flags) == flags)
      return i;
  return -1;
}

gboolean
bs_vulkan_buffer_init (BsVulkanBuffer *self, BsVulkanContext *context, VkDeviceSize size, VkBufferUsageFlags usage,
                       BsVulkanUse use, GError **error)
{
  *self = (BsVulkanBuffer){ .size = size };
  const VkBufferCreateInfo buffer_info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
    .size = size,
    .usage = usage | (use == BS_VULKAN_DEVICE ? VK_BUFFER_USAGE_TRANSFER_DST_BIT : 0),
    .sharingMode = VK_SHARING_MODE_EXCLUSIVE,
  };
  VK (context, CreateBuffer, context->device, &buffer_info, NULL, &self->buffer);

  VkMemoryRequirements requirements;
  context->vk.GetBufferMemoryRequirements (context->device, self->buffer, &requirements);

  /* A mappable window into the device's memory may be small: where it is full, plain host memory does. */
  VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  for (guint i = 0; i < G_N_ELEMENTS (wanted[use]) && result != VK_SUCCESS; i++)
    {
      int type = find_type (context, requirements.memoryTypeBits, wanted[use][i]);
      if (type < 0)
        continue;
      const VkMemoryAllocateInfo allocate_info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = requirements.size,
        .memoryTypeIndex = type,
      };
      result = context->vk.AllocateMemory (context->device, &allocate_info, NULL, &self->memory);
    }
  if (result != VK_SUCCESS)
    {
      bs_vulkan_set_error (error, result, "vkAllocateMemory", __FILE__, __LINE__);
      goto fail;
    }
  VK (context, BindBufferMemory, context->device, self->buffer, self->memory, 0);
  if (use != BS_VULKAN_DEVICE)
    VK (context, MapMemory, context->device, self->memory, 0, VK_WHOLE_SIZE, 0, &self->mapped);
  return TRUE;

fail:
  bs_vulkan_buffer_clear (self, context);
  return FALSE;
}

void
bs_vulkan_buffer_clear (BsVulkanBuffer *self, BsVulkanContext *context)
{
  if (self->buffer != VK_NULL_HANDLE)
    context->vk.DestroyBuffer (context->device, self->buffer, NULL);
  if (self->memory != VK_NULL_HANDLE)
    context->vk.FreeMemory (context->device, self->memory, NULL);
  *self = (BsVulkanBuffer){ 0 };
}
