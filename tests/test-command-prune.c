/* test-command-prune.c: `barscope prune` as a user runs it, and the switch that it makes live */
#include <glib/gstdio.h>
#include <string.h>

#include "inference/model/bs-model.h"
#include "tests/bs-test-output.h"

static char *
run (const char *arguments, int status, char **err)
{
  g_autofree char *command = g_strdup_printf ("'%s' %s", g_getenv ("BARSCOPE"), arguments);

  return bs_test_run (command, status, err);
}

static void
assert_fails (const char *arguments, int status, const char *message)
{
  g_autofree char *err = NULL;
  g_autofree char *out = run (arguments, status, &err);

  g_assert_cmpstr (out, ==, "");
  if (strstr (err, message) == NULL)
    g_error ("\"%s\" does not say \"%s\"", err, message);
}

static void
test_prune (void)
{
  g_autofree char *folder = g_dir_make_tmp ("barscope-XXXXXX", NULL);
  g_autofree char *bars = g_build_filename (folder, "bars.csv", NULL), *model = g_build_filename (folder, "m.safetensors", NULL);
  g_autofree char *tuned = g_build_filename (folder, "t.safetensors", NULL);
  g_autofree char *plain = g_build_filename (folder, "plain.safetensors", NULL);
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  g_autofree char *generate = g_strdup_printf ("generate --bars 1500 --output '%s'", bars);
  g_autofree char *prune = g_strdup_printf ("prune '%s' --keep 0.5 --output '%s'", source, model);
  g_autofree char *finetune
    = g_strdup_printf ("prune '%s' --finetune '%s' --epochs 2 --output '%s'", source, bars, tuned);
  g_autofree char *on = g_strdup_printf ("predict '%s' --model '%s' --set prune=on --format csv", bars, model);
  g_autofree char *off = g_strdup_printf ("predict '%s' --model '%s' --format csv", bars, model);
  g_autofree char *without = g_strdup_printf ("predict '%s' --model '%s' --set prune=on", bars, plain);
  g_autofree char *err = NULL, *err_2 = NULL, *err_3 = NULL, *err_4 = NULL, *err_5 = NULL, *err_6 = NULL;
  g_autofree char *made = run (generate, 0, &err);
  g_autofree char *said = run (prune, 0, &err_2);
  g_autofree char *said_tuned = run (finetune, 0, &err_3);
  g_autofree char *convert = g_strdup_printf ("convert '%s' '%s' --pruned", model, plain);
  g_autofree char *alone = g_strdup_printf ("predict '%s' --model '%s' --format csv", bars, plain);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) full = bs_model_load (source, &error), both = bs_model_load (model, &error);
  g_autoptr (BsModel) fine = bs_model_load (tuned, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (said, "hidden units 64 -> 32 in each of 2 layers"));
  g_assert_nonnull (strstr (said_tuned, "hidden units 64 -> 45 in each of 2 layers"));
  g_assert_nonnull (strstr (said, "the same class"));
  g_assert_cmpuint (bs_model_pruned (both)->hidden, ==, 32);
  g_assert_cmpuint (bs_model_pruned (fine)->hidden, ==, 45);
  g_assert_nonnull (strstr (bs_model_metadata (both, "pruned"), "\"hidden\": 32"));
  g_assert_cmpfloat (bs_model_pruned (fine)->temperature, ==, full->temperature);
  g_assert_cmpmem (both->layers[1].w_hh, 256 * 64 * sizeof (float), full->layers[1].w_hh, 256 * 64 * sizeof (float));

  /* The switch runs the variant: its answer is that of the variant in a file of its own. */
  {
    g_autofree char *by_variant = run (on, 0, &err_4), *by_full = run (off, 0, &err_5);
    g_autofree char *converted = run (convert, 0, &err_6);
    g_autofree char *err_7 = NULL;
    g_autofree char *by_plain = run (alone, 0, &err_7);

    g_assert_cmpstr (by_variant, !=, by_full);
    g_assert_cmpstr (by_variant, ==, by_plain);
  }
  assert_fails (without, 2, "prune=on cannot be had: the model file has no pruned variant");

  g_unlink (bars);
  g_unlink (model);
  g_unlink (tuned);
  g_unlink (plain);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_errors (void)
{
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  g_autofree char *no_output = g_strdup_printf ("prune '%s'", source);
  g_autofree char *keep = g_strdup_printf ("prune '%s' --keep 1 --output x", source);
  g_autofree char *all = g_strdup_printf ("prune '%s' --keep 0.999 --output x", source);
  g_autofree char *bars = g_strdup_printf ("prune '%s' --finetune /nonexistent --output x", source);

  assert_fails ("prune", 2, "MODEL is missing");
  assert_fails ("prune a b --output x", 2, "'b' is one argument too many");
  assert_fails ("prune /nonexistent --output x", 1, "/nonexistent: No such file");
  assert_fails (no_output, 2, "--output MODEL is missing");
  assert_fails (keep, 2, "--keep: expected a number between 0 and 1, got 1");
  assert_fails (all, 1, "--keep 0.999 leaves all 64 hidden units");
  assert_fails (bars, 1, "/nonexistent");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/prune/prune", test_prune);
  g_test_add_func ("/command/prune/errors", test_errors);
  return g_test_run ();
}
