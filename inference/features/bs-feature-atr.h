/* bs-feature-atr.h: average true range, many bars at a time or one. Private to this folder */
#pragma once

#include "inference/features/bs-features.h"
#include "inference/kernels/bs-kernels.h"
#include "inference/market/bs-bar-columns.h"

G_BEGIN_DECLS

/** Bars of a block: its columns lie on the stack and in the first cache. */
#define BS_ATR_BLOCK_BARS 512

/** The ATR of bars @begin..@end-1. */
typedef struct
{
  guint64 begin, end;
  double values[BS_ATR_BLOCK_BARS];
} BsAtrBlock;

/**
 * bs_atr_block_fill:
 * @begin: first bar wanted, columns->first <= @begin < @end
 * @end: one past the last bar of @columns that is wanted; as many of them as a block holds are computed
 *
 * ATR by the kernels of this processor, as if the series began with the first bar of @columns. The same bits as
 * bs_atr_of_ranges() bar by bar.
 */
void bs_atr_block_fill (BsAtrBlock *self, const BsBarColumns *columns, guint64 begin, guint64 end);

/** bs_true_range: of a bar and the close before it */
double bs_true_range (double high, double low, double close_before);

/**
 * bs_atr_of_ranges:
 * @ranges: [@n] true ranges up to the newest
 * @n: 1..BS_ATR_BARS
 *
 * Returns: their mean, summed one term after the other in the order of bs_sum()
 */
double bs_atr_of_ranges (const double *ranges, guint n);

G_END_DECLS
