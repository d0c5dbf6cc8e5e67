/* bs-bar-time.c: the time of a bar as the panels write it */
#include "ui/bs-bar-time.h"

#include <time.h>

/* A year of five digits would be wider than the rest: 9999-12-31 is the calendar's end here. */
#define LAST_SECOND G_GINT64_CONSTANT (253402300799)

static GTimeZone *zone;

static GTimeZone *
ensure_zone (void)
{
  if (zone == NULL)
    zone = g_time_zone_new_utc ();
  return zone;
}

static gint64
seconds_of (gint64 time_us)
{
  return time_us / G_USEC_PER_SEC - (time_us % G_USEC_PER_SEC < 0);
}

gboolean
bs_bar_time_set_zone (const char *name)
{
  GTimeZone *wanted;

  if (name == NULL || *name == '\0' || g_str_equal (name, "UTC"))
    wanted = g_time_zone_new_utc ();
  else if (g_str_equal (name, "local"))
    wanted = g_time_zone_new_local ();
  else
    wanted = g_time_zone_new_identifier (name);
  if (wanted == NULL)
    return FALSE;
  g_clear_pointer (&zone, g_time_zone_unref);
  zone = wanted;
  return TRUE;
}

GTimeZone *
bs_bar_time_get_zone (void)
{
  return ensure_zone ();
}

const char *
bs_bar_time_format (char *buffer, gint64 time_us)
{
  gint64 seconds = seconds_of (time_us);
  int interval = g_time_zone_find_interval (ensure_zone (), G_TIME_TYPE_UNIVERSAL, seconds);
  time_t local = (time_t) (seconds + g_time_zone_get_offset (zone, interval));
  struct tm parts;

  /* gmtime_r() of the shifted time, not GDateTime: a log writes thousands of times a second. */
  if (local < 0 || local > LAST_SECOND || gmtime_r (&local, &parts) == NULL
      || strftime (buffer, BS_BAR_TIME_LENGTH, "%Y-%m-%d %H:%M:%S", &parts) == 0)
    g_strlcpy (buffer, "–", BS_BAR_TIME_LENGTH);
  return buffer;
}

const char *
bs_bar_time_zone (gint64 time_us)
{
  int interval = g_time_zone_find_interval (ensure_zone (), G_TIME_TYPE_UNIVERSAL, seconds_of (time_us));

  return g_time_zone_get_abbreviation (zone, interval);
}
