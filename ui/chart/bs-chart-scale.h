/* bs-chart-scale.h: a value axis: which value is where on the screen, and the round values to label */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BsChartScale:
 *
 * Values from @low at the bottom to @high at the top, linear or logarithmic (then low > 0). Pixels are device pixels
 * that grow downwards.
 */
typedef struct
{
  double low, high;
  double top, bottom; /* pixels of high and low */
  gboolean log;
  double percent_of; /* > 0: a linear scale whose ticks are round changes from this value in percent; else 0 */
} BsChartScale;

/** The change from what @self is a percentage of, in percent. */
double bs_chart_scale_percent (const BsChartScale *self, double value);


/** Pixel of @value; NAN for NAN, and for values <= 0 on a logarithmic scale. */
double bs_chart_scale_y (const BsChartScale *self, double value);
/** Value at pixel @y. */
double bs_chart_scale_value (const BsChartScale *self, double y);
/** Sets the range, never empty: a single value gets some room around it. */
void bs_chart_scale_set_range (BsChartScale *self, double low, double high);
/** Widens (factor > 1) or narrows the range about its middle. */
void bs_chart_scale_zoom (BsChartScale *self, double factor);
/** Moves what is seen by @pixels, > 0 downwards. */
void bs_chart_scale_pan (BsChartScale *self, double pixels);

/**
 * bs_chart_scale_ticks:
 * @min_step: ticks are multiples of it at least, e.g. the price tick; 0 for any
 * @min_distance: pixels between two ticks at least
 * @ticks: (out): [max], ascending
 *
 * Round values (1, 2, 2.5 or 5 times a power of ten) within the range. On a logarithmic scale the step grows with the
 * value. On a linear scale the ticks stay at their values when the range moves. Of a percentage, multiples of 0.01 %,
 * whatever @min_step.
 *
 * Returns: how many
 */
guint bs_chart_scale_ticks (const BsChartScale *self, double min_step, double min_distance, double *ticks, guint max);

/** Digits after the point that tell the @n ticks apart, at most @max. */
guint bs_chart_scale_decimals (const double *ticks, guint n, guint max);

G_END_DECLS
