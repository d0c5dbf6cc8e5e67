/* bs-chart-summary.h: the extremes of a run of bars, what a pixel column shows when it holds more than one bar */
#pragma once

#include <math.h>

#include <glib.h>

G_BEGIN_DECLS

/**
 * BsChartSummary:
 *
 * Smallest and largest of each series over some bars. A pair is empty (min > max) where no bar had a value.
 */
typedef struct
{
  double low, high; /* of the bars' low and high, exact */
  float close_min, close_max;
  float volume_max;
  float hurst_min, hurst_max;
  float atr_min, atr_max;
  float confidence_min, confidence_max;
  guint8 signals; /* bit (1 << class) for each class that occurs */
} BsChartSummary;

#define BS_CHART_SUMMARY_EMPTY                                                                                         \
  {                                                                                                                    \
    INFINITY, -INFINITY, INFINITY, -INFINITY, 0, INFINITY, -INFINITY, INFINITY, -INFINITY, INFINITY, -INFINITY, 0      \
  }

/** Widens @self by @other. */
static inline void
bs_chart_summary_merge (BsChartSummary *self, const BsChartSummary *other)
{
  self->low = MIN (self->low, other->low);
  self->high = MAX (self->high, other->high);
  self->close_min = MIN (self->close_min, other->close_min);
  self->close_max = MAX (self->close_max, other->close_max);
  self->volume_max = MAX (self->volume_max, other->volume_max);
  self->hurst_min = MIN (self->hurst_min, other->hurst_min);
  self->hurst_max = MAX (self->hurst_max, other->hurst_max);
  self->atr_min = MIN (self->atr_min, other->atr_min);
  self->atr_max = MAX (self->atr_max, other->atr_max);
  self->confidence_min = MIN (self->confidence_min, other->confidence_min);
  self->confidence_max = MAX (self->confidence_max, other->confidence_max);
  self->signals |= other->signals;
}

G_END_DECLS
