/* bs-sum.h: sums in numpy's order, so that every path, and the system that this one replaces, rounds alike */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/** The most terms that numpy adds in one block; beyond it, it would halve first. No window here is longer. */
#define BS_SUM_MAX_TERMS 128

/** Two lanes of the eight: what every 64-bit CPU has registers for. */
typedef double BsPair __attribute__ ((vector_size (16)));
/** What a comparison of two pairs gives: all bits of a lane set where it holds. */
typedef gint64 BsPairMask __attribute__ ((vector_size (16)));

static inline BsPair
bs_pair_load (const double *values)
{
  BsPair pair;
  memcpy (&pair, values, sizeof pair);
  return pair;
}

/* Sum over k of term (x[k]): below 8 terms one after the other, else 8 lanes in turn, the lanes by a tree, the rest. */
#define BS_SUM_TERMS(x, n, TERM_PAIR, TERM)                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    double sum = 0.0;                                                                                                  \
    guint k = 0;                                                                                                       \
    if (n >= 8)                                                                                                        \
      {                                                                                                                \
        BsPair r01 = TERM_PAIR (bs_pair_load (x)), r23 = TERM_PAIR (bs_pair_load (x + 2));                             \
        BsPair r45 = TERM_PAIR (bs_pair_load (x + 4)), r67 = TERM_PAIR (bs_pair_load (x + 6));                         \
        for (k = 8; k + 8 <= n; k += 8)                                                                                \
          {                                                                                                            \
            r01 += TERM_PAIR (bs_pair_load (x + k));                                                                   \
            r23 += TERM_PAIR (bs_pair_load (x + k + 2));                                                               \
            r45 += TERM_PAIR (bs_pair_load (x + k + 4));                                                               \
            r67 += TERM_PAIR (bs_pair_load (x + k + 6));                                                               \
          }                                                                                                            \
        sum = ((r01[0] + r01[1]) + (r23[0] + r23[1])) + ((r45[0] + r45[1]) + (r67[0] + r67[1]));                       \
      }                                                                                                                \
    for (; k < n; k++)                                                                                                 \
      sum += TERM (x[k]);                                                                                              \
    return sum;                                                                                                        \
  }                                                                                                                    \
  G_STMT_END

/** Sum of @x [n], n <= BS_SUM_MAX_TERMS. */
static inline double
bs_sum (const double *x, guint n)
{
#define ITSELF(v) (v)
  BS_SUM_TERMS (x, n, ITSELF, ITSELF);
#undef ITSELF
}

/** Mean of @x [n]. */
static inline double
bs_mean (const double *x, guint n)
{
  return bs_sum (x, n) / n;
}

/** Sum of the squared distances of @x [n] from @mean: the second pass of a variance. */
static inline double
bs_sum_squares (const double *x, guint n, double mean)
{
  const BsPair means = { mean, mean };
#define SQUARES(v) ((v - means) * (v - means))
#define SQUARE(v) ((v - mean) * (v - mean))
  BS_SUM_TERMS (x, n, SQUARES, SQUARE);
#undef SQUARES
#undef SQUARE
}

G_END_DECLS
