#include "app/feeds/bs-time-text.h"

#include <string.h>

#define SECOND_US ((gint64) G_USEC_PER_SEC)
#define DAY_US (86400 * SECOND_US)
#define MIN_YEAR 1800
#define MAX_YEAR 2199
/* 1800-01-01 and 2200-01-01 */
#define MIN_TIME_US (-62091 * DAY_US)
#define MAX_TIME_US (84006 * DAY_US)
#define MAX_FRACTION_DIGITS 9
/* Smaller ones could be a date or a count of anything. */
#define MIN_EPOCH 100000000

static gboolean
is_digit (char c)
{
  return (guint8) (c - '0') < 10;
}

/* Exactly @n digits at *@p. */
static gboolean
take_digits (const char **p, const char *end, guint n, guint *value)
{
  guint sum = 0;

  if (end - *p < (gssize) n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (!is_digit ((*p)[i]))
        return FALSE;
      sum = sum * 10 + (guint) ((*p)[i] - '0');
    }
  *p += n;
  *value = sum;
  return TRUE;
}

/* One or two digits: Sierra Chart and spreadsheets write 2024/1/2. */
static gboolean
take_month_or_day (const char **p, const char *end, guint *value)
{
  return take_digits (p, end, 2, value) || take_digits (p, end, 1, value);
}

static gboolean
take_char (const char **p, const char *end, char c)
{
  if (*p == end || **p != c)
    return FALSE;
  (*p)++;
  return TRUE;
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March here, so that a leap day is a year's last. */
static gint64
days_from_date (guint year, guint month, guint day)
{
  gint64 y = (gint64) year - (month <= 2);
  gint64 month_from_march = (month + 9) % 12;
  gint64 day_of_year = (153 * month_from_march + 2) / 5 + day - 1;

  return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static gboolean
date_is_valid (guint year, guint month, guint day)
{
  static const guint8 lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  if (year < MIN_YEAR || year > MAX_YEAR || month < 1 || month > 12 || day < 1)
    return FALSE;
  gboolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= lengths[month - 1] + (guint) (leap && month == 2);
}

/* The date at *@p, which leaves it behind it. */
static gboolean
take_date (BsTimeStyle style, const char **p, const char *end, BsDateCache *cache, gint64 *us)
{
  const char *start = *p;
  guint year, month, day;

  if (cache->length > 0 && (gsize) (end - start) >= cache->length && memcmp (start, cache->text, cache->length) == 0
      && (start + cache->length == end || !is_digit (start[cache->length])))
    {
      *p += cache->length;
      *us = cache->us;
      return TRUE;
    }

  if (!take_digits (p, end, 4, &year) || *p == end)
    return FALSE;
  char separator = **p;
  if (style == BS_TIME_STYLE_COMPACT || (style == BS_TIME_STYLE_ANY && is_digit (separator)))
    {
      if (!take_digits (p, end, 2, &month) || !take_digits (p, end, 2, &day))
        return FALSE;
    }
  else
    {
      if (separator != '.' && (style == BS_TIME_STYLE_DOTTED || (separator != '-' && separator != '/')))
        return FALSE;
      (*p)++;
      if (!take_month_or_day (p, end, &month) || !take_char (p, end, separator) || !take_month_or_day (p, end, &day))
        return FALSE;
    }
  if ((*p < end && is_digit (**p)) || !date_is_valid (year, month, day))
    return FALSE;

  *us = days_from_date (year, month, day) * DAY_US;
  cache->length = *p - start;
  g_assert (cache->length <= sizeof cache->text);
  memcpy (cache->text, start, cache->length);
  cache->us = *us;
  return TRUE;
}

static gint64
fraction_us (const char *digits, gsize n)
{
  gint64 us = 0;

  for (gsize i = 0; i < 6; i++)
    us = us * 10 + (i < n ? digits[i] - '0' : 0);
  return us;
}

/* `.digits` at *@p, or nothing there. */
static gboolean
take_fraction (const char **p, const char *end, gint64 *us)
{
  *us = 0;
  if (*p == end || (**p != '.' && **p != ','))
    return TRUE;
  const char *digits = ++*p;
  while (*p < end && is_digit (**p))
    (*p)++;
  gsize n = *p - digits;
  if (n == 0 || n > MAX_FRACTION_DIGITS)
    return FALSE;
  *us = fraction_us (digits, n);
  return TRUE;
}

/* The time of day at *@p. */
static gboolean
take_clock (BsTimeStyle style, const char **p, const char *end, gint64 *us)
{
  guint hour, minute, second = 0;
  gint64 fraction = 0;

  if (!take_digits (p, end, 2, &hour))
    {
      /* 9:31 as spreadsheets write it */
      if (style != BS_TIME_STYLE_ANY || !take_digits (p, end, 1, &hour))
        return FALSE;
    }
  if (style == BS_TIME_STYLE_COMPACT || (style == BS_TIME_STYLE_ANY && *p < end && is_digit (**p)))
    {
      if (!take_digits (p, end, 2, &minute) || !take_digits (p, end, 2, &second))
        return FALSE;
    }
  else
    {
      if (!take_char (p, end, ':') || !take_digits (p, end, 2, &minute))
        return FALSE;
      if (take_char (p, end, ':') && (!take_digits (p, end, 2, &second) || !take_fraction (p, end, &fraction)))
        return FALSE;
    }
  if (minute > 59 || second > 59 || hour > 24 || (hour == 24 && (minute > 0 || second > 0 || fraction > 0)))
    return FALSE;

  *us = ((gint64) hour * 3600 + minute * 60 + second) * SECOND_US + fraction;
  return TRUE;
}

/* `Z`, `+01:00`, `-0500`, `+01`, or nothing at *@p. */
static gboolean
take_offset (const char **p, const char *end, gboolean *written, gint64 *us)
{
  guint hours, minutes = 0;

  *us = 0;
  *written = *p < end;
  if (*p == end)
    return TRUE;
  if (**p == 'Z' || **p == 'z')
    {
      (*p)++;
      return TRUE;
    }
  if (**p != '+' && **p != '-')
    return FALSE;
  gint64 sign = *(*p)++ == '-' ? -1 : 1;
  if (!take_digits (p, end, 2, &hours))
    return FALSE;
  if (*p < end)
    {
      if (**p == ':')
        (*p)++;
      if (!take_digits (p, end, 2, &minutes))
        return FALSE;
    }
  if (hours > 15 || minutes > 59)
    return FALSE;
  *us = sign * ((gint64) hours * 3600 + minutes * 60) * SECOND_US;
  return TRUE;
}

/* Only digits, but not a date's eight: an epoch, in the unit that its size tells. */
static gboolean
parse_epoch (const char *text, gsize length, gint64 *us)
{
  const char *end = text + length;
  const char *p = text;
  gint64 value = 0;
  gint64 fraction;

  for (; p < end && is_digit (*p); p++)
    {
      if (p - text >= 19 || value > (G_MAXINT64 - 9) / 10)
        return FALSE;
      value = value * 10 + (*p - '0');
    }
  if (p == text || !take_fraction (&p, end, &fraction) || p != end || value < MIN_EPOCH)
    return FALSE;

  if (value < G_GINT64_CONSTANT (100000000000))
    *us = value * SECOND_US + fraction;
  else if (value < G_GINT64_CONSTANT (100000000000000))
    *us = value * 1000 + fraction / 1000;
  else if (value < G_GINT64_CONSTANT (100000000000000000))
    *us = value;
  else
    *us = value / 1000;
  return TRUE;
}

gboolean
bs_time_text_parse (BsTimeStyle style, const char *text, gsize length, BsDateCache *cache, BsTimeText *time)
{
  const char *p = text;
  const char *end = text + length;
  gint64 date_us, clock_us = 0, offset_us = 0;
  gboolean has_offset = FALSE;

  /* An epoch has no place where a date has its separator, and not a date's eight digits. */
  if (style == BS_TIME_STYLE_ANY && length != 8 && length > 5 && is_digit (text[4]) && is_digit (text[5])
      && !(length > 8 && !is_digit (text[8]) && text[8] != '.'))
    {
      time->is_utc = TRUE;
      time->is_date = FALSE;
      return parse_epoch (text, length, &time->us) && time->us >= MIN_TIME_US && time->us < MAX_TIME_US;
    }

  if (!take_date (style, &p, end, cache, &date_us))
    return FALSE;
  time->is_date = p == end;
  if (p < end)
    {
      if (*p != ' ' && (style != BS_TIME_STYLE_ANY || (*p != 'T' && *p != 't')))
        return FALSE;
      p++;
      if (!take_clock (style, &p, end, &clock_us))
        return FALSE;
      if (style == BS_TIME_STYLE_ANY)
        {
          /* pandas writes a blank before the offset of some zones */
          if (end - p > 1 && *p == ' ')
            p++;
          if (!take_offset (&p, end, &has_offset, &offset_us))
            return FALSE;
        }
    }
  if (p != end)
    return FALSE;

  time->us = date_us + clock_us - offset_us;
  time->is_utc = has_offset;
  return TRUE;
}

gboolean
bs_time_text_parse_clock (BsTimeStyle style, const char *text, gsize length, gint64 *us)
{
  const char *p = text;
  const char *end = text + length;

  return take_clock (style, &p, end, us) && p == end;
}
