/* bs-time-places.c: where bars are on an axis of true time */
#include "ui/chart/bs-time-places.h"

#include <math.h>

double
bs_time_places_of_time (BsChartData *data, gint64 time_us)
{
  return (double) time_us / (double) bs_chart_data_bar_length (data);
}

gint64
bs_time_places_time_of (BsChartData *data, double coordinate)
{
  return llround (coordinate * (double) bs_chart_data_bar_length (data));
}

/* From a bar's beginning to the time that it is stamped with. */
static gint64
stamp_offset (BsChartData *data)
{
  return bs_chart_data_stamp (data) == BS_STAMP_END ? bs_chart_data_bar_length (data) : 0;
}

static double
place (gconstpointer data, guint64 index)
{
  BsChartData *bars = (gpointer) data;

  return bs_time_places_of_time (bars, bs_chart_data_time (bars, index) - stamp_offset (bars));
}

static guint64
find (gconstpointer data, double coordinate)
{
  BsChartData *bars = (gpointer) data;

  /* A millionth of a bar is rounding. */
  return bs_chart_data_find_time (bars, bs_time_places_time_of (bars, coordinate - 1e-6) + stamp_offset (bars));
}

const BsChartPlaces bs_time_places = { place, find };
