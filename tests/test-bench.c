/* test-bench.c: the runner of `barscope bench`: selection, order, statistics, JSON, cases that cannot run */
#include <string.h>

#include "app/bench/bs-bench.h"

/* Runs counted for each case; how often a case was set up and torn down. */
static guint runs[3], set_ups, tear_downs, left_out;

static gpointer
count_setup (const BsBenchCase *row, GError **error)
{
  set_ups++;
  return &runs[row->arg];
}

static gboolean
count_run (gpointer state, GError **error)
{
  guint *count = state;
  (*count)++;
  g_usleep (50);
  return TRUE;
}

static void
count_teardown (gpointer state)
{
  tear_downs++;
}

static gpointer
unavailable_setup (const BsBenchCase *row, GError **error)
{
  g_set_error (error, BS_BENCH_ERROR, BS_BENCH_ERROR_UNAVAILABLE, "no such device");
  return NULL;
}

static gboolean
failing_run (gpointer state, GError **error)
{
  g_set_error (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED, "went wrong");
  return FALSE;
}

static const BsBenchCase good[] = {
  { "a/one", "one", count_setup, count_run, count_teardown, .arg = 0 },
  { "a/two", "two", count_setup, count_run, count_teardown, .arg = 1, .operations = 50 },
  { "b/gone", "gone", unavailable_setup, count_run, NULL },
  { NULL },
};

static const BsBenchCase bad[] = {
  { "c/bad", "bad", count_setup, failing_run, count_teardown, .arg = 2 },
  { NULL },
};

static const BsBenchCase *const groups[] = { good, bad, NULL };

static void
count_left_out (const BsBenchCase *row, const char *reason)
{
  g_assert_cmpstr (row->name, ==, "b/gone");
  g_assert_cmpstr (reason, ==, "no such device");
  left_out++;
}

static void
test_run (void)
{
  const char *only[] = { "a/", "b", NULL };
  BsBenchOptions options = { .only = only, .rounds = 2, .seed = 7, .left_out = count_left_out };
  g_autoptr (GError) error = NULL;
  runs[0] = runs[1] = set_ups = tear_downs = left_out = 0;
  g_autoptr (GArray) results = bs_bench_run (groups, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (results->len, ==, 2);
  g_assert_cmpuint (left_out, ==, 1);
  g_assert_cmpuint (set_ups, ==, 2);
  g_assert_cmpuint (tear_downs, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const BsBenchResult *result = &g_array_index (results, BsBenchResult, i);
      g_assert_true (result->row == &good[i]);
      /* Every sample is one run here (a run is longer than the shortest sample); the warm-up's come on top. */
      g_assert_cmpuint (result->n, >=, 2);
      g_assert_cmpuint (runs[i], >, result->n);
      g_assert_cmpfloat (result->min, >, i == 0 ? 50 : 1);
      g_assert_cmpfloat (result->min, <=, result->p50);
      g_assert_cmpfloat (result->p50, <=, result->p95);
      g_assert_cmpfloat (result->p95, <=, result->p99);
      g_assert_cmpfloat (result->p99, <=, result->max);
    }
}

static void
test_failure (void)
{
  const char *only[] = { "c/", NULL };
  BsBenchOptions options = { .only = only, .rounds = 1 };
  g_autoptr (GError) error = NULL;
  set_ups = tear_downs = 0;
  g_assert_null (bs_bench_run (groups, &options, &error));
  g_assert_error (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "c/bad"));
  g_assert_cmpuint (set_ups, ==, tear_downs);
}

static void
test_summarize (void)
{
  double samples[200];
  for (guint i = 0; i < 200; i++)
    samples[i] = (double) ((i * 77) % 200) + 1; /* 1..200, shuffled */
  BsBenchResult result = { 0 };
  bs_bench_summarize (samples, 200, &result);
  g_assert_cmpuint (result.n, ==, 200);
  g_assert_cmpfloat (result.min, ==, 1);
  g_assert_cmpfloat (result.p50, ==, 100);
  g_assert_cmpfloat (result.p95, ==, 190);
  g_assert_cmpfloat (result.p99, ==, 198);
  g_assert_cmpfloat (result.max, ==, 200);

  double one[] = { 3.5 };
  bs_bench_summarize (one, 1, &result);
  g_assert_cmpfloat (result.p50, ==, 3.5);
  g_assert_cmpfloat (result.p99, ==, 3.5);
}

static void
test_json (void)
{
  g_autoptr (GArray) results = g_array_new (FALSE, TRUE, sizeof (BsBenchResult));
  g_autofree char *empty = bs_bench_results_to_json (results);
  g_assert_cmpstr (empty, ==, "[]\n");

  BsBenchResult result = { &good[0], 3, 1, 2.5, 3, 4, 12345.678 };
  g_array_append_val (results, result);
  result.row = &good[1];
  g_array_append_val (results, result);
  g_autofree char *json = bs_bench_results_to_json (results);
  g_assert_cmpstr (json, ==,
                   "[\n"
                   "  {\"name\": \"a/one\", \"unit\": \"us\", \"n\": 3, \"min\": 1.0000, \"p50\": 2.5000, "
                   "\"p95\": 3.0000, \"p99\": 4.0000, \"max\": 12345.6780},\n"
                   "  {\"name\": \"a/two\", \"unit\": \"us\", \"n\": 3, \"min\": 1.0000, \"p50\": 2.5000, "
                   "\"p95\": 3.0000, \"p99\": 4.0000, \"max\": 12345.6780}\n"
                   "]\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/run", test_run);
  g_test_add_func ("/bench/failure", test_failure);
  g_test_add_func ("/bench/summarize", test_summarize);
  g_test_add_func ("/bench/json", test_json);
  return g_test_run ();
}
