/* bs-vulkan-context.h: one Vulkan device, opened: instance, device, queue, limits */
#pragma once

#include "inference/vulkan/bs-vulkan-functions.h"
#include "inference/vulkan/bs-vulkan-list.h"

G_BEGIN_DECLS

/** Limits that the engine stays within: the device's, or smaller ones that a test injects. */
typedef struct
{
  guint32 shared_bytes;        /* maxComputeSharedMemorySize */
  guint32 workgroup_threads;   /* the smaller of maxComputeWorkGroupInvocations and maxComputeWorkGroupSize[0] */
  guint32 workgroups;          /* maxComputeWorkGroupCount[0] */
  guint64 storage_range_bytes; /* maxStorageBufferRange */
} BsVulkanLimits;

typedef struct
{
  BsVulkanFunctions vk;
  VkInstance instance;
  VkPhysicalDevice physical;
  VkDevice device;
  VkQueue queue;
  guint32 queue_family;
  VkPhysicalDeviceMemoryProperties memory;
  BsVulkanDeviceInfo info;
  BsVulkanLimits limits;
  gboolean is_cpu;        /* a device of the CPU type, such as lavapipe: waiting must leave it the cores */
  double timestamp_ns;    /* ns a timestamp tick; 0 where the queue has no timestamps */
  guint64 timestamp_mask; /* valid bits */
} BsVulkanContext;

/**
 * bs_vulkan_pick_device:
 * @devices: [n], as listed
 * @wanted: (nullable): an index ("1") or a part of a name, any case; %NULL: discrete before integrated before virtual
 * before any other, a CPU-type one last
 *
 * Returns: an index into @devices, or -1 with a %BS_ENGINE_ERROR_UNAVAILABLE that names the devices there are
 */
int bs_vulkan_pick_device (const BsVulkanDeviceInfo *devices, guint n, const char *wanted, GError **error);

/**
 * bs_vulkan_context_new:
 * @wanted: (nullable): see bs_vulkan_pick_device()
 *
 * Opens a device with one compute queue. No optional feature is asked for: halves are unpacked by core instructions.
 *
 * Returns: (transfer full): the context, or %NULL with a %BS_ENGINE_ERROR_UNAVAILABLE that says in words why not
 */
BsVulkanContext *bs_vulkan_context_new (const char *wanted, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_vulkan_context_free (BsVulkanContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsVulkanContext, bs_vulkan_context_free)

/**
 * bs_vulkan_inject:
 * @prepare: (nullable): called with every context just opened: changes its table of calls or its limits; %NULL to stop
 *
 * For tests: limits smaller than the device's, calls that fail. Not thread-safe: set it before any context is opened.
 */
void bs_vulkan_inject (void (*prepare) (BsVulkanContext *context));

/** Sets @error from a failed call: device lost, out of memory, or unavailable; names call, file and line. */
void bs_vulkan_set_error (GError **error, VkResult result, const char *call, const char *file, int line);

/** VK: makes a call of @context's table; where it fails, sets the local `error` and goes to the label `fail`. */
#define VK(context, name, ...)                                                                                         \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    VkResult result_ = (context)->vk.name (__VA_ARGS__);                                                               \
    if (G_UNLIKELY (result_ != VK_SUCCESS))                                                                            \
      {                                                                                                                \
        bs_vulkan_set_error (error, result_, "vk" #name, __FILE__, __LINE__);                                          \
        goto fail;                                                                                                     \
      }                                                                                                                \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
