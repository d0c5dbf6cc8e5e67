/* bs-trainer.h: from bars to a model file with an honest account of what it is worth */
#pragma once

#include "inference/train/bs-score.h"
#include "inference/train/bs-training-set.h"

G_BEGIN_DECLS

#define BS_TRAIN_MIN_FOLDS 5
#define BS_TRAIN_MAX_FOLDS 20
#define BS_TRAIN_MAX_HORIZON 1000

typedef struct
{
  guint hidden, n_layers, sequence_length;
  guint epochs;      /* at most, of each fit */
  guint folds;       /* of the walk-forward validation */
  guint horizon;     /* bars from a bar to the one that its label looks at */
  guint n_threads;   /* fits run side by side; changes no bit of the result */
  gsize max_bars;    /* the newest as many are learnt from; 0: all */
  double lost_share; /* of training windows that see no secondary series, so that the model also works without one */
  guint64 seed;
  gboolean low_priority; /* threads give way to all others */

  /* For the model's metadata; all (nullable). */
  const char *name, *description, *instrument;
  const char *bars_from;  /* what the bars are: a file's name, or a command that makes them */
  const char *program;    /* "barscope 0.1.0, gcc 12.2.0, debugoptimized" */
  const char *cpu;        /* the processor's name */
} BsTrainOptions;

/** bs_train_options_init: two layers of 64 over 20 bars, 30 epochs, 5 folds, horizon 1, one thread. */
void bs_train_options_init (BsTrainOptions *self);

/** bs_train_options_check: Returns: %FALSE with %BS_TRAIN_ERROR_OPTIONS that names the option and its range. */
gboolean bs_train_options_check (const BsTrainOptions *self, GError **error);

/** What a training says as it goes. */
typedef struct
{
  guint fit, n_fits; /* the folds, and last the model itself */
  BsFitEpoch epoch;  /* the one that this fit has just finished */
  double fraction;   /* 0..1 of all epochs of all fits; early stopping makes it jump */
} BsTrainProgress;

/** Called after each epoch of each fit on a training thread, one call at a time. */
typedef void (*BsTrainProgressFunc) (const BsTrainProgress *progress, gpointer user_data);

/** One fold of the validation. */
typedef struct
{
  gint64 test_from_us, test_to_us; /* times of its first and last bar */
  gsize n_training, n_test;
  guint epochs; /* run */
  double temperature, threshold;
  double accuracy;
  double baselines[BS_N_BASELINES];
} BsTrainFold;

/** INT8 against FP32 on the newest bars. */
typedef struct
{
  gsize n, n_agree;
  double mean, p99, max; /* |difference of confidence| */
} BsTrainFidelity;

typedef struct
{
  BsModel *model;         /* as it is loaded from its file */
  BsTrainOptions options; /* without its strings */
  gsize n_bars, n_unused;
  gint64 trained_from_us, trained_to_us;
  guint epochs;              /* of the final fit */
  BsFitEpoch *curve;         /* [epochs] of the final fit */
  double validation_loss;    /* of its best epoch */
  double temperature, threshold;
  BsClass majority;
  double class_share[BS_N_CLASSES]; /* of the final fit's training labels */
  float class_weights[BS_N_CLASSES];
  BsTrainFold folds[BS_TRAIN_MAX_FOLDS];
  BsScore score; /* of all folds together */
  BsTrainFidelity int8;
  char *verdict; /* in words */
  char *trained_on;
  double seconds;
} BsTrainResult;

void bs_train_result_free (BsTrainResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTrainResult, bs_train_result_free)

/**
 * bs_train:
 * @primary: bars, at least about 600; copied
 * @secondary: (nullable): longer bars; copied
 * @progress: (nullable)
 * @cancel: (nullable): set with g_atomic_int_set() from any thread to end early
 *
 * Checks the rows for leaks, then fits one network for each fold of a walk-forward validation and one to all bars, each with
 * early stopping and a temperature by its own validation part. Every figure is of bars that the network which answered had
 * not seen. Allocates; takes seconds to minutes.
 * The same build, processor type and seed give the same bits, whatever the number of threads.
 *
 * Returns: (transfer full): %NULL with a %BS_TRAIN_ERROR
 */
BsTrainResult *bs_train (const BsBarSeries *primary, const BsBarSeries *secondary, const BsTrainOptions *options,
                         BsTrainProgressFunc progress, gpointer user_data, const gint *cancel,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_train_result_save: writes the model file: whole or not at all. */
gboolean bs_train_result_save (const BsTrainResult *self, const char *path, GError **error);

/** bs_train_validation_json: (transfer full): the validation as the model's metadata have it: one JSON object. */
char *bs_train_validation_json (const BsTrainResult *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_fine_tune:
 * @model: whose network training goes on from; its scaler, T and inputs without weight stay
 * @options: epochs, horizon, seed, threads and max_bars are read
 *
 * One fit with a lower learning rate on @primary's bars, the newest 15 % of which decide when it ends and set the temperature.
 *
 * Returns: (transfer full): a model of the same shape with the metadata of @model; %NULL with a %BS_TRAIN_ERROR
 */
BsModel *bs_fine_tune (const BsModel *model, const BsBarSeries *primary, const BsBarSeries *secondary,
                       const BsTrainOptions *options, BsTrainProgressFunc progress, gpointer user_data,
                       const gint *cancel, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
