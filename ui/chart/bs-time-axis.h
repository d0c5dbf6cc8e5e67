/* bs-time-axis.h: where a gapless time axis gets its labels and session breaks, and what they say */
#pragma once

#include "ui/chart/bs-chart-data.h"
#include "ui/chart/bs-chart-view.h"

G_BEGIN_DECLS

/** Room for any label that the functions here write. */
#define BS_TIME_LABEL_LENGTH 64

/** No axis needs more labels. */
#define BS_TIME_AXIS_MAX_TICKS 128

/** A label: at the first bar of a new minute, hour, day, month ... or, on an axis of true time, where that begins. */
typedef struct
{
  guint64 bar;     /* at it or after it */
  double place;    /* bar coordinate of its line */
  gint64 time_us;  /* what it tells */
  guint level;    /* the larger, the larger the unit */
  gboolean major; /* tells a larger unit than other labels do: a day among times, a year among months */
  char label[BS_TIME_LABEL_LENGTH];
} BsTimeTick;

/**
 * bs_time_axis_ticks:
 * @data: whose bars are on the axis
 * @view: which of them are seen
 * @zone: for hours and dates
 * @min_distance: device pixels between two labels at least
 * @ticks: (out): [max], at most %BS_TIME_AXIS_MAX_TICKS, ascending; some may lie outside of the plot
 *
 * Picks the largest units first, then smaller ones where there is room, each at the first bar that lies in the new unit, so
 * that closed markets take no place. Cost: a binary search for each label, whatever number of bars is in view.
 *
 * Returns: how many
 */
guint bs_time_axis_ticks (BsChartData *data, const BsChartView *view, GTimeZone *zone, double min_distance,
                          BsTimeTick *ticks, guint max);

/**
 * bs_time_axis_breaks:
 * @bars: (out): [max], bars before which the market was closed, ascending
 *
 * Session breaks in view: more than half an hour and more than two bars without a bar. None where bars are a day or longer,
 * and none where they would lie closer than @min_distance pixels on the average.
 *
 * Returns: how many
 */
guint bs_time_axis_breaks (BsChartData *data, const BsChartView *view, double min_distance, guint64 *bars, guint max);

/** A time without bars, us, that is a break if it is longer. %G_MAXINT64 where none is. */
gint64 bs_time_axis_break_length (gint64 bar_length_us);

/** Writes a bar's time in full, with weekday and, for bars shorter than a day, time of day; returns @buffer. */
const char *bs_time_axis_format (gint64 time_us, gint64 bar_length_us, GTimeZone *zone, char *buffer);
/** Abbreviation of @zone at @time_us, e.g. "UTC" or "CEST". */
const char *bs_time_axis_zone_name (gint64 time_us, GTimeZone *zone);

G_END_DECLS
