/* bs-number.c: numbers as the user's locale writes them */
#include "ui/bs-number.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NO_BREAK_SPACE "\u00a0"

/* The user's way with numbers, made once. LC_CTYPE too: a separator may be a character beyond ASCII. */
static locale_t
user_locale (void)
{
  static gsize made = 0;
  static locale_t locale = (locale_t) 0;

  if (g_once_init_enter (&made))
    {
      locale = newlocale (LC_NUMERIC_MASK | LC_CTYPE_MASK, "", (locale_t) 0);
      /* In another encoding the separators would not be UTF-8, which is all that GTK takes. */
      if (locale != (locale_t) 0 && g_strcmp0 (nl_langinfo_l (CODESET, locale), "UTF-8") != 0)
        {
          freelocale (locale);
          locale = (locale_t) 0;
        }
      g_once_init_leave (&made, 1);
    }
  return locale;
}

const char *
bs_number_format (char *buffer, double value, guint decimals)
{
  g_return_val_if_fail (buffer != NULL, NULL);

  locale_t locale = user_locale ();
  locale_t before = (locale_t) 0;

  /* 1e20 and more would not fit with separators, and nobody reads it. */
  if (!isfinite (value))
    snprintf (buffer, BS_NUMBER_LENGTH, "–");
  else if (fabs (value) >= 1e20)
    snprintf (buffer, BS_NUMBER_LENGTH, "%.3g", value);
  else
    {
      if (locale != (locale_t) 0)
        before = uselocale (locale);
      snprintf (buffer, BS_NUMBER_LENGTH, "%'.*f", (int) MIN (decimals, 12), value);
      if (locale != (locale_t) 0)
        uselocale (before);
    }
  return buffer;
}

const char *
bs_number_format_signed (char *buffer, double value, guint decimals)
{
  char number[BS_NUMBER_LENGTH];

  g_return_val_if_fail (buffer != NULL, NULL);

  if (!isfinite (value))
    return bs_number_format (buffer, value, decimals);
  g_snprintf (buffer, BS_NUMBER_LENGTH, "%s%s", value > 0 ? "+" : value < 0 ? "−" : "", bs_number_format (number, fabs (value), decimals));
  return buffer;
}

const char *
bs_number_format_significant (char *buffer, double value, guint digits)
{
  g_return_val_if_fail (buffer != NULL && digits > 0, NULL);

  locale_t locale = user_locale ();
  locale_t before = locale != (locale_t) 0 ? uselocale (locale) : (locale_t) 0;
  if (isfinite (value))
    snprintf (buffer, BS_NUMBER_LENGTH, "%.*g", (int) MIN (digits, 12), value);
  else
    snprintf (buffer, BS_NUMBER_LENGTH, "–");
  if (locale != (locale_t) 0)
    uselocale (before);
  return buffer;
}

const char *
bs_number_format_percent (char *buffer, double fraction, guint decimals)
{
  bs_number_format (buffer, 100.0 * fraction, decimals);
  g_strlcat (buffer, NO_BREAK_SPACE "%", BS_NUMBER_LENGTH);
  return buffer;
}

const char *
bs_number_format_count (char *buffer, guint64 value)
{
  return bs_number_format (buffer, (double) value, 0);
}

const char *
bs_number_format_duration (char *buffer, gint64 ns)
{
  static const struct
  {
    double ns;
    const char *name;
  } units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" } };
  double value = (double) MAX (ns, 0);
  guint unit = 0;

  /* 999.5 of the smaller unit would be written with four digits: it belongs to the larger one already. */
  while (unit < G_N_ELEMENTS (units) - 1 && value < 0.9995 * units[unit].ns)
    unit++;
  value /= units[unit].ns;

  guint decimals = unit == G_N_ELEMENTS (units) - 1 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  bs_number_format (buffer, value, decimals);
  g_strlcat (buffer, NO_BREAK_SPACE, BS_NUMBER_LENGTH);
  g_strlcat (buffer, units[unit].name, BS_NUMBER_LENGTH);
  return buffer;
}

/* Whether the one separator in @text, at @place, sets off thousands: "1.000", but neither "0.500" nor "1.25". */
static gboolean
sets_off_thousands (const char *text, const char *place)
{
  gsize before = (gsize) (place - text);
  return before >= 1 && before <= 3 && text[0] != '0' && strspn (place + 1, "0123456789") == 3 && place[4] == '\0';
}

/* The decimal separator in @text, which has digits, '.' and ',' alone: its place, or NULL where all that there are set off thousands. */
static const char *
find_point (const char *text, char point)
{
  const char *dot = strrchr (text, '.'), *comma = strrchr (text, ',');
  if (dot != NULL && comma != NULL)
    return MAX (dot, comma);
  const char *last = dot != NULL ? dot : comma;
  if (last == NULL || strchr (text, *last) != last)
    return NULL;
  return *last == point || !sets_off_thousands (text, last) ? last : NULL;
}

gboolean
bs_number_parse (const char *text, double *value)
{
  g_return_val_if_fail (text != NULL && value != NULL, FALSE);

  locale_t locale = user_locale ();
  char point = locale != (locale_t) 0 ? nl_langinfo_l (RADIXCHAR, locale)[0] : '.';
  char digits[BS_NUMBER_LENGTH], plain[BS_NUMBER_LENGTH];
  gsize n = 0, length = 0;
  gboolean negative = FALSE, any = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char_validated (p, -1);
      if (c >= (gunichar) -2)
        return FALSE;
      /* Blanks and apostrophes set off thousands in some languages, and mean nothing in any. */
      if (g_unichar_isspace (c) || c == '\'' || c == 0x2019)
        continue;
      if ((c == '-' || c == 0x2212) && n == 0 && !negative)
        negative = TRUE;
      else if ((g_ascii_isdigit ((char) c) || c == '.' || c == ',') && c < 0x80 && n + 1 < sizeof digits)
        digits[n++] = (char) c;
      else
        return FALSE;
    }
  digits[n] = '\0';

  const char *at = find_point (digits, point);
  for (const char *p = digits; *p != '\0'; p++)
    if (g_ascii_isdigit (*p) || p == at)
      {
        any |= p != at;
        plain[length++] = p == at ? '.' : *p;
      }
  plain[length] = '\0';
  if (!any)
    return FALSE;
  *value = g_ascii_strtod (plain, NULL) * (negative ? -1 : 1);
  return TRUE;
}
