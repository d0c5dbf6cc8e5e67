/* bs-onnx-write.c: a model as an ONNX graph: features in, probabilities out */
#include "inference/model/bs-onnx.h"

#include <math.h>
#include <string.h>

#include "inference/model/bs-onnx.pb-c.h"
#include "inference/model/bs-model-private.h"
#include "inference/model/bs-safetensors-write.h"

#define IR_VERSION 7 /* goes with operator set 14 */

enum
{
  TYPE_FLOAT = 1, /* TensorProto.DataType */
  TYPE_INT64 = 7,
  TYPE_DOUBLE = 11,
};

enum
{
  ATTRIBUTE_INT = 2, /* AttributeProto.AttributeType */
  ATTRIBUTE_INTS = 7,
};

/* The graph while it is built; all of it lives until the file is packed. */
typedef struct
{
  GPtrArray *memory; /* owns every block */
  GPtrArray *nodes;  /* of BsOnnx__Node */
  GPtrArray *tensors;
  guint n_values;     /* names given so far */
} Builder;

static gpointer
take (Builder *self, gpointer block)
{
  g_ptr_array_add (self->memory, block);
  return block;
}

#define NEW(self, Type, TYPE) \
  ({ \
    BsOnnx__##Type *block_ = take (self, g_new (BsOnnx__##Type, 1)); \
    bs_onnx__##TYPE##__init (block_); \
    block_; \
  })

static char *
copy_text (Builder *self, const char *text)
{
  return take (self, g_strdup (text));
}

static char *
new_name (Builder *self, const char *stem)
{
  return take (self, g_strdup_printf ("%s_%u", stem, self->n_values++));
}

/* --- tensors: @n_dims sizes, a 0 ends them --- */

static BsOnnx__Tensor *
add_tensor (Builder *self, const char *name, int type, gsize element, const gint64 *dims, guint n_dims)
{
  BsOnnx__Tensor *tensor = NEW (self, Tensor, tensor);
  gsize n = 1;

  tensor->name = copy_text (self, name);
  tensor->has_data_type = TRUE;
  tensor->data_type = type;
  tensor->n_dims = n_dims;
  tensor->dims = take (self, g_memdup2 (dims, n_dims * sizeof *dims));
  for (guint i = 0; i < n_dims; i++)
    n *= (gsize) dims[i];
  tensor->has_raw_data = TRUE;
  tensor->raw_data.len = n * element;
  tensor->raw_data.data = take (self, g_malloc0 (n * element));
  g_ptr_array_add (self->tensors, tensor);
  return tensor;
}

/* Number @i of the tensor, little-endian. */
static void
put (BsOnnx__Tensor *tensor, gsize i, guint64 bits, guint size)
{
  for (guint k = 0; k < size; k++)
    tensor->raw_data.data[i * size + k] = (guint8) (bits >> 8 * k);
}

static void
put_floats (BsOnnx__Tensor *tensor, gsize to, const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, &values[i], sizeof bits);
      put (tensor, to + i, bits, sizeof bits);
    }
}

static const char *
add_floats (Builder *self, const char *name, const float *values, gint64 rows, gint64 columns)
{
  const gint64 dims[] = { rows, columns };
  BsOnnx__Tensor *tensor = add_tensor (self, name, TYPE_FLOAT, sizeof (float), dims, columns ? 2 : 1);

  put_floats (tensor, 0, values, (gsize) rows * (gsize) MAX (columns, 1));
  return tensor->name;
}

static const char *
add_doubles (Builder *self, const char *name, const double *values, gint64 n)
{
  BsOnnx__Tensor *tensor = add_tensor (self, name, TYPE_DOUBLE, sizeof (double), &n, 1);

  for (gint64 i = 0; i < n; i++)
    {
      guint64 bits;

      memcpy (&bits, &values[i], sizeof bits);
      put (tensor, (gsize) i, bits, sizeof bits);
    }
  return tensor->name;
}

/* --- nodes --- */

/* Returns the name of its output. @inputs: ends with %NULL */
static BsOnnx__Node *
add_node (Builder *self, const char *type, const char *stem, const char *const *inputs)
{
  BsOnnx__Node *node = NEW (self, Node, node);

  node->op_type = copy_text (self, type);
  node->name = copy_text (self, stem);
  while (inputs[node->n_input])
    node->n_input++;
  node->input = take (self, g_new0 (char *, node->n_input));
  for (gsize i = 0; i < node->n_input; i++)
    node->input[i] = copy_text (self, inputs[i]);
  node->n_output = 1;
  node->output = take (self, g_new0 (char *, 2));
  node->output[0] = new_name (self, stem);
  node->output[1] = copy_text (self, "");
  g_ptr_array_add (self->nodes, node);
  return node;
}

static BsOnnx__Attribute *
add_attribute (Builder *self, BsOnnx__Node *node, const char *name, int type)
{
  BsOnnx__Attribute *attribute = NEW (self, Attribute, attribute);

  attribute->name = copy_text (self, name);
  attribute->has_type = TRUE;
  attribute->type = type;
  node->attribute = take (self, g_new (BsOnnx__Attribute *, 1));
  node->attribute[0] = attribute;
  node->n_attribute = 1;
  return attribute;
}

static void
add_integer (Builder *self, BsOnnx__Node *node, const char *name, gint64 value)
{
  BsOnnx__Attribute *attribute = add_attribute (self, node, name, ATTRIBUTE_INT);

  attribute->has_i = TRUE;
  attribute->i = value;
}

#define INPUTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A node of one input more or less, and the name of what it gives. */
static const char *
append (Builder *self, const char *type, const char *stem, const char *const *inputs)
{
  return add_node (self, type, stem, inputs)->output[0];
}

static const char *
append_cast (Builder *self, const char *x)
{
  BsOnnx__Node *node = add_node (self, "Cast", "to_float", INPUTS (x));

  add_integer (self, node, "to", TYPE_FLOAT);
  return node->output[0];
}

static const char *
append_transpose (Builder *self, const char *x)
{
  static const gint64 order[] = { 1, 0, 2 };
  BsOnnx__Node *node = add_node (self, "Transpose", "time_first", INPUTS (x));
  BsOnnx__Attribute *attribute = add_attribute (self, node, "perm", ATTRIBUTE_INTS);

  attribute->n_ints = G_N_ELEMENTS (order);
  attribute->ints = take (self, g_memdup2 (order, sizeof order));
  return node->output[0];
}

/* @axis: the name of an initializer that holds it */
static const char *
append_squeeze (Builder *self, const char *x, gint64 axis, guint number)
{
  const gint64 one = 1;
  g_autofree char *name = g_strdup_printf ("squeeze%u.axis", number), *stem = g_strdup_printf ("squeeze%u", number);
  BsOnnx__Tensor *tensor = add_tensor (self, name, TYPE_INT64, sizeof axis, &one, 1);

  put (tensor, 0, (guint64) axis, sizeof axis);
  return append (self, "Squeeze", stem, INPUTS (x, name));
}

/* ONNX's gates i, o, f, c from PyTorch's i, f, g, o. Returns Y [T, 1, batch, H] or, with @last, Y_h [1, batch, H]. */
static const char *
append_lstm (Builder *self, const BsLstmLayer *layer, guint number, gsize H, gboolean last, const char *x)
{
  static const guint gates[] = { 0, 3, 1, 2 };
  g_autofree char *w = g_strdup_printf ("lstm%u.W", number), *r = g_strdup_printf ("lstm%u.R", number);
  g_autofree char *b = g_strdup_printf ("lstm%u.B", number), *name = g_strdup_printf ("lstm%u", number);
  const gint64 w_dims[] = { 1, (gint64) (4 * H), layer->n_inputs }, r_dims[] = { 1, (gint64) (4 * H), (gint64) H };
  const gint64 b_dims[] = { 1, (gint64) (8 * H) };
  BsOnnx__Tensor *w_tensor = add_tensor (self, w, TYPE_FLOAT, sizeof (float), w_dims, 3);
  BsOnnx__Tensor *r_tensor = add_tensor (self, r, TYPE_FLOAT, sizeof (float), r_dims, 3);
  BsOnnx__Tensor *b_tensor = add_tensor (self, b, TYPE_FLOAT, sizeof (float), b_dims, 2); /* its second half stays 0 */
  BsOnnx__Node *node = add_node (self, "LSTM", name, INPUTS (x, w, r, b));

  for (guint gate = 0; gate < G_N_ELEMENTS (gates); gate++)
    {
      const gsize from = gates[gate] * H, to = gate * H;

      put_floats (w_tensor, to * layer->n_inputs, layer->w_ih + from * layer->n_inputs, H * layer->n_inputs);
      put_floats (r_tensor, to * H, layer->w_hh + from * H, H * H);
      put_floats (b_tensor, to, layer->bias + from, H);
    }
  add_integer (self, node, "hidden_size", (gint64) H);
  if (!last)
    return node->output[0];
  node->n_output = 2;
  node->output[1] = node->output[0];
  node->output[0] = copy_text (self, "");
  return node->output[1];
}

static const char *
append_linear (Builder *self, const BsLinearLayer *linear, guint number, const char *x)
{
  g_autofree char *weight = g_strdup_printf ("fc%u.weight", number), *bias = g_strdup_printf ("fc%u.bias", number);
  g_autofree char *name = g_strdup_printf ("fc%u", number);
  BsOnnx__Node *node;

  add_floats (self, weight, linear->weight, linear->n_outputs, linear->n_inputs);
  add_floats (self, bias, linear->bias, linear->n_outputs, 0);
  node = add_node (self, "Gemm", name, INPUTS (x, weight, bias));
  add_integer (self, node, "transB", 1);
  return node->output[0];
}

/* --- the graph --- */

static void
build_nodes (Builder *self, const BsModel *model)
{
  const float temperature = (float) model->temperature;
  const char *x = "features";
  BsOnnx__Node *last;

  add_doubles (self, "scaler.mean", model->mean, model->n_inputs);
  add_doubles (self, "scaler.scale", model->scale, model->n_inputs);
  x = append (self, "Sub", "centred", INPUTS (x, "scaler.mean"));
  x = append (self, "Div", "scaled", INPUTS (x, "scaler.scale"));
  x = append_transpose (self, append_cast (self, x));
  for (guint k = 0; k < model->n_layers; k++)
    {
      const gboolean is_last = k + 1 == model->n_layers;

      x = append_lstm (self, &model->layers[k], k, model->hidden, is_last, x);
      x = append_squeeze (self, x, is_last ? 0 : 1, k);
    }
  for (guint k = 0; k < model->n_linear; k++)
    {
      x = append_linear (self, &model->linear[k], k + 1, x);
      if (k + 1 < model->n_linear)
        {
          g_autofree char *name = g_strdup_printf ("relu%u", k + 1);

          x = append (self, "Relu", name, INPUTS (x));
        }
    }
  if (model->temperature != 1)
    x = append (self, "Div", "tempered", INPUTS (x, add_floats (self, "temperature", &temperature, 1, 0)));
  last = add_node (self, "Softmax", "softmax", INPUTS (x));
  add_integer (self, last, "axis", -1);
  last->output[0] = copy_text (self, "probabilities");
}

/* @steps: 0 for an output, which has no time axis */
static BsOnnx__ValueInfo **
describe_value (Builder *self, const char *name, int type, guint steps, guint width)
{
  BsOnnx__ValueInfo **list = take (self, g_new (BsOnnx__ValueInfo *, 1));
  BsOnnx__Shape *shape = NEW (self, Shape, shape);
  const guint sizes[] = { 0, steps, width };

  shape->dim = take (self, g_new (BsOnnx__Dimension *, G_N_ELEMENTS (sizes)));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      BsOnnx__Dimension *dim;

      if (i == 1 && !steps)
        continue;
      dim = shape->dim[shape->n_dim++] = NEW (self, Dimension, dimension);
      if (i == 0)
        dim->dim_param = copy_text (self, "batch");
      dim->has_dim_value = i > 0;
      dim->dim_value = sizes[i];
    }
  list[0] = NEW (self, ValueInfo, value_info);
  list[0]->name = copy_text (self, name);
  list[0]->type = NEW (self, Type, type);
  list[0]->type->tensor_type = NEW (self, TensorType, tensor_type);
  list[0]->type->tensor_type->has_elem_type = TRUE;
  list[0]->type->tensor_type->elem_type = type;
  list[0]->type->tensor_type->shape = shape;
  return list;
}

typedef struct
{
  Builder *builder;
  GPtrArray *entries;
} EntryList;

static gboolean
add_entry (gpointer key, gpointer value, gpointer data)
{
  EntryList *list = data;
  BsOnnx__Entry *entry = NEW (list->builder, Entry, entry);

  entry->key = copy_text (list->builder, key);
  entry->value = copy_text (list->builder, value);
  g_ptr_array_add (list->entries, entry);
  return FALSE;
}

static GBytes *
pack (const BsOnnx__Model *file, GError **error)
{
  const gsize size = bs_onnx__model__get_packed_size (file);
  guint8 *data = size <= BS_MODEL_MAX_FILE_BYTES ? g_try_malloc (size) : NULL;

  if (!data)
    {
      g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE,
                   "the model is larger than a model file may be, or there is no memory for it");
      return NULL;
    }
  bs_onnx__model__pack (file, data);
  return g_bytes_new_take (data, size);
}

GBytes *
bs_onnx_write (const BsModel *model, GTree *metadata, GError **error)
{
  Builder builder = { 0 };
  BsOnnx__Model file = BS_ONNX__MODEL__INIT;
  BsOnnx__Graph graph = BS_ONNX__GRAPH__INIT;
  BsOnnx__OperatorSet opset = BS_ONNX__OPERATOR_SET__INIT;
  BsOnnx__OperatorSet *opsets[] = { &opset };
  g_autoptr (GTree) entries = NULL;
  g_autoptr (GPtrArray) memory = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new (), tensors = g_ptr_array_new (), list = g_ptr_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BsModel) again = NULL;

  g_return_val_if_fail (model, NULL);

  builder = (Builder){ .memory = memory, .nodes = nodes, .tensors = tensors };
  entries = bs_model_metadata_new ();
  bs_model_metadata_merge (entries, metadata ? metadata : bs_model_metadata_tree (model));
  bs_model_metadata_add_facts (entries, model);
  g_tree_foreach (entries, add_entry, &(EntryList){ &builder, list });
  build_nodes (&builder, model);

  opset.domain = (char *) "";
  opset.has_version = TRUE;
  opset.version = BS_ONNX_OPSET;
  graph.name = (char *) "barscope";
  graph.n_node = nodes->len;
  graph.node = (BsOnnx__Node **) nodes->pdata;
  graph.n_initializer = tensors->len;
  graph.initializer = (BsOnnx__Tensor **) tensors->pdata;
  graph.n_input = graph.n_output = 1;
  graph.input = describe_value (&builder, "features", TYPE_DOUBLE, model->sequence_length, model->n_inputs);
  graph.output
    = describe_value (&builder, "probabilities", TYPE_FLOAT, 0, model->linear[model->n_linear - 1].n_outputs);
  file.has_ir_version = TRUE;
  file.ir_version = IR_VERSION;
  file.producer_name = (char *) "barscope";
  file.n_opset_import = G_N_ELEMENTS (opsets);
  file.opset_import = opsets;
  file.graph = &graph;
  file.n_metadata_props = list->len;
  file.metadata_props = (BsOnnx__Entry **) list->pdata;
  bytes = pack (&file, error);

  /* As with a safetensors file: what could not be read again is not handed out. */
  if (bytes)
    again = bs_onnx_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "the model to be written", NULL, error);
  return again ? g_steal_pointer (&bytes) : NULL;
}
