/* test-options.c: the option table, --set, availability, JSON, and the settings schema made from it */
#include <string.h>

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

#include "app/bs-option-settings.h"
#include "inference/predict/bs-options.h"
#include "tests/bs-test-driver.h"

static void
test_table (void)
{
  BsOptions options;
  bs_options_init (&options);
  for (int option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      g_assert_cmpint (bs_option_by_name (info->name), ==, option);
      g_assert_nonnull (info->title);
      g_assert_nonnull (info->help);
      g_assert_true (bs_option_value_valid (option, info->default_value));
      g_assert_cmpint (options.value[option], ==, info->default_value);

      /* What is printed can be set. */
      g_autofree char *value = bs_options_value_string (&options, option);
      g_autofree char *assignment = g_strdup_printf ("%s=%s", info->name, value);
      g_assert_true (bs_options_set (&options, assignment, NULL));
      g_assert_cmpint (options.value[option], ==, info->default_value);
    }
  g_assert_cmpint (bs_option_by_name ("hurst"), ==, -1);
  g_assert_cmpint (bs_option_by_name (""), ==, -1);

  g_assert_true (options.value[BS_OPTION_HURST_CACHE]);
  g_assert_cmpint (options.value[BS_OPTION_HURST_EVERY], ==, 10);
  g_assert_false (options.value[BS_OPTION_TAIL_WINDOW]);
  g_assert_true (options.value[BS_OPTION_INCREMENTAL]);
  g_assert_true (options.value[BS_OPTION_TIMING]);
}

static void
test_set (void)
{
  static const struct
  {
    const char *assignment;
    BsOption option;
    int value;
  } good[] = {
    { "hurst-cache=off", BS_OPTION_HURST_CACHE, FALSE }, { "hurst-cache=on", BS_OPTION_HURST_CACHE, TRUE },
    { "timing=false", BS_OPTION_TIMING, FALSE },         { "timing=YES", BS_OPTION_TIMING, TRUE },
    { "incremental=no", BS_OPTION_INCREMENTAL, FALSE },  { "incremental=1", BS_OPTION_INCREMENTAL, TRUE },
    { "tail-window=True", BS_OPTION_TAIL_WINDOW, TRUE }, { "tail-window=0", BS_OPTION_TAIL_WINDOW, FALSE },
    { "hurst-every=1", BS_OPTION_HURST_EVERY, 1 },       { "hurst-every=1000", BS_OPTION_HURST_EVERY, 1000 },
    { "precision=int8", BS_OPTION_PRECISION, 1 },        { "precision=fp32", BS_OPTION_PRECISION, 0 },
    { "backend=vulkan", BS_OPTION_BACKEND, 2 },
  };
  BsOptions options;
  bs_options_init (&options);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_true (bs_options_set (&options, good[i].assignment, &error));
      g_assert_no_error (error);
      g_assert_cmpint (options.value[good[i].option], ==, good[i].value);
    }
}

/* Every refusal names the option, what it got and what it takes, and leaves all as it was. */
static void
test_set_errors (void)
{
  static const struct
  {
    const char *assignment;
    BsOptionError code;
    const char *words[3];
  } bad[] = {
    { "hurst-every=0", BS_OPTION_ERROR_VALUE, { "hurst-every", "1..1000", "\"0\"" } },
    { "hurst-every=1001", BS_OPTION_ERROR_VALUE, { "hurst-every", "1..1000", "1001" } },
    { "hurst-every=99999999999999999999", BS_OPTION_ERROR_VALUE, { "hurst-every", "1..1000", "99999999999999999999" } },
    { "hurst-every=1.5", BS_OPTION_ERROR_VALUE, { "hurst-every", "1..1000", "1.5" } },
    { "hurst-every=", BS_OPTION_ERROR_VALUE, { "hurst-every", "1..1000", "\"\"" } },
    { "hurst-cache=maybe", BS_OPTION_ERROR_VALUE, { "hurst-cache", "on or off", "maybe" } },
    { "precision=fp64", BS_OPTION_ERROR_VALUE, { "precision", "fp32, int8, fp16", "fp64" } },
    { "backend=", BS_OPTION_ERROR_VALUE, { "backend", "cpu, reference, vulkan", "\"\"" } },
    { "timing", BS_OPTION_ERROR_VALUE, { "timing", "NAME=VALUE", "" } },
    { "", BS_OPTION_ERROR_VALUE, { "NAME=VALUE", "", "" } },
    { "speed=fast", BS_OPTION_ERROR_NAME, { "speed", "hurst-cache", "timing" } },
    { "=on", BS_OPTION_ERROR_NAME, { "\"\"", "hurst-cache", "" } },
    { "Timing=on", BS_OPTION_ERROR_NAME, { "Timing", "timing", "" } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      BsOptions options, before;
      bs_options_init (&options);
      before = options;
      g_assert_false (bs_options_set (&options, bad[i].assignment, &error));
      g_assert_error (error, BS_OPTION_ERROR, (int) bad[i].code);
      for (guint word = 0; word < 3; word++)
        if (strstr (error->message, bad[i].words[word]) == NULL)
          g_error ("%s: \"%s\" does not say \"%s\"", bad[i].assignment, error->message, bad[i].words[word]);
      g_assert_cmpmem (&options, sizeof options, &before, sizeof before);
    }
}

static void
assert_unavailable (const char *const *assignments, const char *word)
{
  BsOptions options;
  g_autoptr (GError) error = NULL;
  bs_options_init (&options);
  options.pruned = BS_VARIANT_ABSENT;
  for (; *assignments != NULL; assignments++)
    g_assert_true (bs_options_set (&options, *assignments, NULL));
  g_assert_false (bs_options_check (&options, &error));
  g_assert_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, word));

  /* Repaired, it can be had, and the repair says what was changed. */
  g_autofree char *changes = bs_options_repair (&options);
  g_assert_nonnull (changes);
  g_assert_nonnull (strstr (changes, word));
  g_assert_true (bs_options_check (&options, NULL));
}

static void
test_availability (void)
{
  BsOptions options;
  g_autoptr (GError) error = NULL;
  bs_options_init (&options);
  bs_options_check (&options, &error);
  g_assert_no_error (error);
  g_assert_null (bs_options_repair (&options));

  assert_unavailable ((const char *const[]){ "tail-window=on", NULL }, "incremental");
  assert_unavailable ((const char *const[]){ "backend=reference", "precision=int8", NULL }, "precision=int8");
  assert_unavailable ((const char *const[]){ "backend=reference", "precision=fp16", NULL }, "precision=fp16");

  /* What keeps the tape is the reference engine: fp32, one operation at a time. */
  assert_unavailable ((const char *const[]){ "inference-mode=off", NULL }, "fused=off");
  assert_unavailable ((const char *const[]){ "inference-mode=off", "fused=off", "precision=int8", NULL }, "fp32");
  assert_unavailable ((const char *const[]){ "inference-mode=off", "fused=off", "backend=vulkan", NULL }, "backend");
  assert_unavailable ((const char *const[]){ "prune=on", NULL }, "no pruned variant");

  /* The order of assignments does not matter. */
  g_assert_true (bs_options_set (&options, "inference-mode=off", NULL));
  g_assert_true (bs_options_set (&options, "fused=off", NULL));
  g_assert_true (bs_options_check (&options, NULL));
  g_assert_true (bs_options_set (&options, "tail-window=on", NULL));
  g_assert_true (bs_options_set (&options, "incremental=off", NULL));
  g_assert_true (bs_options_check (&options, NULL));

  /* Out of range however it came there (a settings file, a caller's mistake). */
  bs_options_init (&options);
  options.value[BS_OPTION_HURST_EVERY] = -3;
  options.value[BS_OPTION_BACKEND] = 77;
  g_assert_false (bs_options_check (&options, &error));
  g_assert_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_VALUE);
  g_autofree char *changes = bs_options_repair (&options);
  g_assert_nonnull (strstr (changes, "hurst-every"));
  g_assert_nonnull (strstr (changes, "backend"));
  g_assert_cmpint (options.value[BS_OPTION_HURST_EVERY], ==, 10);
  g_assert_true (bs_options_check (&options, NULL));
}

static void
assert_insensitive (const BsOptions *options, BsOption option, const char *word)
{
  g_autofree char *reason = NULL;
  g_assert_false (bs_options_sensitive (options, option, &reason));
  g_assert_nonnull (strstr (reason, word));
}

static void
test_sensitive (void)
{
  BsOptions options;
  bs_options_init (&options);
  g_autofree char *reason = NULL;
  g_assert_true (bs_options_sensitive (&options, BS_OPTION_HURST_CACHE, &reason));
  g_assert_true (bs_options_sensitive (&options, BS_OPTION_HURST_EVERY, &reason));
  g_assert_null (reason);
  g_assert_false (bs_options_sensitive (&options, BS_OPTION_TAIL_WINDOW, &reason));
  g_assert_nonnull (strstr (reason, "incremental"));
  g_clear_pointer (&reason, g_free);

  g_assert_true (bs_options_sensitive (&options, BS_OPTION_FUSED, &reason));
  options.value[BS_OPTION_BACKEND] = 1; /* reference */
  g_assert_true (bs_options_check (&options, NULL));
  g_assert_false (bs_options_sensitive (&options, BS_OPTION_FUSED, &reason));
  g_assert_nonnull (strstr (reason, "reference"));
  g_clear_pointer (&reason, g_free);

  options.pruned = BS_VARIANT_ABSENT;
  assert_insensitive (&options, BS_OPTION_PRUNE, "no pruned variant");
  g_assert_true (bs_options_sensitive (&options, BS_OPTION_INFERENCE_MODE, &reason)); /* it has its tape, too */
  options.value[BS_OPTION_BACKEND] = BS_BACKEND_CPU;
  assert_insensitive (&options, BS_OPTION_INFERENCE_MODE, "fused=off");
  options.value[BS_OPTION_FUSED] = FALSE;
  g_assert_true (bs_options_sensitive (&options, BS_OPTION_INFERENCE_MODE, &reason));
  options.value[BS_OPTION_INFERENCE_MODE] = FALSE;
  g_assert_true (bs_options_check (&options, NULL));
  assert_insensitive (&options, BS_OPTION_FUSED, "inference-mode=on");
  assert_insensitive (&options, BS_OPTION_PRECISION, "inference-mode=on");
  g_assert_true (bs_options_sensitive (&options, BS_OPTION_INFERENCE_MODE, &reason));
  options.value[BS_OPTION_INFERENCE_MODE] = TRUE;

  options.value[BS_OPTION_INCREMENTAL] = FALSE;
  g_assert_true (bs_options_sensitive (&options, BS_OPTION_TAIL_WINDOW, &reason));
  options.value[BS_OPTION_HURST_CACHE] = FALSE;
  g_assert_true (bs_options_check (&options, NULL));
  g_assert_false (bs_options_sensitive (&options, BS_OPTION_HURST_EVERY, &reason));
  g_assert_nonnull (strstr (reason, "hurst-cache"));
}

static void
test_json (void)
{
  BsOptions options;
  bs_options_init (&options);
  options.value[BS_OPTION_HURST_EVERY] = 25;
  options.value[BS_OPTION_TIMING] = FALSE;
  options.value[BS_OPTION_BACKEND] = 1;
  g_autofree char *json = bs_options_to_json (&options);
  g_assert_cmpstr (
    json, ==,
    "{\"hurst-cache\": true, \"hurst-every\": 25, \"vector-atr\": true, \"tail-window\": false, \"incremental\": true, "
    "\"precision\": \"fp32\", \"inference-mode\": true, \"fused\": true, \"prune\": false, \"batch\": "
    "true, \"backend\": \"reference\", \"timing\": false}");
}

/* The schema that the build made: every option is there with its default, and values go there and back. */
static void
test_settings (void)
{
  g_autofree char *dir = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", "resources", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSettingsSchemaSource) source = g_settings_schema_source_new_from_directory (dir, NULL, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (source, BS_OPTION_SETTINGS_SCHEMA, FALSE);
  g_assert_nonnull (schema);
  g_auto (GStrv) keys = g_settings_schema_list_keys (schema);
  g_assert_cmpuint (g_strv_length (keys), ==, BS_N_OPTIONS);

  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  g_autoptr (GSettings) settings = g_settings_new_full (schema, backend, NULL);
  BsOptions options, read;
  bs_options_init (&options);
  bs_option_settings_read (settings, &read);
  g_assert_cmpmem (&options, sizeof options, &read, sizeof read);

  for (int option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      options.value[option] = info->type == BS_OPTION_INTEGER ? info->max : info->default_value == 0;
      g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, info->name);
      g_assert_cmpstr (g_settings_schema_key_get_summary (key), ==, info->title);
      g_assert_cmpstr (g_settings_schema_key_get_description (key), ==, info->help);
    }
  bs_option_settings_write (settings, &options);
  bs_option_settings_read (settings, &read);
  g_assert_cmpmem (&options, sizeof options, &read, sizeof read);
}

int
main (int argc, char **argv)
{
  bs_test_keep_driver ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/table", test_table);
  g_test_add_func ("/options/set", test_set);
  g_test_add_func ("/options/set-errors", test_set_errors);
  g_test_add_func ("/options/availability", test_availability);
  g_test_add_func ("/options/sensitive", test_sensitive);
  g_test_add_func ("/options/json", test_json);
  g_test_add_func ("/options/settings", test_settings);
  return g_test_run ();
}
