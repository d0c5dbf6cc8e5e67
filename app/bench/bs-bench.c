#include "app/bench/bs-bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inference/predict/bs-stage.h"

/* A sample shorter than this would show the clock (some 25 ns a reading) more than the code. */
#define SAMPLE_MIN_NS 5000
/* A case's share of a round: long enough for percentiles, short enough that a slow spell hits all cases. */
#define SLICE_NS 10000000
#define SLICE_MAX_SAMPLES 1000
/* Caches, branch predictors and the arena settle within this. */
#define WARM_UP_NS 20000000
#define WARM_UP_MAX_RUNS 1000

G_DEFINE_QUARK (bs_bench_error, bs_bench_error)

/* A case that is set up. */
typedef struct
{
  const BsBenchCase *row;
  gpointer state;
  guint repetitions; /* runs a sample */
  GArray *samples;   /* of double, us for one operation */
} Running;

static void
running_clear (gpointer data)
{
  Running *running = data;
  if (running->row->teardown != NULL)
    running->row->teardown (running->state);
  g_array_unref (running->samples);
}

const BsBenchCase *
bs_bench_nth (const BsBenchCase *const *groups, guint n)
{
  for (; *groups != NULL; groups++)
    for (const BsBenchCase *row = *groups; row->name != NULL; row++)
      if (n-- == 0)
        return row;
  return NULL;
}

gboolean
bs_bench_selected (const BsBenchCase *row, const char *const *only)
{
  if (only == NULL || only[0] == NULL)
    return TRUE;
  for (; *only != NULL; only++)
    if (g_str_has_prefix (row->name, *only))
      return TRUE;
  return FALSE;
}

/* One sample: @repetitions runs, ns. -1 with an error. */
static gint64
take_sample (Running *running, GError **error)
{
  gint64 start = bs_clock_ns (), told = 0;
  for (guint i = 0; i < running->repetitions; i++)
    {
      if (!running->row->run (running->state, error))
        return -1;
      if (running->row->elapsed_ns != NULL)
        told += running->row->elapsed_ns (running->state);
    }
  return running->row->elapsed_ns != NULL ? told : bs_clock_ns () - start;
}

static gboolean
warm_up (Running *running, GError **error)
{
  running->repetitions = 1;
  gint64 shortest = G_MAXINT64;
  gint64 end = bs_clock_ns () + WARM_UP_NS;
  for (guint run = 0; run < WARM_UP_MAX_RUNS && (run == 0 || bs_clock_ns () < end); run++)
    {
      gint64 ns = take_sample (running, error);
      if (ns < 0)
        return FALSE;
      shortest = MIN (shortest, ns);
    }
  running->repetitions = (guint) (SAMPLE_MIN_NS / MAX (shortest, 1)) + 1;
  return TRUE;
}

static gboolean
run_samples (Running *running, GError **error)
{
  double divisor = 1e3 * running->repetitions * MAX (running->row->operations, 1);
  gint64 end = bs_clock_ns () + SLICE_NS;
  for (guint i = 0; i < SLICE_MAX_SAMPLES && (i == 0 || bs_clock_ns () < end); i++)
    {
      gint64 ns = take_sample (running, error);
      if (ns < 0)
        return FALSE;
      double us = (double) ns / divisor;
      g_array_append_val (running->samples, us);
    }
  return TRUE;
}

static gboolean
run_slice (Running *running, GError **error)
{
  if (running->row->begin_slice != NULL)
    running->row->begin_slice (running->state);
  gboolean done = run_samples (running, error);
  if (running->row->end_slice != NULL)
    running->row->end_slice (running->state);
  return done;
}

static void
shuffle (guint *order, guint n, GRand *rand)
{
  for (guint i = n; i > 1; i--)
    {
      guint j = (guint) g_rand_int_range (rand, 0, (gint32) i);
      guint swap = order[i - 1];
      order[i - 1] = order[j];
      order[j] = swap;
    }
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

void
bs_bench_summarize (double *samples, gsize n, BsBenchResult *result)
{
  g_return_if_fail (n >= 1);
  qsort (samples, n, sizeof *samples, compare_doubles);
  const double percentiles[] = { 50, 95, 99 };
  double values[G_N_ELEMENTS (percentiles)];
  for (guint i = 0; i < G_N_ELEMENTS (percentiles); i++)
    {
      gsize rank = (gsize) ceil (percentiles[i] / 100 * (double) n);
      values[i] = samples[CLAMP (rank, 1, n) - 1];
    }
  result->n = n;
  result->min = samples[0];
  result->p50 = values[0];
  result->p95 = values[1];
  result->p99 = values[2];
  result->max = samples[n - 1];
}

/* Sets up the selected cases; those that cannot run here are reported and left out. */
static GArray *
set_up (const BsBenchCase *const *groups, const BsBenchOptions *options, GError **error)
{
  g_autoptr (GArray) cases = g_array_new (FALSE, TRUE, sizeof (Running));
  g_array_set_clear_func (cases, running_clear);
  const BsBenchCase *row;
  for (guint i = 0; (row = bs_bench_nth (groups, i)) != NULL; i++)
    {
      if (!bs_bench_selected (row, options->only))
        continue;
      g_autoptr (GError) setup_error = NULL;
      gpointer state = row->setup (row, &setup_error);
      if (setup_error == NULL)
        {
          Running running = { .row = row, .state = state, .samples = g_array_new (FALSE, FALSE, sizeof (double)) };
          g_array_append_val (cases, running);
        }
      else if (g_error_matches (setup_error, BS_BENCH_ERROR, BS_BENCH_ERROR_UNAVAILABLE))
        {
          if (options->left_out != NULL)
            options->left_out (row, setup_error->message);
        }
      else
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&setup_error), "%s: ", row->name);
          return NULL;
        }
    }
  return g_steal_pointer (&cases);
}

GArray *
bs_bench_run (const BsBenchCase *const *groups, const BsBenchOptions *options, GError **error)
{
  g_autoptr (GArray) cases = set_up (groups, options, error);
  if (cases == NULL)
    return NULL;

  for (guint i = 0; i < cases->len; i++)
    {
      Running *running = &g_array_index (cases, Running, i);
      if (!warm_up (running, error))
        {
          g_prefix_error (error, "%s: ", running->row->name);
          return NULL;
        }
    }

  g_autoptr (GRand) rand = g_rand_new_with_seed (options->seed);
  g_autofree guint *order = g_new (guint, MAX (cases->len, 1));
  for (guint i = 0; i < cases->len; i++)
    order[i] = i;
  for (guint round = 0; round < MAX (options->rounds, 1); round++)
    {
      shuffle (order, cases->len, rand);
      for (guint i = 0; i < cases->len; i++)
        {
          Running *running = &g_array_index (cases, Running, order[i]);
          if (!run_slice (running, error))
            {
              g_prefix_error (error, "%s: ", running->row->name);
              return NULL;
            }
        }
    }

  g_autoptr (GArray) results = g_array_new (FALSE, TRUE, sizeof (BsBenchResult));
  for (guint i = 0; i < cases->len; i++)
    {
      Running *running = &g_array_index (cases, Running, i);
      BsBenchResult result = { .row = running->row };
      if (running->row->device != NULL)
        result.device = g_intern_string (running->row->device (running->state));
      bs_bench_summarize ((double *) (gpointer) running->samples->data, running->samples->len, &result);
      g_array_append_val (results, result);
    }
  return g_steal_pointer (&results);
}

char *
bs_bench_results_to_json (const GArray *results)
{
  GString *json = g_string_new ("[");
  for (guint i = 0; i < results->len; i++)
    {
      const BsBenchResult *result = &g_array_index (results, BsBenchResult, i);
      g_string_append_printf (json,
                              "%s\n  {\"name\": \"%s\", \"unit\": \"us\", \"n\": %" G_GUINT64_FORMAT
                              ", \"min\": %.4f, \"p50\": %.4f, \"p95\": %.4f, \"p99\": %.4f, \"max\": %.4f",
                              i > 0 ? "," : "", result->row->name, result->n, result->min, result->p50, result->p95,
                              result->p99, result->max);
      if (result->device != NULL)
        {
          g_autofree char *device = g_strescape (result->device, NULL);
          g_string_append_printf (json, ", \"device\": \"%s\"", device);
        }
      g_string_append_c (json, '}');
    }
  g_string_append (json, results->len > 0 ? "\n]\n" : "]\n");
  return g_string_free (json, FALSE);
}
