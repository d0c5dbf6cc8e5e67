/* bs-safetensors.c: [8 bytes: header length, little-endian] [header: JSON] [data] */
#include "inference/model/bs-safetensors.h"

#include "inference/model/bs-json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_QUARK (bs_safetensors_error, bs_safetensors_error)

#define LENGTH_BYTES 8
#define MAX_HEADER_VALUES 1000000 /* JSON values of the header: 80,000 tensors, 32 MB */

static const struct
{
  const char *name;
  gsize size;
} dtypes[BS_N_DTYPES] = {
  [BS_DTYPE_BOOL] = { "BOOL", 1 },       [BS_DTYPE_U8] = { "U8", 1 },           [BS_DTYPE_I8] = { "I8", 1 },
  [BS_DTYPE_F8_E5M2] = { "F8_E5M2", 1 }, [BS_DTYPE_F8_E4M3] = { "F8_E4M3", 1 }, [BS_DTYPE_I16] = { "I16", 2 },
  [BS_DTYPE_U16] = { "U16", 2 },         [BS_DTYPE_F16] = { "F16", 2 },         [BS_DTYPE_BF16] = { "BF16", 2 },
  [BS_DTYPE_I32] = { "I32", 4 },         [BS_DTYPE_U32] = { "U32", 4 },         [BS_DTYPE_F32] = { "F32", 4 },
  [BS_DTYPE_F64] = { "F64", 8 },         [BS_DTYPE_I64] = { "I64", 8 },         [BS_DTYPE_U64] = { "U64", 8 },
};

struct _BsSafetensors
{
  BsJson *header;
  const BsJsonValue *metadata; /* (nullable): in header */
  BsTensor *tensors;           /* [n_tensors], by offset */
  guint n_tensors;
};

const char *
bs_dtype_name (BsDtype dtype)
{
  return dtypes[dtype].name;
}

gsize
bs_dtype_size (BsDtype dtype)
{
  return dtypes[dtype].size;
}

G_GNUC_PRINTF (3, 4)
static gboolean
refuse_tensor (GError **error, const char *name, const char *format, ...)
{
  g_autofree char *quoted = bs_json_quote (name);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_TENSOR, "tensor %s: %s", quoted, what);
  return FALSE;
}

static gboolean
read_dtype (const BsJsonValue *value, BsTensor *tensor, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *quoted = NULL;
  const char *name = bs_json_get_string (value, &local);

  if (!name)
    return refuse_tensor (error, tensor->name, "dtype: header %s", local->message);
  for (guint i = 0; i < BS_N_DTYPES; i++)
    if (!strcmp (name, dtypes[i].name))
      {
        tensor->dtype = i;
        return TRUE;
      }
  quoted = bs_json_quote (name);
  return refuse_tensor (error, tensor->name, "dtype %s is not one of the format's", quoted);
}

static gboolean
read_shape (const BsJsonValue *value, BsTensor *tensor, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint64 product = 1;

  if (bs_json_type (value) != BS_JSON_ARRAY || bs_json_length (value) > BS_SAFETENSORS_MAX_DIMENSIONS)
    return refuse_tensor (error, tensor->name, "shape: expected an array of at most %d sizes",
                          BS_SAFETENSORS_MAX_DIMENSIONS);
  for (value = bs_json_first (value); value; value = bs_json_next (value))
    {
      gint64 size;

      if (!bs_json_get_integer (value, 0, G_MAXINT64, &size, &local))
        return refuse_tensor (error, tensor->name, "shape: header %s", local->message);
      if (!g_uint64_checked_mul (&product, product, (guint64) size))
        return refuse_tensor (error, tensor->name, "shape: the product of its sizes overflows");
      tensor->shape[tensor->n_dimensions++] = (guint64) size;
    }
  if (product > G_MAXSIZE / bs_dtype_size (BS_DTYPE_F64))
    return refuse_tensor (error, tensor->name, "shape: the product of its sizes overflows");
  tensor->n_elements = (gsize) product;
  return TRUE;
}

/* @data_size: bytes after the header. Whether the tensors meet one another is seen when all are there. */
static gboolean
read_offsets (const BsJsonValue *value, gsize data_size, BsTensor *tensor, GError **error)
{
  g_autoptr (GError) local = NULL;
  const gsize size = tensor->n_elements * bs_dtype_size (tensor->dtype);
  gint64 offsets[2];

  if (bs_json_type (value) != BS_JSON_ARRAY || bs_json_length (value) != 2)
    return refuse_tensor (error, tensor->name, "data_offsets: expected [begin, end]");
  value = bs_json_first (value);
  for (guint i = 0; i < 2; i++, value = bs_json_next (value))
    if (!bs_json_get_integer (value, 0, G_MAXINT64, &offsets[i], &local))
      return refuse_tensor (error, tensor->name, "data_offsets: header %s", local->message);
  if (offsets[0] > offsets[1] || (guint64) offsets[1] > data_size)
    return refuse_tensor (error, tensor->name,
                          "data_offsets [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "] do not lie in the %" G_GSIZE_FORMAT
                          " bytes of data",
                          offsets[0], offsets[1], data_size);
  if ((guint64) (offsets[1] - offsets[0]) != size)
    {
      g_autofree char *shape = bs_tensor_shape_string (tensor);

      return refuse_tensor (error, tensor->name,
                            "data_offsets give it %" G_GINT64_FORMAT " bytes, %s %s needs %" G_GSIZE_FORMAT,
                            offsets[1] - offsets[0], bs_dtype_name (tensor->dtype), shape, size);
    }
  tensor->offset = (gsize) offsets[0];
  return TRUE;
}

static gboolean
read_tensor (const BsJsonValue *entry, gsize data_size, BsTensor *tensor, GError **error)
{
  const BsJsonValue *dtype = bs_json_find (entry, "dtype"), *shape = bs_json_find (entry, "shape");
  const BsJsonValue *offsets = bs_json_find (entry, "data_offsets");

  if (bs_json_type (entry) != BS_JSON_OBJECT || bs_json_length (entry) != 3 || !dtype || !shape || !offsets)
    return refuse_tensor (error, tensor->name, "expected an object of dtype, shape and data_offsets, and nothing else");
  return read_dtype (dtype, tensor, error) && read_shape (shape, tensor, error)
         && read_offsets (offsets, data_size, tensor, error);
}

static gboolean
check_metadata (const BsJsonValue *metadata, GError **error)
{
  if (bs_json_type (metadata) != BS_JSON_OBJECT)
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER,
                   "entry \"__metadata__\": expected an object, found %s", bs_json_type_name (bs_json_type (metadata)));
      return FALSE;
    }
  for (metadata = bs_json_first (metadata); metadata; metadata = bs_json_next (metadata))
    if (bs_json_type (metadata) != BS_JSON_STRING)
      {
        g_autofree char *key = bs_json_quote (bs_json_name (metadata));

        g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER,
                     "metadata entry %s: expected a string, found %s", key,
                     bs_json_type_name (bs_json_type (metadata)));
        return FALSE;
      }
  return TRUE;
}

static int
compare_offsets (const void *a, const void *b)
{
  const BsTensor *left = a, *right = b;
  gsize left_end = left->offset + left->n_elements * bs_dtype_size (left->dtype);
  gsize right_end = right->offset + right->n_elements * bs_dtype_size (right->dtype);

  if (left->offset != right->offset)
    return left->offset < right->offset ? -1 : 1;
  return left_end < right_end ? -1 : left_end > right_end; /* empty tensors first */
}

/* The tensors fill the @size bytes of @data without hole or overlap. */
static gboolean
check_layout (BsSafetensors *self, const guint8 *data, gsize size, GError **error)
{
  gsize end = 0;

  if (self->n_tensors)
    qsort (self->tensors, self->n_tensors, sizeof *self->tensors, compare_offsets);
  for (guint i = 0; i < self->n_tensors; i++)
    {
      BsTensor *tensor = &self->tensors[i];

      if (tensor->offset != end)
        return refuse_tensor (error, tensor->name,
                              "its data begin at %" G_GSIZE_FORMAT ", the data before end at %" G_GSIZE_FORMAT
                              ": tensors must follow one another without a hole or an overlap",
                              tensor->offset, end);
      tensor->data = data + tensor->offset;
      end += tensor->n_elements * bs_dtype_size (tensor->dtype);
    }
  if (end != size)
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER,
                   "the tensors end at byte %" G_GSIZE_FORMAT " of the data, the file at %" G_GSIZE_FORMAT, end, size);
      return FALSE;
    }
  return TRUE;
}

/* The header's text; its length in @length; %NULL with an error. */
static const char *
find_header (const guint8 *data, gsize size, gsize *length, GError **error)
{
  guint64 n;

  if (size < LENGTH_BYTES)
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER,
                   "%" G_GSIZE_FORMAT " bytes: too short for the header's length (8 bytes)", size);
      return NULL;
    }
  memcpy (&n, data, sizeof n);
  n = GUINT64_FROM_LE (n);
  if (n > BS_SAFETENSORS_MAX_HEADER)
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER,
                   "a header of %" G_GUINT64_FORMAT " bytes; at most %d are taken (is it a safetensors file?)", n,
                   BS_SAFETENSORS_MAX_HEADER);
      return NULL;
    }
  if (n > size - LENGTH_BYTES)
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER,
                   "a header of %" G_GUINT64_FORMAT " bytes in a file of %" G_GSIZE_FORMAT ": it is cut off", n, size);
      return NULL;
    }
  *length = (gsize) n;
  return (const char *) data + LENGTH_BYTES;
}

BsSafetensors *
bs_safetensors_new (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (BsSafetensors) self = g_new0 (BsSafetensors, 1);
  g_autoptr (GError) local = NULL;
  const BsJsonValue *root;
  const char *text;
  gsize length, data_size;

  text = find_header (data, size, &length, error);
  if (!text)
    return NULL;
  data_size = size - LENGTH_BYTES - length;

  self->header = bs_json_parse (text, length, MAX_HEADER_VALUES, &local);
  if (!self->header)
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER, "header %s", local->message);
      return NULL;
    }
  root = bs_json_root (self->header);
  if (bs_json_type (root) != BS_JSON_OBJECT || text[0] != '{')
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER,
                   "header: expected a JSON object from its first byte on, found %s",
                   bs_json_type (root) == BS_JSON_OBJECT ? "white space" : bs_json_type_name (bs_json_type (root)));
      return NULL;
    }

  self->tensors = g_try_new0 (BsTensor, MAX (bs_json_length (root), 1));
  if (!self->tensors)
    {
      g_set_error (error, BS_SAFETENSORS_ERROR, BS_SAFETENSORS_ERROR_HEADER, "not enough memory for %u tensors",
                   bs_json_length (root));
      return NULL;
    }
  for (const BsJsonValue *entry = bs_json_first (root); entry; entry = bs_json_next (entry))
    if (!strcmp (bs_json_name (entry), "__metadata__"))
      {
        if (!check_metadata (entry, error))
          return NULL;
        self->metadata = entry;
      }
    else
      {
        BsTensor *tensor = &self->tensors[self->n_tensors++];

        tensor->name = bs_json_name (entry);
        if (!read_tensor (entry, data_size, tensor, error))
          return NULL;
      }
  if (!check_layout (self, data + LENGTH_BYTES + length, data_size, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
bs_safetensors_free (BsSafetensors *self)
{
  if (!self)
    return;
  bs_json_free (self->header);
  g_free (self->tensors);
  g_free (self);
}

const BsTensor *
bs_safetensors_tensors (const BsSafetensors *self, guint *n)
{
  *n = self->n_tensors;
  return self->tensors;
}

const BsTensor *
bs_safetensors_find (const BsSafetensors *self, const char *name)
{
  for (guint i = 0; i < self->n_tensors; i++)
    if (!strcmp (self->tensors[i].name, name))
      return &self->tensors[i];
  return NULL;
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

GTree *
bs_safetensors_metadata (const BsSafetensors *self)
{
  /* no hash table: a stranger can choose keys that collide */
  GTree *tree = g_tree_new_full (compare_keys, NULL, g_free, g_free);

  for (const BsJsonValue *value = self->metadata ? bs_json_first (self->metadata) : NULL; value;
       value = bs_json_next (value))
    g_tree_insert (tree, g_strdup (bs_json_name (value)), g_strdup (bs_json_get_string (value, NULL)));
  return tree;
}

char *
bs_tensor_shape_string (const BsTensor *self)
{
  GString *string = g_string_new ("[");

  for (guint i = 0; i < self->n_dimensions; i++)
    g_string_append_printf (string, "%s%" G_GUINT64_FORMAT, i ? ", " : "", self->shape[i]);
  g_string_append_c (string, ']');
  return g_string_free (string, FALSE);
}

/* IEEE 754 binary16. */
static double
half_to_double (guint16 bits)
{
  const int exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
  double magnitude;

  if (exponent == 0x1F)
    magnitude = fraction ? NAN : INFINITY;
  else if (exponent == 0)
    magnitude = ldexp (fraction, -24);
  else
    magnitude = ldexp (fraction | 0x400, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

static double
float_from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

gboolean
bs_tensor_read (const BsTensor *self, gsize from, gsize n, double *values)
{
  const guint8 *at = self->data + from * bs_dtype_size (self->dtype);
  guint16 bits16;
  guint32 bits32;
  guint64 bits64;

  g_return_val_if_fail (from <= self->n_elements && n <= self->n_elements - from, FALSE);

  switch (self->dtype)
    {
    case BS_DTYPE_F16:
      for (gsize i = 0; i < n; i++, at += sizeof bits16)
        {
          memcpy (&bits16, at, sizeof bits16);
          values[i] = half_to_double (GUINT16_FROM_LE (bits16));
        }
      return TRUE;
    case BS_DTYPE_BF16:
      for (gsize i = 0; i < n; i++, at += sizeof bits16)
        {
          memcpy (&bits16, at, sizeof bits16);
          values[i] = float_from_bits ((guint32) GUINT16_FROM_LE (bits16) << 16);
        }
      return TRUE;
    case BS_DTYPE_F32:
      for (gsize i = 0; i < n; i++, at += sizeof bits32)
        {
          memcpy (&bits32, at, sizeof bits32);
          values[i] = float_from_bits (GUINT32_FROM_LE (bits32));
        }
      return TRUE;
    case BS_DTYPE_F64:
      for (gsize i = 0; i < n; i++, at += sizeof bits64)
        {
          memcpy (&bits64, at, sizeof bits64);
          bits64 = GUINT64_FROM_LE (bits64);
          memcpy (&values[i], &bits64, sizeof bits64);
        }
      return TRUE;
    default:
      return FALSE;
    }
}
