/* bs-chart-scale.c: a value axis: which value is where on the screen, and the round values to label */
#include "ui/chart/bs-chart-scale.h"

#include <math.h>

static double
forward (const BsChartScale *self, double value)
{
  if (!self->log)
    return value;
  return value > 0 ? log (value) : NAN;
}

static double
backward (const BsChartScale *self, double v)
{
  return self->log ? exp (v) : v;
}

double
bs_chart_scale_y (const BsChartScale *self, double value)
{
  double low = forward (self, self->low), high = forward (self, self->high);

  return self->bottom + (forward (self, value) - low) / (high - low) * (self->top - self->bottom);
}

double
bs_chart_scale_value (const BsChartScale *self, double y)
{
  double low = forward (self, self->low), high = forward (self, self->high);

  return backward (self, low + (y - self->bottom) / (self->top - self->bottom) * (high - low));
}

void
bs_chart_scale_set_range (BsChartScale *self, double low, double high)
{
  if (self->log && low <= 0)
    low = high > 0 ? high * 1e-3 : 1e-3;
  if (!(high - low > fabs (high) * 1e-9))
    {
      double room = low != 0 ? fabs (low) * 5e-4 : 1;

      low -= room;
      high = low + 2 * room;
    }
  self->low = low;
  self->high = high;
}

void
bs_chart_scale_zoom (BsChartScale *self, double factor)
{
  double low = forward (self, self->low), high = forward (self, self->high);
  double middle = (low + high) / 2, half = (high - low) / 2 * factor;

  /* A range that a double can hardly tell apart, or that leaves its range, is nothing to zoom to. */
  if (half < fabs (middle) * 1e-7 || half > (self->log ? 200 : 1e12))
    return;
  self->low = backward (self, middle - half);
  self->high = backward (self, middle + half);
}

void
bs_chart_scale_pan (BsChartScale *self, double pixels)
{
  double low = forward (self, self->low), high = forward (self, self->high);
  double by = pixels / (self->bottom - self->top) * (high - low);

  self->low = backward (self, low + by);
  self->high = backward (self, high + by);
}

/* The smallest round number >= @step that is a multiple of @min_step. */
static double
round_step (double step, double min_step)
{
  static const double nice[] = { 1, 2, 2.5, 5, 10 };
  double power;

  step = MAX (step, min_step);
  power = pow (10, floor (log10 (step)));
  for (guint i = 0; i < G_N_ELEMENTS (nice); i++)
    {
      double s = nice[i] * power;

      if (s < step * (1 - 1e-9))
        continue;
      if (min_step > 0 && fabs (remainder (s, min_step)) > min_step * 1e-6)
        continue;
      return s;
    }
  return 10 * power;
}

double
bs_chart_scale_percent (const BsChartScale *self, double value)
{
  return (value / self->percent_of - 1) * 100;
}

/* Round percentages, as the values that they are of. */
static guint
percent_ticks (const BsChartScale *self, double min_distance, double *ticks, guint max)
{
  BsChartScale percent = *self;
  guint n;

  percent.percent_of = 0;
  percent.low = bs_chart_scale_percent (self, self->low);
  percent.high = bs_chart_scale_percent (self, self->high);
  n = bs_chart_scale_ticks (&percent, 0.01, min_distance, ticks, max);
  for (guint i = 0; i < n; i++)
    ticks[i] = self->percent_of * (1 + ticks[i] / 100);
  return n;
}

guint
bs_chart_scale_ticks (const BsChartScale *self, double min_step, double min_distance, double *ticks, guint max)
{
  guint n = 0;
  double value = self->low;
  double y = self->bottom;

  g_return_val_if_fail (min_distance > 0, 0);

  if (!(self->high > self->low) || !(self->bottom > self->top))
    return 0;
  if (self->percent_of > 0)
    return percent_ticks (self, min_distance, ticks, max);
  while (n < max)
    {
      /* The step that min_distance asks for here; the same all along a linear scale. */
      double here = self->log ? value : self->low;
      double here_y = self->log ? y : self->bottom;
      double step = round_step (bs_chart_scale_value (self, here_y - min_distance) - here, min_step);
      double next = (n == 0 ? ceil (value / step - 1e-9) : floor (value / step + 1e-9) + 1) * step;

      /* Where the step has just grown, the next multiple may be too near. */
      while (n > 0 && y - bs_chart_scale_y (self, next) < min_distance * (1 - 1e-6))
        next += step;
      if (next > self->high + step * 1e-9)
        break;
      /* -0 and 1e-17 are 0. */
      ticks[n++] = fabs (next) < step * 1e-6 ? 0 : next;
      value = next;
      y = bs_chart_scale_y (self, next);
    }
  return n;
}

guint
bs_chart_scale_decimals (const double *ticks, guint n, guint max)
{
  guint decimals = 0;

  for (guint i = 0; i < n; i++)
    while (decimals < max)
      {
        double scaled = ticks[i] * pow (10, decimals);

        if (fabs (scaled - round (scaled)) < 1e-6 * MAX (1, fabs (scaled) * 1e-6))
          break;
        decimals++;
      }
  return decimals;
}
