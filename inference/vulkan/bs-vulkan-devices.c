#include "inference/vulkan/bs-vulkan-devices.h"

#include <string.h>
#include <vulkan/vulkan.h>

#define MAX_DEVICES 32

static const char *
type_name (VkPhysicalDeviceType type)
{
  switch (type)
    {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return "discrete";
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return "integrated";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return "virtual";
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return "cpu";
    default:
      return "other";
    }
}

guint
bs_vulkan_list_devices (BsVulkanDevice *devices, guint max, char **reason)
{
  *reason = NULL;
  if (g_strcmp0 (g_getenv ("BARSCOPE_VULKAN"), "off") == 0)
    {
      *reason = g_strdup ("switched off by BARSCOPE_VULKAN=off");
      return 0;
    }

  const VkApplicationInfo application = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
    .pApplicationName = "barscope",
    .apiVersion = VK_API_VERSION_1_1,
  };
  const VkInstanceCreateInfo create_info = {
    .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
    .pApplicationInfo = &application,
  };
  VkInstance instance = VK_NULL_HANDLE;
  VkResult result = vkCreateInstance (&create_info, NULL, &instance);
  if (result != VK_SUCCESS)
    {
      *reason = result == VK_ERROR_INCOMPATIBLE_DRIVER
                  ? g_strdup ("the Vulkan loader finds no driver")
                  : g_strdup_printf ("vkCreateInstance failed with VkResult %d", result);
      return 0;
    }

  VkPhysicalDevice physical[MAX_DEVICES];
  guint32 n = MAX_DEVICES;
  result = vkEnumeratePhysicalDevices (instance, &n, physical);
  if (result != VK_SUCCESS && result != VK_INCOMPLETE)
    n = 0;
  n = MIN (n, max);
  for (guint i = 0; i < n; i++)
    {
      VkPhysicalDeviceProperties properties;
      vkGetPhysicalDeviceProperties (physical[i], &properties);
      g_strlcpy (devices[i].name, properties.deviceName, sizeof devices[i].name);
      devices[i].type = type_name (properties.deviceType);
      devices[i].api_version = properties.apiVersion;
    }
  vkDestroyInstance (instance, NULL);
  if (n == 0)
    *reason = g_strdup ("the Vulkan loader lists no device");
  return n;
}
