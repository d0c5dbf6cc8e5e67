#include "ui/watch/bs-watch-row.h"

#include <math.h>

struct _BsWatchRow
{
  GObject parent_instance;

  BsWatchValues values;
  guint64 serial;
};

G_DEFINE_FINAL_TYPE (BsWatchRow, bs_watch_row, G_TYPE_OBJECT)

static void
bs_watch_row_finalize (GObject *object)
{
  g_free (BS_WATCH_ROW (object)->values.symbol);
  G_OBJECT_CLASS (bs_watch_row_parent_class)->finalize (object);
}

static void
bs_watch_row_class_init (BsWatchRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_watch_row_finalize;
}

static void
bs_watch_row_init (BsWatchRow *self)
{
  self->values.last = self->values.reference = self->values.confidence = self->values.hurst = NAN;
  self->values.klass = self->values.raw_class = BS_WATCH_NO_CLASS;
  self->values.in_range = TRUE;
}

BsWatchRow *
bs_watch_row_new (const char *symbol, guint decimals, guint number)
{
  BsWatchRow *self = g_object_new (BS_TYPE_WATCH_ROW, NULL);
  self->values.symbol = g_strdup (symbol);
  self->values.decimals = decimals;
  self->values.number = number;
  return self;
}

const BsWatchValues *
bs_watch_row_values (BsWatchRow *self)
{
  return &self->values;
}

BsWatchValues *
bs_watch_row_change (BsWatchRow *self)
{
  self->serial++;
  return &self->values;
}

guint64
bs_watch_row_serial (BsWatchRow *self)
{
  return self->serial;
}

void
bs_watch_values_add_close (BsWatchValues *values, double close)
{
  values->last = close;
  values->closes[values->n_closes++ % BS_WATCH_SPARK_BARS] = (float) close;
}

guint
bs_watch_values_n_closes (const BsWatchValues *values)
{
  return MIN (values->n_closes, BS_WATCH_SPARK_BARS);
}

double
bs_watch_values_close (const BsWatchValues *values, guint i)
{
  return values->closes[(values->n_closes - bs_watch_values_n_closes (values) + i) % BS_WATCH_SPARK_BARS];
}

BsWatchFreshness
bs_watch_values_freshness (const BsWatchValues *values, gint64 now_us)
{
  /* A feed says itself how it stands. */
  if (values->feed != BS_WATCH_NO_FEED)
    return values->feed == BS_WATCH_FEED_CONNECTED ? BS_WATCH_LIVE : BS_WATCH_LATE;
  if (values->interval_us == 0)
    return BS_WATCH_AT_REST;
  gint64 late_us = 2 * values->interval_us + BS_WATCH_GRACE_USEC;
  return values->arrival_us != 0 && now_us - values->arrival_us > late_us ? BS_WATCH_LATE : BS_WATCH_LIVE;
}
