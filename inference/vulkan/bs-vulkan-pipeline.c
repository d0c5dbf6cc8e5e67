#include "inference/vulkan/bs-vulkan-pipeline.h"

#include <string.h>

#include "inference/engine/bs-engine.h"

/* What the file begins with: our mark, then the checksum of what follows, in hex. Drivers trust the rest blindly. */
#define CACHE_MARK "barscope-pipelines-1\n"
#define CHECKSUM_LENGTH 64
#define CACHE_HEADER_LENGTH (sizeof CACHE_MARK - 1 + CHECKSUM_LENGTH)
#define CACHE_MAX_BYTES (64 * 1024 * 1024)
/* VkPipelineCacheHeaderVersionOne: length, version, vendor, device, UUID. */
#define DRIVER_HEADER_LENGTH (16 + VK_UUID_SIZE)

static const guint32 fp32_code[] =
#include "shaders/lstm-fp32.inc"
  ;
static const guint32 fp16_code[] =
#include "shaders/lstm-fp16.inc"
  ;

char *
bs_vulkan_pipeline_cache_path (const BsVulkanContext *context)
{
  GString *name = g_string_new (NULL);
  g_string_append_printf (name, "vulkan-%04x-%04x-%08x-", context->info.vendor_id, context->info.device_id,
                          context->info.driver_version);
  for (guint i = 0; i < VK_UUID_SIZE; i++)
    g_string_append_printf (name, "%02x", context->info.cache_uuid[i]);
  g_string_append (name, ".cache");
  g_autofree char *file = g_string_free (name, FALSE);
  return g_build_filename (g_get_user_cache_dir (), "barscope", file, NULL);
}

/* Whether @data is what this very device and driver wrote. */
static gboolean
check_driver_header (const guint8 *data, gsize size, const BsVulkanDeviceInfo *info)
{
  guint32 header[4];
  if (size < DRIVER_HEADER_LENGTH)
    return FALSE;
  memcpy (header, data, sizeof header);
  return header[0] >= DRIVER_HEADER_LENGTH && header[0] <= size && header[1] == VK_PIPELINE_CACHE_HEADER_VERSION_ONE
         && header[2] == info->vendor_id && header[3] == info->device_id
         && memcmp (data + sizeof header, info->cache_uuid, VK_UUID_SIZE) == 0;
}

/* The driver's part of the cache file, checked: (transfer full) (nullable). */
static guint8 *
read_cache (const char *path, const BsVulkanDeviceInfo *info, gsize *size)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  if (file == NULL)
    return NULL;
  gsize length = g_mapped_file_get_length (file);
  const char *contents = g_mapped_file_get_contents (file);
  if (length < CACHE_HEADER_LENGTH || length > CACHE_MAX_BYTES
      || memcmp (contents, CACHE_MARK, sizeof CACHE_MARK - 1) != 0)
    return NULL;
  const guint8 *data = (const guint8 *) contents + CACHE_HEADER_LENGTH;
  *size = length - CACHE_HEADER_LENGTH;
  g_autofree char *checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, *size);
  if (memcmp (checksum, contents + sizeof CACHE_MARK - 1, CHECKSUM_LENGTH) != 0
      || !check_driver_header (data, *size, info))
    return NULL;
  return g_memdup2 (data, *size);
}

/* Leaves the cache for the next start. A cache that cannot be written costs that start some time and nothing else. */
static void
write_cache (BsVulkanContext *context, VkPipelineCache cache, const char *path)
{
  size_t size = 0;
  if (context->vk.GetPipelineCacheData (context->device, cache, &size, NULL) != VK_SUCCESS || size == 0
      || size > CACHE_MAX_BYTES)
    return;
  g_autofree guint8 *data = g_malloc (CACHE_HEADER_LENGTH + size);
  if (context->vk.GetPipelineCacheData (context->device, cache, &size, data + CACHE_HEADER_LENGTH) != VK_SUCCESS)
    return;
  g_autofree char *checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data + CACHE_HEADER_LENGTH, size);
  memcpy (data, CACHE_MARK, sizeof CACHE_MARK - 1);
  memcpy (data + sizeof CACHE_MARK - 1, checksum, CHECKSUM_LENGTH);

  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) ignored = NULL;
  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_file_set_contents (path, (char *) data, CACHE_HEADER_LENGTH + size, &ignored);
}

static gboolean
create_layouts (BsVulkanPipeline *self, BsVulkanContext *context, GError **error)
{
  VkDescriptorSetLayoutBinding bindings[BS_VULKAN_BINDINGS];
  for (guint i = 0; i < BS_VULKAN_BINDINGS; i++)
    bindings[i] = (VkDescriptorSetLayoutBinding){
      .binding = i,
      .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .descriptorCount = 1,
      .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };
  const VkDescriptorSetLayoutCreateInfo set_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
    .bindingCount = BS_VULKAN_BINDINGS,
    .pBindings = bindings,
  };
  VK (context, CreateDescriptorSetLayout, context->device, &set_info, NULL, &self->set_layout);
  const VkPipelineLayoutCreateInfo layout_info = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
    .setLayoutCount = 1,
    .pSetLayouts = &self->set_layout,
  };
  VK (context, CreatePipelineLayout, context->device, &layout_info, NULL, &self->layout);
  return TRUE;

fail:
  return FALSE;
}

static gboolean
create_pipeline (BsVulkanPipeline *self, BsVulkanContext *context, const BsVulkanNetwork *network,
                 VkPipelineCache cache, GError **error)
{
  VkShaderModule module = VK_NULL_HANDLE;
  const VkShaderModuleCreateInfo module_info = {
    .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
    .codeSize = network->half ? sizeof fp16_code : sizeof fp32_code,
    .pCode = network->half ? fp16_code : fp32_code,
  };
  VkSpecializationMapEntry entries[sizeof (BsVulkanConstants) / sizeof (guint32)];
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    entries[i] = (VkSpecializationMapEntry){ i, i * sizeof (guint32), sizeof (guint32) };
  const VkSpecializationInfo specialization = {
    .mapEntryCount = G_N_ELEMENTS (entries),
    .pMapEntries = entries,
    .dataSize = sizeof network->constants,
    .pData = &network->constants,
  };

  VK (context, CreateShaderModule, context->device, &module_info, NULL, &module);
  const VkComputePipelineCreateInfo pipeline_info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
    .stage = {
      .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
      .stage = VK_SHADER_STAGE_COMPUTE_BIT,
      .module = module,
      .pName = "main",
      .pSpecializationInfo = &specialization,
    },
    .layout = self->layout,
  };
  VK (context, CreateComputePipelines, context->device, cache, 1, &pipeline_info, NULL, &self->pipeline);
  context->vk.DestroyShaderModule (context->device, module, NULL);
  return TRUE;

fail:
  if (module != VK_NULL_HANDLE)
    context->vk.DestroyShaderModule (context->device, module, NULL);
  return FALSE;
}

gboolean
bs_vulkan_pipeline_init (BsVulkanPipeline *self, BsVulkanContext *context, const BsVulkanNetwork *network,
                         const char *cache_path, GError **error)
{
  *self = (BsVulkanPipeline){ 0 };
  VkPipelineCache cache = VK_NULL_HANDLE;
  gsize size = 0;
  g_autofree guint8 *data = cache_path != NULL ? read_cache (cache_path, &context->info, &size) : NULL;
  const VkPipelineCacheCreateInfo cache_info = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
    .initialDataSize = data != NULL ? size : 0,
    .pInitialData = data,
  };
  VK (context, CreatePipelineCache, context->device, &cache_info, NULL, &cache);
  if (!create_layouts (self, context, error) || !create_pipeline (self, context, network, cache, error))
    goto fail;
  if (cache_path != NULL)
    write_cache (context, cache, cache_path);
  context->vk.DestroyPipelineCache (context->device, cache, NULL);
  return TRUE;

fail:
  if (cache != VK_NULL_HANDLE)
    context->vk.DestroyPipelineCache (context->device, cache, NULL);
  bs_vulkan_pipeline_clear (self, context);
  return FALSE;
}

void
bs_vulkan_pipeline_clear (BsVulkanPipeline *self, BsVulkanContext *context)
{
  if (self->pipeline != VK_NULL_HANDLE)
    context->vk.DestroyPipeline (context->device, self->pipeline, NULL);
  if (self->layout != VK_NULL_HANDLE)
    context->vk.DestroyPipelineLayout (context->device, self->layout, NULL);
  if (self->set_layout != VK_NULL_HANDLE)
    context->vk.DestroyDescriptorSetLayout (context->device, self->set_layout, NULL);
  *self = (BsVulkanPipeline){ 0 };
}
