/* bs-onnx-graph-blocks.c: operators that the network is made of: scaler, LSTM, Linear, ReLU, temperature, softmax */
#include "inference/model/bs-onnx-graph-private.h"

#include <math.h>
#include <string.h>

/* The value comes from the last building block, so that the network stays one chain. */
static gboolean
check_chain (const BsOnnxReader *self, const BsOnnx__Node *node, const BsOnnxValue *data, GError **error)
{
  if (data->kind != BS_ONNX_DATA)
    return bs_onnx_refuse (node, error, "its input is not what the network computes from the features");
  if (self->has_softmax)
    return bs_onnx_refuse (node, error, "comes after the softmax, where nothing is expected");
  if (data->n_blocks != self->n_blocks)
    return bs_onnx_refuse (node, error,
                           "begins a second branch (a shortcut, or a second network); the layers must follow one another");
  if (data->n_axes == 0 || data->axes[data->n_axes - 1] != BS_ONNX_AXIS_FEATURE)
    return bs_onnx_refuse (node, error, "its last axis is not that of the features");
  return TRUE;
}

static void
add_block (BsOnnxReader *self, const BsOnnx__Node *node, const BsOnnxValue *data, guint width, BsOnnxValue *out)
{
  *out = *data;
  out->origin = node;
  out->width = width;
  out->n_blocks = ++self->n_blocks;
}

/* --- LSTM --- */

static gboolean
check_lstm_attributes (const BsOnnx__Node *node, gint64 hidden, GError **error)
{
  static const char *const standard[] = { "Sigmoid", "Tanh", "Tanh" };
  const BsOnnx__Attribute *direction = bs_onnx_attribute (node, "direction");
  const BsOnnx__Attribute *activations = bs_onnx_attribute (node, "activations");
  const BsOnnx__Attribute *alpha = bs_onnx_attribute (node, "activation_alpha");
  const BsOnnx__Attribute *beta = bs_onnx_attribute (node, "activation_beta");

  if (direction && (direction->s.len != strlen ("forward") || memcmp (direction->s.data, "forward", direction->s.len)))
    return bs_onnx_refuse (node, error, "its direction is not forward: a bidirectional LSTM would read the window twice");
  if (bs_onnx_attribute_integer (node, "layout", 0) != 0)
    return bs_onnx_refuse (node, error, "layout=1 (batch first) is not read; expected 0");
  if (bs_onnx_attribute_integer (node, "input_forget", 0) != 0)
    return bs_onnx_refuse (node, error, "couples its input and forget gates (input_forget)");
  if (bs_onnx_attribute (node, "clip"))
    return bs_onnx_refuse (node, error, "clips its gates (clip)");
  if ((alpha && alpha->n_floats > 0) || (beta && beta->n_floats > 0))
    return bs_onnx_refuse (node, error, "scales its activations (activation_alpha, activation_beta)");
  if (activations)
    {
      gboolean same = activations->n_strings == G_N_ELEMENTS (standard);

      for (guint i = 0; same && i < G_N_ELEMENTS (standard); i++)
        same = activations->strings[i].len == strlen (standard[i])
               && memcmp (activations->strings[i].data, standard[i], strlen (standard[i])) == 0;
      if (!same)
        return bs_onnx_refuse (node, error, "its activations are not Sigmoid, Tanh, Tanh");
    }
  if (bs_onnx_attribute_integer (node, "hidden_size", hidden) != hidden)
    return bs_onnx_refuse (node, error,
                           "hidden_size is %" G_GINT64_FORMAT "; its weights have %" G_GINT64_FORMAT " hidden units",
                           bs_onnx_attribute_integer (node, "hidden_size", 0), hidden);
  return TRUE;
}

/* A tensor [1, rows, columns], or with @columns 0 [1, rows], of floats. */
static gboolean
is_weight (const BsOnnxValue *value, guint64 rows, guint64 columns)
{
  const BsOnnxConstant *constant = &value->constant;

  return value->kind == BS_ONNX_CONSTANT && bs_onnx_constant_is_float (constant)
         && constant->n_dims == (columns ? 3 : 2) && constant->dims[0] == 1 && constant->dims[1] == rows
         && (!columns || constant->dims[2] == columns);
}

static gboolean
check_lstm_weights (const BsOnnx__Node *node, BsOnnxValue **in, guint *n_inputs, guint *hidden, GError **error)
{
  const BsOnnxConstant *w = &in[1]->constant, *r = &in[2]->constant;

  if (in[1]->kind != BS_ONNX_CONSTANT || in[2]->kind != BS_ONNX_CONSTANT)
    return bs_onnx_refuse (node, error, "its weights are not numbers of the file");
  if (w->n_dims != 3 || w->dims[2] < 1 || w->dims[2] > BS_MODEL_MAX_INPUTS || r->n_dims != 3 || r->dims[2] < 1
      || r->dims[2] > BS_MODEL_MAX_HIDDEN)
    return bs_onnx_refuse (node, error, "expected weights W [1, 4H, inputs] and R [1, 4H, H], H from 1 to %d",
                           BS_MODEL_MAX_HIDDEN);
  *n_inputs = (guint) w->dims[2];
  *hidden = (guint) r->dims[2];
  if (!is_weight (in[1], 4 * *hidden, *n_inputs) || !is_weight (in[2], 4 * *hidden, *hidden)
      || (in[3]->kind != BS_ONNX_ABSENT && !is_weight (in[3], 8 * *hidden, 0)))
    return bs_onnx_refuse (node, error, "expected weights W [1, %u, %u], R [1, %u, %u] and B [1, %u] of one direction",
                           4 * *hidden, *n_inputs, 4 * *hidden, *hidden, 8 * *hidden);
  return TRUE;
}

gboolean
bs_onnx_lstm (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  BsOnnxNetwork *network = self->network;
  BsOnnxLstm *layer = &network->layers[MIN (network->n_layers, BS_MODEL_MAX_LAYERS - 1)];
  const BsOnnxValue *data = in[0];
  guint n_inputs = 0, hidden = 0;

  if (!check_chain (self, node, data, error) || !check_lstm_weights (node, in, &n_inputs, &hidden, error)
      || !check_lstm_attributes (node, hidden, error))
    return FALSE;
  if (network->n_linear > 0)
    return bs_onnx_refuse (node, error, "comes after a Linear layer; expected before");
  if (network->n_layers == BS_MODEL_MAX_LAYERS)
    return bs_onnx_refuse (node, error, "at most %d LSTM layers are taken", BS_MODEL_MAX_LAYERS);
  if (network->n_layers > 0 && hidden != network->hidden)
    return bs_onnx_refuse (node, error, "has %u hidden units, the layer before it %u; all must have the same number",
                           hidden, network->hidden);
  if (data->n_axes != 3 || (data->axes[0] != BS_ONNX_AXIS_FIRST && data->axes[0] != BS_ONNX_AXIS_SECOND)
      || (data->axes[1] != BS_ONNX_AXIS_FIRST && data->axes[1] != BS_ONNX_AXIS_SECOND)
      || (self->has_time && data->axes[0] != self->time))
    return bs_onnx_refuse (node, error, "its input is not the whole sequence, [time, batch, features]");
  if (data->width && data->width != n_inputs)
    return bs_onnx_refuse (node, error, "its weights are for %u inputs; %u lead to it", n_inputs, data->width);
  if (in[4]->kind != BS_ONNX_ABSENT)
    return bs_onnx_refuse (node, error, "has sequences of different lengths (sequence_lens)");
  for (guint i = 5; i <= 6; i++)
    if (in[i]->kind != BS_ONNX_ABSENT && !bs_onnx_value_is_zero (in[i]))
      return bs_onnx_refuse (node, error, "its initial state is not known to be zero");
  if (in[7]->kind != BS_ONNX_ABSENT)
    return bs_onnx_refuse (node, error, "has peepholes (P)");

  *layer = (BsOnnxLstm){
    .w = in[1]->constant,
    .r = in[2]->constant,
    .b = in[3]->constant,
    .has_bias = in[3]->kind == BS_ONNX_CONSTANT,
    .n_inputs = n_inputs,
  };
  if (network->n_layers++ == 0)
    network->n_inputs = n_inputs;
  network->hidden = hidden;
  self->has_time = TRUE;
  self->time = data->axes[0];

  /* Y [time, 1, batch, H], Y_h [1, batch, H]; Y_c stays unknown */
  add_block (self, node, data, hidden, &out[0]);
  out[0].n_axes = 4;
  out[0].axes[1] = BS_ONNX_AXIS_ONE;
  out[0].axes[2] = data->axes[1];
  out[0].axes[3] = BS_ONNX_AXIS_FEATURE;
  out[1] = out[0];
  out[1].n_axes = 3;
  out[1].axes[0] = BS_ONNX_AXIS_ONE;
  out[1].axes[1] = data->axes[1];
  out[1].axes[2] = BS_ONNX_AXIS_FEATURE;
  out[2].reason = "the last cell state is not what the network goes on with";
  return TRUE;
}

/* --- Linear --- */

static gboolean
add_linear (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, gboolean is_transposed, BsOnnxValue *out,
            GError **error)
{
  BsOnnxNetwork *network = self->network;
  BsOnnxLinear *linear = &network->linear[MIN (network->n_linear, BS_MODEL_MAX_LINEAR - 1)];
  const BsOnnxConstant *weight = &in[1]->constant;
  guint64 n_inputs, n_outputs;

  if (!check_chain (self, node, in[0], error))
    return FALSE;
  if (network->n_layers == 0)
    return bs_onnx_refuse (node, error, "a Linear layer before the LSTM is not part of the network");
  if (in[1]->kind != BS_ONNX_CONSTANT || !bs_onnx_constant_is_float (weight) || weight->n_dims != 2)
    return bs_onnx_refuse (node, error, "its weight is not a matrix of the file");
  n_outputs = weight->dims[is_transposed ? 1 : 0];
  n_inputs = weight->dims[is_transposed ? 0 : 1];
  if (n_inputs != in[0]->width || n_outputs < 1 || n_outputs > BS_MODEL_MAX_LINEAR_OUTPUTS)
    return bs_onnx_refuse (node, error, "expected a weight for %u inputs and 1 to %d outputs", in[0]->width,
                           BS_MODEL_MAX_LINEAR_OUTPUTS);
  if (network->n_linear == BS_MODEL_MAX_LINEAR)
    return bs_onnx_refuse (node, error, "at most %d Linear layers are taken", BS_MODEL_MAX_LINEAR);
  if (network->n_linear > 0 && (!linear[-1].has_relu || self->has_temperature))
    return bs_onnx_refuse (node, error, "there is no ReLU between it and the Linear layer before it");

  *linear = (BsOnnxLinear){
    .weight = *weight,
    .is_transposed = is_transposed,
    .n_inputs = (guint) n_inputs,
    .n_outputs = (guint) n_outputs,
  };
  network->n_linear++;
  add_block (self, node, in[0], linear->n_outputs, out);
  return TRUE;
}

/* [n], or [1, n]: one number for each output. */
static gboolean
add_bias (BsOnnxReader *self, const BsOnnx__Node *node, const BsOnnxValue *value, GError **error)
{
  BsOnnxLinear *linear = &self->network->linear[self->network->n_linear - 1];
  const BsOnnxConstant *bias = &value->constant;

  if (value->kind != BS_ONNX_CONSTANT || !bs_onnx_constant_is_float (bias) || bias->n_dims < 1
      || bias->n != linear->n_outputs || bias->dims[bias->n_dims - 1] != bias->n)
    return bs_onnx_refuse (node, error, "its bias is not a row of %u numbers of the file", linear->n_outputs);
  linear->bias = *bias;
  linear->has_bias = TRUE;
  return TRUE;
}

gboolean
bs_onnx_gemm (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  if (bs_onnx_attribute_float (node, "alpha", 1) != 1 || bs_onnx_attribute_float (node, "beta", 1) != 1
      || bs_onnx_attribute_integer (node, "transA", 0) != 0)
    return bs_onnx_refuse (node, error, "expected alpha 1, beta 1 and transA 0");
  if (!add_linear (self, node, in, !bs_onnx_attribute_integer (node, "transB", 0), out, error))
    return FALSE;
  return in[2]->kind == BS_ONNX_ABSENT || add_bias (self, node, in[2], error);
}

gboolean
bs_onnx_matmul (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  return add_linear (self, node, in, TRUE, out, error);
}

gboolean
bs_onnx_relu (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  BsOnnxNetwork *network = self->network;

  if (!check_chain (self, node, in[0], error))
    return FALSE;
  if (network->n_linear == 0 || self->has_temperature)
    return bs_onnx_refuse (node, error, "expected only after a Linear layer");
  network->linear[network->n_linear - 1].has_relu = TRUE;
  add_block (self, node, in[0], in[0]->width, out);
  return TRUE;
}

/* --- scaler, bias, temperature --- */

/* One of a feature's numbers, or the only one, as a double. */
static double
number_at (const BsOnnxConstant *constant, guint i)
{
  double number;

  bs_onnx_constant_read (constant, constant->n == 1 ? 0 : i, 1, &number);
  return number;
}

/* input = (feature - mean) / scale, taken one step further. */
static gboolean
scale_input (BsOnnxReader *self, const BsOnnx__Node *node, char op, const BsOnnxValue *data,
             const BsOnnxConstant *by, BsOnnxValue *out, GError **error)
{
  BsOnnxNetwork *network = self->network;
  const guint width = data->width ? data->width : by->n > 1 ? (guint) MIN (by->n, BS_MODEL_MAX_INPUTS + 1) : 0;

  if (width > BS_MODEL_MAX_INPUTS || (by->n > 1 && (by->n != width || by->dims[by->n_dims - 1] != by->n)))
    return bs_onnx_refuse (node, error, "expected one number, or one for each feature");
  for (guint i = 0; i < (width ? width : BS_MODEL_MAX_INPUTS); i++)
    {
      const double number = number_at (by, i);

      switch (op)
        {
        case '-':
          network->mean[i] += number * network->scale[i];
          break;
        case '+':
          network->mean[i] -= number * network->scale[i];
          break;
        case '/':
          network->scale[i] *= number;
          break;
        default:
          network->scale[i] /= number;
        }
      if (!isfinite (network->mean[i]) || !isfinite (network->scale[i]) || !(network->scale[i] > 0))
        return bs_onnx_refuse (node, error, "scales feature %u by what is not a finite number above 0", i);
    }
  add_block (self, node, data, width, out);
  return TRUE;
}

/* What sizes become: only products are followed, and only where one side is 1. */
static BsOnnxSize
size_product (char op, BsOnnxSize a, BsOnnxSize b)
{
  const BsOnnxSize unknown = { .axis = BS_ONNX_AXIS_UNKNOWN };

  if (op != '*')
    return unknown;
  if (a.axis == BS_ONNX_AXIS_NUMBER && a.number == 1)
    return b;
  if (b.axis == BS_ONNX_AXIS_NUMBER && b.number == 1)
    return a;
  return unknown;
}

static gboolean
compute_sizes (char op, BsOnnxValue **in, BsOnnxValue *out)
{
  BsOnnxSize a[BS_ONNX_MAX_SIZES], b[BS_ONNX_MAX_SIZES];
  guint n_a, n_b;

  if (!bs_onnx_value_sizes (in[0], a, &n_a) || !bs_onnx_value_sizes (in[1], b, &n_b)
      || (n_a != n_b && n_a != 1 && n_b != 1))
    {
      out->reason = "numbers are computed in the graph that the file could hold (PyTorch: do_constant_folding=True)";
      return TRUE;
    }
  out->kind = BS_ONNX_SIZES;
  out->n_sizes = n_a == 1 ? n_b : n_a;
  for (guint i = 0; i < out->n_sizes; i++)
    out->sizes[i] = size_product (op, a[n_a == 1 ? 0 : i], b[n_b == 1 ? 0 : i]);
  return TRUE;
}

/* Add, Sub, Mul, Div: of sizes; of the features, before the LSTM; a bias; a temperature. */
gboolean
bs_onnx_arithmetic (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  static const struct
  {
    const char *name;
    char op;
  } names[] = { { "Add", '+' }, { "Sub", '-' }, { "Mul", '*' }, { "Div", '/' } };
  BsOnnxNetwork *network = self->network;
  const BsOnnxValue *data = in[0], *by = in[1];
  char op = 0;
  double number;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (node->op_type, names[i].name) == 0)
      op = names[i].op;
  if (in[0]->kind != BS_ONNX_DATA && in[1]->kind != BS_ONNX_DATA)
    return compute_sizes (op, in, out);
  if (data->kind != BS_ONNX_DATA && (op == '+' || op == '*'))
    {
      data = in[1];
      by = in[0];
    }
  if (!check_chain (self, node, data, error))
    return FALSE;
  if (by->kind != BS_ONNX_CONSTANT || !bs_onnx_constant_is_float (&by->constant) || by->constant.n == 0
      || by->constant.n_dims > data->n_axes)
    return bs_onnx_refuse (node, error, "its other side is not a number, or a row of numbers, of the file");

  if (network->n_layers == 0)
    return scale_input (self, node, op, data, &by->constant, out, error);
  if (network->n_linear == 0)
    return bs_onnx_refuse (node, error, "changes what the LSTM gives before a Linear layer reads it");
  if (op == '+' && !network->linear[network->n_linear - 1].has_bias
      && !network->linear[network->n_linear - 1].has_relu && !self->has_temperature)
    {
      if (!add_bias (self, node, by, error))
        return FALSE;
      add_block (self, node, data, data->width, out);
      return TRUE;
    }
  if ((op != '*' && op != '/') || network->linear[network->n_linear - 1].has_relu || by->constant.n != 1)
    return bs_onnx_refuse (node, error, "after the LSTM only a bias, and a temperature at the end, are expected");
  number = number_at (&by->constant, 0);
  network->temperature = op == '/' ? network->temperature * number : network->temperature / number;
  if (!isfinite (network->temperature) || !(network->temperature > 0))
    return bs_onnx_refuse (node, error, "expected a finite temperature above 0");
  self->has_temperature = TRUE;
  add_block (self, node, data, data->width, out);
  return TRUE;
}

/* --- softmax --- */

gboolean
bs_onnx_softmax (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out, GError **error)
{
  /* From operator set 13 on the default is the last axis; before, 1, and all axes from it on together. */
  const gint64 axis = bs_onnx_attribute_integer (node, "axis", self->opset >= 13 ? -1 : 1);

  if (!check_chain (self, node, in[0], error))
    return FALSE;
  if (self->network->n_linear == 0 || (axis != -1 && axis != (gint64) in[0]->n_axes - 1))
    return bs_onnx_refuse (node, error, "expected over the classes, after the last Linear layer");
  self->has_softmax = TRUE;
  add_block (self, node, in[0], in[0]->width, out);
  return TRUE;
}
