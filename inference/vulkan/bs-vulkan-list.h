/* bs-vulkan-list.h: which Vulkan devices this machine has; needs no Vulkan header, works in every build */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** What a device is, in words that a user reads, and what its compiled code is known by. */
typedef struct
{
  char name[256];
  const char *type;    /* "discrete", "integrated", "virtual", "cpu" or "other"; static */
  guint32 api_version; /* as VK_MAKE_API_VERSION packs it */
  guint32 driver_version, vendor_id, device_id;
  guint8 cache_uuid[16];
} BsVulkanDeviceInfo;

/**
 * bs_vulkan_list_devices:
 * @devices: (out caller-allocates): [max]
 * @reason: (out) (transfer full) (nullable): where there is none, why, in words
 *
 * Asks the loader for its devices of Vulkan 1.1 or later, in its order. BARSCOPE_VULKAN=off hides them all. Thread: any;
 * takes milliseconds (drivers are loaded), so not for the main thread.
 *
 * Returns: devices stored
 */
guint bs_vulkan_list_devices (BsVulkanDeviceInfo *devices, guint max, char **reason);

G_END_DECLS
