/* test-backtest-export.c: what the Backtest page writes, read back */
#include "app/backtest/bs-backtest-export.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define N_BARS 3000

static BsBacktestExport *
export_new (const char *path, const char *format)
{
  const BsBacktestCosts costs = { .points = 0.25, .point_value = 50 };
  g_autoptr (BsBacktest) backtest = bs_backtest_new (7, 0, &costs);

  for (guint i = 0; i < N_BARS; i++)
    {
      const BsBacktestBar bar = { (gint64) i * 60 * G_USEC_PER_SEC, 100 + i % 7, 100 + i % 5, (guint8) (i / 3 % BS_N_CLASSES), TRUE };
      g_assert_true (bs_backtest_push (backtest, &bar, 1, NULL));
    }
  BsBacktestExport *export = bs_backtest_export_new (path, format, backtest);
  export->instrument = g_strdup ("A \"quoted\" name");
  export->threshold = 0.65;
  export->decimals = 2;
  export->has_period = TRUE;
  export->period = (BsTrainingPeriod){ 0, 10 };
  export->n_trained = 1;
  return export;
}

static void
test_json (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("backtest-export-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "result.json", NULL);
  g_autoptr (BsBacktestExport) export = export_new (path, "json");
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint64 n;

  g_assert_true (bs_backtest_export_write (export, &n, &error));
  g_assert_no_error (error);
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonArray *trades = json_object_get_array_member (root, "trades");
  double net = 0;
  g_assert_cmpuint (json_array_get_length (trades), ==, n);
  for (guint i = 0; i < n; i++)
    net += json_object_get_double_member (json_array_get_object_element (trades, i), "net");
  g_assert_cmpfloat_with_epsilon (net, json_object_get_double_member (root, "net"), 1e-6);
  g_assert_cmpfloat_with_epsilon (50 * net, json_object_get_double_member (root, "net_value"), 1e-4);
  g_assert_true (json_object_get_boolean_member (root, "hypothetical"));
  g_assert_cmpstr (json_object_get_string_member (root, "instrument"), ==, "A \"quoted\" name");
  g_assert_true (json_object_get_null_member (root, "model"));
  g_assert_cmpint (json_object_get_int_member (root, "bars_trained_on"), ==, 1);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_csv (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("backtest-export-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "trades.csv", NULL);
  g_autoptr (BsBacktestExport) export = export_new (path, "csv");
  g_autofree char *text = NULL;
  guint64 n;

  g_assert_true (bs_backtest_export_write (export, &n, &error));
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, n + 2);
  g_assert_cmpuint (n, >, 500);
  g_unlink (path);
  g_rmdir (folder);
}

/* Nothing is left of what cannot be written. */
static void
test_errors (void)
{
  g_autoptr (BsBacktestExport) nowhere = export_new ("/nonexistent/trades.csv", "csv");
  g_autoptr (BsBacktestExport) unknown = export_new ("/nonexistent/trades.xml", "xml");
  g_autoptr (GError) error = NULL;
  guint64 n;

  g_assert_false (bs_backtest_export_write (nowhere, &n, &error));
  g_assert_nonnull (strstr (error->message, "/nonexistent/trades.csv"));
  g_clear_error (&error);
  g_assert_false (bs_backtest_export_write (unknown, &n, &error));
  g_assert_nonnull (strstr (error->message, "no format \"xml\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backtest-export/json", test_json);
  g_test_add_func ("/backtest-export/csv", test_csv);
  g_test_add_func ("/backtest-export/errors", test_errors);
  return g_test_run ();
}
