/* bs-kernels-bars.h: the kernels over columns of bars, in double; a part of bs-kernels-template.h
 *
 * Plain loops whose bodies do not depend on each other: the compiler turns them into the vectors of the instruction set that
 * the including file is compiled for. Comparisons rather than fmax(), which would have to look for NaN. */

#include <math.h>

static void
true_ranges (const double *restrict high, const double *restrict low, const double *restrict close_before, size_t n,
             double *restrict out)
{
  for (size_t i = 0; i < n; i++)
    {
      const double range = high[i] - low[i];
      const double up = fabs (high[i] - close_before[i]);
      const double down = fabs (low[i] - close_before[i]);
      const double beyond = up > down ? up : down;

      out[i] = range > beyond ? range : beyond;
    }
}

/* Eight lanes by a tree, then the rest one after the other: the order of bs_sum(). */
static void
rolling_means (const double *restrict x, size_t n, double *restrict out)
{
  for (size_t i = 0; i < n; i++)
    {
      const double *t = x + i;
      double sum = ((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + (t[6] + t[7]));

      sum = ((sum + t[8]) + t[9]) + t[10];
      sum = ((sum + t[11]) + t[12]) + t[13];
      out[i] = sum / BS_ATR_BARS;
    }
}
