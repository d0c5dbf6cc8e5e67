/* bs-vulkan-pipeline.h: the compute shader, specialised for a network, with a cache on disk */
#pragma once

#include "inference/vulkan/bs-vulkan-network.h"

G_BEGIN_DECLS

/** The shader's bindings, in order: weights, inputs, parameters, sizes, outputs. */
#define BS_VULKAN_BINDINGS 5

typedef struct
{
  VkDescriptorSetLayout set_layout;
  VkPipelineLayout layout;
  VkPipeline pipeline;
} BsVulkanPipeline;

/**
 * bs_vulkan_pipeline_init:
 * @cache_path: (nullable): file to take compiled code from and leave it in: see bs_vulkan_pipeline_cache_path()
 *
 * Compiles the shader for @network's constants. A cache file that another device or driver wrote, or that was damaged, is
 * left aside. Takes up to seconds where nothing is cached. On failure @self is left empty.
 *
 * Returns: %FALSE with a %BS_ENGINE_ERROR
 */
gboolean bs_vulkan_pipeline_init (BsVulkanPipeline *self, BsVulkanContext *context, const BsVulkanNetwork *network,
                                  const char *cache_path, GError **error);
void bs_vulkan_pipeline_clear (BsVulkanPipeline *self, BsVulkanContext *context);

/** bs_vulkan_pipeline_cache_path: (transfer full): the user's cache file for this device and driver */
char *bs_vulkan_pipeline_cache_path (const BsVulkanContext *context) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
