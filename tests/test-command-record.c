/* test-command-record.c: `barscope record` and `barscope replay` as a user runs them */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "inference/model/bs-json.h"
#include "tests/bs-test-output.h"

typedef struct
{
  char *folder, *bars, *recording;
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

static Result
run (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  Result result = { 0 };
  g_ptr_array_add (argv, (char *) g_getenv ("BARSCOPE"));
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, (char *) *arguments);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err,
                &result.status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (result.status));
  result.status = WEXITSTATUS (result.status);
  return result;
}

#define RUN(...) run ((const char *const[]){ __VA_ARGS__, NULL })

static void
set_up (Files *files, gconstpointer data)
{
  files->folder = g_dir_make_tmp ("barscope-record-XXXXXX", NULL);
  files->bars = g_build_filename (files->folder, "ES.csv", NULL);
  files->recording = g_build_filename (files->folder, "ES.bsrec", NULL);
  g_auto (Result) made = RUN ("generate", "--bars", "400", "--output", files->bars);
  g_assert_cmpint (made.status, ==, 0);
}

static void
tear_down (Files *files, gconstpointer data)
{
  g_unlink (files->recording);
  g_unlink (files->bars);
  g_rmdir (files->folder);
  g_free (files->recording);
  g_free (files->bars);
  g_free (files->folder);
}

static double
number (const BsJson *json, const char *name)
{
  double value;
  g_autoptr (GError) error = NULL;
  const BsJsonValue *member = bs_json_get_member (bs_json_root (json), name, &error);
  g_assert_no_error (error);
  g_assert_true (bs_json_get_number (member, &value, &error));
  return value;
}

static BsJson *
parse (const Result *result)
{
  g_autoptr (GError) error = NULL;
  BsJson *json = bs_json_parse (result->out, strlen (result->out), 0, &error);
  g_assert_no_error (error);
  return json;
}

static void
test_record (Files *files, gconstpointer data)
{
  g_auto (Result) recorded = RUN ("record", files->bars, "--output", files->recording, "--from", "100", "--switch",
                                  "200:precision=int8", "--switch", "150:hurst-cache=off", "--switch", "50:fused=off");
  g_autofree char *said = bs_test_without_slow (recorded.err);
  g_assert_cmpstr (said, ==, "");
  g_assert_cmpint (recorded.status, ==, 0);
  g_assert_nonnull (strstr (recorded.out, "Recorded 300 bars"));

  g_auto (Result) same = RUN ("replay", files->recording);
  g_assert_cmpint (same.status, ==, 0);
  g_assert_nonnull (strstr (same.out, "300 recorded, 100 of history"));
  g_assert_nonnull (strstr (same.out, "2 switch changes"));
  g_assert_nonnull (strstr (same.out, "300 of 300 answers"));
  g_assert_nonnull (strstr (same.out, "Verdict     the same to the bit"));

  g_auto (Result) other = RUN ("replay", files->recording, "--set", "precision=fp32", "--format", "json");
  g_assert_cmpint (other.status, ==, 0);
  g_autoptr (BsJson) json = parse (&other);
  g_assert_cmpfloat (number (json, "bars"), ==, 300);
  g_assert_cmpfloat (number (json, "same_bits"), ==, 100); /* those before int8 */
  g_assert_cmpfloat (number (json, "first_different"), ==, 200);
  g_assert_cmpfloat (number (json, "max_difference"), >, 0);

  g_auto (Result) csv = RUN ("replay", files->recording, "--format", "csv");
  guint n_lines = 0;
  for (const char *c = csv.out; *c != '\0'; c++)
    n_lines += *c == '\n';
  g_assert_cmpuint (n_lines, ==, 301);
  g_assert_true (g_str_has_prefix (csv.out, "index,time,recorded_signal"));
  g_assert_null (strstr (csv.out, ",false"));
}

/* An answer that was recorded otherwise is found, and is a failure. */
static void
test_tampered (Files *files, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_auto (Result) recorded = RUN ("record", files->bars, "-o", files->recording);
  g_assert_cmpint (recorded.status, ==, 0);
  g_assert_true (g_file_get_contents (files->recording, &text, NULL, NULL));
  char *digit = strstr (text, "\"confidence\":0.") + strlen ("\"confidence\":0.");
  *digit = *digit == '3' ? '4' : '3';
  g_assert_true (g_file_set_contents (files->recording, text, -1, NULL));
  g_auto (Result) replayed = RUN ("replay", files->recording);
  g_assert_cmpint (replayed.status, ==, 1);
  g_assert_nonnull (strstr (replayed.out, "399 of 400 answers"));
  g_assert_nonnull (strstr (replayed.out, "NOT THE SAME"));
  g_assert_nonnull (strstr (replayed.out, "first different at bar 19"));

  /* Broken off: said, and no failure by itself. */
  *digit = *digit == '3' ? '4' : '3';
  text[strlen (text) - 100] = '\0';
  g_assert_true (g_file_set_contents (files->recording, text, -1, NULL));
  g_auto (Result) broken = RUN ("replay", files->recording);
  g_assert_nonnull (strstr (broken.out, "BROKEN OFF"));
  g_assert_nonnull (strstr (broken.out, "of 399 answers"));
}

static void
test_refused (Files *files, gconstpointer data)
{
  const struct
  {
    const char *arguments[8];
    int status;
    const char *message;
  } rows[] = {
    { { "record", files->bars }, 2, "--output is missing" },
    { { "record", "-o", files->recording }, 2, "FILE is missing" },
    { { "record", files->bars, "-o", files->recording, "--switch", "what" }, 2, "expected BAR:NAME=VALUE, got 'what'" },
    { { "record", files->bars, "-o", files->recording, "--switch", "5:no-such=1" }, 2, "no option \"no-such\"" },
    { { "record", files->bars, "-o", files->recording, "--set", "hurst-every=0" }, 2, "--set: hurst-every: expected" },
    { { "record", files->bars, "-o", files->recording, "--from", "-1" }, 2, "--from: expected 0 or more" },
    { { "record", files->bars, "-o", files->folder }, 1, "cannot be written" },
    { { "record", files->bars, "-o", files->recording, "--switch", "5:precision=fp16" },
      1,
      "precision=fp16 cannot be had" },
    { { "replay" }, 2, "RECORDING is missing" },
    { { "replay", files->bars, "--format", "xml" }, 2, "--format: expected table, json or csv" },
    { { "replay", files->bars, "--set", "precision=int9" }, 2, "precision: expected one of" },
    { { "replay", files->bars }, 1, "ES.csv: line 1: expected a recording" },
    { { "replay", "/no/such/file" }, 1, "/no/such/file" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Result) result = run (rows[i].arguments);
      if (result.status != rows[i].status || strstr (result.err, rows[i].message) == NULL)
        g_error ("%u: status %d, \"%s\" does not say \"%s\"", i, result.status, result.err, rows[i].message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Only the CPU: what its drivers print is not ours. */
  g_setenv ("BARSCOPE_VULKAN", "off", TRUE);
  g_test_add ("/command-record/record", Files, NULL, set_up, test_record, tear_down);
  g_test_add ("/command-record/tampered", Files, NULL, set_up, test_tampered, tear_down);
  g_test_add ("/command-record/refused", Files, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
