#include "inference/features/bs-feature-state.h"

#include "inference/features/bs-hurst.h"
#include "inference/features/bs-sum.h"

#include <math.h>
#include <string.h>

#define RETURNS 20    /* bars of skewness and kurtosis */
#define RANGE_BARS 21 /* bars of the highest high and lowest low, the newest among them */
/* scipy calls a moment of returns constant where their variance is below this, relative to the mean. */
#define CONSTANT_RESOLUTION 1e-15

const guint bs_window_bars[BS_N_WINDOWS] = { 5, 10, 20, 50 };

void
bs_feature_state_init (BsFeatureState *self, const BsFeatureOptions *options)
{
  memset (self, 0, sizeof *self);
  self->set = options->set;
  self->hurst_every = options->hurst_every;
  self->scalar_atr = options->scalar_atr;
  self->index = G_MAXUINT64; /* the first bar's, 0, is one after it */
  self->older = G_MAXUINT64;
  self->at = G_MAXUINT;
  self->hurst = 0.5;
  self->hurst_c = 1.0;
  for (guint w = 0; w < BS_N_WINDOWS; w++)
    bs_sorted_window_init (&self->sorted[w], bs_window_bars[w]);
}

static void
make_room (BsFeatureState *self)
{
  double *columns[] = { self->close,      self->high,  self->low, self->volume, self->delta, self->cumulative_delta,
                        self->true_range, self->change };

  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    memcpy (columns[c], columns[c] + BS_FEATURE_ROOM_BARS - BS_FEATURE_KEPT_BARS,
            BS_FEATURE_KEPT_BARS * sizeof (double));
  self->at = BS_FEATURE_KEPT_BARS;
}

void
bs_feature_state_advance (BsFeatureState *self, const BsBar *bar, gint64 close_time_us, double cumulative_delta)
{
  self->index++;
  self->older++;
  self->at++;
  if (self->at == BS_FEATURE_ROOM_BARS)
    make_room (self);

  guint at = self->at;
  self->time_before_us = self->bar.time_us;
  self->close_time_before_us = self->close_time_us;
  self->bar = *bar;
  self->close_time_us = close_time_us;
  self->close[at] = bar->close;
  self->high[at] = bar->high;
  self->low[at] = bar->low;
  self->volume[at] = bar->volume;
  self->delta[at] = bar->ask_volume - bar->bid_volume;
  self->cumulative_delta[at] = cumulative_delta;
  self->true_range[at] = 0.0;
  self->change[at] = 0.0;
  if (self->older == 0)
    return;

  double before = self->close[at - 1];
  if (self->atr_block == NULL)
    self->true_range[at] = bs_true_range (bar->high, bar->low, before);
  self->change[at] = (bar->close - before) / before;
  for (guint w = 0; w < BS_N_WINDOWS; w++)
    {
      guint bars = bs_window_bars[w];
      double outgoing = self->older > bars ? self->close[at - 1 - bars] : 0.0;
      bs_sorted_window_push (&self->sorted[w], before, outgoing);
    }
  if (self->older >= 2)
    {
      const double *high = self->high + at, *low = self->low + at;
      if (high[-1] > high[-2] && high[-1] > high[0])
        self->pivots.high = self->index - 1;
      if (low[-1] < low[-2] && low[-1] < low[0])
        self->pivots.low = self->index - 1;
    }
}

void
bs_feature_state_advance_in (BsFeatureState *self, const BsBarColumns *columns)
{
  guint64 index = self->index + 1;
  gint64 to_close_us = columns->stamp == BS_STAMP_START ? columns->bar_length_us : 0;
  double cumulative_delta = columns->values[BS_COLUMN_CUMULATIVE_DELTA][index - columns->first];
  BsBar bar;

  bs_bar_columns_get (columns, index, &bar);
  if (columns->restarted)
    cumulative_delta = bs_bar_add_delta (index == columns->first ? 0.0 : self->cumulative_delta[self->at],
                                         bar.ask_volume - bar.bid_volume);
  bs_feature_state_advance (self, &bar, bar.time_us + to_close_us, cumulative_delta);
  if (self->older < 2)
    bs_bar_columns_pivots (columns, index + 1, &self->pivots);
}

static void
clamped_hurst (const double *closes, double *hurst, double *hurst_c)
{
  bs_hurst (closes, hurst, hurst_c);
  *hurst = CLAMP (*hurst, 0.0, 1.0);
}

void
bs_feature_state_carry_hurst (BsFeatureState *self, const BsBarColumns *columns, guint64 index)
{
  guint64 at = index == 0 ? 0 : (index - 1) - (index - 1) % self->hurst_every;

  if (at < BS_HURST_BARS)
    {
      self->hurst = 0.5;
      self->hurst_c = 1.0;
    }
  else if (at >= columns->first + BS_HURST_BARS)
    clamped_hurst (columns->values[BS_COLUMN_CLOSE] + (at - columns->first) - (BS_HURST_BARS - 1), &self->hurst,
                   &self->hurst_c);
}

void
bs_feature_state_seek (BsFeatureState *self, const BsFeatureOptions *options, const BsBarColumns *columns,
                       guint64 begin)
{
  guint64 from = begin - MIN (begin - columns->first, BS_FEATURE_KEPT_BARS);

  bs_feature_state_init (self, options);
  self->index = from - 1;
  for (guint64 i = from; i < begin; i++)
    bs_feature_state_advance_in (self, columns);
  bs_bar_columns_pivots (columns, begin, &self->pivots);
  bs_feature_state_carry_hurst (self, columns, begin);
}

static void
prepare_hurst (BsFeatureState *self)
{
  self->hurst_computed = self->older >= BS_HURST_BARS && self->index % self->hurst_every == 0;
  if (self->hurst_computed)
    bs_feature_state_newest_hurst (self, &self->hurst, &self->hurst_c);
}

void
bs_feature_state_newest_hurst (const BsFeatureState *self, double *hurst, double *hurst_c)
{
  clamped_hurst (self->close + self->at - (BS_HURST_BARS - 1), hurst, hurst_c);
}

/* Population standard deviation; exactly 0 where all are equal, whose summed mean may differ from them. */
static double
standard_deviation (const double *x, guint n, double mean, gboolean all_equal)
{
  return all_equal ? 0.0 : sqrt (bs_sum_squares (x, n, mean) / n);
}

static gboolean
are_equal (const double *x, guint n)
{
  for (guint k = 1; k < n; k++)
    if (x[k] != x[0])
      return FALSE;
  return TRUE;
}

static void
prepare_windows (BsFeatureState *self)
{
  double deviation_before = self->statistics[BS_WINDOW_20].deviation;

  for (guint w = 0; w < BS_N_WINDOWS; w++)
    {
      const BsSortedWindow *sorted = &self->sorted[w];
      BsWindowStatistics *statistics = &self->statistics[w];
      guint bars = bs_window_bars[w];
      if (self->older < bars)
        break;
      const double *closes = self->close + self->at - bars;
      statistics->mean = bs_mean (closes, bars);
      statistics->median = bs_sorted_window_median (sorted);
      statistics->deviation = standard_deviation (closes, bars, statistics->mean,
                                                  bs_sorted_window_min (sorted) == bs_sorted_window_max (sorted));
    }
  if (self->statistics_index + 1 == self->index)
    self->deviation_20_before = deviation_before;
  else if (self->older > 20)
    {
      const double *closes = self->close + self->at - 21;
      self->deviation_20_before = standard_deviation (closes, 20, bs_mean (closes, 20), are_equal (closes, 20));
    }
  self->statistics_index = self->index;
}

/* Biased skewness and excess kurtosis as scipy.stats has them; 0 where it has NaN. */
static void
prepare_moments (BsFeatureState *self)
{
  double squares[RETURNS], cubes[RETURNS], fourths[RETURNS];

  self->skewness = self->kurtosis = 0.0;
  if (self->older < RETURNS)
    return;
  const double *changes = self->change + self->at - (RETURNS - 1);
  double mean = bs_mean (changes, RETURNS);
  for (guint k = 0; k < RETURNS; k++)
    {
      double distance = changes[k] - mean;
      squares[k] = distance * distance;
      cubes[k] = squares[k] * distance;
      fourths[k] = squares[k] * squares[k];
    }
  double variance = bs_mean (squares, RETURNS);
  double noise = CONSTANT_RESOLUTION * mean;
  if (variance <= noise * noise)
    return;
  self->skewness = bs_mean (cubes, RETURNS) / (variance * sqrt (variance));
  self->kurtosis = bs_mean (fourths, RETURNS) / (variance * variance) - 3.0;
}

static void
prepare_range (BsFeatureState *self)
{
  if (self->older < RANGE_BARS - 1)
    return;
  const double *high = self->high + self->at - (RANGE_BARS - 1);
  const double *low = self->low + self->at - (RANGE_BARS - 1);
  double highest = high[0], lowest = low[0];
  for (guint k = 1; k < RANGE_BARS; k++)
    {
      highest = high[k] > highest ? high[k] : highest;
      lowest = low[k] < lowest ? low[k] : lowest;
    }
  self->highest = highest;
  self->lowest = lowest;
}

/* The last element of @times [@n] at or before @time_us, @n where there is none; @hint is where to begin to look. */
static gsize
last_at_or_before (const gint64 *times, gsize n, gint64 time_us, gsize hint)
{
  gsize i = hint;
  while (i < n && times[i] <= time_us)
    i++;
  while (i > 0 && times[i - 1] > time_us)
    i--;
  return i > 0 ? i - 1 : n;
}

static gsize
search (const gint64 *times, gsize n, gint64 time_us)
{
  gsize low = 0, high = n;
  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (times[middle] <= time_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
bs_feature_state_find_secondary (BsFeatureState *self, const BsBarSeries *secondary, gint64 time_us,
                                 gint64 close_time_us, double close, BsSecondaryValues *values)
{
  gsize n = secondary != NULL ? bs_bar_series_length (secondary) : 0;

  memset (values, 0, sizeof *values);
  if (n == 0)
    return;
  gint64 limit_us = time_us;
  if (self->set == BS_FEATURE_SET_CAUSAL)
    {
      gint64 length_us = bs_bar_series_bar_length (secondary);
      gboolean starts = bs_bar_series_stamp (secondary) == BS_STAMP_START;
      if (starts && length_us == 0)
        return; /* when its bars closed is not known */
      limit_us = close_time_us - (starts ? length_us : 0);
    }

  const gint64 *times = bs_bar_series_times (secondary);
  guint64 first = bs_bar_series_first (secondary);
  gboolean near = self->secondary_known && self->secondary_at >= first && self->secondary_at < first + n;
  gsize hint = near ? (gsize) (self->secondary_at - first) : search (times, n, limit_us);
  gsize i = last_at_or_before (times, n, limit_us, hint);
  if (i == n)
    {
      if (self->set == BS_FEATURE_SET_CAUSAL)
        return;
      i = 0;
    }
  self->secondary_known = TRUE;
  self->secondary_at = first + i;

  const double *closes = bs_bar_series_column (secondary, BS_COLUMN_CLOSE);
  double low = bs_bar_series_column (secondary, BS_COLUMN_LOW)[i];
  values->found = TRUE;
  values->close = closes[i];
  values->close_change = i > 0 ? (closes[i] - closes[i - 1]) / closes[i - 1] : 0.0;
  values->high_low_range = bs_bar_series_column (secondary, BS_COLUMN_HIGH)[i] - low;
  values->volume = bs_bar_series_column (secondary, BS_COLUMN_VOLUME)[i];
  values->position = values->high_low_range != 0.0 ? (close - low) / values->high_low_range : 0.0;
}

void
bs_feature_state_prepare (BsFeatureState *self, BsFeatureGroup group, const BsBarSeries *secondary)
{
  switch (group)
    {
    case BS_FEATURE_GROUP_HURST:
      prepare_hurst (self);
      break;
    case BS_FEATURE_GROUP_ROLLING:
      prepare_windows (self);
      prepare_moments (self);
      prepare_range (self);
      break;
    case BS_FEATURE_GROUP_SECONDARY:
      bs_feature_state_find_secondary (self, secondary, self->bar.time_us, self->close_time_us, self->bar.close,
                                       &self->secondary);
      break;
    case BS_FEATURE_GROUP_ATR:
    case BS_FEATURE_GROUP_FLOW:
    case BS_N_FEATURE_GROUPS:
    default:
      break;
    }
}
