/* bs-fit.h: one network fitted to labelled windows: epochs, dropout, learning rate, early stopping */
#pragma once

#include "inference/train/bs-parameters.h"

G_BEGIN_DECLS

/** Batches are cut into as many parts, each with a gradient of its own, whatever the number of threads: so it does not matter to
 * the bits. More threads than this do not help one fit. */
#define BS_FIT_SHARDS 2

/** Rows begin..end-1 of a BsFitData. */
typedef struct
{
  gsize begin, end;
} BsFitRows;

/** What is learnt. The window of a row is the T rows that end on it, so that rows before T - 1 have none. */
typedef struct
{
  const float *inputs;   /* [n_rows, F], after the scaler */
  const guint8 *labels;  /* [n_rows] BsClass */
  BsFitRows training;    /* begin >= T - 1 */
  BsFitRows validation;  /* empty: no early stopping, the last epoch counts */
  float class_weights[BS_N_CLASSES]; /* of the training loss, each above 0 */
  /* (nullable): [F], what an input becomes in windows that lose inputs, NaN for inputs that stay */
  const float *lost;
} BsFitData;

typedef struct
{
  guint epochs;           /* at most */
  guint batch;            /* windows of a step */
  double learning_rate;   /* Adam's at the start */
  double clip;            /* norm of a gradient at most; 0: none */
  double dropout_layers;  /* between LSTM layers, 0 <= p < 1 */
  double dropout_head;    /* before each Linear layer */
  double lost_share;      /* of training windows that lose what BsFitData.lost says */
  guint plateau_epochs;   /* without a better validation loss: the learning rate is halved */
  guint patience_epochs;  /* without a better validation loss: the end */
  guint n_threads;        /* 1..BS_FIT_SHARDS */
  gboolean in_order;      /* windows are taken in their order in every epoch, not shuffled */
  guint64 seed;           /* of shuffling and dropout */
} BsFitOptions;

/** What is known after an epoch. */
typedef struct
{
  guint epoch;                             /* 1.. */
  double training_loss, validation_loss;   /* mean cross entropy, nats; NaN without a validation part */
  double validation_accuracy;              /* 0..1 */
  double learning_rate;
  gboolean best; /* of all so far */
} BsFitEpoch;

/** bs_fit_options_init: 30 epochs of batches of 128, Adam at 2e-3, clip 1, dropout 0.2 and 0.3, patience 3 and 8, one thread. */
void bs_fit_options_init (BsFitOptions *self);

/**
 * bs_fit_init_values:
 * @values: (out): [layout->n]
 *
 * PyTorch's initial distribution: U(-1/sqrt(H), 1/sqrt(H)) in the LSTM (a bias being the sum of two such numbers), in a Linear
 * layer its inputs in place of H.
 */
void bs_fit_init_values (const BsParameterLayout *layout, guint64 seed, float *values);

/**
 * bs_fit:
 * @layout: the network
 * @values: (inout): [layout->n]; where training begins, and then the values of the epoch with the lowest validation loss
 * @epoch_done: (nullable): called after each epoch on the calling thread
 * @cancel: (nullable): looked at with g_atomic_int_get() before every batch; not 0 ends the fit after the best epoch so far
 *
 * Minimises the weighted cross entropy by Adam over shuffled batches. The same build, processor type (OpenBLAS's and the
 * kernels') and seed give the same bits, whatever n_threads. Thread: any; OpenBLAS must have been set to one thread.
 *
 * Returns: %TRUE; %FALSE where it was cancelled, or (with @values as they were) where the loss stopped being finite
 */
gboolean bs_fit (const BsParameterLayout *layout, const BsFitData *data, const BsFitOptions *options, float *values,
                 void (*epoch_done) (const BsFitEpoch *epoch, gpointer user_data), gpointer user_data,
                 const gint *cancel);

/**
 * bs_fit_unweigh:
 * @class_weights: [C]
 *
 * A network fitted with class weights w answers with probabilities proportional to w[c] p(c). This takes log w[c] off the logits'
 * biases, so that it answers with p(c). The validation figures of bs_fit() are of what this would give.
 */
void bs_fit_unweigh (const BsParameterLayout *layout, const float *class_weights, float *values);

/**
 * bs_fit_logits:
 * @rows: whose windows
 * @logits: (out): [rows, C]
 *
 * The answers of a network to windows in order, without dropout. @data: inputs are read alone.
 */
void bs_fit_logits (const BsParameterLayout *layout, const float *values, const BsFitData *data, BsFitRows rows,
                    float *logits);

/**
 * bs_fit_temperature:
 * @logits: [n, C]
 * @labels: [n]
 *
 * Returns: what dividing the logits by makes their cross entropy least (Guo et al. 2017), between 0.25 and 4; 1 where n is 0
 */
double bs_fit_temperature (const float *logits, const guint8 *labels, gsize n);

/** bs_fit_softmax: @probabilities (out): [C] */
void bs_fit_softmax (const float *logits, double temperature, double *probabilities);

G_END_DECLS
