/* test-command-line.c: what holds for every command: help, what is asked wrongly, exit status 0, 1 and 2; and the window's
 * options */
#include <string.h>
#include <sys/wait.h>

#include <glib.h>

#include "app/bs-config.h"

typedef struct
{
  char *out, *err;
  int status;
} Result;

static void
result_clear (Result *self)
{
  g_free (self->out);
  g_free (self->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* @arguments: as a shell takes them; there is no display to open a window on. */
static Result
run (const char *arguments)
{
  g_autofree char *line
    = g_strdup_printf ("env -u DISPLAY -u WAYLAND_DISPLAY '%s' %s", g_getenv ("BARSCOPE"), arguments);
  char *argv[] = { "sh", "-c", line, NULL };
  g_autoptr (GError) error = NULL;
  Result result = { 0 };
  int wait_status;

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &result.out, &result.err, &wait_status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  result.status = WEXITSTATUS (wait_status);
  return result;
}

/* The commands that `barscope --help` lists. */
static GPtrArray *
list_commands (void)
{
  g_auto (Result) help = run ("--help");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *list = strstr (help.out, "\nCommands:\n");

  g_assert_cmpint (help.status, ==, 0);
  g_assert_nonnull (list);
  g_auto (GStrv) lines = g_strsplit (list + strlen ("\nCommands:\n"), "\n", -1);
  for (char **line = lines; g_str_has_prefix (*line, "  "); line++)
    {
      const char *name = *line + 2, *summary = name + strcspn (name, " ");
      g_ptr_array_add (names, g_strndup (name, (gsize) (summary - name)));
      while (*summary == ' ')
        summary++;
      /* A sentence's begin, as all of them. */
      g_assert_true (g_ascii_isupper (*summary));
    }
  return g_steal_pointer (&names);
}

static void
test_commands (void)
{
  g_autoptr (GPtrArray) names = list_commands ();
  static const char *const expected[] = { "predict", "features", "generate", "bench", "info" };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_true (g_ptr_array_find_with_equal_func (names, expected[i], g_str_equal, NULL));
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *help_line = g_strdup_printf ("%s --help", name);
      g_autofree char *usage = g_strdup_printf ("barscope %s ", name);
      g_autofree char *wrong_line = g_strdup_printf ("%s --no-such-option", name);
      g_autofree char *wrong = g_strdup_printf ("barscope %s: ", name);
      g_autofree char *hint = g_strdup_printf ("Try 'barscope %s --help'.", name);
      g_test_message ("%s", name);

      g_auto (Result) help = run (help_line);
      g_assert_cmpint (help.status, ==, 0);
      g_assert_nonnull (strstr (help.out, usage));
      g_assert_nonnull (strstr (help.out, "--help"));
      g_assert_cmpstr (help.err, ==, "");

      g_auto (Result) refused = run (wrong_line);
      g_assert_cmpint (refused.status, ==, 2);
      g_assert_cmpstr (refused.out, ==, "");
      g_assert_true (g_str_has_prefix (refused.err, wrong));
      g_assert_nonnull (strstr (refused.err, "--no-such-option"));
      g_assert_nonnull (strstr (refused.err, hint));
    }
}

/* A line, its exit status, and a part of what it says on standard error. */
static const struct
{
  const char *line;
  int status;
  const char *says;
  gboolean of_window; /* without its window the program says so instead */
} rows[] = {
  { "--version", 0, "" },
  { "nonsense", 2, "\"nonsense\" is neither a command nor a file" },
  /* Asked wrongly comes before whether there is a display. */
  { "--no-such-option", 2, "--no-such-option", TRUE },
  { "--set nonsense=1", 2, "no option \"nonsense\"", TRUE },
  { "--set hurst-every=0", 2, "expected an integer 1..1000", TRUE },
  { "--size 5", 2, "expected WIDTHxHEIGHT", TRUE },
  { "--size 0x5", 2, "expected WIDTHxHEIGHT", TRUE },
  { "--size 800x600x2", 2, "expected WIDTHxHEIGHT", TRUE },
  { "--after -1", 2, "expected 0..3600 seconds", TRUE },
  { "--after nan", 2, "expected 0..3600 seconds", TRUE },
  { "--threshold 1.5", 2, "expected 0..1", TRUE },
  { "--stamp middle", 2, "expected start or end", TRUE },
  { "--format excel", 2, "expected ninjatrader, ", TRUE },
  { "--timezone Mars", 2, "expected a name such as America/New_York", TRUE },
  { "--secondary x.csv", 2, "exactly one FILE", TRUE },
  { "--screenshot x.png", 1, "no display", TRUE },
  { "info extra", 2, "'extra' is one argument too many" },
  { "bench extra", 2, "'extra' is one argument too many" },
  { "generate extra --bars 1 --output x", 2, "'extra' is one argument too many" },
  { "predict", 2, "FILE is missing" },
  { "features", 2, "FILE is missing" },
  { "backtest", 2, "FILE is missing" },
  { "backtest no-such-file.csv", 1, "no-such-file.csv" },
  { "predict no-such-file.csv", 1, "no-such-file.csv" },
  { "features no-such-file.csv", 1, "no-such-file.csv" },
  { "--version >/dev/full", 1, "standard output: No space left on device" },
  { "--help >/dev/full", 1, "standard output: No space left on device" },
  { "info >/dev/full", 1, "barscope info: standard output: No space left on device" },
  { "info --json >/dev/full", 1, "standard output: No space left on device" },
  { "bench --list >/dev/full", 1, "barscope bench: standard output: No space left on device" },
};

static void
test_status (void)
{
  const gboolean have_full = g_file_test ("/dev/full", G_FILE_TEST_EXISTS);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (!have_full && strstr (rows[i].line, "/dev/full") != NULL)
        continue;
      if (!BS_HAVE_WINDOW && rows[i].of_window)
        continue;
      g_auto (Result) result = run (rows[i].line);
      g_test_message ("barscope %s: %d, %s", rows[i].line, result.status, result.err);
      g_assert_cmpint (result.status, ==, rows[i].status);
      g_assert_nonnull (strstr (result.err, rows[i].says));
      g_assert_cmpint (*result.err == '\0', ==, rows[i].status == 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-line/commands", test_commands);
  g_test_add_func ("/command-line/status", test_status);
  return g_test_run ();
}
