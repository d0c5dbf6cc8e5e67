/* bs-onnx-graph-shapes.c: operators that move numbers about, or compute sizes, and change no number */
#include "inference/model/bs-onnx-graph-private.h"

#include <string.h>

#define TYPE_FLOAT 1 /* TensorProto.DataType */
#define TYPE_INT32 6
#define TYPE_INT64 7
#define TYPE_DOUBLE 11

/* --- what they share --- */

/* 0 <= *axis < @n, negative ones counted from the end. */
static gboolean
normalize_axis (gint64 *axis, guint n)
{
  if (*axis < 0)
    *axis += n;
  return *axis >= 0 && *axis < n;
}

/* Axes from input @number of the node or, in older operator sets, an attribute. */
static gboolean
get_list (const BsOnnx__Node *node, BsOnnxValue **in, guint number, const char *attribute_name, gint64 *integers,
          guint *n)
{
  const BsOnnx__Attribute *attribute = bs_onnx_attribute (node, attribute_name);

  if (in[number]->kind != BS_ONNX_ABSENT)
    return bs_onnx_value_integers (in[number], integers, BS_ONNX_MAX_AXES, n);
  if (!attribute || attribute->n_ints > BS_ONNX_MAX_AXES)
    return FALSE;
  *n = (guint) attribute->n_ints;
  for (guint i = 0; i < *n; i++)
    integers[i] = attribute->ints[i];
  return TRUE;
}

static void
remove_axis (BsOnnxValue *value, guint axis)
{
  value->n_axes--;
  memmove (&value->axes[axis], &value->axes[axis + 1], (value->n_axes - axis) * sizeof *value->axes);
}

/* How many there are along @axis, 0 where that is not known. */
static gint64
axis_length (const BsOnnxReader *self, const BsOnnxValue *data, guint axis)
{
  switch (data->axes[axis])
    {
    case BS_ONNX_AXIS_ONE:
      return 1;
    case BS_ONNX_AXIS_FIRST:
    case BS_ONNX_AXIS_SECOND:
      return self->axis_sizes[data->axes[axis] - BS_ONNX_AXIS_FIRST];
    case BS_ONNX_AXIS_FEATURE:
      return data->width;
    case BS_ONNX_AXIS_LAYERS:
      return data->n_stacked;
    default:
      return 0;
    }
}

/* Whether taking element @index of @axis is what the network does: the last step, the last layer, the only one. */
static gboolean
is_last (const BsOnnxReader *self, const BsOnnxValue *data, guint axis, gint64 index)
{
  const gint64 length = axis_length (self, data, axis);
  const gboolean is_time = self->has_time && data->axes[axis] == self->time;

  if (!is_time && data->axes[axis] != BS_ONNX_AXIS_LAYERS && data->axes[axis] != BS_ONNX_AXIS_ONE)
    return FALSE;
  return index == -1 || (length > 0 && index == length - 1);
}

/* Sizes alone: @value becomes @n of them. */
static gboolean
set_sizes (BsOnnxValue *value, const BsOnnxSize *sizes, guint n)
{
  value->kind = BS_ONNX_SIZES;
  value->n_sizes = n;
  memcpy (value->sizes, sizes, n * sizeof *sizes);
  return TRUE;
}

/* What stays the same through a node, whatever it does with the order of zeros. */
static gboolean
keep (const BsOnnx__Node *node, const BsOnnxValue *in, BsOnnxValue *out)
{
  if (in->kind == BS_ONNX_ABSENT)
    return TRUE; /* a node without its input gives nothing that is understood */
  *out = *in;
  out->origin = node;
  return TRUE;
}

static gboolean
give_up (BsOnnxValue *out, const char *reason)
{
  out->kind = BS_ONNX_OTHER;
  out->reason = reason;
  return TRUE;
}

#define COMPUTED "numbers are computed in the graph that the file could hold (PyTorch: do_constant_folding=True)"

/* --- what leaves everything as it is --- */

gboolean
bs_onnx_identity (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  return keep (node, in[0], out);
}

gboolean
bs_onnx_dropout (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  gint64 training;
  guint n;

  if (in[2]->kind != BS_ONNX_ABSENT && (!bs_onnx_value_integers (in[2], &training, 1, &n) || n != 1 || training))
    return bs_onnx_refuse (node, error, "drops at random (training_mode); export the model after model.eval ()");
  return keep (node, in[0], out);
}

gboolean
bs_onnx_cast (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  const gint64 to = bs_onnx_attribute_integer (node, "to", 0);
  const gboolean to_float = to == TYPE_FLOAT || to == TYPE_DOUBLE;
  const gboolean to_integer = to == TYPE_INT32 || to == TYPE_INT64;
  const gboolean is_float = in[0]->kind == BS_ONNX_DATA
                            || (in[0]->kind == BS_ONNX_CONSTANT && bs_onnx_constant_is_float (&in[0]->constant));

  if (in[0]->kind == BS_ONNX_DATA && !to_float)
    return bs_onnx_refuse (node, error, "to data type %" G_GINT64_FORMAT "; expected float or double", to);
  if (in[0]->kind == BS_ONNX_ZEROS || (is_float ? to_float : to_integer))
    return keep (node, in[0], out);
  return give_up (out, COMPUTED);
}

/* --- constants --- */

gboolean
bs_onnx_constant (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  BsOnnxConstant constant;
  g_autofree char *reason = NULL;

  if (node->n_attribute != 1)
    return bs_onnx_refuse (node, error, "expected one value");
  if (!bs_onnx_constant_init_attribute (&constant, node->attribute[0], &reason))
    return bs_onnx_refuse (node, error, "%s", reason);
  bs_onnx_value_set_constant (out, &constant);
  return TRUE;
}

gboolean
bs_onnx_constant_of_shape (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out,
                           GError **error)
{
  const BsOnnx__Attribute *attribute = bs_onnx_attribute (node, "value");
  BsOnnxConstant constant;
  g_autofree char *reason = NULL;

  if (attribute && !bs_onnx_constant_init_attribute (&constant, attribute, &reason))
    return bs_onnx_refuse (node, error, "%s", reason);
  if (attribute && !bs_onnx_constant_is_zero (&constant))
    return give_up (out, COMPUTED);
  out->kind = BS_ONNX_ZEROS;
  return TRUE;
}

gboolean
bs_onnx_expand (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  if (in[0]->kind == BS_ONNX_DATA)
    return bs_onnx_refuse (node, error, "repeats what the network computes");
  if (!bs_onnx_value_is_zero (in[0]))
    return give_up (out, COMPUTED);
  out->kind = BS_ONNX_ZEROS;
  return TRUE;
}

/* --- sizes --- */

gboolean
bs_onnx_shape (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  gint64 start = bs_onnx_attribute_integer (node, "start", 0);
  gint64 end = bs_onnx_attribute_integer (node, "end", G_MAXINT64);
  BsOnnxSize sizes[BS_ONNX_MAX_AXES];
  gint64 n;

  if (in[0]->kind == BS_ONNX_DATA)
    {
      n = in[0]->n_axes;
      for (guint i = 0; i < n; i++)
        if (in[0]->axes[i] == BS_ONNX_AXIS_ONE)
          sizes[i] = (BsOnnxSize){ BS_ONNX_AXIS_NUMBER, 1 };
        else
          sizes[i] = (BsOnnxSize){ .axis = in[0]->axes[i] };
    }
  else if (in[0]->kind == BS_ONNX_CONSTANT)
    {
      n = in[0]->constant.n_dims;
      for (guint i = 0; i < n; i++)
        sizes[i] = (BsOnnxSize){ BS_ONNX_AXIS_NUMBER, (gint64) in[0]->constant.dims[i] };
    }
  else
    return give_up (out, NULL);
  start = CLAMP (start < 0 ? start + n : start, 0, n);
  end = CLAMP (end < 0 ? end + n : end, start, n);
  return set_sizes (out, sizes + start, (guint) (end - start));
}

/* --- Gather and Slice --- */

gboolean
bs_onnx_gather (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  gint64 axis = bs_onnx_attribute_integer (node, "axis", 0);
  gint64 indices[BS_ONNX_MAX_SIZES];
  BsOnnxSize sizes[BS_ONNX_MAX_SIZES], taken[BS_ONNX_MAX_SIZES];
  guint n, n_indices;

  if (in[0]->kind == BS_ONNX_ZEROS)
    return keep (node, in[0], out);
  if (in[0]->kind == BS_ONNX_DATA)
    {
      if (!normalize_axis (&axis, in[0]->n_axes) || in[1]->kind != BS_ONNX_CONSTANT || in[1]->constant.n_dims > 1
          || !bs_onnx_value_integers (in[1], indices, 1, &n) || n != 1
          || !is_last (self, in[0], (guint) axis, indices[0]))
        return bs_onnx_refuse (node, error, "does not take the last step of the sequence or the last layer");
      keep (node, in[0], out);
      if (in[1]->constant.n_dims == 0)
        remove_axis (out, (guint) axis);
      else
        out->axes[axis] = BS_ONNX_AXIS_ONE;
      return TRUE;
    }
  if (!bs_onnx_value_sizes (in[0], sizes, &n)
      || !bs_onnx_value_integers (in[1], indices, BS_ONNX_MAX_SIZES, &n_indices))
    return give_up (out, COMPUTED);
  for (guint i = 0; i < n_indices; i++)
    {
      if (!normalize_axis (&indices[i], n))
        return give_up (out, "its index is out of range");
      taken[i] = sizes[indices[i]];
    }
  return set_sizes (out, taken, n_indices);
}

/* What a Slice node says: [start, end) of each of @n axes. */
typedef struct
{
  gint64 starts[BS_ONNX_MAX_AXES], ends[BS_ONNX_MAX_AXES], axes[BS_ONNX_MAX_AXES], steps[BS_ONNX_MAX_AXES];
  guint n;
} Ranges;

static gboolean
get_ranges (const BsOnnx__Node *node, BsOnnxValue **in, Ranges *ranges)
{
  guint n_ends, n_axes, n_steps;

  if (!get_list (node, in, 1, "starts", ranges->starts, &ranges->n)
      || !get_list (node, in, 2, "ends", ranges->ends, &n_ends) || n_ends != ranges->n)
    return FALSE;
  for (guint i = 0; i < ranges->n; i++)
    ranges->axes[i] = i;
  if ((in[3]->kind != BS_ONNX_ABSENT || bs_onnx_attribute (node, "axes"))
      && (!get_list (node, in, 3, "axes", ranges->axes, &n_axes) || n_axes != ranges->n))
    return FALSE;
  if (in[4]->kind == BS_ONNX_ABSENT)
    return TRUE;
  if (!bs_onnx_value_integers (in[4], ranges->steps, BS_ONNX_MAX_AXES, &n_steps) || n_steps != ranges->n)
    return FALSE;
  for (guint i = 0; i < n_steps; i++)
    if (ranges->steps[i] != 1)
      return FALSE;
  return TRUE;
}

static gboolean
slice_data (const BsOnnxReader *self, const BsOnnx__Node *node, const Ranges *ranges, BsOnnxValue *data, GError **error)
{
  for (guint i = 0; i < ranges->n; i++)
    {
      gint64 axis = ranges->axes[i], length;
      gboolean to_end;

      if (!normalize_axis (&axis, data->n_axes))
        return bs_onnx_refuse (node, error, "its axis is out of range");
      length = axis_length (self, data, (guint) axis);
      to_end = ranges->ends[i] >= G_MAXINT32 || (length > 0 && ranges->ends[i] >= length);
      if (to_end && ranges->starts[i] == 0)
        continue;
      if (!to_end || !is_last (self, data, (guint) axis, ranges->starts[i]))
        return bs_onnx_refuse (node, error, "takes a part of the sequence or of the features that is not its last step");
      data->axes[axis] = BS_ONNX_AXIS_ONE;
    }
  return TRUE;
}

gboolean
bs_onnx_slice (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  BsOnnxSize sizes[BS_ONNX_MAX_SIZES];
  Ranges ranges;
  gint64 start, end;
  guint n;

  if (bs_onnx_value_is_zero (in[0]))
    {
      out->kind = BS_ONNX_ZEROS;
      return TRUE;
    }
  if (!get_ranges (node, in, &ranges))
    {
      if (in[0]->kind == BS_ONNX_DATA)
        return bs_onnx_refuse (node, error, "its range is not fixed, or its step is not 1");
      return give_up (out, COMPUTED);
    }
  if (in[0]->kind == BS_ONNX_DATA)
    {
      keep (node, in[0], out);
      return slice_data (self, node, &ranges, out, error);
    }
  if (!bs_onnx_value_sizes (in[0], sizes, &n) || ranges.n != 1 || (ranges.axes[0] != 0 && ranges.axes[0] != -1))
    return give_up (out, COMPUTED);
  start = CLAMP (ranges.starts[0] < 0 ? ranges.starts[0] + n : ranges.starts[0], 0, (gint64) n);
  end = CLAMP (ranges.ends[0] < 0 ? ranges.ends[0] + n : ranges.ends[0], start, (gint64) n);
  return set_sizes (out, sizes + start, (guint) (end - start));
}

/* --- Concat --- */

gboolean
bs_onnx_concat (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  const guint n_in = (guint) node->n_input;
  const BsOnnxValue *last = n_in ? in[n_in - 1] : NULL;
  BsOnnxSize all[BS_ONNX_MAX_SIZES], sizes[BS_ONNX_MAX_SIZES];
  guint n_all = 0, n_data = 0, n_zeros = 0;

  for (guint i = 0; i < n_in; i++)
    {
      n_data += in[i]->kind == BS_ONNX_DATA;
      n_zeros += bs_onnx_value_is_zero (in[i]);
    }
  if (n_zeros == n_in && n_in > 0)
    {
      out->kind = BS_ONNX_ZEROS;
      return TRUE;
    }
  if (n_data > 0)
    {
      /* The last states of all layers one after the other: only the last layer's is ever used. */
      if (n_data != n_in || bs_onnx_attribute_integer (node, "axis", 0) != 0)
        return bs_onnx_refuse (node, error, "puts together what a network of one branch keeps apart");
      for (guint i = 0; i < n_in; i++)
        if (in[i]->n_axes != last->n_axes || in[i]->n_axes == 0 || in[i]->axes[0] != BS_ONNX_AXIS_ONE)
          return bs_onnx_refuse (node, error, "puts together what a network of one branch keeps apart");
      keep (node, last, out);
      out->axes[0] = BS_ONNX_AXIS_LAYERS;
      out->n_stacked = n_in;
      return TRUE;
    }
  for (guint i = 0; i < n_in; i++)
    {
      guint n;

      if (!bs_onnx_value_sizes (in[i], sizes, &n) || n_all + n > BS_ONNX_MAX_SIZES)
        return give_up (out, COMPUTED);
      memcpy (all + n_all, sizes, n * sizeof *sizes);
      n_all += n;
    }
  return set_sizes (out, all, n_all);
}

/* --- axes added, removed, exchanged --- */

gboolean
bs_onnx_squeeze (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  gint64 axes[BS_ONNX_MAX_AXES];
  gboolean removed[BS_ONNX_MAX_AXES] = { FALSE };
  guint n;

  if (in[0]->kind != BS_ONNX_DATA)
    {
      if (in[0]->kind == BS_ONNX_ZEROS || in[0]->kind == BS_ONNX_SIZES)
        return keep (node, in[0], out);
      return give_up (out, COMPUTED);
    }
  if (!get_list (node, in, 1, "axes", axes, &n))
    return bs_onnx_refuse (node, error, "does not say which axes it removes");
  keep (node, in[0], out);
  for (guint i = 0; i < n; i++)
    {
      if (!normalize_axis (&axes[i], in[0]->n_axes) || in[0]->axes[axes[i]] != BS_ONNX_AXIS_ONE)
        return bs_onnx_refuse (node, error, "removes an axis whose size is not 1");
      removed[axes[i]] = TRUE;
    }
  for (guint axis = in[0]->n_axes; axis-- > 0;)
    if (removed[axis])
      remove_axis (out, axis);
  return TRUE;
}

gboolean
bs_onnx_unsqueeze (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  gint64 axes[BS_ONNX_MAX_AXES];
  gboolean added[BS_ONNX_MAX_AXES] = { FALSE };
  BsOnnxSize sizes[BS_ONNX_MAX_SIZES];
  guint n, from = 0;

  if (in[0]->kind != BS_ONNX_DATA)
    {
      if (in[0]->kind == BS_ONNX_ZEROS)
        return keep (node, in[0], out);
      if (bs_onnx_value_sizes (in[0], sizes, &n) && n == 1)
        return set_sizes (out, sizes, 1);
      return give_up (out, COMPUTED);
    }
  if (!get_list (node, in, 1, "axes", axes, &n) || in[0]->n_axes + n > BS_ONNX_MAX_AXES)
    return bs_onnx_refuse (node, error, "does not say which axes it adds, or adds too many");
  keep (node, in[0], out);
  out->n_axes += n;
  for (guint i = 0; i < n; i++)
    {
      if (!normalize_axis (&axes[i], out->n_axes) || added[axes[i]])
        return bs_onnx_refuse (node, error, "its axes are out of range");
      added[axes[i]] = TRUE;
    }
  for (guint axis = 0; axis < out->n_axes; axis++)
    out->axes[axis] = added[axis] ? BS_ONNX_AXIS_ONE : in[0]->axes[from++];
  return TRUE;
}

gboolean
bs_onnx_transpose (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  const BsOnnx__Attribute *perm = bs_onnx_attribute (node, "perm");
  const guint n = in[0]->n_axes;
  gboolean seen[BS_ONNX_MAX_AXES] = { FALSE };

  if (in[0]->kind == BS_ONNX_ZEROS)
    return keep (node, in[0], out);
  if (in[0]->kind != BS_ONNX_DATA)
    return give_up (out, COMPUTED);
  if (perm && perm->n_ints != n)
    return bs_onnx_refuse (node, error, "its order names %" G_GSIZE_FORMAT " axes; there are %u", perm->n_ints, n);
  keep (node, in[0], out);
  for (guint i = 0; i < n; i++)
    {
      const gint64 from = perm ? perm->ints[i] : n - 1 - i;

      if (from < 0 || from >= n || seen[from])
        return bs_onnx_refuse (node, error, "its order is not one of the axes");
      seen[from] = TRUE;
      out->axes[i] = in[0]->axes[from];
    }
  return TRUE;
}

/* Whether a size in a target shape can be that of @axis. */
static gboolean
size_fits (const BsOnnxReader *self, const BsOnnxValue *data, guint axis, const BsOnnxSize *size)
{
  const gint64 length = axis_length (self, data, axis);

  if (size->axis != BS_ONNX_AXIS_NUMBER)
    return size->axis == data->axes[axis];
  /* -1: what is left. A size that varies was 1 or so when the graph was traced: the order of the others tells. */
  return size->number == -1 || length == 0 || size->number == length
         || (self->has_time && data->axes[axis] != self->time && data->axes[axis] != BS_ONNX_AXIS_FEATURE);
}

gboolean
bs_onnx_reshape (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  static const char *const reason = "changes more than axes of size 1";
  const BsOnnxValue *data = in[0];
  BsOnnxSize sizes[BS_ONNX_MAX_SIZES];
  guint n, n_kept = 0, n_extra, axis = 0;

  if (data->kind != BS_ONNX_DATA)
    {
      if (data->kind == BS_ONNX_ZEROS || data->kind == BS_ONNX_SIZES)
        return keep (node, data, out);
      return give_up (out, COMPUTED);
    }
  if (!bs_onnx_value_sizes (in[1], sizes, &n))
    return bs_onnx_refuse (node, error, "its shape is not known");
  for (guint i = 0; i < n; i++)
    if (sizes[i].axis == BS_ONNX_AXIS_NUMBER && sizes[i].number == 0)
      {
        if (i >= data->n_axes || bs_onnx_attribute_integer (node, "allowzero", 0))
          return bs_onnx_refuse (node, error, "%s", reason);
        sizes[i] = data->axes[i] == BS_ONNX_AXIS_ONE ? (BsOnnxSize){ BS_ONNX_AXIS_NUMBER, 1 }
                                                     : (BsOnnxSize){ .axis = data->axes[i] };
      }
  for (guint i = 0; i < data->n_axes; i++)
    n_kept += data->axes[i] != BS_ONNX_AXIS_ONE;
  if (n < n_kept)
    return bs_onnx_refuse (node, error, "%s", reason);

  keep (node, data, out);
  out->n_axes = n;
  n_extra = n - n_kept; /* sizes of 1 that are new or stay */
  for (guint i = 0; i < n; i++)
    {
      if (n_extra > 0 && sizes[i].axis == BS_ONNX_AXIS_NUMBER && sizes[i].number == 1)
        {
          out->axes[i] = BS_ONNX_AXIS_ONE;
          n_extra--;
          continue;
        }
      while (axis < data->n_axes && data->axes[axis] == BS_ONNX_AXIS_ONE)
        axis++;
      if (axis == data->n_axes || !size_fits (self, data, axis, &sizes[i]))
        return bs_onnx_refuse (node, error, "%s", reason);
      out->axes[i] = data->axes[axis++];
    }
  return TRUE;
}

gboolean
bs_onnx_flatten (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  gint64 split = bs_onnx_attribute_integer (node, "axis", 1);
  guint counts[2] = { 0, 0 };

  if (in[0]->kind != BS_ONNX_DATA)
    return give_up (out, COMPUTED);
  if (split < 0)
    split += in[0]->n_axes;
  keep (node, in[0], out);
  out->n_axes = 2;
  out->axes[0] = out->axes[1] = BS_ONNX_AXIS_ONE;
  for (guint i = 0; i < in[0]->n_axes; i++)
    if (in[0]->axes[i] != BS_ONNX_AXIS_ONE)
      {
        out->axes[i >= split] = in[0]->axes[i];
        counts[i >= split]++;
      }
  if (counts[0] > 1 || counts[1] > 1)
    return bs_onnx_refuse (node, error, "puts steps or features into one axis");
  return TRUE;
}
