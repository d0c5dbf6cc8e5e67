#include "app/lab/bs-statistics.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/feeds/bs-random.h"

/* Makes a median absolute deviation a standard deviation, for normal values. */
#define MAD_TO_DEVIATION 1.4826
#define CONFIDENCE 0.95

static const char *const verdict_names[] = {
  [BS_VERDICT_TOO_FEW] = N_ ("too few rounds"),
  [BS_VERDICT_FASTER] = N_ ("faster"),
  [BS_VERDICT_SLOWER] = N_ ("slower"),
  [BS_VERDICT_WITHIN_NOISE] = N_ ("within noise"),
};
G_STATIC_ASSERT (G_N_ELEMENTS (verdict_names) == BS_N_VERDICTS);

static void
swap (double *a, double *b)
{
  double value = *a;
  *a = *b;
  *b = value;
}

/* Moves the value that sorting would put at @k there, no larger ones before it, no smaller ones after it. (Hoare, 1961) */
static double
select_nth (double *values, gsize n, gsize k)
{
  gssize left = 0, right = (gssize) n - 1;

  while (left < right)
    {
      double pivot = values[left + (right - left) / 2];
      gssize i = left, j = right;
      while (i <= j)
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i <= j)
            swap (&values[i++], &values[j--]);
        }
      if ((gssize) k <= j)
        right = j;
      else if ((gssize) k >= i)
        left = i;
      else
        break;
    }
  return values[k];
}

/* The median of @values, which are put into another order. */
static double
median_in_place (double *values, gsize n)
{
  double upper = select_nth (values, n, n / 2);
  double lower = -INFINITY;

  if (n % 2 == 1)
    return upper;
  for (gsize i = 0; i < n / 2; i++)
    lower = MAX (lower, values[i]);
  return lower + (upper - lower) / 2;
}

double
bs_statistics_median (const double *values, gsize n)
{
  g_return_val_if_fail (values != NULL && n >= 1, NAN);

  g_autofree double *copy = g_memdup2 (values, n * sizeof *values);
  return median_in_place (copy, n);
}

guint
bs_statistics_outliers (const double *values, gsize n, gboolean *is_outlier)
{
  g_return_val_if_fail (values != NULL && n >= 1 && is_outlier != NULL, 0);

  const double median = bs_statistics_median (values, n);
  g_autofree double *deviations = g_new (double, n);
  guint n_outliers = 0;

  for (gsize i = 0; i < n; i++)
    deviations[i] = fabs (values[i] - median);
  const double deviation = MAD_TO_DEVIATION * median_in_place (deviations, n);
  for (gsize i = 0; i < n; i++)
    {
      is_outlier[i] = deviation > 0 && fabs (values[i] - median) > BS_STATISTICS_OUTLIER_DEVIATIONS * deviation;
      n_outliers += is_outlier[i] != 0;
    }
  return n_outliers;
}

void
bs_ratio_bootstrap (const double *base, const double *other, guint n, guint64 seed, BsRatio *ratio)
{
  g_return_if_fail (base != NULL && other != NULL && n >= 1 && ratio != NULL);

  g_autofree double *drawn_base = g_new (double, n);
  g_autofree double *drawn_other = g_new (double, n);
  g_autofree double *ratios = g_new (double, BS_STATISTICS_RESAMPLES);
  const gsize tail = (gsize) ((1 - CONFIDENCE) / 2 * BS_STATISTICS_RESAMPLES);
  BsRandom random;

  bs_random_init (&random, seed);
  for (guint resample = 0; resample < BS_STATISTICS_RESAMPLES; resample++)
    {
      for (guint i = 0; i < n; i++)
        {
          guint drawn = (guint) (bs_random_uniform (&random) * n);
          drawn_base[i] = base[drawn];
          drawn_other[i] = other[drawn];
        }
      ratios[resample] = median_in_place (drawn_other, n) / median_in_place (drawn_base, n);
    }
  ratio->n = n;
  ratio->n_above = ratio->n_below = 0;
  for (guint i = 0; i < n; i++)
    {
      ratio->n_above += other[i] > base[i];
      ratio->n_below += other[i] < base[i];
    }
  ratio->ratio = bs_statistics_median (other, n) / bs_statistics_median (base, n);
  ratio->low = select_nth (ratios, BS_STATISTICS_RESAMPLES, tail);
  ratio->high = select_nth (ratios, BS_STATISTICS_RESAMPLES, BS_STATISTICS_RESAMPLES - 1 - tail);
}

/* Whether at least @n_agree of @n coins fall one way, or the other, less often than one may take for chance. */
static gboolean
is_significant (guint n_agree, guint n)
{
  double log_chance = -(double) n * G_LN2, tail = 0;

  /* From all heads down: the chance of k + 1 heads gives that of k. */
  for (guint k = n;; k--)
    {
      tail += exp (log_chance);
      if (k == n_agree || k == 0)
        break;
      log_chance += log (k) - log (n - k + 1);
    }
  return 2 * tail <= BS_STATISTICS_SIGNIFICANCE;
}

BsVerdict
bs_ratio_verdict (const BsRatio *ratio)
{
  if (ratio->n < BS_STATISTICS_MIN_ROUNDS)
    return BS_VERDICT_TOO_FEW;
  if (!is_significant (MAX (ratio->n_above, ratio->n_below), ratio->n_above + ratio->n_below))
    return BS_VERDICT_WITHIN_NOISE;
  if (ratio->high < 1 - BS_STATISTICS_NOISE_BAND)
    return BS_VERDICT_FASTER;
  if (ratio->low > 1 + BS_STATISTICS_NOISE_BAND)
    return BS_VERDICT_SLOWER;
  return BS_VERDICT_WITHIN_NOISE;
}

const char *
bs_verdict_name (BsVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < BS_N_VERDICTS, NULL);
  return verdict_names[verdict];
}

int
bs_verdict_by_name (const char *name)
{
  for (int verdict = 0; verdict < BS_N_VERDICTS; verdict++)
    if (strcmp (verdict_names[verdict], name) == 0)
      return verdict;
  return -1;
}
