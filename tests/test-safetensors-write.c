/* test-safetensors-write.c: what is written is read again to the bit, is written whole or not at all, and always the same */
#include "inference/model/bs-safetensors-write.h"
#include "tests/bs-test-safetensors.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static BsModel *
load (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  BsModel *model = bs_model_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "m", &error);

  g_assert_no_error (error);
  return model;
}

static void
assert_same_network (const BsModel *a, const BsModel *b)
{
  g_assert_cmpuint (a->n_inputs, ==, b->n_inputs);
  g_assert_cmpuint (a->hidden, ==, b->hidden);
  g_assert_cmpuint (a->n_layers, ==, b->n_layers);
  g_assert_cmpuint (a->n_linear, ==, b->n_linear);
  g_assert_cmpuint (a->sequence_length, ==, b->sequence_length);
  g_assert_cmpint (a->feature_set, ==, b->feature_set);
  g_assert_cmpfloat (a->temperature, ==, b->temperature);
  for (guint k = 0; k < a->n_layers; k++)
    {
      const BsLstmLayer *left = &a->layers[k], *right = &b->layers[k];
      const gsize rows = 4 * a->hidden;

      g_assert_cmpmem (left->w_ih, rows * left->n_inputs * sizeof (float), right->w_ih,
                       rows * right->n_inputs * sizeof (float));
      g_assert_cmpmem (left->w_hh, rows * a->hidden * sizeof (float), right->w_hh, rows * b->hidden * sizeof (float));
      g_assert_cmpmem (left->bias, rows * sizeof (float), right->bias, rows * sizeof (float));
    }
  for (guint k = 0; k < a->n_linear; k++)
    {
      const BsLinearLayer *left = &a->linear[k], *right = &b->linear[k];
      const gsize n = (gsize) left->n_outputs * left->n_inputs;

      g_assert_cmpmem (left->weight, n * sizeof (float), right->weight,
                       (gsize) right->n_outputs * right->n_inputs * sizeof (float));
      g_assert_cmpmem (left->bias, left->n_outputs * sizeof (float), right->bias, right->n_outputs * sizeof (float));
    }
  g_assert_cmpmem (a->mean, a->n_inputs * sizeof (double), b->mean, b->n_inputs * sizeof (double));
  g_assert_cmpmem (a->scale, a->n_inputs * sizeof (double), b->scale, b->n_inputs * sizeof (double));
}

static void
test_round_trip (void)
{
  static const guint shapes[][4] = { { 1, 1, 1, 1 }, { 62, 64, 2, 20 }, { 7, 48, 3, 37 }, { 63, 5, 8, 4096 } };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (BsModel) model = bs_model_new_random (shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3], i + 1);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL, twice = NULL;
      g_autoptr (BsModel) again = NULL;

      model->temperature = 0.1 * (i + 7);
      model->feature_set = i % 2 ? BS_FEATURE_SET_LEGACY : BS_FEATURE_SET_CAUSAL;
      ((double *) model->mean)[0] = -1.0 / 3;
      ((double *) model->scale)[0] = 1e-300;
      bytes = bs_model_to_bytes (model, NULL, NULL, &error);
      g_assert_no_error (error);
      again = load (bytes);
      assert_same_network (model, again);
      g_assert_null (bs_model_pruned (again));
      twice = bs_model_to_bytes (again, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (bytes, twice));
    }
}

static void
test_pruned (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (6, 9, 2, 5, 1);
  g_autoptr (BsModel) small = bs_model_new_random (6, 4, 2, 5, 2);
  g_autoptr (BsModel) other = bs_model_new_random (5, 4, 2, 5, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bs_model_to_bytes (model, small, NULL, &error);
  g_autoptr (BsModel) again = load (bytes);

  g_assert_no_error (error);
  assert_same_network (model, again);
  g_assert_nonnull (bs_model_pruned (again));
  assert_same_network (small, bs_model_pruned (again));

  /* a network that is no variant of the other */
  g_assert_null (bs_model_to_bytes (model, other, NULL, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_TENSOR);
}

static void
test_metadata (void)
{
  static const char *const value = "say \"hi\"\\ \n\t\001 \xc3\xa9 {\"accuracy\":0.5}";
  g_autoptr (BsModel) model = bs_model_new_random (2, 3, 1, 4, 1);
  g_autoptr (GTree) metadata = bs_model_metadata_copy (model);
  g_autoptr (GTree) more = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL, changed = NULL;
  g_autoptr (BsModel) again = NULL, last = NULL;

  g_assert_cmpint (g_tree_nnodes (metadata), ==, 0);
  bs_model_metadata_set (metadata, "validation", value);
  bs_model_metadata_set (metadata, "key \"quoted\"", "x");
  bs_model_metadata_set (metadata, "sequence_length", "17"); /* the model's own stands */
  bytes = bs_model_to_bytes (model, NULL, metadata, &error);
  g_assert_no_error (error);
  again = load (bytes);
  g_assert_cmpuint (again->sequence_length, ==, 4);
  g_assert_cmpstr (bs_model_metadata (again, "validation"), ==, value);
  g_assert_cmpstr (bs_model_metadata (again, "key \"quoted\""), ==, "x");
  g_assert_null (bs_model_metadata (again, "temperature"));

  more = bs_model_metadata_copy (again);
  bs_model_metadata_set (more, "validation", NULL);
  bs_model_metadata_set (more, "name", "n");
  changed = bs_model_to_bytes (again, NULL, more, &error);
  g_assert_no_error (error);
  last = load (changed);
  g_assert_null (bs_model_metadata (last, "validation"));
  g_assert_cmpstr (bs_model_metadata (last, "name"), ==, "n");
  g_assert_cmpstr (bs_model_metadata (last, "key \"quoted\""), ==, "x");

  bs_model_metadata_set (more, "name", "\xff");
  g_assert_null (bs_model_to_bytes (again, NULL, more, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_METADATA);
  g_assert_cmpstr (error->message, ==, "metadata entry \"name\" is not UTF-8");
}

static void
test_bad_numbers (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (2, 3, 1, 4, 1);
  g_autoptr (GError) error = NULL;

  ((float *) model->layers[0].w_hh)[2] = NAN;
  g_assert_null (bs_model_to_bytes (model, NULL, NULL, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_TENSOR);
  g_assert_nonnull (strstr (error->message, "tensor \"lstm.weight_hh_l0\": element 2 is nan"));
}

static void
test_save (void)
{
  g_autofree char *folder = g_dir_make_tmp ("barscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "m.safetensors", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "none", "m.safetensors", NULL);
  g_autoptr (BsModel) first = bs_model_new_random (2, 3, 1, 4, 1), second = bs_model_new_random (2, 4, 1, 4, 2);
  g_autoptr (BsModel) bad = bs_model_new_random (2, 3, 1, 4, 1);
  g_autoptr (BsModel) again = NULL, still = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  GStatBuf info;

  g_assert_true (bs_model_save (first, NULL, NULL, path, &error));
  g_assert_true (bs_model_save (second, NULL, NULL, path, &error));
  g_assert_no_error (error);
  again = bs_model_load (path, &error);
  g_assert_no_error (error);
  assert_same_network (second, again);

  /* what cannot be written leaves what is there */
  ((double *) bad->scale)[1] = -1;
  g_assert_false (bs_model_save (bad, NULL, NULL, path, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_TENSOR);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_clear_error (&error);
  still = bs_model_load (path, &error);
  g_assert_no_error (error);
  assert_same_network (second, still);

  g_assert_false (bs_model_save (first, NULL, NULL, nowhere, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE);
  g_assert_true (g_str_has_prefix (error->message, nowhere));
  g_clear_error (&error);
  g_assert_false (bs_model_save (first, NULL, NULL, folder, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE);

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (g_unlink (path), ==, 0);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_null (g_dir_read_name (dir)); /* nothing temporary stays */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors-write/round-trip", test_round_trip);
  g_test_add_func ("/safetensors-write/pruned", test_pruned);
  g_test_add_func ("/safetensors-write/metadata", test_metadata);
  g_test_add_func ("/safetensors-write/bad-numbers", test_bad_numbers);
  g_test_add_func ("/safetensors-write/save", test_save);
  return g_test_run ();
}
