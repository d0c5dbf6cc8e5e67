/* test-signal-export.c: what the signal log writes, read back */
#include "app/bs-signal-export.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#define N_ROWS 5000

static BsSignalLogEntry
entry_nth (guint64 i)
{
  BsSignalLogEntry entry = {
    .time_us = (gint64) i * 60 * G_USEC_PER_SEC,
    .index = 700 + i,
    .klass = (BsClass) (i % BS_N_CLASSES),
    .raw_class = (BsClass) (i % BS_N_CLASSES),
    .confidence = (double) (float) (0.34 + 0.0001 * (double) (i % 6000)),
    .price = 4750 + 0.25 * (double) (i % 400),
    .in_range = i % 7 != 0,
    .total_ns = i % 5 == 0 ? 0 : 80000 + (gint64) i,
  };

  if (i % 11 == 0)
    {
      entry.raw_class = BS_CLASS_LONG;
      entry.klass = BS_CLASS_HOLD;
      entry.filtered = TRUE;
    }
  return entry;
}

/* Rows that stand in another order than they came in. */
static BsSignalLogCopy *
copy_new (guint n)
{
  BsSignalLogCopy *copy = g_new0 (BsSignalLogCopy, 1);

  copy->n = n;
  copy->first = 40;
  copy->numbers = g_new (guint64, MAX (1, n));
  copy->entries = g_new (BsSignalLogEntry, MAX (1, n));
  for (guint i = 0; i < n; i++)
    {
      copy->entries[i] = entry_nth (i);
      copy->numbers[i] = copy->first + (guint64) i * 7919 % n; /* a prime: each once */
    }
  return copy;
}

static char *
folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("signal-export-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

static guint
n_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_csv (void)
{
  g_autofree char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "signals.csv", NULL), *text = NULL;
  g_autoptr (BsSignalLogCopy) copy = copy_new (N_ROWS);
  g_autoptr (GError) error = NULL;

  g_assert_true (bs_signal_export_write (path, "csv", copy, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_files (folder), ==, 1);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + N_ROWS + 1);
  /* The names of `barscope predict --all` where it has them, too. */
  g_assert_cmpstr (lines[0], ==, "row,time,raw_signal,signal,confidence,in_range,close,filtered,total_ns");
  for (guint i = 0; i < N_ROWS; i++)
    {
      const BsSignalLogEntry *entry = bs_signal_log_copy_row (copy, i);
      g_auto (GStrv) fields = g_strsplit (lines[1 + i], ",", -1);
      g_assert_cmpuint (g_strv_length (fields), ==, 9);
      g_assert_cmpuint (g_ascii_strtoull (fields[0], NULL, 10), ==, entry->index);
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (fields[1], NULL);
      g_assert_nonnull (time);
      g_assert_cmpint (g_date_time_to_unix (time), ==, entry->time_us / G_USEC_PER_SEC);
      g_assert_cmpstr (fields[2], ==, bs_class_name (entry->raw_class));
      g_assert_cmpstr (fields[3], ==, bs_class_name (entry->klass));
      g_assert_cmpfloat ((float) g_ascii_strtod (fields[4], NULL), ==, (float) entry->confidence);
      g_assert_cmpstr (fields[5], ==, entry->in_range ? "true" : "false");
      g_assert_cmpfloat (g_ascii_strtod (fields[6], NULL), ==, entry->price);
      g_assert_cmpstr (fields[7], ==, entry->filtered ? "true" : "false");
      if (entry->total_ns > 0)
        g_assert_cmpint (g_ascii_strtoll (fields[8], NULL, 10), ==, entry->total_ns);
      else
        g_assert_cmpstr (fields[8], ==, "");
    }
  g_assert_true (strstr (text, ",4750.25,") != NULL); /* a price as one would write it */
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_json (void)
{
  g_autofree char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "signals.json", NULL);
  g_autoptr (BsSignalLogCopy) copy = copy_new (N_ROWS), nothing = copy_new (0);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (bs_signal_export_write (path, "json", copy, &error));
  g_assert_no_error (error);
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  JsonArray *array = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (array), ==, N_ROWS);
  for (guint i = 0; i < N_ROWS; i++)
    {
      const BsSignalLogEntry *entry = bs_signal_log_copy_row (copy, i);
      JsonObject *object = json_array_get_object_element (array, i);
      g_assert_cmpuint (json_object_get_size (object), ==, 9);
      g_assert_cmpint (json_object_get_int_member (object, "row"), ==, (gint64) entry->index);
      g_assert_cmpstr (json_object_get_string_member (object, "signal"), ==, bs_class_name (entry->klass));
      g_assert_cmpstr (json_object_get_string_member (object, "raw_signal"), ==, bs_class_name (entry->raw_class));
      g_assert_cmpfloat ((float) json_object_get_double_member (object, "confidence"), ==, (float) entry->confidence);
      g_assert_cmpfloat (json_object_get_double_member (object, "close"), ==, entry->price);
      g_assert_cmpint (json_object_get_boolean_member (object, "in_range"), ==, entry->in_range);
      g_assert_cmpint (json_object_get_boolean_member (object, "filtered"), ==, entry->filtered);
      if (entry->total_ns > 0)
        g_assert_cmpint (json_object_get_int_member (object, "total_ns"), ==, entry->total_ns);
      else
        g_assert_true (json_object_get_null_member (object, "total_ns"));
    }
  /* No row is still an array. */
  g_assert_true (bs_signal_export_write (path, "json", nothing, &error));
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  g_assert_cmpuint (json_array_get_length (json_node_get_array (json_parser_get_root (parser))), ==, 0);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_format (void)
{
  g_assert_cmpstr (bs_signal_export_format ("/a/b.csv", "json"), ==, "csv");
  g_assert_cmpstr (bs_signal_export_format ("/a/b.JSON", "csv"), ==, "json");
  g_assert_cmpstr (bs_signal_export_format ("/a/b.json.gz", "csv"), ==, "json");
  g_assert_cmpstr (bs_signal_export_format ("/a.json/b", "csv"), ==, "csv");
  g_assert_cmpstr (bs_signal_export_format ("/a/b.txt", "json"), ==, "json");
  g_assert_cmpstr (bs_signal_export_format (".gz", "csv"), ==, "csv");
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* What cannot be written is said, with the file's name, and leaves what was there. */
static void
test_errors (void)
{
  g_autofree char *folder = folder_new ();
  g_autofree char *missing = g_build_filename (folder, "no", "signals.csv", NULL);
  g_autofree char *path = g_build_filename (folder, "signals.txt", NULL), *text = NULL;
  g_autoptr (BsSignalLogCopy) copy = copy_new (3);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) good = NULL, bad = NULL;
  guint n = 0;

  bs_signal_export_async (missing, "csv", copy_new (3), on_done, &bad);
  bs_signal_export_async (path, "csv", copy_new (3), on_done, &good);
  while (bad == NULL || good == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bs_signal_export_finish (good, &n, &error));
  g_assert_cmpuint (n, ==, 3);
  g_assert_false (bs_signal_export_finish (bad, &n, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "signals.csv"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  g_assert_false (bs_signal_export_write (path, "xls", copy, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "before");
  g_assert_cmpuint (n_files (folder), ==, 1);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal-export/csv", test_csv);
  g_test_add_func ("/signal-export/json", test_json);
  g_test_add_func ("/signal-export/format", test_format);
  g_test_add_func ("/signal-export/errors", test_errors);
  return g_test_run ();
}
