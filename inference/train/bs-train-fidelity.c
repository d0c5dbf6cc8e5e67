/* bs-train-fidelity.c: what quantizing a trained network to INT8 changes, on the newest bars */
#include "inference/train/bs-trainer-private.h"

#include "inference/engine/bs-engine-cpu.h"
#include "inference/engine/bs-engine-reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WINDOWS 2000
#define BATCH 64

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* [n, C] of the windows that end on rows @first .. @first + @n - 1 */
static gboolean
predict (BsModel *model, const BsEngineClass *klass, BsPrecision precision, const BsTrainingSet *set, gsize first,
         gsize n, float *probabilities, GError **error)
{
  const BsEngineOptions options = { .precision = precision, .fused = TRUE, .max_batch = BATCH };
  const gsize T = model->sequence_length, F = model->n_inputs;
  g_autoptr (BsEngine) engine = bs_engine_new (klass, model, &options, error);
  g_autofree float *windows = g_new (float, BATCH *T *F);

  if (!engine)
    return FALSE;
  for (gsize from = 0; from < n; from += BATCH)
    {
      const guint batch = (guint) MIN (BATCH, n - from);

      for (gsize w = 0; w < batch; w++)
        for (gsize t = 0; t < T; t++)
          for (gsize i = 0; i < F; i++)
            windows[(w * T + t) * F + i]
              = (float) ((set->features[(first + from + w + 1 - T + t) * BS_N_FEATURES + i] - model->mean[i])
                         / model->scale[i]);
      if (!bs_engine_predict (engine, windows, batch, probabilities + from * BS_N_CLASSES, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static guint
best_class (const float *probabilities)
{
  guint best = 0;

  for (guint c = 1; c < BS_N_CLASSES; c++)
    if (probabilities[c] > probabilities[best])
      best = c;
  return best;
}

gboolean
bs_train_fidelity (BsModel *model, const BsTrainingSet *set, BsTrainFidelity *fidelity, GError **error)
{
  const gsize n = MIN (MAX_WINDOWS, set->n_rows + 1 - set->sequence_length), first = set->n_rows - n;
  g_autofree float *exact = g_new (float, n *BS_N_CLASSES);
  g_autofree float *quantized = g_new (float, n *BS_N_CLASSES);
  g_autofree double *differences = g_new (double, n);

  if (!predict (model, &bs_engine_reference_class, BS_PRECISION_FP32, set, first, n, exact, error)
      || !predict (model, &bs_engine_cpu_class, BS_PRECISION_INT8, set, first, n, quantized, error))
    return FALSE;
  *fidelity = (BsTrainFidelity){ .n = n };
  for (gsize w = 0; w < n; w++)
    {
      const float *a = exact + w * BS_N_CLASSES, *b = quantized + w * BS_N_CLASSES;

      fidelity->n_agree += best_class (a) == best_class (b);
      differences[w] = fabs ((double) a[best_class (a)] - b[best_class (b)]);
      fidelity->mean += differences[w] / (double) n;
    }
  qsort (differences, n, sizeof *differences, compare_doubles);
  fidelity->p99 = differences[(gsize) (0.99 * (double) (n - 1))];
  fidelity->max = differences[n - 1];
  return TRUE;
}
