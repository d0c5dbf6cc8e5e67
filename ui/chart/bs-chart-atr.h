/* bs-chart-atr.h: the average true range over a number of bars of one's own choice, for the band */
#pragma once

#include "ui/chart/bs-chart-data.h"

G_BEGIN_DECLS

#define BS_CHART_ATR_MAX_PERIOD 500

typedef struct _BsChartAtr BsChartAtr;

/** bs_chart_atr_new: @period: bars, 1..%BS_CHART_ATR_MAX_PERIOD */
BsChartAtr *bs_chart_atr_new (guint period) G_GNUC_WARN_UNUSED_RESULT;
void bs_chart_atr_free (BsChartAtr *self);

/**
 * bs_chart_atr_extend:
 * @data: the same at each call
 * @max: bars to compute at most, so that a frame stays short; 0 only notes which bars have left
 *
 * Is to be called after each change of @data: bars that were taken back and came anew are others.
 *
 * Computes what is missing: the mean true range of the last @period bars, of fewer near the oldest, which has none itself.
 * As the ATR of the features (docs/features.md). Values are kept in single precision.
 *
 * Returns: whether all are there
 */
gboolean bs_chart_atr_extend (BsChartAtr *self, BsChartData *data, guint max);

/** The largest value over bars from <= index < to, those that have been computed; NAN where none has. */
double bs_chart_atr_max (const BsChartAtr *self, guint64 from, guint64 to);

G_END_DECLS
