/* bs-bar-time.h: the time of a bar as the panels write it */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Room for a time or a zone's name. */
#define BS_BAR_TIME_LENGTH 64

/**
 * bs_bar_time_set_zone:
 * @name: (nullable): an IANA name, "local", or "UTC", which is also what %NULL and the start mean; as BsChart's "time-zone"
 *
 * The zone of all times that panels write from here on. Thread: main.
 *
 * Returns: %FALSE where there is no such zone: all stays as it was
 */
gboolean bs_bar_time_set_zone (const char *name);

/** bs_bar_time_get_zone: (transfer none): that zone, for an axis. Thread: main. */
GTimeZone *bs_bar_time_get_zone (void);

/**
 * bs_bar_time_format:
 * @buffer: (out): [BS_BAR_TIME_LENGTH]
 * @time_us: microseconds since 1970-01-01 UTC
 *
 * Writes a time always as wide as the next: "2024-03-05 14:32:00". "–" where it is beyond the calendar. Thread: main.
 *
 * Returns: @buffer
 */
const char *bs_bar_time_format (char *buffer, gint64 time_us);

/** bs_bar_time_zone: the zone's short name at @time_us: "UTC", "CET". Owned by the zone. Thread: main. */
const char *bs_bar_time_zone (gint64 time_us);

G_END_DECLS
