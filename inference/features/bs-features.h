/* bs-features.h: the 62 numbers a bar that the model reads (docs/features.md) */
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
  const char *name; /* the column name, as in docs/features.md */
  BsFeatureGroup group;
  guint warm_up;  /* bars before a bar that its value needs: with fewer it is the fixed one below */
  double initial; /* the value in a short history */
} BsFeatureInfo;

/** The row of the feature table for feature @feature (0..61). Static. Thread: any. */
const BsFeatureInfo *bs_feature_info (guint feature);

typedef struct
{
  BsFeatureSet set;
  guint hurst_every;   /* bars between two Hurst computations, >= 1; 1 computes every bar (hurst-cache off) */
  gboolean scalar_atr; /* vector-atr off: ATR one bar at a time, also where many are computed; the same bits */
} BsFeatureOptions;

#define BS_FEATURE_OPTIONS_INIT                                                                                        \
  {                                                                                                                    \
    .set = BS_FEATURE_SET_CAUSAL, .hurst_every = 10                                                                    \
  }

/** What a computation over many bars refuses. */
typedef enum
{
  BS_FEATURES_ERROR_RANGE,  /* rows of bars that are not held, or a step of 0 */
  BS_FEATURES_ERROR_LENGTH, /* columns of different length */
} BsFeaturesError;

#define BS_FEATURES_ERROR (bs_features_error_quark ())
GQuark bs_features_error_quark (void);

/**
 * bs_features_first_exact:
 * @primary: the bars
 * @options: feature set and Hurst step
 *
 * Where the oldest bars have left, the first rows of what is held lack bars that they read. Such a feature takes the value
 * that it has in a short history (BsFeatureInfo); indices, cumulative delta and pivots count on.
 *
 * Returns: index of the first bar from which on every feature is what it would be had no bar left; 0 until bars have
 * left. It may be past the end
 */
guint64 bs_features_first_exact (const BsBarSeries *primary, const BsFeatureOptions *options);

/**
 * bs_features_batch:
 * @primary: the bars
 * @secondary: (nullable): the longer bars, usually 5-minute ones
 * @options: feature set and Hurst step
 * @begin: index of the first bar to compute
 * @end: one past the last; first <= begin <= end <= bs_bar_series_end (primary)
 * @rows: (out caller-allocates): [end - begin, BS_N_FEATURES]
 * @error: return location, or %NULL
 *
 * The rows of bars @begin..@end-1 as they are with all bars that @primary holds (in legacy a row depends on the bar after
 * it and on which bar is the newest). Where bars have left, see bs_features_first_exact(). A secondary bar whose times are
 * starts counts in causal once the bar length of its series is known. Allocates nothing. Thread: any, while nobody appends.
 *
 * Returns: %TRUE; %FALSE with %BS_FEATURES_ERROR, and nothing written
 */
gboolean bs_features_batch (const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
                            guint64 begin, guint64 end, double *rows, GError **error);

/**
 * bs_features_tail:
 * @n_rows: T, rows wanted (the newest ones)
 * @rows: (out caller-allocates): [n_rows, BS_N_FEATURES], oldest first
 *
 * The newest rows computed the reference's way from the last n_rows + 100 bars alone, as if the series began there: what
 * `tail-window` switches on. NOT equal to the batch: cumulative_delta and bars_since_* restart, the Hurst phase moves.
 * Where the series holds fewer bars, from all of them. In legacy the last row is the newest bar's, which is not final.
 * Allocates nothing.
 *
 * Returns: %FALSE where the series holds fewer than @n_rows bars
 */
gboolean bs_features_tail (const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
                           guint n_rows, double *rows);

/**
 * bs_features_atr:
 * @high, @low, @close: [@n], columns of bars
 * @scalar: one bar at a time in a scalar loop; else many bars at a time by the kernels of this processor
 * @out: (out caller-allocates): [@n]
 *
 * The feature atr alone, as a column: 0 for the first bar, then the mean of the last 14 true ranges or of as many as there
 * are. Both ways add the same terms in the same order, so they agree to the last bit. Thread: any.
 */
void bs_features_atr (const double *high, const double *low, const double *close, gsize n, gboolean scalar,
                      double *out);

/**
 * BsFeatureStream:
 *
 * One bar at a time with the state kept. Its rows equal bs_features_batch() over all bars so far to the last bit.
 * Allocates nothing after bs_feature_stream_new(). One owner, the one of the series. It keeps the bars that its windows
 * read, so the bound of the series does not matter to it.
 */
typedef struct _BsFeatureStream BsFeatureStream;

BsFeatureStream *bs_feature_stream_new (const BsFeatureOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void bs_feature_stream_free (BsFeatureStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFeatureStream, bs_feature_stream_free)

/**
 * bs_feature_stream_push:
 * @primary: the series, whose newest bar has just been appended; one push a bar
 * @secondary: (nullable): the secondary series as far as it is known. A secondary bar that closes together with the
 *   primary bar has to be in it
 * @row: (out caller-allocates) (nullable): [BS_N_FEATURES], the newest bar's row as the batch has it
 * @group_ns: (out caller-allocates) (nullable): [BS_N_FEATURE_GROUPS], ns spent in each group; %NULL reads no clock
 *
 * Computes the newest bar's row. In legacy that row is provisional, and its Hurst is computed anew at every bar: who reads
 * only the final row (bs_feature_stream_final()) passes %NULL for @row and saves that. Where the bars do not follow on
 * from the last push (bars were left out, or the series has been cleared), bs_feature_stream_sync() comes first.
 */
void bs_feature_stream_push (BsFeatureStream *self, const BsBarSeries *primary, const BsBarSeries *secondary,
                             double *row, gint64 *group_ns);

/**
 * bs_feature_stream_sync:
 *
 * Puts the stream where it would be had every bar of @primary been pushed: bs_feature_stream_final() gives the newest final
 * row, and the next push follows on. Reads a few hundred bars back from the end, whatever the length; an empty series
 * resets the stream. Hurst is carried over from the last multiple of hurst_every; the rows equal bs_features_batch().
 */
void bs_feature_stream_sync (BsFeatureStream *self, const BsBarSeries *primary, const BsBarSeries *secondary);

/**
 * bs_feature_stream_final:
 * @row: (out caller-allocates): [BS_N_FEATURES]
 *
 * The newest row that no later bar changes: in causal the newest bar's, in legacy the one of the bar before (whose ATR is
 * given as it is once the series has 15 bars).
 *
 * Returns: %FALSE where there is none yet (legacy, after the first bar)
 */
gboolean bs_feature_stream_final (const BsFeatureStream *self, double *row);

/**
 * bs_feature_stream_hurst_computed: whether Hurst was computed at the bar of the last push for the bars after it, not carried
 * over. What legacy computes for the newest row alone does not count.
 */
gboolean bs_feature_stream_hurst_computed (const BsFeatureStream *self);

/**
 * bs_feature_stream_set_hurst_every: takes effect at the next bar, whose row is what it would be had the step always been
 * this one; the rows that are out stay as they are.
 */
void bs_feature_stream_set_hurst_every (BsFeatureStream *self, guint hurst_every);

G_END_DECLS
