#include "app/bs-signal-point.h"

#include <math.h>

BsChartPoint
bs_signal_point (const BsBar *bar, const BsSignal *signal, guint64 index)
{
  BsChartPoint point = {
    .bar = *bar,
    .hurst = NAN,
    .atr = NAN,
    .confidence = NAN,
    .signal = BS_CHART_NO_SIGNAL,
    .raw_signal = BS_CHART_NO_SIGNAL,
    .in_range = TRUE,
  };
  if (signal == NULL)
    return point;
  /* Before its warm-up a feature has a fixed value that says nothing: no line there. */
  if (index >= bs_feature_info (BS_FEATURE_HURST_H)->warm_up)
    {
      point.hurst = signal->hurst;
      point.hurst_computed = signal->hurst_computed;
    }
  if (index >= bs_feature_info (BS_FEATURE_ATR)->warm_up)
    point.atr = signal->atr;
  if (signal->state != BS_SIGNAL_READY)
    return point;
  point.confidence = signal->confidence;
  point.signal = (guint8) signal->klass;
  point.raw_signal = (guint8) signal->raw_class;
  point.in_range = signal->in_range;
  return point;
}
