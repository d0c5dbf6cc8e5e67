/* test-command-info.c: `barscope info` as a user runs it: the options are those of the option table */
#include <string.h>
#include <sys/wait.h>

#include "inference/kernels/bs-kernels.h"
#include "inference/model/bs-json.h"
#include "inference/predict/bs-options.h"

static char *
run (const char *arguments)
{
  g_autofree char *command = g_strdup_printf ("'%s' info %s", g_getenv ("BARSCOPE"), arguments);
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  char *out = NULL;
  int wait_status;
  g_spawn_command_line_sync (command, &out, &errors, &wait_status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  g_assert_cmpint (WEXITSTATUS (wait_status), ==, 0);
  g_assert_cmpstr (errors, ==, "");
  return out;
}

/* The JSON that it prints must be good. */
static BsJson *
run_json (void)
{
  g_autofree char *text = run ("--json");
  g_autoptr (GError) error = NULL;
  BsJson *json = bs_json_parse (text, strlen (text), 0, &error);
  g_assert_no_error (error);
  return json;
}

/* The string at @section, @name; @section NULL: at the top. */
static const char *
string_at (const BsJson *json, const char *section, const char *name)
{
  const BsJsonValue *object = bs_json_root (json);
  g_autoptr (GError) error = NULL;
  if (section != NULL)
    object = bs_json_find (object, section);
  const char *text = bs_json_get_string (bs_json_find (object, name), &error);
  g_assert_no_error (error);
  return text;
}

/* What it says of program and machine is what is there. */
static void
test_machine (void)
{
  g_autoptr (BsJson) json = run_json ();
  g_autofree char *model = NULL;
  gsize size;
  double cores;

  g_assert_true (g_regex_match_simple ("^[0-9]+\\.[0-9]+\\.[0-9]+$", string_at (json, NULL, "version"), 0, 0));
  g_assert_nonnull (string_at (json, "build", "compiler"));
  g_assert_cmpstr (string_at (json, "machine", "kernels"), ==, bs_kernels ()->name);
  g_assert_nonnull (string_at (json, "machine", "isa"));
  const BsJsonValue *root = bs_json_root (json);
  g_assert_true (bs_json_get_number (bs_json_find (bs_json_find (root, "machine"), "cores"), &cores, NULL));
  g_assert_cmpfloat (cores, ==, g_get_num_processors ());
  g_assert_true (g_str_has_prefix (string_at (json, "openblas", "config"), "OpenBLAS"));
  g_assert_cmpstr (string_at (json, "engines", "cpu"), ==, "available");
  g_assert_cmpint (bs_json_type (bs_json_find (bs_json_find (root, "vulkan"), "devices")), ==, BS_JSON_ARRAY);
  g_assert_true (g_file_test (string_at (json, "paths", "sample"), G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_path_is_absolute (string_at (json, "paths", "user_data")));

  g_assert_true (g_file_get_contents (string_at (json, "model", "path"), &model, &size, NULL));
  g_autofree char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) model, size);
  g_assert_cmpstr (string_at (json, "model", "sha256"), ==, hash);
  g_assert_cmpstr (string_at (json, "model", "shape"), ==, "2x64, 62 inputs, 20 bars");
}

/* BARSCOPE_CPU is obeyed, or what it asks for cannot be had, which is said where the engines are. */
static void
test_mask (void)
{
  static const struct
  {
    const char *mask, *kernels, *engine;
  } rows[] = {
    { "scalar", "scalar", "available" },
    { "sse9", "scalar", "BARSCOPE_CPU must be" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_setenv ("BARSCOPE_CPU", rows[i].mask, TRUE);
      g_autoptr (BsJson) json = run_json ();
      g_assert_cmpstr (string_at (json, "machine", "kernels"), ==, rows[i].kernels);
      g_assert_true (g_str_has_prefix (string_at (json, "engines", "cpu"), rows[i].engine));
    }
  g_unsetenv ("BARSCOPE_CPU");
}

/* The reason in @row's "unavailable" for @value; NULL where that can be had. */
static const char *
reason_of (const BsJsonValue *row, const char *value)
{
  const BsJsonValue *unavailable = bs_json_find (row, "unavailable");
  for (const BsJsonValue *entry = bs_json_first (unavailable); entry != NULL; entry = bs_json_next (entry))
    if (g_str_equal (bs_json_get_string (bs_json_find (entry, "value"), NULL), value))
      return bs_json_get_string (bs_json_find (entry, "reason"), NULL);
  return NULL;
}

/* One object an option, in the table's order, with what the table says of it. */
static void
test_json (void)
{
  g_autoptr (BsJson) json = run_json ();
  const BsJsonValue *array = bs_json_find (bs_json_root (json), "options");
  g_assert_cmpint (bs_json_type (array), ==, BS_JSON_ARRAY);
  g_assert_cmpuint (bs_json_length (array), ==, BS_N_OPTIONS);
  BsOptions defaults;
  bs_options_init (&defaults);
  guint option = 0;
  for (const BsJsonValue *row = bs_json_first (array); row != NULL; row = bs_json_next (row), option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      g_assert_cmpstr (bs_json_get_string (bs_json_find (row, "name"), NULL), ==, info->name);
      g_assert_cmpstr (bs_json_get_string (bs_json_find (row, "help"), NULL), ==, info->help);
      const BsJsonValue *standard = bs_json_find (row, "default");
      double number;
      if (info->type == BS_OPTION_BOOLEAN)
        g_assert_cmpint (bs_json_type (standard), ==, BS_JSON_BOOLEAN);
      else if (info->type == BS_OPTION_CHOICE)
        g_assert_cmpstr (bs_json_get_string (standard, NULL), ==, info->choices[info->default_value]);
      else
        {
          g_assert_true (bs_json_get_number (standard, &number, NULL));
          g_assert_cmpfloat (number, ==, info->default_value);
          g_assert_true (bs_json_get_number (bs_json_find (row, "max"), &number, NULL));
          g_assert_cmpfloat (number, ==, info->max);
        }
      if (option == BS_OPTION_PRUNE)
        g_assert_null (reason_of (row, "on")); /* the default model has a pruned variant */
      if (option == BS_OPTION_TAIL_WINDOW)
        g_assert_nonnull (strstr (reason_of (row, "on"), "incremental=off"));
      if (option == BS_OPTION_PRECISION)
        {
          g_assert_null (reason_of (row, "int8"));
          g_assert_nonnull (strstr (reason_of (row, "fp16"), "backend=vulkan"));
        }
    }
}

/* As text: every option with its default and what it takes, and why some values cannot be had. */
static void
test_text (void)
{
  g_autofree char *text = run ("");
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      g_autofree char *expected = bs_option_expected (option);
      g_autofree char *standard = bs_option_value_string (option, info->default_value);
      g_autofree char *pattern = g_strdup_printf ("^  %s +%s +%s$", info->name, standard, expected);
      if (!g_regex_match_simple (pattern, text, G_REGEX_MULTILINE, 0))
        g_error ("no line \"%s\" in:\n%s", pattern, text);
    }
  g_assert_nonnull (strstr (text, "on cannot be had: with incremental=on"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/info/machine", test_machine);
  g_test_add_func ("/command/info/mask", test_mask);
  g_test_add_func ("/command/info/json", test_json);
  g_test_add_func ("/command/info/text", test_text);
  return g_test_run ();
}
