/* bs-time-axis.c: where a gapless time axis gets its labels and session breaks, and what they say */
#include "ui/chart/bs-time-axis.h"

#include "ui/chart/bs-time-places.h"

#include <math.h>
#include <string.h>

#define DAY_SECONDS G_GINT64_CONSTANT (86400)
#define WEEK_SECONDS (7 * DAY_SECONDS)
/** Days from 0001-01-01, which GDate counts as 1, to 1970-01-01. */
#define EPOCH_JULIAN 719163
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
#define EPOCH_WEEKDAY 3
#define SESSION_BREAK_US (30 * 60 * G_TIME_SPAN_SECOND)
/** More bars than this in view and session breaks would be nothing but noise. */
#define MAX_BARS_WITH_BREAKS 20000

/** A unit that labels may fall on: so many seconds (at most a week), or so many months. */
typedef struct
{
  gint64 seconds;
  guint months;
} Unit;

/* Each divides the next, weeks and months aside. */
static const Unit units[] = {
  { 1 },           { 5 },
  { 15 },          { 30 }, /* seconds */
  { 60 },          { 300 },
  { 900 },         { 1800 }, /* minutes */
  { 3600 },        { 7200 },
  { 14400 },       { 43200 },        /* hours */
  { DAY_SECONDS }, { WEEK_SECONDS }, /* days */
  { 0, 1 },        { 0, 3 },
  { 0, 6 },        { 0, 12 },
  { 0, 24 },       { 0, 60 },
  { 0, 120 },
};

#define LEVEL_MINUTE 4

static double
unit_seconds (const Unit *unit)
{
  return unit->months > 0 ? unit->months * 30.44 * DAY_SECONDS : (double) unit->seconds;
}

static gint64
floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

static gint64
local_seconds (gint64 time_us, GTimeZone *zone)
{
  gint64 seconds = floor_div (time_us, G_TIME_SPAN_SECOND);

  return seconds + g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds));
}

static gint64
utc_us (gint64 local, GTimeZone *zone)
{
  gint64 adjusted = local;
  int interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_STANDARD, &adjusted);

  return (adjusted - g_time_zone_get_offset (zone, interval)) * G_TIME_SPAN_SECOND;
}

/* Months since year 0 of a local time, and back: the start of that month. */
static gint64
month_of (gint64 local)
{
  GDate date;
  gint64 julian = CLAMP (floor_div (local, DAY_SECONDS) + EPOCH_JULIAN, 1, 3000000);

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) julian);
  return (gint64) g_date_get_year (&date) * 12 + g_date_get_month (&date) - 1;
}

static gint64
month_start (gint64 month)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 1, (GDateMonth) (month % 12 + 1), (GDateYear) CLAMP (month / 12, 1, 9000));
  return ((gint64) g_date_get_julian (&date) - EPOCH_JULIAN) * DAY_SECONDS;
}

/* Start of the unit that @local is in, @steps units on. */
static gint64
unit_start (const Unit *unit, gint64 local, int steps)
{
  gint64 offset = unit->seconds == WEEK_SECONDS ? EPOCH_WEEKDAY * DAY_SECONDS : 0;

  if (unit->months > 0)
    return month_start ((floor_div (month_of (local), unit->months) + steps) * unit->months);
  return (floor_div (local + offset, unit->seconds) + steps) * unit->seconds - offset;
}

/* How long a bar is, seconds: as the data say, or the shortest distance among the newest in view. */
static double
bar_seconds (BsChartData *data, guint64 from, guint64 to)
{
  gint64 length = bs_chart_data_bar_length (data);

  if (length <= 0)
    {
      length = G_MAXINT64;
      for (guint64 i = to - MIN (to - from, 50) + 1; i < to; i++)
        length = MIN (length, bs_chart_data_time (data, i) - bs_chart_data_time (data, i - 1));
      if (length == G_MAXINT64)
        length = 60 * G_TIME_SPAN_SECOND;
    }
  return MAX ((double) length / G_TIME_SPAN_SECOND, 1e-3);
}

/* What a label tells: the largest thing that its bar begins. */
typedef enum
{
  TELLS_TIME,
  TELLS_DAY,
  TELLS_MONTH,
  TELLS_YEAR,
} Tells;

static Tells
tells (gint64 time_us, gint64 previous_us, GTimeZone *zone)
{
  gint64 here = local_seconds (time_us, zone), before = local_seconds (previous_us, zone);
  gint64 month = month_of (here), month_before = month_of (before);

  if (month / 12 != month_before / 12)
    return TELLS_YEAR;
  if (month != month_before)
    return TELLS_MONTH;
  return floor_div (here, DAY_SECONDS) != floor_div (before, DAY_SECONDS) ? TELLS_DAY : TELLS_TIME;
}

static void
write_label (BsTimeTick *tick, Tells what, gint64 time_us, gboolean intraday, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (floor_div (time_us, G_TIME_SPAN_SECOND));
  g_autoptr (GDateTime) time = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autofree char *text = NULL;
  const char *format = tick->level < LEVEL_MINUTE ? "%H:%M:%S" : "%H:%M";

  if (what == TELLS_YEAR)
    format = "%Y";
  else if (what == TELLS_MONTH)
    format = "%b";
  else if (what == TELLS_DAY)
    format = intraday ? "%a %-d" : "%-d";
  text = time != NULL ? g_date_time_format (time, format) : NULL;
  g_strlcpy (tick->label, text != NULL ? text : "", sizeof tick->label);
}

/* Puts @tick among the @n ticks in order, unless one is nearer than @min_distance. */
static guint
insert (BsTimeTick *ticks, guint n, const BsChartView *view, const BsTimeTick *tick, double min_distance)
{
  guint at = n;

  while (at > 0 && ticks[at - 1].place > tick->place)
    at--;
  if (at > 0 && (tick->place - ticks[at - 1].place) * view->bar_width < min_distance)
    return n;
  if (at < n && (ticks[at].place - tick->place) * view->bar_width < min_distance)
    return n;
  memmove (&ticks[at + 1], &ticks[at], (n - at) * sizeof *ticks);
  ticks[at] = *tick;
  return n + 1;
}

/* Within a session bars follow each other; over days and weeks the hours without bars count. */
static double
pixels_per_second (const Unit *unit, double nominal, double average, double span)
{
  double seconds = unit_seconds (unit);

  return seconds >= DAY_SECONDS && span > 3 * seconds ? average : MAX (nominal, average);
}

guint
bs_time_axis_ticks (BsChartData *data, const BsChartView *view, GTimeZone *zone, double min_distance, BsTimeTick *ticks,
                    guint max)
{
  guint64 from, to, first = bs_chart_data_first (data), end = bs_chart_data_end (data);
  double seconds, nominal, average;
  gint64 start, stop;
  gboolean true_time;
  Tells tick_tells[BS_TIME_AXIS_MAX_TICKS], least = TELLS_YEAR;
  guint n = 0;

  max = MIN (max, BS_TIME_AXIS_MAX_TICKS);
  bs_chart_view_visible (view, &from, &to);
  from = MAX (from, first);
  to = MIN (to, end);
  if (from >= to || max == 0)
    return 0;

  seconds = bar_seconds (data, from, to);
  nominal = view->bar_width / seconds;
  true_time = view->places == &bs_time_places;
  start = true_time ? bs_time_places_time_of (data, bs_chart_view_bar_at (view, 0)) : bs_chart_data_time (data, from);
  stop = true_time ? bs_time_places_time_of (data, view->right) : bs_chart_data_time (data, to - 1);
  average = true_time ? nominal
    : stop > start ? view->bar_width * (double) (to - 1 - from) / ((double) (stop - start) / G_TIME_SPAN_SECOND) : 0;

  for (guint k = G_N_ELEMENTS (units); k-- > 0 && n < max;)
    {
      const Unit *unit = &units[k];
      gint64 boundary;

      /* Labels of this unit would all be too close: those of smaller ones too. */
      if (unit_seconds (unit) * pixels_per_second (unit, nominal, average, (double) (stop - start) / G_TIME_SPAN_SECOND)
          < min_distance)
        break;
      /* Begin where a larger unit began, so that the choice does not depend on how far the view is panned. */
      boundary = unit_start (unit, local_seconds (start, zone), 0);
      if (k + 1 < G_N_ELEMENTS (units))
        boundary = unit_start (&units[k + 1], boundary, 0);
      for (guint tries = 0; tries < 4 * max && n < max; tries++)
        {
          gint64 time_us = utc_us (boundary, zone), next;
          BsTimeTick tick = { .level = k };

          tick.bar = bs_chart_data_find_time (data, time_us);
          tick.place = true_time ? bs_time_places_of_time (data, time_us) : (double) tick.bar + 0.5;
          if (true_time ? tick.place >= view->right : tick.bar >= to)
            break;
          tick.time_us = true_time ? time_us : bs_chart_data_time (data, tick.bar);
          n = insert (ticks, n, view, &tick, min_distance);
          next = unit_start (unit, local_seconds (tick.time_us, zone), 1);
          boundary = next > boundary ? next : unit_start (unit, boundary, 1);
        }
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 time_us = ticks[i].time_us;

      /* Nothing is known of what was before the first bar: its label tells its time. */
      tick_tells[i] = true_time               ? tells (time_us, time_us - 1, zone)
                      : ticks[i].bar > first  ? tells (time_us, bs_chart_data_time (data, ticks[i].bar - 1), zone)
                      : seconds < DAY_SECONDS ? TELLS_TIME
                                              : TELLS_DAY;
      least = MIN (least, tick_tells[i]);
      write_label (&ticks[i], tick_tells[i], time_us, seconds < DAY_SECONDS, zone);
    }
  for (guint i = 0; i < n; i++)
    ticks[i].major = tick_tells[i] > least;
  return n;
}

gint64
bs_time_axis_break_length (gint64 bar_length_us)
{
  if (bar_length_us >= DAY_SECONDS * G_TIME_SPAN_SECOND)
    return G_MAXINT64;
  return MAX (SESSION_BREAK_US, 2 * bar_length_us);
}

guint
bs_time_axis_breaks (BsChartData *data, const BsChartView *view, double min_distance, guint64 *bars, guint max)
{
  guint64 from, to;
  guint n = 0;
  gint64 least;

  bs_chart_view_visible (view, &from, &to);
  from = MAX (from, bs_chart_data_first (data));
  to = MIN (to, bs_chart_data_end (data));
  if (to < from + 2 || to - from > MAX_BARS_WITH_BREAKS)
    return 0;
  least = bs_time_axis_break_length ((gint64) (bar_seconds (data, from, to) * G_TIME_SPAN_SECOND));
  if (least == G_MAXINT64)
    return 0;
  max = MIN (max, (guint) (view->width / min_distance));
  for (guint64 i = from + 1; i < to; i++)
    if (bs_chart_data_time (data, i) - bs_chart_data_time (data, i - 1) > least)
      {
        if (n == max)
          return 0;
        bars[n++] = i;
      }
  return n;
}

const char *
bs_time_axis_format (gint64 time_us, gint64 bar_length_us, GTimeZone *zone, char *buffer)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (floor_div (time_us, G_TIME_SPAN_SECOND));
  g_autoptr (GDateTime) time = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autofree char *text = NULL;
  const char *format = "%a %-d %b %Y  %H:%M";

  if (bar_length_us >= DAY_SECONDS * G_TIME_SPAN_SECOND)
    format = "%a %-d %b %Y";
  else if (time_us % (60 * G_TIME_SPAN_SECOND) != 0)
    format = "%a %-d %b %Y  %H:%M:%S";
  text = time != NULL ? g_date_time_format (time, format) : NULL;
  g_strlcpy (buffer, text != NULL ? text : "–", BS_TIME_LABEL_LENGTH);
  return buffer;
}

const char *
bs_time_axis_zone_name (gint64 time_us, GTimeZone *zone)
{
  gint64 seconds = floor_div (time_us, G_TIME_SPAN_SECOND);

  return g_time_zone_get_abbreviation (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds));
}
