/* test-command-predict.c: `barscope predict` as a user runs it */
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "inference/model/bs-json.h"
#include "inference/predict/bs-predictor.h"
#include "tests/bs-test-bars.h"
#include "tests/bs-test-output.h"
#include "tests/bs-test-safetensors.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define N_BARS 150
#define SEQUENCE_LENGTH 4 /* of bs_test_file_new_model() */

typedef struct
{
  char *folder, *bars, *model, *legacy_model;
  BsBarSeries *series; /* what is in bars */
} Files;

typedef struct
{
  char *out, *err;
  int status;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->out);
  g_free (result->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static char *
write_file (const Files *files, const char *name, gconstpointer data, gssize size)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (files->folder, name, NULL);
  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
  return path;
}

static char *
write_bars (const Files *files, const char *name, guint n, double factor, const char *more_rows)
{
  g_autoptr (GString) text = g_string_new ("time,open,high,low,close,volume,bid_volume,ask_volume\n");
  for (guint i = 0; i < n; i++)
    {
      BsBar bar;
      bs_bar_series_get (files->series, i, &bar);
      g_string_append_printf (text, "%" G_GINT64_FORMAT ",%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n",
                              bar.time_us / G_USEC_PER_SEC, factor * bar.open, factor * bar.high, factor * bar.low,
                              factor * bar.close, factor * bar.volume, factor * bar.bid_volume,
                              factor * bar.ask_volume);
    }
  g_string_append (text, more_rows);
  return write_file (files, name, text->str, (gssize) text->len);
}

static char *
write_model (const Files *files, const char *name, const char *feature_set)
{
  g_autoptr (BsTestFile) model = bs_test_file_new_model (BS_N_FEATURES, 8, 1);
  /* A scale at which the gates are neither shut nor wide open. */
  double *scale = (double *) (gpointer) bs_test_file_find (model, "scaler.scale")->data->data;
  for (guint i = 0; i < BS_N_FEATURES; i++)
    scale[i] *= 100;
  bs_test_file_metadata (model, "feature_set", feature_set);
  bs_test_file_metadata (model, "name", "A \\\"quoted\\\" name"); /* as JSON has it */
  g_autoptr (GBytes) bytes = bs_test_file_build (model, NULL);
  return write_file (files, name, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
}

static void
set_up (Files *files, gconstpointer data)
{
  files->folder = g_dir_make_tmp ("barscope-predict-XXXXXX", NULL);
  g_assert_nonnull (files->folder);
  files->series = bs_test_bars_series (4, N_BARS, 0, MINUTE_US, BS_STAMP_END);
  files->bars = write_bars (files, "bars.csv", N_BARS, 1, "");
  files->model = write_model (files, "model.safetensors", "causal");
  files->legacy_model = write_model (files, "legacy.safetensors", "legacy");
}

static void
tear_down (Files *files, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (files->folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (files->folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (files->folder);
  g_free (files->folder);
  g_free (files->bars);
  g_free (files->model);
  g_free (files->legacy_model);
  bs_bar_series_free (files->series);
}

/* `barscope predict ARGUMENTS...`; %NULL-terminated */
static Result G_GNUC_NULL_TERMINATED
run (const char *argument, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Result result = { 0 };
  va_list arguments;
  int wait_status;

  g_ptr_array_add (argv, (gpointer) g_getenv ("BARSCOPE"));
  g_ptr_array_add (argv, (gpointer) "predict");
  va_start (arguments, argument);
  for (; argument != NULL; argument = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (gpointer) argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err, &wait_status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  result.status = WEXITSTATUS (wait_status);
  return result;
}

static void
assert_says (const char *text, const char *words)
{
  if (strstr (text, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", text, words);
}

/* Checks one CSV row against the signal that the predictor gives. */
static void
check_row (const char *line, const BsSignal *signal, const BsBarSeries *bars)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", -1);
  g_assert_cmpuint (g_strv_length (cells), ==, 9);
  g_assert_cmpuint (g_ascii_strtoull (cells[0], NULL, 10), ==, signal->row);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (bs_bar_series_times (bars)[signal->row] / G_USEC_PER_SEC);
  g_autofree char *expected_time = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  g_assert_cmpstr (cells[1], ==, expected_time);
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    g_assert_cmpfloat (fabs (g_ascii_strtod (cells[2 + klass], NULL) - signal->probabilities[klass]), <, 1e-5);
  g_assert_cmpstr (cells[5], ==, bs_class_name (signal->raw_class));
  g_assert_cmpstr (cells[6], ==, bs_class_name (signal->klass));
  g_assert_cmpfloat (fabs (g_ascii_strtod (cells[7], NULL) - signal->confidence), <, 1e-5);
  g_assert_cmpstr (cells[8], ==, signal->in_range ? "true" : "false");
}

/* Every row of --all, and the newest one alone, is what the predictor says bar by bar. */
static void
test_rows (Files *files, gconstpointer data)
{
  const char *models[] = { files->model, files->legacy_model };
  for (guint legacy = 0; legacy < 2; legacy++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BsModel) model = bs_model_load (models[legacy], &error);
      g_assert_no_error (error);
      BsOptions options;
      bs_options_init (&options);
      g_autoptr (BsPredictor) predictor = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, &error);
      g_assert_no_error (error);
      bs_predictor_set_threshold (predictor, 0.4);

      g_auto (Result) all
        = run (files->bars, "--model", models[legacy], "--all", "--format=csv", "--threshold=0.4", NULL);
      g_auto (Result) newest
        = run (files->bars, "--model", models[legacy], "--format", "csv", "--threshold", "0.4", NULL);
      g_assert_cmpint (all.status, ==, 0);
      g_assert_cmpint (newest.status, ==, 0);
      g_auto (GStrv) lines = g_strsplit (all.out, "\n", -1);
      g_auto (GStrv) newest_lines = g_strsplit (newest.out, "\n", -1);
      g_assert_cmpstr (lines[0], ==, "row,time,p_short,p_hold,p_long,raw_signal,signal,confidence,in_range");
      g_assert_cmpstr (newest_lines[0], ==, lines[0]);

      guint n_lines = 1;
      BsSignal signal;
      for (guint64 index = 0; index < N_BARS; index++)
        {
          BsBar bar;
          bs_bar_series_get (files->series, index, &bar);
          g_assert_true (bs_predictor_push (predictor, &bar, &signal, NULL));
          if (signal.state == BS_SIGNAL_READY)
            check_row (lines[n_lines++], &signal, files->series);
        }
      g_assert_cmpuint (n_lines, ==, 1 + N_BARS - SEQUENCE_LENGTH + 1 - legacy);
      g_assert_cmpstr (lines[n_lines], ==, "");
      g_assert_null (lines[n_lines + 1]);
      check_row (newest_lines[1], &signal, files->series);
      g_assert_cmpstr (newest_lines[2], ==, "");
    }
}

static void
test_json (Files *files, gconstpointer data)
{
  static const char *const members[]
    = { "row", "time", "p_short", "p_hold", "p_long", "raw_signal", "signal", "confidence", "in_range" };
  g_autoptr (GError) error = NULL;
  g_auto (Result) all = run (files->bars, "--model", files->model, "--all", "--format=json", NULL);
  g_autoptr (BsJson) rows = bs_json_parse (all.out, strlen (all.out), 0, &error);
  g_assert_no_error (error);
  const BsJsonValue *array = bs_json_root (rows);
  g_assert_cmpuint (bs_json_length (array), ==, N_BARS - SEQUENCE_LENGTH + 1);
  for (const BsJsonValue *row = bs_json_first (array); row != NULL; row = bs_json_next (row))
    for (guint k = 0; k < G_N_ELEMENTS (members); k++)
      g_assert_nonnull (bs_json_find (row, members[k]));

  g_auto (Result) newest = run (files->bars, "--model", files->model, "--format=json", NULL);
  g_autoptr (BsJson) object = bs_json_parse (newest.out, strlen (newest.out), 0, &error);
  g_assert_no_error (error);
  for (guint k = 0; k < G_N_ELEMENTS (members); k++)
    g_assert_nonnull (bs_json_find (bs_json_root (object), members[k]));
  assert_says (newest.out, "\"name\": \"A \\\"quoted\\\" name\"");
  assert_says (newest.out, "\"hurst-every\": 10");
}

static void
test_table (Files *files, gconstpointer data)
{
  g_auto (Result) newest = run (files->bars, "--model", files->model, "--threshold=1", NULL);
  g_assert_cmpint (newest.status, ==, 0);
  assert_says (newest.out, "Signal      HOLD");
  assert_says (newest.out, "row 149");
  assert_says (newest.out, "A \"quoted\" name");
  assert_says (newest.out, "within the model's training range");
  g_autofree char *said = bs_test_without_slow (newest.err);
  g_assert_cmpstr (said, ==, "");

  /* Prices and volumes that the scaler has not seen: said in the table, and on stderr. */
  g_autofree char *far = write_bars (files, "far.csv", N_BARS, 1e8, "");
  g_auto (Result) out = run (far, "--model", files->model, NULL);
  g_assert_cmpint (out.status, ==, 0);
  assert_says (out.out, "OUTSIDE THE MODEL'S TRAINING RANGE");
  assert_says (out.err, "outside the model's training range");

  g_auto (Result) all = run (far, "--model", files->model, "--all", NULL);
  assert_says (all.out, "confidence");
  assert_says (all.out, " OUT\n");
  assert_says (all.err, "147 of 147 rows are outside the model's training range");
}

/* Options change the way, and where they are meant to, the answer. */
static void
test_options (Files *files, gconstpointer data)
{
  g_auto (Result) plain = run (files->bars, "--model", files->model, "--format=csv", NULL);
  g_auto (Result) anew
    = run (files->bars, "--model", files->model, "--format=csv", "--set", "incremental=off", "--set=timing=off", NULL);
  g_auto (Result) tail = run (files->bars, "--model", files->model, "--format=csv", "--set", "tail-window=on", "--set",
                              "incremental=off", NULL);
  g_assert_cmpint (anew.status, ==, 0);
  g_assert_cmpint (tail.status, ==, 0);
  g_assert_cmpstr (plain.out, ==, anew.out);
  g_assert_cmpstr (plain.out, !=, tail.out);
}

static void
test_refused_rows (Files *files, gconstpointer data)
{
  g_autofree char *bars = write_bars (files, "bad.csv", N_BARS, 1, "2030-01-01,5,4,3,2,1,1,1\nnonsense\n");
  g_auto (Result) good = run (files->bars, "--model", files->model, "--format=csv", NULL);
  g_auto (Result) bad = run (bars, "--model", files->model, "--format=csv", NULL);
  g_assert_cmpint (bad.status, ==, 0);
  g_assert_cmpstr (bad.out, ==, good.out);
  assert_says (bad.err, "2 of 152 rows refused");
}

static void
test_too_few (Files *files, gconstpointer data)
{
  g_autofree char *bars = write_bars (files, "few.csv", SEQUENCE_LENGTH, 1, "");
  g_autofree char *fewer = write_bars (files, "fewer.csv", SEQUENCE_LENGTH - 1, 1, "");
  g_auto (Result) enough = run (bars, "--model", files->model, NULL);
  g_assert_cmpint (enough.status, ==, 0);
  const char *ways[] = { "--format=csv", "--all" };
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_auto (Result) causal = run (fewer, "--model", files->model, ways[i], NULL);
      g_auto (Result) legacy = run (bars, "--model", files->legacy_model, ways[i], NULL);
      g_assert_cmpint (causal.status, ==, 1);
      g_assert_cmpstr (causal.out, ==, "");
      assert_says (causal.err, "needs 4 bars, there are 3");
      g_assert_cmpint (legacy.status, ==, 1);
      assert_says (legacy.err, "needs 5 bars");
      assert_says (legacy.err, "there are 4");
    }
}

static void
test_errors (Files *files, gconstpointer data)
{
  const char *bars = files->bars, *model = files->model;
  g_autofree char *no_model = write_file (files, "no-model", "nothing of the kind", -1);
  const struct
  {
    const char *arguments[6];
    int status;
    const char *words;
  } cases[] = {
    { { NULL }, 2, "FILE is missing" },
    { { bars, "more" }, 2, "'more'" },
    { { bars, "--threshold=1.01" }, 2, "0 to 1" },
    { { bars, "--threshold=-0.1" }, 2, "0 to 1" },
    { { bars, "--threshold=nan" }, 2, "0 to 1" },
    { { bars, "--threshold=high" }, 2, "high" },
    { { bars, "--format=xml" }, 2, "table, csv or json, got 'xml'" },
    { { bars, "--unknown" }, 2, "--unknown" },
    { { bars, "--set", "speed=11" }, 2, "speed" },
    { { bars, "--set", "hurst-every=0" }, 2, "1..1000" },
    { { bars, "--set", "timing" }, 2, "NAME=VALUE" },
    { { bars, "--set", "tail-window=on" }, 2, "incremental" },
    { { bars, "--set", "backend=reference", "--set", "precision=int8" }, 2, "precision=int8 cannot be had" },
    { { bars, "--set", "backend=cpu", "--set", "precision=fp16" }, 2, "cannot be had" },
    { { bars, "--stamp=middle" }, 2, "middle" },
    { { bars, "--bar-format=abacus" }, 2, "abacus" },
    { { "/nonexistent/bars.csv", "--model", model }, 1, "/nonexistent/bars.csv" },
    { { bars, "--model", "/nonexistent/model" }, 1, "/nonexistent/model" },
    { { bars, "--model", no_model }, 1, "no-model" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *a = cases[i].arguments;
      g_auto (Result) result = run (a[0], a[1], a[2], a[3], a[4], a[5], NULL);
      if (result.status != cases[i].status)
        g_error ("%s %s %s: status %d, not %d: %s", a[0], a[1], a[2], result.status, cases[i].status, result.err);
      g_assert_cmpstr (result.out, ==, "");
      assert_says (result.err, cases[i].words);
      assert_says (result.err, "barscope predict: ");
    }

  g_auto (Result) help = run ("--help", NULL);
  g_assert_cmpint (help.status, ==, 0);
  assert_says (help.out, "--threshold");
  assert_says (help.out, "hurst-every");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/command-predict/rows", Files, NULL, set_up, test_rows, tear_down);
  g_test_add ("/command-predict/json", Files, NULL, set_up, test_json, tear_down);
  g_test_add ("/command-predict/table", Files, NULL, set_up, test_table, tear_down);
  g_test_add ("/command-predict/options", Files, NULL, set_up, test_options, tear_down);
  g_test_add ("/command-predict/refused-rows", Files, NULL, set_up, test_refused_rows, tear_down);
  g_test_add ("/command-predict/too-few", Files, NULL, set_up, test_too_few, tear_down);
  g_test_add ("/command-predict/errors", Files, NULL, set_up, test_errors, tear_down);
  return g_test_run ();
}
