/* bs-feature-state.h: what the features read at one bar and what is kept from bar to bar. Private to this folder */
#pragma once

#include "inference/features/bs-feature-atr.h"
#include "inference/features/bs-features.h"
#include "inference/features/bs-sorted-window.h"
#include "inference/market/bs-bar-columns.h"

G_BEGIN_DECLS

/** The windows of closes: 5, 10, 20 and 50 bars. */
enum
{
  BS_WINDOW_5,
  BS_WINDOW_10,
  BS_WINDOW_20,
  BS_WINDOW_50,
  BS_N_WINDOWS
};

extern const guint bs_window_bars[BS_N_WINDOWS];

/** Bars before the newest that a state keeps at least: what the longest window (Hurst) reads, and some. */
#define BS_FEATURE_KEPT_BARS 128
/** Room for columns: the kept bars move back to the front once every BS_FEATURE_KEPT_BARS bars. */
#define BS_FEATURE_ROOM_BARS (2 * BS_FEATURE_KEPT_BARS)

/** Of the closes before a bar, newest one excluded. */
typedef struct
{
  double mean, median, deviation;
} BsWindowStatistics;

/** The secondary bar that counts at a bar. */
typedef struct
{
  gboolean found;
  double close, close_change, high_low_range, volume, position;
} BsSecondaryValues;

/**
 * BsFeatureState:
 *
 * Batch, tail and stream all move one of these from bar to bar and ask it for rows, so that their rows are the same to the
 * last bit. Nothing in it is summed up from bar to bar but cumulative delta: windows are short and summed anew.
 * The values under "shared" hold for the newest bar once its group has been prepared.
 */
typedef struct
{
  BsFeatureSet set;
  guint hurst_every;
  gboolean scalar_atr;

  guint64 index; /* of the newest bar */
  guint64 older; /* bars before it that have passed through; a feature whose warm_up is more has its initial value */
  BsBar bar;     /* the newest */
  gint64 close_time_us;
  gint64 time_before_us, close_time_before_us; /* of the bar before */
  BsPivots pivots;

  /* Columns: element @at is the newest bar's, those before it are older. */
  guint at;
  double close[BS_FEATURE_ROOM_BARS];
  double high[BS_FEATURE_ROOM_BARS];
  double low[BS_FEATURE_ROOM_BARS];
  double volume[BS_FEATURE_ROOM_BARS];
  double delta[BS_FEATURE_ROOM_BARS];
  double cumulative_delta[BS_FEATURE_ROOM_BARS];
  double true_range[BS_FEATURE_ROOM_BARS]; /* of the first bar 0, and not read; none with @atr_block */
  double change[BS_FEATURE_ROOM_BARS];     /* relative, from the close before; likewise */

  BsSortedWindow sorted[BS_N_WINDOWS]; /* closes before the newest bar's */

  /* (nullable): where the ATR of the newest bar has been computed with that of others. Not owned. */
  const BsAtrBlock *atr_block;

  /* Hurst carried from bar to bar, clamped. */
  double hurst, hurst_c;
  gboolean hurst_computed; /* at the newest bar */

  guint64 secondary_at; /* where the last search ended */
  gboolean secondary_known;

  /* Shared by several features of a bar. */
  BsWindowStatistics statistics[BS_N_WINDOWS];
  guint64 statistics_index;   /* the bar that they are of */
  double deviation_20_before; /* std_dev_20 of the bar before */
  double skewness, kurtosis;
  double highest, lowest; /* of 21 bars */
  BsSecondaryValues secondary;
} BsFeatureState;

/** bs_feature_state_init: before any bar */
void bs_feature_state_init (BsFeatureState *self, const BsFeatureOptions *options);

/** bs_feature_state_seek: makes bar @begin - 1 of @columns the newest one, as if all bars up to it had passed through. */
void bs_feature_state_seek (BsFeatureState *self, const BsFeatureOptions *options, const BsBarColumns *columns,
                            guint64 begin);

/**
 * bs_feature_state_advance:
 * @close_time_us: when @bar closed
 * @cumulative_delta: up to and with @bar
 *
 * Makes @bar, the one after the newest, the newest.
 */
void bs_feature_state_advance (BsFeatureState *self, const BsBar *bar, gint64 close_time_us, double cumulative_delta);

/** bs_feature_state_advance_in: the same with the next bar of @columns, which also know the pivots that have left */
void bs_feature_state_advance_in (BsFeatureState *self, const BsBarColumns *columns);

/**
 * bs_feature_state_carry_hurst: Hurst as it was computed at the last multiple of hurst_every before bar @index; stays as
 * it is where the closes of that bar have left
 */
void bs_feature_state_carry_hurst (BsFeatureState *self, const BsBarColumns *columns, guint64 index);

/** bs_feature_state_prepare: computes what features of @group share at the newest bar */
void bs_feature_state_prepare (BsFeatureState *self, BsFeatureGroup group, const BsBarSeries *secondary);

/** bs_feature_state_newest_hurst: Hurst of the newest bar whatever its index; what is carried stays as it is */
void bs_feature_state_newest_hurst (const BsFeatureState *self, double *hurst, double *hurst_c);

/** bs_feature_state_find_secondary: the secondary bar that counts for a bar of close @close at the given times */
void bs_feature_state_find_secondary (BsFeatureState *self, const BsBarSeries *secondary, gint64 time_us,
                                      gint64 close_time_us, double close, BsSecondaryValues *values);

G_END_DECLS
