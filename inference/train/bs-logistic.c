/* bs-logistic.c: multinomial logistic regression by gradient descent over all rows */
#include "inference/train/bs-logistic.h"

#include <math.h>
#include <string.h>

#define STEPS 300
#define STEPS_A_LOOK 10 /* between looks at the validation part */
#define RATE 0.02
#define L2 1e-3 /* weight of the sum of squared weights */
#define BETA_1 0.9
#define BETA_2 0.999
#define N_WEIGHTS (BS_N_CLASSES * (BS_N_FEATURES + 1))

static void
logits_of (const BsLogistic *self, const float *inputs, float *logits)
{
  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      float sum = self->weights[c][BS_N_FEATURES];

      for (guint i = 0; i < BS_N_FEATURES; i++)
        sum += self->weights[c][i] * inputs[i];
      logits[c] = sum;
    }
}

/* Mean cross entropy over @rows; with @gradient its derivative. */
static double
loss_of (const BsLogistic *self, const BsTrainingView *view, BsFitRows rows, float *gradient)
{
  const double n = (double) (rows.end - rows.begin);
  double loss = 0;

  if (gradient)
    for (guint k = 0; k < N_WEIGHTS; k++)
      gradient[k] = (float) L2 * ((const float *) self->weights)[k];
  for (gsize r = rows.begin; r < rows.end; r++)
    {
      const float *inputs = view->inputs + r * BS_N_FEATURES;
      double probabilities[BS_N_CLASSES];
      float logits[BS_N_CLASSES];

      logits_of (self, inputs, logits);
      bs_fit_softmax (logits, 1, probabilities);
      loss -= log (fmax (probabilities[view->labels[r]], 1e-300)) / n;
      for (guint c = 0; gradient && c < BS_N_CLASSES; c++)
        {
          const float d = (float) ((probabilities[c] - (c == view->labels[r])) / n);
          float *of = gradient + c * (BS_N_FEATURES + 1);

          for (guint i = 0; i < BS_N_FEATURES; i++)
            of[i] += d * inputs[i];
          of[BS_N_FEATURES] += d;
        }
    }
  return loss;
}

void
bs_logistic_fit (BsLogistic *self, const BsTrainingView *view, const BsTrainingParts *parts)
{
  float first[N_WEIGHTS] = { 0 }, second[N_WEIGHTS] = { 0 }, gradient[N_WEIGHTS];
  BsLogistic best = { 0 };
  double best_loss = INFINITY;
  float *weights = (float *) self->weights;

  memset (self, 0, sizeof *self);
  for (guint step = 1; step <= STEPS; step++)
    {
      loss_of (self, view, parts->training, gradient);
      for (guint k = 0; k < N_WEIGHTS; k++)
        {
          first[k] += (float) (1 - BETA_1) * (gradient[k] - first[k]);
          second[k] += (float) (1 - BETA_2) * (gradient[k] * gradient[k] - second[k]);
          weights[k] -= (float) (RATE * first[k] / (1 - pow (BETA_1, step))
                                 / (sqrt (second[k] / (1 - pow (BETA_2, step))) + 1e-8));
        }
      if (step % STEPS_A_LOOK == 0)
        {
          const double loss = loss_of (self, view, parts->validation, NULL);

          if (loss < best_loss)
            {
              best_loss = loss;
              best = *self;
            }
        }
    }
  *self = best;
}

BsClass
bs_logistic_guess (const BsLogistic *self, const float *inputs)
{
  float logits[BS_N_CLASSES];
  guint best = 0;

  logits_of (self, inputs, logits);
  for (guint c = 1; c < BS_N_CLASSES; c++)
    if (logits[c] > logits[best])
      best = c;
  return best;
}
