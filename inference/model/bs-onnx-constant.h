/* bs-onnx-constant.h: numbers that an ONNX file holds: an initializer, or what a Constant node gives */
#pragma once

#include "inference/model/bs-onnx.pb-c.h"
#include "inference/model/bs-safetensors.h"

G_BEGIN_DECLS

/** BsOnnxConstant: points into the unpacked file, which must outlive it. */
typedef struct
{
  BsDtype dtype;
  guint n_dims;
  guint64 dims[BS_SAFETENSORS_MAX_DIMENSIONS];
  gsize n; /* elements: the product of dims */
  /* Exactly one of these holds them, where n > 0. */
  const guint8 *raw; /* little-endian, of any alignment */
  const float *floats;
  const double *doubles;
  const gint32 *int32s; /* also halves, by their bits */
  const gint64 *int64s;
} BsOnnxConstant;

/** bs_onnx_constant_init_tensor: %FALSE, with a reason at @reason (transfer full), where the tensor is not as its own shape
 * and type say, or lies outside of the file */
gboolean bs_onnx_constant_init_tensor (BsOnnxConstant *self, const BsOnnx__Tensor *tensor, char **reason);
/** bs_onnx_constant_init_attribute: what a Constant node's @attribute gives */
gboolean bs_onnx_constant_init_attribute (BsOnnxConstant *self, const BsOnnx__Attribute *attribute, char **reason);

/** Whether its numbers are of a floating-point type; else they are integers. */
gboolean bs_onnx_constant_is_float (const BsOnnxConstant *self);

/** bs_onnx_constant_read: @n numbers from the one numbered @from on; integers are rounded to doubles. */
void bs_onnx_constant_read (const BsOnnxConstant *self, gsize from, gsize n, double *values);

/** bs_onnx_constant_get_integers: all of at most @max integers; %FALSE where they are more, or not integers */
gboolean bs_onnx_constant_get_integers (const BsOnnxConstant *self, gint64 *integers, guint max);

/** Whether every number is 0. Looks at all of them. */
gboolean bs_onnx_constant_is_zero (const BsOnnxConstant *self);

G_END_DECLS
