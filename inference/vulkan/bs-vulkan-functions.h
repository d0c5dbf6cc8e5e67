/* bs-vulkan-functions.h: the Vulkan calls used, found through the loader at run time
 *
 * The loader is opened, not linked: the program starts on a machine without one, and a test can put a call of its own into
 * the table to inject a fault.
 */
#pragma once

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include <glib.h>

G_BEGIN_DECLS

#define BS_VULKAN_INSTANCE_FUNCTIONS(X)                                                                                \
  X (DestroyInstance)                                                                                                  \
  X (EnumeratePhysicalDevices)                                                                                         \
  X (GetPhysicalDeviceProperties)                                                                                      \
  X (GetPhysicalDeviceMemoryProperties)                                                                                \
  X (GetPhysicalDeviceQueueFamilyProperties)                                                                           \
  X (CreateDevice)                                                                                                     \
  X (GetDeviceProcAddr)

#define BS_VULKAN_DEVICE_FUNCTIONS(X)                                                                                  \
  X (DestroyDevice)                                                                                                    \
  X (GetDeviceQueue)                                                                                                   \
  X (DeviceWaitIdle)                                                                                                   \
  X (CreateBuffer)                                                                                                     \
  X (DestroyBuffer)                                                                                                    \
  X (GetBufferMemoryRequirements)                                                                                      \
  X (AllocateMemory)                                                                                                   \
  X (FreeMemory)                                                                                                       \
  X (BindBufferMemory)                                                                                                 \
  X (MapMemory)                                                                                                        \
  X (CreateShaderModule)                                                                                               \
  X (DestroyShaderModule)                                                                                              \
  X (CreateDescriptorSetLayout)                                                                                        \
  X (DestroyDescriptorSetLayout)                                                                                       \
  X (CreateDescriptorPool)                                                                                             \
  X (DestroyDescriptorPool)                                                                                            \
  X (AllocateDescriptorSets)                                                                                           \
  X (UpdateDescriptorSets)                                                                                             \
  X (CreatePipelineLayout)                                                                                             \
  X (DestroyPipelineLayout)                                                                                            \
  X (CreatePipelineCache)                                                                                              \
  X (DestroyPipelineCache)                                                                                             \
  X (GetPipelineCacheData)                                                                                             \
  X (CreateComputePipelines)                                                                                           \
  X (DestroyPipeline)                                                                                                  \
  X (CreateCommandPool)                                                                                                \
  X (DestroyCommandPool)                                                                                               \
  X (AllocateCommandBuffers)                                                                                           \
  X (BeginCommandBuffer)                                                                                               \
  X (EndCommandBuffer)                                                                                                 \
  X (CmdBindPipeline)                                                                                                  \
  X (CmdBindDescriptorSets)                                                                                            \
  X (CmdDispatchIndirect)                                                                                              \
  X (CmdPipelineBarrier)                                                                                               \
  X (CmdCopyBuffer)                                                                                                    \
  X (CmdResetQueryPool)                                                                                                \
  X (CmdWriteTimestamp)                                                                                                \
  X (CreateQueryPool)                                                                                                  \
  X (DestroyQueryPool)                                                                                                 \
  X (GetQueryPoolResults)                                                                                              \
  X (CreateFence)                                                                                                      \
  X (DestroyFence)                                                                                                     \
  X (ResetFences)                                                                                                      \
  X (WaitForFences)                                                                                                    \
  X (GetFenceStatus)                                                                                                   \
  X (QueueSubmit)

/** The table: `vk->QueueSubmit (...)` is vkQueueSubmit. */
typedef struct
{
  PFN_vkCreateInstance CreateInstance;
#define BS_VULKAN_MEMBER(name) PFN_vk##name name;
  BS_VULKAN_INSTANCE_FUNCTIONS (BS_VULKAN_MEMBER)
  BS_VULKAN_DEVICE_FUNCTIONS (BS_VULKAN_MEMBER)
#undef BS_VULKAN_MEMBER
} BsVulkanFunctions;

/**
 * bs_vulkan_functions_open:
 * @reason: (out) (transfer full) (nullable): why it is not there, in words
 *
 * Opens the loader (once for the process; it stays open) and fills in vkCreateInstance. Thread: any.
 *
 * Returns: (nullable): vkGetInstanceProcAddr
 */
PFN_vkGetInstanceProcAddr bs_vulkan_functions_open (BsVulkanFunctions *functions, char **reason);
/**
 * bs_vulkan_functions_inject:
 * @inject: %FALSE: the loader as it is
 * @get: (nullable): what stands for its vkGetInstanceProcAddr; %NULL: as where none is installed
 *
 * For tests: a machine that lacks something. Not thread-safe: while nothing opens Vulkan.
 */
void bs_vulkan_functions_inject (gboolean inject, PFN_vkGetInstanceProcAddr get);
/** Fills in the instance's calls. Returns: %FALSE where one is missing, its name in @missing. */
gboolean bs_vulkan_functions_load_instance (BsVulkanFunctions *functions, PFN_vkGetInstanceProcAddr get,
                                            VkInstance instance, const char **missing);
/** Fills in the device's calls. Returns: %FALSE where one is missing, its name in @missing. */
gboolean bs_vulkan_functions_load_device (BsVulkanFunctions *functions, VkDevice device, const char **missing);

/** bs_vulkan_result_name: "VK_ERROR_DEVICE_LOST" and so on; static. */
const char *bs_vulkan_result_name (VkResult result);

G_END_DECLS
