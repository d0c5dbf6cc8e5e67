#include "tests/bs-test-data.h"

#include <gio/gio.h>

char *
bs_test_reference_path (const char *name)
{
  const char *shared = g_getenv ("BS_SHARED");
  g_autofree char *path = NULL;

  if (shared)
    path = g_build_filename (shared, "data", "reference", name, NULL);
  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no reference data here");
      return NULL;
    }
  return g_steal_pointer (&path);
}

char *
bs_test_read_gzip (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) packed = g_file_read (file, NULL, &error);
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  stream = g_converter_input_stream_new (G_INPUT_STREAM (packed), G_CONVERTER (decompressor));
  g_output_stream_splice (memory, stream, G_OUTPUT_STREAM_SPLICE_NONE, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (memory, "", 1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (memory, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (memory));
}

GArray *
bs_test_parse_csv (const char *text, guint n_columns)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GArray *cells = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 1; lines[i] && *lines[i]; i++)
    {
      g_auto (GStrv) fields = g_strsplit (g_strchomp (lines[i]), ",", -1);

      g_assert_cmpuint (g_strv_length (fields), ==, n_columns);
      for (guint k = 0; k < n_columns; k++)
        {
          const double value = *fields[k] ? g_ascii_strtod (fields[k], NULL) : 0;

          g_array_append_val (cells, value);
        }
    }
  return cells;
}
