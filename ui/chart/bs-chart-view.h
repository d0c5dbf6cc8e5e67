/* bs-chart-view.h: the time axis: which bars are where on the screen */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Where bars are that are not equally spaced. */
typedef struct
{
  /* Bar coordinate at which the slot of bar @index begins; each slot is 1 wide. Ascending. */
  double (*place) (gconstpointer data, guint64 index);
  /* The first bar whose slot begins at @coordinate or later; one past the newest where there is none. */
  guint64 (*find) (gconstpointer data, double coordinate);
} BsChartPlaces;

/**
 * BsChartView:
 *
 * Bars are equally spaced, whatever time lies between them, unless there are @places. A bar coordinate is a bar's index
 * plus how far into its slot: bar i covers i..i+1; with @places, place (i)..place (i)+1. Pixels are device pixels from the left of the plot. The picture moves by whole pixels
 * only, so that a bar looks the same wherever it is panned to. A plain struct: no GTK, no data.
 */
typedef struct
{
  guint64 first, end; /* bars that there are */
  double bar_width;   /* pixels a bar */
  double right;       /* bar coordinate at the right edge */
  int width;          /* of the plot, pixels */
  int scale;          /* device pixels in a logical one */
  gboolean follow;    /* the newest bar stays in view */
  const BsChartPlaces *places; /* (nullable) */
  gconstpointer places_data;
} BsChartView;

/** Logical pixels a bar has at first and after a reset. */
#define BS_CHART_VIEW_DEFAULT_BAR_WIDTH 8.0
#define BS_CHART_VIEW_MAX_BAR_WIDTH 80.0

/** Shows bars @from..@to and no more where their slots can be so wide; with @follow as many that end with the newest. */
void bs_chart_view_show (BsChartView *self, guint64 from, guint64 to, gboolean follow);

void bs_chart_view_init (BsChartView *self);

/** Tells how large the plot is, device pixels, and its scale. The right edge keeps its bar. */
void bs_chart_view_set_size (BsChartView *self, int width, int scale);
/** Tells which bars there are. Following, the newest comes into view. */
void bs_chart_view_set_range (BsChartView *self, guint64 first, guint64 end);

/** Tells where the bars are; %NULL: equally spaced. What was in the middle stays there. */
void bs_chart_view_set_places (BsChartView *self, const BsChartPlaces *places, gconstpointer data);

/** Bar coordinate at which the slot of bar @index begins. */
double bs_chart_view_place (const BsChartView *self, guint64 index);
/** The first bar whose slot begins at @coordinate or later, one past the newest for none. */
guint64 bs_chart_view_find (const BsChartView *self, double coordinate);
/** Whole pixels of the axis before the left edge: of a view that is panned, all else about where bars lie stays. */
gint64 bs_chart_view_left (const BsChartView *self);
/** Pixel of a bar coordinate; not rounded, but to a grid that is the same however far the view is panned. */
double bs_chart_view_x (const BsChartView *self, double bar);
/** The pixel column that the middle of bar @index is in. */
int bs_chart_view_center (const BsChartView *self, guint64 index);
/** Bar coordinate at pixel @x; may lie outside of the bars there are. */
double bs_chart_view_bar_at (const BsChartView *self, double x);
/** The bar whose slot @x is in, or the nearest one. %FALSE where there are no bars. */
gboolean bs_chart_view_nearest (const BsChartView *self, double x, guint64 *index);
/** The bars in view, those seen in part too: from <= index < to. */
void bs_chart_view_visible (const BsChartView *self, guint64 *from, guint64 *to);

/**
 * Zooms by @factor (> 1: fewer, wider bars); what is at pixel @x stays there, but nothing empty comes into view after the
 * newest bar. Follow ends where the newest bar leaves by it, and begins where it comes back.
 */
void bs_chart_view_zoom (BsChartView *self, double factor, double x);
/** Moves by @bars, > 0 towards the newest; follow ends, and begins again at the newest bar. */
void bs_chart_view_pan (BsChartView *self, double bars);
void bs_chart_view_go_to_newest (BsChartView *self);
void bs_chart_view_go_to_oldest (BsChartView *self);
/** Brings bar @index to the middle. */
void bs_chart_view_center_on (BsChartView *self, guint64 index);
/** All bars, as wide as fits. */
void bs_chart_view_show_all (BsChartView *self);
/** The width that bars have at first, and the newest of them. */
void bs_chart_view_reset (BsChartView *self);

G_END_DECLS
