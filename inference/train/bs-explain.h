/* bs-explain.h: why this signal: which inputs of a window moved the logit of a class, and by how much */
#pragma once

#include "inference/features/bs-features.h"
#include "inference/model/bs-model.h"

G_BEGIN_DECLS

#define BS_EXPLAIN_MAX_STEPS 4096 /* of the path at most */
#define BS_EXPLAIN_COMPLETE 0.01  /* the parts add up to the whole within this part of it ... */
#define BS_EXPLAIN_SMALL 0.002    /* ... or within this logit, where the whole is next to nothing */

typedef enum
{
  BS_EXPLAIN_INTEGRATED, /* integrated gradients: the parts add up */
  BS_EXPLAIN_GRADIENT,   /* gradient x input: one backward pass, exact at this point alone; the parts need not add up */
} BsExplainMethod;

/** BsExplanation: of one window. The parts are in logits of the class, positive where they speak for it. */
typedef struct
{
  BsClass klass;
  BsExplainMethod method;
  float probabilities[BS_N_CLASSES];
  double logit;    /* of the class, before the temperature */
  double baseline; /* the same for the average window, whose every input is the scaler's mean */
  double sum;      /* of all parts: should be logit - baseline */
  gboolean complete; /* whether it is, within BS_EXPLAIN_COMPLETE or BS_EXPLAIN_SMALL */
  guint n_steps;     /* points of the path that were looked at */
  guint n_features, n_bars;
  double *features; /* [n_features] */
  double *bars;     /* [n_bars = T], oldest first */
  double *parts;    /* [T, F] */
} BsExplanation;

void bs_explanation_clear (BsExplanation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsExplanation, bs_explanation_clear)

/** bs_explanation_groups: @groups: (out) [BS_N_FEATURE_GROUPS]: the parts by the feature table's groups; of a model of its 62 inputs */
void bs_explanation_groups (const BsExplanation *self, double *groups);

/** bs_explanation_rank: @order: (out) [n_features]: features by the size of their part, the largest first */
void bs_explanation_rank (const BsExplanation *self, guint *order);

/** BsExplainer: an engine that keeps its tape, and room for the backward pass. One owner; any thread. */
typedef struct _BsExplainer BsExplainer;

/** bs_explainer_new: (transfer full): %NULL with a %BS_ENGINE_ERROR */
BsExplainer *bs_explainer_new (BsModel *model, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_explainer_free (BsExplainer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsExplainer, bs_explainer_free)

/** bs_explainer_model: whose answers are explained. Owned by @self. */
BsModel *bs_explainer_model (const BsExplainer *self);

/**
 * bs_explainer_run:
 * @window: [T, F], scaled
 * @klass: class to explain; -1 for the most probable one
 * @explanation: (out caller-allocates): cleared with bs_explanation_clear()
 *
 * Integrated gradients (Sundararajan, Taly, Yan 2017) along the straight line from the average window, which is 0 after the
 * scaler: part = x · mean over the line of d logit / d x, the exact gradients by the network's backward pass. The mean is
 * taken by the midpoint rule at 32 points, then at three times as many, until the parts add up to the change of the
 * logit or there are BS_EXPLAIN_MAX_STEPS. About 3 ms (2x64, T 20) where 32 do.
 *
 * Returns: %FALSE with a %BS_ENGINE_ERROR, where the network overflows
 */
gboolean bs_explainer_run (BsExplainer *self, const float *window, int klass, BsExplainMethod method,
                           BsExplanation *explanation, GError **error);

G_END_DECLS
