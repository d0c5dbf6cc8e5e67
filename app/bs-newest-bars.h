/* bs-newest-bars.h: the newest bars of a series as a series of their own */
#pragma once

#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

/**
 * bs_newest_bars:
 * @bars: not changed
 * @end: index one past the newest to take
 * @n: how many at most; 0 for all
 *
 * Returns: (transfer full): a copy of bars before @end. Their sums begin anew, as if no bar had come before.
 */
BsBarSeries *bs_newest_bars (const BsBarSeries *bars, guint64 end, gsize n) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_newest_secondary_bars:
 * @secondary: not changed
 * @primary: the bars that they go with
 *
 * Returns: (transfer full): a copy of those known while @primary's bars came, with some before them for the features
 * that look back
 */
BsBarSeries *bs_newest_secondary_bars (const BsBarSeries *secondary,
                                       const BsBarSeries *primary) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_newest_secondary_range:
 * @from_us, @to_us: when the first and the last primary bar closed
 * @begin, @end: (out): indices of the secondary bars that bs_newest_secondary_bars() copies
 */
void bs_newest_secondary_range (const BsBarSeries *secondary, gint64 from_us, gint64 to_us, guint64 *begin, guint64 *end);

G_END_DECLS
