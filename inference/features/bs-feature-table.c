#include "inference/features/bs-feature-table.h"

#include "inference/features/bs-sum.h"
#include "inference/predict/bs-stage.h"

#include <math.h>

/* Keeps a denominator from 0, as the system that this program replaces has it. */
#define EPSILON 1e-8

typedef double (*BsFeatureFunc) (const BsFeatureState *s, guint window);

typedef struct
{
  BsFeatureInfo info;
  BsFeatureFunc compute; /* at a bar that has info.warm_up bars before it */
  guint window;          /* index in bs_window_bars, where the feature is one of four */
} BsFeature;

/* The value of a column at the newest bar, and @bars before it. */
#define NOW(s, column) ((s)->column[(s)->at])
#define AGO(s, column, bars) ((s)->column[(s)->at - (bars)])

static double
safe_ratio (double numerator, double denominator)
{
  return denominator > 0.0 ? numerator / denominator : 0.0;
}

static double
price_open (const BsFeatureState *s, guint w)
{
  return s->bar.open;
}

static double
price_high (const BsFeatureState *s, guint w)
{
  return s->bar.high;
}

static double
price_low (const BsFeatureState *s, guint w)
{
  return s->bar.low;
}

static double
price_close (const BsFeatureState *s, guint w)
{
  return s->bar.close;
}

static double
hurst_h (const BsFeatureState *s, guint w)
{
  return s->hurst;
}

static double
hurst_c (const BsFeatureState *s, guint w)
{
  return s->hurst_c;
}

/* Mean of the last 14 true ranges, or of as many as there are. */
static double
atr (const BsFeatureState *s, guint w)
{
  if (s->atr_block != NULL)
    return s->atr_block->values[s->index - s->atr_block->begin];
  guint bars = (guint) MIN (s->older, BS_ATR_BARS);
  const double *ranges = s->true_range + s->at - (bars - 1);
  return s->scalar_atr ? bs_atr_of_ranges (ranges, bars) : bs_mean (ranges, bars);
}

static double
velocity (const BsFeatureState *s, guint w)
{
  return (NOW (s, close) - AGO (s, close, 5)) / 5.0;
}

static double
acceleration (const BsFeatureState *s, guint w)
{
  return velocity (s, w) - (AGO (s, close, 1) - AGO (s, close, 6)) / 5.0;
}

static double
range_ratio (const BsFeatureState *s, guint w)
{
  return (NOW (s, high) - NOW (s, low)) / (AGO (s, high, 1) - AGO (s, low, 1) + EPSILON);
}

static double
wick_ratio (const BsFeatureState *s, guint w)
{
  double upper = s->bar.high - MAX (s->bar.open, s->bar.close);
  double lower = MIN (s->bar.open, s->bar.close) - s->bar.low;
  return upper / (lower + EPSILON);
}

static double
gap_up (const BsFeatureState *s, guint w)
{
  return MAX (0.0, NOW (s, low) - AGO (s, high, 1));
}

static double
gap_down (const BsFeatureState *s, guint w)
{
  return MAX (0.0, AGO (s, low, 1) - NOW (s, high));
}

static double
gap_filled (const BsFeatureState *s, guint w)
{
  double before = AGO (s, close, 1);
  return NOW (s, low) <= before && before <= NOW (s, high) ? 1.0 : 0.0;
}

/* Swings: in causal the newest bar confirms one at the bar before; in legacy the next bar has yet to come. */
static double
swing_high (const BsFeatureState *s, guint w)
{
  return s->set == BS_FEATURE_SET_CAUSAL && s->pivots.high + 1 == s->index ? 1.0 : 0.0;
}

static double
swing_low (const BsFeatureState *s, guint w)
{
  return s->set == BS_FEATURE_SET_CAUSAL && s->pivots.low + 1 == s->index ? 1.0 : 0.0;
}

static double
bars_since_swing_high (const BsFeatureState *s, guint w)
{
  return s->set == BS_FEATURE_SET_CAUSAL ? (double) (s->index - s->pivots.high) : 0.0;
}

static double
bars_since_swing_low (const BsFeatureState *s, guint w)
{
  return s->set == BS_FEATURE_SET_CAUSAL ? (double) (s->index - s->pivots.low) : 0.0;
}

static double
skewness (const BsFeatureState *s, guint w)
{
  return s->skewness;
}

static double
kurtosis (const BsFeatureState *s, guint w)
{
  return s->kurtosis;
}

/* Of 21 closes: the 20 of the window before, which are sorted already, and the newest. */
static double
position_in_range (const BsFeatureState *s, guint w)
{
  double close = NOW (s, close);
  double max = MAX (bs_sorted_window_max (&s->sorted[BS_WINDOW_20]), close);
  double min = MIN (bs_sorted_window_min (&s->sorted[BS_WINDOW_20]), close);
  return max - min <= EPSILON ? 0.0 : (close - min) / (max - min);
}

static double
higher_highs (const BsFeatureState *s, guint w)
{
  guint n = 0;
  for (guint k = 0; k < 5; k++)
    n += AGO (s, high, k) > AGO (s, high, k + 1);
  return n;
}

static double
lower_lows (const BsFeatureState *s, guint w)
{
  guint n = 0;
  for (guint k = 0; k < 5; k++)
    n += AGO (s, low, k) < AGO (s, low, k + 1);
  return n;
}

static double
trend_strength (const BsFeatureState *s, guint w)
{
  return higher_highs (s, w) - lower_lows (s, w);
}

static double
mean_dev (const BsFeatureState *s, guint w)
{
  double mean = s->statistics[w].mean;
  return (NOW (s, close) - mean) / (mean + EPSILON);
}

static double
median_dev (const BsFeatureState *s, guint w)
{
  double median = s->statistics[w].median;
  return (NOW (s, close) - median) / (median + EPSILON);
}

static double
std_dev (const BsFeatureState *s, guint w)
{
  return s->statistics[w].deviation;
}

static double
z_score (const BsFeatureState *s, guint w)
{
  double deviation = s->statistics[w].deviation;
  return deviation <= EPSILON ? 0.0 : (NOW (s, close) - s->statistics[w].mean) / deviation;
}

static double
bb_width (const BsFeatureState *s, guint w)
{
  return 4.0 * s->statistics[w].deviation / (s->statistics[w].mean + EPSILON);
}

static double
vol_acceleration (const BsFeatureState *s, guint w)
{
  return s->statistics[BS_WINDOW_20].deviation - s->deviation_20_before;
}

static double
high_deviation (const BsFeatureState *s, guint w)
{
  return (NOW (s, close) - s->highest) / (s->highest + EPSILON);
}

static double
low_deviation (const BsFeatureState *s, guint w)
{
  return (NOW (s, close) - s->lowest) / (s->lowest + EPSILON);
}

static double
pnl_of_goal (const BsFeatureState *s, guint w)
{
  return safe_ratio (s->bar.daily_pnl, s->bar.daily_goal);
}

static double
pnl_of_loss (const BsFeatureState *s, guint w)
{
  return safe_ratio (s->bar.daily_pnl, s->bar.daily_max_loss);
}

static double
risk_headroom (const BsFeatureState *s, guint w)
{
  if (s->bar.daily_pnl >= 0.0 || s->bar.daily_max_loss <= 0.0)
    return 1.0;
  return MAX (0.0, 1.0 + s->bar.daily_pnl / s->bar.daily_max_loss);
}

static double
delta (const BsFeatureState *s, guint w)
{
  return NOW (s, delta);
}

static double
cumulative_delta (const BsFeatureState *s, guint w)
{
  return NOW (s, cumulative_delta);
}

static double
volume_imbalance (const BsFeatureState *s, guint w)
{
  return s->bar.bid_volume > 0.0 ? s->bar.ask_volume / (s->bar.bid_volume + EPSILON) : 1.0;
}

static double
aggressive_buy_ratio (const BsFeatureState *s, guint w)
{
  double both = s->bar.ask_volume + s->bar.bid_volume;
  return both > 0.0 ? s->bar.ask_volume / both : 0.5;
}

static double
volume_ratio (const BsFeatureState *s, guint w)
{
  double mean = bs_mean (s->volume + s->at - 20, 20);
  return mean != 0.0 ? s->bar.volume / (mean + EPSILON) : 1.0;
}

static double
delta_divergence (const BsFeatureState *s, guint w)
{
  double close = NOW (s, close), close_before = AGO (s, close, 1);
  double now = NOW (s, delta), before = AGO (s, delta, 1);
  if (close > close_before && now < before)
    return -1.0;
  return close < close_before && now > before ? 1.0 : 0.0;
}

static double
cumulative_delta_slope (const BsFeatureState *s, guint w)
{
  return NOW (s, cumulative_delta) - AGO (s, cumulative_delta, 5);
}

static double
tf2_close (const BsFeatureState *s, guint w)
{
  return s->secondary.close;
}

static double
tf2_close_change (const BsFeatureState *s, guint w)
{
  return s->secondary.close_change;
}

static double
tf2_high_low_range (const BsFeatureState *s, guint w)
{
  return s->secondary.high_low_range;
}

static double
tf2_volume (const BsFeatureState *s, guint w)
{
  return s->secondary.volume;
}

static double
tf2_position_in_bar (const BsFeatureState *s, guint w)
{
  return s->secondary.position;
}

#define HURST BS_FEATURE_GROUP_HURST
#define ATR BS_FEATURE_GROUP_ATR
#define ROLLING BS_FEATURE_GROUP_ROLLING
#define FLOW BS_FEATURE_GROUP_FLOW
#define SECONDARY BS_FEATURE_GROUP_SECONDARY

/* name, group, warm-up, value before it, function, window */
static const BsFeature features[BS_N_FEATURES] = {
  { { "open", ROLLING, 0, 0.0 }, price_open },
  { { "high", ROLLING, 0, 0.0 }, price_high },
  { { "low", ROLLING, 0, 0.0 }, price_low },
  { { "close", ROLLING, 0, 0.0 }, price_close },
  { { "hurst_h", HURST, 100, 0.5 }, hurst_h },
  { { "hurst_c", HURST, 100, 1.0 }, hurst_c },
  { { "atr", ATR, 1, 0.0 }, atr },
  { { "velocity", ROLLING, 5, 0.0 }, velocity },
  { { "acceleration", ROLLING, 6, 0.0 }, acceleration },
  { { "range_ratio", ROLLING, 1, 1.0 }, range_ratio },
  { { "wick_ratio", ROLLING, 1, 0.0 }, wick_ratio },
  { { "gap_up", ROLLING, 1, 0.0 }, gap_up },
  { { "gap_down", ROLLING, 1, 0.0 }, gap_down },
  { { "gap_filled", ROLLING, 1, 0.0 }, gap_filled },
  { { "swing_high", ROLLING, 2, 0.0 }, swing_high },
  { { "swing_low", ROLLING, 2, 0.0 }, swing_low },
  { { "bars_since_swing_high", ROLLING, 0, 0.0 }, bars_since_swing_high },
  { { "bars_since_swing_low", ROLLING, 0, 0.0 }, bars_since_swing_low },
  { { "skewness", ROLLING, 20, 0.0 }, skewness },
  { { "kurtosis", ROLLING, 20, 0.0 }, kurtosis },
  { { "position_in_range", ROLLING, 20, 0.0 }, position_in_range },
  { { "higher_highs", ROLLING, 5, 0.0 }, higher_highs },
  { { "lower_lows", ROLLING, 5, 0.0 }, lower_lows },
  { { "trend_strength", ROLLING, 5, 0.0 }, trend_strength },
  { { "mean_dev_5", ROLLING, 5, 0.0 }, mean_dev, BS_WINDOW_5 },
  { { "mean_dev_10", ROLLING, 10, 0.0 }, mean_dev, BS_WINDOW_10 },
  { { "mean_dev_20", ROLLING, 20, 0.0 }, mean_dev, BS_WINDOW_20 },
  { { "mean_dev_50", ROLLING, 50, 0.0 }, mean_dev, BS_WINDOW_50 },
  { { "median_dev_5", ROLLING, 5, 0.0 }, median_dev, BS_WINDOW_5 },
  { { "median_dev_10", ROLLING, 10, 0.0 }, median_dev, BS_WINDOW_10 },
  { { "median_dev_20", ROLLING, 20, 0.0 }, median_dev, BS_WINDOW_20 },
  { { "median_dev_50", ROLLING, 50, 0.0 }, median_dev, BS_WINDOW_50 },
  { { "std_dev_5", ROLLING, 5, 0.0 }, std_dev, BS_WINDOW_5 },
  { { "std_dev_10", ROLLING, 10, 0.0 }, std_dev, BS_WINDOW_10 },
  { { "std_dev_20", ROLLING, 20, 0.0 }, std_dev, BS_WINDOW_20 },
  { { "std_dev_50", ROLLING, 50, 0.0 }, std_dev, BS_WINDOW_50 },
  { { "z_score_5", ROLLING, 5, 0.0 }, z_score, BS_WINDOW_5 },
  { { "z_score_10", ROLLING, 10, 0.0 }, z_score, BS_WINDOW_10 },
  { { "z_score_20", ROLLING, 20, 0.0 }, z_score, BS_WINDOW_20 },
  { { "z_score_50", ROLLING, 50, 0.0 }, z_score, BS_WINDOW_50 },
  { { "bb_width_5", ROLLING, 5, 0.0 }, bb_width, BS_WINDOW_5 },
  { { "bb_width_10", ROLLING, 10, 0.0 }, bb_width, BS_WINDOW_10 },
  { { "bb_width_20", ROLLING, 20, 0.0 }, bb_width, BS_WINDOW_20 },
  { { "bb_width_50", ROLLING, 50, 0.0 }, bb_width, BS_WINDOW_50 },
  { { "vol_acceleration", ROLLING, 21, 0.0 }, vol_acceleration },
  { { "high_deviation", ROLLING, 20, 0.0 }, high_deviation },
  { { "low_deviation", ROLLING, 20, 0.0 }, low_deviation },
  { { "pnl_of_goal", ROLLING, 0, 0.0 }, pnl_of_goal },
  { { "pnl_of_loss", ROLLING, 0, 0.0 }, pnl_of_loss },
  { { "risk_headroom", ROLLING, 0, 0.0 }, risk_headroom },
  { { "delta", FLOW, 0, 0.0 }, delta },
  { { "cumulative_delta", FLOW, 0, 0.0 }, cumulative_delta },
  { { "volume_imbalance", FLOW, 0, 0.0 }, volume_imbalance },
  { { "aggressive_buy_ratio", FLOW, 0, 0.0 }, aggressive_buy_ratio },
  { { "volume_ratio", FLOW, 20, 1.0 }, volume_ratio },
  { { "delta_divergence", FLOW, 1, 0.0 }, delta_divergence },
  { { "cumulative_delta_slope", FLOW, 5, 0.0 }, cumulative_delta_slope },
  { { "tf2_close", SECONDARY, 0, 0.0 }, tf2_close },
  { { "tf2_close_change", SECONDARY, 0, 0.0 }, tf2_close_change },
  { { "tf2_high_low_range", SECONDARY, 0, 0.0 }, tf2_high_low_range },
  { { "tf2_volume", SECONDARY, 0, 0.0 }, tf2_volume },
  { { "tf2_position_in_bar", SECONDARY, 0, 0.0 }, tf2_position_in_bar },
};

/* The columns that legacy writes anew once the next bar is known. */
enum
{
  SWING_HIGH = 14,
  SWING_LOW,
  BARS_SINCE_SWING_HIGH,
  BARS_SINCE_SWING_LOW,
  TF2_CLOSE = 57,
  TF2_CLOSE_CHANGE,
  TF2_HIGH_LOW_RANGE,
  TF2_VOLUME,
  TF2_POSITION_IN_BAR,
};

const BsFeatureInfo *
bs_feature_info (guint feature)
{
  g_return_val_if_fail (feature < BS_N_FEATURES, NULL);
  return &features[feature].info;
}

/* Prices near the ends of what a double holds overflow in products; the model must never see that. */
static double
finite_or_zero (double value)
{
  return isfinite (value) ? value : 0.0;
}

void
bs_feature_lap (gint64 *group_ns, BsFeatureGroup group, gint64 *since_ns)
{
  if (group_ns == NULL)
    return;
  gint64 now_ns = bs_clock_ns ();
  group_ns[group] += now_ns - *since_ns;
  *since_ns = now_ns;
}

void
bs_feature_row (BsFeatureState *state, const BsBarSeries *secondary, double *row, gint64 *group_ns, gint64 *since_ns)
{
  guint prepared = 0; /* bit per group */

  for (guint f = 0; f < BS_N_FEATURES;)
    {
      BsFeatureGroup group = features[f].info.group;
      if ((prepared & 1u << group) == 0)
        bs_feature_state_prepare (state, group, secondary);
      prepared |= 1u << group;
      for (; f < BS_N_FEATURES && features[f].info.group == group; f++)
        {
          const BsFeature *feature = &features[f];
          row[f] = state->older < feature->info.warm_up ? feature->info.initial
                                                        : finite_or_zero (feature->compute (state, feature->window));
        }
      bs_feature_lap (group_ns, group, since_ns);
    }
}

/* Legacy does not look at bar 1 for a pivot; having none is the same as one at bar 0. */
static guint64
legacy_pivot (guint64 pivot)
{
  return pivot == 1 ? 0 : pivot;
}

void
bs_feature_row_settle (BsFeatureState *state, const BsBarSeries *secondary, double *row)
{
  guint64 index = state->index - 1;
  BsSecondaryValues values;

  if (index >= 2)
    {
      guint64 high = legacy_pivot (state->pivots.high), low = legacy_pivot (state->pivots.low);
      row[SWING_HIGH] = high == index ? 1.0 : 0.0;
      row[SWING_LOW] = low == index ? 1.0 : 0.0;
      row[BARS_SINCE_SWING_HIGH] = (double) (index - high);
      row[BARS_SINCE_SWING_LOW] = (double) (index - low);
    }
  bs_feature_state_find_secondary (state, secondary, state->time_before_us, state->close_time_before_us,
                                   AGO (state, close, 1), &values);
  row[TF2_CLOSE] = values.close;
  row[TF2_CLOSE_CHANGE] = finite_or_zero (values.close_change);
  row[TF2_HIGH_LOW_RANGE] = values.high_low_range;
  row[TF2_VOLUME] = values.volume;
  row[TF2_POSITION_IN_BAR] = finite_or_zero (values.position);
}

void
bs_feature_row_newest (const BsFeatureState *state, double *row)
{
  if (state->older >= features[BS_FEATURE_HURST_H].info.warm_up)
    bs_feature_state_newest_hurst (state, &row[BS_FEATURE_HURST_H], &row[BS_FEATURE_HURST_C]);
}
