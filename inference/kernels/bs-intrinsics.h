/* bs-intrinsics.h: x86 intrinsics: the compiler's own, or emulated ones where a test builds the kernels for a processor
 * that this machine is not */
#pragma once

#ifdef BS_EMULATE_INTRINSICS
#include "tests/kernels/bs-emulated-intrinsics.h"
#else
#include <immintrin.h>
#endif
