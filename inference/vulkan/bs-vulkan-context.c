#include "inference/vulkan/bs-vulkan-context.h"

#include <string.h>

#include "inference/engine/bs-engine.h"

#define MAX_DEVICES 32
#define MAX_QUEUE_FAMILIES 32

static void (*inject) (BsVulkanContext *context);

void
bs_vulkan_inject (void (*prepare) (BsVulkanContext *context))
{
  inject = prepare;
}

/* Types in the order in which they are preferred: the more of its own memory and cores, the earlier. */
static const struct
{
  VkPhysicalDeviceType type;
  const char *name;
} types[] = {
  { VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, "discrete" },
  { VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU, "integrated" },
  { VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, "virtual" },
  { VK_PHYSICAL_DEVICE_TYPE_OTHER, "other" },
  { VK_PHYSICAL_DEVICE_TYPE_CPU, "cpu" },
};

static const char *
type_name (VkPhysicalDeviceType type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].type == type)
      return types[i].name;
  return "other";
}

void
bs_vulkan_set_error (GError **error, VkResult result, const char *call, const char *file, int line)
{
  BsEngineError code = BS_ENGINE_ERROR_UNAVAILABLE;
  const char *words = "the device refused";
  if (result == VK_ERROR_DEVICE_LOST)
    {
      code = BS_ENGINE_ERROR_LOST;
      words = "the GPU was lost";
    }
  else if (result == VK_TIMEOUT)
    {
      code = BS_ENGINE_ERROR_LOST;
      words = "the GPU did not answer in time";
    }
  else if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
    {
      code = BS_ENGINE_ERROR_MEMORY;
      words = "the GPU is out of memory";
    }
  g_autofree char *base = g_path_get_basename (file);
  g_set_error (error, BS_ENGINE_ERROR, code, "%s: %s gave %s (%s:%d)", words, call, bs_vulkan_result_name (result),
               base, line);
}

/* An instance with its calls loaded; VK_NULL_HANDLE with @reason. */
static VkInstance
create_instance (BsVulkanFunctions *vk, char **reason)
{
  PFN_vkGetInstanceProcAddr get = bs_vulkan_functions_open (vk, reason);
  if (get == NULL)
    return VK_NULL_HANDLE;

  const VkApplicationInfo application = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
    .pApplicationName = "barscope",
    .apiVersion = VK_API_VERSION_1_1,
  };
  const VkInstanceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
    .pApplicationInfo = &application,
  };
  VkInstance instance = VK_NULL_HANDLE;
  VkResult result = vk->CreateInstance (&info, NULL, &instance);
  if (result != VK_SUCCESS)
    {
      *reason = result == VK_ERROR_INCOMPATIBLE_DRIVER
                  ? g_strdup ("the Vulkan loader finds no driver")
                  : g_strdup_printf ("vkCreateInstance gave %s", bs_vulkan_result_name (result));
      return VK_NULL_HANDLE;
    }
  const char *missing = NULL;
  if (!bs_vulkan_functions_load_instance (vk, get, instance, &missing))
    {
      *reason = g_strdup_printf ("the Vulkan loader lacks %s", missing);
      return VK_NULL_HANDLE;
    }
  return instance;
}

static void
describe (const BsVulkanFunctions *vk, VkPhysicalDevice physical, BsVulkanDeviceInfo *info)
{
  VkPhysicalDeviceProperties properties;
  vk->GetPhysicalDeviceProperties (physical, &properties);
  g_strlcpy (info->name, properties.deviceName, sizeof info->name);
  info->type = type_name (properties.deviceType);
  info->api_version = properties.apiVersion;
  info->driver_version = properties.driverVersion;
  info->vendor_id = properties.vendorID;
  info->device_id = properties.deviceID;
  memcpy (info->cache_uuid, properties.pipelineCacheUUID, VK_UUID_SIZE);
}

/* The devices of Vulkan 1.1 or later and what they are. Returns their number. */
static guint
enumerate (const BsVulkanFunctions *vk, VkInstance instance, VkPhysicalDevice *physical, BsVulkanDeviceInfo *infos,
           guint max, char **reason)
{
  VkPhysicalDevice found[MAX_DEVICES];
  guint32 n_found = MAX_DEVICES;
  VkResult result = vk->EnumeratePhysicalDevices (instance, &n_found, found);
  if (result != VK_SUCCESS && result != VK_INCOMPLETE)
    {
      *reason = g_strdup_printf ("vkEnumeratePhysicalDevices gave %s", bs_vulkan_result_name (result));
      return 0;
    }
  guint n = 0;
  for (guint i = 0; i < n_found && n < max; i++)
    {
      describe (vk, found[i], &infos[n]);
      if (infos[n].api_version < VK_API_VERSION_1_1)
        continue;
      physical[n++] = found[i];
    }
  if (n == 0)
    *reason = n_found == 0 ? g_strdup ("the Vulkan loader lists no device")
                           : g_strdup ("no device here has Vulkan 1.1 or later");
  return n;
}

guint
bs_vulkan_list_devices (BsVulkanDeviceInfo *devices, guint max, char **reason)
{
  BsVulkanFunctions vk = { 0 };
  *reason = NULL;
  VkInstance instance = create_instance (&vk, reason);
  if (instance == VK_NULL_HANDLE)
    return 0;
  VkPhysicalDevice physical[MAX_DEVICES];
  guint n = enumerate (&vk, instance, physical, devices, MIN (max, MAX_DEVICES), reason);
  vk.DestroyInstance (instance, NULL);
  return n;
}

static char *
list_names (const BsVulkanDeviceInfo *devices, guint n)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (names, "%s%u: %s (%s)", i == 0 ? "" : ", ", i, devices[i].name, devices[i].type);
  return g_string_free (names, FALSE);
}

int
bs_vulkan_pick_device (const BsVulkanDeviceInfo *devices, guint n, const char *wanted, GError **error)
{
  if (wanted == NULL)
    {
      for (guint t = 0; t < G_N_ELEMENTS (types); t++)
        for (guint i = 0; i < n; i++)
          if (strcmp (devices[i].type, types[t].name) == 0)
            return i;
      g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, "there is no Vulkan device");
      return -1;
    }

  guint64 index;
  if (g_ascii_string_to_unsigned (wanted, 10, 0, G_MAXUINT, &index, NULL))
    {
      if (index < n)
        return index;
    }
  else
    {
      g_autofree char *needle = g_utf8_casefold (wanted, -1);
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *name = g_utf8_casefold (devices[i].name, -1);
          /* lavapipe calls its device after the compiler in it. */
          if (strstr (name, needle) != NULL || (strcmp (needle, "lavapipe") == 0 && strstr (name, "llvmpipe") != NULL))
            return i;
        }
    }
  g_autofree char *names = list_names (devices, n);
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, "no Vulkan device is called \"%s\"; there %s %s",
               wanted, n == 1 ? "is" : "are", names);
  return -1;
}

/* The family to compute on: one without graphics where there is one, since nobody draws there. -1: none computes. */
static int
find_queue_family (BsVulkanContext *self, guint32 *timestamp_bits)
{
  VkQueueFamilyProperties families[MAX_QUEUE_FAMILIES];
  guint32 n = MAX_QUEUE_FAMILIES;
  int found = -1;
  self->vk.GetPhysicalDeviceQueueFamilyProperties (self->physical, &n, families);
  for (guint i = 0; i < n; i++)
    {
      if (!(families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) || families[i].queueCount == 0)
        continue;
      if (found >= 0 && (families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT))
        continue;
      found = i;
      *timestamp_bits = families[i].timestampValidBits;
      if (!(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT))
        break;
    }
  return found;
}

static gboolean
open_device (BsVulkanContext *self, GError **error)
{
  guint32 timestamp_bits = 0;
  int family = find_queue_family (self, &timestamp_bits);
  if (family < 0)
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, "%s has no compute queue", self->info.name);
      return FALSE;
    }
  self->queue_family = family;

  const float priority = 1.0f;
  const VkDeviceQueueCreateInfo queue_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
    .queueFamilyIndex = self->queue_family,
    .queueCount = 1,
    .pQueuePriorities = &priority,
  };
  const VkDeviceCreateInfo device_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
    .queueCreateInfoCount = 1,
    .pQueueCreateInfos = &queue_info,
  };
  VK (self, CreateDevice, self->physical, &device_info, NULL, &self->device);

  const char *missing = NULL;
  if (!bs_vulkan_functions_load_device (&self->vk, self->device, &missing))
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, "%s lacks %s", self->info.name, missing);
      return FALSE;
    }
  self->vk.GetDeviceQueue (self->device, self->queue_family, 0, &self->queue);

  VkPhysicalDeviceProperties properties;
  self->vk.GetPhysicalDeviceProperties (self->physical, &properties);
  const VkPhysicalDeviceLimits *limits = &properties.limits;
  self->limits = (BsVulkanLimits){
    .shared_bytes = limits->maxComputeSharedMemorySize,
    .workgroup_threads = MIN (limits->maxComputeWorkGroupInvocations, limits->maxComputeWorkGroupSize[0]),
    .workgroups = limits->maxComputeWorkGroupCount[0],
    .storage_range_bytes = limits->maxStorageBufferRange,
  };
  if (timestamp_bits > 0)
    {
      self->timestamp_ns = limits->timestampPeriod;
      self->timestamp_mask = timestamp_bits >= 64 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << timestamp_bits) - 1;
    }
  self->vk.GetPhysicalDeviceMemoryProperties (self->physical, &self->memory);
  self->is_cpu = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  return TRUE;

fail:
  return FALSE;
}

BsVulkanContext *
bs_vulkan_context_new (const char *wanted, GError **error)
{
  g_autoptr (BsVulkanContext) self = g_new0 (BsVulkanContext, 1);
  g_autofree char *reason = NULL;
  VkPhysicalDevice physical[MAX_DEVICES];
  BsVulkanDeviceInfo infos[MAX_DEVICES];
  guint n = 0;

  self->instance = create_instance (&self->vk, &reason);
  if (self->instance != VK_NULL_HANDLE)
    n = enumerate (&self->vk, self->instance, physical, infos, MAX_DEVICES, &reason);
  if (n == 0)
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, "Vulkan cannot be used: %s", reason);
      return NULL;
    }
  int picked = bs_vulkan_pick_device (infos, n, wanted, error);
  if (picked < 0)
    return NULL;
  self->physical = physical[picked];
  self->info = infos[picked];
  if (!open_device (self, error))
    return NULL;
  if (inject != NULL)
    inject (self);
  return g_steal_pointer (&self);
}

void
bs_vulkan_context_free (BsVulkanContext *self)
{
  if (self->device != VK_NULL_HANDLE && self->vk.DestroyDevice != NULL)
    self->vk.DestroyDevice (self->device, NULL);
  if (self->instance != VK_NULL_HANDLE)
    self->vk.DestroyInstance (self->instance, NULL);
  g_free (self);
}
