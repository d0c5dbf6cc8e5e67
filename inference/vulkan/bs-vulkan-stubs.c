/* bs-vulkan-stubs.c: what the rest links with in a build without Vulkan */
#include "inference/vulkan/bs-vulkan-devices.h"

guint
bs_vulkan_list_devices (BsVulkanDevice *devices, guint max, char **reason)
{
  *reason = g_strdup ("this build has no Vulkan");
  return 0;
}
