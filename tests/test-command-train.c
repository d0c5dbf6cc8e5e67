/* test-command-train.c: `barscope train` as a user runs it */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "inference/model/bs-json.h"
#include "inference/model/bs-model.h"

typedef struct
{
  char *folder, *bars, *model, *report;
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
#define SMALL "--hidden", "4", "--layers", "1", "--epochs", "2", "--sequence", "5"

static void
set_up (Files *files, gconstpointer data)
{
  files->folder = g_dir_make_tmp ("barscope-train-XXXXXX", NULL);
  files->bars = g_build_filename (files->folder, "ES.csv", NULL);
  files->model = g_build_filename (files->folder, "m.safetensors", NULL);
  files->report = g_build_filename (files->folder, "r.json", NULL);
  g_auto (Result) made = RUN ("generate", "--bars", "900", "--output", files->bars);
  g_assert_cmpint (made.status, ==, 0);
}

static void
tear_down (Files *files, gconstpointer data)
{
  g_unlink (files->bars);
  g_unlink (files->model);
  g_unlink (files->report);
  g_assert_cmpint (g_rmdir (files->folder), ==, 0); /* nothing else is left behind */
  g_free (files->folder);
  g_free (files->bars);
  g_free (files->model);
  g_free (files->report);
}

static void
test_train (Files *files, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_auto (Result) result = RUN ("train", files->bars, SMALL, "--output", files->model, "--report", files->report);
  g_assert_cmpint (result.status, ==, 0);
  g_assert_nonnull (strstr (result.out, "etter than "));
  g_assert_nonnull (strstr (result.err, "model epoch 1"));
  g_autoptr (BsModel) model = bs_model_load (files->model, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (model->hidden, ==, 4);
  g_assert_cmpstr (bs_model_metadata (model, "instrument"), ==, "ES");
  g_assert_nonnull (strstr (bs_model_metadata (model, "trained_on"), "OpenBLAS core"));
  g_file_get_contents (files->report, &text, &length, &error);
  g_assert_no_error (error);
  g_autoptr (BsJson) json = bs_json_parse (text, length, 0, &error);
  g_assert_no_error (error);
  const BsJsonValue *root = bs_json_root (json);
  g_assert_cmpstr (bs_json_get_string (bs_json_find (root, "model_sha256"), NULL), ==, model->hash);
  g_assert_cmpuint (bs_json_length (bs_json_find (root, "learning_curve")), >=, 1);
  g_assert_nonnull (bs_json_find (bs_json_find (root, "validation"), "expected_calibration_error"));
  g_assert_nonnull (bs_json_find (bs_json_find (root, "validation"), "int8"));

  /* it answers */
  g_auto (Result) answer = RUN ("predict", "--model", files->model, files->bars);
  g_assert_cmpint (answer.status, ==, 0);
}

static void
assert_fails (Result result, int status, const char *message)
{
  g_assert_cmpint (result.status, ==, status);
  g_assert_cmpstr (result.out, ==, "");
  g_assert_nonnull (strstr (result.err, message));
  result_clear (&result);
}

static void
test_refused (Files *files, gconstpointer data)
{
  assert_fails (RUN ("train", files->bars), 2, "--output MODEL is missing");
  assert_fails (RUN ("train", "--output", files->model), 2, "FILE is missing");
  assert_fails (RUN ("train", files->bars, "--output", files->model, "--folds", "4"), 2, "--folds: expected an integer from 5");
  assert_fails (RUN ("train", files->bars, "--output", files->model, "--hidden", "-1"), 2, "--hidden");
  assert_fails (RUN ("train", files->bars, "--output", files->model, "--report", "r.txt"), 2, ".json or .md");
  assert_fails (RUN ("train", files->bars, SMALL, "--output", files->model, "--bars", "200"), 1, "200 bars are too few");
  g_assert_false (g_file_test (files->model, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/command-train/train", Files, NULL, set_up, test_train, tear_down);
  g_test_add ("/command-train/refused", Files, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
