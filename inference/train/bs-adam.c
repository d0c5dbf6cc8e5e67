/* bs-adam.c: the optimizer */
#include "inference/train/bs-adam.h"

#include <math.h>

#define BETA_1 0.9
#define BETA_2 0.999
#define EPSILON 1e-8
#define CLIP_EPSILON 1e-6 /* as PyTorch adds to the norm */
#define BIASES 2          /* of an LSTM layer in PyTorch: bias_ih and bias_hh */

struct _BsAdam
{
  BsParameterLayout layout;
  float *first, *second; /* [layout.n] */
  guint steps;
};

BsAdam *
bs_adam_new (const BsParameterLayout *layout)
{
  BsAdam *self = g_new0 (BsAdam, 1);

  self->layout = *layout;
  self->first = g_new0 (float, layout->n);
  self->second = g_new0 (float, layout->n);
  return self;
}

void
bs_adam_free (BsAdam *self)
{
  if (!self)
    return;
  g_free (self->first);
  g_free (self->second);
  g_free (self);
}

static double
sum_of_squares (const float *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i] * x[i];
  return sum;
}

static double
norm_of (const BsParameterLayout *layout, const float *gradient)
{
  double sum = sum_of_squares (gradient, layout->n);

  for (guint k = 0; k < layout->n_layers; k++)
    sum += (BIASES - 1) * sum_of_squares (gradient + layout->layers[k].bias, 4 * layout->hidden);
  return sqrt (sum);
}

/* Parameters @from .. @from + @n - 1 move @times the step. */
static void
move (BsAdam *self, const float *restrict gradient, float scale, double step, double root, gsize from, gsize n,
      float *restrict values)
{
  float *restrict first = self->first, *restrict second = self->second;
  const float rate = (float) step, inverse_root = (float) (1 / root);

  for (gsize i = from; i < from + n; i++)
    {
      const float g = gradient[i] * scale;

      first[i] += (float) (1 - BETA_1) * (g - first[i]);
      second[i] = (float) BETA_2 * second[i] + (float) (1 - BETA_2) * g * g;
      values[i] -= rate * first[i] / (sqrtf (second[i]) * inverse_root + (float) EPSILON);
    }
}

double
bs_adam_step (BsAdam *self, float *gradient, double clip, double learning_rate, float *values)
{
  const BsParameterLayout *layout = &self->layout;
  const double norm = norm_of (layout, gradient);
  const double scale = clip > 0 ? fmin (1, clip / (norm + CLIP_EPSILON)) : 1;
  double step, root;
  gsize at = 0;

  self->steps++;
  step = learning_rate / (1 - pow (BETA_1, self->steps));
  root = sqrt (1 - pow (BETA_2, self->steps));
  for (guint k = 0; k < layout->n_layers; k++)
    {
      const gsize bias = layout->layers[k].bias;

      move (self, gradient, (float) scale, step, root, at, bias - at, values);
      move (self, gradient, (float) scale, BIASES * step, root, bias, 4 * layout->hidden, values);
      at = bias + 4 * layout->hidden;
    }
  move (self, gradient, (float) scale, step, root, at, layout->n - at, values);
  return norm;
}
