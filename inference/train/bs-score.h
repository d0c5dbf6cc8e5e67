/* bs-score.h: how good probabilities were on bars that their model had not seen, beside baselines, with what chance allows */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

#define BS_SCORE_BINS 10 /* of the confidence, 0..1, equally wide */
#define BS_SCORE_SIGNAL_THRESHOLD 0.65 /* of the confidence: the program's default */

/** What any model must beat. */
typedef enum
{
  BS_BASELINE_MAJORITY,       /* always the training part's most frequent class */
  BS_BASELINE_LAST_DIRECTION, /* what the last change was */
  BS_BASELINE_LOGISTIC,       /* logistic regression on the newest row */
  BS_N_BASELINES
} BsBaseline;

/** bs_baseline_name: "majority", "last_direction", "logistic": as reports have it. Static. */
const char *bs_baseline_name (BsBaseline baseline);

/** A figure with its bootstrap 95 % interval; NaN where there is nothing to compute it from. */
typedef struct
{
  double value, low, high;
} BsFigure;

/** Bars whose confidence lies in one bin: a point of the reliability diagram. */
typedef struct
{
  gsize n;
  double confidence; /* mean */
  BsFigure hit_rate;
} BsScoreBin;

typedef enum
{
  BS_SCORE_BETTER,    /* the interval of the accuracy lies above the best baseline's accuracy */
  BS_SCORE_NO_BETTER, /* it does not */
} BsScoreVerdict;

typedef struct
{
  gsize n; /* bars */
  BsFigure accuracy, balanced_accuracy;
  BsFigure brier;             /* mean squared distance of the probabilities from what happened, 0..2 (Brier 1950) */
  BsFigure calibration_error; /* expected: mean |confidence - hit rate| over the bins */
  double share[BS_N_CLASSES]; /* of the labels */
  BsFigure precision[BS_N_CLASSES], recall[BS_N_CLASSES];
  BsScoreBin bins[BS_SCORE_BINS];
  BsFigure baselines[BS_N_BASELINES]; /* accuracy */
  BsBaseline best_baseline;
  BsFigure advantage; /* accuracy over the best baseline's, on the same resampled bars */
  double signals_share;  /* of bars with a long or a short at the threshold */
  BsFigure signals_precision;
  BsScoreVerdict verdict;
} BsScore;

/** One tested bar. */
typedef struct
{
  double probabilities[BS_N_CLASSES];
  guint8 label;
  guint8 baselines[BS_N_BASELINES]; /* their guesses */
} BsScoredBar;

/**
 * bs_score:
 * @bars: [n] in time order, n >= 1
 * @seed: of the bootstrap
 *
 * Intervals by a block bootstrap: 1,000 resamples of blocks of neighbouring bars (n / 50 of them, 1 to 200 bars), which
 * are not independent of each other.
 */
void bs_score (BsScore *self, const BsScoredBar *bars, gsize n, guint64 seed);

/** bs_score_verdict_words: (transfer full): the verdict as a sentence in English, such as "No better than always saying hold". */
char *bs_score_verdict_words (const BsScore *self, BsClass majority) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
