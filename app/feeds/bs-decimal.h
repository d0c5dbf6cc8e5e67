/* bs-decimal.h: a decimal number from text, correctly rounded */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bs_decimal_parse:
 * @text: `[+-]digits[.digits][e[+-]digits]`, not NUL-terminated
 * @length: of @text in bytes
 * @value: (out): the double nearest to what is written, as strtod() in the C locale gives it
 * @decimals: (out) (optional): digits written after the decimal point
 *
 * Takes the whole of @text or nothing: blanks, hexadecimal, "inf", "nan", a decimal comma, grouped thousands and what
 * overflows a double are refused. Up to 19 digits whose value is below 2^53 cost a few nanoseconds. Thread: any.
 *
 * Returns: whether it was a number
 */
gboolean bs_decimal_parse (const char *text, gsize length, double *value, guint *decimals);

/** Decimals of a price that are looked at and shown at most. */
#define BS_DECIMAL_MAX_PLACES 6

/** bs_decimal_places: digits behind the point that @number needs, 0..%BS_DECIMAL_MAX_PLACES: 2 for 4750.25 */
guint bs_decimal_places (double number);

G_END_DECLS
