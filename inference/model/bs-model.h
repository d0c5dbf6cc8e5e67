/* bs-model.h: weights, scaler and metadata of one trained network, checked and immutable */
#pragma once

#include "inference/features/bs-features.h"

G_BEGIN_DECLS

typedef enum
{
  BS_MODEL_ERROR_FILE,     /* cannot be read */
  BS_MODEL_ERROR_FORMAT,   /* not a safetensors file by the rules */
  BS_MODEL_ERROR_METADATA, /* a required entry is missing or makes no sense */
  BS_MODEL_ERROR_TENSOR,   /* a tensor is missing, unknown, of a wrong shape, or holds a number that is not finite */
} BsModelError;

#define BS_MODEL_ERROR (bs_model_error_quark ())
GQuark bs_model_error_quark (void);

#define BS_MODEL_MAX_HIDDEN 1024
#define BS_MODEL_MAX_LAYERS 8
#define BS_MODEL_MAX_LINEAR 16
#define BS_MODEL_MAX_LINEAR_OUTPUTS 4096 /* of one Linear layer */
#define BS_MODEL_MAX_INPUTS 4096
#define BS_MODEL_MAX_SEQUENCE 4096
#define BS_MODEL_MAX_FILE_BYTES 1073741824 /* 1 GiB: three times the largest network in F32 */

/** Classes of the network, in the order of its outputs. */
typedef enum
{
  BS_CLASS_SHORT,
  BS_CLASS_HOLD,
  BS_CLASS_LONG,
  BS_N_CLASSES
} BsClass;

/** "short", "hold" or "long". Static. */
const char *bs_class_name (BsClass klass);

/** One LSTM layer in PyTorch's layout; gate order i, f, g, o. H = hidden. */
typedef struct
{
  guint n_inputs;    /* F for the first layer, H after */
  const float *w_ih; /* [4H, n_inputs] */
  const float *w_hh; /* [4H, H] */
  const float *bias; /* [4H], bias_ih + bias_hh */
} BsLstmLayer;

/** One Linear layer of the head. */
typedef struct
{
  guint n_inputs, n_outputs;
  const float *weight; /* [n_outputs, n_inputs] */
  const float *bias;   /* [n_outputs] */
} BsLinearLayer;

/**
 * BsModel:
 *
 * Immutable once loaded and reference-counted: any thread may read it.
 */
typedef struct
{
  guint n_inputs;        /* F */
  guint hidden;          /* H, 1..1024 */
  guint n_layers;        /* 1..8 */
  guint n_linear;        /* fc1..fcN, ReLU between */
  guint sequence_length; /* T */
  BsFeatureSet feature_set;
  double temperature; /* divides the logits; 1 where the file says nothing */
  BsLstmLayer layers[BS_MODEL_MAX_LAYERS];
  BsLinearLayer linear[BS_MODEL_MAX_LINEAR];
  const double *mean;  /* [F] */
  const double *scale; /* [F], > 0 */
  char hash[65];       /* SHA-256 of the file in hex: what the journal and a report call this model by */
} BsModel;

/**
 * bs_model_load:
 * @path: a safetensors file as docs/model-format.md describes it or, where it ends in ".onnx", an ONNX file: bs_onnx_read()
 * @error: return location; names the tensor or entry and the rule that it breaks
 *
 * Returns: (transfer full): the model, or %NULL with a %BS_MODEL_ERROR
 */
BsModel *bs_model_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_model_load_bytes: the same from memory (@data is copied as needed; @name is used in messages). */
BsModel *bs_model_load_bytes (const guint8 *data, gsize size, const char *name,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_model_new_random:
 * @seed: the same seed gives the same weights everywhere
 *
 * A causal model with made-up weights (PyTorch's initial distribution: U(-1/sqrt(H), 1/sqrt(H)) in the LSTM, in a Linear
 * layer its inputs in place of H), scaler mean 0 and scale 1, a head of fc1 [32, H] and fc2 [3, 32], no metadata: for tests
 * and benchmarks of shapes that no file has. Its hash stands for shape and seed.
 */
BsModel *bs_model_new_random (guint n_inputs, guint hidden, guint n_layers, guint sequence_length,
                              guint64 seed) G_GNUC_WARN_UNUSED_RESULT;

BsModel *bs_model_ref (BsModel *self);
void bs_model_unref (BsModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsModel, bs_model_unref)

/** bs_model_metadata: (nullable): the file's metadata entry @key, such as "name" or "validation". Owned by the model. */
const char *bs_model_metadata (const BsModel *self, const char *key);
/**
 * bs_model_pruned: (nullable): the pruned variant in the same file, with the same scaler, metadata and hash. Owned by
 * @self; a reference to it keeps it alive alone.
 */
BsModel *bs_model_pruned (const BsModel *self);

G_END_DECLS
