#include "app/feeds/bs-decimal.h"

#include <math.h>
#include <string.h>

/* Powers of ten that a double holds exactly. */
static const double exact_powers[] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};
#define MAX_EXACT_POWER 22
#define MAX_EXACT_MANTISSA (G_GUINT64_CONSTANT (1) << 53)
/* As many digits always fit in 64 bits. */
#define MAX_MANTISSA_DIGITS 19
/* Beyond it every number is 0 or too large; it keeps the sum of exponents small. */
#define MAX_WRITTEN_EXPONENT 100000

static gboolean
is_digit (char c)
{
  return (guint8) (c - '0') < 10;
}

/* The slow way, for what the fast one cannot round: @text's syntax has been checked. */
static G_GNUC_NO_INLINE gboolean
parse_slowly (const char *text, gsize length, double *value)
{
  char buffer[128];
  g_autofree char *heap = NULL;
  char *copy = buffer;

  if (length >= sizeof buffer)
    copy = heap = g_malloc (length + 1);
  memcpy (copy, text, length);
  copy[length] = '\0';

  *value = g_ascii_strtod (copy, NULL);
  return isfinite (*value);
}

/* `e[+-]digits` at @p, up to @end; %FALSE where it is something else. */
static gboolean
parse_exponent (const char *p, const char *end, gint64 *exponent)
{
  gint64 written = 0;

  if (*p != 'e' && *p != 'E')
    return FALSE;
  p++;
  gboolean minus = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+'))
    p++;
  if (p == end)
    return FALSE;
  for (; p < end && is_digit (*p); p++)
    written = MIN (written * 10 + (*p - '0'), MAX_WRITTEN_EXPONENT);
  *exponent += minus ? -written : written;
  return p == end;
}

gboolean
bs_decimal_parse (const char *text, gsize length, double *value, guint *decimals)
{
  const char *p = text;
  const char *end = text + length;
  guint64 mantissa = 0;
  gsize n_digits, n_decimals = 0;

  gboolean negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+'))
    p++;

  const char *digits = p;
  for (; p < end && is_digit (*p); p++)
    mantissa = mantissa * 10 + (guint64) (*p - '0');
  n_digits = p - digits;
  if (p < end && *p == '.')
    {
      const char *fraction = ++p;
      for (; p < end && is_digit (*p); p++)
        mantissa = mantissa * 10 + (guint64) (*p - '0');
      n_decimals = p - fraction;
      n_digits += n_decimals;
    }
  if (n_digits == 0)
    return FALSE;
  gint64 exponent = -(gint64) n_decimals;
  if (p < end && !parse_exponent (p, end, &exponent))
    return FALSE;

  if (decimals != NULL)
    *decimals = (guint) MIN (n_decimals, G_MAXUINT);

  /* Both operands are exact, so the one operation rounds correctly (Clinger, "How to read floating point numbers
   * accurately", 1990). With more digits the mantissa may have wrapped around. */
  if (n_digits <= MAX_MANTISSA_DIGITS && mantissa <= MAX_EXACT_MANTISSA && exponent >= -MAX_EXACT_POWER
      && exponent <= MAX_EXACT_POWER)
    {
      double magnitude = (double) (gint64) mantissa;
      if (exponent < 0)
        magnitude /= exact_powers[-exponent];
      else if (exponent > 0)
        magnitude *= exact_powers[exponent];
      *value = negative ? -magnitude : magnitude;
      return TRUE;
    }
  return parse_slowly (text, length, value);
}

guint
bs_decimal_places (double number)
{
  guint n = 0;
  for (double scale = 1; n < BS_DECIMAL_MAX_PLACES && fabs (number * scale - round (number * scale)) > 1e-7 * scale; n++)
    scale *= 10;
  return n;
}
