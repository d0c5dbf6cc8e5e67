/* bs-random.h: the random numbers of training: SplitMix64 (Steele, Lea, Flood 2014), the same on every machine */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** bs_random_next: the next 64 bits; any @state is a good seed. */
static inline guint64
bs_random_next (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ z >> 31;
}

/** bs_random_seed: a seed of its own for the @n-th stream of numbers that come of @seed. */
static inline guint64
bs_random_seed (guint64 seed, guint64 n)
{
  guint64 state = seed ^ n * G_GUINT64_CONSTANT (0xD1342543DE82EF95);

  return bs_random_next (&state);
}

/** bs_random_double: 0 <= x < 1. */
static inline double
bs_random_double (guint64 *state)
{
  return (double) (bs_random_next (state) >> 11) * 0x1p-53;
}

/** bs_random_below: 0..n-1, n >= 1. */
static inline gsize
bs_random_below (guint64 *state, gsize n)
{
  return (gsize) (bs_random_double (state) * (double) n);
}

G_END_DECLS
