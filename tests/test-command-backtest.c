/* test-command-backtest.c: `barscope backtest` as a user runs it, against what `barscope predict` says */
#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-file.h"
#include "inference/model/bs-json.h"
#include "inference/model/bs-model.h"
#include "tests/bs-test-output.h"

static char *
sample_path (void)
{
  return g_test_build_filename (G_TEST_DIST, "..", "resources", "sample-1m.csv.gz", NULL);
}

static char *
run (const char *command, const char *arguments, int status, char **err)
{
  g_autofree char *sample = sample_path ();
  g_autofree char *line = g_strdup_printf ("'%s' %s '%s' %s", g_getenv ("BARSCOPE"), command, sample, arguments);
  g_autofree char *quoted = g_shell_quote (line);
  g_autofree char *shell = g_strconcat ("sh -c ", quoted, NULL);
  g_autofree char *said = NULL;
  char *out = bs_test_run (shell, status, &said);

  *err = bs_test_without_slow (said);
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

/* What the signals that predict prints would have earned, counted from them and the file in the plainest way. */
static double
earn (double cost, guint64 first, guint *n_trades)
{
  g_autofree char *sample = sample_path ();
  g_autofree char *err = NULL;
  g_autofree char *csv = run ("predict", "--all --format csv --threshold 0.55", 0, &err);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) file = bs_bar_file_load (sample, NULL, NULL, NULL, NULL, &error);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  int position = 0;
  double net = 0;

  g_assert_no_error (error);
  *n_trades = 0;
  for (char **line = lines + 1; *line != NULL && **line != '\0'; line++)
    {
      g_auto (GStrv) fields = g_strsplit (*line, ",", -1);
      const guint64 row = g_ascii_strtoull (fields[0], NULL, 10);
      const int wanted = strcmp (fields[6], "long") == 0 ? 1 : strcmp (fields[6], "short") == 0 ? -1 : 0;
      BsBar next;

      if (row < first)
        continue;
      if (row + 1 < bs_bar_series_end (file->series))
        {
          bs_bar_series_get (file->series, row + 1, &next);
          if (wanted != position)
            {
              net += (position - wanted) * next.open - cost * abs (wanted - position);
              *n_trades += position != 0;
              position = wanted;
            }
          continue;
        }
      bs_bar_series_get (file->series, row, &next);
      net += position * next.close;
    }
  return net;
}

static void
test_figures (void)
{
  static const struct
  {
    const char *arguments;
    double cost;
    guint64 first;
  } rows[] = {
    { "--threshold 0.55 --format json", 0, 0 },
    { "--threshold 0.55 --format json --cost 0.125 --point-value 50", 0.125, 0 },
    { "--threshold 0.55 --format json --cost 0.5 --last 1000", 0.5, 4000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *err = NULL;
      g_autofree char *text = run ("backtest", rows[i].arguments, 0, &err);
      g_autoptr (GError) error = NULL;
      g_autoptr (BsJson) json = bs_json_parse (text, strlen (text), 0, &error);
      guint n_trades;

      g_assert_no_error (error);
      g_assert_cmpstr (err, ==, "");
      const BsJsonValue *root = bs_json_root (json);
      g_assert_cmpfloat_with_epsilon (number (root, "net"), earn (rows[i].cost, rows[i].first, &n_trades), 1e-6);
      g_assert_cmpfloat (number (root, "trades_closed"), ==, n_trades);
      g_assert_cmpuint (n_trades, >, 10);
      g_assert_cmpfloat (number (root, "bars"), ==, 5000 - (double) rows[i].first);
      g_assert_cmpfloat (number (root, "first_bar"), ==, rows[i].first);
      g_assert_nonnull (strstr (text, "\"hypothetical\": true"));
      g_assert_nonnull (strstr (text, "Nothing was traded."));
      g_assert_cmpuint (bs_json_length (bs_json_find (root, "trades")), >=, n_trades);
    }
}

/* The same result whatever the format. */
static void
test_formats (void)
{
  g_autofree char *err = NULL, *err_2 = NULL, *err_3 = NULL, *err_4 = NULL;
  g_autofree char *table = run ("backtest", "--cost 0.125", 0, &err);
  g_autofree char *trades = run ("backtest", "--cost 0.125 --format trades", 0, &err_2);
  g_autofree char *csv = run ("backtest", "--cost 0.125 --format csv", 0, &err_3);
  g_autofree char *text = run ("backtest", "--cost 0.125 --format json", 0, &err_4);
  g_autoptr (BsJson) json = bs_json_parse (text, strlen (text), 0, NULL);
  const BsJsonValue *root = bs_json_root (json);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  const gsize n = bs_json_length (bs_json_find (root, "trades"));
  double net = 0;

  g_assert_true (g_str_has_prefix (table, "Hypothetical: "));
  g_assert_true (g_str_has_prefix (trades, table));
  g_assert_nonnull (strstr (table, "the time that the model has learnt from"));
  g_assert_nonnull (strstr (table, "Buy and hold"));
  g_assert_true (g_str_has_prefix (lines[0], "trade,side,entry_bar,"));
  g_assert_cmpuint (g_strv_length (lines), ==, n + 2);
  for (gsize i = 1; i <= n; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);

      g_assert_cmpuint (g_strv_length (fields), ==, 14);
      g_assert_cmpuint (g_ascii_strtoull (fields[5], NULL, 10), >, g_ascii_strtoull (fields[2], NULL, 10) - 1);
      g_assert_cmpstr (fields[13], ==, "true");
      net += g_ascii_strtod (fields[11], NULL);
    }
  g_assert_cmpfloat_with_epsilon (net, number (root, "net"), 1e-6);
  g_autofree char *line = g_strdup_printf ("Net             %.4f points\n", number (root, "net"));
  g_assert_nonnull (strstr (table, line));
}

static void
test_errors (void)
{
  static const struct
  {
    const char *arguments, *message;
    int status;
  } rows[] = {
    { "--cost -1", "cost in points: expected a number from 0 and at most 1e+09, got -1", 2 },
    { "--cost nan", "cost in points: expected a number", 2 },
    { "--cost much", "Cannot parse double value", 2 },
    { "--cost-percent 200", "cost in percent: expected a number", 2 },
    { "--point-value 0", "point value: expected a number above 0", 2 },
    { "--last -5", "--last: expected 0 or more bars, got -5", 2 },
    { "--threshold 2", "--threshold: expected a number from 0 to 1", 2 },
    { "--format xml", "--format: expected table, trades, csv or json, got 'xml'", 2 },
    { "--set nonsense=1", "no option \"nonsense\"", 2 },
    { "--model /nonexistent", "/nonexistent: No such file", 1 },
    { "more", "'more' is one argument too many", 2 },
    { ">/dev/full", "standard output: No space left on device", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (strstr (rows[i].arguments, "/dev/full") != NULL && !g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
        continue;
      g_autofree char *err = NULL;
      g_autofree char *out = run ("backtest", rows[i].arguments, rows[i].status, &err);

      g_assert_cmpstr (out, ==, "");
      if (strstr (err, rows[i].message) == NULL)
        g_error ("%s: \"%s\" does not say \"%s\"", rows[i].arguments, err, rows[i].message);
    }
}

/* Fewer bars than the model needs: no signal, no trade, and no error. */
static void
test_short (void)
{
  g_autofree char *err = NULL;
  g_autofree char *out = run ("backtest", "--last 1 --format json", 0, &err);

  g_assert_nonnull (strstr (out, "\"trades\": []"));
  g_assert_nonnull (strstr (out, "\"hit_rate\": null"));
  g_assert_nonnull (strstr (out, "\"bars\": 1,"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/backtest/figures", test_figures);
  g_test_add_func ("/command/backtest/formats", test_formats);
  g_test_add_func ("/command/backtest/errors", test_errors);
  g_test_add_func ("/command/backtest/short", test_short);
  return g_test_run ();
}
