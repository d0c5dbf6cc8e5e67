/* test-command-explain.c: `barscope explain` as a user runs it */
#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-file.h"
#include "inference/features/bs-features.h"
#include "inference/model/bs-json.h"
#include "inference/train/bs-explain-monitor.h"
#include "tests/bs-test-output.h"

static char *
run (const char *arguments, int status, char **err)
{
  g_autofree char *sample = g_test_build_filename (G_TEST_DIST, "..", "resources", "sample-1m.csv.gz", NULL);
  g_autofree char *command = g_strdup_printf ("'%s' explain '%s' %s", g_getenv ("BARSCOPE"), sample, arguments);

  return bs_test_run (command, status, err);
}

static double
number (const BsJsonValue *object, const char *name)
{
  g_autoptr (GError) error = NULL;
  double value = NAN;

  bs_json_get_number (bs_json_find (object, name), &value, &error);
  g_assert_no_error (error);
  return value;
}

static void
test_json (void)
{
  g_autofree char *err = NULL;
  g_autofree char *text = run ("--row 1234 --format json", 0, &err);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJson) json = bs_json_parse (text, strlen (text), 0, &error);
  const BsJsonValue *root;
  double whole, by_feature = 0, by_group = 0, by_bar = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (err, ==, "");
  root = bs_json_root (json);
  whole = number (root, "logit") - number (root, "baseline");
  g_assert_cmpfloat (number (root, "row"), ==, 1234);
  g_assert_cmpfloat (fabs (number (root, "sum") - whole), <=, MAX (0.01 * fabs (whole), 0.002));
  g_assert_cmpuint (bs_json_length (bs_json_find (root, "features")), ==, BS_N_FEATURES);
  g_assert_cmpuint (bs_json_length (bs_json_find (root, "bars")), ==, 20);
  for (guint i = 0; i < BS_N_FEATURES; i++)
    by_feature += number (bs_json_find (root, "features"), bs_feature_info (i)->name);
  for (const BsJsonValue *value = bs_json_first (bs_json_find (root, "groups")); value; value = bs_json_next (value))
    {
      double part = NAN;

      bs_json_get_number (value, &part, NULL);
      by_group += part;
    }
  for (const BsJsonValue *value = bs_json_first (bs_json_find (root, "bars")); value; value = bs_json_next (value))
    by_bar += number (value, "part");
  g_assert_cmpfloat_with_epsilon (by_feature, number (root, "sum"), 1e-6);
  g_assert_cmpfloat_with_epsilon (by_group, number (root, "sum"), 1e-6);
  g_assert_cmpfloat_with_epsilon (by_bar, number (root, "sum"), 1e-6);
}

static BsBarFile *
load_sample (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", name, NULL);
  g_autoptr (GError) error = NULL;
  BsBarFile *file = bs_bar_file_load (path, NULL, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return file;
}

/* The window explains any bar of a session with the numbers that the command gives. */
static void
test_window (void)
{
  static const guint rows[] = { 19, 20, 777, 1234, 1999 };
  g_autoptr (BsBarFile) primary = load_sample ("sample-1m.csv.gz");
  g_autoptr (BsBarFile) secondary = load_sample ("sample-5m.csv.gz");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (path, &error);
  g_autofree char *secondary_path = g_test_build_filename (G_TEST_DIST, "..", "resources", "sample-5m.csv.gz", NULL);
  g_autoptr (BsPredictor) predictor = NULL;
  g_autoptr (BsExplainMonitor) monitor = bs_explain_monitor_new (NULL, NULL);
  BsOptions options;
  guint generation = 0;

  g_assert_no_error (error);
  bs_options_init (&options);
  predictor = bs_predictor_new (model, &options, 0, bs_bar_series_bar_length (primary->series),
                                bs_bar_series_stamp (primary->series), &error);
  g_assert_no_error (error);
  bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (secondary->series),
                                    bs_bar_series_stamp (secondary->series));
  for (guint64 i = 0; i < bs_bar_series_end (secondary->series); i++)
    {
      BsBar bar;

      bs_bar_series_get (secondary->series, i, &bar);
      bs_predictor_push_secondary (predictor, &bar, &error);
      g_assert_no_error (error);
    }
  bs_predictor_append (predictor, primary->series, 0, 2000, &error); /* the others have yet to come */
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *arguments = g_strdup_printf ("--secondary '%s' --row %u --format json", secondary_path, rows[i]);
      g_autofree char *err = NULL;
      g_autofree char *text = run (arguments, 0, &err);
      g_autoptr (BsJson) json = bs_json_parse (text, strlen (text), 0, &error);
      const BsJsonValue *root = bs_json_root (json), *bar = bs_json_first (bs_json_find (root, "bars"));
      const BsJsonValue *group = bs_json_first (bs_json_find (root, "groups"));
      const gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
      BsWhy why;

      bs_explain_monitor_ask (monitor, predictor, rows[i]);
      while (!bs_explain_monitor_get_asked (monitor, &generation, &why))
        {
          g_assert_cmpint (g_get_monotonic_time (), <, until);
          g_usleep (1000);
        }
      g_assert_cmpint (why.state, ==, BS_WHY_READY);
      g_assert_cmpuint (why.index, ==, rows[i]);
      g_assert_cmpfloat_with_epsilon (why.whole, number (root, "logit") - number (root, "baseline"), 1e-6);
      for (guint f = 0; f < BS_N_FEATURES; f++)
        g_assert_cmpfloat_with_epsilon (why.features[f], number (bs_json_find (root, "features"), bs_feature_info (f)->name),
                                        1e-6);
      for (guint g = 0; g < BS_N_FEATURE_GROUPS; g++, group = bs_json_next (group))
        {
          double part = NAN;

          bs_json_get_number (group, &part, NULL);
          g_assert_cmpfloat_with_epsilon (why.groups[g], part, 1e-6);
        }
      for (guint b = 0; b < why.n_bars; b++, bar = bs_json_next (bar))
        g_assert_cmpfloat_with_epsilon (why.bars[b], number (bar, "part"), 1e-6);
    }
}

static void
test_table (void)
{
  g_autofree char *err = NULL, *err_2 = NULL, *err_3 = NULL;
  g_autofree char *table = run ("--class short --top 3", 0, &err);
  g_autofree char *csv = run ("--format csv", 0, &err_2);
  g_autofree char *quick = run ("--method gradient", 0, &err_3);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);

  g_assert_nonnull (strstr (table, "why short: its logit is"));
  g_assert_nonnull (strstr (table, "features, the 3 that matter most"));
  g_assert_nonnull (strstr (quick, "(gradient, 1 steps)"));
  g_assert_cmpuint (g_strv_length (lines), ==, 22); /* header, 20 bars, and what is after the last newline */
  g_assert_true (g_str_has_prefix (lines[0], "time,open,high,"));
}

static void
test_errors (void)
{
  static const struct
  {
    const char *arguments, *message;
    int status;
  } rows[] = {
    { "--row 18", "--row: expected 19 to ", 2 },
    { "--row 9999999", "--row: expected 19 to ", 2 },
    { "--class up", "--class: expected short, hold or long, got 'up'", 2 },
    { "--method guess", "--method: expected integrated or gradient, got 'guess'", 2 },
    { "--format xml", "--format: expected table, json or csv, got 'xml'", 2 },
    { "--model /nonexistent", "/nonexistent: No such file", 1 },
    { "more", "'more' is one argument too many", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *err = NULL;
      g_autofree char *out = run (rows[i].arguments, rows[i].status, &err);

      g_assert_cmpstr (out, ==, "");
      if (strstr (err, rows[i].message) == NULL)
        g_error ("\"%s\" does not say \"%s\"", err, rows[i].message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/explain/json", test_json);
  g_test_add_func ("/command/explain/window", test_window);
  g_test_add_func ("/command/explain/table", test_table);
  g_test_add_func ("/command/explain/errors", test_errors);
  return g_test_run ();
}
