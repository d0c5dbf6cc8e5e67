/* bs-log-axis.h: a logarithmic axis of times with round labels */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The axis from @min to @max, ns, both > 0. */
typedef struct
{
  double min, max;
} BsLogAxis;

typedef struct
{
  double value;   /* ns */
  gboolean major; /* a label stands here */
} BsLogTick;

/** Room for all ticks of an axis. */
#define BS_LOG_AXIS_MAX_TICKS 160

/**
 * bs_log_axis_fit:
 * @min, @max: the smallest and largest value to be shown, ns; values under 1 count as 1
 *
 * Takes the axis out to round values (1, 2 or 5 times a power of ten), at least one decade apart.
 */
void bs_log_axis_fit (BsLogAxis *self, double min, double max);

/** Whether @min..@max lies within the axis without leaving more than a decade of it empty at either end. */
gboolean bs_log_axis_still_fits (const BsLogAxis *self, double min, double max);

/** Where @value lies: 0 at min, 1 at max, cut to that; values under 1 count as 1. */
double bs_log_axis_position (const BsLogAxis *self, double value);

/** The value at @position. */
double bs_log_axis_value (const BsLogAxis *self, double position);

/**
 * bs_log_axis_ticks:
 * @length: of the axis, px
 * @label_px: room that a label takes along the axis, px, with its gap
 * @ticks: (out): [BS_LOG_AXIS_MAX_TICKS], ascending
 *
 * Majors at every power of ten where they have room, else at every second, third ... of them; at 1-2-5 where there is
 * room for those. Minors at 2..9 where they are at least 3 px apart.
 *
 * Returns: ticks written
 */
guint bs_log_axis_ticks (const BsLogAxis *self, double length, double label_px, BsLogTick *ticks);

/**
 * bs_log_axis_label:
 * @buffer: (out): [BS_NUMBER_LENGTH]
 *
 * A round value shortly: "200 ns", "1 µs", "50 ms".
 */
const char *bs_log_axis_label (char *buffer, double value);

G_END_DECLS
