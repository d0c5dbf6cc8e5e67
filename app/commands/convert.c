/* convert.c: `barscope convert`: a model between safetensors and ONNX */
#include <stdio.h>
#include <string.h>

#include "app/commands/bs-command.h"
#include "inference/model/bs-json.h"
#include "inference/model/bs-model-private.h"
#include "inference/model/bs-onnx.h"
#include "inference/model/bs-safetensors-write.h"

#define MAX_SCALER_BYTES 1000000

/* What --scaler names: {"mean": [..], "scale": [..]} */
typedef struct
{
  double mean[BS_MODEL_MAX_INPUTS], scale[BS_MODEL_MAX_INPUTS];
  guint n;
} Scaler;

static gboolean
read_numbers (const BsJsonValue *root, const char *name, double *numbers, guint *n, GError **error)
{
  const BsJsonValue *array = bs_json_get_member (root, name, error);

  if (array == NULL)
    return FALSE;
  *n = bs_json_length (array);
  if (bs_json_type (array) != BS_JSON_ARRAY || *n < 1 || *n > BS_MODEL_MAX_INPUTS)
    {
      g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_TYPE, "\"%s\": expected an array of 1 to %d numbers", name,
                   BS_MODEL_MAX_INPUTS);
      return FALSE;
    }
  for (const BsJsonValue *value = bs_json_first (array); value != NULL; value = bs_json_next (value))
    if (!bs_json_get_number (value, numbers++, error))
      return FALSE;
  return TRUE;
}

static gboolean
parse_scaler (const char *text, gsize size, Scaler *scaler, GError **error)
{
  g_autoptr (BsJson) json = bs_json_parse (text, size, 0, error);
  guint n_mean;

  if (json == NULL || !read_numbers (bs_json_root (json), "mean", scaler->mean, &n_mean, error)
      || !read_numbers (bs_json_root (json), "scale", scaler->scale, &scaler->n, error))
    return FALSE;
  if (n_mean != scaler->n)
    {
      g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_TYPE, "%u means and %u scales; expected as many of both", n_mean,
                   scaler->n);
      return FALSE;
    }
  for (guint i = 0; i < scaler->n; i++)
    if (!(scaler->scale[i] > 0))
      {
        g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_TYPE, "\"scale\": number %u is %g; a scale must be above 0",
                     i + 1, scaler->scale[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_scaler (const char *path, Scaler *scaler, GError **error)
{
  gsize size = 0;
  g_autofree guint8 *data = bs_model_read_file (path, &size, error);

  if (data == NULL)
    return FALSE;
  if (size > MAX_SCALER_BYTES)
    g_set_error (error, BS_JSON_ERROR, BS_JSON_ERROR_LIMIT, "is larger than 1 MB");
  else if (parse_scaler ((const char *) data, size, scaler, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

/* --metadata KEY=VALUE; %FALSE with an exit status. */
static gboolean
add_metadata (char **assignments, GTree *metadata, int *status)
{
  for (guint i = 0; assignments != NULL && assignments[i] != NULL; i++)
    {
      const char *equals = strchr (assignments[i], '=');
      g_autofree char *key = NULL;

      if (equals == NULL || equals == assignments[i] || !g_utf8_validate (assignments[i], -1, NULL))
        {
          *status = bs_command_usage_error ("convert", "--metadata '%s': expected KEY=VALUE", assignments[i]);
          return FALSE;
        }
      key = g_strndup (assignments[i], (gsize) (equals - assignments[i]));
      bs_model_metadata_set (metadata, key, equals + 1);
    }
  return TRUE;
}

static BsModel *
load (const char *path, const BsOnnxHints *hints, GError **error)
{
  gsize size = 0;
  g_autofree guint8 *data = bs_model_read_file (path, &size, error);

  if (data == NULL)
    return NULL;
  return bs_onnx_is_name (path) ? bs_onnx_read (data, size, path, hints, error)
                                : bs_model_load_bytes (data, size, path, error);
}

static gboolean
save (const BsModel *model, GTree *more, gboolean pruned, const char *path, GError **error)
{
  g_autoptr (GTree) metadata = bs_model_metadata_copy (model);
  g_autoptr (GBytes) bytes = NULL;

  bs_model_metadata_merge (metadata, more);
  if (!bs_onnx_is_name (path))
    return bs_model_save (model, pruned ? NULL : bs_model_pruned (model), metadata, path, error);
  bytes = bs_onnx_write (model, metadata, error);
  if (bytes == NULL)
    return FALSE;
  return g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, error);
}

static void
describe (const BsModel *model, const char *path)
{
  printf ("%s: %u LSTM layer%s of %u, %u Linear, %u inputs, T %u, %s\n", path, model->n_layers,
          model->n_layers == 1 ? "" : "s", model->hidden, model->n_linear, model->n_inputs, model->sequence_length,
          model->feature_set == BS_FEATURE_SET_LEGACY ? "legacy" : "causal");
}

static int
convert_run (int argc, char **argv)
{
  g_auto (GStrv) assignments = NULL;
  g_autofree char *scaler_path = NULL;
  gboolean pruned = FALSE;
  const GOptionEntry entries[] = {
    { "metadata", 0, 0, G_OPTION_ARG_STRING_ARRAY, &assignments, "Set an entry of the model's metadata (repeatable)",
      "KEY=VALUE" },
    { "scaler", 0, 0, G_OPTION_ARG_FILENAME, &scaler_path,
      "Scale inputs by this, for an ONNX file that does not: JSON {\"mean\": [..], \"scale\": [..]}", "FILE" },
    { "pruned", 0, 0, G_OPTION_ARG_NONE, &pruned, "Write the pruned variant of IN", NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("IN OUT");
  g_autoptr (GTree) metadata = bs_model_metadata_new ();
  g_autofree Scaler *scaler = g_new0 (Scaler, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = NULL;
  BsOnnxHints hints = { .metadata = metadata };
  const BsModel *chosen;
  int status;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context,
                                "Writes the model IN to the file OUT; what ends in .onnx is ONNX, any other safetensors.");
  g_option_context_set_description (
    context,
    "The ONNX file takes features as they are (double, [batch, T, F]) and gives probabilities (float, [batch, 3]).\n"
    "Read is what PyTorch exports of an LSTM classifier; what its file does not say has to be said here:\n"
    "  barscope convert classifier.onnx model.safetensors --metadata feature_set=causal \\\n"
    "    --metadata classes=short,hold,long --scaler scaler.json");
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc != 3)
    return bs_command_usage_error ("convert", argc < 3 ? "expected two files: IN OUT" : "expected two files, no more");
  if (!add_metadata (assignments, metadata, &status))
    return status;
  if (scaler_path != NULL && !bs_onnx_is_name (argv[1]))
    return bs_command_usage_error ("convert", "--scaler: a safetensors model has its own");

  if (scaler_path != NULL)
    {
      if (!read_scaler (scaler_path, scaler, &error))
        return bs_command_failed ("convert", "%s", error->message);
      hints.mean = scaler->mean;
      hints.scale = scaler->scale;
      hints.n_scaler = scaler->n;
    }
  model = load (argv[1], &hints, &error);
  if (model == NULL)
    return bs_command_failed ("convert", "%s", error->message);
  chosen = pruned ? bs_model_pruned (model) : model;
  if (chosen == NULL)
    return bs_command_failed ("convert", "--pruned: %s has no pruned variant", argv[1]);
  if (!save (chosen, metadata, pruned, argv[2], &error))
    return bs_command_failed ("convert", "%s", error->message);
  if (!pruned && bs_model_pruned (model) != NULL && bs_onnx_is_name (argv[2]))
    fprintf (stderr, "barscope convert: the pruned variant is left out; write it with --pruned to a file of its own\n");
  describe (chosen, argv[2]);
  return BS_EXIT_DONE;
}

const BsCommand bs_command_convert = { "convert", "Convert a model between safetensors and ONNX", convert_run };
