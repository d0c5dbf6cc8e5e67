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

/* The slow way, for what the fast one cannot round: @text's syntax has been checked. */
static gboolean
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

gboolean
bs_decimal_parse (const char *text, gsize length, double *value, guint *decimals)
{
  const char *p = text;
  const char *end = text + length;
  gboolean negative = FALSE;
  guint64 mantissa = 0;
  gint64 exponent = 0;
  guint n_decimals = 0;

  if (p < end && (*p == '-' || *p == '+'))
    negative = *p++ == '-';

  const char *digits = p;
  for (; p < end && (guint8) (*p - '0') < 10; p++)
    mantissa = mantissa * 10 + (guint8) (*p - '0');
  gsize n_digits = p - digits;

  if (p < end && *p == '.')
    {
      const char *fraction = ++p;
      for (; p < end && (guint8) (*p - '0') < 10; p++)
        mantissa = mantissa * 10 + (guint8) (*p - '0');
      gsize n = p - fraction;
      n_digits += n;
      exponent = -(gint64) n;
      n_decimals = (guint) MIN (n, G_MAXUINT);
    }
  if (n_digits == 0)
    return FALSE;

  if (p < end && (*p == 'e' || *p == 'E'))
    {
      gboolean minus = FALSE;
      gint64 written = 0;

      p++;
      if (p < end && (*p == '-' || *p == '+'))
        minus = *p++ == '-';
      const char *first = p;
      for (; p < end && (guint8) (*p - '0') < 10; p++)
        written = MIN (written * 10 + (guint8) (*p - '0'), MAX_WRITTEN_EXPONENT);
      if (p == first)
        return FALSE;
      exponent += minus ? -written : written;
    }
  if (p != end)
    return FALSE;

  if (decimals != NULL)
    *decimals = n_decimals;

  /* Both operands are exact, so the one operation rounds correctly (Clinger, "How to read floating point numbers
   * accurately", 1990). With more digits the mantissa may have wrapped around. */
  if (n_digits <= MAX_MANTISSA_DIGITS && mantissa <= MAX_EXACT_MANTISSA && exponent >= -MAX_EXACT_POWER
      && exponent <= MAX_EXACT_POWER)
    {
      double magnitude = (double) mantissa;
      magnitude = exponent < 0 ? magnitude / exact_powers[-exponent] : magnitude * exact_powers[exponent];
      *value = negative ? -magnitude : magnitude;
      return TRUE;
    }
  return parse_slowly (text, length, value);
}
