/* bs-statistics.h: medians, outliers and the ratio of two medians with its uncertainty, for measurements in rounds */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** A ratio of medians between 1 - this and 1 + this is not worth a word. */
#define BS_STATISTICS_NOISE_BAND 0.02
/** Fewer rounds than this cannot tell: even if all of them agreed, one time in twenty chance would do that. */
#define BS_STATISTICS_MIN_ROUNDS 6
/** How often chance alone may make as many rounds agree on a direction. */
#define BS_STATISTICS_SIGNIFICANCE 0.05
/** Resamples of a bootstrap. */
#define BS_STATISTICS_RESAMPLES 2000
/** A value further than this many robust standard deviations (1.4826 MAD) from the median is an outlier
 * (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993). */
#define BS_STATISTICS_OUTLIER_DEVIATIONS 3.5

typedef enum
{
  BS_VERDICT_TOO_FEW, /* fewer than BS_STATISTICS_MIN_ROUNDS rounds */
  BS_VERDICT_FASTER,
  BS_VERDICT_SLOWER,
  BS_VERDICT_WITHIN_NOISE,
} BsVerdict;
#define BS_N_VERDICTS (BS_VERDICT_WITHIN_NOISE + 1)

/** A ratio of medians, and the interval that holds it with 95 % confidence. */
typedef struct
{
  double ratio, low, high;
  guint n;                /* rounds */
  guint n_above, n_below; /* of them, with a ratio of their own above, below 1 */
} BsRatio;

/** bs_statistics_median: of @values ([n], n >= 1, any order, not changed). The mean of the middle two where @n is even. */
double bs_statistics_median (const double *values, gsize n);

/**
 * bs_statistics_outliers:
 * @values: [n]
 * @is_outlier: (out caller-allocates): [n]
 *
 * Marks what lies further than BS_STATISTICS_OUTLIER_DEVIATIONS from the median, in units of 1.4826 times the median
 * absolute deviation. Nothing is thrown out: a median does not mind, and a slow spell of the machine is a fact too. Where
 * more than half of the values are equal there is no deviation to measure with, and none is marked.
 *
 * Returns: how many
 */
guint bs_statistics_outliers (const double *values, gsize n, gboolean *is_outlier);

/**
 * bs_ratio_bootstrap:
 * @base, @other: [n], both > 0: element i of both comes from the same round
 * @seed: of the resampling: the same seed and values give the same interval
 * @ratio: (out caller-allocates)
 *
 * median (@other) / median (@base) with its percentile bootstrap interval (Efron, "Bootstrap Methods", 1979). What is drawn
 * anew is rounds, both values of one together, and not single predictions: those of one round share the round's luck (clock
 * frequency, neighbours), and as if independent they would make the interval far too narrow.
 */
void bs_ratio_bootstrap (const double *base, const double *other, guint n, guint64 seed, BsRatio *ratio);

/**
 * bs_ratio_verdict:
 *
 * Faster or slower only where the whole interval lies beyond the noise band: then the difference is there, and it is large
 * enough to matter; and where the rounds agree on the direction more than chance makes them (two-sided sign test,
 * BS_STATISTICS_SIGNIFICANCE): a bootstrap of few rounds with two or three speeds of the machine among them is too sure of
 * itself, the sign test is exact whatever the distribution. All else is "within noise", also where the interval is merely
 * wide.
 */
BsVerdict bs_ratio_verdict (const BsRatio *ratio);

/** bs_verdict_name: "faster", "slower", "within noise", "too few rounds": untranslated, as reports have it. Static. */
const char *bs_verdict_name (BsVerdict verdict);
/** bs_verdict_by_name: Returns: the verdict, or -1 */
int bs_verdict_by_name (const char *name);

G_END_DECLS
