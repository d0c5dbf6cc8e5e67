#include "inference/model/bs-onnx-constant.h"

#include <string.h>

#define CHUNK 256 /* numbers looked at together */

/* TensorProto.DataType of the ONNX specification; what is left out (strings, complex and packed small types) is refused. */
static const struct
{
  int number;
  BsDtype dtype;
} types[] = {
  { 1, BS_DTYPE_F32 },   { 2, BS_DTYPE_U8 },   { 3, BS_DTYPE_I8 },   { 4, BS_DTYPE_U16 },  { 5, BS_DTYPE_I16 },
  { 6, BS_DTYPE_I32 },   { 7, BS_DTYPE_I64 },  { 9, BS_DTYPE_BOOL }, { 10, BS_DTYPE_F16 }, { 11, BS_DTYPE_F64 },
  { 16, BS_DTYPE_BF16 },
};

static gboolean
find_type (int number, BsDtype *dtype)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].number == number)
      {
        *dtype = types[i].dtype;
        return TRUE;
      }
  return FALSE;
}

static gboolean
set_shape (BsOnnxConstant *self, const int64_t *dims, gsize n_dims)
{
  if (n_dims > G_N_ELEMENTS (self->dims))
    return FALSE;
  self->n_dims = (guint) n_dims;
  self->n = 1;
  for (guint i = 0; i < self->n_dims; i++)
    {
      if (dims[i] < 0 || (dims[i] > 0 && self->n > G_MAXINT64 / 8 / (guint64) dims[i]))
        return FALSE;
      self->dims[i] = (guint64) dims[i];
      self->n *= (gsize) dims[i];
    }
  return TRUE;
}

/* Points @self to the one field that holds its numbers. Returns how many are there. */
static gsize
find_numbers (BsOnnxConstant *self, const BsOnnx__Tensor *tensor)
{
  switch (self->dtype)
    {
    case BS_DTYPE_F32:
      self->floats = tensor->float_data;
      return tensor->n_float_data;
    case BS_DTYPE_F64:
      self->doubles = tensor->double_data;
      return tensor->n_double_data;
    case BS_DTYPE_I64:
      self->int64s = tensor->int64_data;
      return tensor->n_int64_data;
    default: /* all shorter types, halves by their bits */
      self->int32s = tensor->int32_data;
      return tensor->n_int32_data;
    }
}

gboolean
bs_onnx_constant_init_tensor (BsOnnxConstant *self, const BsOnnx__Tensor *tensor, char **reason)
{
  gsize n, n_fields;

  *self = (BsOnnxConstant){ 0 };
  if (tensor->data_location != 0 || tensor->n_external_data > 0)
    {
      *reason = g_strdup ("its numbers lie in another file; only what the file itself holds is read (PyTorch: "
                          "external_data=False)");
      return FALSE;
    }
  if (tensor->has_segment)
    {
      *reason = g_strdup ("is stored in segments, which are not read");
      return FALSE;
    }
  if (!find_type (tensor->data_type, &self->dtype))
    {
      *reason = g_strdup_printf ("its data type is number %d; expected a float or an integer type", tensor->data_type);
      return FALSE;
    }
  if (!set_shape (self, tensor->dims, tensor->n_dims))
    {
      *reason = g_strdup_printf ("its shape is not one: expected at most %d sizes of at least 0, whose product does not "
                                 "overflow",
                                 BS_SAFETENSORS_MAX_DIMENSIONS);
      return FALSE;
    }
  n_fields = (tensor->n_float_data > 0) + (tensor->n_double_data > 0) + (tensor->n_int32_data > 0)
             + (tensor->n_int64_data > 0);
  if (tensor->has_raw_data && n_fields == 0)
    {
      self->raw = tensor->raw_data.data;
      n = tensor->raw_data.len / bs_dtype_size (self->dtype);
      if (tensor->raw_data.len % bs_dtype_size (self->dtype))
        n = G_MAXSIZE;
    }
  else
    n = tensor->has_raw_data || n_fields > 1 ? G_MAXSIZE : find_numbers (self, tensor);
  if (n == self->n)
    return TRUE;
  if (n == G_MAXSIZE)
    *reason = g_strdup_printf ("its data are not whole numbers of type %s in one place", bs_dtype_name (self->dtype));
  else
    *reason = g_strdup_printf ("its shape needs %" G_GSIZE_FORMAT " numbers, the file holds %" G_GSIZE_FORMAT, self->n,
                               n);
  return FALSE;
}

gboolean
bs_onnx_constant_init_attribute (BsOnnxConstant *self, const BsOnnx__Attribute *attribute, char **reason)
{
  int64_t n = 1;

  if (strcmp (attribute->name, "value") == 0 && attribute->t)
    return bs_onnx_constant_init_tensor (self, attribute->t, reason);

  *self = (BsOnnxConstant){ 0 };
  if (strcmp (attribute->name, "value_float") == 0 && attribute->has_f)
    self->floats = &attribute->f;
  else if (strcmp (attribute->name, "value_int") == 0 && attribute->has_i)
    self->int64s = &attribute->i;
  else if (strcmp (attribute->name, "value_floats") == 0)
    {
      self->floats = attribute->floats;
      n = (int64_t) attribute->n_floats;
    }
  else if (strcmp (attribute->name, "value_ints") == 0)
    {
      self->int64s = attribute->ints;
      n = (int64_t) attribute->n_ints;
    }
  else
    {
      *reason = g_strdup_printf ("its value is not a tensor of numbers");
      return FALSE;
    }
  self->dtype = g_str_has_prefix (attribute->name, "value_float") ? BS_DTYPE_F32 : BS_DTYPE_I64;
  return set_shape (self, &n, g_str_has_suffix (attribute->name, "s") ? 1 : 0);
}

gboolean
bs_onnx_constant_is_float (const BsOnnxConstant *self)
{
  return self->dtype == BS_DTYPE_F32 || self->dtype == BS_DTYPE_F64 || self->dtype == BS_DTYPE_F16
         || self->dtype == BS_DTYPE_BF16;
}

static gint64
get_integer (const BsOnnxConstant *self, gsize i)
{
  const gsize size = bs_dtype_size (self->dtype);
  guint64 bits = 0;

  if (self->int64s)
    return self->int64s[i];
  if (self->int32s)
    return self->int32s[i];
  for (gsize k = 0; k < size; k++)
    bits |= (guint64) self->raw[i * size + k] << 8 * k;
  if (self->dtype == BS_DTYPE_I8)
    return (gint8) bits;
  if (self->dtype == BS_DTYPE_I16)
    return (gint16) bits;
  if (self->dtype == BS_DTYPE_I32)
    return (gint32) bits;
  return (gint64) bits;
}

static double
get_number (const BsOnnxConstant *self, gsize i)
{
  const gsize size = bs_dtype_size (self->dtype);
  BsTensor tensor = { .dtype = self->dtype, .n_elements = 1 };
  guint8 half[2];
  double value = 0;

  if (self->floats)
    return self->floats[i];
  if (self->doubles)
    return self->doubles[i];
  if (!bs_onnx_constant_is_float (self))
    return (double) get_integer (self, i);
  if (self->int32s)
    {
      half[0] = (guint8) (self->int32s[i] & 0xff);
      half[1] = (guint8) (self->int32s[i] >> 8 & 0xff);
      tensor.data = half;
    }
  else
    tensor.data = self->raw + i * size;
  bs_tensor_read (&tensor, 0, 1, &value);
  return value;
}

void
bs_onnx_constant_read (const BsOnnxConstant *self, gsize from, gsize n, double *values)
{
  for (gsize i = 0; i < n; i++)
    values[i] = get_number (self, from + i);
}

gboolean
bs_onnx_constant_get_integers (const BsOnnxConstant *self, gint64 *integers, guint max)
{
  if (bs_onnx_constant_is_float (self) || self->n > max)
    return FALSE;
  for (gsize i = 0; i < self->n; i++)
    integers[i] = get_integer (self, i);
  return TRUE;
}

gboolean
bs_onnx_constant_is_zero (const BsOnnxConstant *self)
{
  double values[CHUNK];

  for (gsize from = 0; from < self->n; from += CHUNK)
    {
      const gsize n = MIN (CHUNK, self->n - from);

      bs_onnx_constant_read (self, from, n, values);
      for (gsize i = 0; i < n; i++)
        if (values[i] != 0)
          return FALSE;
    }
  return TRUE;
}
