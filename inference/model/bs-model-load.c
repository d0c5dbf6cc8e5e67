/* bs-model-load.c: a model from the bytes of a safetensors file, whose every claim is checked (docs/model-format.md)
 *
 * bs-safetensors.c has checked the file's layout when this begins. Here: metadata -> names without wrappers' prefixes ->
 * sizes from the tensors that imply them -> every tensor with the shape that follows -> numbers, all finite -> no tensor left over.
 */
#include "inference/model/bs-model.h"

#include "inference/model/bs-json.h"
#include "inference/model/bs-model-private.h"
#include "inference/model/bs-safetensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PRUNED_PREFIX "pruned."

/* A tensor under the name that the network knows it by. */
typedef struct
{
  const char *name; /* without _orig_mod. and module. */
  const BsTensor *tensor;
  gboolean used;
} Entry;

typedef struct
{
  BsSafetensors *file;
  GTree *metadata;
  Entry *entries; /* [n_entries], by name */
  guint n_entries;
  BsModelFacts facts; /* what the metadata say */
} Loader;

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, const char *name, const char *format, ...)
{
  g_autofree char *quoted = bs_json_quote (name);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_TENSOR, "tensor %s: %s", quoted, what);
  return FALSE;
}

/* --- names --- */

static int
compare_entries (const void *a, const void *b)
{
  const Entry *left = a, *right = b;

  return strcmp (left->name, right->name);
}

/* PyTorch's compiled and parallel modules put their own name in front. */
static const char *
without_wrappers (const char *name)
{
  static const char *const wrappers[] = { "_orig_mod.", "module." };

  for (guint i = 0; i < G_N_ELEMENTS (wrappers);)
    if (g_str_has_prefix (name, wrappers[i]))
      {
        name += strlen (wrappers[i]);
        i = 0;
      }
    else
      i++;
  return name;
}

static gboolean
collect_names (Loader *self, GError **error)
{
  const BsTensor *tensors = bs_safetensors_tensors (self->file, &self->n_entries);

  self->entries = g_new0 (Entry, self->n_entries + 1);
  for (guint i = 0; i < self->n_entries; i++)
    self->entries[i] = (Entry){ .name = without_wrappers (tensors[i].name), .tensor = &tensors[i] };
  qsort (self->entries, self->n_entries, sizeof *self->entries, compare_entries);
  for (guint i = 1; i < self->n_entries; i++)
    if (!strcmp (self->entries[i - 1].name, self->entries[i].name))
      {
        g_autofree char *other = bs_json_quote (self->entries[i - 1].tensor->name);

        return refuse (error, self->entries[i].tensor->name,
                       "is the same tensor as %s, but for a prefix that is dropped", other);
      }
  return TRUE;
}

static Entry *
find_entry (const Loader *self, const char *name)
{
  const Entry key = { .name = name };

  return bsearch (&key, self->entries, self->n_entries, sizeof *self->entries, compare_entries);
}

/* The largest K among the tensors PREFIX BEFORE K AFTER ("fc", ".weight"); -1 where there is none. */
static gint64
largest_number (const Loader *self, const char *prefix, const char *before, const char *after)
{
  const gsize prefix_length = strlen (prefix), before_length = strlen (before);
  gint64 largest = -1;

  for (guint i = 0; i < self->n_entries; i++)
    {
      const char *name = self->entries[i].name;
      char *end;
      guint64 number;

      if (strncmp (name, prefix, prefix_length) || strncmp (name + prefix_length, before, before_length))
        continue;
      name += prefix_length + before_length;
      if (!g_ascii_isdigit (*name) || (name[0] == '0' && g_ascii_isdigit (name[1])))
        continue;
      number = g_ascii_strtoull (name, &end, 10);
      if (!strcmp (end, after))
        largest = MAX (largest, (gint64) MIN (number, G_MAXINT32));
    }
  return largest;
}

/* --- shapes --- */

/* The tensor @name, [rows, columns] or with @columns 0 [rows], now marked as used; %NULL with an error. */
static const BsTensor *
take_tensor (const Loader *self, const char *name, guint64 rows, guint64 columns, GError **error)
{
  Entry *entry = find_entry (self, name);
  const BsTensor *tensor;

  if (!entry)
    {
      refuse (error, name, "is missing");
      return NULL;
    }
  tensor = entry->tensor;
  if (tensor->n_dimensions != (columns ? 2 : 1) || tensor->shape[0] != rows || (columns && tensor->shape[1] != columns))
    {
      g_autofree char *shape = bs_tensor_shape_string (tensor);

      if (columns)
        refuse (error, tensor->name, "shape %s; the others imply [%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT "]", shape,
                rows, columns);
      else
        refuse (error, tensor->name, "shape %s; the others imply [%" G_GUINT64_FORMAT "]", shape, rows);
      return NULL;
    }
  if (tensor->dtype != BS_DTYPE_F32 && tensor->dtype != BS_DTYPE_F16 && tensor->dtype != BS_DTYPE_BF16
      && tensor->dtype != BS_DTYPE_F64)
    {
      refuse (error, tensor->name, "dtype %s; F32, F16, BF16 or F64 expected", bs_dtype_name (tensor->dtype));
      return NULL;
    }
  entry->used = TRUE;
  return tensor;
}

/* Size @dimension (0: rows, 1: columns) of a matrix that others follow from; 0 with an error. */
static guint
matrix_size (const Loader *self, const char *name, guint dimension, guint max, const char *what, GError **error)
{
  const Entry *entry = find_entry (self, name);
  g_autofree char *shape = NULL;

  if (!entry)
    {
      refuse (error, name, "is missing");
      return 0;
    }
  if (entry->tensor->n_dimensions == 2 && entry->tensor->shape[dimension] >= 1
      && entry->tensor->shape[dimension] <= max)
    return (guint) entry->tensor->shape[dimension];
  shape = bs_tensor_shape_string (entry->tensor);
  refuse (error, entry->tensor->name, "shape %s; expected a matrix with 1 to %u %s", shape, max, what);
  return 0;
}

/* The network's size from the tensors under @prefix that imply it. */
static gboolean
find_shape (const Loader *self, const char *prefix, BsModelShape *shape, GError **error)
{
  g_autofree char *hh = g_strconcat (prefix, "lstm.weight_hh_l0", NULL);
  g_autofree char *ih = g_strconcat (prefix, "lstm.weight_ih_l0", NULL);
  const gint64 last_layer = largest_number (self, prefix, "lstm.weight_ih_l", "");
  const gint64 n_linear = largest_number (self, prefix, "fc", ".weight");

  shape->hidden = matrix_size (self, hh, 1, BS_MODEL_MAX_HIDDEN, "columns (hidden units)", error);
  if (!shape->hidden)
    return FALSE;
  shape->n_inputs = matrix_size (self, ih, 1, BS_MODEL_MAX_INPUTS, "columns (inputs)", error);
  if (!shape->n_inputs)
    return FALSE;

  if (last_layer >= BS_MODEL_MAX_LAYERS)
    {
      g_autofree char *name = g_strdup_printf ("%slstm.weight_ih_l%" G_GINT64_FORMAT, prefix, last_layer);

      return refuse (error, name, "at most %d layers (l0 to l%d) are taken", BS_MODEL_MAX_LAYERS,
                     BS_MODEL_MAX_LAYERS - 1);
    }
  shape->n_layers = (guint) last_layer + 1;

  if (n_linear > BS_MODEL_MAX_LINEAR)
    {
      g_autofree char *name = g_strdup_printf ("%sfc%" G_GINT64_FORMAT ".weight", prefix, n_linear);

      return refuse (error, name, "at most %d Linear layers are taken", BS_MODEL_MAX_LINEAR);
    }
  shape->n_linear = (guint) MAX (n_linear, 1); /* with none, fc1 is what is missing */
  for (guint k = 0; k < shape->n_linear; k++)
    {
      g_autofree char *name = g_strdup_printf ("%sfc%u.weight", prefix, k + 1);

      shape->linear_outputs[k] = matrix_size (self, name, 0, BS_MODEL_MAX_LINEAR_OUTPUTS, "rows (outputs)", error);
      if (!shape->linear_outputs[k])
        return FALSE;
      if (k + 1 == shape->n_linear && shape->linear_outputs[k] != BS_N_CLASSES)
        return refuse (error, name, "%u rows; the last Linear layer has one for each class: %d expected",
                       shape->linear_outputs[k], BS_N_CLASSES);
    }
  return TRUE;
}

/* --- numbers --- */

/* Reads a tensor into @floats, which are const to all but the loader, or adds it to what is there. */
static gboolean
read_floats (const BsTensor *tensor, gboolean add, const float *floats, GError **error)
{
  float *out = (float *) floats;
  double values[256];

  for (gsize from = 0; from < tensor->n_elements; from += G_N_ELEMENTS (values))
    {
      const gsize n = MIN (G_N_ELEMENTS (values), tensor->n_elements - from);

      bs_tensor_read (tensor, from, n, values);
      for (gsize i = 0; i < n; i++)
        {
          const float value = (float) (add ? (double) out[from + i] + values[i] : values[i]);

          if (!isfinite (values[i]))
            return refuse (error, tensor->name, "element %" G_GSIZE_FORMAT " is %f; every number must be finite",
                           from + i, values[i]);
          if (!isfinite (value))
            return refuse (error, tensor->name, "element %" G_GSIZE_FORMAT " (%g%s) is beyond the range of a float",
                           from + i, values[i], add ? ", added to the other bias," : "");
          out[from + i] = value;
        }
    }
  return TRUE;
}

static gboolean
read_doubles (const BsTensor *tensor, const double *doubles, GError **error)
{
  double *out = (double *) doubles;

  bs_tensor_read (tensor, 0, tensor->n_elements, out);
  for (gsize i = 0; i < tensor->n_elements; i++)
    if (!isfinite (out[i]))
      return refuse (error, tensor->name, "element %" G_GSIZE_FORMAT " is %f; every number must be finite", i, out[i]);
  return TRUE;
}

/* One tensor that must be there: found, checked against its shape, converted. */
static gboolean
load_floats (const Loader *self, const char *prefix, const char *stem, guint number, const char *suffix, guint64 rows,
             guint64 columns, gboolean add, const float *floats, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s%s%u%s", prefix, stem, number, suffix);
  const BsTensor *tensor = take_tensor (self, name, rows, columns, error);

  return tensor && read_floats (tensor, add, floats, error);
}

static gboolean
load_scaler (const Loader *self, const BsModel *model, GError **error)
{
  const BsTensor *mean = take_tensor (self, "scaler.mean", model->n_inputs, 0, error);
  const BsTensor *scale = mean ? take_tensor (self, "scaler.scale", model->n_inputs, 0, error) : NULL;

  if (!scale || !read_doubles (mean, model->mean, error) || !read_doubles (scale, model->scale, error))
    return FALSE;
  for (guint i = 0; i < model->n_inputs; i++)
    if (!(model->scale[i] > 0))
      return refuse (error, scale->name, "element %u is %g; a scale must be above 0", i, model->scale[i]);
  return TRUE;
}

/* --- the model --- */

/* A pruned network differs from the full one in the sizes within. */
static gboolean
check_pruned_shape (const BsModelShape *shape, const BsModel *full, GError **error)
{
  if (shape->n_inputs != full->n_inputs)
    return refuse (error, PRUNED_PREFIX "lstm.weight_ih_l0", "%u columns (inputs); the full network has %u",
                   shape->n_inputs, full->n_inputs);
  if (shape->n_layers != full->n_layers)
    return refuse (error, PRUNED_PREFIX "lstm", "%u layers; the full network has %u", shape->n_layers, full->n_layers);
  if (shape->n_linear != full->n_linear)
    return refuse (error, PRUNED_PREFIX "fc", "%u Linear layers; the full network has %u", shape->n_linear,
                   full->n_linear);
  return TRUE;
}

/* The network under @prefix: "" or, with the @full one known, "pruned.". */
static BsModel *
load_network (const Loader *self, const char *prefix, const BsModel *full, GError **error)
{
  g_autoptr (BsModel) model = NULL;
  BsModelShape shape = { 0 };
  guint H;

  if (!find_shape (self, prefix, &shape, error) || (full && !check_pruned_shape (&shape, full, error)))
    return NULL;
  model = bs_model_alloc (&shape, self->metadata);
  if (!model)
    {
      g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE, "not enough memory for its weights");
      return NULL;
    }
  H = shape.hidden;
  for (guint k = 0; k < shape.n_layers; k++)
    {
      const BsLstmLayer *layer = &model->layers[k];

      if (!load_floats (self, prefix, "lstm.weight_ih_l", k, "", 4 * H, layer->n_inputs, FALSE, layer->w_ih, error)
          || !load_floats (self, prefix, "lstm.weight_hh_l", k, "", 4 * H, H, FALSE, layer->w_hh, error)
          || !load_floats (self, prefix, "lstm.bias_ih_l", k, "", 4 * H, 0, FALSE, layer->bias, error)
          || !load_floats (self, prefix, "lstm.bias_hh_l", k, "", 4 * H, 0, TRUE, layer->bias, error))
        return NULL;
    }
  for (guint k = 0; k < shape.n_linear; k++)
    {
      const BsLinearLayer *linear = &model->linear[k];

      if (!load_floats (self, prefix, "fc", k + 1, ".weight", linear->n_outputs, linear->n_inputs, FALSE,
                        linear->weight, error)
          || !load_floats (self, prefix, "fc", k + 1, ".bias", linear->n_outputs, 0, FALSE, linear->bias, error))
        return NULL;
    }
  if (!load_scaler (self, model, error))
    return NULL;
  bs_model_set_facts (model, &self->facts);
  return g_steal_pointer (&model);
}

/* Whether the file has a pruned variant, if only a tensor of it. */
static gboolean
has_pruned (const Loader *self)
{
  for (guint i = 0; i < self->n_entries; i++)
    if (g_str_has_prefix (self->entries[i].name, PRUNED_PREFIX))
      return TRUE;
  return FALSE;
}

static gboolean
check_all_used (const Loader *self, GError **error)
{
  for (guint i = 0; i < self->n_entries; i++)
    if (!self->entries[i].used)
      return refuse (
        error, self->entries[i].tensor->name,
        "is no part of this network (LSTM layers, fc1 .. fcN, scaler): its answers would be wrong without it");
  return TRUE;
}

static BsModel *
load_checked (Loader *self, GError **error)
{
  g_autoptr (BsModel) model = NULL;

  if (!bs_model_facts_read (&self->facts, self->metadata, error) || !collect_names (self, error))
    return NULL;
  model = load_network (self, "", NULL, error);
  if (!model)
    return NULL;
  if (has_pruned (self))
    {
      BsModel *pruned = load_network (self, PRUNED_PREFIX, model, error);

      if (!pruned)
        return NULL;
      bs_model_take_pruned (model, pruned);
    }
  return check_all_used (self, error) ? g_steal_pointer (&model) : NULL;
}

BsModel *
bs_model_load_bytes (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autofree char *hash = NULL;
  Loader loader = { 0 };
  g_autoptr (GError) local = NULL;
  BsModel *model = NULL;

  g_return_val_if_fail (data || !size, NULL);
  g_return_val_if_fail (name, NULL);

  loader.file = bs_safetensors_new (data, size, &local);
  if (!loader.file)
    {
      g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT, "%s: %s", name, local->message);
      return NULL;
    }
  loader.metadata = bs_safetensors_metadata (loader.file);
  model = load_checked (&loader, error);
  if (model)
    {
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
      g_strlcpy (model->hash, hash, sizeof model->hash);
      if (bs_model_pruned (model))
        g_strlcpy (bs_model_pruned (model)->hash, hash, sizeof model->hash);
    }
  else
    g_prefix_error (error, "%s: ", name);
  g_free (loader.entries);
  g_tree_unref (loader.metadata);
  bs_safetensors_free (loader.file);
  return model;
}
