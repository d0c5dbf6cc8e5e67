/* The window that is kept in order, beside one that is sorted anew at every step; and the sums beside plain ones. */
#include "inference/features/bs-sorted-window.h"
#include "inference/features/bs-sum.h"
#include "tests/bs-test-bars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

static void
test_sorted_window (void)
{
  enum
  {
    N = 3000
  };
  static const guint sizes[] = { 1, 2, 5, 10, 20, 50 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint levels = 2; levels < 2000; levels *= 6) /* few levels: many ties */
      {
        guint size = sizes[s];
        double values[N], sorted[BS_SORTED_WINDOW_MAX];
        BsSortedWindow window;
        BsTestBars random;

        bs_test_bars_init (&random, s, G_USEC_PER_SEC);
        bs_sorted_window_init (&window, size);
        for (guint i = 0; i < N; i++)
          {
            guint n = MIN (i + 1, size);
            values[i] = floor (levels * bs_test_bars_uniform (&random));
            bs_sorted_window_push (&window, values[i], i >= size ? values[i - size] : NAN);
            memcpy (sorted, values + i + 1 - n, n * sizeof *sorted);
            qsort (sorted, n, sizeof *sorted, compare_doubles);
            g_assert_cmpmem (window.values, window.n * sizeof *sorted, sorted, n * sizeof *sorted);
            double median = n % 2 != 0 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0;
            g_assert_cmpfloat (bs_sorted_window_median (&window), ==, median);
            g_assert_cmpfloat (bs_sorted_window_min (&window), ==, sorted[0]);
            g_assert_cmpfloat (bs_sorted_window_max (&window), ==, sorted[n - 1]);
          }
      }
}

/* numpy's order, written down the plain way. */
static double
plain_sum (const double *x, guint n)
{
  double r[8], sum = 0.0;
  guint k = 0;

  if (n >= 8)
    {
      memcpy (r, x, sizeof r);
      for (k = 8; k < n - n % 8; k++)
        r[k % 8] += x[k];
      sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    }
  for (; k < n; k++)
    sum += x[k];
  return sum;
}

static void
test_sum (void)
{
  double x[BS_SUM_MAX_TERMS], squares[BS_SUM_MAX_TERMS];
  BsTestBars random;

  bs_test_bars_init (&random, 99, G_USEC_PER_SEC);
  for (guint n = 1; n <= BS_SUM_MAX_TERMS; n++)
    {
      for (guint i = 0; i < n; i++)
        {
          x[i] = exp (20.0 * bs_test_bars_uniform (&random)) - 1e4;
          squares[i] = (x[i] - 0.1) * (x[i] - 0.1);
        }
      g_assert_cmpfloat (bs_sum (x, n), ==, plain_sum (x, n));
      g_assert_cmpfloat (bs_mean (x, n), ==, plain_sum (x, n) / n);
      g_assert_cmpfloat (bs_sum_squares (x, n, 0.1), ==, plain_sum (squares, n));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sorted-window", test_sorted_window);
  g_test_add_func ("/sum", test_sum);
  return g_test_run ();
}
