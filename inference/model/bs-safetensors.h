/* bs-safetensors.h: the table of tensors at the head of a safetensors file, checked; knows nothing of models */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BS_SAFETENSORS_ERROR_HEADER, /* its length, its JSON, or an entry of it */
  BS_SAFETENSORS_ERROR_TENSOR, /* dtype, shape or offsets of a tensor; the message names it */
} BsSafetensorsError;

#define BS_SAFETENSORS_ERROR (bs_safetensors_error_quark ())
GQuark bs_safetensors_error_quark (void);

#define BS_SAFETENSORS_MAX_HEADER 100000000 /* bytes; the format's own limit */
#define BS_SAFETENSORS_MAX_DIMENSIONS 8

typedef enum
{
  BS_DTYPE_BOOL,
  BS_DTYPE_U8,
  BS_DTYPE_I8,
  BS_DTYPE_F8_E5M2,
  BS_DTYPE_F8_E4M3,
  BS_DTYPE_I16,
  BS_DTYPE_U16,
  BS_DTYPE_F16,
  BS_DTYPE_BF16,
  BS_DTYPE_I32,
  BS_DTYPE_U32,
  BS_DTYPE_F32,
  BS_DTYPE_F64,
  BS_DTYPE_I64,
  BS_DTYPE_U64,
  BS_N_DTYPES
} BsDtype;

/** "F32": as the file writes it. Static. */
const char *bs_dtype_name (BsDtype dtype);
/** Bytes of one element. */
gsize bs_dtype_size (BsDtype dtype);

typedef struct
{
  const char *name; /* UTF-8, owned by the BsSafetensors */
  BsDtype dtype;
  guint n_dimensions; /* 0: one number */
  guint64 shape[BS_SAFETENSORS_MAX_DIMENSIONS];
  const guint8 *data; /* row-major, little-endian, of any alignment; in the caller's memory */
  gsize n_elements;   /* product of the shape */
  gsize offset;       /* of the data from the end of the header, bytes */
} BsTensor;

typedef struct _BsSafetensors BsSafetensors;

/**
 * bs_safetensors_new:
 * @data: the whole file; must outlive what is returned
 * @size: its bytes
 *
 * Reads the header and checks it against @size: the header ends inside the file and is a JSON object without duplicate
 * names; dtypes are known; shapes do not overflow; the tensors lie one after the other from the header's end to the file's
 * end without hole or overlap. The numbers are not looked at.
 *
 * Returns: (transfer full): the table; %NULL with a %BS_SAFETENSORS_ERROR that names the tensor or entry and the rule
 */
BsSafetensors *bs_safetensors_new (const guint8 *data, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_safetensors_free (BsSafetensors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsSafetensors, bs_safetensors_free)

/** bs_safetensors_tensors: (array length=n): all tensors in the order of their data. */
const BsTensor *bs_safetensors_tensors (const BsSafetensors *self, guint *n);
/** bs_safetensors_find: (nullable): the tensor @name. */
const BsTensor *bs_safetensors_find (const BsSafetensors *self, const char *name);

/** bs_safetensors_metadata: (transfer full): the strings under `__metadata__` by key, owning copies of them. */
GTree *bs_safetensors_metadata (const BsSafetensors *self);

/** bs_tensor_shape_string: (transfer full): "[256, 62]": for messages. */
char *bs_tensor_shape_string (const BsTensor *self);

/**
 * bs_tensor_read:
 * @from: number of the first element, in row-major order
 * @n: elements; from + n <= n_elements
 * @values: (out caller-allocates): [n]
 *
 * Converts the numbers of an F16, BF16, F32 or F64 tensor, exactly.
 *
 * Returns: %FALSE where its dtype is another
 */
gboolean bs_tensor_read (const BsTensor *self, gsize from, gsize n, double *values);

G_END_DECLS
