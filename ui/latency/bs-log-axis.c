/* bs-log-axis.c: a logarithmic axis of times with round labels */
#include "ui/latency/bs-log-axis.h"

#include <math.h>

#include "ui/bs-number.h"

#define MIN_MINOR_PX 3.0
/* Labels at 1-2-5 stand unevenly: they want more room than those of the decades, or they look crowded. */
#define ROOM_AT_125 1.6

static const double steps[] = { 1, 2, 5, 10 };

/* Decade @exponent by multiplication of whole numbers: pow() may miss 1000 by a last bit. */
static double
power_of_ten (int exponent)
{
  double value = 1;

  for (; exponent > 0; exponent--)
    value *= 10;
  for (; exponent < 0; exponent++)
    value /= 10;
  return value;
}

static int
decade_of (double value)
{
  int exponent = (int) floor (log10 (value));

  /* log10() of a power of ten may come out a hair under it. */
  if (power_of_ten (exponent + 1) <= value)
    exponent++;
  return exponent;
}

static double
round_down (double value)
{
  double decade = power_of_ten (decade_of (value)), rounded = decade;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] * decade <= value)
      rounded = steps[i] * decade;
  return rounded;
}

static double
round_up (double value)
{
  double decade = power_of_ten (decade_of (value));

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] * decade >= value)
      return steps[i] * decade;
  return 10 * decade;
}

void
bs_log_axis_fit (BsLogAxis *self, double min, double max)
{
  min = isfinite (min) ? MAX (min, 1) : 1;
  max = isfinite (max) ? MAX (max, min) : min;
  self->min = round_down (min);
  self->max = round_up (max);
  while (self->max < 10 * self->min)
    self->max = round_up (self->max * 1.5);
}

gboolean
bs_log_axis_still_fits (const BsLogAxis *self, double min, double max)
{
  min = MAX (min, 1);
  max = MAX (max, min);
  return min >= self->min && max <= self->max && min <= 20 * self->min && max >= self->max / 20;
}

double
bs_log_axis_position (const BsLogAxis *self, double value)
{
  double position = log (MAX (value, 1) / self->min) / log (self->max / self->min);

  return CLAMP (position, 0, 1);
}

double
bs_log_axis_value (const BsLogAxis *self, double position)
{
  return self->min * pow (self->max / self->min, position);
}

guint
bs_log_axis_ticks (const BsLogAxis *self, double length, double label_px, BsLogTick *ticks)
{
  double decades = log10 (self->max / self->min);
  double decade_px = length / MAX (decades, 1e-9);
  int every = MAX (1, (int) ceil (label_px / decade_px));
  /* 2 to 5 is the widest step of 1-2-5, 5 to 10 and 1 to 2 the narrowest: 0.301 of a decade. */
  gboolean majors_at_125 = 0.301 * decade_px >= ROOM_AT_125 * label_px;
  /* 9 to 10 is the narrowest step of 1..10: 0.0458 of a decade. */
  gboolean minors = 0.0458 * decade_px >= MIN_MINOR_PX;
  int from = decade_of (self->min), to = decade_of (self->max);
  guint n = 0;

  for (int exponent = from; exponent <= to; exponent++)
    for (int step = 1; step <= 9; step++)
      {
        double value = step * power_of_ten (exponent);
        /* Counted from 1 ns, not from the axis' start: labels do not change when the axis grows. */
        gboolean major = step == 1 ? exponent % every == 0 : majors_at_125 && (step == 2 || step == 5);

        if (value < self->min * (1 - 1e-9) || value > self->max * (1 + 1e-9))
          continue;
        if ((major || step == 1 || minors) && n < BS_LOG_AXIS_MAX_TICKS)
          ticks[n++] = (BsLogTick){ value, major };
      }
  return n;
}

const char *
bs_log_axis_label (char *buffer, double value)
{
  static const struct
  {
    double ns;
    const char *name;
  } units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" } };
  guint unit = 0;

  while (unit < G_N_ELEMENTS (units) - 1 && value < units[unit].ns * (1 - 1e-9))
    unit++;
  bs_number_format (buffer, value / units[unit].ns, 0);
  g_strlcat (buffer, "\u00a0", BS_NUMBER_LENGTH);
  g_strlcat (buffer, units[unit].name, BS_NUMBER_LENGTH);
  return buffer;
}
