/* bs-signal-point.h: a bar and its signal as the chart shows them */
#pragma once

#include "inference/predict/bs-predictor.h"
#include "ui/chart/bs-chart-data.h"

G_BEGIN_DECLS

/**
 * bs_signal_point:
 * @signal: (nullable): %NULL where there is none (yet)
 * @index: of @bar in its series
 */
BsChartPoint bs_signal_point (const BsBar *bar, const BsSignal *signal, guint64 index);

G_END_DECLS
