/* bs-onnx-graph.h: what an ONNX graph computes, where that is a classifier as Barscope's */
#pragma once

#include "inference/model/bs-model.h"
#include "inference/model/bs-onnx-constant.h"

G_BEGIN_DECLS

/* One LSTM node, its weights in ONNX's layout: gate order i, o, f, c. */
typedef struct
{
  BsOnnxConstant w; /* [1, 4H, n_inputs] */
  BsOnnxConstant r; /* [1, 4H, H] */
  BsOnnxConstant b; /* [1, 8H]: of W, then of R */
  gboolean has_bias;
  guint n_inputs;
} BsOnnxLstm;

/* One Linear layer. */
typedef struct
{
  BsOnnxConstant weight;  /* [n_outputs, n_inputs]; transposed: [n_inputs, n_outputs] */
  BsOnnxConstant bias;    /* [n_outputs] */
  gboolean is_transposed; /* the weight is */
  gboolean has_bias;
  gboolean has_relu; /* after it */
  guint n_inputs, n_outputs;
} BsOnnxLinear;

/** BsOnnxNetwork: the graph read; points into the unpacked file. */
typedef struct
{
  guint n_inputs;        /* F */
  guint sequence_length; /* T; 0 where the graph does not say */
  guint hidden;          /* H */
  guint n_layers;
  guint n_linear;
  BsOnnxLstm layers[BS_MODEL_MAX_LAYERS];
  BsOnnxLinear linear[BS_MODEL_MAX_LINEAR];
  double temperature; /* divides the logits */
  double mean[BS_MODEL_MAX_INPUTS];
  double scale[BS_MODEL_MAX_INPUTS];
} BsOnnxNetwork;

/**
 * bs_onnx_graph_read:
 * @opset: of the operators, BS_ONNX_MIN_OPSET..BS_ONNX_MAX_OPSET
 * @network: (out caller-allocates)
 *
 * Follows the graph from its input to its output, node after node, knowing of each value what it stands for: see
 * bs-onnx-graph-private.h. Takes time in proportion to the file.
 *
 * Returns: %FALSE with %BS_MODEL_ERROR_FORMAT, which names the node and the reason
 */
gboolean bs_onnx_graph_read (const BsOnnx__Graph *graph, gint64 opset, BsOnnxNetwork *network, GError **error);

G_END_DECLS
