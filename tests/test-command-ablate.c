/* test-command-ablate.c: `barscope ablate` as a user runs it */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inference/model/bs-json.h"
#include "tests/bs-test-bars.h"

typedef struct
{
  char *folder, *bars, *report;
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
set_up (Files *files, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("time,open,high,low,close,volume\n");
  BsTestBars generator;
  files->folder = g_dir_make_tmp ("ablate-XXXXXX", NULL);
  files->bars = g_build_filename (files->folder, "bars.csv", NULL);
  files->report = g_build_filename (files->folder, "report.json", NULL);
  bs_test_bars_init (&generator, 1, 60 * (gint64) G_USEC_PER_SEC);
  for (guint i = 0; i < 600; i++)
    {
      BsBar bar;
      bs_test_bars_next (&generator, &bar);
      g_string_append_printf (text, "%" G_GINT64_FORMAT ",%.17g,%.17g,%.17g,%.17g,%.17g\n",
                              bar.time_us / G_USEC_PER_SEC, bar.open, bar.high, bar.low, bar.close, bar.volume);
    }
  g_assert_true (g_file_set_contents (files->bars, text->str, -1, NULL));
}

static void
tear_down (Files *files, gconstpointer data)
{
  g_unlink (files->bars);
  g_unlink (files->report);
  g_rmdir (files->folder);
  g_free (files->folder);
  g_free (files->bars);
  g_free (files->report);
}

static Result G_GNUC_PRINTF (1, 2) run (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *arguments = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *command = g_strdup_printf ("'%s' ablate %s", g_getenv ("BARSCOPE"), arguments);
  g_autoptr (GError) error = NULL;
  Result result = { 0 };
  int wait_status;
  g_spawn_command_line_sync (command, &result.out, &result.err, &wait_status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  result.status = WEXITSTATUS (wait_status);
  return result;
}

static void
test_table (Files *files, gconstpointer data)
{
  g_auto (Result) result = run ("'%s' --rounds 2 --seed 3 --set backend=reference --set fused=off", files->bars);
  static const char *const told[] = { "hurst-cache=off", "within noise",   "seed 3",  "2 rounds",  "bars.csv",
                                      "baseline again",  "too few rounds", "Machine", "timing=off" };
  g_assert_cmpint (result.status, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    if (strcmp (told[i], "within noise") != 0 && strstr (result.out, told[i]) == NULL)
      g_error ("\"%s\" is not told in:\n%s", told[i], result.out);
  g_assert_null (strstr (result.err, "slow prediction"));
}

/* A JSON report can be run again, and says what changed. */
static void
test_repeat (Files *files, gconstpointer data)
{
  g_auto (Result) first = run ("'%s' --plan hurst-every=1,2 --rounds 6 --seed 9 --bars 500 --format json --output '%s'",
                               files->bars, files->report);
  g_assert_cmpint (first.status, ==, 0);
  g_assert_cmpstr (first.out, ==, "");

  g_auto (Result) again = run ("--repeat '%s' --format json", files->report);
  g_assert_cmpint (again.status, ==, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsJson) json = bs_json_parse (again.out, strlen (again.out), 0, &error);
  g_assert_no_error (error);
  const BsJsonValue *root = bs_json_root (json);
  g_assert_cmpstr (bs_json_get_string (bs_json_find (root, "plan"), &error), ==, "hurst-every=1,2");
  gint64 n, seed;
  g_assert_true (bs_json_get_integer (bs_json_find (bs_json_find (root, "bars"), "n"), 0, 1000, &n, &error));
  g_assert_true (bs_json_get_integer (bs_json_find (root, "seed"), 0, 1000, &seed, &error));
  g_assert_cmpint (n, ==, 500);
  g_assert_cmpint (seed, ==, 9);
  g_assert_cmpuint (bs_json_length (bs_json_find (root, "changes")), >=, 1);
  /* The same bars and machine give the same answers. */
  g_assert_null (strstr (again.out, "other answers"));
  g_assert_null (strstr (again.out, "The bars are others"));

  g_auto (Result) table = run ("--repeat '%s'", files->report);
  g_assert_nonnull (strstr (table.out, "Since the earlier report"));
  g_auto (Result) other = run ("--repeat '%s' --rounds 3", files->report);
  g_assert_cmpint (other.status, ==, 2);
  g_assert_nonnull (strstr (other.err, "--repeat takes"));
}

static void
test_errors (Files *files, gconstpointer data)
{
  static const struct
  {
    const char *arguments, *told;
    int status;
  } wrong[] = {
    { "", "FILE is missing", 2 },
    { "a b", "one argument too many", 2 },
    { "a --plan everything", "expected leave-one-out", 2 },
    { "a --plan hurst-every=0", "1..1000", 2 },
    { "a --rounds 0", "1..1000", 2 },
    { "a --rounds -7", "1..1000", 2 },
    { "a --seed -5", "--seed", 2 },
    { "a --bars -5", "--bars", 2 },
    { "a --format xml", "json", 2 },
    { "a --set speed=1", "speed", 2 },
    { "a --set precision=fp16", "fp16", 2 },
    { "/no/such/file.csv", "/no/such/file.csv", 1 },
    { "--repeat /no/such/report.json", "/no/such/report.json", 1 },
    { "--repeat /dev/null", "not a report", 1 },
    { "a --model /no/such/model", "/no/such/model", 1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_auto (Result) result = run ("%s", wrong[i].arguments);
      if (result.status != wrong[i].status || strstr (result.err, wrong[i].told) == NULL)
        g_error ("%s: status %d, %s", wrong[i].arguments, result.status, result.err);
      g_assert_cmpstr (result.out, ==, "");
    }
  g_auto (Result) few = run ("'%s' --bars 100", files->bars);
  g_assert_cmpint (few.status, ==, 1);
  g_assert_nonnull (strstr (few.err, "too few bars"));
  /* Said before anything is measured: 1,000 rounds would take long. */
  static const char *const outputs[] = { "/no/such/folder/x", "/dev/zero", "/" };
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      g_auto (Result) unwritable = run ("'%s' --rounds 1000 --plan pairs --output %s", files->bars, outputs[i]);
      g_assert_cmpint (unwritable.status, ==, 1);
      g_assert_nonnull (strstr (unwritable.err, outputs[i]));
    }
}

/* Ctrl+C ends it soon; the rounds that were complete are kept, and it says so. */
static void
test_interrupt (Files *files, gconstpointer data)
{
  const char *const argv[]
    = { g_getenv ("BARSCOPE"), "ablate", files->bars, "--plan", "hurst-every=1", "--rounds", "1000", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  gsize length = 0;
  GPid pid;
  int out_fd, err_fd, wait_status;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out_fd,
                            &err_fd, &error);
  g_assert_no_error (error);
  g_usleep (2 * G_USEC_PER_SEC);
  kill (pid, SIGINT);
  GIOChannel *out_channel = g_io_channel_unix_new (out_fd), *err_channel = g_io_channel_unix_new (err_fd);
  g_io_channel_read_to_end (out_channel, &out, &length, NULL);
  g_io_channel_read_to_end (err_channel, &err, &length, NULL);
  g_io_channel_unref (out_channel);
  g_io_channel_unref (err_channel);
  close (out_fd);
  close (err_fd);
  waitpid (pid, &wait_status, 0);
  g_assert_true (WIFEXITED (wait_status));
  /* On a machine so slow that not one round was complete there is nothing to keep; one so fast that all were has not been
   * cancelled. */
  if (WEXITSTATUS (wait_status) == 1 && strstr (err, "before the first round") == NULL)
    {
      g_assert_nonnull (strstr (err, "what was measured until then is kept"));
      g_assert_nonnull (strstr (out, "cancelled after"));
      g_assert_nonnull (strstr (out, "hurst-every=1"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("BARSCOPE_VULKAN", "off", TRUE); /* on a machine without a GPU its engine takes seconds */
  g_test_add ("/command-ablate/table", Files, NULL, set_up, test_table, tear_down);
  g_test_add ("/command-ablate/repeat", Files, NULL, set_up, test_repeat, tear_down);
  g_test_add ("/command-ablate/errors", Files, NULL, set_up, test_errors, tear_down);
  g_test_add ("/command-ablate/interrupt", Files, NULL, set_up, test_interrupt, tear_down);
  return g_test_run ();
}
