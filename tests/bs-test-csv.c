#include "tests/bs-test-csv.h"

#include <gio/gio.h>
#include <string.h>

static char *
read_all (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autoptr (GZlibDecompressor) unzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  if (stream == NULL)
    return NULL;
  if (g_str_has_suffix (path, ".gz"))
    input = g_converter_input_stream_new (G_INPUT_STREAM (stream), G_CONVERTER (unzip));
  else
    input = g_object_ref (G_INPUT_STREAM (stream));
  g_output_stream_splice (output, input, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (output, "", 1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (output, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (output));
}

static gint64
parse_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);
  if (time != NULL)
    return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  return g_ascii_strtoll (text, NULL, 10);
}

BsTestCsv *
bs_test_csv_load (const char *path)
{
  g_autofree char *text = read_all (path);
  if (text == NULL)
    return NULL;

  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  g_auto (GStrv) header = g_strsplit (g_strchomp (lines[0]), ",", -1);
  gboolean timed = g_str_equal (header[0], "time");
  BsTestCsv *self = g_new0 (BsTestCsv, 1);
  self->names = g_strdupv (header + (timed ? 1 : 0));
  self->n_columns = g_strv_length (self->names);
  self->n_rows = g_strv_length (lines) - 1;
  self->values = g_new (double, self->n_rows * self->n_columns);
  self->times_us = timed ? g_new (gint64, self->n_rows) : NULL;
  for (gsize i = 0; i < self->n_rows; i++)
    {
      g_auto (GStrv) cells = g_strsplit (g_strchomp (lines[i + 1]), ",", -1);
      g_assert_cmpuint (g_strv_length (cells), ==, self->n_columns + (timed ? 1 : 0));
      if (timed)
        self->times_us[i] = parse_time (cells[0]);
      for (guint c = 0; c < self->n_columns; c++)
        {
          const char *cell = cells[c + (timed ? 1 : 0)];
          char *end;
          self->values[i * self->n_columns + c] = g_ascii_strtod (cell, &end);
          g_assert_cmpint (*end, ==, '\0');
        }
    }
  return self;
}

void
bs_test_csv_free (BsTestCsv *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->names);
  g_free (self->times_us);
  g_free (self->values);
  g_free (self);
}

static int
find_column (const BsTestCsv *self, const char *name)
{
  for (guint c = 0; c < self->n_columns; c++)
    if (g_str_equal (self->names[c], name))
      return (int) c;
  return -1;
}

double
bs_test_csv_get (const BsTestCsv *self, gsize row, const char *name)
{
  int column = find_column (self, name);
  g_assert_cmpint (column, >=, 0);
  g_assert_cmpuint (row, <, self->n_rows);
  return self->values[row * self->n_columns + (guint) column];
}

BsBarSeries *
bs_test_csv_series (const BsTestCsv *self, gint64 bar_length_us, BsStamp stamp)
{
  static const struct
  {
    const char *name;
    gsize offset;
  } fields[] = {
    { "open", G_STRUCT_OFFSET (BsBar, open) },
    { "high", G_STRUCT_OFFSET (BsBar, high) },
    { "low", G_STRUCT_OFFSET (BsBar, low) },
    { "close", G_STRUCT_OFFSET (BsBar, close) },
    { "volume", G_STRUCT_OFFSET (BsBar, volume) },
    { "bid_volume", G_STRUCT_OFFSET (BsBar, bid_volume) },
    { "ask_volume", G_STRUCT_OFFSET (BsBar, ask_volume) },
    { "dailyPnL", G_STRUCT_OFFSET (BsBar, daily_pnl) },
    { "dailyGoal", G_STRUCT_OFFSET (BsBar, daily_goal) },
    { "dailyMaxLoss", G_STRUCT_OFFSET (BsBar, daily_max_loss) },
  };
  BsBarSeries *series = bs_bar_series_new (0, bar_length_us, stamp);

  g_assert_nonnull (self->times_us);
  for (gsize i = 0; i < self->n_rows; i++)
    {
      g_autoptr (GError) error = NULL;
      BsBar bar = BS_BAR_INIT;
      bar.time_us = self->times_us[i];
      for (guint f = 0; f < G_N_ELEMENTS (fields); f++)
        if (find_column (self, fields[f].name) >= 0)
          G_STRUCT_MEMBER (double, &bar, fields[f].offset) = bs_test_csv_get (self, i, fields[f].name);
      gboolean appended = bs_bar_series_append (series, &bar, &error);
      g_assert_no_error (error);
      g_assert_true (appended);
    }
  return series;
}

BsTestCsv *
bs_test_csv_load_shared (const char *name)
{
  const char *shared = g_getenv ("BS_SHARED");
  g_autofree char *path = shared != NULL ? g_build_filename (shared, "data", "reference", name, NULL) : g_strdup (name);
  BsTestCsv *csv = shared != NULL ? bs_test_csv_load (path) : NULL;
  if (csv == NULL)
    g_test_skip ("the reference data are not here");
  return csv;
}

BsTestCsv *
bs_test_csv_load_golden (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "golden", name, NULL);
  BsTestCsv *csv = bs_test_csv_load (path);
  if (csv == NULL)
    g_error ("no golden vectors at %s", path);
  return csv;
}
