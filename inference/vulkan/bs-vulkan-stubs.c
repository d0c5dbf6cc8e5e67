/* bs-vulkan-stubs.c: what the rest links with in a build without Vulkan */
#include "inference/engine/bs-engine-vulkan.h"
#include "inference/vulkan/bs-vulkan-list.h"

#define REASON "this build has no Vulkan"

guint
bs_vulkan_list_devices (BsVulkanDeviceInfo *devices, guint max, char **reason)
{
  *reason = g_strdup (REASON);
  return 0;
}

static gboolean
vulkan_available (char **reason)
{
  if (reason != NULL)
    *reason = g_strdup (REASON);
  return FALSE;
}

const BsEngineClass bs_engine_vulkan_class = {
  .name = "vulkan",
  .available = vulkan_available,
};
