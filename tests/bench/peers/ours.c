/* ours.c: Barscope's network as a shared library for peers.py */
#include "inference/kernels/bs-network.h"

#include <stdlib.h>
#include <time.h>

typedef struct
{
  BsNetwork *network;
  BsNetworkWindow *live;
} Ours;

const char *ours_kernels (void);
Ours *ours_new (unsigned F, unsigned H, unsigned n_layers, unsigned T, const float *const *weights, int int8, int fused,
                unsigned max_batch);
int ours_run (Ours *self, const float *windows, unsigned n, float *probabilities);
int64_t ours_time (Ours *self, const float *windows, unsigned n, float *probabilities, unsigned repeats);
int64_t ours_time_live (Ours *self, const float *rows, unsigned T, float *probabilities, unsigned repeats);

static int64_t
now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (int64_t) t.tv_sec * 1000000000 + t.tv_nsec;
}

const char *
ours_kernels (void)
{
  return bs_kernels ()->name;
}

/* @weights: for each layer w_ih, w_hh, bias; then fc1 weight, bias [32, H], fc2 weight, bias [3, 32] */
Ours *
ours_new (unsigned F, unsigned H, unsigned n_layers, unsigned T, const float *const *weights, int int8, int fused,
          unsigned max_batch)
{
  BsNetworkShape shape
    = { .n_inputs = F, .hidden = H, .n_layers = n_layers, .n_linear = 2, .sequence_length = T, .temperature = 1 };
  const BsNetworkOptions options = { bs_kernels (), int8, fused, max_batch };
  Ours *self = calloc (1, sizeof *self);

  for (unsigned k = 0; k < n_layers; k++, weights += 3)
    shape.lstm[k] = (BsNetworkLstm){ weights[0], weights[1], weights[2] };
  shape.linear[0] = (BsNetworkLinear){ H, 32, weights[0], weights[1] };
  shape.linear[1] = (BsNetworkLinear){ 32, 3, weights[2], weights[3] };
  self->network = bs_network_new (&shape, &options, NULL);
  if (self->network != NULL)
    self->live = bs_network_window_new (self->network);
  return self;
}

int
ours_run (Ours *self, const float *windows, unsigned n, float *probabilities)
{
  return bs_network_predict (self->network, windows, n, probabilities, NULL);
}

/* ns for @repeats calls */
int64_t
ours_time (Ours *self, const float *windows, unsigned n, float *probabilities, unsigned repeats)
{
  const int64_t started = now_ns ();

  for (unsigned i = 0; i < repeats; i++)
    bs_network_predict (self->network, windows, n, probabilities, NULL);
  return now_ns () - started;
}

/* ns for @repeats times one row pushed and its window predicted; @rows: [T, F] */
int64_t
ours_time_live (Ours *self, const float *rows, unsigned T, float *probabilities, unsigned repeats)
{
  int64_t started;

  for (unsigned t = 0; t < T; t++)
    bs_network_window_push (self->live, rows);
  started = now_ns ();
  for (unsigned i = 0; i < repeats; i++)
    {
      bs_network_window_push (self->live, rows);
      bs_network_window_predict (self->network, &self->live, 1, probabilities, NULL);
    }
  return now_ns () - started;
}
