/* bs-network.h: a whole LSTM classifier over the kernels, in one call: windows in, probabilities out
 *
 * Plain C11, no GLib. What the network is: docs of the model file (lstm layers, Linear layers with ReLU between, softmax). */
#pragma once

#include "inference/kernels/bs-kernels.h"

#define BS_NETWORK_MAX_LAYERS 8
#define BS_NETWORK_MAX_LINEAR 16

/** One LSTM layer in PyTorch's layout; gate order i, f, g, o. */
typedef struct
{
  const float *w_ih; /* [4H, F] for the first layer, [4H, H] after */
  const float *w_hh; /* [4H, H] */
  const float *bias; /* [4H] */
} BsNetworkLstm;

typedef struct
{
  unsigned n_inputs, n_outputs;
  const float *weight; /* [n_outputs, n_inputs] */
  const float *bias;   /* [n_outputs] */
} BsNetworkLinear;

/** What bs_network_new() packs; nothing of it is kept. */
typedef struct
{
  unsigned n_inputs, hidden, n_layers, n_linear, sequence_length; /* F, H, ..., T: all >= 1 */
  float temperature;                                              /* divides the logits */
  BsNetworkLstm lstm[BS_NETWORK_MAX_LAYERS];
  BsNetworkLinear linear[BS_NETWORK_MAX_LINEAR]; /* the first takes H, each next the outputs of the one before */
} BsNetworkShape;

typedef struct
{
  const BsKernels *kernels;
  bool int8;  /* LSTM weights and hidden states in 8 bits, inputs in 16; the head (a thousandth of the work) in FP32 */
  bool fused; /* false: the same kernels one operation at a time, over buffers */
  unsigned max_batch; /* windows a call at most, >= 1 */
} BsNetworkOptions;

/** Where the time of a call went; entries are added to. */
typedef struct
{
  int64_t (*now) (void); /* ns */
  int64_t lstm[BS_NETWORK_MAX_LAYERS];
  int64_t head, softmax;
} BsNetworkTimes;

/**
 * BsNetwork:
 *
 * Packed weights and the buffers of one caller: used by one thread at a time. Nothing is allocated after
 * bs_network_new() but by bs_network_window_new(). Any number of networks may be made of the same weights.
 */
typedef struct _BsNetwork BsNetwork;

/** A live window: the first layer's input projections of its last T rows, [T, 4Hp]. */
typedef struct _BsNetworkWindow BsNetworkWindow;

/** What bs_network_new() can fail with. */
typedef enum
{
  BS_NETWORK_MEMORY,   /* there is not enough */
  BS_NETWORK_OVERFLOW, /* weights so large that sums could leave the range of floats */
} BsNetworkFailure;

/**
 * bs_network_new:
 * @failure: (out) (nullable)
 *
 * Returns: a network for bs_network_free(), or NULL with @failure set
 */
BsNetwork *bs_network_new (const BsNetworkShape *shape, const BsNetworkOptions *options, BsNetworkFailure *failure);
void bs_network_free (BsNetwork *self);

/**
 * bs_network_predict:
 * @windows: [n, T, F], all finite and small enough that no sum overflows, which 1e30 is for usual weights
 * @n: 1..max_batch
 * @probabilities: (out) [n, C]
 * @times: (nullable): NULL reads no clock
 *
 * The answer for a window does not depend on the others of the batch, to the bit. The caller's floating-point mode is
 * restored.
 *
 * Returns: false where an input is not so, with @probabilities as they were
 */
bool bs_network_predict (BsNetwork *self, const float *windows, unsigned n, float *probabilities,
                         BsNetworkTimes *times);

/** bs_network_window_new: Returns: an empty window; NULL where there is no memory. Free it before @self. */
BsNetworkWindow *bs_network_window_new (BsNetwork *self);
void bs_network_window_free (BsNetworkWindow *window);

/** bs_network_window_push: projects one row [F]; the row of T pushes ago leaves. */
void bs_network_window_push (BsNetworkWindow *window, const float *row);

/** Rows pushed so far. */
uint64_t bs_network_window_n_rows (const BsNetworkWindow *window);

/**
 * bs_network_window_predict:
 * @windows: [n], each with at least T rows
 *
 * As bs_network_predict() over the windows' last T rows, and equal to it to the bit.
 *
 * Returns: false where one of these rows is not finite or too large
 */
bool bs_network_window_predict (BsNetwork *self, BsNetworkWindow *const *windows, unsigned n, float *probabilities,
                                BsNetworkTimes *times);
