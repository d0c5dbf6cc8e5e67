/* test-command-explain.c: `barscope explain` as a user runs it */
#include <math.h>
#include <string.h>
#include <sys/wait.h>

#include "inference/features/bs-features.h"
#include "inference/model/bs-json.h"

static char *
run (const char *arguments, int status, char **err)
{
  g_autofree char *sample = g_test_build_filename (G_TEST_DIST, "..", "resources", "sample-1m.csv.gz", NULL);
  g_autofree char *command = g_strdup_printf ("'%s' explain '%s' %s", g_getenv ("BARSCOPE"), sample, arguments);
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int wait_status;

  g_spawn_command_line_sync (command, &out, err, &wait_status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  if (WEXITSTATUS (wait_status) != status)
    g_error ("%s: exit status %d: %s", command, WEXITSTATUS (wait_status), *err);
  return out;
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
  g_test_add_func ("/command/explain/table", test_table);
  g_test_add_func ("/command/explain/errors", test_errors);
  return g_test_run ();
}
