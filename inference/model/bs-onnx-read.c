/* bs-onnx-read.c: unpacks an ONNX file in bounded memory, and makes a model of the graph that it holds */
#include "inference/model/bs-onnx.h"

#include <math.h>
#include <string.h>

#include "inference/model/bs-json.h"
#include "inference/model/bs-model-private.h"
#include "inference/model/bs-onnx-graph.h"
#include "inference/model/bs-safetensors-write.h"

/* What unpacking may take: each byte of a real model becomes at most a few; a crafted one could ask for a hundred. */
#define MEMORY_FACTOR 8
#define MEMORY_EXTRA 1048576 /* bytes */

gboolean
bs_onnx_available (char **reason)
{
  return TRUE;
}

/* --- bounded unpacking --- */

typedef struct
{
  guint64 left; /* bytes that may still be taken; what is freed does not come back */
} Budget;

static void *
budget_alloc (void *data, size_t size)
{
  Budget *budget = data;

  if (size > budget->left)
    return NULL;
  budget->left -= size;
  return g_try_malloc (size);
}

static void
budget_free (void *data, void *memory)
{
  g_free (memory);
}

/* --- what is beside the graph --- */

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT, message);
  return FALSE;
}

/* The version of the standard operators; others may be imported and not used. */
static gboolean
find_opset (const BsOnnx__Model *file, gint64 *opset, GError **error)
{
  *opset = 0;
  for (gsize i = 0; i < file->n_opset_import; i++)
    {
      const char *domain = file->opset_import[i]->domain;

      if (!domain || !*domain || strcmp (domain, "ai.onnx") == 0)
        *opset = file->opset_import[i]->version;
    }
  if (*opset >= BS_ONNX_MIN_OPSET && *opset <= BS_ONNX_MAX_OPSET)
    return TRUE;
  return refuse (error, "operator set %" G_GINT64_FORMAT "; %d to %d are read (PyTorch: opset_version=17)", *opset,
                 BS_ONNX_MIN_OPSET, BS_ONNX_MAX_OPSET);
}

/* The file's entries, then the caller's; the format goes without saying. */
static GTree *
read_metadata (const BsOnnx__Model *file, const BsOnnxHints *hints, GError **error)
{
  g_autoptr (GTree) metadata = bs_model_metadata_new ();

  for (gsize i = 0; i < file->n_metadata_props; i++)
    {
      const char *key = file->metadata_props[i]->key, *value = file->metadata_props[i]->value;

      if (!key || !value || !g_utf8_validate (key, -1, NULL) || !g_utf8_validate (value, -1, NULL))
        {
          refuse (error, "metadata entry %" G_GSIZE_FORMAT ": expected a key and a value in UTF-8", i);
          return NULL;
        }
      if (g_tree_lookup (metadata, key))
        {
          g_autofree char *quoted = bs_json_quote (key);

          refuse (error, "metadata entry %s is there twice", quoted);
          return NULL;
        }
      bs_model_metadata_set (metadata, key, value);
    }
  if (hints)
    bs_model_metadata_merge (metadata, hints->metadata);
  bs_model_metadata_set (metadata, "format", "barscope-model/1");
  return g_steal_pointer (&metadata);
}

/* What the graph says stands: an entry that says otherwise is refused. */
static gboolean
add_facts (GTree *metadata, const BsOnnxNetwork *network, GError **error)
{
  const char *length = g_tree_lookup (metadata, "sequence_length");
  const char *temperature = g_tree_lookup (metadata, "temperature");
  g_autofree char *own = g_strdup_printf ("%u", network->sequence_length);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (network->sequence_length && length && strcmp (length, own) != 0)
    return refuse (error, "metadata entry \"sequence_length\" is \"%s\"; the graph takes %s steps", length, own);
  if (network->sequence_length)
    bs_model_metadata_set (metadata, "sequence_length", own);

  /* The entry has all digits, the graph a float. */
  if (temperature && (float) g_ascii_strtod (temperature, NULL) != (float) network->temperature)
    return refuse (error, "metadata entry \"temperature\" is \"%s\"; the graph divides by %g", temperature,
                   network->temperature);
  if (!temperature && network->temperature != 1)
    bs_model_metadata_set (metadata, "temperature", g_ascii_dtostr (number, sizeof number, network->temperature));
  return TRUE;
}

/* --- numbers --- */

/* @rows of @columns numbers from row @from of @constant on, to rows @to .. of @floats. @add: to what is there. */
static gboolean
copy_rows (const BsOnnxConstant *constant, gsize from, gsize rows, gsize columns, gboolean add, const float *floats,
           gsize to, const char *what, GError **error)
{
  float *out = (float *) floats + to * columns;
  double value;

  for (gsize i = 0; i < rows * columns; i++)
    {
      bs_onnx_constant_read (constant, from * columns + i, 1, &value);
      if (add)
        value += (double) out[i];
      out[i] = (float) value;
      if (!isfinite (out[i]))
        return refuse (error, "%s: number %" G_GSIZE_FORMAT " is %g; every one must be a finite float", what,
                       from * columns + i, value);
    }
  return TRUE;
}

/* PyTorch's gates i, f, g, o from ONNX's i, o, f, c. */
static gboolean
copy_layer (const BsOnnxLstm *from, const BsLstmLayer *to, guint number, gsize H, GError **error)
{
  static const guint gates[] = { 0, 2, 3, 1 };
  g_autofree char *what = g_strdup_printf ("weights of LSTM layer %u", number);

  for (guint gate = 0; gate < G_N_ELEMENTS (gates); gate++)
    if (!copy_rows (&from->w, gates[gate] * H, H, to->n_inputs, FALSE, to->w_ih, gate * H, what, error)
        || !copy_rows (&from->r, gates[gate] * H, H, H, FALSE, to->w_hh, gate * H, what, error)
        || (from->has_bias
            && (!copy_rows (&from->b, gates[gate] * H, H, 1, FALSE, to->bias, gate * H, what, error)
                || !copy_rows (&from->b, (4 + gates[gate]) * H, H, 1, TRUE, to->bias, gate * H, what, error))))
      return FALSE;
  return TRUE;
}

static gboolean
copy_linear (const BsOnnxLinear *from, const BsLinearLayer *to, guint number, GError **error)
{
  g_autofree char *what = g_strdup_printf ("weights of Linear layer %u", number);

  if (from->has_bias && !copy_rows (&from->bias, 0, 1, to->n_outputs, FALSE, to->bias, 0, what, error))
    return FALSE;
  if (!from->is_transposed)
    return copy_rows (&from->weight, 0, to->n_outputs, to->n_inputs, FALSE, to->weight, 0, what, error);
  for (guint row = 0; row < to->n_outputs; row++)
    for (guint column = 0; column < to->n_inputs; column++)
      if (!copy_rows (&from->weight, (gsize) column * to->n_outputs + row, 1, 1, FALSE, to->weight,
                      (gsize) row * to->n_inputs + column, what, error))
        return FALSE;
  return TRUE;
}

/* What the caller scales by comes first: ((x - mean) / scale - m) / s = (x - (mean + m scale)) / (s scale). */
static gboolean
copy_scaler (const BsOnnxNetwork *network, const BsOnnxHints *hints, BsModel *model, GError **error)
{
  const gboolean has_hint = hints && hints->mean;

  if (has_hint && hints->n_scaler != network->n_inputs)
    return refuse (error, "the scaler has %u features, the network %u", hints->n_scaler, network->n_inputs);
  for (guint i = 0; i < network->n_inputs; i++)
    {
      const double mean = has_hint ? hints->mean[i] : 0, scale = has_hint ? hints->scale[i] : 1;

      ((double *) model->mean)[i] = mean + network->mean[i] * scale;
      ((double *) model->scale)[i] = network->scale[i] * scale;
      if (!isfinite (model->mean[i]) || !isfinite (model->scale[i]) || !(model->scale[i] > 0))
        return refuse (error, "the scaler of feature %u is not finite and above 0", i);
    }
  return TRUE;
}

static BsModel *
make_model (const BsOnnxNetwork *network, GTree *metadata, const BsOnnxHints *hints, GError **error)
{
  BsModelShape shape = {
    .n_inputs = network->n_inputs,
    .hidden = network->hidden,
    .n_layers = network->n_layers,
    .n_linear = network->n_linear,
  };
  g_autoptr (BsModel) model = NULL;
  BsModelFacts facts;

  if (!add_facts (metadata, network, error) || !bs_model_facts_read (&facts, metadata, error))
    return NULL;
  for (guint k = 0; k < network->n_linear; k++)
    shape.linear_outputs[k] = network->linear[k].n_outputs;
  model = bs_model_alloc (&shape, metadata);
  if (!model)
    {
      g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE, "not enough memory for its weights");
      return NULL;
    }
  bs_model_set_facts (model, &facts);
  for (guint k = 0; k < network->n_layers; k++)
    if (!copy_layer (&network->layers[k], &model->layers[k], k, network->hidden, error))
      return NULL;
  for (guint k = 0; k < network->n_linear; k++)
    if (!copy_linear (&network->linear[k], &model->linear[k], k + 1, error))
      return NULL;
  return copy_scaler (network, hints, model, error) ? g_steal_pointer (&model) : NULL;
}

/* --- the file --- */

static BsModel *
read_file (const BsOnnx__Model *file, const BsOnnxHints *hints, GError **error)
{
  g_autofree BsOnnxNetwork *network = g_new (BsOnnxNetwork, 1);
  g_autoptr (GTree) metadata = NULL;
  gint64 opset;

  if (!file->graph)
    {
      refuse (error, "holds no graph");
      return NULL;
    }
  if (file->n_functions > 0)
    {
      refuse (error, "defines functions of its own, which are not read");
      return NULL;
    }
  if (!find_opset (file, &opset, error) || !bs_onnx_graph_read (file->graph, opset, network, error))
    return NULL;
  metadata = read_metadata (file, hints, error);
  if (!metadata)
    return NULL;
  return make_model (network, metadata, hints, error);
}

BsModel *
bs_onnx_read (const guint8 *data, gsize size, const char *name, const BsOnnxHints *hints, GError **error)
{
  Budget budget = { .left = (guint64) size * MEMORY_FACTOR + MEMORY_EXTRA };
  ProtobufCAllocator allocator = { budget_alloc, budget_free, &budget };
  BsOnnx__Model *file;
  BsModel *model;

  g_return_val_if_fail (data || !size, NULL);
  g_return_val_if_fail (name, NULL);

  file = size > 0 && size <= BS_MODEL_MAX_FILE_BYTES ? bs_onnx__model__unpack (&allocator, size, data) : NULL;
  if (!file)
    {
      refuse (error, "%s: is not an ONNX file: it does not parse as one, or is larger than 1 GiB", name);
      return NULL;
    }
  model = read_file (file, hints, error);
  bs_onnx__model__free_unpacked (file, &allocator);
  if (model)
    {
      g_autofree char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);

      g_strlcpy (model->hash, hash, sizeof model->hash);
    }
  else
    g_prefix_error (error, "%s: ", name);
  return model;
}
