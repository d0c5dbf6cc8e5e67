/* bs-watch-row.h: one instrument of the watchlist: what is shown of it */
#pragma once

#include <glib-object.h>

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/** Closes that the spark line shows. */
#define BS_WATCH_SPARK_BARS 64
/** No class: there is no signal yet. */
#define BS_WATCH_NO_CLASS 255
/** A live instrument is late after two bar lengths and this, as any feed. */
#define BS_WATCH_GRACE_USEC (5 * G_USEC_PER_SEC)

typedef enum
{
  BS_WATCH_AT_REST, /* no further bar is to come: a file that is read */
  BS_WATCH_LIVE,
  BS_WATCH_LATE,    /* live, and no bar has come for long: its signal is old */
} BsWatchFreshness;

/** How the feed stands that brings an instrument's bars. */
typedef enum
{
  BS_WATCH_NO_FEED, /* a file, or made up */
  BS_WATCH_FEED_CONNECTING,
  BS_WATCH_FEED_CONNECTED,
  BS_WATCH_FEED_STALE,
  BS_WATCH_FEED_LOST,
  BS_WATCH_FEED_ENDED,
  BS_N_WATCH_FEEDS
} BsWatchFeed;

#define BS_TYPE_WATCH_ROW (bs_watch_row_get_type ())
G_DECLARE_FINAL_TYPE (BsWatchRow, bs_watch_row, BS, WATCH_ROW, GObject)

/** What a row shows; times are of the monotonic clock, us. */
typedef struct
{
  char *symbol;
  guint decimals;
  guint number; /* the caller's own: which instrument */

  double last, reference; /* price now, and what the change is counted from; NAN: none yet */
  guint8 klass, raw_class; /* BsClass or BS_WATCH_NO_CLASS */
  gboolean in_range;
  double confidence, hurst; /* NAN: none */

  BsWatchFeed feed;
  gint64 interval_us; /* from one bar to the next as they come; 0: at rest */
  gint64 arrival_us;  /* of the newest bar; 0: none has come since it was opened */

  float closes[BS_WATCH_SPARK_BARS]; /* a ring: the newest at (n_closes - 1) modulo its length */
  guint n_closes;                    /* ever */
} BsWatchValues;

/** bs_watch_row_new: @symbol: copied. Values as of an instrument without bars. */
BsWatchRow *bs_watch_row_new (const char *symbol, guint decimals, guint number) G_GNUC_WARN_UNUSED_RESULT;

const BsWatchValues *bs_watch_row_values (BsWatchRow *self);
/** bs_watch_row_change: for the caller to write into; the list shows it with its next flush */
BsWatchValues *bs_watch_row_change (BsWatchRow *self);
/** Counts the changes. */
guint64 bs_watch_row_serial (BsWatchRow *self);
/** bs_watch_values_add_close: the next close of the spark line, which is the last price too */
void bs_watch_values_add_close (BsWatchValues *values, double close);
/** bs_watch_values_close: the @i-th of the closes held, 0 the oldest; @i < bs_watch_values_n_closes() */
double bs_watch_values_close (const BsWatchValues *values, guint i);
guint bs_watch_values_n_closes (const BsWatchValues *values);

/** bs_watch_values_freshness: at @now_us of the monotonic clock */
BsWatchFreshness bs_watch_values_freshness (const BsWatchValues *values, gint64 now_us);

G_END_DECLS
