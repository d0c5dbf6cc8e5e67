/* test-latency-export.c: what the latency page writes, read back */
#include "app/bs-latency-export.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#define N_ENTRIES 3000

static gint64
total_of (guint64 number)
{
  return 10000 + (gint64) (number * 7919 % 5000);
}

static BsTrace *
trace_new (void)
{
  BsTrace *trace = bs_trace_new ();
  gint64 ns[BS_N_STAGES] = { 0 };

  for (guint64 i = 0; i < N_ENTRIES; i++)
    {
      if (i == 1000)
        {
          const BsTraceSwitch change = { .n_traced = i, .option = BS_OPTION_HURST_CACHE, .from = 1, .to = 0 };
          bs_trace_add_switch (trace, &change);
        }
      ns[BS_STAGE_TOTAL] = total_of (i);
      ns[BS_STAGE_HURST] = i % 10 == 0 ? 500 : 0;
      bs_trace_add (trace, i + 19, (gint64) i * 60 * G_USEC_PER_SEC, ns);
    }
  return trace;
}

static BsLatencyChosen *
chosen_new (const char *title, gboolean all, guint64 from, guint64 to)
{
  BsLatencyChosen *chosen = g_new (BsLatencyChosen, 1);
  BsLatencyRange range = { from, to };

  *chosen = (BsLatencyChosen){ g_strdup (title), all, g_array_new (FALSE, FALSE, sizeof (BsLatencyRange)) };
  g_array_append_val (chosen->ranges, range);
  return chosen;
}

static BsLatencyExport *
export_new (const char *path, const char *format, BsTrace *trace)
{
  BsLatencyExport *export = bs_latency_export_new (path, format);
  BsTraceSwitch change;
  guint64 from = 0;

  export->trace = bs_trace_ref (trace);
  export->marks = bs_latency_marks_new (NULL);
  g_assert_cmpuint (bs_trace_read_switches (trace, &from, &change, 1), ==, 1);
  bs_latency_marks_add (export->marks, &change);
  return export;
}

static char *
folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("latency-export-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

/* What is in @folder but @path: nothing may be left behind. */
static void
assert_only (const char *folder, const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *expected = path != NULL ? g_path_get_basename (path) : NULL;
  const char *name = g_dir_read_name (dir);

  g_assert_cmpstr (name, ==, expected);
  if (name != NULL)
    g_assert_null (g_dir_read_name (dir));
}

static void
test_csv (void)
{
  g_autofree char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "latency.csv", NULL), *text = NULL;
  g_autoptr (BsTrace) trace = trace_new ();
  g_autoptr (BsLatencyExport) export = export_new (path, "csv", trace);
  g_autoptr (GError) error = NULL;
  guint64 n = 0;

  /* A and B overlap; what neither stands for is left out. */
  export->sides[BS_LATENCY_A] = chosen_new ("Range", FALSE, 900, 1100);
  export->sides[BS_LATENCY_B] = chosen_new ("Range", FALSE, 1050, 1200);
  g_assert_true (bs_latency_export_write (export, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 300);
  assert_only (folder, path);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 300 + 1);
  g_auto (GStrv) titles = g_strsplit (lines[0], ",", -1);
  g_assert_cmpuint (g_strv_length (titles), ==, 5 + BS_N_STAGES);
  g_assert_cmpstr (titles[5 + BS_STAGE_TOTAL], ==, "total_ns");
  g_assert_cmpstr (titles[5 + BS_STAGE_FROM_DUE], ==, "from-due_ns");
  for (guint i = 0; i < 300; i++)
    {
      guint64 number = 900 + i;
      g_auto (GStrv) fields = g_strsplit (lines[1 + i], ",", -1);
      g_autofree char *total = g_strdup_printf ("%" G_GINT64_FORMAT, total_of (number));
      g_assert_cmpuint (g_strv_length (fields), ==, 5 + BS_N_STAGES);
      g_assert_cmpuint (g_ascii_strtoull (fields[0], NULL, 10), ==, number);
      g_assert_cmpuint (g_ascii_strtoull (fields[1], NULL, 10), ==, number + 19);
      g_assert_cmpstr (fields[3], ==, number < 1050 ? "A" : number < 1100 ? "AB" : "B");
      g_assert_cmpstr (fields[4], ==, number < 1000 ? "\"defaults\"" : "\"hurst-cache off\"");
      g_assert_cmpstr (fields[5 + BS_STAGE_TOTAL], ==, total);
      g_assert_cmpstr (fields[5 + BS_STAGE_HURST], ==, number % 10 == 0 ? "500" : "");
      g_assert_cmpstr (fields[5 + BS_STAGE_ATR], ==, "");
    }
  g_assert_true (g_str_has_prefix (lines[1], "900,919,1970-01-01T15:00:00Z,A,"));
  g_unlink (path);
  g_rmdir (folder);
}

static JsonObject *
named (JsonArray *array, const char *name)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (g_str_equal (json_object_get_string_member (json_array_get_object_element (array, i), "name"), name))
      return json_array_get_object_element (array, i);
  return NULL;
}

static void
test_json (void)
{
  g_autofree char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "latency.json", NULL);
  g_autoptr (BsTrace) trace = trace_new ();
  g_autoptr (BsLatencyExport) export = export_new (path, "json", trace);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  guint64 n = 0;

  export->sides[BS_LATENCY_A] = chosen_new ("All", TRUE, 0, 0);
  export->sides[BS_LATENCY_B] = chosen_new ("While \"so\"", FALSE, 1000, 1100);
  g_assert_true (bs_latency_export_write (export, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, N_ENTRIES + 100);
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  JsonArray *array = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (array), ==, 4); /* two stages of two sides */

  static const char *const members[] = { "min", "p50", "p95", "p99", "p99.9", "max" };
  JsonObject *all = named (array, "A/total"), *some = named (array, "B/total"), *hurst = named (array, "B/hurst");
  g_assert_nonnull (all);
  g_assert_nonnull (some);
  g_assert_nonnull (hurst);
  g_assert_cmpstr (json_object_get_string_member (all, "unit"), ==, "us");
  g_assert_cmpstr (json_object_get_string_member (some, "of"), ==, "While \"so\"");
  g_assert_cmpint (json_object_get_int_member (all, "n"), ==, N_ENTRIES);
  g_assert_cmpint (json_object_get_int_member (some, "n"), ==, 100);
  g_assert_cmpint (json_object_get_int_member (hurst, "n"), ==, 10);
  gint64 min = G_MAXINT64, max = 0;
  for (guint64 i = 1000; i < 1100; i++)
    {
      min = MIN (min, total_of (i));
      max = MAX (max, total_of (i));
    }
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (some, "min"), (double) min / 1000, 0.0011);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (some, "max"), (double) max / 1000, 0.0011);
  for (guint i = 1; i < G_N_ELEMENTS (members); i++)
    g_assert_cmpfloat (json_object_get_double_member (all, members[i]), >=,
                       json_object_get_double_member (all, members[i - 1]));
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_png (void)
{
  g_autofree char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "latency.png", NULL);
  g_autoptr (BsLatencyExport) export = bs_latency_export_new (path, "png");
  guint8 pixels[4 * 6 * 5];
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n = 1;

  memset (pixels, 200, sizeof pixels);
  bytes = g_bytes_new (pixels, sizeof pixels);
  export->picture = gdk_memory_texture_new (6, 5, GDK_MEMORY_R8G8B8A8, bytes, 24);
  g_assert_true (bs_latency_export_write (export, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 0);
  assert_only (folder, path);
  g_autoptr (GdkTexture) read = gdk_texture_new_from_filename (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (read), ==, 6);
  g_assert_cmpint (gdk_texture_get_height (read), ==, 5);
  g_unlink (path);
  g_rmdir (folder);
}

/* What cannot be written is said, with the file's name, and leaves what was there. */
static void
test_errors (void)
{
  g_autofree char *folder = folder_new ();
  g_autofree char *missing = g_build_filename (folder, "no", "latency.csv", NULL);
  g_autofree char *path = g_build_filename (folder, "latency.txt", NULL), *text = NULL;
  g_autoptr (BsTrace) trace = trace_new ();
  g_autoptr (GError) error = NULL;
  guint64 n;

  g_autoptr (BsLatencyExport) nowhere = export_new (missing, "csv", trace);
  nowhere->sides[BS_LATENCY_A] = chosen_new ("All", TRUE, 0, 0);
  g_assert_false (bs_latency_export_write (nowhere, &n, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "latency.csv"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  g_autoptr (BsLatencyExport) unknown = export_new (path, "xls", trace);
  g_assert_false (bs_latency_export_write (unknown, &n, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_nonnull (strstr (error->message, "xls"));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "before");
  assert_only (folder, path);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/latency-export/csv", test_csv);
  g_test_add_func ("/latency-export/json", test_json);
  g_test_add_func ("/latency-export/png", test_png);
  g_test_add_func ("/latency-export/errors", test_errors);
  return g_test_run ();
}
