#include "app/feeds/bs-scid-reader.h"

#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-reader.h"

/* From 1899-12-30, where the file's times begin, to 1970-01-01. */
#define EPOCH_DAYS 25569
#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
/* 2199-12-31: as in text files. */
#define MAX_TIME_US (G_GINT64_CONSTANT (109575) * DAY_US)
/* Below this, Open marks the first or last part of a trade that was split up (-1.99900095e37, -1.99900197e37). */
#define MARKER_LIMIT -1.9e37f
#define MAX_DECIMALS 6
/* Half of a float's last bit, as a part of its value. */
#define HALF_ULP 6e-8

/* A record as it lies in the file, but for the number of trades. */
typedef struct
{
  gint64 time_us; /* since 1899-12-30 UTC */
  float open, high, low, close;
  guint32 volume, bid_volume, ask_volume;
} Record;

struct _BsScidReader
{
  BsBarFile *file;
  guint64 n_records;
  BsBar bar; /* of the minute begun, its time the minute's start */
  gboolean has_bar;
  gint64 last_minute_us; /* of the last bar appended */
  gboolean has_last;
};

static guint32
read_u32 (const guint8 *bytes)
{
  guint32 value;
  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

static float
read_float (const guint8 *bytes)
{
  guint32 bits = read_u32 (bytes);
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

gboolean
bs_scid_check_header (const guint8 header[BS_SCID_HEADER_BYTES], GError **error)
{
  if (read_u32 (header + 4) == BS_SCID_HEADER_BYTES && read_u32 (header + 8) == BS_SCID_RECORD_BYTES)
    return TRUE;
  g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT,
               "a Sierra Chart file with a header of %u bytes and records of %u: expected %d and %d",
               read_u32 (header + 4), read_u32 (header + 8), BS_SCID_HEADER_BYTES, BS_SCID_RECORD_BYTES);
  return FALSE;
}

BsScidReader *
bs_scid_reader_new (BsBarFile *file)
{
  BsScidReader *self = g_new0 (BsScidReader, 1);
  self->file = file;
  return self;
}

void
bs_scid_reader_free (BsScidReader *self)
{
  g_free (self);
}

static void G_GNUC_PRINTF (2, 3)
refuse (BsScidReader *self, const char *format, ...)
{
  self->file->n_rows++;
  self->file->n_refused++;
  if (self->file->refused->len >= BS_BAR_FILE_MAX_LISTED)
    return;
  va_list args;
  va_start (args, format);
  BsRefusedRow row = { .line = self->n_records, .reason = g_strdup_vprintf (format, args) };
  va_end (args);
  g_array_append_val (self->file->refused, row);
}

/* The decimal number that a price was before it became a float: the one with the fewest decimals that gives the same float. */
static double
decimal_price (BsScidReader *self, float price)
{
  static const double powers[MAX_DECIMALS + 1] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
  for (guint n = 0; n <= MAX_DECIMALS; n++)
    {
      double scaled = (double) price * powers[n];
      double rounded = round (scaled);
      if (fabs (scaled - rounded) > fabs (scaled) * HALF_ULP)
        continue;
      self->file->decimals = MAX (self->file->decimals, n);
      return rounded / powers[n];
    }
  return price;
}

static void
close_minute (BsScidReader *self)
{
  BsBarFile *file = self->file;
  g_autoptr (GError) error = NULL;
  BsBar bar = self->bar;

  if (!self->has_bar)
    return;
  self->has_bar = FALSE;
  self->last_minute_us = bar.time_us;
  self->has_last = TRUE;
  if (bs_bar_series_stamp (file->series) == BS_STAMP_END)
    bar.time_us += BS_SCID_BAR_LENGTH_US;
  if (bs_bar_series_append (file->series, &bar, &error))
    file->n_rows++;
  else
    refuse (self, "%s", error->message);
}

/* The record as a bar of its own, or %FALSE where it is refused. */
static gboolean
record_to_bar (BsScidReader *self, const Record *record, BsBar *bar)
{
  g_autoptr (GError) error = NULL;
  gboolean is_trade = record->open == 0 || record->open < MARKER_LIMIT;

  if (record->time_us < 0 || record->time_us > MAX_TIME_US)
    {
      refuse (self, "time %" G_GINT64_FORMAT ": expected microseconds since 1899-12-30, up to 2199", record->time_us);
      return FALSE;
    }
  /* Not through decimal_price(): what is not finite stays so, and is named. */
  *bar = (BsBar)BS_BAR_INIT;
  bar->time_us = record->time_us - EPOCH_DAYS * DAY_US;
  bar->open = is_trade ? record->close : record->open;
  bar->high = is_trade ? record->close : record->high;
  bar->low = is_trade ? record->close : record->low;
  bar->close = record->close;
  bar->volume = record->volume;
  bar->bid_volume = record->bid_volume;
  bar->ask_volume = record->ask_volume;
  if (!bs_bar_validate (bar, &error))
    {
      refuse (self, "%s", error->message);
      return FALSE;
    }
  bar->close = decimal_price (self, record->close);
  bar->open = is_trade ? bar->close : decimal_price (self, record->open);
  bar->high = is_trade ? bar->close : decimal_price (self, record->high);
  bar->low = is_trade ? bar->close : decimal_price (self, record->low);
  /* Rounding may part what was equal by a bit. */
  bar->high = MAX (bar->high, MAX (bar->open, bar->close));
  bar->low = MIN (bar->low, MIN (bar->open, bar->close));
  if (bar->low > 0)
    return TRUE;
  refuse (self, "a price of 0 or less");
  return FALSE;
}

void
bs_scid_reader_take (BsScidReader *self, const guint8 bytes[BS_SCID_RECORD_BYTES])
{
  gint64 time;
  BsBar bar;

  self->n_records++;
  memcpy (&time, bytes, sizeof time);
  const Record record = {
    .time_us = GINT64_FROM_LE (time),
    .open = read_float (bytes + 8),
    .high = read_float (bytes + 12),
    .low = read_float (bytes + 16),
    .close = read_float (bytes + 20),
    .volume = read_u32 (bytes + 28),
    .bid_volume = read_u32 (bytes + 32),
    .ask_volume = read_u32 (bytes + 36),
  };
  if (!record_to_bar (self, &record, &bar))
    return;

  gint64 into_minute_us = bar.time_us % BS_SCID_BAR_LENGTH_US;
  gint64 minute_us = bar.time_us - into_minute_us - (into_minute_us < 0 ? BS_SCID_BAR_LENGTH_US : 0);
  if ((self->has_bar && minute_us < self->bar.time_us) || (self->has_last && minute_us <= self->last_minute_us))
    {
      g_autofree char *text = bs_bar_format_time (bar.time_us);
      refuse (self, "time %s: expected not before the minute of the last record", text);
      return;
    }
  if (self->has_bar && minute_us > self->bar.time_us)
    close_minute (self);
  if (!self->has_bar)
    {
      self->bar = bar;
      self->bar.time_us = minute_us;
      self->has_bar = TRUE;
      return;
    }
  self->bar.high = MAX (self->bar.high, bar.high);
  self->bar.low = MIN (self->bar.low, bar.low);
  self->bar.close = bar.close;
  self->bar.volume += bar.volume;
  self->bar.bid_volume += bar.bid_volume;
  self->bar.ask_volume += bar.ask_volume;
}

void
bs_scid_reader_take_rest (BsScidReader *self, gsize n)
{
  self->n_records++;
  refuse (self, "the file ends within a record: %" G_GSIZE_FORMAT " of %d bytes", n, BS_SCID_RECORD_BYTES);
}

void
bs_scid_reader_finish (BsScidReader *self, gboolean complete)
{
  if (complete)
    close_minute (self);
  bs_bar_series_set_bar_length (self->file->series, BS_SCID_BAR_LENGTH_US);
  bs_bar_find_gaps (self->file, BS_SCID_BAR_LENGTH_US);
}

void
bs_scid_reader_continue (BsScidReader *self, BsBarFile *file)
{
  self->file = file;
}
