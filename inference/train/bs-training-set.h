/* bs-training-set.h: bars as rows to learn from: features, what came after each, and the part of it that is the past */
#pragma once

#include "inference/train/bs-fit.h"

G_BEGIN_DECLS

typedef enum
{
  BS_TRAIN_ERROR_BARS,    /* too few bars, or bars of which nothing can be learnt */
  BS_TRAIN_ERROR_OPTIONS, /* a number out of its range */
  BS_TRAIN_ERROR_LEAK,    /* something of the future is among the inputs: a mistake in the program */
  BS_TRAIN_ERROR_FIT,     /* the loss stopped being finite */
  BS_TRAIN_ERROR_CANCELLED,
} BsTrainError;

#define BS_TRAIN_ERROR (bs_train_error_quark ())
GQuark bs_train_error_quark (void);

/**
 * BsTrainingSet:
 *
 * One row for each bar, in time order. Row r knows what was known when its bar closed, and what happened in the horizon
 * after it. Bars are counted from the oldest that was held, as if the series had begun there.
 */
typedef struct
{
  gsize n_rows;
  guint sequence_length; /* T: rows of a window */
  guint horizon;         /* bars */
  gboolean has_secondary;
  double *features;       /* [n_rows, BS_N_FEATURES], causal */
  double *change;         /* [n_rows] (close[r + horizon] - close[r]) / close[r]; NaN for the last rows */
  double *change_before;  /* [n_rows] (close[r] - close[r - horizon]) / close[r - horizon]; NaN for the first */
  gint64 *times;          /* [n_rows] us UTC, of the bars */
  BsBarSeries *primary;   /* copies: the live ones go on */
  BsBarSeries *secondary; /* (nullable) */
} BsTrainingSet;

/**
 * bs_training_set_new:
 * @primary, @secondary: (nullable): copied; @secondary may be %NULL
 * @max_bars: the newest as many are taken; 0 for all
 *
 * Returns: (transfer full): %NULL with %BS_TRAIN_ERROR_BARS
 */
BsTrainingSet *bs_training_set_new (const BsBarSeries *primary, const BsBarSeries *secondary, guint sequence_length,
                                    guint horizon, gsize max_bars, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_training_set_free (BsTrainingSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTrainingSet, bs_training_set_free)

/** One fold, or the final fit, whose test part is empty. In time order, at least T + horizon rows between parts. */
typedef struct
{
  BsFitRows training, validation, test;
} BsTrainingParts;

/** Rows that must lie between two parts so that no window and no label reaches from one into the other. */
#define BS_TRAINING_GAP(set) ((gsize) (set)->sequence_length + (set)->horizon)

/**
 * bs_training_parts:
 * @fold: 0..@n_folds-1; @n_folds for the final fit
 *
 * Walk-forward: the test parts are the newer 60 % of the rows cut into @n_folds; each fold learns from all that is before its
 * test part, of which the newest 15 % are its validation part. The final fit does so with all rows. The first 100 rows,
 * whose features have too short a history, are left out.
 *
 * Returns: %FALSE with %BS_TRAIN_ERROR_BARS where a part would be too small to say anything
 */
gboolean bs_training_parts (const BsTrainingSet *set, guint n_folds, guint fold, BsTrainingParts *parts,
                            GError **error);

/** The fewest rows of a training part and of a test part. */
#define BS_TRAINING_MIN_ROWS 100
#define BS_TRAINING_MIN_TEST_ROWS 20

/**
 * BsTrainingView:
 *
 * A set as a network sees it, by what the training part alone tells: scaler, label threshold, class weights, and which inputs
 * get no weight: prices and running sums, which wander off for ever, inputs that never change, and inputs whose outliers
 * would swamp the rest.
 */
typedef struct
{
  double mean[BS_N_FEATURES], scale[BS_N_FEATURES];
  gboolean unused[BS_N_FEATURES];
  double threshold; /* relative change beyond which a label is long or short: half the training part's standard deviation */
  BsClass majority; /* of the training part */
  double share[BS_N_CLASSES];        /* of its labels */
  float class_weights[BS_N_CLASSES]; /* inverse to the share, 1 on average over the rows; at most 10 */
  float lost[BS_N_FEATURES];         /* scaled inputs of a window without a secondary series; NaN where it does not matter */
  float *inputs;                     /* [n_rows, BS_N_FEATURES], scaled; 0 where unused */
  guint8 *labels;                    /* [n_rows] */
  guint8 *last;                      /* [n_rows] class of the change into the bar: the last-direction baseline */
} BsTrainingView;

/**
 * bs_training_view_new:
 * @model: (nullable): a model whose scaler and unused inputs are taken instead, to train it further
 */
BsTrainingView *bs_training_view_new (const BsTrainingSet *set, BsFitRows training,
                                      const BsModel *model) G_GNUC_WARN_UNUSED_RESULT;
void bs_training_view_free (BsTrainingView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTrainingView, bs_training_view_free)

/** bs_training_label: long above @threshold, short below -@threshold, else hold. */
BsClass bs_training_label (double change, double threshold);

G_END_DECLS
