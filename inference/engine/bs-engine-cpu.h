/* bs-engine-cpu.h: the kernels of inference/kernels behind the engines' interface: FP32 and INT8, for this processor */
#pragma once

#include "inference/engine/bs-engine.h"

G_BEGIN_DECLS

/* "cpu": available everywhere, with kernels for the instruction set that bs_kernels() chose. An error where BARSCOPE_CPU names
 * one that cannot be had. Its windows keep the first layer's input projections: a push costs one row of them. */
extern const BsEngineClass bs_engine_cpu_class;

G_END_DECLS
