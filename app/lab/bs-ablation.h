/* bs-ablation.h: runs a plan: every arm in every round, in random order, on predictors of its own */
#pragma once

#include "app/bench/bs-fidelity.h"
#include "app/lab/bs-ablation-plan.h"
#include "app/lab/bs-statistics.h"

G_BEGIN_DECLS

#define BS_ABLATION_DEFAULT_ROUNDS 20
#define BS_ABLATION_MAX_ROUNDS 1000
#define BS_ABLATION_DEFAULT_SEED 1

/** How far a run is. */
typedef struct
{
  double fraction;   /* 0..1 */
  guint round;       /* rounds that are complete */
  const char *doing; /* the arm's name, or what is prepared */
} BsAblationProgress;

/** Called some times a second on the thread that runs. Returns: whether to go on */
typedef gboolean (*BsAblationProgressFunc) (const BsAblationProgress *progress, gpointer data);

typedef struct
{
  const BsBarSeries *primary;
  const BsBarSeries *secondary; /* (nullable) */
  BsModel *model;
  guint rounds;                    /* 1..BS_ABLATION_MAX_ROUNDS */
  guint32 seed;                    /* of the order within the rounds and of the bootstrap */
  BsAblationProgressFunc progress; /* (nullable) */
  gpointer data;
} BsAblationSetup;

/** What was measured of one arm. */
typedef struct
{
  guint n_bars;       /* bars timed in each round */
  double *us;         /* [n_rounds]: us for a bar: the medians of bars with and without a Hurst computation, weighted */
  gboolean *outliers; /* [n_rounds]: bs_statistics_outliers() */
  guint n_outliers;
  double median;   /* of us */
  double *samples; /* [n_samples]: us of single bars (of bulk work: of each round), for a histogram: the first many */
  guint n_samples;
  BsFidelity
    fidelity;     /* of every bar that was timed and answered, against the plain path; n is 0 where there is none */
  char *left_out; /* (nullable): why nothing was measured; all else is 0 then */
} BsArmResult;

/** One comparison's outcome. */
typedef struct
{
  gboolean measured; /* %FALSE: one of its arms was left out */
  BsRatio ratio;     /* time of the arm / time of its base */
  BsVerdict verdict;
} BsComparisonResult;

/** BsAblation: what came of a run. Immutable. */
typedef struct
{
  BsAblationPlan *plan;
  BsOptions reference;             /* of the path that all answers are compared with: plain FP32 */
  guint n_rounds;                  /* complete */
  gboolean cancelled;              /* before all rounds that were asked for */
  gsize n_region;                  /* the newest bars, among which the timed ones lie */
  double seconds;                  /* that it took */
  BsArmResult *arms;               /* [plan->arms->len] */
  BsComparisonResult *comparisons; /* [plan->comparisons->len] */
} BsAblation;

/**
 * bs_ablation_run:
 * @plan: (transfer full)
 * @setup: read until it returns
 *
 * Makes a predictor for every arm, warms it up and finds how many bars fit into its share of a round; then goes round by
 * round over all arms, each round in a new order, all arms of a round beginning at the same bar. Time is read outside of
 * the predictor, once a bar, so that timing=off is measured like all others. Every answer that was timed is
 * compared with the reference engine's. An arm that cannot be made here, or that another engine answers for, is left out
 * with the reason. Thread: any; the calling one does the work, and more threads where bulk work is measured.
 *
 * Returns: (transfer full): %NULL with %BS_ABLATION_ERROR_BARS, %BS_ABLATION_ERROR_CANCELLED where not one round was
 * complete, or a model or engine error of the reference path
 */
BsAblation *bs_ablation_run (BsAblationPlan *plan, const BsAblationSetup *setup,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_ablation_free (BsAblation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsAblation, bs_ablation_free)

G_END_DECLS
