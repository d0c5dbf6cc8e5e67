/* test-command-convert.c: `barscope convert` as a user runs it, and an ONNX file in place of a model */
#include <glib/gstdio.h>
#include <string.h>

#include "inference/model/bs-model.h"
#include "tests/bs-test-output.h"

typedef struct
{
  char *folder, *model, *bars;
} Files;

static void
set_up (Files *files, gconstpointer data)
{
  files->folder = g_dir_make_tmp ("barscope-XXXXXX", NULL);
  files->model = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  files->bars = g_test_build_filename (G_TEST_DIST, "..", "resources", "sample-1m.csv.gz", NULL);
}

static void
tear_down (Files *files, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (files->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (files->folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (files->folder), ==, 0);
  g_free (files->folder);
  g_free (files->model);
  g_free (files->bars);
}

/* Runs barscope; (transfer full): its output, with errors at @err (transfer full). */
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

/* There and back gives the same network and the same card; the ONNX file serves as a model as it is. */
static void
test_round_trip (Files *files, gconstpointer data)
{
  g_autofree char *onnx = g_build_filename (files->folder, "m.onnx", NULL);
  g_autofree char *back = g_build_filename (files->folder, "m.safetensors", NULL);
  g_autofree char *to = g_strdup_printf ("convert '%s' '%s'", files->model, onnx);
  g_autofree char *from = g_strdup_printf ("convert '%s' '%s' --metadata name=Other", onnx, back);
  g_autofree char *predict_first = g_strdup_printf ("predict '%s' --format json", files->bars);
  g_autofree char *predict_onnx = g_strdup_printf ("predict '%s' --format csv --model '%s'", files->bars, onnx);
  g_autofree char *predict_own = g_strdup_printf ("predict '%s' --format csv --model '%s'", files->bars, files->model);
  g_autoptr (GError) error = NULL;
  g_autofree char *err = NULL, *err_2 = NULL, *err_3 = NULL, *err_4 = NULL;
  g_autofree char *said = run (to, 0, &err), *said_back = run (from, 0, &err_2);
  g_autofree char *by_onnx = run (predict_onnx, 0, &err_3), *by_own = run (predict_own, 0, &err_4);
  g_autoptr (BsModel) model = bs_model_load (files->model, &error), again = bs_model_load (back, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (said, "2 LSTM layers of 64, 2 Linear, 62 inputs, T 20, causal"));
  g_assert_cmpstr (by_onnx, ==, by_own);
  g_assert_cmpfloat (model->temperature, ==, again->temperature);
  g_assert_cmpmem (model->layers[1].w_hh, 256 * 64 * sizeof (float), again->layers[1].w_hh, 256 * 64 * sizeof (float));
  g_assert_cmpmem (model->scale, 62 * sizeof (double), again->scale, 62 * sizeof (double));
  g_assert_cmpstr (bs_model_metadata (model, "validation"), ==, bs_model_metadata (again, "validation"));
  g_assert_cmpstr (bs_model_metadata (again, "name"), ==, "Other");
}

/* A file of PyTorch's says neither features nor classes, and may leave the scaler to others. */
static void
test_pytorch (Files *files, gconstpointer data)
{
  g_autofree char *golden = g_test_build_filename (G_TEST_DIST, "reference", "golden", "onnx", "legacy-last.onnx", NULL);
  g_autofree char *out = g_build_filename (files->folder, "m.safetensors", NULL);
  g_autofree char *scaler = g_build_filename (files->folder, "s.json", NULL);
  g_autofree char *bare = g_strdup_printf ("convert '%s' '%s'", golden, out);
  g_autofree char *whole = g_strdup_printf ("%s --metadata feature_set=legacy --metadata classes=short,hold,long --scaler '%s'",
                                            bare, scaler);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = NULL;
  g_autofree char *err = NULL, *said = NULL;

  assert_fails (bare, 1, "metadata entry \"feature_set\" is missing");
  assert_fails (whole, 1, "s.json: No such file");
  g_file_set_contents (scaler, "{\"mean\":[1,2,3,4,5],\"scale\":[1,2,3,4]}", -1, NULL);
  assert_fails (whole, 1, "s.json: 5 means and 4 scales");
  g_file_set_contents (scaler, "{\"mean\":[1,2,3,4,5],\"scale\":[1,2,3,4,0]}", -1, NULL);
  assert_fails (whole, 1, "s.json: \"scale\": number 5 is 0; a scale must be above 0");
  g_file_set_contents (scaler, "{\"mean\":[1,2,3,4,5],\"scale\":[1,2,3,4,", -1, NULL);
  assert_fails (whole, 1, "s.json: line 1, column ");
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  g_file_set_contents (scaler, "{\"mean\":[1,2,3,4,5],\"scale\":[1,2,3,4,5e-1]}", -1, NULL);
  said = run (whole, 0, &err);
  model = bs_model_load (out, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (model->scale[4], ==, 0.5);
  g_assert_cmpfloat (model->mean[4], ==, 5);
  g_assert_cmpuint (model->sequence_length, ==, 7);
}

static void
test_errors (Files *files, gconstpointer data)
{
  g_autofree char *bad = g_test_build_filename (G_TEST_DIST, "reference", "golden", "onnx", "bad-gru.onnx", NULL);
  g_autofree char *out = g_build_filename (files->folder, "m.safetensors", NULL);
  g_autofree char *refused = g_strdup_printf ("convert '%s' '%s'", bad, out);
  g_autofree char *nowhere = g_strdup_printf ("convert '%s' '%s/none/m.onnx'", files->model, files->folder);
  g_autofree char *pruned = g_strdup_printf ("convert '%s' '%s' --pruned", bad, out);
  g_autofree char *scaler = g_strdup_printf ("convert '%s' '%s' --scaler x", files->model, out);
  g_autofree char *metadata = g_strdup_printf ("convert '%s' '%s' --metadata x", files->model, out);

  assert_fails ("convert", 2, "expected two files: IN OUT");
  assert_fails ("convert a b c", 2, "expected two files, no more");
  assert_fails ("convert /nonexistent.onnx b", 1, "/nonexistent.onnx: No such file");
  assert_fails (refused, 1, "node \"/lstm/GRU\" (GRU): this operator has no place");
  assert_fails (pruned, 1, "node \"/lstm/GRU\"");
  assert_fails (nowhere, 1, "none/m.onnx");
  assert_fails (scaler, 2, "--scaler: a safetensors model has its own");
  assert_fails (metadata, 2, "--metadata 'x': expected KEY=VALUE");
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/command/convert/round-trip", Files, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/command/convert/pytorch", Files, NULL, set_up, test_pytorch, tear_down);
  g_test_add ("/command/convert/errors", Files, NULL, set_up, test_errors, tear_down);
  return g_test_run ();
}
