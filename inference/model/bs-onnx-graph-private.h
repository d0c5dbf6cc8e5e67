/* bs-onnx-graph-private.h: what is known of a value in an ONNX graph; for the files bs-onnx-graph*.c
 *
 * Not tensors are computed but meanings: the features, in some order of their axes; numbers of the file; zeros; sizes. A node
 * either turns one meaning into another (a transposition) or adds a building block to the network (an LSTM layer). What
 * none of this describes is BS_ONNX_OTHER, and refused once an answer depends on it.
 */
#pragma once

#include "inference/model/bs-onnx-graph.h"

G_BEGIN_DECLS

#define BS_ONNX_MAX_AXES 8
#define BS_ONNX_MAX_SIZES 8 /* integers that are followed together */
#define BS_ONNX_MAX_INPUTS 64
#define BS_ONNX_MAX_OUTPUTS 8
#define BS_ONNX_MAX_NODES 10000

typedef enum
{
  BS_ONNX_ABSENT,   /* an optional input that is left out */
  BS_ONNX_OTHER,    /* not understood */
  BS_ONNX_CONSTANT, /* numbers of the file */
  BS_ONNX_ZEROS,    /* all 0, of any shape */
  BS_ONNX_SIZES,    /* integers, most of them sizes of axes */
  BS_ONNX_DATA,     /* what the features have become */
} BsOnnxKind;

/* What an axis of BS_ONNX_DATA counts. Which of the input's first two is time is known from the first LSTM node on. */
typedef enum
{
  BS_ONNX_AXIS_ONE, /* nothing: its size is 1 */
  BS_ONNX_AXIS_FIRST,
  BS_ONNX_AXIS_SECOND,
  BS_ONNX_AXIS_FEATURE, /* features, hidden units, outputs */
  BS_ONNX_AXIS_LAYERS,  /* last states of several layers, the newest at its end */
  BS_ONNX_AXIS_NUMBER,  /* of a size alone: a number that is known */
  BS_ONNX_AXIS_UNKNOWN, /* of a size alone */
} BsOnnxAxis;

typedef struct
{
  BsOnnxAxis axis;
  gint64 number; /* of BS_ONNX_AXIS_NUMBER */
} BsOnnxSize;

typedef struct
{
  BsOnnxKind kind;
  const BsOnnx__Node *origin; /* (nullable): the node that gave it */
  const char *reason;         /* (nullable): why it is OTHER. Static. */
  BsOnnxConstant constant;    /* of CONSTANT: */
  gboolean is_zero_known, is_zero;
  BsOnnxSize sizes[BS_ONNX_MAX_SIZES]; /* of SIZES */
  guint n_sizes;
  BsOnnxAxis axes[BS_ONNX_MAX_AXES]; /* of DATA */
  guint n_axes;
  guint width;      /* of its feature axis; 0 where that is not known yet */
  guint n_stacked;  /* along BS_ONNX_AXIS_LAYERS */
  guint n_blocks;   /* building blocks that made it */
} BsOnnxValue;

typedef struct
{
  BsOnnxNetwork *network;
  gint64 opset;
  guint n_blocks;       /* building blocks so far */
  gboolean has_time;    /* an LSTM node has been met: */
  BsOnnxAxis time;      /* FIRST or SECOND */
  guint axis_sizes[2];  /* of FIRST and SECOND in the input; 0 where they vary */
  gboolean has_softmax, has_temperature;
} BsOnnxReader;

/** BsOnnxOperator: what a node of one type does. @n_in counts what the node lists; @in has BS_ONNX_MAX_INPUTS, ABSENT after
 * that. @out: [BS_ONNX_MAX_OUTPUTS], all OTHER before. */
typedef gboolean (*BsOnnxOperator) (BsOnnxReader *self, const BsOnnx__Node *node, BsOnnxValue **in, BsOnnxValue *out,
                                    GError **error);

/** bs_onnx_refuse: always %FALSE, with an error that names @node */
gboolean bs_onnx_refuse (const BsOnnx__Node *node, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/** bs_onnx_attribute: (nullable) */
const BsOnnx__Attribute *bs_onnx_attribute (const BsOnnx__Node *node, const char *name);
gint64 bs_onnx_attribute_integer (const BsOnnx__Node *node, const char *name, gint64 absent);
double bs_onnx_attribute_float (const BsOnnx__Node *node, const char *name, double absent);

/** bs_onnx_value_sizes: @value as a list of sizes; %FALSE where it is none */
gboolean bs_onnx_value_sizes (const BsOnnxValue *value, BsOnnxSize *sizes, guint *n);
/** bs_onnx_value_integers: @value as at most @max known integers */
gboolean bs_onnx_value_integers (const BsOnnxValue *value, gint64 *integers, guint max, guint *n);
/** bs_onnx_value_is_zero: known to be 0 everywhere. Looks at a constant's numbers once. */
gboolean bs_onnx_value_is_zero (BsOnnxValue *value);
void bs_onnx_value_set_constant (BsOnnxValue *value, const BsOnnxConstant *constant);

/* Shapes and orders: bs-onnx-graph-shapes.c */
gboolean bs_onnx_cast (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_concat (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_constant (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_constant_of_shape (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_dropout (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_expand (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_flatten (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_gather (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_identity (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_reshape (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_shape (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_slice (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_squeeze (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_transpose (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_unsqueeze (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);

/* Building blocks: bs-onnx-graph-blocks.c */
gboolean bs_onnx_arithmetic (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_gemm (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_lstm (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_matmul (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_relu (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);
gboolean bs_onnx_softmax (BsOnnxReader *, const BsOnnx__Node *, BsOnnxValue **, BsOnnxValue *, GError **);

G_END_DECLS
