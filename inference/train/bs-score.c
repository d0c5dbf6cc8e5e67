/* bs-score.c: how good probabilities were, with bootstrap intervals */
#include "inference/train/bs-score.h"

#include "inference/train/bs-random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESAMPLES 1000
#define BLOCKS 50
#define MAX_BLOCK 200 /* bars */

/* All figures follow from sums over bars, so that a resample is a sum of blocks. */
typedef struct
{
  double n, hits, brier, signals, signal_hits;
  double truth[BS_N_CLASSES], guessed[BS_N_CLASSES], both[BS_N_CLASSES];
  double bin_n[BS_SCORE_BINS], bin_confidence[BS_SCORE_BINS], bin_hits[BS_SCORE_BINS];
  double baseline_hits[BS_N_BASELINES];
} Sums;

/* The figures that get intervals, in the order of BsScore's fields. */
enum
{
  ACCURACY,
  BALANCED_ACCURACY,
  BRIER,
  CALIBRATION_ERROR,
  SIGNALS_PRECISION,
  ADVANTAGE,
  PRECISION,
  RECALL = PRECISION + BS_N_CLASSES,
  BASELINE = RECALL + BS_N_CLASSES,
  HIT_RATE = BASELINE + BS_N_BASELINES,
  N_FIGURES = HIT_RATE + BS_SCORE_BINS
};

const char *
bs_baseline_name (BsBaseline baseline)
{
  static const char *const names[BS_N_BASELINES] = { "majority", "last_direction", "logistic" };

  g_return_val_if_fail (baseline < BS_N_BASELINES, NULL);

  return names[baseline];
}

static void
add_bar (Sums *self, const BsScoredBar *bar)
{
  guint guess = 0, bin;
  double confidence;
  gboolean hit;

  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      const double away = bar->probabilities[c] - (c == bar->label);

      self->brier += away * away;
      if (bar->probabilities[c] > bar->probabilities[guess])
        guess = c;
    }
  confidence = bar->probabilities[guess];
  bin = MIN ((guint) (confidence * BS_SCORE_BINS), BS_SCORE_BINS - 1);
  hit = guess == bar->label;
  self->n++;
  self->hits += hit;
  self->truth[bar->label]++;
  self->guessed[guess]++;
  self->both[guess] += hit;
  self->bin_n[bin]++;
  self->bin_confidence[bin] += confidence;
  self->bin_hits[bin] += hit;
  if (confidence >= BS_SCORE_SIGNAL_THRESHOLD && guess != BS_CLASS_HOLD)
    {
      self->signals++;
      self->signal_hits += hit;
    }
  for (guint b = 0; b < BS_N_BASELINES; b++)
    self->baseline_hits[b] += bar->baselines[b] == bar->label;
}

static void
add_sums (Sums *self, const Sums *other)
{
  double *to = (double *) self;
  const double *from = (const double *) other;

  for (gsize i = 0; i < sizeof *self / sizeof (double); i++)
    to[i] += from[i];
}

static void
compute (const Sums *sums, BsBaseline best, double *figures)
{
  double recalls = 0, error = 0;
  guint classes = 0;

  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      figures[PRECISION + c] = sums->both[c] / sums->guessed[c]; /* NaN for 0 / 0 */
      figures[RECALL + c] = sums->both[c] / sums->truth[c];
      if (sums->truth[c] > 0)
        {
          recalls += figures[RECALL + c];
          classes++;
        }
    }
  for (guint b = 0; b < BS_SCORE_BINS; b++)
    {
      figures[HIT_RATE + b] = sums->bin_hits[b] / sums->bin_n[b];
      error += fabs (sums->bin_confidence[b] - sums->bin_hits[b]);
    }
  for (guint b = 0; b < BS_N_BASELINES; b++)
    figures[BASELINE + b] = sums->baseline_hits[b] / sums->n;
  figures[ACCURACY] = sums->hits / sums->n;
  figures[BALANCED_ACCURACY] = recalls / classes;
  figures[BRIER] = sums->brier / sums->n;
  figures[CALIBRATION_ERROR] = error / sums->n;
  figures[SIGNALS_PRECISION] = sums->signal_hits / sums->signals;
  figures[ADVANTAGE] = figures[ACCURACY] - figures[BASELINE + best];
}

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* @samples: [RESAMPLES], sorted here; resamples in which the figure is not defined do not count */
static BsFigure
interval (double value, double *samples)
{
  gsize n = 0;

  for (guint s = 0; s < RESAMPLES; s++)
    if (!isnan (samples[s]))
      samples[n++] = samples[s];
  if (isnan (value) || n < RESAMPLES / 2)
    return (BsFigure){ value, NAN, NAN };
  qsort (samples, n, sizeof *samples, compare_doubles);
  return (BsFigure){ value, samples[(gsize) (0.025 * (double) (n - 1))], samples[(gsize) ceil (0.975 * (double) (n - 1))] };
}

void
bs_score (BsScore *self, const BsScoredBar *bars, gsize n, guint64 seed)
{
  const gsize block = CLAMP (n / BLOCKS, 1, MAX_BLOCK), n_blocks = (n + block - 1) / block;
  g_autofree Sums *blocks = g_new0 (Sums, n_blocks);
  g_autofree double *samples = g_new (double, N_FIGURES *RESAMPLES); /* [figure, resample] */
  BsFigure *const places[] = {
    &self->accuracy, &self->balanced_accuracy, &self->brier, &self->calibration_error, &self->signals_precision,
    &self->advantage,
  };
  double figures[N_FIGURES];
  Sums all = { 0 };

  g_return_if_fail (n >= 1);

  memset (self, 0, sizeof *self);
  for (gsize i = 0; i < n; i++)
    add_bar (&blocks[i / block], &bars[i]);
  for (gsize b = 0; b < n_blocks; b++)
    add_sums (&all, &blocks[b]);
  for (guint b = 1; b < BS_N_BASELINES; b++)
    if (all.baseline_hits[b] > all.baseline_hits[self->best_baseline])
      self->best_baseline = b;
  for (guint s = 0; s < RESAMPLES; s++)
    {
      Sums sums = { 0 };

      for (gsize b = 0; b < n_blocks; b++)
        add_sums (&sums, &blocks[bs_random_below (&seed, n_blocks)]);
      compute (&sums, self->best_baseline, figures);
      for (guint f = 0; f < N_FIGURES; f++)
        samples[f * RESAMPLES + s] = figures[f];
    }
  compute (&all, self->best_baseline, figures);
  self->n = n;
  self->signals_share = all.signals / all.n;
  for (guint f = 0; f < G_N_ELEMENTS (places); f++)
    *places[f] = interval (figures[f], samples + f * RESAMPLES);
  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      self->share[c] = all.truth[c] / all.n;
      self->precision[c] = interval (figures[PRECISION + c], samples + (PRECISION + c) * RESAMPLES);
      self->recall[c] = interval (figures[RECALL + c], samples + (RECALL + c) * RESAMPLES);
    }
  for (guint b = 0; b < BS_N_BASELINES; b++)
    self->baselines[b] = interval (figures[BASELINE + b], samples + (BASELINE + b) * RESAMPLES);
  for (guint b = 0; b < BS_SCORE_BINS; b++)
    self->bins[b] = (BsScoreBin){ .n = (gsize) all.bin_n[b],
                                  .confidence = all.bin_confidence[b] / all.bin_n[b],
                                  .hit_rate = interval (figures[HIT_RATE + b], samples + (HIT_RATE + b) * RESAMPLES) };
  self->verdict
    = self->accuracy.low > self->baselines[self->best_baseline].value ? BS_SCORE_BETTER : BS_SCORE_NO_BETTER;
}

char *
bs_score_verdict_words (const BsScore *self, BsClass majority)
{
  const BsFigure *accuracy = &self->accuracy;
  g_autofree char *baseline
    = self->best_baseline == BS_BASELINE_MAJORITY ? g_strdup_printf ("always saying %s", bs_class_name (majority))
      : self->best_baseline == BS_BASELINE_LAST_DIRECTION
        ? g_strdup ("repeating the last direction")
        : g_strdup ("a logistic regression on the newest bar");

  return g_strdup_printf (self->verdict == BS_SCORE_BETTER
                            ? "Better than %s by more than chance: right on %.1f %% of bars (95 %%: %.1f to %.1f) against %.1f %%"
                            : "No better than %s: right on %.1f %% of bars (95 %%: %.1f to %.1f) against %.1f %%",
                          baseline, 100 * accuracy->value, 100 * accuracy->low, 100 * accuracy->high,
                          100 * self->baselines[self->best_baseline].value);
}
