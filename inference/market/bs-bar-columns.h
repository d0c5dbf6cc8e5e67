/* bs-bar-columns.h: a view of bars as columns, each with its own length; what computations over many bars read */
#pragma once

#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

#define BS_N_LEFT_PIVOTS 3

/**
 * BsBarColumns:
 * @times: [@n_times], us UTC
 * @values: [@lengths[c]] each
 * @first: index of element 0
 * @left: the last pivots as bs_bar_columns_pivots() gives them for index @first, @first + 1 and @first + 2: bars that
 *   are not in the columns any more decide on them
 *
 * Owns nothing: good until the next append to the series that it shows. All lengths have to be the same, which whoever
 * reads it checks once.
 */
typedef struct
{
  const gint64 *times;
  const double *values[BS_N_COLUMNS];
  gsize n_times;
  gsize lengths[BS_N_COLUMNS];
  guint64 first;
  BsPivots left[BS_N_LEFT_PIVOTS];
  gint64 bar_length_us;
  BsStamp stamp;
  gboolean restarted; /* cumulative delta counts from bar @first, whatever its column says */
} BsBarColumns;

/** bs_bar_series_view: the bars that @self holds */
void bs_bar_series_view (const BsBarSeries *self, BsBarColumns *columns);

/**
 * bs_bar_columns_tail:
 * @n: bars, at most those in @self
 *
 * Narrows the view to its last @n bars as if the first bar ever were among them: indices begin at 0, no pivot is known,
 * cumulative delta starts anew.
 */
void bs_bar_columns_tail (BsBarColumns *self, gsize n);

/** bs_bar_columns_pivots: as bs_bar_series_pivots() */
void bs_bar_columns_pivots (const BsBarColumns *self, guint64 index, BsPivots *pivots);

/** Bar @index (first <= @index < first + n_times). */
void bs_bar_columns_get (const BsBarColumns *self, guint64 index, BsBar *bar);

/** bs_bar_columns_agree: whether every column is as long as the times; where not, @name and @length say which one */
gboolean bs_bar_columns_agree (const BsBarColumns *self, const char **name, gsize *length);

G_END_DECLS
