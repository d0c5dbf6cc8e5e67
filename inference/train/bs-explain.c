#include "inference/train/bs-explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inference/train/bs-backward.h"

#define CHUNK 32 /* points of the path that go through the network together, and the least that are looked at */
#define REFINE 3 /* midpoints of a third of the interval: the old ones are among them, and are not worth keeping */

struct _BsExplainer
{
  BsModel *model;
  BsEngine *engine; /* FP32, with its tape */
  BsBackward *backward;
  float *windows;  /* [CHUNK, T, F] */
  float *d_inputs; /* [CHUNK, T, F] */
  float probabilities[CHUNK * BS_N_CLASSES];
  float d_logits[CHUNK * BS_N_CLASSES];
};

void
bs_explanation_clear (BsExplanation *self)
{
  g_clear_pointer (&self->features, g_free);
  g_clear_pointer (&self->bars, g_free);
  g_clear_pointer (&self->parts, g_free);
}

void
bs_explanation_groups (const BsExplanation *self, double *groups)
{
  g_return_if_fail (self->n_features == BS_N_FEATURES);

  memset (groups, 0, BS_N_FEATURE_GROUPS * sizeof *groups);
  for (guint i = 0; i < self->n_features; i++)
    groups[bs_feature_info (i)->group] += self->features[i];
}

static int
compare_sizes (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *features = data;
  const guint left = *(const guint *) a, right = *(const guint *) b;
  const double difference = fabs (features[right]) - fabs (features[left]);

  if (difference != 0)
    return difference > 0 ? 1 : -1;
  return left < right ? -1 : left > right;
}

void
bs_explanation_rank (const BsExplanation *self, guint *order)
{
  for (guint i = 0; i < self->n_features; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint) self->n_features, sizeof *order, compare_sizes, self->features);
}

BsExplainer *
bs_explainer_new (BsModel *model, GError **error)
{
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  g_autoptr (BsExplainer) self = g_new0 (BsExplainer, 1);
  const gsize n = (gsize) CHUNK * model->sequence_length * model->n_inputs;

  g_return_val_if_fail (model, NULL);

  self->model = bs_model_ref (model);
  options.keep_tape = TRUE;
  options.max_batch = CHUNK;
  self->engine = bs_engine_new (bs_engine_class_by_name ("reference"), model, &options, error);
  self->backward = self->engine ? bs_backward_new (model, CHUNK, error) : NULL;
  if (!self->backward)
    return NULL;
  self->windows = g_new (float, n);
  self->d_inputs = g_new (float, n);
  return g_steal_pointer (&self);
}

void
bs_explainer_free (BsExplainer *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->backward, bs_backward_free);
  bs_engine_free (self->engine);
  bs_model_unref (self->model);
  g_free (self->windows);
  g_free (self->d_inputs);
  g_free (self);
}

BsModel *
bs_explainer_model (const BsExplainer *self)
{
  return self->model;
}

/* Answers @n windows, at self->windows. */
static gboolean
forward (BsExplainer *self, guint n, GError **error)
{
  return bs_engine_predict (self->engine, self->windows, n, self->probabilities, NULL, error);
}

static double
logit_of (const BsExplainer *self, guint window, BsClass klass)
{
  return (double) bs_engine_tape (self->engine)->linear[self->model->n_linear - 1][window * BS_N_CLASSES + klass];
}

/* d logit / d input of the class, at self->d_inputs, after forward(). */
static void
backward (BsExplainer *self, guint n, BsClass klass)
{
  memset (self->d_logits, 0, n * BS_N_CLASSES * sizeof *self->d_logits);
  for (guint i = 0; i < n; i++)
    self->d_logits[i * BS_N_CLASSES + klass] = 1;
  bs_backward_run (self->backward, bs_engine_tape (self->engine), self->d_logits, NULL, self->d_inputs);
}

/* The parts by the midpoint rule at @n_steps points. */
static gboolean
integrate (BsExplainer *self, const float *window, guint n_steps, BsExplanation *explanation, GError **error)
{
  const gsize n = (gsize) explanation->n_bars * explanation->n_features;

  memset (explanation->parts, 0, n * sizeof *explanation->parts);
  for (guint from = 0; from < n_steps; from += CHUNK)
    {
      const guint n_points = MIN (CHUNK, n_steps - from);

      for (guint point = 0; point < n_points; point++)
        for (gsize i = 0; i < n; i++)
          self->windows[point * n + i] = (float) ((double) window[i] * (from + point + 0.5) / n_steps);
      if (!forward (self, n_points, error))
        return FALSE;
      backward (self, n_points, explanation->klass);
      for (guint point = 0; point < n_points; point++)
        for (gsize i = 0; i < n; i++)
          explanation->parts[i] += (double) self->d_inputs[point * n + i] * (double) window[i] / n_steps;
    }
  explanation->n_steps = n_steps;
  return TRUE;
}

/* Sums by feature and by bar, and whether they come to the whole. */
static void
add_up (BsExplanation *self)
{
  const guint F = self->n_features;
  const double whole = self->logit - self->baseline;

  self->sum = 0;
  memset (self->features, 0, F * sizeof *self->features);
  memset (self->bars, 0, self->n_bars * sizeof *self->bars);
  for (guint t = 0; t < self->n_bars; t++)
    for (guint i = 0; i < F; i++)
      {
        const double part = self->parts[(gsize) t * F + i];

        self->features[i] += part;
        self->bars[t] += part;
        self->sum += part;
      }
  self->complete = fabs (self->sum - whole) <= MAX (BS_EXPLAIN_COMPLETE * fabs (whole), BS_EXPLAIN_SMALL);
}

/* The window itself and the average one: what there is to explain. */
static gboolean
begin (BsExplainer *self, const float *window, int klass, BsExplanation *explanation, GError **error)
{
  const gsize n = (gsize) self->model->sequence_length * self->model->n_inputs;

  memcpy (self->windows, window, n * sizeof *window);
  memset (self->windows + n, 0, n * sizeof *window);
  if (!forward (self, 2, error))
    return FALSE;
  explanation->n_bars = self->model->sequence_length;
  explanation->n_features = self->model->n_inputs;
  memcpy (explanation->probabilities, self->probabilities, sizeof explanation->probabilities);
  explanation->klass = BS_CLASS_HOLD;
  for (guint i = 0; i < BS_N_CLASSES; i++)
    if (explanation->probabilities[i] > explanation->probabilities[explanation->klass])
      explanation->klass = (BsClass) i;
  if (klass >= 0)
    explanation->klass = (BsClass) klass;
  explanation->logit = logit_of (self, 0, explanation->klass);
  explanation->baseline = logit_of (self, 1, explanation->klass);
  explanation->parts = g_new0 (double, n);
  explanation->features = g_new (double, explanation->n_features);
  explanation->bars = g_new (double, explanation->n_bars);
  return TRUE;
}

gboolean
bs_explainer_run (BsExplainer *self, const float *window, int klass, BsExplainMethod method, BsExplanation *explanation,
                  GError **error)
{
  g_auto (BsExplanation) made = { .method = method };

  g_return_val_if_fail (self && window && explanation, FALSE);
  g_return_val_if_fail (klass >= -1 && klass < BS_N_CLASSES, FALSE);

  if (!begin (self, window, klass, &made, error))
    return FALSE;
  if (method == BS_EXPLAIN_GRADIENT)
    {
      backward (self, 2, made.klass);
      for (gsize i = 0; i < (gsize) made.n_bars * made.n_features; i++)
        made.parts[i] = (double) self->d_inputs[i] * (double) window[i];
      made.n_steps = 1;
      add_up (&made);
    }
  else
    for (guint n_steps = CHUNK; n_steps <= BS_EXPLAIN_MAX_STEPS && !made.complete; n_steps *= REFINE)
      {
        if (!integrate (self, window, n_steps, &made, error))
          return FALSE;
        add_up (&made);
      }
  *explanation = made;
  made = (BsExplanation){ 0 };
  return TRUE;
}
