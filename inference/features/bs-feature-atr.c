#include "inference/features/bs-feature-atr.h"

#include <math.h>

#include "inference/features/bs-sum.h"

/* The first bar has no true range, the first BS_ATR_BARS have fewer than a mean takes. */
#define RANGES (BS_ATR_BLOCK_BARS + BS_ATR_BARS - 1)

double
bs_true_range (double high, double low, double close_before)
{
  double range = high - low;
  double up = fabs (high - close_before);
  double down = fabs (low - close_before);
  return MAX (range, MAX (up, down));
}

double
bs_atr_of_ranges (const double *ranges, guint n)
{
  double sum = 0.0;
  guint k = 0;

  if (n >= 8)
    {
      sum = ((ranges[0] + ranges[1]) + (ranges[2] + ranges[3])) + ((ranges[4] + ranges[5]) + (ranges[6] + ranges[7]));
      k = 8;
    }
  for (; k < n; k++)
    sum += ranges[k];
  return sum / n;
}

/* ATR of elements @begin..@end-1 of the columns, whose element 0 is the first bar of all; at most a block of them. */
static void
vector_block (const double *high, const double *low, const double *close, gsize begin, gsize end, double *out)
{
  const BsKernels *kernels = bs_kernels ();
  double ranges[RANGES];
  gsize from = begin >= BS_ATR_BARS ? begin - (BS_ATR_BARS - 1) : 1; /* element of ranges[0] */
  gsize i = begin;

  if (from < end)
    kernels->true_ranges (high + from, low + from, close + from - 1, end - from, ranges);
  for (; i < MIN (end, BS_ATR_BARS); i++)
    out[i - begin] = i > 0 ? bs_mean (ranges, (guint) i) : 0.0;
  if (i < end)
    kernels->rolling_means (ranges + (i - (BS_ATR_BARS - 1) - from), end - i, out + (i - begin));
}

void
bs_atr_block_fill (BsAtrBlock *self, const BsBarColumns *columns, guint64 begin, guint64 end)
{
  self->begin = begin;
  self->end = MIN (end, begin + BS_ATR_BLOCK_BARS);
  vector_block (columns->values[BS_COLUMN_HIGH], columns->values[BS_COLUMN_LOW], columns->values[BS_COLUMN_CLOSE],
                (gsize) (begin - columns->first), (gsize) (self->end - columns->first), self->values);
}

/* One bar after the other: its true range, then the mean of the last ones. */
static void
scalar_atr (const double *high, const double *low, const double *close, gsize n, double *out)
{
  double ranges[2 * BS_ATR_BARS]; /* the last ones; moved to the front when it is full */
  guint held = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (i == 0)
        {
          out[0] = 0.0;
          continue;
        }
      if (held == G_N_ELEMENTS (ranges))
        {
          held = BS_ATR_BARS - 1;
          memmove (ranges, ranges + G_N_ELEMENTS (ranges) - held, held * sizeof *ranges);
        }
      ranges[held++] = bs_true_range (high[i], low[i], close[i - 1]);
      guint bars = MIN (held, BS_ATR_BARS);
      out[i] = bs_atr_of_ranges (ranges + held - bars, bars);
    }
}

void
bs_features_atr (const double *high, const double *low, const double *close, gsize n, gboolean scalar, double *out)
{
  g_return_if_fail (n == 0 || (high != NULL && low != NULL && close != NULL && out != NULL));

  if (scalar)
    scalar_atr (high, low, close, n, out);
  else
    for (gsize begin = 0; begin < n; begin += BS_ATR_BLOCK_BARS)
      vector_block (high, low, close, begin, MIN (n, begin + BS_ATR_BLOCK_BARS), out + begin);
}
