/* fuzz-bars.c: bar files of any bytes: no crash, and what comes out keeps its promises
 *
 * The first byte chooses: bits 0-3 the format (0: detected), bit 4 whether the rest is gzipped first, bits 5-6 the zone.
 */
#include <stdint.h>
#include <zlib.h>

#include "app/feeds/bs-bar-file.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GBytes *
gzip (const uint8_t *data, size_t size)
{
  z_stream stream = { 0 };
  gsize room = size + size / 100 + 1000;
  g_autofree guint8 *packed = g_malloc (room);

  g_assert (deflateInit2 (&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = (guint8 *) data;
  stream.avail_in = size;
  stream.next_out = packed;
  stream.avail_out = room;
  g_assert (deflate (&stream, Z_FINISH) == Z_STREAM_END);
  deflateEnd (&stream);
  return g_bytes_new (packed, room - stream.avail_out);
}

static void
check_file (const BsBarFile *file)
{
  const gint64 *times = bs_bar_series_times (file->series);
  gsize n = bs_bar_series_length (file->series);
  BsBar bar;

  g_assert (n > 0);
  g_assert (file->n_rows == n + file->n_refused);
  g_assert (file->refused->len == MIN (file->n_refused, BS_BAR_FILE_MAX_LISTED));
  g_assert (file->gaps->len == MIN (file->n_gaps, BS_BAR_FILE_MAX_LISTED));
  for (gsize i = 0; i < n; i++)
    {
      bs_bar_series_get (file->series, i, &bar);
      g_assert (bs_bar_validate (&bar, NULL));
      g_assert (i == 0 || times[i] > times[i - 1]);
    }
  for (guint i = 0; i < file->refused->len; i++)
    g_assert (g_utf8_validate (g_array_index (file->refused, BsRefusedRow, i).reason, -1, NULL));
  for (guint i = 0; i < file->gaps->len; i++)
    g_assert (g_array_index (file->gaps, BsBarGap, i).length_us >= bs_bar_series_bar_length (file->series));
}

/* Rows that it held; 0 where it was refused. */
static guint64
load (const uint8_t *data, size_t size, const BsBarFileOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) file = bs_bar_file_load_bytes (data, size, "fuzz", options, &error);

  g_assert ((file == NULL) == (error != NULL));
  if (file == NULL)
    {
      g_assert (error->domain == BS_BAR_FILE_ERROR && g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  check_file (file);
  return file->n_rows;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const timezones[] = { NULL, "America/New_York", "Australia/Lord_Howe", "+01:00" };
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;

  if (size == 0)
    return 0;
  if ((data[0] & 15) > 0)
    {
      const BsBarFormat *format = bs_bar_format_nth ((data[0] & 15) - 1);
      options.format = format != NULL ? bs_bar_format_name (format) : NULL;
    }
  options.timezone = timezones[data[0] >> 5 & 3];
  guint64 n_rows = load (data + 1, size - 1, &options);
  if ((data[0] & 16) != 0 && size > 1 && data[1] != 0x1f)
    {
      g_autoptr (GBytes) packed = gzip (data + 1, size - 1);
      g_assert (load (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), &options) == n_rows);
    }
  return 0;
}
