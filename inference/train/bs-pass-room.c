/* bs-pass-room.c: places for what the passes write */
#include "inference/train/bs-pass.h"

#define BsPassReal float
#define BS_PASS(Name) BsPassF32##Name
#define bs_pass(name) bs_pass_f32_##name
#include "inference/train/bs-pass-room-template.h"
#undef BsPassReal
#undef BS_PASS
#undef bs_pass

#define BsPassReal double
#define BS_PASS(Name) BsPassF64##Name
#define bs_pass(name) bs_pass_f64_##name
#include "inference/train/bs-pass-room-template.h"
