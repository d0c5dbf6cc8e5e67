/* test-bar-peek.c: what a look at a file says of it: every format, bad rows, large files, none at all, and files that change */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>

#include "app/feeds/bs-bar-peek.h"
#include "app/feeds/bs-scid-reader.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
/* 2024-01-02 09:31:00 UTC */
#define BEGIN_US (G_GINT64_CONSTANT (1704187860) * G_USEC_PER_SEC)

static char *folder;

static char *
write_file (const char *name, const void *bytes, gssize n)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, bytes, n, &error);
  g_assert_no_error (error);
  return path;
}

static BsBarPeek *
peek (const char *path, const char *format, const char *zone, GError **error)
{
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;

  options.format = format;
  options.timezone = zone;
  return bs_bar_peek (path, &options, NULL, error);
}

static BsBarPeek *
peek_good (const char *path, const char *format, const char *zone)
{
  g_autoptr (GError) error = NULL;
  BsBarPeek *result = peek (path, format, zone, &error);

  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

static gint64
first_time (const BsBarPeek *seen)
{
  return bs_bar_series_times (seen->head->series)[0];
}

/* Each format as it is written: found, with its own zone and stamp, and its doubts. */
static void
test_formats (void)
{
  static const struct
  {
    const char *name, *text;
    guint doubts;
    gint64 first_us; /* as read without a word about the zone */
    BsStamp stamp;
  } files[] = {
    { "generic", "time,open,high,low,close\n2024-01-02T09:31:00,1,2,0.5,1.5\n2024-01-02T09:32:00,1,2,0.5,1.5\n",
      BS_BAR_DOUBT_ZONE, BEGIN_US, BS_STAMP_END },
    { "generic", "time,open,high,low,close\n2024-01-02T09:31:00Z,1,2,0.5,1.5\n2024-01-02T09:32:00Z,1,2,0.5,1.5\n", 0,
      BEGIN_US, BS_STAMP_END },
    { "ninjatrader", "20240102 093100;1;2;0.5;1.5;10\n20240102 093200;1;2;0.5;1.5;10\n",
      BS_BAR_DOUBT_ZONE | BS_BAR_DOUBT_LOOKALIKE, BEGIN_US, BS_STAMP_END },
    { "metatrader",
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
      "2024.01.02\t09:31:00\t1\t2\t0.5\t1.5\t10\t0\t1\n2024.01.02\t09:32:00\t1\t2\t0.5\t1.5\t10\t0\t1\n",
      BS_BAR_DOUBT_ZONE, BEGIN_US, BS_STAMP_START },
    { "sierra",
      "Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume\n"
      "2024/1/2, 09:31:00, 1, 2, 0.5, 1.5, 10, 3, 4, 6\n2024/1/2, 09:32:00, 1, 2, 0.5, 1.5, 10, 3, 4, 6\n",
      BS_BAR_DOUBT_ZONE, BEGIN_US, BS_STAMP_START },
    { "binance",
      "1704187860000,1,2,0.5,1.5,10,1704187919999,15,3,6,9,0\n1704187920000,1,2,0.5,1.5,10,1704187979999,15,3,6,9,0\n", 0,
      BEGIN_US, BS_STAMP_START },
    { "binance-futures",
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n"
      "1704187860000,1,2,0.5,1.5,10,1704187919999,15,3,6,9,0\n1704187920000,1,2,0.5,1.5,10,1704187979999,15,3,6,9,0\n",
      0, BEGIN_US, BS_STAMP_START },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = write_file ("bars.txt", files[i].text, -1);
      g_autoptr (BsBarPeek) seen = peek_good (path, NULL, NULL);
      g_assert_cmpstr (bs_bar_format_name (seen->head->format), ==, files[i].name);
      g_assert_true (seen->head->format_detected);
      g_assert_true (seen->whole);
      g_assert_false (seen->gzipped);
      g_assert_cmpuint (seen->doubts, ==, files[i].doubts);
      g_assert_cmpuint (seen->n_estimated, ==, 2);
      g_assert_cmpint (first_time (seen), ==, files[i].first_us);
      g_assert_cmpint (bs_bar_series_stamp (seen->head->series), ==, files[i].stamp);
      g_assert_cmpint (bs_bar_series_bar_length (seen->head->series), ==, MINUTE_US);
      g_assert_cmpint (seen->last_close_us, ==, BEGIN_US + MINUTE_US * (files[i].stamp == BS_STAMP_START ? 2 : 1));
      /* Of another zone its first bar is earlier or later by as much; where it needs none, it is not. */
      g_autoptr (BsBarPeek) there = peek_good (path, NULL, "-05:00");
      gboolean needed = (files[i].doubts & BS_BAR_DOUBT_ZONE) != 0;
      g_assert_cmpint (first_time (there) - first_time (seen), ==, needed ? 300 * MINUTE_US : 0);
      g_assert_cmpuint (there->doubts & BS_BAR_DOUBT_ZONE, ==, 0);
      g_unlink (path);
    }
}

static void
test_lookalike (void)
{
  g_autofree char *path = write_file ("bars.txt", "20240102 093100;1;2;0.5;1.5;10\n20240102 093200;1;2;0.5;1.5;10\n", -1);
  g_autoptr (BsBarPeek) found = peek_good (path, NULL, NULL), chosen = peek_good (path, "histdata", NULL);

  g_assert_cmpstr (bs_bar_format_name (found->lookalike), ==, "histdata");
  g_assert_null (chosen->lookalike);
  g_assert_cmpuint (chosen->doubts, ==, 0);
  g_assert_cmpint (first_time (chosen) - first_time (found), ==, 300 * MINUTE_US);
  g_unlink (path);
}

static void
append_row (GString *text, guint i, const char *garbage)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (BEGIN_US / G_USEC_PER_SEC + 60 * (gint64) i);
  g_autofree char *when = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");

  if (garbage != NULL)
    g_string_append (text, garbage);
  else
    g_string_append_printf (text, "%s,100.25,100.50,100.00,100.25,%u", when, i % 90 + 10);
  g_string_append_c (text, '\n');
}

/* Far more than is read: bad rows at the head by line, those further on as far as a sample tells; count and end are right. */
static void
test_large (void)
{
  g_autoptr (GString) text = g_string_new ("time,open,high,low,close,volume\n");
  const guint n = 400000;

  for (guint i = 0; i < n; i++)
    append_row (text, i, i == 7 ? "garbage" : i > 190000 && i < 210000 && i % 10 == 0 ? "1,2" : NULL);
  g_autofree char *path = write_file ("large.csv", text->str, (gssize) text->len);
  g_assert_cmpuint (text->len, >, 20000000);
  g_autoptr (BsBarPeek) seen = peek_good (path, NULL, NULL);
  g_assert_false (seen->whole);
  g_assert_cmpuint (seen->size, ==, text->len);
  /* No more than is promised. */
  g_assert_cmpuint (seen->head->n_rows * 40, <, BS_BAR_PEEK_HEAD_BYTES);
  g_assert_cmpuint (seen->n_sampled * 40, <, 2 * BS_BAR_PEEK_SAMPLE_BYTES);
  g_assert_cmpuint (seen->head->n_refused, ==, 1);
  g_assert_cmpuint (g_array_index (seen->head->refused, BsRefusedRow, 0).line, ==, 9);
  g_assert_cmpuint (seen->n_sampled_refused, >, 50);
  g_assert_cmpstr (seen->sampled_reason, ==, "expected 6 fields, found 2");
  g_assert_cmpuint (seen->doubts, ==, BS_BAR_DOUBT_REFUSED);
  g_assert_cmpfloat_with_epsilon ((double) seen->n_estimated / n, 1, 0.02);
  g_assert_cmpint (seen->last_close_us, ==, BEGIN_US + (n - 1) * MINUTE_US);
  g_assert_cmpint (bs_bar_series_bar_length (seen->head->series), ==, MINUTE_US);
  g_unlink (path);
}

static char *
write_gzip (const char *name, const GString *text)
{
  char *path = g_build_filename (folder, name, NULL);
  gzFile file = gzopen (path, "wb1");

  g_assert_nonnull (file);
  g_assert_cmpint (gzwrite (file, text->str, (unsigned) text->len), ==, (int) text->len);
  g_assert_cmpint (gzclose (file), ==, Z_OK);
  return path;
}

static void
test_gzip (void)
{
  g_autoptr (GString) text = g_string_new ("time,open,high,low,close,volume\n");

  for (guint i = 0; i < 100; i++)
    append_row (text, i, NULL);
  g_autofree char *small = write_gzip ("small.csv.gz", text);
  g_autoptr (BsBarPeek) all = peek_good (small, NULL, NULL);
  g_assert_true (all->whole && all->gzipped);
  g_assert_cmpuint (all->n_estimated, ==, 100);
  for (guint i = 100; i < 50000; i++)
    append_row (text, i, NULL);
  g_autofree char *large = write_gzip ("large.csv.gz", text);
  g_autoptr (BsBarPeek) some = peek_good (large, NULL, NULL);
  g_assert_true (!some->whole && some->gzipped);
  g_assert_cmpuint (some->n_estimated, ==, 0); /* nobody knows before it is unpacked */
  g_assert_cmpint (some->last_close_us, ==, G_MININT64);
  g_assert_cmpuint (some->doubts, ==, 0);
  g_unlink (small);
  g_unlink (large);
}

/* Records of a trade a second. */
static void
test_scid (void)
{
  const guint n = 40000;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 header[BS_SCID_HEADER_BYTES] = "SCID";
  guint32 sizes[2] = { GUINT32_TO_LE (BS_SCID_HEADER_BYTES), GUINT32_TO_LE (BS_SCID_RECORD_BYTES) };
  guint16 version = GUINT16_TO_LE (1);

  memcpy (header + 4, sizes, sizeof sizes);
  memcpy (header + 12, &version, sizeof version);
  g_byte_array_append (bytes, header, sizeof header);
  for (guint i = 0; i < n; i++)
    {
      guint8 record[BS_SCID_RECORD_BYTES] = { 0 };
      /* us since 1899-12-30, which is 25569 days before 1970 */
      gint64 time = GINT64_TO_LE (BEGIN_US + (gint64) i * G_USEC_PER_SEC + G_GINT64_CONSTANT (25569) * 86400 * G_USEC_PER_SEC);
      float prices[4] = { 0, 100.5f, 100.25f, 100.25f }; /* open 0: a trade */
      guint32 counts[4] = { GUINT32_TO_LE (1), GUINT32_TO_LE (3), GUINT32_TO_LE (1), GUINT32_TO_LE (2) };
      memcpy (record, &time, 8);
      memcpy (record + 8, prices, 16);
      memcpy (record + 24, counts, 16);
      g_byte_array_append (bytes, record, sizeof record);
    }
  g_autofree char *path = write_file ("ES.scid", bytes->data, bytes->len);
  g_autoptr (BsBarPeek) seen = peek_good (path, NULL, NULL);
  g_assert_cmpstr (bs_bar_format_name (seen->head->format), ==, "scid");
  g_assert_cmpuint (seen->doubts, ==, 0);
  g_assert_cmpint (bs_bar_series_bar_length (seen->head->series), ==, MINUTE_US);
  /* The sample's records begin where records begin: nothing of it is refused, and the last minute is the last. */
  g_assert_cmpuint (seen->n_sampled, >, 50); /* minutes */
  g_assert_cmpuint (seen->n_sampled_refused, ==, 0);
  gint64 last_us = BEGIN_US + (gint64) (n - 1) * G_USEC_PER_SEC;
  g_assert_cmpint (seen->last_close_us, ==, last_us / MINUTE_US * MINUTE_US + MINUTE_US);
  g_unlink (path);
}

static void
assert_refused (const char *name, const void *bytes, gssize n, const char *format, int code, const char *says)
{
  g_autofree char *path = write_file (name, bytes, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarPeek) seen = peek (path, format, NULL, &error);

  g_assert_null (seen);
  g_assert_error (error, BS_BAR_FILE_ERROR, code);
  if (code != BS_BAR_FILE_ERROR_OPTION)
    g_assert_nonnull (strstr (error->message, name));
  g_assert_nonnull (strstr (error->message, says));
  g_unlink (path);
}

static void
test_errors (void)
{
  g_autofree guint8 *noise = g_malloc (300000);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GError) error = NULL;
  g_autofree char *fifo = g_build_filename (folder, "fifo", NULL), *nowhere = g_build_filename (folder, "none.csv", NULL);

  assert_refused ("empty.csv", "", 0, NULL, BS_BAR_FILE_ERROR_NO_BARS, "is empty");
  assert_refused ("blank.csv", "\n \n\n", -1, NULL, BS_BAR_FILE_ERROR_NO_BARS, "blank lines");
  assert_refused ("what.csv", "what,is,this\n1,2,3\n", -1, NULL, BS_BAR_FILE_ERROR_FORMAT, "what,is,this");
  g_assert_null (peek (nowhere, "nothing", NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_clear_error (&error);
  assert_refused ("nothing.csv", "a\n", -1, "nothing", BS_BAR_FILE_ERROR_OPTION, "'nothing'");
  for (guint i = 0; i < 300000; i++)
    noise[i] = (guint8) g_rand_int (rand);
  assert_refused ("noise.csv", noise, 300000, NULL, BS_BAR_FILE_ERROR_FORMAT, "noise.csv");
  /* One line without an end, longer than is read. */
  memset (noise, 'x', 300000);
  assert_refused ("line.csv", noise, 300000, NULL, BS_BAR_FILE_ERROR_FORMAT, "does not end");
  memset (noise, 0, 300000);
  assert_refused ("zeros.csv", noise, 300000, NULL, BS_BAR_FILE_ERROR_FORMAT, "zeros.csv");

  /* A pipe is not waited for. */
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_null (peek (fifo, NULL, NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_clear_error (&error);
  g_unlink (fifo);
  g_assert_null (peek (nowhere, NULL, NULL, &error));
  g_assert_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ);
  g_clear_error (&error);

  g_autofree char *path = write_file ("bars.csv", "time,open,high,low,close\n2024-01-02T09:31:00,1,2,0.5,1.5\n", -1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_assert_null (bs_bar_peek (path, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_unlink (path);
}

/* Nothing that can be read is no error: why is what one wants to see. */
static void
test_no_bars (void)
{
  g_autofree char *path = write_file ("bad.csv", "time,open,high,low,close\nx,1,2,3,4\n2024-01-02T09:31:00Z,5,2,3,4\n", -1);
  g_autoptr (BsBarPeek) seen = peek_good (path, NULL, NULL);

  g_assert_cmpuint (seen->doubts, ==, BS_BAR_DOUBT_NO_BARS | BS_BAR_DOUBT_REFUSED);
  g_assert_cmpuint (seen->head->n_refused, ==, 2);
  g_assert_cmpuint (g_array_index (seen->head->refused, BsRefusedRow, 1).line, ==, 3);
  g_assert_cmpint (seen->last_close_us, ==, G_MININT64);
  g_unlink (path);
}

/* Somebody cuts it, replaces it and lets it grow while it is looked at. */
static gpointer
change (gpointer data)
{
  g_autofree char *path = g_build_filename (folder, "changing.csv", NULL);
  g_autoptr (GString) text = g_string_new ("time,open,high,low,close,volume\n");
  g_autofree char *noise = g_strnfill (200000, '\x01');

  for (guint i = 0; i < 20000; i++)
    append_row (text, i, NULL);
  for (guint round = 0; !g_atomic_int_get ((int *) data); round++, g_usleep (round % 3 * 300))
    switch (round % 4)
      {
      case 0:
        g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
        break;
      case 1:
        if (truncate (path, 1000 + round % 7 * 31) != 0)
          g_assert_cmpint (errno, ==, ENOENT);
        break;
      case 2:
        g_file_set_contents_full (path, noise, 200000, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
        break;
      default:
        g_unlink (path);
        break;
      }
  return NULL;
}

static void
test_changing (void)
{
  int done = FALSE;
  g_autofree char *path = g_build_filename (folder, "changing.csv", NULL);
  GThread *thread = g_thread_new ("change", change, &done);
  guint n_good = 0, n_bad = 0;

  while (n_good < 50 || n_bad < 50)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BsBarPeek) seen = peek (path, NULL, NULL, &error);
      g_assert_true ((seen == NULL) == (error != NULL));
      n_good += seen != NULL;
      n_bad += seen == NULL;
    }
  g_atomic_int_set (&done, TRUE);
  g_thread_join (thread);
  g_test_message ("%u of %u looks found bars", n_good, n_good + n_bad);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("bar-peek-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/bar-peek/formats", test_formats);
  g_test_add_func ("/bar-peek/lookalike", test_lookalike);
  g_test_add_func ("/bar-peek/large", test_large);
  g_test_add_func ("/bar-peek/gzip", test_gzip);
  g_test_add_func ("/bar-peek/scid", test_scid);
  g_test_add_func ("/bar-peek/errors", test_errors);
  g_test_add_func ("/bar-peek/no-bars", test_no_bars);
  g_test_add_func ("/bar-peek/changing", test_changing);
  int result = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return result;
}
