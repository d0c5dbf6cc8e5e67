/* bs-engine-vulkan.h: the network on a Vulkan device, FP32 or FP16 */
#pragma once

#include "inference/engine/bs-engine.h"

G_BEGIN_DECLS

/**
 * bs_engine_vulkan_class:
 *
 * Whole windows in one dispatch a call, on the device that BsEngineOptions.device names. Hidden units 1..512, layers 1..4,
 * T 1..512. FP16: weights and inputs as halves, clamped to ±65504, everything else in FP32. A device that is lost or answers
 * nonsense gives %BS_ENGINE_ERROR_LOST: the engine is of no use any more.
 */
extern const BsEngineClass bs_engine_vulkan_class;

G_END_DECLS
