#include "tests/bs-test-vulkan.h"

#include <string.h>

static int current = -1;
static gint left; /* atomic */
static PFN_vkGetInstanceProcAddr real_get;
static PFN_vkGetPhysicalDeviceProperties real_properties;
static PFN_vkGetPhysicalDeviceQueueFamilyProperties real_families;
static PFN_vkGetDeviceProcAddr real_get_device;
static PFN_vkQueueSubmit real_submit;
static PFN_vkWaitForFences real_wait;

static VKAPI_ATTR VkResult VKAPI_CALL
no_driver (const VkInstanceCreateInfo *info, const VkAllocationCallbacks *callbacks, VkInstance *instance)
{
  return VK_ERROR_INCOMPATIBLE_DRIVER;
}

static VKAPI_ATTR VkResult VKAPI_CALL
no_device (VkInstance instance, uint32_t *n, VkPhysicalDevice *devices)
{
  *n = 0;
  return VK_SUCCESS;
}

static VKAPI_ATTR void VKAPI_CALL
old_properties (VkPhysicalDevice device, VkPhysicalDeviceProperties *properties)
{
  real_properties (device, properties);
  properties->apiVersion = VK_API_VERSION_1_0;
}

static VKAPI_ATTR void VKAPI_CALL
no_compute (VkPhysicalDevice device, uint32_t *n, VkQueueFamilyProperties *families)
{
  real_families (device, n, families);
  for (uint32_t i = 0; families != NULL && i < *n; i++)
    families[i].queueFlags &= ~(VkQueueFlags) VK_QUEUE_COMPUTE_BIT;
}

static VKAPI_ATTR VkResult VKAPI_CALL
refuse_device (VkPhysicalDevice physical, const VkDeviceCreateInfo *info, const VkAllocationCallbacks *callbacks,
               VkDevice *device)
{
  return current == BS_TEST_VULKAN_NO_HOST_MEMORY ? VK_ERROR_OUT_OF_HOST_MEMORY : VK_ERROR_FEATURE_NOT_PRESENT;
}

static VKAPI_ATTR VkResult VKAPI_CALL
refuse_memory (VkDevice device, const VkMemoryAllocateInfo *info, const VkAllocationCallbacks *callbacks,
               VkDeviceMemory *memory)
{
  return VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static gboolean
is_due (void)
{
  return current == BS_TEST_VULKAN_LOST_AT_ONCE || g_atomic_int_add (&left, -1) <= 0;
}

static VKAPI_ATTR VkResult VKAPI_CALL
failing_submit (VkQueue queue, uint32_t n, const VkSubmitInfo *submits, VkFence fence)
{
  if (!is_due ())
    return real_submit (queue, n, submits, fence);
  switch (current)
    {
    case BS_TEST_VULKAN_MEMORY_GONE:
      return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    case BS_TEST_VULKAN_UNKNOWN:
      return (VkResult) -1000;
    case BS_TEST_VULKAN_GARBAGE:
      return real_submit (queue, 0, NULL, fence);
    default:
      return VK_ERROR_DEVICE_LOST;
    }
}

static VKAPI_ATTR VkResult VKAPI_CALL
failing_wait (VkDevice device, uint32_t n, const VkFence *fences, VkBool32 all, uint64_t timeout)
{
  VkResult result = real_wait (device, n, fences, all, timeout);
  if (!is_due ())
    return result;
  return current == BS_TEST_VULKAN_HANGS ? VK_TIMEOUT : VK_ERROR_DEVICE_LOST;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL
get_device (VkDevice device, const char *name)
{
  PFN_vkVoidFunction real = real_get_device (device, name);
  if (current == BS_TEST_VULKAN_LACKS_A_CALL && strcmp (name, "vkCmdDispatchIndirect") == 0)
    return NULL;
  if (current == BS_TEST_VULKAN_NO_DEVICE_MEMORY && strcmp (name, "vkAllocateMemory") == 0)
    return (PFN_vkVoidFunction) refuse_memory;
  if (strcmp (name, "vkQueueSubmit") == 0 && current >= BS_TEST_VULKAN_LOST_AT_ONCE
      && current != BS_TEST_VULKAN_WAIT_LOST && current != BS_TEST_VULKAN_HANGS)
    {
      real_submit = (PFN_vkQueueSubmit) real;
      return (PFN_vkVoidFunction) failing_submit;
    }
  if (strcmp (name, "vkWaitForFences") == 0
      && (current == BS_TEST_VULKAN_WAIT_LOST || current == BS_TEST_VULKAN_HANGS))
    {
      real_wait = (PFN_vkWaitForFences) real;
      return (PFN_vkVoidFunction) failing_wait;
    }
  return real;
}

/* What stands in for a call of the loader, by fault; get_device for all faults of a device's calls. */
static const struct
{
  BsTestVulkanFault fault;
  const char *name;
  PFN_vkVoidFunction function;
} stand_ins[] = {
  { BS_TEST_VULKAN_NO_ENTRY, "vkCreateInstance", NULL },
  { BS_TEST_VULKAN_NO_DRIVER, "vkCreateInstance", (PFN_vkVoidFunction) no_driver },
  { BS_TEST_VULKAN_NO_DEVICE, "vkEnumeratePhysicalDevices", (PFN_vkVoidFunction) no_device },
  { BS_TEST_VULKAN_OLD_DEVICE, "vkGetPhysicalDeviceProperties", (PFN_vkVoidFunction) old_properties },
  { BS_TEST_VULKAN_NO_COMPUTE, "vkGetPhysicalDeviceQueueFamilyProperties", (PFN_vkVoidFunction) no_compute },
  { BS_TEST_VULKAN_LACKS_A_FEATURE, "vkCreateDevice", (PFN_vkVoidFunction) refuse_device },
  { BS_TEST_VULKAN_NO_HOST_MEMORY, "vkCreateDevice", (PFN_vkVoidFunction) refuse_device },
};

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL
get (VkInstance instance, const char *name)
{
  PFN_vkVoidFunction real = real_get (instance, name);
  for (guint i = 0; i < G_N_ELEMENTS (stand_ins); i++)
    if ((int) stand_ins[i].fault == current && strcmp (stand_ins[i].name, name) == 0)
      {
        if (current == BS_TEST_VULKAN_OLD_DEVICE)
          real_properties = (PFN_vkGetPhysicalDeviceProperties) real;
        if (current == BS_TEST_VULKAN_NO_COMPUTE)
          real_families = (PFN_vkGetPhysicalDeviceQueueFamilyProperties) real;
        return stand_ins[i].function;
      }
  if (strcmp (name, "vkGetDeviceProcAddr") == 0)
    {
      real_get_device = (PFN_vkGetDeviceProcAddr) real;
      return (PFN_vkVoidFunction) get_device;
    }
  return real;
}

void
bs_test_vulkan_inject (int fault)
{
  if (real_get == NULL)
    {
      BsVulkanFunctions functions;
      g_autofree char *reason = NULL;
      bs_vulkan_functions_inject (FALSE, NULL);
      real_get = bs_vulkan_functions_open (&functions, &reason);
    }
  current = fault;
  g_atomic_int_set (&left, G_MAXINT);
  bs_vulkan_functions_inject (fault >= 0, fault == BS_TEST_VULKAN_NO_LOADER ? NULL : get);
}

void
bs_test_vulkan_let (int n)
{
  g_atomic_int_set (&left, n);
}

const char *
bs_test_vulkan_words (BsTestVulkanFault fault)
{
  static const char *const words[] = {
    [BS_TEST_VULKAN_NO_LOADER] = "no Vulkan loader is installed",
    [BS_TEST_VULKAN_NO_ENTRY] = "has no vkCreateInstance",
    [BS_TEST_VULKAN_NO_DRIVER] = "the Vulkan loader finds no driver",
    [BS_TEST_VULKAN_NO_DEVICE] = "the Vulkan loader lists no device",
    [BS_TEST_VULKAN_OLD_DEVICE] = "no device here has Vulkan 1.1 or later",
    [BS_TEST_VULKAN_NO_COMPUTE] = "has no compute queue",
    [BS_TEST_VULKAN_LACKS_A_FEATURE] = "vkCreateDevice gave VK_ERROR_FEATURE_NOT_PRESENT",
    [BS_TEST_VULKAN_LACKS_A_CALL] = "lacks vkCmdDispatchIndirect",
    [BS_TEST_VULKAN_NO_HOST_MEMORY] = "out of memory",
    [BS_TEST_VULKAN_NO_DEVICE_MEMORY] = "out of memory",
    [BS_TEST_VULKAN_LOST_AT_ONCE] = "the GPU was lost",
    [BS_TEST_VULKAN_LOST] = "the GPU was lost",
    [BS_TEST_VULKAN_MEMORY_GONE] = "out of memory",
    [BS_TEST_VULKAN_UNKNOWN] = "vkQueueSubmit gave an unknown VkResult",
    [BS_TEST_VULKAN_WAIT_LOST] = "the GPU was lost",
    [BS_TEST_VULKAN_HANGS] = "the GPU did not answer in time",
    [BS_TEST_VULKAN_GARBAGE] = "probabilities that make no sense",
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (words) == BS_TEST_VULKAN_N_FAULTS);
  return words[fault];
}
