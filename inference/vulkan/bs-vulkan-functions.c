#include "inference/vulkan/bs-vulkan-functions.h"

#include <gmodule.h>

/* The loader's names on Linux, Windows and macOS. */
static const char *const loader_names[] = {
#if defined(G_OS_WIN32)
  "vulkan-1.dll",
#elif defined(__APPLE__)
  "libvulkan.1.dylib",
  "libMoltenVK.dylib",
#else
  "libvulkan.so.1",
  "libvulkan.so",
#endif
};

/* What a test puts in the place of the loader. */
static gboolean injected;
static PFN_vkGetInstanceProcAddr injected_get;

void
bs_vulkan_functions_inject (gboolean inject, PFN_vkGetInstanceProcAddr get)
{
  injected = inject;
  injected_get = get;
}

static gpointer
open_loader (gpointer unused)
{
  for (guint i = 0; i < G_N_ELEMENTS (loader_names); i++)
    {
      GModule *module = g_module_open (loader_names[i], G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
      if (module != NULL)
        {
          /* Drivers leave threads and thread-local data behind: never unloaded. */
          g_module_make_resident (module);
          return module;
        }
    }
  return NULL;
}

/* The loader's one entry, from which all others follow; NULL with @reason. */
static PFN_vkGetInstanceProcAddr
find_entry (const char **name, char **reason)
{
  static GOnce once = G_ONCE_INIT;
  GModule *module = injected ? NULL : g_once (&once, open_loader, NULL);
  gpointer symbol = NULL;

  *name = loader_names[0];
  if (injected && injected_get != NULL)
    return injected_get;
  if (module == NULL)
    {
      *reason = g_strdup_printf ("no Vulkan loader is installed (%s)", loader_names[0]);
      return NULL;
    }
  *name = g_module_name (module);
  if (!g_module_symbol (module, "vkGetInstanceProcAddr", &symbol))
    *reason = g_strdup_printf ("%s has no vkGetInstanceProcAddr", *name);
  return (PFN_vkGetInstanceProcAddr) symbol;
}

PFN_vkGetInstanceProcAddr
bs_vulkan_functions_open (BsVulkanFunctions *functions, char **reason)
{
  const char *name = NULL;
  if (g_strcmp0 (g_getenv ("BARSCOPE_VULKAN"), "off") == 0)
    {
      *reason = g_strdup ("switched off by BARSCOPE_VULKAN=off");
      return NULL;
    }
  PFN_vkGetInstanceProcAddr get = find_entry (&name, reason);
  if (get == NULL)
    return NULL;
  functions->CreateInstance = (PFN_vkCreateInstance) get (VK_NULL_HANDLE, "vkCreateInstance");
  if (functions->CreateInstance == NULL)
    {
      *reason = g_strdup_printf ("%s has no vkCreateInstance", name);
      return NULL;
    }
  return get;
}

gboolean
bs_vulkan_functions_load_instance (BsVulkanFunctions *functions, PFN_vkGetInstanceProcAddr get, VkInstance instance,
                                   const char **missing)
{
#define LOAD(name)                                                                                                     \
  functions->name = (PFN_vk##name) get (instance, "vk" #name);                                                         \
  if (functions->name == NULL)                                                                                         \
    {                                                                                                                  \
      *missing = "vk" #name;                                                                                           \
      return FALSE;                                                                                                    \
    }
  BS_VULKAN_INSTANCE_FUNCTIONS (LOAD)
#undef LOAD
  return TRUE;
}

gboolean
bs_vulkan_functions_load_device (BsVulkanFunctions *functions, VkDevice device, const char **missing)
{
#define LOAD(name)                                                                                                     \
  functions->name = (PFN_vk##name) functions->GetDeviceProcAddr (device, "vk" #name);                                  \
  if (functions->name == NULL)                                                                                         \
    {                                                                                                                  \
      *missing = "vk" #name;                                                                                           \
      return FALSE;                                                                                                    \
    }
  BS_VULKAN_DEVICE_FUNCTIONS (LOAD)
#undef LOAD
  return TRUE;
}

const char *
bs_vulkan_result_name (VkResult result)
{
  static const struct
  {
    VkResult result;
    const char *name;
  } names[] = {
    { VK_SUCCESS, "VK_SUCCESS" },
    { VK_NOT_READY, "VK_NOT_READY" },
    { VK_TIMEOUT, "VK_TIMEOUT" },
    { VK_ERROR_OUT_OF_HOST_MEMORY, "VK_ERROR_OUT_OF_HOST_MEMORY" },
    { VK_ERROR_OUT_OF_DEVICE_MEMORY, "VK_ERROR_OUT_OF_DEVICE_MEMORY" },
    { VK_ERROR_INITIALIZATION_FAILED, "VK_ERROR_INITIALIZATION_FAILED" },
    { VK_ERROR_DEVICE_LOST, "VK_ERROR_DEVICE_LOST" },
    { VK_ERROR_MEMORY_MAP_FAILED, "VK_ERROR_MEMORY_MAP_FAILED" },
    { VK_ERROR_LAYER_NOT_PRESENT, "VK_ERROR_LAYER_NOT_PRESENT" },
    { VK_ERROR_EXTENSION_NOT_PRESENT, "VK_ERROR_EXTENSION_NOT_PRESENT" },
    { VK_ERROR_FEATURE_NOT_PRESENT, "VK_ERROR_FEATURE_NOT_PRESENT" },
    { VK_ERROR_INCOMPATIBLE_DRIVER, "VK_ERROR_INCOMPATIBLE_DRIVER" },
    { VK_ERROR_TOO_MANY_OBJECTS, "VK_ERROR_TOO_MANY_OBJECTS" },
    { VK_ERROR_OUT_OF_POOL_MEMORY, "VK_ERROR_OUT_OF_POOL_MEMORY" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].result == result)
      return names[i].name;
  return "an unknown VkResult";
}
