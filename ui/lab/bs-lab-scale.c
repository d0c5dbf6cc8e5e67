#include "ui/lab/bs-lab-scale.h"

#include <math.h>

/* The ratio about which the axis turns from proportional to logarithmic. */
#define NEAR 1.05
/* The axis never shows less than this. */
#define MIN_REACH 1.2
#define MARGIN 1.08

static const double rounds[] = { 1.1, 1.5, 2, 4, 10, 30, 100, 300, 1000, 10000, 100000 };

static double
value (double ratio)
{
  return asinh (log (ratio) / log (NEAR));
}

void
bs_lab_scale_fit (BsLabScale *self, double farthest)
{
  self->reach = MARGIN * MAX (value (MIN_REACH), fabs (value (farthest)));
}

double
bs_lab_scale_position (const BsLabScale *self, double ratio)
{
  if (!(ratio > 0))
    return 0;
  return CLAMP (0.5 + 0.5 * value (ratio) / self->reach, 0, 1);
}

guint
bs_lab_scale_ticks (const BsLabScale *self, double distance, BsLabTick *ticks)
{
  BsLabTick above[G_N_ELEMENTS (rounds)];
  double last = 0.5;
  guint n_above = 0, n = 0;

  G_STATIC_ASSERT (2 * G_N_ELEMENTS (rounds) + 1 <= BS_LAB_SCALE_MAX_TICKS);
  /* Outwards from 1, the same on either side. */
  for (guint i = 0; i < G_N_ELEMENTS (rounds); i++)
    {
      double position = 0.5 + 0.5 * value (rounds[i]) / self->reach;
      if (position > 1 || position - last < distance)
        continue;
      above[n_above++] = (BsLabTick){ position, rounds[i] };
      last = position;
    }
  for (guint i = n_above; i > 0; i--)
    ticks[n++] = (BsLabTick){ 1 - above[i - 1].position, 1 / above[i - 1].ratio };
  ticks[n++] = (BsLabTick){ 0.5, 1 };
  for (guint i = 0; i < n_above; i++)
    ticks[n++] = above[i];
  return n;
}
