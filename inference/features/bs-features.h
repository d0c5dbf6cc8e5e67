/* bs-features.h: the 62 numbers a bar that the model reads (../shared/design/features.md, docs/features.md) */
#pragma once

#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

#define BS_N_FEATURES 62

/** Bars before a row that the longest window (Hurst) reads. A tail of T + this many bars is what `tail-window` computes. */
#define BS_FEATURES_TAIL_BARS 100

/** The features that the chart shows by name. */
enum
{
  BS_FEATURE_HURST_H = 4,
  BS_FEATURE_HURST_C = 5,
  BS_FEATURE_ATR = 6,
};

/** Which rules swings, Hurst on the newest bar, ATR warm-up and the secondary series follow. */
typedef enum
{
  BS_FEATURE_SET_CAUSAL,
  BS_FEATURE_SET_LEGACY,
} BsFeatureSet;

/** The groups that are timed apart; each is one stage of the trace. */
typedef enum
{
  BS_FEATURE_GROUP_HURST,
  BS_FEATURE_GROUP_ATR,
  BS_FEATURE_GROUP_ROLLING, /* prices, statistics, swings, deviations, P&L */
  BS_FEATURE_GROUP_FLOW,
  BS_FEATURE_GROUP_SECONDARY,
  BS_N_FEATURE_GROUPS
} BsFeatureGroup;

typedef struct
{
  const char *name; /* the column name, as in design/features.md */
  BsFeatureGroup group;
  guint warm_up; /* index of the first bar whose value is not the fixed one of a short history */
} BsFeatureInfo;

/** The row of the feature table for feature @feature (0..61). Static. Thread: any. */
const BsFeatureInfo *bs_feature_info (guint feature);

typedef struct
{
  BsFeatureSet set;
  guint hurst_every; /* bars between two Hurst computations, >= 1; 1 computes every bar (hurst-cache off) */
} BsFeatureOptions;

#define BS_FEATURE_OPTIONS_INIT                                                                                        \
  {                                                                                                                    \
    .set = BS_FEATURE_SET_CAUSAL, .hurst_every = 10                                                                    \
  }

/**
 * bs_features_batch:
 * @primary: the bars
 * @secondary: (nullable): the longer bars, usually 5-minute ones
 * @options: feature set and Hurst step
 * @begin: index of the first bar to compute
 * @end: one past the last; first <= begin <= end <= bs_bar_series_end (primary)
 * @rows: (out caller-allocates): [end - begin, BS_N_FEATURES]
 *
 * The rows of bars @begin..@end-1 as they are with all bars that @primary holds (in legacy a row depends on the bar after
 * it and on which bar is the newest). Thread: any, while nobody appends.
 */
void bs_features_batch (const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
                        guint64 begin, guint64 end, double *rows);

/**
 * bs_features_tail:
 * @n_rows: T, rows wanted (the newest ones)
 * @rows: (out caller-allocates): [n_rows, BS_N_FEATURES], oldest first
 *
 * The newest rows computed the reference's way from the last n_rows + 100 bars alone, as if the series began there: what
 * `tail-window` switches on. NOT equal to the batch: cumulative_delta and bars_since_* restart, the Hurst phase moves.
 * Where the series holds fewer bars, from all of them. In legacy the last row is the newest bar's, which is not final.
 *
 * Returns: %FALSE where the series holds fewer than @n_rows bars
 */
gboolean bs_features_tail (const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
                           guint n_rows, double *rows);

/**
 * BsFeatureStream:
 *
 * One bar at a time with the state kept. Its rows equal bs_features_batch() over all bars so far to the last bit.
 * Allocates nothing after bs_feature_stream_new(). One owner, the one of the series.
 */
typedef struct _BsFeatureStream BsFeatureStream;

BsFeatureStream *bs_feature_stream_new (const BsFeatureOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void bs_feature_stream_free (BsFeatureStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFeatureStream, bs_feature_stream_free)

/**
 * bs_feature_stream_push:
 * @primary: the series, whose newest bar has just been appended; one push a bar, none left out
 * @secondary: (nullable): the secondary series as far as it is known
 * @row: (out caller-allocates): [BS_N_FEATURES], the newest bar's row
 * @group_ns: (out caller-allocates) (nullable): [BS_N_FEATURE_GROUPS], ns spent in each group; %NULL reads no clock
 *
 * Computes the newest bar's row. In legacy that row is provisional: see bs_feature_stream_final().
 */
void bs_feature_stream_push (BsFeatureStream *self, const BsBarSeries *primary, const BsBarSeries *secondary,
                             double *row, gint64 *group_ns);

/**
 * bs_feature_stream_final:
 * @row: (out caller-allocates): [BS_N_FEATURES]
 *
 * The newest row that no later bar changes: in causal the newest bar's, in legacy the one of the bar before.
 *
 * Returns: %FALSE where there is none yet (legacy, after the first bar)
 */
gboolean bs_feature_stream_final (const BsFeatureStream *self, double *row);

/** bs_feature_stream_set_hurst_every: takes effect at the next bar; the rows that are out stay as they are. */
void bs_feature_stream_set_hurst_every (BsFeatureStream *self, guint hurst_every);

G_END_DECLS
