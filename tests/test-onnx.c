/* test-onnx.c: models out to ONNX and in again; what PyTorch's exporters write; what is refused, and by which name */
#include "inference/engine/bs-engine.h"
#include "inference/model/bs-onnx.h"
#include "inference/model/bs-onnx.pb-c.h"
#include "inference/model/bs-safetensors-write.h"
#include "inference/model/bs-safetensors.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 1e-5 /* of a probability, from FP32 summed in another order; the issue's bound */

static char *
golden (const char *name, gsize *size)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "golden", "onnx", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data = NULL;

  g_file_get_contents (path, &data, size, &error);
  g_assert_no_error (error);
  return data;
}

/* What a PyTorch export does not say. */
static GTree *
new_metadata (void)
{
  GTree *metadata = bs_model_metadata_new ();

  bs_model_metadata_set (metadata, "feature_set", "causal");
  bs_model_metadata_set (metadata, "classes", "short,hold,long");
  return metadata;
}

static BsModel *
read_golden (const char *name, GError **error)
{
  g_autoptr (GTree) metadata = new_metadata ();
  const BsOnnxHints hints = { .metadata = metadata };
  gsize size;
  g_autofree char *data = golden (name, &size);

  return bs_onnx_read ((const guint8 *) data, size, name, &hints, error);
}

/* --- PyTorch's exports --- */

static void
predict (BsModel *model, const float *windows, guint n, float *probabilities)
{
  const gsize F = model->n_inputs, n_rows = (gsize) n * model->sequence_length;
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsEngine) engine = NULL;
  g_autofree float *inputs = g_new (float, n_rows * F);

  options.max_batch = n;
  engine = bs_engine_new (bs_engine_class_by_name ("reference"), model, &options, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n_rows * F; i++)
    inputs[i] = (float) (((double) windows[i] - model->mean[i % F]) / model->scale[i % F]);
  g_assert_true (bs_engine_predict (engine, inputs, n, probabilities, NULL, &error));
  g_assert_no_error (error);
}

static void
test_pytorch (gconstpointer data)
{
  const char *stem = data;
  g_autofree char *name = g_strconcat (stem, ".onnx", NULL), *answers = g_strconcat (stem, ".answers.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = read_golden (name, &error);
  gsize size;
  g_autofree char *bytes = golden (answers, &size);
  g_autoptr (BsSafetensors) file = bs_safetensors_new ((const guint8 *) bytes, size, NULL);
  const BsTensor *windows = bs_safetensors_find (file, "windows"), *expected = bs_safetensors_find (file, "probabilities");
  g_autofree float *inputs = g_new (float, windows->n_elements);
  g_autofree float *found = g_new (float, expected->n_elements);

  g_assert_no_error (error);
  g_assert_cmpuint (model->sequence_length, ==, windows->shape[1]);
  g_assert_cmpuint (model->n_inputs, ==, windows->shape[2]);
  for (gsize i = 0; i < windows->n_elements; i++)
    {
      double value;

      bs_tensor_read (windows, i, 1, &value);
      inputs[i] = (float) value;
    }
  predict (model, inputs, (guint) windows->shape[0], found);
  for (gsize i = 0; i < expected->n_elements; i++)
    {
      double value;

      bs_tensor_read (expected, i, 1, &value);
      g_assert_cmpfloat_with_epsilon (found[i], value, TOLERANCE);
    }
}

static void
test_scaled (void)
{
  static const double mean[] = { 1, -2, 30, 0.25, 0 }, scale[] = { 0.5, 2, 10, 4, 1 };
  static const double hint_mean[] = { 0, 0, 100, 0, 0 }, hint_scale[] = { 1, 1, 2, 1, 1 };
  g_autoptr (GTree) metadata = new_metadata ();
  BsOnnxHints hints = { .metadata = metadata, .mean = hint_mean, .scale = hint_scale, .n_scaler = 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = read_golden ("legacy-scaled.onnx", &error);
  g_autoptr (BsModel) twice = NULL;
  gsize size;
  g_autofree char *data = golden ("legacy-scaled.onnx", &size);

  g_assert_no_error (error);
  g_assert_cmpfloat (model->temperature, ==, 1.5);
  g_assert_cmpuint (model->n_linear, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (mean); i++)
    {
      g_assert_cmpfloat (model->mean[i], ==, mean[i]);
      g_assert_cmpfloat (model->scale[i], ==, scale[i]);
    }

  /* the user's scaler goes before the graph's: ((x - 100) / 2 - 30) / 10 */
  twice = bs_onnx_read ((const guint8 *) data, size, "m", &hints, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (twice->mean[2], ==, 160);
  g_assert_cmpfloat (twice->scale[2], ==, 20);
  hints.n_scaler = 4;
  g_assert_null (bs_onnx_read ((const guint8 *) data, size, "m", &hints, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "m: the scaler has 4 features, the network 5");
}

static const struct
{
  const char *name, *message; /* parts of it in order */
} bad[] = {
  { "bad-bidirectional.onnx", "(LSTM): *of one direction" },
  { "bad-gru.onnx", "node \"/lstm/GRU\" (GRU): this operator has no place" },
  { "bad-first-step.onnx", "node \"/Gather\" (Gather): does not take the last step" },
  { "bad-mean.onnx", "node \"/ReduceMean\" (ReduceMean): this operator has no place" },
  { "bad-shortcut.onnx", "begins a second branch" },
  { "bad-tanh.onnx", "node \"/Tanh\" (Tanh): this operator has no place" },
  { "bad-classes.onnx", "output \"y\": expected 3 classes" },
  { "bad-cell.onnx", "(LSTM): the answer depends on it*the last cell state" },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BsModel) model = read_golden (bad[i].name, &error);
      g_autofree char *pattern = g_strconcat ("*", bad[i].message, "*", NULL);

      g_assert_null (model);
      g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT);
      if (!g_pattern_match_simple (pattern, error->message))
        g_error ("%s: \"%s\" does not say \"%s\"", bad[i].name, error->message, bad[i].message);
    }
}

/* What the file does not say has to be said. */
static void
test_missing_metadata (void)
{
  g_autoptr (GTree) metadata = bs_model_metadata_new ();
  BsOnnxHints hints = { .metadata = metadata };
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree char *data = golden ("legacy-last.onnx", &size);

  g_assert_null (bs_onnx_read ((const guint8 *) data, size, "m", NULL, &error));
  g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_METADATA);
  g_assert_nonnull (strstr (error->message, "\"feature_set\" is missing"));
  g_clear_error (&error);

  bs_model_metadata_set (metadata, "feature_set", "legacy");
  bs_model_metadata_set (metadata, "classes", "short,hold,long");
  bs_model_metadata_set (metadata, "sequence_length", "8");
  g_assert_null (bs_onnx_read ((const guint8 *) data, size, "m", &hints, &error));
  g_assert_nonnull (strstr (error->message, "\"sequence_length\" is \"8\"; the graph takes 7 steps"));
  g_clear_error (&error);
  bs_model_metadata_set (metadata, "sequence_length", NULL);
  bs_model_metadata_set (metadata, "temperature", "2");
  g_assert_null (bs_onnx_read ((const guint8 *) data, size, "m", &hints, &error));
  g_assert_nonnull (strstr (error->message, "\"temperature\" is \"2\"; the graph divides by 1"));
}

/* --- our own --- */

static GBytes *
write_model (const BsModel *model, GTree *metadata)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = bs_onnx_write (model, metadata, &error);

  g_assert_no_error (error);
  return bytes;
}

static BsModel *
read_bytes (GBytes *bytes, GError **error)
{
  return bs_onnx_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "m", NULL, error);
}

/* Every number comes back to the bit: the safetensors of both are the same. */
static void
test_round_trip (void)
{
  static const guint shapes[][4] = { { 1, 1, 1, 1 }, { 62, 64, 2, 20 }, { 7, 48, 3, 37 }, { 63, 5, 8, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (BsModel) model = bs_model_new_random (shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3], i + 1);
      g_autoptr (GTree) metadata = bs_model_metadata_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL, before = NULL, after = NULL;
      g_autoptr (BsModel) again = NULL;

      model->temperature = i ? 0.1 * (i + 7) : 1;
      model->feature_set = i % 2 ? BS_FEATURE_SET_LEGACY : BS_FEATURE_SET_CAUSAL;
      for (guint k = 0; k < model->n_inputs; k++)
        {
          ((double *) model->mean)[k] = k / 3.0;
          ((double *) model->scale)[k] = 1 + k / 7.0;
        }
      bs_model_metadata_set (metadata, "validation", "{\"accuracy\": 0.5}");
      bytes = write_model (model, metadata);
      g_assert_null (g_tree_lookup (metadata, "format")); /* the caller's entries stay as they were */
      again = read_bytes (bytes, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (bs_model_metadata (again, "validation"), ==, "{\"accuracy\": 0.5}");
      before = bs_model_to_bytes (model, NULL, metadata, &error);
      g_assert_no_error (error);
      after = bs_model_to_bytes (again, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (before, after));
    }
}

/* --- files that lie --- */

static BsOnnx__Model *
unpack (const BsModel *model)
{
  g_autoptr (GBytes) bytes = write_model (model, NULL);
  BsOnnx__Model *file = bs_onnx__model__unpack (NULL, g_bytes_get_size (bytes), g_bytes_get_data (bytes, NULL));

  g_assert_nonnull (file);
  return file;
}

static BsOnnx__Node *
find_node (const BsOnnx__Model *file, const char *type)
{
  for (gsize i = 0; i < file->graph->n_node; i++)
    if (strcmp (file->graph->node[i]->op_type, type) == 0)
      return file->graph->node[i];
  g_error ("no %s", type);
}

static BsOnnx__Tensor *
find_tensor (const BsOnnx__Model *file, const char *name)
{
  for (gsize i = 0; i < file->graph->n_initializer; i++)
    if (strcmp (file->graph->initializer[i]->name, name) == 0)
      return file->graph->initializer[i];
  g_error ("no %s", name);
}

static void
change_external (BsOnnx__Model *file)
{
  find_tensor (file, "lstm0.W")->data_location = 1;
  find_tensor (file, "lstm0.W")->has_data_location = TRUE;
}

static void
change_short (BsOnnx__Model *file)
{
  find_tensor (file, "lstm0.R")->raw_data.len -= 4;
}

static void
change_shape (BsOnnx__Model *file)
{
  find_tensor (file, "fc1.weight")->dims[0] = G_GINT64_CONSTANT (1) << 62;
}

static void
change_negative (BsOnnx__Model *file)
{
  find_tensor (file, "fc1.weight")->dims[0] = -1;
}

static void
change_type (BsOnnx__Model *file)
{
  find_tensor (file, "fc1.bias")->data_type = 8;
}

static void
change_nan (BsOnnx__Model *file)
{
  memset (find_tensor (file, "fc1.bias")->raw_data.data, 0xff, 4);
}

static void
change_scale (BsOnnx__Model *file)
{
  memset (find_tensor (file, "scaler.scale")->raw_data.data, 0, 8);
}

static void
change_opset (BsOnnx__Model *file)
{
  file->opset_import[0]->version = 99;
}

static void
change_activations (BsOnnx__Model *file)
{
  BsOnnx__Attribute *attribute = find_node (file, "LSTM")->attribute[0];

  attribute->name = strcpy (g_realloc (attribute->name, 12), "activations");
}

static void
change_attribute (BsOnnx__Model *file)
{
  strcpy (find_node (file, "LSTM")->attribute[0]->name, "Hidden_size");
}

static void
change_hidden (BsOnnx__Model *file)
{
  find_node (file, "LSTM")->attribute[0]->i = 4;
}

static void
change_order (BsOnnx__Model *file)
{
  BsOnnx__Node *first = file->graph->node[0];

  file->graph->node[0] = file->graph->node[1];
  file->graph->node[1] = first;
}

static void
change_perm (BsOnnx__Model *file)
{
  find_node (file, "Transpose")->attribute[0]->ints[1] = 1;
}

static void
change_softmax (BsOnnx__Model *file)
{
  find_node (file, "Softmax")->attribute[0]->i = 0;
}

static void
change_input (BsOnnx__Model *file)
{
  file->graph->input[0]->type->tensor_type->elem_type = 7;
}

static void
change_output (BsOnnx__Model *file)
{
  strcpy (file->graph->output[0]->name, "features");
}

static void
change_alpha (BsOnnx__Model *file)
{
  BsOnnx__Attribute *attribute = find_node (file, "Gemm")->attribute[0];

  strcpy (attribute->name, "alpha");
  attribute->has_f = TRUE;
  attribute->f = 0.5f;
}

static void
change_domain (BsOnnx__Model *file)
{
  BsOnnx__Node *node = find_node (file, "LSTM");

  node->domain = g_strdup ("com.example");
}

static void
change_metadata (BsOnnx__Model *file)
{
  file->metadata_props[1]->key = strcpy (g_realloc (file->metadata_props[1]->key, 40), file->metadata_props[0]->key);
}

static void
change_twice (BsOnnx__Model *file)
{
  strcpy (find_tensor (file, "fc2.bias")->name, "fc1.bias");
}

static const struct
{
  void (*change) (BsOnnx__Model *file);
  const char *message;
} lies[] = {
  { change_external, "initializer \"lstm0.W\": its numbers lie in another file" },
  { change_short, "initializer \"lstm0.R\": its shape needs 36 numbers, the file holds 35" },
  { change_shape, "initializer \"fc1.weight\": its shape is not one" },
  { change_negative, "initializer \"fc1.weight\": its shape is not one" },
  { change_type, "initializer \"fc1.bias\": its data type is number 8" },
  { change_nan, "weights of Linear layer 1: number 0 is" },
  { change_scale, "node \"scaled\" (Div): scales feature 0 by what is not" },
  { change_opset, "operator set 99; 9 to 25 are read" },
  { change_activations, "node \"lstm0\" (LSTM): its activations are not" },
  { change_attribute, "node \"lstm0\" (LSTM): attribute \"Hidden_size\" is not one" },
  { change_hidden, "node \"lstm0\" (LSTM): hidden_size is 4; its weights have 3 hidden units" },
  { change_order, "node \"scaled\" (Div): needs \"centred_0\", which nothing before it makes" },
  { change_perm, "node \"time_first\" (Transpose): its order is not one of the axes" },
  { change_softmax, "node \"softmax\" (Softmax): expected over the classes" },
  { change_input, "input \"features\": expected a float or double tensor of three axes" },
  { change_output, "output \"features\": is not what the last layer gives" },
  { change_alpha, "node \"fc1\" (Gemm): expected alpha 1" },
  { change_domain, "node \"lstm0\" (LSTM): this operator has no place" },
  { change_metadata, "metadata entry \"classes\" is there twice" },
  { change_twice, "value \"fc1.bias\": is made twice" },
};

static void
test_lies (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (2, 3, 1, 4, 1);

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      BsOnnx__Model *file = unpack (model);
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *data = NULL;
      gsize size;

      lies[i].change (file);
      size = bs_onnx__model__get_packed_size (file);
      data = g_malloc (size);
      bs_onnx__model__pack (file, data);
      g_assert_null (bs_onnx_read (data, size, "m", NULL, &error));
      if (!strstr (error->message, lies[i].message))
        g_error ("%u: \"%s\" does not say \"%s\"", i, error->message, lies[i].message);
      bs_onnx__model__free_unpacked (file, NULL);
    }
}

/* Bytes that are no ONNX, cut ones, and a nest that would make a recursing parser crash. */
static void
test_garbage (void)
{
  g_autoptr (BsModel) model = bs_model_new_random (2, 3, 1, 4, 1);
  g_autoptr (GBytes) bytes = write_model (model, NULL);
  const gsize size = g_bytes_get_size (bytes);
  g_autoptr (GByteArray) nest = g_byte_array_new ();
  g_autoptr (GByteArray) many = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  for (gsize n = 0; n < size; n += 1 + size / 97)
    {
      g_autofree guint8 *cut = g_memdup2 (g_bytes_get_data (bytes, NULL), n + 1);

      g_assert_null (bs_onnx_read (cut, n, "m", NULL, &error));
      g_assert_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT);
      g_clear_error (&error);
    }

  /* graph > node > attribute > graph (6) > node ..: from the inside out */
  for (guint depth = 0; depth < 20000; depth++)
    {
      static const guint8 tags[] = { 0x0a, 0x2a, 0x32 };
      guint8 head[6] = { tags[depth % 3] };
      guint n = 1;

      for (gsize length = nest->len; n == 1 || length; length >>= 7)
        head[n++] = (guint8) ((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
      g_byte_array_prepend (nest, head, n);
    }
  g_assert_null (bs_onnx_read (nest->data, nest->len, "m", NULL, &error));
  g_clear_error (&error);

  /* two bytes a node, each of which would take a hundred of memory */
  {
    const guint n = 1 << 20;
    guint8 graph_head[] = { 0x3a, 0x80, 0x80, 0x80, 0x01 }; /* graph (7), 2^21 bytes */

    g_byte_array_append (many, graph_head, sizeof graph_head);
    for (guint i = 0; i < n; i++)
      g_byte_array_append (many, (const guint8[]){ 0x0a, 0x00 }, 2);
    g_assert_null (bs_onnx_read (many->data, many->len, "m", NULL, &error));
    g_assert_nonnull (strstr (error->message, "is not an ONNX file"));
  }
}

int
main (int argc, char **argv)
{
  static const char *const stems[]
    = { "legacy-last",        "legacy-state", "legacy-time-first", "legacy-scaled",     "legacy-every-step",
        "legacy-fixed-batch", "dynamo-last",  "dynamo-state",      "dynamo-time-first", "dynamo-scaled",
        "dynamo-every-step",  "dynamo-fixed-batch" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stems); i++)
    {
      g_autofree char *path = g_strconcat ("/onnx/pytorch/", stems[i], NULL);

      g_test_add_data_func (path, stems[i], test_pytorch);
    }
  g_test_add_func ("/onnx/scaled", test_scaled);
  g_test_add_func ("/onnx/bad", test_bad);
  g_test_add_func ("/onnx/missing-metadata", test_missing_metadata);
  g_test_add_func ("/onnx/round-trip", test_round_trip);
  g_test_add_func ("/onnx/lies", test_lies);
  g_test_add_func ("/onnx/garbage", test_garbage);
  return g_test_run ();
}
