/* bs-time-text.c: the time of a bar as the panels write it */
#include "ui/bs-time-text.h"

#include <time.h>

const char *
bs_time_text_format (char *buffer, gint64 time_us)
{
  gint64 seconds = time_us / G_USEC_PER_SEC - (time_us % G_USEC_PER_SEC < 0);
  time_t when = (time_t) seconds;
  struct tm parts;

  /* localtime_r(), not GDateTime: a log binds thousands of rows a second. */
  if (localtime_r (&when, &parts) == NULL || strftime (buffer, BS_TIME_TEXT_LENGTH, "%Y-%m-%d %H:%M:%S", &parts) == 0)
    g_strlcpy (buffer, "–", BS_TIME_TEXT_LENGTH);
  return buffer;
}
