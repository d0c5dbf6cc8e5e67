/* bs-time-text.h: the time of a bar as the panels write it */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Room for a time. */
#define BS_TIME_TEXT_LENGTH 64

/**
 * bs_time_text_format:
 * @buffer: (out): [BS_TIME_TEXT_LENGTH]
 * @time_us: microseconds since 1970-01-01 UTC
 *
 * Writes day, month and time of day in the user's zone, always the same width: "2024-03-05 14:32:00". "–" where the time
 * is beyond the calendar. Thread: any.
 *
 * Returns: @buffer
 */
const char *bs_time_text_format (char *buffer, gint64 time_us);

G_END_DECLS
