#include "app/commands/bs-iso-time.h"

gsize
bs_iso_time_format (char text[BS_ISO_TIME_SIZE], gint64 time_us)
{
  gint64 seconds = time_us / G_USEC_PER_SEC - (time_us % G_USEC_PER_SEC < 0 ? 1 : 0);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *date = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  int fraction_us = (int) (time_us - seconds * G_USEC_PER_SEC);
  return (gsize) (fraction_us == 0 ? g_snprintf (text, BS_ISO_TIME_SIZE, "%sZ", date)
                                   : g_snprintf (text, BS_ISO_TIME_SIZE, "%s.%06dZ", date, fraction_us));
}
