/* bs-vulkan-memory.h: a buffer and its memory */
#pragma once

#include "inference/vulkan/bs-vulkan-context.h"

G_BEGIN_DECLS

/** Who touches a buffer, and so which memory it lies in. */
typedef enum
{
  BS_VULKAN_DEVICE, /* the device alone; filled by a copy */
  BS_VULKAN_UPLOAD, /* written by the host in order, read by the device; in the device's memory where that can be mapped */
  BS_VULKAN_DOWNLOAD, /* written by the device, read by the host: cached where there is such memory */
} BsVulkanUse;

typedef struct
{
  VkBuffer buffer;
  VkDeviceMemory memory;
  VkDeviceSize size; /* bytes */
  void *mapped;      /* (nullable): for upload and download: mapped as long as the buffer lives, coherent */
} BsVulkanBuffer;

/**
 * bs_vulkan_buffer_init:
 * @size: bytes, > 0
 * @usage: VkBufferUsageFlags; transfer is added where @use needs it
 *
 * Makes a buffer with memory of its own. On failure @self is left empty, and freeing it does nothing.
 *
 * Returns: %FALSE with %BS_ENGINE_ERROR_MEMORY or %BS_ENGINE_ERROR_UNAVAILABLE
 */
gboolean bs_vulkan_buffer_init (BsVulkanBuffer *self, BsVulkanContext *context, VkDeviceSize size,
                                VkBufferUsageFlags usage, BsVulkanUse use, GError **error);
void bs_vulkan_buffer_clear (BsVulkanBuffer *self, BsVulkanContext *context);

G_END_DECLS
