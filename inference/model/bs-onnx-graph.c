#include "inference/model/bs-onnx-graph-private.h"

#include <string.h>

#include "inference/model/bs-json.h"

/* One row an operator: its attributes, all of which are looked at; any other is refused, as it could change the answer. */
static const struct
{
  const char *name;
  BsOnnxOperator run;
  const char *attributes;
} operators[] = {
  { "Add", bs_onnx_arithmetic, "" },
  { "Cast", bs_onnx_cast, "to saturate" },
  { "Concat", bs_onnx_concat, "axis" },
  { "Constant", bs_onnx_constant, "value value_float value_floats value_int value_ints" },
  { "ConstantOfShape", bs_onnx_constant_of_shape, "value" },
  { "Div", bs_onnx_arithmetic, "" },
  { "Dropout", bs_onnx_dropout, "ratio seed" },
  { "Expand", bs_onnx_expand, "" },
  { "Flatten", bs_onnx_flatten, "axis" },
  { "Gather", bs_onnx_gather, "axis" },
  { "Gemm", bs_onnx_gemm, "alpha beta transA transB" },
  { "Identity", bs_onnx_identity, "" },
  { "LSTM", bs_onnx_lstm,
    "activation_alpha activation_beta activations clip direction hidden_size input_forget layout" },
  { "LogSoftmax", bs_onnx_softmax, "axis" },
  { "MatMul", bs_onnx_matmul, "" },
  { "Mul", bs_onnx_arithmetic, "" },
  { "Relu", bs_onnx_relu, "" },
  { "Reshape", bs_onnx_reshape, "allowzero" },
  { "Shape", bs_onnx_shape, "start end" },
  { "Slice", bs_onnx_slice, "axes ends starts" },
  { "Softmax", bs_onnx_softmax, "axis" },
  { "Squeeze", bs_onnx_squeeze, "axes" },
  { "Sub", bs_onnx_arithmetic, "" },
  { "Transpose", bs_onnx_transpose, "perm" },
  { "Unsqueeze", bs_onnx_unsqueeze, "axes" },
};

/* --- what the operators use --- */

/* A text of the file, for a message. (nullable) */
static char *
quote (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);

  return bs_json_quote (valid);
}

static const char *
node_name (const BsOnnx__Node *node)
{
  if (node->name && *node->name)
    return node->name;
  return node->n_output ? node->output[0] : "";
}

gboolean
bs_onnx_refuse (const BsOnnx__Node *node, GError **error, const char *format, ...)
{
  g_autofree char *name = quote (node_name (node));
  g_autofree char *type = quote (node->op_type);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  type[strlen (type) - 1] = '\0';
  g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT, "node %s (%s): %s", name, type + 1, what);
  return FALSE;
}

static gboolean
refuse (GError **error, const char *what, const char *name, const char *reason)
{
  g_autofree char *quoted = quote (name);

  g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT, "%s %s: %s", what, quoted, reason);
  return FALSE;
}

const BsOnnx__Attribute *
bs_onnx_attribute (const BsOnnx__Node *node, const char *name)
{
  for (gsize i = 0; i < node->n_attribute; i++)
    if (strcmp (node->attribute[i]->name, name) == 0)
      return node->attribute[i];
  return NULL;
}

gint64
bs_onnx_attribute_integer (const BsOnnx__Node *node, const char *name, gint64 absent)
{
  const BsOnnx__Attribute *attribute = bs_onnx_attribute (node, name);

  return attribute && attribute->has_i ? attribute->i : absent;
}

double
bs_onnx_attribute_float (const BsOnnx__Node *node, const char *name, double absent)
{
  const BsOnnx__Attribute *attribute = bs_onnx_attribute (node, name);

  return attribute && attribute->has_f ? (double) attribute->f : absent;
}

gboolean
bs_onnx_value_integers (const BsOnnxValue *value, gint64 *integers, guint max, guint *n)
{
  if (value->kind == BS_ONNX_CONSTANT && bs_onnx_constant_get_integers (&value->constant, integers, max))
    {
      *n = (guint) value->constant.n;
      return TRUE;
    }
  if (value->kind != BS_ONNX_SIZES || value->n_sizes > max)
    return FALSE;
  for (guint i = 0; i < value->n_sizes; i++)
    {
      if (value->sizes[i].axis != BS_ONNX_AXIS_NUMBER)
        return FALSE;
      integers[i] = value->sizes[i].number;
    }
  *n = value->n_sizes;
  return TRUE;
}

gboolean
bs_onnx_value_sizes (const BsOnnxValue *value, BsOnnxSize *sizes, guint *n)
{
  gint64 integers[BS_ONNX_MAX_SIZES];

  if (value->kind == BS_ONNX_SIZES)
    {
      memcpy (sizes, value->sizes, sizeof value->sizes);
      *n = value->n_sizes;
      return TRUE;
    }
  if (!bs_onnx_value_integers (value, integers, BS_ONNX_MAX_SIZES, n))
    return FALSE;
  for (guint i = 0; i < *n; i++)
    sizes[i] = (BsOnnxSize){ BS_ONNX_AXIS_NUMBER, integers[i] };
  return TRUE;
}

gboolean
bs_onnx_value_is_zero (BsOnnxValue *value)
{
  if (value->kind != BS_ONNX_CONSTANT)
    return value->kind == BS_ONNX_ZEROS;
  if (!value->is_zero_known)
    {
      value->is_zero
        = bs_onnx_constant_is_float (&value->constant) && bs_onnx_constant_is_zero (&value->constant);
      value->is_zero_known = TRUE;
    }
  return value->is_zero;
}

void
bs_onnx_value_set_constant (BsOnnxValue *value, const BsOnnxConstant *constant)
{
  value->kind = BS_ONNX_CONSTANT;
  value->constant = *constant;
}

/* --- one node --- */

static gboolean
check_attributes (const BsOnnx__Node *node, const char *known, GError **error)
{
  g_auto (GStrv) names = g_strsplit (known, " ", -1);

  for (gsize i = 0; i < node->n_attribute; i++)
    {
      const BsOnnx__Attribute *attribute = node->attribute[i];
      g_autofree char *quoted = quote (attribute->name);

      if (!attribute->name || !*attribute->name || !g_strv_contains ((const char *const *) names, attribute->name))
        return bs_onnx_refuse (node, error, "attribute %s is not one that is understood", quoted);
      if (attribute->has_g || (attribute->ref_attr_name && *attribute->ref_attr_name))
        return bs_onnx_refuse (node, error, "attribute %s is a graph, or comes from a function", quoted);
      for (gsize k = 0; k < i; k++)
        if (strcmp (node->attribute[k]->name, attribute->name) == 0)
          return bs_onnx_refuse (node, error, "attribute %s is there twice", quoted);
    }
  return TRUE;
}

/* The first of @in of @kind; %NULL where there is none. */
static BsOnnxValue *
find_kind (BsOnnxValue **in, gsize n_in, BsOnnxKind kind)
{
  for (gsize i = 0; i < n_in; i++)
    if (in[i]->kind == kind)
      return in[i];
  return NULL;
}

static gboolean
refuse_other (const BsOnnx__Node *node, const BsOnnxValue *other, GError **error)
{
  g_autofree char *name = quote (other->origin ? node_name (other->origin) : NULL);
  g_autofree char *type = quote (other->origin ? other->origin->op_type : NULL);

  return bs_onnx_refuse (node, error, "needs what node %s (%s) gives, and that is not understood%s%s", name, type,
                         other->reason ? ": " : "", other->reason ? other->reason : "");
}

static gboolean
run_node (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  const gboolean is_standard = !node->domain || !*node->domain || strcmp (node->domain, "ai.onnx") == 0;
  const BsOnnxValue *data = find_kind (in, node->n_input, BS_ONNX_DATA);
  BsOnnxValue *other = find_kind (in, node->n_input, BS_ONNX_OTHER);
  guint row;

  for (row = 0; row < G_N_ELEMENTS (operators); row++)
    if (is_standard && node->op_type && strcmp (node->op_type, operators[row].name) == 0)
      break;
  if (row == G_N_ELEMENTS (operators))
    {
      if (data)
        return bs_onnx_refuse (node, error,
                               "this operator has no place in a classifier of LSTM and Linear layers; Barscope could "
                               "not compute it");
      out->reason = "the operator is not known";
      return TRUE;
    }
  if (!check_attributes (node, operators[row].attributes, error))
    return FALSE;
  if (other && data)
    return refuse_other (node, other, error);
  if (other)
    {
      *out = *other;
      return TRUE;
    }
  return operators[row].run (self, node, in, out, error);
}

/* --- the graph --- */

static gboolean
add_value (GHashTable *values, const char *name, const BsOnnxValue *value, GError **error)
{
  if (!name || !*name)
    return refuse (error, "value", name, "has no name");
  if (!g_utf8_validate (name, -1, NULL))
    return refuse (error, "value", name, "its name is not UTF-8");
  if (!g_hash_table_insert (values, (gpointer) name, g_memdup2 (value, sizeof *value)))
    return refuse (error, "value", name, "is made twice");
  return TRUE;
}

static gboolean
add_initializers (GHashTable *values, const BsOnnx__Graph *graph, GError **error)
{
  for (gsize i = 0; i < graph->n_initializer; i++)
    {
      BsOnnxValue value = { .kind = BS_ONNX_CONSTANT };
      g_autofree char *reason = NULL;

      if (!bs_onnx_constant_init_tensor (&value.constant, graph->initializer[i], &reason))
        return refuse (error, "initializer", graph->initializer[i]->name, reason);
      if (!add_value (values, graph->initializer[i]->name, &value, error))
        return FALSE;
    }
  return TRUE;
}

/* The input that is no initializer: three axes, the last one of features. */
static gboolean
add_input (BsOnnxReader *self, GHashTable *values, const BsOnnx__Graph *graph, GError **error)
{
  static const char *const expected = "expected a float or double tensor of three axes: [batch, time, features] or [time, "
                                      "batch, features]";
  const BsOnnx__ValueInfo *input = NULL;
  const BsOnnx__TensorType *type;
  BsOnnxValue value = { .kind = BS_ONNX_DATA, .n_axes = 3 };

  for (gsize i = 0; i < graph->n_input; i++)
    {
      const char *name = graph->input[i]->name;

      if (name && g_hash_table_contains (values, name))
        continue;
      if (input)
        return refuse (error, "input", name, "a second input; the features are the only one that a classifier has");
      input = graph->input[i];
    }
  if (!input)
    return refuse (error, "graph", graph->name, "has no input");

  type = input->type ? input->type->tensor_type : NULL;
  if (!type || (type->elem_type != 1 && type->elem_type != 11) || !type->shape || type->shape->n_dim != 3)
    return refuse (error, "input", input->name, expected);
  for (guint i = 0; i < 3; i++)
    {
      const BsOnnx__Dimension *dim = type->shape->dim[i];
      const gint64 limit = i == 2 ? BS_MODEL_MAX_INPUTS : G_MAXINT32;

      value.axes[i] = (BsOnnxAxis) (BS_ONNX_AXIS_FIRST + i);
      if (!dim->has_dim_value)
        continue;
      if (dim->dim_value < 1 || dim->dim_value > limit)
        return refuse (error, "input", input->name, i == 2 ? "expected 1 to 4096 features" : expected);
      if (i < 2)
        self->axis_sizes[i] = (guint) dim->dim_value;
      else
        value.width = (guint) dim->dim_value;
    }
  return add_value (values, input->name, &value, error);
}

static gboolean
add_node (BsOnnxReader *self, GHashTable *values, const BsOnnx__Node *node, GError **error)
{
  BsOnnxValue absent = { .kind = BS_ONNX_ABSENT };
  BsOnnxValue *in[BS_ONNX_MAX_INPUTS];
  BsOnnxValue out[BS_ONNX_MAX_OUTPUTS];

  if (node->n_input > BS_ONNX_MAX_INPUTS || node->n_output > BS_ONNX_MAX_OUTPUTS || node->n_output == 0)
    return bs_onnx_refuse (node, error, "has too many inputs or outputs, or no output");
  for (guint i = 0; i < BS_ONNX_MAX_INPUTS; i++)
    {
      in[i] = &absent;
      if (i >= node->n_input || !*node->input[i])
        continue;
      in[i] = g_hash_table_lookup (values, node->input[i]);
      if (!in[i])
        {
          g_autofree char *name = quote (node->input[i]);

          return bs_onnx_refuse (node, error, "needs %s, which nothing before it makes", name);
        }
    }
  for (guint i = 0; i < BS_ONNX_MAX_OUTPUTS; i++)
    out[i] = (BsOnnxValue){ .kind = BS_ONNX_OTHER, .origin = node };
  if (!run_node (self, node, in, out, error))
    return FALSE;
  for (guint i = 0; i < node->n_output; i++)
    if (*node->output[i] && !add_value (values, node->output[i], &out[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_output (const BsOnnxReader *self, GHashTable *values, const BsOnnx__Graph *graph, GError **error)
{
  const BsOnnxNetwork *network = self->network;
  const BsOnnxValue *value;
  const char *name;
  guint n_kept = 0;

  if (graph->n_output != 1)
    return refuse (error, "graph", graph->name, "has more outputs than one, or none; expected the classes' alone");
  name = graph->output[0]->name;
  value = name ? g_hash_table_lookup (values, name) : NULL;
  if (!value)
    return refuse (error, "output", name, "no node makes it");
  if (value->kind == BS_ONNX_OTHER && value->origin)
    return bs_onnx_refuse (value->origin, error, "the answer depends on it, and it is not understood%s%s",
                           value->reason ? ": " : "", value->reason ? value->reason : "");
  if (value->kind != BS_ONNX_DATA)
    return refuse (error, "output", name, "does not depend on the input");
  if (network->n_layers == 0)
    return refuse (error, "output", name, "no LSTM node leads to it");
  if (network->n_linear == 0)
    return refuse (error, "output", name, "no Linear layer (Gemm or MatMul) leads to it");
  if (value->n_blocks != self->n_blocks)
    return refuse (error, "output", name, "is not what the last layer gives: the graph has a second branch");
  if (network->linear[network->n_linear - 1].has_relu)
    return refuse (error, "output", name, "a ReLU after the last Linear layer is not part of the network");
  if (value->width != BS_N_CLASSES)
    return refuse (error, "output", name, "expected 3 classes: short, hold, long");
  for (guint i = 0; i < value->n_axes; i++)
    {
      if (value->axes[i] == self->time || value->axes[i] == BS_ONNX_AXIS_LAYERS)
        return refuse (error, "output", name, "has an answer for every step or layer; expected that of the last step");
      n_kept += value->axes[i] != BS_ONNX_AXIS_ONE;
    }
  if (n_kept != 2 || value->axes[value->n_axes - 1] != BS_ONNX_AXIS_FEATURE)
    return refuse (error, "output", name, "its axes are not [batch, classes]");
  return TRUE;
}

gboolean
bs_onnx_graph_read (const BsOnnx__Graph *graph, gint64 opset, BsOnnxNetwork *network, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  BsOnnxReader self = { .network = network, .opset = opset };

  memset (network, 0, sizeof *network);
  network->temperature = 1;
  for (guint i = 0; i < BS_MODEL_MAX_INPUTS; i++)
    network->scale[i] = 1;

  if (graph->n_sparse_initializer > 0)
    return refuse (error, "graph", graph->name, "has sparse initializers, which are not read");
  if (graph->n_node > BS_ONNX_MAX_NODES || graph->n_initializer > BS_ONNX_MAX_NODES)
    return refuse (error, "graph", graph->name, "has more nodes or initializers than 10,000");
  if (!add_initializers (values, graph, error) || !add_input (&self, values, graph, error))
    return FALSE;
  for (gsize i = 0; i < graph->n_node; i++)
    if (!add_node (&self, values, graph->node[i], error))
      return FALSE;
  if (!check_output (&self, values, graph, error))
    return FALSE;
  network->sequence_length = self.axis_sizes[self.time - BS_ONNX_AXIS_FIRST];
  return TRUE;
}
