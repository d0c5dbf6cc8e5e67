/* bs-chart-view.c: the time axis: which bars are where on the screen */
#include "ui/chart/bs-chart-view.h"

#include <math.h>

/** Room to the right of the newest bar, logical pixels: the eye needs some, and the next bars do. */
#define RIGHT_MARGIN_PX 36

void
bs_chart_view_init (BsChartView *self)
{
  *self = (BsChartView){
    .bar_width = BS_CHART_VIEW_DEFAULT_BAR_WIDTH,
    .width = 1,
    .scale = 1,
    .follow = TRUE,
  };
}

double
bs_chart_view_place (const BsChartView *self, guint64 index)
{
  return self->places != NULL ? self->places->place (self->places_data, index) : (double) index;
}

guint64
bs_chart_view_find (const BsChartView *self, double coordinate)
{
  if (self->places != NULL && self->end > self->first)
    return CLAMP (self->places->find (self->places_data, coordinate), self->first, self->end);
  return (guint64) CLAMP (ceil (coordinate), (double) self->first, (double) self->end);
}

/* Bar coordinates of where the oldest bar begins and the newest ends. */
static double
oldest_place (const BsChartView *self)
{
  return self->end > self->first ? bs_chart_view_place (self, self->first) : 0;
}

static double
newest_place (const BsChartView *self)
{
  return self->end > self->first ? bs_chart_view_place (self, self->end - 1) + 1 : 0;
}

static double
newest_right (const BsChartView *self)
{
  double margin = MIN (RIGHT_MARGIN_PX * self->scale, self->width / 4);

  return newest_place (self) + margin / self->bar_width;
}

/* So narrow that all bars are seen, but not narrower than at first where they are few. */
static double
min_bar_width (const BsChartView *self)
{
  double margin = MIN (RIGHT_MARGIN_PX * self->scale, self->width / 4);
  double all = (self->width - margin) / MAX (newest_place (self) - oldest_place (self), 1);

  return MIN (all, BS_CHART_VIEW_DEFAULT_BAR_WIDTH * self->scale);
}

/* Nothing empty comes into view on either side, but where there are too few bars to fill it: then on the left. */
static void
clamp (BsChartView *self)
{
  double newest, oldest;

  self->bar_width = CLAMP (self->bar_width, min_bar_width (self), BS_CHART_VIEW_MAX_BAR_WIDTH * self->scale);
  newest = newest_right (self);
  oldest = MIN (oldest_place (self) + self->width / self->bar_width, newest);
  self->right = self->follow ? newest : CLAMP (self->right, oldest, newest);
}

void
bs_chart_view_set_size (BsChartView *self, int width, int scale)
{
  scale = MAX (scale, 1);
  if (scale != self->scale)
    self->bar_width *= (double) scale / self->scale;
  self->scale = scale;
  self->width = MAX (width, 1);
  clamp (self);
}

void
bs_chart_view_set_range (BsChartView *self, guint64 first, guint64 end)
{
  self->first = first;
  self->end = MAX (first, end);
  clamp (self);
}

/* Where bar coordinate 0 would be, in whole pixels. */
static double
origin (const BsChartView *self)
{
  return self->width - round (self->right * self->bar_width);
}

gint64
bs_chart_view_left (const BsChartView *self)
{
  return -(gint64) origin (self);
}

double
bs_chart_view_x (const BsChartView *self, double bar)
{
  return bar * self->bar_width + origin (self);
}

int
bs_chart_view_center (const BsChartView *self, guint64 index)
{
  return (int) floor (bs_chart_view_x (self, bs_chart_view_place (self, index) + 0.5));
}

double
bs_chart_view_bar_at (const BsChartView *self, double x)
{
  return (x - origin (self)) / self->bar_width;
}

gboolean
bs_chart_view_nearest (const BsChartView *self, double x, guint64 *index)
{
  double coordinate = bs_chart_view_bar_at (self, x);
  guint64 next;

  if (self->end == self->first)
    return FALSE;
  if (self->places == NULL)
    {
      *index = (guint64) CLAMP (floor (coordinate), (double) self->first, (double) (self->end - 1));
      return TRUE;
    }
  /* The one that the middle of a slot there would be nearest to. */
  next = MIN (bs_chart_view_find (self, coordinate - 0.5), self->end - 1);
  if (next > self->first
      && coordinate - 0.5 - bs_chart_view_place (self, next - 1) < bs_chart_view_place (self, next) - coordinate + 0.5)
    next--;
  *index = next;
  return TRUE;
}

void
bs_chart_view_visible (const BsChartView *self, guint64 *from, guint64 *to)
{
  double left = bs_chart_view_bar_at (self, 0), right = bs_chart_view_bar_at (self, self->width);

  if (self->places == NULL)
    {
      *from = (guint64) CLAMP (floor (left), (double) self->first, (double) self->end);
      *to = (guint64) CLAMP (ceil (right), (double) *from, (double) self->end);
      return;
    }
  *from = bs_chart_view_find (self, left - 1);
  if (*from < self->end && bs_chart_view_place (self, *from) + 1 <= left)
    (*from)++;
  *to = MAX (bs_chart_view_find (self, right), *from);
}

void
bs_chart_view_set_places (BsChartView *self, const BsChartPlaces *places, gconstpointer data)
{
  guint64 middle = 0;
  gboolean any;

  if (self->places == places && self->places_data == data)
    return;
  any = bs_chart_view_nearest (self, self->width / 2.0, &middle);
  self->places = places;
  self->places_data = data;
  if (any && !self->follow)
    bs_chart_view_center_on (self, middle);
  clamp (self);
}

/* Whoever comes back to the newest bar follows it again. */
static void
move_right_edge (BsChartView *self, double right)
{
  self->right = right;
  self->follow = FALSE;
  clamp (self);
  self->follow = (newest_right (self) - self->right) * self->bar_width < 0.5;
  clamp (self);
}

void
bs_chart_view_zoom (BsChartView *self, double factor, double x)
{
  double bar = bs_chart_view_bar_at (self, x);

  self->bar_width = CLAMP (self->bar_width * factor, min_bar_width (self), BS_CHART_VIEW_MAX_BAR_WIDTH * self->scale);
  move_right_edge (self, bar + (self->width - x) / self->bar_width);
}

void
bs_chart_view_show (BsChartView *self, guint64 from, guint64 to, gboolean follow)
{
  double left = bs_chart_view_place (self, from), right = bs_chart_view_place (self, to) + 1;
  double margin = follow ? MIN (RIGHT_MARGIN_PX * self->scale, self->width / 4) : 0;

  self->bar_width = MAX (self->width - margin, 1) / MAX (right - left, 1);
  self->follow = follow;
  self->right = right;
  clamp (self);
}

void
bs_chart_view_pan (BsChartView *self, double bars)
{
  move_right_edge (self, self->right + bars);
}

void
bs_chart_view_go_to_newest (BsChartView *self)
{
  self->follow = TRUE;
  clamp (self);
}

void
bs_chart_view_go_to_oldest (BsChartView *self)
{
  move_right_edge (self, oldest_place (self) + self->width / self->bar_width);
}

void
bs_chart_view_center_on (BsChartView *self, guint64 index)
{
  move_right_edge (self, bs_chart_view_place (self, index) + 0.5 + self->width / self->bar_width / 2);
}

void
bs_chart_view_show_all (BsChartView *self)
{
  self->bar_width = min_bar_width (self);
  self->follow = TRUE;
  clamp (self);
}

void
bs_chart_view_reset (BsChartView *self)
{
  self->bar_width = BS_CHART_VIEW_DEFAULT_BAR_WIDTH * self->scale;
  self->follow = TRUE;
  clamp (self);
}
