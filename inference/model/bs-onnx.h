/* bs-onnx.h: a model from an ONNX file and to one (docs/onnx.md) */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

#define BS_ONNX_OPSET 14    /* what is written */
#define BS_ONNX_MIN_OPSET 9 /* what is read: what an operator means has not changed between these but where the code says so */
#define BS_ONNX_MAX_OPSET 25

/** BsOnnxHints: what a file of another program does not say of its model */
typedef struct
{
  GTree *metadata;     /* (nullable): string to string, entries that go before the file's */
  const double *mean;  /* (nullable): [n_scaler]: input = (feature - mean) / scale, before what the graph does with it */
  const double *scale; /* (nullable): [n_scaler], > 0; both or none */
  guint n_scaler;
} BsOnnxHints;

/** bs_onnx_available: whether this build can; @reason: (out) (optional) (transfer full): why not */
gboolean bs_onnx_available (char **reason);

/** bs_onnx_is_name: whether a file called @path is to be read as ONNX: it ends in ".onnx" */
gboolean bs_onnx_is_name (const char *path);

/**
 * bs_onnx_read:
 * @data: the whole file
 * @size: its bytes
 * @name: what messages call it
 * @hints: (nullable)
 *
 * The classifier that the graph is: an optional scaler, LSTM layers, the last step, Linear layers with ReLU between them, an
 * optional division by a temperature, an optional softmax. As PyTorch's exporters write it, or bs_onnx_write(). Whatever else
 * the answer depends on is refused: by the node's name, its operator and the reason. The metadata come from `metadata_props`;
 * `sequence_length` follows from the input's shape where that says it.
 *
 * Nothing of the file is trusted: memory is bounded by its size, the parser does not recurse, data outside of it are refused.
 *
 * Returns: (transfer full): the model, its hash that of @data; %NULL with a %BS_MODEL_ERROR
 */
BsModel *bs_onnx_read (const guint8 *data, gsize size, const char *name, const BsOnnxHints *hints,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_onnx_write:
 * @model: the network to write: a pruned variant is one too
 * @metadata: (nullable): %NULL for the model's own
 *
 * The bytes of an ONNX file of opset %BS_ONNX_OPSET: input `features`, double [batch, T, F], as they are, not scaled; output
 * `probabilities`, float [batch, 3]. One LSTM node a layer; scaler, temperature and softmax are in the graph.
 *
 * Returns: (transfer full): the file; %NULL with a %BS_MODEL_ERROR
 */
GBytes *bs_onnx_write (const BsModel *model, GTree *metadata, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
