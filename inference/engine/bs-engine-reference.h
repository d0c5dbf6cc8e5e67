/* bs-engine-reference.h: FP32 through OpenBLAS, one operation at a time: what every other engine is compared with */
#pragma once

#include "inference/engine/bs-engine.h"

G_BEGIN_DECLS

extern const BsEngineClass bs_engine_reference_class;

G_END_DECLS
