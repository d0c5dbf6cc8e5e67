/* bs-bar-series.h: bars as columns, append only, bounded */
#pragma once

#include "inference/market/bs-bar.h"

G_BEGIN_DECLS

/** Whether a bar's time is its start or its end. */
typedef enum
{
  BS_STAMP_END,
  BS_STAMP_START,
} BsStamp;

/** The double columns of a series. The order is BsBar's. */
typedef enum
{
  BS_COLUMN_OPEN,
  BS_COLUMN_HIGH,
  BS_COLUMN_LOW,
  BS_COLUMN_CLOSE,
  BS_COLUMN_VOLUME,
  BS_COLUMN_BID_VOLUME,
  BS_COLUMN_ASK_VOLUME,
  BS_COLUMN_DAILY_PNL,
  BS_COLUMN_DAILY_GOAL,
  BS_COLUMN_DAILY_MAX_LOSS,
  BS_COLUMN_CUMULATIVE_DELTA, /* running sum of ask - bid volume since the first bar ever appended */
  BS_N_COLUMNS
} BsColumn;

/** Bars a series holds unless told otherwise. */
#define BS_BAR_SERIES_DEFAULT_MAX_BARS 1000000
/** A bound below this is taken as this: a pivot needs both its neighbours before the older one leaves. */
#define BS_BAR_SERIES_MIN_BARS 4

/**
 * BsPivots:
 * @high: index of the last bar whose high is above both its neighbours' highs, 0 where there has been none
 * @low: index of the last bar whose low is below both its neighbours' lows, 0 where there has been none
 */
typedef struct
{
  guint64 high, low;
} BsPivots;

/**
 * BsBarSeries:
 *
 * Columns of bars in time order. Bars are known by their index, counted from the first bar ever appended: it never
 * changes, also when the oldest bars have left. Columns are contiguous; a pointer to one is good until the next append.
 * Room is made as bars come, by doubling: 96 bytes a bar, 96 MB for 1,000,000 of them. A full series drops a sixteenth of
 * its bars at once; cumulative delta and the last pivots count on. All columns are as long as the series by construction.
 * Not thread-safe: one owner.
 */
typedef struct _BsBarSeries BsBarSeries;

/**
 * bs_bar_series_new:
 * @max_bars: bars kept at most (at least BS_BAR_SERIES_MIN_BARS); beyond it the oldest leave in chunks; 0 for the
 *   default
 * @bar_length_us: length of a bar in us, 0 where not known yet (see bs_bar_series_set_bar_length())
 * @stamp: whether times are starts or ends
 *
 * Returns: (transfer full): an empty series; free with bs_bar_series_free()
 */
BsBarSeries *bs_bar_series_new (gsize max_bars, gint64 bar_length_us, BsStamp stamp) G_GNUC_WARN_UNUSED_RESULT;
void bs_bar_series_free (BsBarSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBarSeries, bs_bar_series_free)

/**
 * bs_bar_series_append:
 *
 * Appends a bar after checking it with bs_bar_validate() and its time against the last one's.
 *
 * Returns: %TRUE; %FALSE with %BS_BAR_ERROR_RANGE or %BS_BAR_ERROR_TIME, and the series as it was
 */
gboolean bs_bar_series_append (BsBarSeries *self, const BsBar *bar, GError **error);

/**
 * bs_bar_series_reserve:
 *
 * Makes room for as many bars as the series may hold: appending allocates nothing from here on. Where the system backs
 * memory only when it is written, room that is not used costs nothing.
 */
void bs_bar_series_reserve (BsBarSeries *self);
/**
 * bs_bar_series_borrow:
 * @source: another series, which does not change any more
 * @owner: (nullable): what keeps @source alive
 * @release: (nullable): gives @owner back, when it is not needed any more
 *
 * For an empty series whose bars are going to be those of @source, such as a replay's: as long as each bar that is appended is
 * the next one of @source, nothing is copied, and the columns are @source's. With the first bar that is another, the series
 * gets columns of its own, which allocates. Where @source has dropped bars, or has more than this one may hold, @owner is given
 * back at once and nothing else happens.
 */
void bs_bar_series_borrow (BsBarSeries *self, const BsBarSeries *source, gpointer owner, GDestroyNotify release);
/**
 * bs_bar_series_take_over:
 *
 * As bs_bar_series_borrow(), of a source that nobody else reads by the time that all its bars have been appended: when another
 * bar comes, its columns are kept as this series' own, without a copy, and @source is empty before @owner is given back.
 */
void bs_bar_series_take_over (BsBarSeries *self, BsBarSeries *source, gpointer owner, GDestroyNotify release);
/** bs_bar_series_clear: forgets all bars, as if none had been appended; the room, bar length and stamp stay */
void bs_bar_series_clear (BsBarSeries *self);

/**
 * bs_bar_series_copy_tail:
 * @source: another series
 * @n: bars, BS_BAR_SERIES_MIN_BARS at least and at most what @self may hold
 *
 * Makes @self what @source would be had all but its newest @n bars left it: indices, cumulative delta and pivots count on;
 * bar length and stamp are its too. Where @source holds fewer, all of them. Allocates nothing where the room is reserved.
 */
void bs_bar_series_copy_tail (BsBarSeries *self, const BsBarSeries *source, gsize n);

/**
 * bs_bar_series_copy_until:
 * @end: of @source's bars: first <= @end <= bs_bar_series_end (source)
 *
 * The same of what @source was when it had the bars before @end alone.
 */
void bs_bar_series_copy_until (BsBarSeries *self, const BsBarSeries *source, guint64 end, gsize n);

/** Index of the oldest bar still held (0 until bars have left). */
guint64 bs_bar_series_first (const BsBarSeries *self);
/** Index one past the newest bar: the number of bars ever appended. */
guint64 bs_bar_series_end (const BsBarSeries *self);
/** Bars held now: end - first. */
gsize bs_bar_series_length (const BsBarSeries *self);
/** Bars held at most. */
gsize bs_bar_series_max_bars (const BsBarSeries *self);

/** Times of the bars held, us UTC; element 0 is bar bs_bar_series_first(). Owned by the series. */
const gint64 *bs_bar_series_times (const BsBarSeries *self);
/** One column of the bars held; element 0 is bar bs_bar_series_first(). Owned by the series. */
const double *bs_bar_series_column (const BsBarSeries *self, BsColumn column);
/** Copies bar @index (first <= index < end) to @bar. */
void bs_bar_series_get (const BsBarSeries *self, guint64 index, BsBar *bar);
/** When bar @index closed, us UTC: its time, plus the bar length where times are starts. */
gint64 bs_bar_series_close_time (const BsBarSeries *self, guint64 index);

/**
 * bs_bar_series_pivots:
 * @index: first <= @index <= end
 * @pivots: (out caller-allocates)
 *
 * The last pivots that were confirmed when bar @index - 1 had come, so at bar @index - 2 or before; also those among bars
 * that have left. Looks back from @index until it finds one, a few bars on any market.
 */
void bs_bar_series_pivots (const BsBarSeries *self, guint64 index, BsPivots *pivots);

gint64 bs_bar_series_bar_length (const BsBarSeries *self);
BsStamp bs_bar_series_stamp (const BsBarSeries *self);
/** Says how long a bar is, where it was not known at first (a file shows it only once it is read). In us, > 0. */
void bs_bar_series_set_bar_length (BsBarSeries *self, gint64 bar_length_us);

G_END_DECLS
