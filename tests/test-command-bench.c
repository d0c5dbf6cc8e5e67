/* test-command-bench.c: `barscope bench` as a user runs it */
#include <string.h>
#include <sys/wait.h>

#include <glib.h>

#include "inference/model/bs-json.h"

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

static Result
run (const char *arguments)
{
  g_autofree char *command = g_strdup_printf ("'%s' bench %s", g_getenv ("BARSCOPE"), arguments);
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
test_list (void)
{
  g_auto (Result) all = run ("--list"), live = run ("--list --only live/fp32/");
  g_assert_cmpint (all.status, ==, 0);
  g_assert_nonnull (strstr (all.out, "features/stream"));
  g_assert_nonnull (strstr (all.out, "live/fp32 "));
  g_assert_true (g_str_has_prefix (live.out, "live/fp32/"));
  g_assert_null (strstr (live.out, "features/"));
}

/* Names that others compare figures by: they stay. */
static void
test_names (void)
{
  static const char *const names[] = {
    "features/stream",      "features/batch/15000",  "lstm/2x64/fp32/b1",  "lstm/2x64/fp32/b16",  "lstm/2x64/fp32/b256",
    "lstm/2x64/int8/b1",    "lstm/2x64/int8/b16",    "lstm/2x64/int8/b256", "lstm/2x128/fp32/b1", "lstm/2x128/fp32/b16",
    "lstm/2x128/fp32/b256", "lstm/2x128/int8/b1",    "lstm/2x128/int8/b16", "lstm/2x128/int8/b256",
    "live/fp32",            "live/fp32/network",     "live/int8",           "live/int8/network",  "load/csv/100000",
  };
  g_auto (Result) all = run ("--list");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *line = g_strdup_printf ("\n%s ", names[i]);
      if (!g_str_has_prefix (all.out, line + 1) && strstr (all.out, line) == NULL)
        g_error ("no case is called %s in:\n%s", names[i], all.out);
    }
}

/* Cases of the network and of live bars run in both precisions, and are listed by name. */
static void
test_networks (void)
{
  g_auto (Result) result = run ("--rounds 1 --only lstm/2x64/int8/b16 --only lstm/2x64/fp32/b16 "
                                "--only live/int8/network --only live/fp32/network");
  g_assert_cmpint (result.status, ==, 0);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (result.out), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  for (guint i = 1; i < 5; i++)
    g_assert_true (g_regex_match_simple ("^(lstm|live)/\\S+ +[0-9]+( +[0-9]+\\.[0-9]{3}){5}$", lines[i], 0, 0));
}

/* The JSON is an array of {name, unit, n, min, p50, p95, p99, max} and nothing else; the machine is on stderr. */
static void
test_json (void)
{
  static const char *const numbers[] = { "n", "min", "p50", "p95", "p99", "max" };
  g_auto (Result) result = run ("--json --rounds 1 --seed 3 --only features/hurst --only features/tail");
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (result.status, ==, 0);
  g_autoptr (BsJson) json = bs_json_parse (result.out, strlen (result.out), 0, &error);
  g_assert_no_error (error);
  const BsJsonValue *array = bs_json_root (json);
  g_assert_cmpint (bs_json_type (array), ==, BS_JSON_ARRAY);
  g_assert_cmpuint (bs_json_length (array), >=, 2);
  for (const BsJsonValue *row = bs_json_first (array); row != NULL; row = bs_json_next (row))
    {
      double last = 0, number;
      g_assert_cmpuint (bs_json_length (row), ==, 2 + G_N_ELEMENTS (numbers));
      const char *name = bs_json_get_string (bs_json_find (row, "name"), &error);
      g_assert_true (g_str_has_prefix (name, "features/"));
      g_assert_cmpstr (bs_json_get_string (bs_json_find (row, "unit"), &error), ==, "us");
      for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        {
          g_assert_true (bs_json_get_number (bs_json_find (row, numbers[i]), &number, &error));
          g_assert_cmpfloat (number, >, 0);
          if (i > 1)
            g_assert_cmpfloat (number, >=, last);
          last = number;
        }
    }
  g_assert_nonnull (strstr (result.err, "core"));
  g_assert_nonnull (strstr (result.err, "1 round, seed 3"));
}

/* Frames need a screen: without one it says so, with one each has our own time and the composition's. */
static void
test_draw (void)
{
  g_autofree char *xvfb = g_find_program_in_path ("xvfb-run");
  g_autofree char *barscope = g_strdup (g_getenv ("BARSCOPE"));
  g_autofree char *old_display = g_strdup (g_getenv ("DISPLAY")), *old_wayland = g_strdup (g_getenv ("WAYLAND_DISPLAY"));

  {
    g_auto (Result) list = run ("--list --only draw/");

    if (strstr (list.out, "draw/1000/in") == NULL)
      {
        g_test_skip ("built without the window");
        return;
      }
    g_assert_nonnull (strstr (list.out, "draw/1000000/stream"));
    g_assert_nonnull (strstr (list.out, "draw/100000/out/compose"));
  }
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  {
    g_auto (Result) none = run ("--only draw/1000/in --rounds 1 --json");

    g_assert_cmpint (none.status, ==, 0);
    g_assert_nonnull (strstr (none.err, "draw/1000/in: left out: no display"));
    g_assert_cmpstr (none.out, ==, "[]\n");
  }
  if (xvfb != NULL)
    {
      g_autofree char *command
        = g_strdup_printf ("xvfb-run -a '%s' bench --only draw/1000/ --rounds 1 --json", barscope);
      g_autofree char *out = NULL, *err = NULL;
      g_autoptr (GError) error = NULL;
      int status;

      g_spawn_command_line_sync (command, &out, &err, &status, &error);
      g_assert_no_error (error);
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
      /* A frame that GTK warns of is not one that the window draws. */
      if (strstr (err, "WARNING") != NULL || strstr (err, "CRITICAL") != NULL)
        g_error ("on stderr:\n%s", err);
      for (guint i = 0; i < 4; i++)
        {
          static const char *const names[]
            = { "\"draw/1000/in\"", "\"draw/1000/out/compose\"", "\"draw/1000/pan\"", "\"draw/1000/stream\"" };

          g_assert_nonnull (strstr (out, names[i]));
        }
    }
  if (old_display != NULL)
    g_setenv ("DISPLAY", old_display, TRUE);
  if (old_wayland != NULL)
    g_setenv ("WAYLAND_DISPLAY", old_wayland, TRUE);
}

static void
test_errors (void)
{
  static const char *const wrong[][2] = {
    { "--only nothing/", "nothing/" },
    { "--rounds 0", "1..100000" },
    { "--seed -1", "--seed" },
    { "--rounds many", "many" },
    { "more", "more" },
    { "--faster", "--faster" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_auto (Result) result = run (wrong[i][0]);
      g_assert_cmpint (result.status, ==, 2);
      g_assert_cmpstr (result.out, ==, "");
      g_assert_nonnull (strstr (result.err, wrong[i][1]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-bench/list", test_list);
  g_test_add_func ("/command-bench/names", test_names);
  g_test_add_func ("/command-bench/networks", test_networks);
  g_test_add_func ("/command-bench/json", test_json);
  g_test_add_func ("/command-bench/draw", test_draw);
  g_test_add_func ("/command-bench/errors", test_errors);
  return g_test_run ();
}
