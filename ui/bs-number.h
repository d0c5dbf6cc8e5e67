/* bs-number.h: numbers as the user's locale writes them; the process itself keeps LC_NUMERIC "C" for files */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Room for any number that the functions here write. */
#define BS_NUMBER_LENGTH 64

/**
 * bs_number_format:
 * @buffer: (out): [BS_NUMBER_LENGTH]
 * @decimals: digits after the point, at most 12
 *
 * Writes @value with the decimal point and the thousands separators of the user's locale; "–" where it is not finite.
 * Thread: any.
 *
 * Returns: @buffer
 */
const char *bs_number_format (char *buffer, double value, guint decimals);

/** bs_number_format_signed: as bs_number_format(), with a sign that is as wide as the other: "+1.25", "−3.00"; none before zero. */
const char *bs_number_format_signed (char *buffer, double value, guint decimals);

/** bs_number_format_significant: so many significant @digits, 1 to 12, with an exponent where that is shorter: "1.25", "3e-07". */
const char *bs_number_format_significant (char *buffer, double value, guint digits);

/** bs_number_format_percent: @fraction 0..1 as "72 %" (a no-break space); @decimals digits. */
const char *bs_number_format_percent (char *buffer, double fraction, guint decimals);

/** bs_number_format_count: a whole number with thousands separators. */
const char *bs_number_format_count (char *buffer, guint64 value);

/**
 * bs_number_format_duration:
 * @ns: nanoseconds, >= 0
 *
 * Three significant digits and a unit: "812 ns", "12.3 µs", "1.23 ms", "58.0 ms", "1.20 s". Rounds into the next unit
 * where it must (999.6 µs is "1.00 ms").
 */
const char *bs_number_format_duration (char *buffer, gint64 ns);

/**
 * bs_number_parse:
 * @text: what a user typed, UTF-8
 * @value: (out): set where it is a number
 *
 * Reads a number with the user's decimal point or the other one, and with or without separators of thousands: "0,65" and "0.65" are the
 * same in every locale; "1.000" is a thousand where the decimal point is a comma. No exponent. Thread: any.
 *
 * Returns: whether it is a number
 */
gboolean bs_number_parse (const char *text, double *value);

G_END_DECLS
