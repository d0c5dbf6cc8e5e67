/* Following a file that grows: text and .scid, half lines, bad rows, a file that goes, is cut, is replaced */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-tail.h"
#include "app/feeds/bs-feed-kind.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define SCID_EPOCH_US (G_GINT64_CONSTANT (25569) * 86400 * G_USEC_PER_SEC)
#define START_US G_GINT64_CONSTANT (1704186000000000) /* 2024-01-02 09:00 */
#define TIMEOUT_US (60 * (gint64) G_USEC_PER_SEC) /* only a test that hangs gets there */

typedef struct
{
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("barscope-follow-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->path = g_build_filename (self->folder, "ES-1m.csv", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (folder)) != NULL;)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static void
write_bytes (const char *path, const char *mode, gconstpointer bytes, gsize length)
{
  FILE *file = g_fopen (path, mode);
  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
append (const char *path, const char *text)
{
  write_bytes (path, "ab", text, strlen (text));
}

static void
create (const char *path, const char *text)
{
  write_bytes (path, "wb", text, strlen (text));
}

/* What a tail has found. */
typedef struct
{
  GArray *bars; /* of BsBar */
  guint n_refused;
  char *reason;
  guint limit; /* ends it after as many; 0: never */
} Found;

static gboolean
on_bar (const BsBar *bar, gpointer data)
{
  Found *self = data;
  g_array_append_val (self->bars, *bar);
  return self->limit == 0 || self->bars->len < self->limit;
}

static void
on_refused (const BsRefusedRow *row, gpointer data)
{
  Found *self = data;
  self->n_refused++;
  g_free (self->reason);
  self->reason = g_strdup (row->reason);
}

static BsBarTailResult
read_tail (BsBarTail *tail, Found *found)
{
  static const BsBarTailFuncs funcs = { on_bar, on_refused };
  g_autoptr (GError) error = NULL;
  BsBarTailResult result = bs_bar_tail_read (tail, &funcs, found, &error);
  g_assert_no_error (error);
  return result;
}

static void
found_clear (Found *self)
{
  g_array_unref (self->bars);
  g_free (self->reason);
}

#define HEAD                                                                                                           \
  "time,open,high,low,close,volume\n"                                                                                  \
  "2024-01-02 09:00,10,11,9,10,1\n"                                                                                    \
  "2024-01-02 09:01,10,11,9,10,2\n"

static void
test_lines (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) history = NULL;
  Found found = { .bars = g_array_new (FALSE, FALSE, sizeof (BsBar)) };

  /* The last line is being written: it is no bar yet. */
  create (self->path, HEAD "2024-01-02 09:02,10,1");
  g_autoptr (BsBarTail) tail = bs_bar_tail_open (self->path, NULL, &history, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bs_bar_series_length (history->series), ==, 2);
  g_assert_cmpuint (history->n_refused, ==, 0);
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  g_assert_cmpuint (found.bars->len, ==, 0);
  append (self->path, "1,9,10,3");
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  g_assert_cmpuint (found.bars->len, ==, 0);
  append (self->path, "\n");
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  g_assert_cmpuint (found.bars->len, ==, 1);
  g_assert_cmpfloat (g_array_index (found.bars, BsBar, 0).volume, ==, 3);
  g_assert_cmpint (g_array_index (found.bars, BsBar, 0).time_us, ==, START_US + 2 * MINUTE_US);

  /* The next bar is taken at once, not when the one after it has come. Bad rows are told. */
  append (self->path, "2024-01-02 09:03,10,11,9,10,4\n2024-01-02 09:03,10,11,9,10,4\n2024-01-02 09:04,10,11,9,x,4\n\n"
                      "2024-01-02 09:04,10,11,9,10,5\r\n");
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  g_assert_cmpuint (found.bars->len, ==, 3);
  g_assert_cmpuint (found.n_refused, ==, 2);
  g_assert_nonnull (strstr (found.reason, "close"));

  /* A line without an end is left out, and what follows it is read. */
  g_autofree char *long_line = g_strnfill (200000, 'x');
  append (self->path, long_line);
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  append (self->path, "\n2024-01-02 09:05,10,11,9,10,6\n");
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  g_assert_cmpuint (found.bars->len, ==, 4);
  g_assert_cmpuint (found.n_refused, ==, 3);

  found.limit = 5;
  append (self->path, "2024-01-02 09:06,10,11,9,10,6\n2024-01-02 09:07,10,11,9,10,6\n");
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_ENDED);

  found_clear (&found);
}

static void
test_replaced (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) history = NULL;
  g_autofree char *other = g_build_filename (self->folder, "other", NULL);
  Found found = { .bars = g_array_new (FALSE, FALSE, sizeof (BsBar)) };

  create (self->path, HEAD);
  g_autoptr (BsBarTail) tail = bs_bar_tail_open (self->path, NULL, &history, NULL, &error);
  g_assert_no_error (error);
  /* What was written before it went is read. */
  append (self->path, "2024-01-02 09:02,10,11,9,10,3\n");
  g_assert_cmpint (g_remove (self->path), ==, 0);
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_GONE);
  g_assert_cmpuint (found.bars->len, ==, 1);
  create (other, HEAD);
  g_assert_cmpint (g_rename (other, self->path), ==, 0);
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_REPLACED);
  g_clear_pointer (&tail, bs_bar_tail_free);
  g_clear_pointer (&history, bs_bar_file_free);

  /* Cut and written anew: the same file, shorter. */
  tail = bs_bar_tail_open (self->path, NULL, &history, NULL, &error);
  g_assert_no_error (error);
  create (self->path, "time,open,high,low,close\n");
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_REPLACED);
  found_clear (&found);
}

static void
test_not_followed (Fixture *self, gconstpointer data)
{
  static const guint8 gzip[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  g_autoptr (GError) error = NULL;
  BsBarFile *history = NULL;

  g_assert_null (bs_bar_tail_open (self->path, NULL, &history, NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_clear_error (&error);
  g_assert_null (bs_bar_tail_open (self->folder, NULL, &history, NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_clear_error (&error);
  write_bytes (self->path, "wb", gzip, sizeof gzip);
  g_assert_null (bs_bar_tail_open (self->path, NULL, &history, NULL, &error));
  g_assert_nonnull (strstr (error->message, "gzipped"));
  g_assert_null (history);
}

/* .scid */

static void
put_u32 (guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

static void
put_float (guint8 *bytes, float value)
{
  guint32 bits;
  memcpy (&bits, &value, sizeof bits);
  put_u32 (bytes, bits);
}

static void
scid_header (guint8 header[BS_SCID_HEADER_BYTES])
{
  memset (header, 0, BS_SCID_HEADER_BYTES);
  memcpy (header, "SCID", 4);
  put_u32 (header + 4, BS_SCID_HEADER_BYTES);
  put_u32 (header + 8, BS_SCID_RECORD_BYTES);
  header[12] = 1;
}

static void
scid_record (guint8 record[BS_SCID_RECORD_BYTES], gint64 time_us, const float prices[4], guint32 volume, guint32 bid)
{
  gint64 time = GINT64_TO_LE (time_us + SCID_EPOCH_US);
  memcpy (record, &time, sizeof time);
  for (guint i = 0; i < 4; i++)
    put_float (record + 8 + 4 * i, prices[i]);
  put_u32 (record + 24, 1);
  put_u32 (record + 28, volume);
  put_u32 (record + 32, bid);
  put_u32 (record + 36, volume - bid);
}

static void
append_trade (GByteArray *bytes, gint64 time_us, float open, float price, guint32 volume, guint32 bid)
{
  guint8 record[BS_SCID_RECORD_BYTES];
  const float prices[4] = { open, price + 0.25f, price - 0.25f, price };
  scid_record (record, time_us, prices, volume, bid);
  g_byte_array_append (bytes, record, sizeof record);
}

static GByteArray *
scid_file (void)
{
  guint8 header[BS_SCID_HEADER_BYTES];
  GByteArray *bytes = g_byte_array_new ();
  scid_header (header);
  g_byte_array_append (bytes, header, sizeof header);
  /* 09:00: four trades, two of them parts of one that was split up; 09:01: a bar record and a trade; 09:03: one trade */
  append_trade (bytes, START_US + 1, 0, 4750.25f, 2, 2);
  append_trade (bytes, START_US + 1, -1.99900095e+37f, 4751.5f, 1, 0);
  append_trade (bytes, START_US + 2, -1.99900197e+37f, 4749.75f, 1, 1);
  append_trade (bytes, START_US + 59 * G_USEC_PER_SEC, 0, 4750.5f, 3, 0);
  guint8 record[BS_SCID_RECORD_BYTES];
  const float prices[4] = { 4750.5f, 4752.0f, 4750.0f, 4751.0f };
  scid_record (record, START_US + MINUTE_US, prices, 10, 4);
  g_byte_array_append (bytes, record, sizeof record);
  append_trade (bytes, START_US + MINUTE_US + 5, 0, 4752.5f, 1, 0);
  append_trade (bytes, START_US + 3 * MINUTE_US, 0, 1.0845f, 1, 0);
  return bytes;
}

static void
test_scid (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) bytes = scid_file ();
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;
  BsBar bar;

  g_autoptr (BsBarFile) file = bs_bar_file_load_bytes (bytes->data, bytes->len, "x.scid", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bs_bar_format_name (file->format), ==, "scid");
  g_assert_true (file->format_detected);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 3);
  g_assert_cmpuint (file->n_refused, ==, 0);
  g_assert_cmpint (bs_bar_series_bar_length (file->series), ==, MINUTE_US);
  g_assert_cmpuint (file->n_gaps, ==, 1);
  bs_bar_series_get (file->series, 0, &bar);
  g_assert_cmpint (bar.time_us, ==, START_US + MINUTE_US); /* its end */
  g_assert_cmpfloat (bar.open, ==, 4750.25);
  g_assert_cmpfloat (bar.high, ==, 4751.5); /* not the ask */
  g_assert_cmpfloat (bar.low, ==, 4749.75);
  g_assert_cmpfloat (bar.close, ==, 4750.5);
  g_assert_cmpfloat (bar.volume, ==, 7);
  g_assert_cmpfloat (bar.bid_volume, ==, 3);
  g_assert_cmpfloat (bar.ask_volume, ==, 4);
  bs_bar_series_get (file->series, 1, &bar);
  g_assert_cmpfloat (bar.open, ==, 4750.5);
  g_assert_cmpfloat (bar.high, ==, 4752.5);
  g_assert_cmpfloat (bar.low, ==, 4750.0);
  g_assert_cmpfloat (bar.close, ==, 4752.5);
  bs_bar_series_get (file->series, 2, &bar);
  g_assert_cmpfloat (bar.close, ==, 1.0845); /* not 1.08449995517730713 */
  g_assert_cmpuint (file->decimals, ==, 4);

  options.stamp = BS_STAMP_START;
  options.format = "scid";
  g_autoptr (BsBarFile) started = bs_bar_file_load_bytes (bytes->data, bytes->len, "x.scid", &options, &error);
  g_assert_no_error (error);
  bs_bar_series_get (started->series, 0, &bar);
  g_assert_cmpint (bar.time_us, ==, START_US);
  g_assert_cmpint (bs_bar_series_close_time (started->series, 0), ==, START_US + MINUTE_US);
}

static void
test_scid_bad (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) bytes = scid_file ();
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;

  append_trade (bytes, START_US, 0, 4750.0f, 1, 0);                  /* earlier */
  append_trade (bytes, START_US + 5 * MINUTE_US, 0, NAN, 1, 0);      /* no number */
  append_trade (bytes, START_US + 5 * MINUTE_US, 0, -4750.0f, 1, 0); /* below 0 */
  append_trade (bytes, G_GINT64_CONSTANT (1) << 60, 0, 4750.0f, 1, 0);
  append_trade (bytes, G_MININT64 / 2, 0, 4750.0f, 1, 0);
  g_byte_array_append (bytes, (const guint8 *) "abc", 3);
  g_autoptr (BsBarFile) file = bs_bar_file_load_bytes (bytes->data, bytes->len, "x.scid", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bs_bar_series_length (file->series), ==, 3);
  g_assert_cmpuint (file->n_refused, ==, 6);
  g_assert_cmpuint (file->n_rows, ==, 9);
  g_assert_cmpuint (g_array_index (file->refused, BsRefusedRow, 0).line, ==, 8);
  g_assert_nonnull (strstr (g_array_index (file->refused, BsRefusedRow, 5).reason, "3 of 40 bytes"));

  put_u32 (bytes->data + 8, 44);
  g_assert_null (bs_bar_file_load_bytes (bytes->data, bytes->len, "x.scid", NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "x.scid: "));
  g_clear_error (&error);
  g_assert_null (bs_bar_file_load_bytes (bytes->data, BS_SCID_HEADER_BYTES, "x.scid", NULL, &error));
  g_clear_error (&error);
  options.format = "scid";
  g_assert_null (bs_bar_file_load_bytes ((const guint8 *) HEAD, strlen (HEAD), "x.scid", &options, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT);
  g_clear_error (&error);
  /* Nothing but the header. */
  put_u32 (bytes->data + 8, BS_SCID_RECORD_BYTES);
  g_assert_null (bs_bar_file_load_bytes (bytes->data, BS_SCID_HEADER_BYTES, "x.scid", NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_NO_BARS);
}

/* A minute's bar is complete when the next minute begins; one record may come in pieces. */
static void
test_scid_tail (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) bytes = scid_file ();
  g_autoptr (GByteArray) more = g_byte_array_new ();
  g_autoptr (BsBarFile) history = NULL;
  Found found = { .bars = g_array_new (FALSE, FALSE, sizeof (BsBar)) };

  append_trade (more, START_US + 3 * MINUTE_US + 1, 0, 1.0850f, 2, 0);
  append_trade (more, START_US + 4 * MINUTE_US, 0, 1.0850f, 2, 0);
  write_bytes (self->path, "wb", bytes->data, bytes->len);
  write_bytes (self->path, "ab", more->data, 20);
  g_autoptr (BsBarTail) tail = bs_bar_tail_open (self->path, NULL, &history, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bs_bar_series_length (history->series), ==, 2);
  write_bytes (self->path, "ab", more->data + 20, 20);
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  g_assert_cmpuint (found.bars->len, ==, 0);
  write_bytes (self->path, "ab", more->data + 40, 40);
  g_assert_cmpint (read_tail (tail, &found), ==, BS_BAR_TAIL_READ);
  g_assert_cmpuint (found.bars->len, ==, 1);
  g_assert_cmpfloat (g_array_index (found.bars, BsBar, 0).volume, ==, 3);
  g_assert_cmpfloat (g_array_index (found.bars, BsBar, 0).close, ==, 1.085);
  g_assert_cmpuint (found.n_refused, ==, 0);
  found_clear (&found);
}

/* The feed */

typedef struct
{
  GMutex mutex;
  GCond came;
  GArray *items; /* of BsFeedItem */
} Sink;

static gboolean
sink (const BsFeedItem *item, gpointer data)
{
  Sink *self = data;
  g_mutex_lock (&self->mutex);
  g_array_append_val (self->items, *item);
  g_cond_signal (&self->came);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static guint
count_items (Sink *self, BsFeedItemKind kind, int state)
{
  guint n = 0;
  for (guint i = 0; i < self->items->len; i++)
    {
      const BsFeedItem *item = &g_array_index (self->items, BsFeedItem, i);
      n += item->kind == kind && (state < 0 || item->state == (BsFeedState) state);
    }
  return n;
}

static void
wait_for (Sink *self, BsFeedItemKind kind, int state, guint n)
{
  gint64 end_us = g_get_monotonic_time () + TIMEOUT_US;
  g_mutex_lock (&self->mutex);
  while (count_items (self, kind, state) < n)
    g_assert_true (g_cond_wait_until (&self->came, &self->mutex, end_us));
  g_mutex_unlock (&self->mutex);
}

static void
test_feed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat ("follow:", self->path, NULL);
  g_autofree char *secondary = g_build_filename (self->folder, "ES-5m.csv", NULL);
  g_auto (BsFeedOpened) opened = { 0 };
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  Sink got = { .items = g_array_new (FALSE, FALSE, sizeof (BsFeedItem)) };
  BsFeedStatus status;

  request.timezone = "America/New_York";
  create (self->path, HEAD);
  create (secondary, "time,open,high,low,close\n2024-01-02 08:55,10,11,9,10\n2024-01-02 09:00,10,11,9,10\n");
  g_assert_true (bs_feed_open (text, &request, &opened, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (opened.instrument, ==, "ES");
  g_assert_cmpint (bs_bar_series_times (opened.primary->series)[0], ==, START_US + 5 * 60 * MINUTE_US);
  g_assert_cmpuint (bs_bar_series_length (opened.secondary->series), ==, 2);
  bs_feed_set_history (opened.feed, opened.primary->series, opened.secondary->series, NULL, NULL);
  bs_feed_start (opened.feed, sink, &got);
  wait_for (&got, BS_FEED_ITEM_PRIMARY, -1, 2);
  wait_for (&got, BS_FEED_ITEM_STATE, BS_FEED_CONNECTED, 1);

  append (secondary, "2024-01-02 09:05,10,11,9,10\n");
  append (self->path, "2024-01-02 09:02,10,11,9,10,3\nbad\n");
  wait_for (&got, BS_FEED_ITEM_PRIMARY, -1, 3);
  wait_for (&got, BS_FEED_ITEM_SECONDARY, -1, 3);

  /* It goes, and comes again with one bar more: nothing comes twice. */
  g_assert_cmpint (g_remove (self->path), ==, 0);
  wait_for (&got, BS_FEED_ITEM_STATE, BS_FEED_LOST, 1);
  g_autofree char *other = g_build_filename (self->folder, "other", NULL);
  create (other, HEAD "2024-01-02 09:02,10,11,9,10,3\n2024-01-02 09:03,10,11,9,10,4\n");
  g_assert_cmpint (g_rename (other, self->path), ==, 0);
  wait_for (&got, BS_FEED_ITEM_PRIMARY, -1, 4);
  wait_for (&got, BS_FEED_ITEM_STATE, BS_FEED_CONNECTED, 2);
  append (self->path, "2024-01-02 09:04,10,11,9,10,5\n");
  wait_for (&got, BS_FEED_ITEM_PRIMARY, -1, 5);
  bs_feed_status (opened.feed, &status);
  g_assert_cmpint (status.state, ==, BS_FEED_CONNECTED);
  g_assert_true (status.live);
  g_assert_cmpuint (status.counters.bars, ==, 3);
  g_assert_cmpuint (status.counters.refused, ==, 1);
  g_assert_cmpuint (status.counters.reconnects, ==, 1);
  g_assert_cmpuint (status.counters.gaps, ==, 0);
  bs_feed_stop (opened.feed);
  gint64 last_us = 0;
  for (guint i = 0; i < got.items->len; i++)
    {
      const BsFeedItem *item = &g_array_index (got.items, BsFeedItem, i);
      if (item->kind != BS_FEED_ITEM_PRIMARY)
        continue;
      g_assert_cmpint (item->bar.time_us, >, last_us);
      last_us = item->bar.time_us;
    }
  g_array_unref (got.items);
}

static void
test_kinds (void)
{
  g_autoptr (GError) error = NULL;
  const char *address;

  g_assert_true (bs_feed_kind_parse ("follow:/a:b", &address, &error) == &bs_feed_kind_follow);
  g_assert_cmpstr (address, ==, "/a:b");
  g_assert_null (bs_feed_kind_parse ("follow", &address, &error));
  g_assert_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_UNKNOWN);
  g_clear_error (&error);
  g_assert_null (bs_feed_kind_parse ("carrier-pigeon:7", &address, &error));
  g_assert_nonnull (strstr (error->message, "follow:"));
  g_clear_error (&error);
  g_assert_null (bs_feed_kind_parse ("follow:", &address, &error));
  g_assert_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_ADDRESS);
  for (guint i = 0; bs_feed_kind_nth (i) != NULL; i++)
    g_assert_true (bs_feed_kind_find (bs_feed_kind_nth (i)->name) == bs_feed_kind_nth (i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/follow/lines", Fixture, NULL, set_up, test_lines, tear_down);
  g_test_add ("/follow/replaced", Fixture, NULL, set_up, test_replaced, tear_down);
  g_test_add ("/follow/not-followed", Fixture, NULL, set_up, test_not_followed, tear_down);
  g_test_add_func ("/follow/scid", test_scid);
  g_test_add_func ("/follow/scid-bad", test_scid_bad);
  g_test_add ("/follow/scid-tail", Fixture, NULL, set_up, test_scid_tail, tear_down);
  g_test_add ("/follow/feed", Fixture, NULL, set_up, test_feed, tear_down);
  g_test_add_func ("/follow/kinds", test_kinds);
  return g_test_run ();
}
