/* test-bar-time.c: times as files write them, and local clocks to UTC */
#include <string.h>

#include "app/feeds/bs-time-text.h"
#include "app/feeds/bs-zone.h"

#define SECOND_US ((gint64) G_USEC_PER_SEC)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (3600 * SECOND_US)

/* 2024-01-02 09:31 */
#define MORNING_US (1704187860 * SECOND_US)

typedef struct
{
  BsTimeStyle style;
  const char *text;
  gint64 us;
  gboolean is_utc;
} TimeCase;

static void
test_read (void)
{
  static const TimeCase cases[] = {
    { BS_TIME_STYLE_ANY, "2024-01-02T09:31:00", MORNING_US, FALSE },
    { BS_TIME_STYLE_ANY, "2024-01-02t09:31:00z", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02 09:31", MORNING_US, FALSE },
    { BS_TIME_STYLE_ANY, "2024-01-02 9:31", MORNING_US, FALSE },
    { BS_TIME_STYLE_ANY, "2024-1-2 09:31:00", MORNING_US, FALSE },
    { BS_TIME_STYLE_ANY, "2024/01/02 09:31:00", MORNING_US, FALSE },
    { BS_TIME_STYLE_ANY, "2024.01.02 09:31:00", MORNING_US, FALSE },
    { BS_TIME_STYLE_ANY, "20240102 093100", MORNING_US, FALSE },
    { BS_TIME_STYLE_ANY, "20240102T093100Z", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02T10:31:00+01:00", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02T04:31:00-0500", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02 04:31:00 -05:00", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02T10:31:00+01", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02T15:01:00+05:30", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02T09:31:00.25", MORNING_US + 250000, FALSE },
    { BS_TIME_STYLE_ANY, "2024-01-02T09:31:00.123456789Z", MORNING_US + 123456, TRUE },
    { BS_TIME_STYLE_ANY, "2024-01-02", MORNING_US - 9 * HOUR_US - 31 * MINUTE_US, FALSE },
    { BS_TIME_STYLE_ANY, "20240102", MORNING_US - 9 * HOUR_US - 31 * MINUTE_US, FALSE },
    { BS_TIME_STYLE_ANY, "2024-01-01 24:00", MORNING_US - 9 * HOUR_US - 31 * MINUTE_US, FALSE },
    { BS_TIME_STYLE_ANY, "1704187860", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "1704187860.5", MORNING_US + 500000, TRUE },
    { BS_TIME_STYLE_ANY, "1704187860000", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "1704187860000000", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "1704187860000000000", MORNING_US, TRUE },
    { BS_TIME_STYLE_ANY, "1969-12-31 23:59:59", -SECOND_US, FALSE },
    { BS_TIME_STYLE_ANY, "1800-01-01", -62091 * 24 * HOUR_US, FALSE },
    { BS_TIME_STYLE_ANY, "2199-12-31", 84005 * 24 * HOUR_US, FALSE },
    { BS_TIME_STYLE_ANY, "2024-02-29", 19782 * 24 * HOUR_US, FALSE },
    { BS_TIME_STYLE_ANY, "2000-02-29", 11016 * 24 * HOUR_US, FALSE },
    { BS_TIME_STYLE_COMPACT, "20240102 093100", MORNING_US, FALSE },
    { BS_TIME_STYLE_COMPACT, "20240102", MORNING_US - 9 * HOUR_US - 31 * MINUTE_US, FALSE },
    { BS_TIME_STYLE_DOTTED, "2024.01.02 09:31:00", MORNING_US, FALSE },
    { BS_TIME_STYLE_DOTTED, "2024.01.02 09:31", MORNING_US, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BsDateCache cache = { 0 };
      BsTimeText time;
      /* twice: the second time the date is remembered */
      for (guint pass = 0; pass < 2; pass++)
        {
          if (!bs_time_text_parse (cases[i].style, cases[i].text, strlen (cases[i].text), &cache, &time))
            g_error ("'%s' was refused", cases[i].text);
          if (time.us != cases[i].us || time.is_utc != cases[i].is_utc)
            g_error ("'%s': %" G_GINT64_FORMAT " us, UTC %d", cases[i].text, time.us, time.is_utc);
        }
    }
}

static void
test_refused (void)
{
  static const TimeCase cases[] = {
    { BS_TIME_STYLE_ANY, "" },
    { BS_TIME_STYLE_ANY, "2024" },
    { BS_TIME_STYLE_ANY, "2024-" },
    { BS_TIME_STYLE_ANY, "2024-13-01" },
    { BS_TIME_STYLE_ANY, "2024-00-01" },
    { BS_TIME_STYLE_ANY, "2024-01-00" },
    { BS_TIME_STYLE_ANY, "2024-01-32" },
    { BS_TIME_STYLE_ANY, "2023-02-29" },
    { BS_TIME_STYLE_ANY, "1900-02-29" },
    { BS_TIME_STYLE_ANY, "1799-12-31" },
    { BS_TIME_STYLE_ANY, "2200-01-01" },
    { BS_TIME_STYLE_ANY, "2024-01/02" },
    { BS_TIME_STYLE_ANY, "01/02/2024 09:31" },
    { BS_TIME_STYLE_ANY, "2024-01-02X09:31" },
    { BS_TIME_STYLE_ANY, "2024-01-02 " },
    { BS_TIME_STYLE_ANY, "2024-01-02 24:01" },
    { BS_TIME_STYLE_ANY, "2024-01-02 25:00" },
    { BS_TIME_STYLE_ANY, "2024-01-02 09:60" },
    { BS_TIME_STYLE_ANY, "2024-01-02 09:31:60" },
    { BS_TIME_STYLE_ANY, "2024-01-02 09:31:00." },
    { BS_TIME_STYLE_ANY, "2024-01-02 09:31:00.1234567890" },
    { BS_TIME_STYLE_ANY, "2024-01-02 09:31:00 AM" },
    { BS_TIME_STYLE_ANY, "2024-01-02T09:31:00+1" },
    { BS_TIME_STYLE_ANY, "2024-01-02T09:31:00+16:00" },
    { BS_TIME_STYLE_ANY, "2024-01-02T09:31:00+01:60" },
    { BS_TIME_STYLE_ANY, "2024-01-02T09:31:00Zx" },
    { BS_TIME_STYLE_ANY, "2024-01-02T" },
    { BS_TIME_STYLE_ANY, "202401" },
    { BS_TIME_STYLE_ANY, "12345" },
    { BS_TIME_STYLE_ANY, "99999999999999999999" },
    { BS_TIME_STYLE_ANY, "1704187860x" },
    { BS_TIME_STYLE_ANY, "-1704187860" },
    { BS_TIME_STYLE_ANY, "1.704e9" },
    { BS_TIME_STYLE_ANY, "NaT" },
    { BS_TIME_STYLE_COMPACT, "2024-01-02 09:31:00" },
    { BS_TIME_STYLE_COMPACT, "20240102 0931" },
    { BS_TIME_STYLE_COMPACT, "20240102T093100" },
    { BS_TIME_STYLE_COMPACT, "20240102 093100 0500000" },
    { BS_TIME_STYLE_COMPACT, "1704187860" },
    { BS_TIME_STYLE_DOTTED, "2024-01-02 09:31:00" },
    { BS_TIME_STYLE_DOTTED, "2024.01.02T09:31:00" },
    { BS_TIME_STYLE_DOTTED, "2024.01.02 09:31:00Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BsDateCache cache = { 0 };
      BsTimeText time;
      if (bs_time_text_parse (cases[i].style, cases[i].text, strlen (cases[i].text), &cache, &time))
        g_error ("'%s' was taken", cases[i].text);
    }
}

/* Another day that starts like the remembered one. */
static void
test_date_cache (void)
{
  BsDateCache cache = { 0 };
  BsTimeText time;

  g_assert_true (bs_time_text_parse (BS_TIME_STYLE_ANY, "2024-1-2", 8, &cache, &time));
  g_assert_true (bs_time_text_parse (BS_TIME_STYLE_ANY, "2024-1-23", 9, &cache, &time));
  g_assert_cmpint (time.us, ==, 19745 * 24 * HOUR_US);
  g_assert_false (bs_time_text_parse (BS_TIME_STYLE_ANY, "2024-1-233", 10, &cache, &time));
}

static void
test_every_day (void)
{
  g_autoptr (GDateTime) day = g_date_time_new_utc (1800, 1, 1, 0, 0, 0);
  BsDateCache cache = { 0 };
  BsTimeText time;

  while (g_date_time_get_year (day) < 2200)
    {
      g_autofree char *text = g_date_time_format (day, "%Y-%m-%d");
      g_assert_true (bs_time_text_parse (BS_TIME_STYLE_ANY, text, strlen (text), &cache, &time));
      g_assert_cmpint (time.us, ==, g_date_time_to_unix (day) * SECOND_US);
      GDateTime *next = g_date_time_add_days (day, 1);
      g_date_time_unref (day);
      day = next;
    }
}

static gint64
parse (const char *text)
{
  BsDateCache cache = { 0 };
  BsTimeText time;

  g_assert_true (bs_time_text_parse (BS_TIME_STYLE_ANY, text, strlen (text), &cache, &time));
  return time.us;
}

static void
test_zone_names (void)
{
  static const char *const good[] = { "UTC", "+01:00", "-05:00", "America/New_York", "Europe/Berlin", "local" };
  static const char *const bad[]
    = { "", "Nowhere/City", "../../etc/passwd", "/etc/localtime", "Europe/../UTC", "a b", "America/New_York\n" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (BsZone) zone = bs_zone_new (good[i]);
      g_assert_nonnull (zone);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (bs_zone_new (bad[i]));
}

static void
test_zone_plain (void)
{
  static const struct
  {
    const char *zone;
    const char *local;
    const char *utc;
  } cases[] = {
    { "UTC", "2024-07-01 12:00", "2024-07-01 12:00" },
    { "+01:00", "2024-07-01 12:00", "2024-07-01 11:00" },
    { "-05:00", "2024-07-01 12:00", "2024-07-01 17:00" },
    { "America/New_York", "2024-01-02 09:30", "2024-01-02 14:30" },
    { "America/New_York", "2024-07-02 09:30", "2024-07-02 13:30" },
    { "America/New_York", "2024-03-10 01:59:59", "2024-03-10 06:59:59" },
    { "America/New_York", "2024-03-10 03:00", "2024-03-10 07:00" },
    { "America/New_York", "2024-11-03 00:59", "2024-11-03 04:59" },
    { "America/New_York", "2024-11-03 01:30", "2024-11-03 05:30" },
    { "America/New_York", "2024-11-03 02:00", "2024-11-03 07:00" },
    { "Europe/Berlin", "2024-03-31 01:59", "2024-03-31 00:59" },
    { "Europe/Berlin", "2024-03-31 03:00", "2024-03-31 01:00" },
    { "Australia/Lord_Howe", "2024-04-07 01:20", "2024-04-06 14:20" },
    { "Australia/Lord_Howe", "2024-04-07 02:00", "2024-04-06 15:30" },
    { "Asia/Kolkata", "2024-07-01 09:15", "2024-07-01 03:45" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BsZone) zone = bs_zone_new (cases[i].zone);
      gint64 utc;
      g_assert_true (bs_zone_to_utc (zone, parse (cases[i].local), &utc));
      if (utc != parse (cases[i].utc))
        g_error ("%s in %s", cases[i].local, cases[i].zone);
    }
}

static void
test_zone_put_forward (void)
{
  g_autoptr (BsZone) new_york = bs_zone_new ("America/New_York");
  g_autoptr (BsZone) lord_howe = bs_zone_new ("Australia/Lord_Howe");
  gint64 utc;

  g_assert_false (bs_zone_to_utc (new_york, parse ("2024-03-10 02:00"), &utc));
  g_assert_false (bs_zone_to_utc (new_york, parse ("2024-03-10 02:59:59"), &utc));
  g_assert_false (bs_zone_to_utc (lord_howe, parse ("2024-10-06 02:15"), &utc));
  g_assert_true (bs_zone_to_utc (lord_howe, parse ("2024-10-06 02:30"), &utc));
}

/* Bars all through the night in which the clock is put back: each must come out one step after the last. */
static void
walk_autumn (const char *name, const char *start, gint64 step_us, guint n)
{
  g_autoptr (BsZone) zone = bs_zone_new (name);
  g_autoptr (GTimeZone) tz = g_time_zone_new_identifier (name);
  gint64 utc, expected;

  g_assert_true (bs_zone_to_utc (zone, parse (start), &expected));
  for (guint i = 0; i < n; i++, expected += step_us)
    {
      g_autoptr (GDateTime) instant = g_date_time_new_from_unix_utc (expected / SECOND_US);
      g_autoptr (GDateTime) local = g_date_time_to_timezone (instant, tz);
      gint64 local_us = expected + g_date_time_get_utc_offset (local);
      g_assert_true (bs_zone_to_utc (zone, local_us, &utc));
      g_assert_cmpint (utc, ==, expected);
      bs_zone_taken (zone, local_us, utc);
    }
}

static void
test_zone_put_back (void)
{
  walk_autumn ("America/New_York", "2024-11-02 20:00", MINUTE_US, 800);
  walk_autumn ("America/New_York", "2024-11-02 20:00", 5 * MINUTE_US, 200);
  walk_autumn ("America/New_York", "2024-11-02 20:00", 30 * MINUTE_US, 40);
  walk_autumn ("America/New_York", "2024-11-02 20:00", HOUR_US, 20);
  walk_autumn ("Europe/Berlin", "2024-10-26 20:00", 15 * MINUTE_US, 60);
  walk_autumn ("Europe/Berlin", "2024-10-26 20:00", HOUR_US, 20);
  walk_autumn ("Australia/Lord_Howe", "2024-04-06 20:00", MINUTE_US, 800);
}

/* A row that comes twice within the first pass, or a little late, is no sign that the clock was put back. */
static void
test_zone_late_row (void)
{
  g_autoptr (BsZone) zone = bs_zone_new ("America/New_York");
  gint64 utc, again;

  for (guint i = 0; i < 40; i++)
    {
      gint64 local_us = parse ("2024-11-03 01:00") + i * MINUTE_US;
      g_assert_true (bs_zone_to_utc (zone, local_us, &utc));
      bs_zone_taken (zone, local_us, utc);
    }
  g_assert_true (bs_zone_to_utc (zone, parse ("2024-11-03 01:39"), &again));
  g_assert_cmpint (again, ==, utc);
  g_assert_true (bs_zone_to_utc (zone, parse ("2024-11-03 01:35"), &again));
  g_assert_cmpint (again, <, utc);
  g_assert_true (bs_zone_to_utc (zone, parse ("2024-11-03 01:40"), &again));
  g_assert_cmpint (again, ==, utc + MINUTE_US);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time-text/read", test_read);
  g_test_add_func ("/time-text/refused", test_refused);
  g_test_add_func ("/time-text/date-cache", test_date_cache);
  g_test_add_func ("/time-text/every-day", test_every_day);
  g_test_add_func ("/zone/names", test_zone_names);
  g_test_add_func ("/zone/plain", test_zone_plain);
  g_test_add_func ("/zone/put-forward", test_zone_put_forward);
  g_test_add_func ("/zone/put-back", test_zone_put_back);
  g_test_add_func ("/zone/late-row", test_zone_late_row);
  return g_test_run ();
}
