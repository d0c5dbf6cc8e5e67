/* `barscope features` as a user runs it. */
#include "tests/bs-test-bars.h"

#include <glib/gstdio.h>
#include <string.h>

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define N_BARS 700

typedef struct
{
  char *folder, *bars, *secondary, *output;
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

static void
write_bars (const char *path, guint64 seed, guint n, gint64 bar_length_us, const char *bad_rows)
{
  g_autoptr (GString) text = g_string_new ("time,open,high,low,close,volume,bid_volume,ask_volume\n");
  g_autoptr (GError) error = NULL;
  BsTestBars bars;

  bs_test_bars_init (&bars, seed, bar_length_us);
  for (guint i = 0; i < n; i++)
    {
      BsBar bar;
      bs_test_bars_next (&bars, &bar);
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (bar.time_us / G_USEC_PER_SEC);
      g_autofree char *date = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
      g_string_append_printf (text, "%s,%.17g,%.17g,%.17g,%.17g,%g,%g,%g\n", date, bar.open, bar.high, bar.low,
                              bar.close, bar.volume, bar.bid_volume, bar.ask_volume);
    }
  g_string_append (text, bad_rows);
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Files *files, gconstpointer data)
{
  files->folder = g_dir_make_tmp ("barscope-features-XXXXXX", NULL);
  g_assert_nonnull (files->folder);
  files->bars = g_build_filename (files->folder, "bars.csv", NULL);
  files->secondary = g_build_filename (files->folder, "secondary.csv", NULL);
  files->output = g_build_filename (files->folder, "features.csv", NULL);
  write_bars (files->bars, 6, N_BARS, MINUTE_US, "");
  write_bars (files->secondary, 8, N_BARS / 5, 5 * MINUTE_US, "");
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
  g_free (files->secondary);
  g_free (files->output);
}

/* `barscope features ARGUMENTS...`; %NULL-terminated */
static Result G_GNUC_NULL_TERMINATED
run (const char *argument, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Result result = { 0 };
  va_list arguments;
  int wait_status;

  g_ptr_array_add (argv, (gpointer) g_getenv ("BARSCOPE"));
  g_ptr_array_add (argv, (gpointer) "features");
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

static guint
count_lines (const char *text)
{
  guint n = 0;
  for (; (text = strchr (text, '\n')) != NULL; text++)
    n++;
  return n;
}

static void
test_modes (Files *files, gconstpointer data)
{
  static const char *const sets[] = { "causal", "legacy" };

  for (guint s = 0; s < G_N_ELEMENTS (sets); s++)
    {
      g_auto (Result) batch = run (files->bars, "--secondary", files->secondary, "--feature-set", sets[s], NULL);
      g_auto (Result) stream
        = run (files->bars, "--secondary", files->secondary, "--feature-set", sets[s], "--mode", "stream", NULL);
      g_auto (Result) tail = run (files->bars, "--secondary", files->secondary, "--feature-set", sets[s], "--mode=tail",
                                  "--rows=7", "--time", NULL);
      g_auto (Result) default_tail = run (files->bars, "--mode=tail", NULL);
      g_assert_cmpint (batch.status, ==, 0);
      g_assert_cmpstr (batch.err, ==, "");
      g_assert_true (g_str_has_prefix (batch.out, "open,high,low,close,hurst_h,hurst_c,atr,"));
      g_assert_cmpuint (count_lines (batch.out), ==, N_BARS + 1);
      g_assert_cmpint (stream.status, ==, 0);
      g_assert_true (strcmp (stream.out, batch.out) == 0);
      g_assert_cmpuint (count_lines (tail.out), ==, 8);
      g_assert_true (g_str_has_prefix (tail.out, "time,open,"));
      g_assert_true (g_str_has_prefix (strchr (tail.out, '\n'), "\n2024-"));
      g_assert_cmpuint (count_lines (default_tail.out), ==, 21);
    }
}

/* The rows of one run are not those of another where they must not be. */
static void
test_options_matter (Files *files, gconstpointer data)
{
  g_auto (Result) plain = run (files->bars, "--secondary", files->secondary, NULL);
  g_auto (Result) legacy = run (files->bars, "--secondary", files->secondary, "--feature-set=legacy", NULL);
  g_auto (Result) start = run (files->bars, "--secondary", files->secondary, "--secondary-stamp=start", NULL);
  g_auto (Result) every = run (files->bars, "--secondary", files->secondary, "--hurst-every=1", NULL);
  g_auto (Result) zone = run (files->bars, "--secondary", files->secondary, "--secondary-timezone=+01:00", NULL);
  const Result *others[] = { &legacy, &start, &every, &zone };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_cmpint (others[i]->status, ==, 0);
      g_assert_cmpuint (count_lines (others[i]->out), ==, N_BARS + 1);
      g_assert_true (strcmp (others[i]->out, plain.out) != 0);
    }
}

static void
test_output (Files *files, gconstpointer data)
{
  g_autofree char *written = NULL;
  g_auto (Result) printed = run (files->bars, "--output", "-", NULL);
  g_auto (Result) quiet = run (files->bars, "--output", files->output, NULL);

  g_assert_cmpint (quiet.status, ==, 0);
  g_assert_cmpstr (quiet.out, ==, "");
  g_assert_true (g_file_get_contents (files->output, &written, NULL, NULL));
  g_assert_true (strcmp (written, printed.out) == 0);
}

static void
test_refused_rows (Files *files, gconstpointer data)
{
  write_bars (files->bars, 6, 50, MINUTE_US, "2024-01-09T00:00:00,1,2,3,1,0,0,0\n2024-01-09T00:01:00,nonsense\n");
  g_auto (Result) result = run (files->bars, NULL);
  g_assert_cmpint (result.status, ==, 0);
  g_assert_cmpuint (count_lines (result.out), ==, 51);
  g_assert_nonnull (strstr (result.err, "2 of 52 rows refused"));
  g_assert_nonnull (strstr (result.err, "line 52: "));
  g_assert_nonnull (strstr (result.err, "line 53: "));

  g_auto (Result) tail = run (files->bars, "--mode=tail", "--rows=51", NULL);
  g_assert_cmpint (tail.status, ==, 0);
  g_assert_cmpuint (count_lines (tail.out), ==, 51);
  g_assert_nonnull (strstr (tail.err, "50 bars only"));
}

static void
test_failures (Files *files, gconstpointer data)
{
  static const char before[] = "what was there\n";
  g_autofree char *missing = g_build_filename (files->folder, "missing.csv", NULL);
  g_autofree char *nowhere = g_build_filename (files->folder, "no-folder", "out.csv", NULL);
  g_autofree char *kept = NULL;

  g_assert_true (g_file_set_contents (files->output, before, -1, NULL));
  g_auto (Result) no_file = run (missing, "--output", files->output, NULL);
  g_assert_cmpint (no_file.status, ==, 1);
  g_assert_nonnull (strstr (no_file.err, "missing.csv"));
  g_assert_true (g_file_get_contents (files->output, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, before);

  g_auto (Result) no_secondary = run (files->bars, "--secondary", missing, NULL);
  g_assert_cmpint (no_secondary.status, ==, 1);
  g_assert_cmpstr (no_secondary.out, ==, "");
  g_auto (Result) no_folder = run (files->bars, "--output", nowhere, NULL);
  g_assert_cmpint (no_folder.status, ==, 1);
  g_assert_nonnull (strstr (no_folder.err, "no-folder"));
}

static void
test_usage (Files *files, gconstpointer data)
{
  const struct
  {
    const char *arguments[3];
    const char *message;
  } rows[] = {
    { { NULL }, "FILE is missing" },
    { { files->bars, files->bars }, "one argument too many" },
    { { files->bars, "--mode=quick" }, "--mode: expected batch, tail or stream, got 'quick'" },
    { { files->bars, "--feature-set=new" }, "--feature-set: expected causal or legacy, got 'new'" },
    { { files->bars, "--hurst-every=0" }, "--hurst-every: expected 1 to " },
    { { files->bars, "--rows=5" }, "--rows needs --mode tail" },
    { { files->bars, "--mode=tail", "--rows=0" }, "--rows: expected 1 to " },
    { { files->bars, "--stamp=middle" }, "--stamp: expected start or end, got 'middle'" },
    { { files->bars, "--secondary-stamp=end" }, "--secondary-stamp needs --secondary FILE" },
    { { files->bars, "--format=nonsense" }, "nonsense" },
    { { files->bars, "--timezone=Mars/Olympus" }, "Mars/Olympus" },
    { { files->bars, "--no-such-option" }, "--no-such-option" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const *a = rows[i].arguments;
      g_auto (Result) result = run (a[0], a[0] != NULL ? a[1] : NULL, a[0] != NULL && a[1] != NULL ? a[2] : NULL, NULL);
      g_assert_cmpint (result.status, ==, 2);
      g_assert_cmpstr (result.out, ==, "");
      if (strstr (result.err, rows[i].message) == NULL)
        g_error ("expected \"%s\" in \"%s\"", rows[i].message, result.err);
    }
  g_auto (Result) help = run ("--help", NULL);
  g_assert_cmpint (help.status, ==, 0);
  g_assert_nonnull (strstr (help.out, "--hurst-every=N"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/command/features/" name, Files, NULL, set_up, function, tear_down)
  ADD ("modes", test_modes);
  ADD ("options-matter", test_options_matter);
  ADD ("output", test_output);
  ADD ("refused-rows", test_refused_rows);
  ADD ("failures", test_failures);
  ADD ("usage", test_usage);
#undef ADD
  return g_test_run ();
}
