/* bs-lab-scale.h: an axis of ratios on which both 1.03 and 600 can be seen */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Half the width of the axis, in units of bs_lab_scale_value(); symmetric about the ratio 1. */
typedef struct
{
  double reach;
} BsLabScale;

typedef struct
{
  double position; /* 0..1 */
  double ratio;
} BsLabTick;

#define BS_LAB_SCALE_MAX_TICKS 32

/** bs_lab_scale_fit: @farthest: the ratio furthest from 1 (either way) that has to fit on it, > 0 */
void bs_lab_scale_fit (BsLabScale *self, double farthest);

/**
 * bs_lab_scale_position: where @ratio lies: 0.5 at 1, 0 and 1 at the ends, cut to that.
 *
 * asinh (log (ratio) / log (1.05)): equal factors lie equally far to either side of 1; nearly proportional up to some
 * percent, logarithmic in the logarithm beyond, so that neither 3 % nor 300 times is lost.
 */
double bs_lab_scale_position (const BsLabScale *self, double ratio);

/**
 * bs_lab_scale_ticks:
 * @distance: of two labels at least, as a part of the axis
 * @ticks: (out): [BS_LAB_SCALE_MAX_TICKS], ascending
 *
 * Round ratios; 1 is always one of them.
 *
 * Returns: ticks written
 */
guint bs_lab_scale_ticks (const BsLabScale *self, double distance, BsLabTick *ticks);

G_END_DECLS
