/* bs-network-limit.c: which inputs cannot overflow
 *
 * An overflow would turn into infinities, these into numbers that are none, and the gates' clamps would make of them an answer
 * that looks like any other. */
#include "inference/kernels/bs-network-private.h"

#include <float.h>
#include <math.h>

/* Sums are scaled by up to 2 log2 (e) and by rounding; a factor of 16 is on the safe side. */
#define MARGIN 16.0
#define LARGEST_INPUT 1e30

static double
sum_of_magnitudes (const float *x, unsigned n)
{
  double sum = 0;

  for (unsigned i = 0; i < n; i++)
    sum += fabs ((double) x[i]);
  return sum;
}

/* The same for a layer: @limit of its inputs goes down as needed. Returns: whether its recurrent sums are in range */
static bool
limit_layer (const BsNetworkShape *shape, unsigned layer, double *limit)
{
  const BsNetworkLstm *lstm = &shape->lstm[layer];
  const unsigned K = layer == 0 ? shape->n_inputs : shape->hidden;

  for (size_t row = 0; row < (size_t) 4 * shape->hidden; row++)
    {
      const double inputs = sum_of_magnitudes (lstm->w_ih + row * K, K);
      const double rest
        = sum_of_magnitudes (lstm->w_hh + row * shape->hidden, shape->hidden) + fabs ((double) lstm->bias[row]);
      const double room = FLT_MAX / MARGIN - rest;

      if (room <= 0)
        return false;
      if (inputs * *limit > room)
        *limit = room / inputs;
    }
  return true;
}

/* Returns: the largest magnitude of a logit over the temperature */
static double
bound_head (const BsNetworkShape *shape)
{
  double bound = 1;

  for (unsigned k = 0; k < shape->n_linear; k++)
    {
      const BsNetworkLinear *linear = &shape->linear[k];
      double largest = 0;

      for (size_t row = 0; row < linear->n_outputs; row++)
        largest = fmax (largest, bound * sum_of_magnitudes (linear->weight + row * linear->n_inputs, linear->n_inputs)
                                   + fabs ((double) linear->bias[row]));
      bound = largest;
    }
  return fmax (bound, bound / shape->temperature);
}

float
bs_network_find_limit (const BsNetworkShape *shape)
{
  double limit = LARGEST_INPUT, hidden = 1;

  if (!limit_layer (shape, 0, &limit) || bound_head (shape) > FLT_MAX / MARGIN)
    return 0;
  for (unsigned k = 1; k < shape->n_layers; k++)
    if (!limit_layer (shape, k, &hidden) || hidden < 1)
      return 0;
  return limit >= 1 ? (float) limit : 0;
}
