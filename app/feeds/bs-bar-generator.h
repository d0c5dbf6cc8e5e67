/* bs-bar-generator.h: made-up bars of a made-up index future, the same for the same seed on every machine */
#pragma once

#include "inference/market/bs-bar.h"

G_BEGIN_DECLS

/** The instrument's smallest price step, in points. */
#define BS_BAR_GENERATOR_TICK 0.25
/** Bars of the secondary series are as many primary bars long. */
#define BS_BAR_GENERATOR_SECONDARY_BARS 5

/**
 * BsBarGenerator:
 *
 * A market that nobody trades, for demonstrations, tests and benchmarks. Prices move around 4,800 points. It is open from
 * Sunday 23:00 to Friday 22:00 UTC with a break from 22:00 to 23:00; a few minutes are missing now and then, as in real
 * files. It has an intraday profile, volatility regimes, and moods in which it trends or turns back.
 *
 * The edge: it is built in, and real markets do not promise it. Now and then somebody works a large order: bid or ask
 * volume outweighs the other, and the NEXT bar drifts that way by more than its noise. In some moods a price far from
 * its recent mean drifts back. All else is noise, so most bars cannot be predicted.
 *
 * Prices are multiples of the tick, and nothing but sums, products and square roots leads to them, so that every
 * machine makes the same bars. Not thread-safe.
 */
typedef struct _BsBarGenerator BsBarGenerator;

/** 2024-01-03 23:00 UTC, a Wednesday's opening, us. */
#define BS_BAR_GENERATOR_START_US (G_GINT64_CONSTANT (1704322800) * G_USEC_PER_SEC)
#define BS_BAR_GENERATOR_BAR_LENGTH_US (60 * (gint64) G_USEC_PER_SEC)

/**
 * bs_bar_generator_new:
 * @start_us: start of the first bar, us UTC; moved on to the next full bar in opening hours
 * @bar_length_us: a whole number of seconds that an hour is a multiple of
 *
 * Returns: (transfer full): free with bs_bar_generator_free()
 */
BsBarGenerator *bs_bar_generator_new (guint64 seed, gint64 start_us, gint64 bar_length_us) G_GNUC_WARN_UNUSED_RESULT;
void bs_bar_generator_free (BsBarGenerator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBarGenerator, bs_bar_generator_free)

/** bs_bar_generator_next: the next bar, stamped with its end; there is always one more. Cost: about 0.1 us. */
void bs_bar_generator_next (BsBarGenerator *self, BsBar *bar);

/** Puts bars together to longer ones, stamped with their end. Start from { .length_us = LENGTH }. */
typedef struct
{
  gint64 length_us; /* a multiple of the bars' length */
  gboolean started;
  BsBar bar; /* so far; its time is when it ends */
} BsBarAggregator;

/**
 * bs_bar_aggregator_take:
 * @bar: stamped with its end, later than the last one
 * @done: (out caller-allocates): the longer bar that is complete with it
 *
 * A longer bar is complete when its last bar is there; where that one is missing, when a later bar comes, which may be
 * complete at once too: hence up to two.
 *
 * Returns: 0, 1 or 2 bars in @done
 */
guint bs_bar_aggregator_take (BsBarAggregator *self, const BsBar *bar, BsBar done[2]);

G_END_DECLS
