/* test-histogram.c: percentiles against sorted exact values, ends of the range, merging, buckets */
#include <math.h>
#include <stdlib.h>

#include "inference/predict/bs-histogram.h"

#define N 50000

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return (x > y) - (x < y);
}

/* Log-uniform over the whole range, with clumps, as times are. */
static gint64
random_ns (GRand *rand)
{
  if (g_rand_int_range (rand, 0, 4) == 0)
    return 12345;
  return (gint64) exp (g_rand_double_range (rand, 0, log (1e11)));
}

static void
test_percentiles (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  g_autofree gint64 *values = g_new (gint64, N);
  for (guint i = 0; i < N; i++)
    {
      values[i] = random_ns (rand);
      values[i] = MAX (values[i], 1);
      bs_histogram_add (histogram, values[i]);
    }
  qsort (values, N, sizeof *values, compare);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, N);
  g_assert_cmpint (bs_histogram_min (histogram), ==, values[0]);
  g_assert_cmpint (bs_histogram_max (histogram), ==, values[N - 1]);
  for (double percentile = 0; percentile <= 100; percentile += 0.05)
    {
      gsize rank = (gsize) ceil (percentile / 100 * N);
      gint64 exact = values[CLAMP (rank, 1, N) - 1];
      gint64 got = bs_histogram_percentile (histogram, percentile);
      if (fabs ((double) (got - exact)) > 0.001 * (double) exact)
        g_error ("percentile %g: got %" G_GINT64_FORMAT ", exactly %" G_GINT64_FORMAT, percentile, got, exact);
    }
}

static void
test_ends (void)
{
  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  g_assert_cmpuint (bs_histogram_count (histogram), ==, 0);
  g_assert_cmpint (bs_histogram_percentile (histogram, 50), ==, 0);
  g_assert_cmpint (bs_histogram_min (histogram), ==, 0);
  g_assert_cmpint (bs_histogram_max (histogram), ==, 0);

  bs_histogram_add (histogram, -5);
  bs_histogram_add (histogram, 0);
  bs_histogram_add (histogram, G_MAXINT64);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, 3);
  g_assert_cmpint (bs_histogram_min (histogram), ==, 1);
  g_assert_cmpint (bs_histogram_max (histogram), ==, 100000000000);
  g_assert_cmpint (bs_histogram_percentile (histogram, 50), ==, 1);
  g_assert_cmpint (bs_histogram_percentile (histogram, 100), ==, 100000000000);

  bs_histogram_reset (histogram);
  g_assert_cmpuint (bs_histogram_count (histogram), ==, 0);
  g_assert_cmpint (bs_histogram_max (histogram), ==, 0);
}

static void
test_merge (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (BsHistogram) one = bs_histogram_new (), other = bs_histogram_new (), both = bs_histogram_new ();
  for (guint i = 0; i < 1000; i++)
    {
      gint64 ns = random_ns (rand);
      bs_histogram_add (i % 3 ? one : other, ns);
      bs_histogram_add (both, ns);
    }
  bs_histogram_merge (one, other);
  g_assert_cmpuint (bs_histogram_count (one), ==, 1000);
  g_assert_cmpint (bs_histogram_min (one), ==, bs_histogram_min (both));
  g_assert_cmpint (bs_histogram_max (one), ==, bs_histogram_max (both));
  for (double percentile = 0; percentile <= 100; percentile += 0.5)
    g_assert_cmpint (bs_histogram_percentile (one, percentile), ==, bs_histogram_percentile (both, percentile));

  g_autoptr (BsHistogram) empty = bs_histogram_new ();
  bs_histogram_merge (one, empty);
  g_assert_cmpuint (bs_histogram_count (one), ==, 1000);
  g_assert_cmpint (bs_histogram_min (one), ==, bs_histogram_min (both));
}

typedef struct
{
  gint64 last_to;
  guint64 count;
} Seen;

static void
see_bucket (gint64 from_ns, gint64 to_ns, guint64 count, gpointer data)
{
  Seen *seen = data;
  g_assert_cmpint (from_ns, >=, seen->last_to);
  g_assert_cmpint (to_ns, >, from_ns);
  g_assert_cmpuint (count, >, 0);
  /* Three digits: a bucket is at most a thousandth of its values wide. */
  g_assert_cmpfloat ((double) (to_ns - from_ns), <=, MAX (1, (double) from_ns / 1000));
  seen->last_to = to_ns;
  seen->count += count;
}

static void
test_foreach (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (BsHistogram) histogram = bs_histogram_new ();
  for (guint i = 0; i < N; i++)
    bs_histogram_add (histogram, random_ns (rand));
  Seen seen = { 0 };
  bs_histogram_foreach (histogram, see_bucket, &seen);
  g_assert_cmpuint (seen.count, ==, N);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/percentiles", test_percentiles);
  g_test_add_func ("/histogram/ends", test_ends);
  g_test_add_func ("/histogram/merge", test_merge);
  g_test_add_func ("/histogram/foreach", test_foreach);
  return g_test_run ();
}
