/* bs-time-text.h: dates and times as files write them */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How a format writes its times. Dates are year first; fractions of a second are cut to microseconds. */
typedef enum
{
  BS_TIME_STYLE_ANY,     /* ISO 8601 with or without offset, `yyyy-MM-dd[ HH:mm[:ss[.f]]]` (also with / or .), epoch */
  BS_TIME_STYLE_COMPACT, /* `yyyyMMdd[ HHmmss]` */
  BS_TIME_STYLE_DOTTED,  /* `yyyy.MM.dd[ HH:mm[:ss]]` */
} BsTimeStyle;

/** What a row's date and time say. */
typedef struct
{
  gint64 us;        /* since 1970-01-01 00:00 */
  gboolean is_utc;  /* an offset or an epoch was written; else @us is what the local clock showed */
  gboolean is_date; /* there was no time of day: @us is midnight */
} BsTimeText;

/** The date read last: rows that share a day share its conversion. Start from { 0 }; one a file. */
typedef struct
{
  char text[10];
  gsize length;
  gint64 us;
} BsDateCache;

/**
 * bs_time_text_parse:
 * @text: a date, or a date and a time of day; not NUL-terminated
 *
 * Epochs (BS_TIME_STYLE_ANY) are told apart by size: below 1e11 seconds, 1e14 milliseconds, 1e17 microseconds, else
 * nanoseconds, which is right for every time since March 1973 (earlier ones are refused); seconds may have a fraction. Eight digits
 * are a date.
 * Thread: any.
 *
 * Returns: whether it was a time from 1800 to 2199
 */
gboolean bs_time_text_parse (BsTimeStyle style, const char *text, gsize length, BsDateCache *cache, BsTimeText *time);

/** bs_time_text_parse_clock: a time of day alone, `HH:mm[:ss[.f]]` or `HHmmss`; @us since midnight, 24:00 included */
gboolean bs_time_text_parse_clock (BsTimeStyle style, const char *text, gsize length, gint64 *us);

G_END_DECLS
