/* bs-random.h: random numbers that are the same on every machine */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021). */
typedef struct
{
  guint64 state[4];
} BsRandom;

/** bs_random_init: fills the state from @seed by splitmix64, as its authors advise; any seed will do */
void bs_random_init (BsRandom *self, guint64 seed);
/** bs_random_next: 64 random bits */
guint64 bs_random_next (BsRandom *self);
/** bs_random_uniform: in [0, 1), a multiple of 2^-53 */
double bs_random_uniform (BsRandom *self);
/**
 * bs_random_normal:
 *
 * Mean 0, variance 1, by the sum of twelve uniform numbers, within -6..6. No logarithm or cosine: those differ between
 * C libraries in the last bit.
 */
double bs_random_normal (BsRandom *self);

G_END_DECLS
