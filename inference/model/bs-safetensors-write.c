#include "inference/model/bs-safetensors-write.h"

#include "inference/model/bs-model-private.h"

#include <string.h>

#define ALIGNMENT 8 /* bytes: the data of a file begin at a multiple of it, so that a reader may map its doubles */

/* A file while it is put together: what the header says, and the numbers after it. */
typedef struct
{
  GString *header;
  GByteArray *data;
} Writer;

/* --- JSON --- */

static void
append_string (GString *header, const char *text)
{
  g_string_append_c (header, '"');
  for (const char *c = text; *c; c++)
    if (*c == '"' || *c == '\\')
      g_string_append_printf (header, "\\%c", *c);
    else if ((guchar) *c < 0x20)
      g_string_append_printf (header, "\\u%04x", *c);
    else
      g_string_append_c (header, *c);
  g_string_append_c (header, '"');
}

static gboolean
append_entry (gpointer key, gpointer value, gpointer data)
{
  GString *header = data;

  if (header->str[header->len - 1] != '{')
    g_string_append_c (header, ',');
  append_string (header, key);
  g_string_append_c (header, ':');
  append_string (header, value);
  return FALSE;
}

/* --- numbers --- */

static void
put_bytes (GByteArray *data, guint64 bits, guint n)
{
  guint8 bytes[8];

  for (guint i = 0; i < n; i++)
    bytes[i] = (guint8) (bits >> 8 * i);
  g_byte_array_append (data, bytes, n);
}

/* With @columns 0: [rows]. */
static void
begin_tensor (Writer *self, const char *name, const char *dtype, guint rows, guint columns, gsize size)
{
  g_string_append_c (self->header, ',');
  append_string (self->header, name);
  g_string_append_printf (self->header, ":{\"dtype\":\"%s\",\"shape\":[%u", dtype, rows);
  if (columns)
    g_string_append_printf (self->header, ",%u", columns);
  g_string_append_printf (self->header, "],\"data_offsets\":[%u,%" G_GSIZE_FORMAT "]}", self->data->len,
                          self->data->len + size);
}

static void
add_doubles (Writer *self, const char *name, const double *values, guint n)
{
  begin_tensor (self, name, "F64", n, 0, n * sizeof *values);
  for (guint i = 0; i < n; i++)
    {
      guint64 bits;

      memcpy (&bits, &values[i], sizeof bits);
      put_bytes (self->data, bits, sizeof bits);
    }
}

/* @values: (nullable): zeros */
static void
add_floats (Writer *self, const char *prefix, const char *stem, guint number, const char *suffix, const float *values,
            guint rows, guint columns)
{
  g_autofree char *name = g_strdup_printf ("%s%s%u%s", prefix, stem, number, suffix);
  const gsize n = (gsize) rows * MAX (columns, 1);

  begin_tensor (self, name, "F32", rows, columns, n * sizeof *values);
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits = 0;

      if (values)
        memcpy (&bits, &values[i], sizeof bits);
      put_bytes (self->data, bits, sizeof bits);
    }
}

static void
add_network (Writer *self, const char *prefix, const BsModel *model)
{
  const guint rows = 4 * model->hidden;

  for (guint k = 0; k < model->n_layers; k++)
    {
      const BsLstmLayer *layer = &model->layers[k];

      add_floats (self, prefix, "lstm.weight_ih_l", k, "", layer->w_ih, rows, layer->n_inputs);
      add_floats (self, prefix, "lstm.weight_hh_l", k, "", layer->w_hh, rows, model->hidden);
      add_floats (self, prefix, "lstm.bias_ih_l", k, "", layer->bias, rows, 0);
      add_floats (self, prefix, "lstm.bias_hh_l", k, "", NULL, rows, 0);
    }
  for (guint k = 0; k < model->n_linear; k++)
    {
      const BsLinearLayer *linear = &model->linear[k];

      add_floats (self, prefix, "fc", k + 1, ".weight", linear->weight, linear->n_outputs, linear->n_inputs);
      add_floats (self, prefix, "fc", k + 1, ".bias", linear->bias, linear->n_outputs, 0);
    }
}

/* Bytes of the numbers of @model: below 2^33 with the largest shapes that there may be, so that it cannot overflow. */
static guint64
network_bytes (const BsModel *model)
{
  guint64 n = 0;

  for (guint k = 0; k < model->n_layers; k++)
    n += (guint64) 4 * model->hidden * (model->layers[k].n_inputs + model->hidden + 2);
  for (guint k = 0; k < model->n_linear; k++)
    n += (guint64) model->linear[k].n_outputs * (model->linear[k].n_inputs + 1);
  return n * sizeof (float);
}

/* --- metadata --- */

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

static gboolean
copy_entry (gpointer key, gpointer value, gpointer data)
{
  bs_model_metadata_set (data, key, value);
  return FALSE;
}

GTree *
bs_model_metadata_new (void)
{
  return g_tree_new_full (compare_keys, NULL, g_free, g_free);
}

void
bs_model_metadata_merge (GTree *metadata, GTree *from)
{
  if (from)
    g_tree_foreach (from, copy_entry, metadata);
}

GTree *
bs_model_metadata_copy (const BsModel *self)
{
  GTree *copy = bs_model_metadata_new ();

  g_return_val_if_fail (self, NULL);

  bs_model_metadata_merge (copy, bs_model_metadata_tree (self));
  return copy;
}

void
bs_model_metadata_set (GTree *metadata, const char *key, const char *value)
{
  g_return_if_fail (metadata && key);

  if (value)
    g_tree_replace (metadata, g_strdup (key), g_strdup (value));
  else
    g_tree_remove (metadata, key);
}

void
bs_model_metadata_add_facts (GTree *metadata, const BsModel *model)
{
  g_autofree char *length = g_strdup_printf ("%u", model->sequence_length);
  char temperature[G_ASCII_DTOSTR_BUF_SIZE];

  bs_model_metadata_set (metadata, "format", "barscope-model/1");
  bs_model_metadata_set (metadata, "feature_set", model->feature_set == BS_FEATURE_SET_LEGACY ? "legacy" : "causal");
  bs_model_metadata_set (metadata, "sequence_length", length);
  bs_model_metadata_set (metadata, "classes", "short,hold,long");
  g_ascii_dtostr (temperature, sizeof temperature, model->temperature);
  bs_model_metadata_set (metadata, "temperature", model->temperature == 1 ? NULL : temperature);
}

/* --- the file --- */

/* An entry that is not UTF-8, at @data. */
static gboolean
find_bad_text (gpointer key, gpointer value, gpointer data)
{
  const char **found = data;

  if (g_utf8_validate (key, -1, NULL) && g_utf8_validate (value, -1, NULL))
    return FALSE;
  *found = key;
  return TRUE;
}

static GBytes *
refuse (BsModelError code, const char *message, GError **error)
{
  g_set_error_literal (error, BS_MODEL_ERROR, code, message);
  return NULL;
}

GBytes *
bs_model_to_bytes (const BsModel *self, const BsModel *pruned, GTree *metadata, GError **error)
{
  g_autoptr (GTree) entries = NULL;
  g_autoptr (GString) header = NULL;
  g_autoptr (GByteArray) data = NULL;
  g_autoptr (GByteArray) file = NULL;
  g_autoptr (BsModel) again = NULL;
  const char *bad = NULL;

  g_return_val_if_fail (self, NULL);

  if (network_bytes (self) + (pruned ? network_bytes (pruned) : 0) > BS_MODEL_MAX_FILE_BYTES / 2)
    return refuse (BS_MODEL_ERROR_FILE, "the model is larger than a model file may be", error);

  entries = bs_model_metadata_new ();
  bs_model_metadata_merge (entries, metadata ? metadata : bs_model_metadata_tree (self));
  bs_model_metadata_add_facts (entries, self);
  g_tree_foreach (entries, find_bad_text, &bad);
  if (bad)
    {
      g_autofree char *message = g_strdup_printf ("metadata entry \"%s\" is not UTF-8", bad);
      g_autofree char *shown = g_utf8_make_valid (message, -1);

      return refuse (BS_MODEL_ERROR_METADATA, shown, error);
    }

  header = g_string_new ("{\"__metadata__\":{");
  data = g_byte_array_new ();
  g_tree_foreach (entries, append_entry, header);
  g_string_append_c (header, '}');
  {
    Writer writer = { .header = header, .data = data };

    add_doubles (&writer, "scaler.mean", self->mean, self->n_inputs);
    add_doubles (&writer, "scaler.scale", self->scale, self->n_inputs);
    add_network (&writer, "", self);
    if (pruned)
      add_network (&writer, "pruned.", pruned);
  }
  g_string_append_c (header, '}');
  while (header->len % ALIGNMENT)
    g_string_append_c (header, ' ');

  file = g_byte_array_new ();
  put_bytes (file, header->len, sizeof (guint64));
  g_byte_array_append (file, (const guint8 *) header->str, (guint) header->len);
  g_byte_array_append (file, data->data, data->len);
  again = bs_model_load_bytes (file->data, file->len, "the model to be written", error);
  return again ? g_byte_array_free_to_bytes (g_steal_pointer (&file)) : NULL;
}

gboolean
bs_model_save (const BsModel *self, const BsModel *pruned, GTree *metadata, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (self && path, FALSE);

  bytes = bs_model_to_bytes (self, pruned, metadata, error);
  if (!bytes)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, &local))
    return TRUE;
  g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE, "%s: cannot be written: %s", path, local->message);
  return FALSE;
}
