/* bs-vulkan-devices.h: which Vulkan devices this machine has */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** What a device is, in the loader's words. */
typedef struct
{
  char name[256];
  const char *type;   /* "discrete", "integrated", "virtual", "cpu" or "other"; static */
  guint32 api_version; /* as VK_API_VERSION packs it */
} BsVulkanDevice;

/**
 * bs_vulkan_list_devices:
 * @devices: (out caller-allocates): [max]
 * @reason: (out) (transfer full) (nullable): where there is none, why, in words
 *
 * Asks the loader for its physical devices, in its order. BARSCOPE_VULKAN=off hides them all. Thread: any; takes
 * milliseconds (drivers are loaded), so not for the main thread.
 *
 * Returns: devices stored
 */
guint bs_vulkan_list_devices (BsVulkanDevice *devices, guint max, char **reason);

G_END_DECLS
