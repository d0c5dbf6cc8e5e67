#include "inference/features/bs-hurst.h"

#include "inference/features/bs-sum.h"

#include <math.h>

#define N_SIZES 5
#define MAX_PIECES 10

/* int (10^x) for x = 1, 1.25, ... below log10 (99), and 100 itself, with log10 of each. */
static const struct
{
  guint size; /* closes of a piece */
  double log10_size;
} sizes[N_SIZES] = {
  { 10, 1.0 }, { 17, 1.2304489213782739 }, { 31, 1.4913616938342727 }, { 56, 1.7481880270062005 }, { 100, 2.0 },
};

/* Range over standard deviation of one piece; 0 where either is 0. @changes: [size - 1], into each close but the first */
static double
rescaled_range (const double *closes, const double *changes, guint size)
{
  double max0 = closes[0], max1 = closes[1], min0 = closes[0], min1 = closes[1];

  for (guint i = 2; i + 1 < size; i += 2)
    {
      max0 = closes[i] > max0 ? closes[i] : max0;
      min0 = closes[i] < min0 ? closes[i] : min0;
      max1 = closes[i + 1] > max1 ? closes[i + 1] : max1;
      min1 = closes[i + 1] < min1 ? closes[i + 1] : min1;
    }
  double last = closes[size - 1];
  double max = MAX (MAX (max0, max1), last);
  double min = MIN (MIN (min0, min1), last);
  if (max == min)
    return 0.0;

  double range = max / min - 1.0;
  double mean = bs_mean (changes, size - 1);
  double deviation = sqrt (bs_sum_squares (changes, size - 1, mean) / (size - 2));
  return range == 0.0 || deviation == 0.0 ? 0.0 : range / deviation;
}

/* log10 of the mean R/S over the pieces of @size closes; NaN where none is left. */
static double
log10_rescaled_range (const double *closes, const double *changes, guint size)
{
  double pieces[MAX_PIECES];
  guint n = 0;

  for (guint start = 0; start + size <= BS_HURST_BARS; start += size)
    {
      double value = rescaled_range (closes + start, changes + start, size);
      if (value != 0.0)
        pieces[n++] = value;
    }
  return n > 0 ? log10 (bs_mean (pieces, n)) : NAN;
}

void
bs_hurst (const double *closes, double *h, double *c)
{
  double changes[BS_HURST_BARS - 1]; /* [k]: from close k to k + 1 */
  double y[N_SIZES];
  double mean_x = 0.0, mean_y = 0.0, xx = 0.0, xy = 0.0;
  gboolean positive = closes[0] > 0.0;

  *h = 0.5;
  *c = 1.0;
  for (guint i = 1; i < BS_HURST_BARS; i++)
    {
      positive &= closes[i] > 0.0;
      changes[i - 1] = closes[i] / closes[i - 1] - 1.0;
    }
  if (!positive)
    return;

  for (guint i = 0; i < N_SIZES; i++)
    {
      y[i] = log10_rescaled_range (closes, changes, sizes[i].size);
      mean_x += sizes[i].log10_size / N_SIZES;
      mean_y += y[i] / N_SIZES;
    }
  for (guint i = 0; i < N_SIZES; i++)
    {
      double x = sizes[i].log10_size - mean_x;
      xx += x * x;
      xy += x * (y[i] - mean_y);
    }
  double slope = xy / xx;
  double constant = pow (10.0, mean_y - slope * mean_x);
  if (!isfinite (slope) || !isfinite (constant))
    return;
  *h = slope;
  *c = constant;
}
