/* bs-vulkan-network.h: a model as the shader wants it: constants, weights, parameters */
#pragma once

#include "inference/vulkan/bs-half.h"
#include "inference/engine/bs-engine.h"
#include "inference/vulkan/bs-vulkan-context.h"

G_BEGIN_DECLS

#define BS_VULKAN_MAX_HIDDEN 512
#define BS_VULKAN_MAX_LAYERS 4
#define BS_VULKAN_MAX_STEPS 512
/** Threads a workgroup wanted: two or more SIMD groups on every GPU, and a unit a thread for the usual models. */
#define BS_VULKAN_MAX_THREADS 256

/** The specialisation constants of shaders/lstm.comp, in the order of their ids from 0. */
typedef struct
{
  guint32 local_size_x, local, inputs, hidden, layers, steps, units, staged, linear, width, kept;
} BsVulkanConstants;

/**
 * BsVulkanNetwork:
 * @weights: [pairs of inputs, H] of {i, f, g, o}, each two halves (FP16) or two of 4 floats (FP32): see shaders/lstm.comp
 * @parameters: LSTM biases [L, H, 4], then for each Linear layer weight [n_in, n_out] and bias [n_out], then 1 / temperature
 * @sizes: n_out of each Linear layer
 */
typedef struct
{
  BsVulkanConstants constants;
  gboolean half;
  gsize weights_bytes, parameters_bytes, sizes_bytes;
  guint8 *weights;
  float *parameters;
  guint32 *sizes;
  gsize input_bytes; /* of one window */
} BsVulkanNetwork;

/**
 * bs_vulkan_network_new:
 * @half: weights and inputs as halves
 * @limits: the device's, or smaller
 *
 * Checks the model's shape against what the shader and the device can do and lays the weights out. Rounding to half is to
 * nearest even; a weight beyond what half holds is refused.
 *
 * Returns: (transfer full): the network, or %NULL with %BS_ENGINE_ERROR_UNSUPPORTED that names what is too large
 */
BsVulkanNetwork *bs_vulkan_network_new (const BsModel *model, gboolean half, const BsVulkanLimits *limits,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_vulkan_network_free (BsVulkanNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsVulkanNetwork, bs_vulkan_network_free)

/**
 * bs_vulkan_network_write_inputs:
 * @windows: [n, T, F] scaled inputs
 * @out: (out caller-allocates): n * input_bytes, as the shader reads them; written in order (it may be write-combined)
 *
 * Converts windows; in FP16 clamps to ±BS_HALF_MAX.
 */
void bs_vulkan_network_write_inputs (const BsVulkanNetwork *self, const float *windows, guint n, guint n_inputs,
                                     void *out);

G_END_DECLS
