/* bs-zone.h: local clock time to UTC, in the order of a file's rows */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BsZone:
 *
 * A time zone and where a file has got to in it. Looking up GTimeZone costs microseconds, so offsets are kept an hour at
 * a time. Not thread-safe.
 */
typedef struct _BsZone BsZone;

/**
 * bs_zone_new:
 * @name: IANA name ("America/New_York"), "UTC", an offset ("+01:00"), or "local" for this machine's
 *
 * Returns: (transfer full) (nullable): %NULL where there is no such zone; free with bs_zone_free()
 */
BsZone *bs_zone_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
void bs_zone_free (BsZone *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsZone, bs_zone_free)

/**
 * bs_zone_to_utc:
 * @local_us: what the clock showed, as us since 1970-01-01 00:00 on that clock
 * @utc_us: (out): the same instant in us UTC
 *
 * Of an hour that the clock shows twice (autumn), the first pass is the earlier one; where the rows taken so far (see
 * bs_zone_taken()) show that the clock has been put back, it is the later one. Rows a little out of order do not count
 * as that: the clock must have gone back by half of what a bar leaves over of the repeated stretch.
 *
 * Returns: %FALSE for a time that the clock never showed (spring)
 */
gboolean bs_zone_to_utc (BsZone *self, gint64 local_us, gint64 *utc_us);

/** bs_zone_taken: the row with this time, as bs_zone_to_utc() gave it, was good: later rows follow it */
void bs_zone_taken (BsZone *self, gint64 local_us, gint64 utc_us);

G_END_DECLS
