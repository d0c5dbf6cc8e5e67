/* bs-pass.h: forward and backward through the network for a batch of windows, in float (bs_pass_f32_*) and in double
 * (bs_pass_f64_*), which is what finite differences are taken in. One source, bs-pass-template.h, compiled for both.
 *
 * Rows. Activations are arrays of rows, one for each step of each window. The row of window w, step t is
 * w * window_stride + t * step_stride: the tape of the reference engine has T and 1, training 1 and n, where a step's rows
 * lie side by side. The n * T rows are contiguous either way. */
#pragma once

#include "inference/model/bs-arena.h"
#include "inference/train/bs-parameters.h"

G_BEGIN_DECLS

#define BsPassReal float
#define BS_PASS(Name) BsPassF32##Name
#define bs_pass(name) bs_pass_f32_##name
#include "inference/train/bs-pass-declare.h"
#undef BsPassReal
#undef BS_PASS
#undef bs_pass

#define BsPassReal double
#define BS_PASS(Name) BsPassF64##Name
#define bs_pass(name) bs_pass_f64_##name
#include "inference/train/bs-pass-declare.h"
#undef BsPassReal
#undef BS_PASS
#undef bs_pass

G_END_DECLS
