/* naive-network.c: an LSTM classifier by the textbook */
#include "tests/kernels/naive-network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

float
naive_random (uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (float) ((int32_t) (*state >> 32)) / 2147483648.0f;
}

static float *
random_array (size_t n, float range, uint64_t *state)
{
  float *array = malloc (n * sizeof *array);

  for (size_t i = 0; i < n; i++)
    array[i] = range * naive_random (state);
  return array;
}

BsNetworkShape *
naive_shape_new (unsigned F, unsigned H, unsigned n_layers, unsigned T, bool identity_head, uint64_t seed)
{
  BsNetworkShape *shape = calloc (1, sizeof *shape);
  const float range = 1 / sqrtf ((float) H);

  shape->n_inputs = F;
  shape->hidden = H;
  shape->n_layers = n_layers;
  shape->sequence_length = T;
  shape->temperature = 1.25f;
  for (unsigned k = 0; k < n_layers; k++)
    {
      shape->lstm[k].w_ih = random_array ((size_t) 4 * H * (k == 0 ? F : H), range, &seed);
      shape->lstm[k].w_hh = random_array ((size_t) 4 * H * H, range, &seed);
      shape->lstm[k].bias = random_array ((size_t) 4 * H, 2 * range, &seed);
    }
  shape->n_linear = identity_head ? 1 : 2;
  for (unsigned k = 0; k < shape->n_linear; k++)
    {
      const unsigned K = k == 0 ? H : 32, n = identity_head ? H : k == 0 ? 32 : 3;
      float *weight = random_array ((size_t) n * K, 1 / sqrtf ((float) K), &seed);
      float *bias = random_array (n, 1 / sqrtf ((float) K), &seed);

      if (identity_head)
        {
          memset (weight, 0, (size_t) n * K * sizeof *weight);
          memset (bias, 0, n * sizeof *bias);
          for (unsigned i = 0; i < H; i++)
            weight[(size_t) i * K + i] = 4;
        }
      shape->linear[k] = (BsNetworkLinear){ K, n, weight, bias };
    }
  return shape;
}

void
naive_shape_free (BsNetworkShape *shape)
{
  for (unsigned k = 0; k < shape->n_layers; k++)
    {
      free ((float *) shape->lstm[k].w_ih);
      free ((float *) shape->lstm[k].w_hh);
      free ((float *) shape->lstm[k].bias);
    }
  for (unsigned k = 0; k < shape->n_linear; k++)
    {
      free ((float *) shape->linear[k].weight);
      free ((float *) shape->linear[k].bias);
    }
  free (shape);
}

unsigned
naive_n_classes (const BsNetworkShape *shape)
{
  return shape->linear[shape->n_linear - 1].n_outputs;
}

static double
dot (const float *w, const double *x, unsigned n)
{
  double sum = 0;

  for (unsigned i = 0; i < n; i++)
    sum += (double) w[i] * x[i];
  return sum;
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

/* @x: [T, K] in, [T, H] out: the hidden states */
static void
run_layer (const BsNetworkShape *shape, const BsNetworkLstm *layer, unsigned K, double *x, double *out)
{
  const unsigned H = shape->hidden;
  double *zeros = calloc (H, sizeof *zeros), *c = calloc (H, sizeof *c);

  for (unsigned t = 0; t < shape->sequence_length; t++)
    for (unsigned unit = 0; unit < H; unit++)
      {
        const double *before = t > 0 ? out + (size_t) (t - 1) * H : zeros;
        double gates[4];

        for (unsigned g = 0; g < 4; g++)
          {
            const size_t row = g * H + unit;

            gates[g] = layer->bias[row] + dot (layer->w_ih + row * K, x + (size_t) t * K, K)
                       + dot (layer->w_hh + row * H, before, H);
          }
        c[unit] = sigmoid (gates[1]) * c[unit] + sigmoid (gates[0]) * tanh (gates[2]);
        out[(size_t) t * H + unit] = sigmoid (gates[3]) * tanh (c[unit]);
      }
  free (zeros);
  free (c);
}

static void
run_head (const BsNetworkShape *shape, const double *h, double *probabilities)
{
  double x[1024], y[1024], sum = 0, max = -INFINITY;
  unsigned n = shape->hidden;

  memcpy (x, h, n * sizeof *x);
  for (unsigned k = 0; k < shape->n_linear; k++)
    {
      const BsNetworkLinear *linear = &shape->linear[k];

      n = linear->n_outputs;
      for (unsigned i = 0; i < n; i++)
        {
          y[i] = linear->bias[i] + dot (linear->weight + (size_t) i * linear->n_inputs, x, linear->n_inputs);
          if (k + 1 < shape->n_linear && y[i] < 0)
            y[i] = 0;
        }
      memcpy (x, y, n * sizeof *x);
    }
  for (unsigned i = 0; i < n; i++)
    max = fmax (max, x[i]);
  for (unsigned i = 0; i < n; i++)
    sum += probabilities[i] = exp ((x[i] - max) / shape->temperature);
  for (unsigned i = 0; i < n; i++)
    probabilities[i] /= sum;
}

void
naive_predict (const BsNetworkShape *shape, const float *windows, unsigned n, double *probabilities)
{
  const size_t T = shape->sequence_length, F = shape->n_inputs, H = shape->hidden;
  const size_t widest = F > H ? F : H;
  double *x = malloc (T * widest * sizeof *x), *out = malloc (T * H * sizeof *out);

  for (unsigned i = 0; i < n; i++)
    {
      for (size_t j = 0; j < T * F; j++)
        x[j] = windows[i * T * F + j];
      for (unsigned k = 0; k < shape->n_layers; k++)
        {
          run_layer (shape, &shape->lstm[k], k == 0 ? F : H, x, out);
          memcpy (x, out, T * H * sizeof *x);
        }
      run_head (shape, x + (T - 1) * H, probabilities + (size_t) i * naive_n_classes (shape));
    }
  free (x);
  free (out);
}
