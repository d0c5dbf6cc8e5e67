/* bs-half.h: halves (IEEE 754 binary16) from floats; by the processor where it can, else in plain C */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The largest finite half; scaled inputs are clamped to it in FP16. */
#define BS_HALF_MAX 65504.0f

/** bs_half_from_float: @value to nearest even; beyond the largest finite half: infinity. The reference for the next. */
uint16_t bs_half_from_float (float value);

/**
 * bs_halves_from_floats:
 * @values: [n], finite
 * @halves: (out caller-allocates): [n], written in order (it may be write-combined)
 *
 * Each value to nearest even, clamped to ±BS_HALF_MAX before.
 */
void bs_halves_from_floats (const float *values, size_t n, uint16_t *halves);
/** bs_halves_from_floats_plainly: the same in plain C, as it is on processors that cannot do it themselves */
void bs_halves_from_floats_plainly (const float *values, size_t n, uint16_t *halves);

/** bs_floats_finite: whether none of @values ([n]) is infinite or NaN */
bool bs_floats_finite (const float *values, size_t n);
