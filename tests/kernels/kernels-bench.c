/* kernels-bench.c: times of the kernels, the sets of this processor side by side in the same rounds */
#include "tests/kernels/kernels-bench.h"

#include "inference/kernels/bs-network.h"
#include "tests/kernels/naive-network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 60
#define ROUND_NS 400000 /* about, a measurement */

typedef struct
{
  const char *set;
  char what[48];
  BsNetwork *network;
  BsNetworkWindow *live;
  unsigned n; /* windows a call */
  double ns[ROUNDS];
} Row;

static double
now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
run (Row *row, const float *windows)
{
  static float probabilities[256 * 3];

  if (row->live != NULL)
    {
      bs_network_window_push (row->live, windows);
      bs_network_window_predict (row->network, &row->live, 1, probabilities, NULL);
    }
  else
    bs_network_predict (row->network, windows, row->n, probabilities, NULL);
}

static void
measure (Row *row, const float *windows, int round)
{
  unsigned repeats = 0;
  double started, ns;

  run (row, windows);
  started = now_ns ();
  do
    {
      run (row, windows);
      repeats++;
      ns = now_ns () - started;
    }
  while (ns < ROUND_NS);
  row->ns[round] = ns / repeats / row->n;
}

static unsigned
add_rows (Row *rows, unsigned n_rows, const BsKernels *kernels, const BsNetworkShape *shape)
{
  static const unsigned batches[] = { 1, 16, 256 };

  for (int int8 = 0; int8 < 2; int8++)
    for (int i = 0; i < 5; i++)
      {
        const bool live = i == 4, fused = i != 3;
        const BsNetworkOptions options = { kernels, int8, fused, i < 3 ? batches[i] : 1 };
        Row *row = &rows[n_rows++];

        row->set = kernels->name;
        row->n = options.max_batch;
        row->network = bs_network_new (shape, &options, NULL);
        snprintf (row->what, sizeof row->what, "%ux%u/%s/%s%u%s", shape->n_layers, shape->hidden,
                  int8 ? "int8" : "fp32", live ? "live" : "b", row->n, fused ? "" : "/unfused");
        if (live)
          {
            const float zeros[62] = { 0 };

            row->live = bs_network_window_new (row->network);
            for (unsigned t = 0; t < shape->sequence_length; t++)
              bs_network_window_push (row->live, zeros);
          }
      }
  return n_rows;
}

int
kernels_bench (void)
{
  BsNetworkShape *small = naive_shape_new (62, 64, 2, 20, false, 1),
                 *large = naive_shape_new (62, 128, 2, 20, false, 1);
  float *windows = malloc (256 * 20 * 62 * sizeof *windows);
  Row *rows = calloc (100, sizeof *rows);
  unsigned n_rows = 0;
  uint64_t seed = 5;

  for (int i = 0; i < 256 * 20 * 62; i++)
    windows[i] = 2 * naive_random (&seed);
  for (const char *const *name = bs_kernels_names (); *name != NULL; name++)
    {
      const BsKernels *kernels = bs_kernels_by_name (*name, NULL);

      if (kernels == NULL || strcmp (*name, "scalar") == 0)
        continue;
      n_rows = add_rows (rows, n_rows, kernels, small);
      n_rows = add_rows (rows, n_rows, kernels, large);
    }
  if (n_rows == 0)
    n_rows = add_rows (rows, n_rows, bs_kernels (), small);
  for (int round = 0; round < ROUNDS; round++)
    for (unsigned i = 0; i < n_rows; i++)
      measure (&rows[i], windows, round);
  printf ("%-12s %-24s %10s %10s   us a window\n", "set", "what", "p5", "median");
  for (unsigned i = 0; i < n_rows; i++)
    {
      qsort (rows[i].ns, ROUNDS, sizeof (double), compare);
      printf ("%-12s %-24s %10.2f %10.2f\n", rows[i].set, rows[i].what, rows[i].ns[ROUNDS / 20] / 1e3,
              rows[i].ns[ROUNDS / 2] / 1e3);
      bs_network_window_free (rows[i].live);
      bs_network_free (rows[i].network);
    }
  free (rows);
  free (windows);
  naive_shape_free (small);
  naive_shape_free (large);
  return 0;
}
