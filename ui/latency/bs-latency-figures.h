/* bs-latency-figures.h: what a table or a report says of many times */
#pragma once

#include "inference/predict/bs-histogram.h"

G_BEGIN_DECLS

/** Times in ns, percentiles within 0.1 %; all 0 where @count is. */
typedef struct
{
  guint64 count;
  gint64 min, p50, p95, p99, p999, max;
} BsLatencyFigures;

/** bs_latency_figures_read: @histogram: (nullable): nothing counted */
static inline void
bs_latency_figures_read (BsLatencyFigures *self, const BsHistogram *histogram)
{
  *self = (BsLatencyFigures){ 0 };
  if (histogram == NULL || (self->count = bs_histogram_count (histogram)) == 0)
    return;
  self->min = bs_histogram_min (histogram);
  self->p50 = bs_histogram_percentile (histogram, 50);
  self->p95 = bs_histogram_percentile (histogram, 95);
  self->p99 = bs_histogram_percentile (histogram, 99);
  self->p999 = bs_histogram_percentile (histogram, 99.9);
  self->max = bs_histogram_max (histogram);
}

G_END_DECLS
