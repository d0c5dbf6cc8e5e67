/* bs-chart-canvas.h: the image of a pane, of which only what has changed is painted */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** How much of a pixel column is out of date. */
typedef enum
{
  BS_CHART_CANVAS_CLEAN,
  BS_CHART_CANVAS_FOOT, /* its lowest rows */
  BS_CHART_CANVAS_ALL
} BsChartCanvasDirt;

/**
 * BsChartCanvas:
 *
 * A ring of pixel columns: where a column lies in the image depends only on how many pixels of the time axis are before it.
 * When the view is panned, the columns that stay in view stay where they are in memory, and the others are painted over those
 * that have left. Init with zeros.
 */
typedef struct
{
  cairo_surface_t *image; /* (nullable) */
  int width, height;      /* in view, device pixels */
  int ring;               /* columns of the image, >= width */
  gint64 left;            /* pixels of the time axis before the leftmost column in view */
  guint8 *dirt;           /* [ring]: a BsChartCanvasDirt each */
} BsChartCanvas;

/** Paints columns @left <= x < @right of the view; @cr is clipped to them, a unit being a device pixel. */
typedef void (*BsChartCanvasFunc) (gpointer data, int left, int right, cairo_t *cr);

void bs_chart_canvas_clear (BsChartCanvas *self);
/** Makes it so large; all is out of date where that is another size. */
void bs_chart_canvas_resize (BsChartCanvas *self, int width, int height);
/** Moves the view: columns that come into it are out of date. */
void bs_chart_canvas_move (BsChartCanvas *self, gint64 left);
/** Columns @from <= x < @to of the view, as far as they are in it, are out of date. */
void bs_chart_canvas_add_dirt (BsChartCanvas *self, gint64 from, gint64 to, BsChartCanvasDirt dirt);
/** Paints what is out of date, in strips that the processor's cache holds. @foot: rows that BS_CHART_CANVAS_FOOT means. */
void bs_chart_canvas_paint (BsChartCanvas *self, int foot, BsChartCanvasFunc paint, gpointer data);
/**
 * bs_chart_canvas_append:
 * @bounds: where, logical pixels
 * @scale: device pixels in a logical one
 *
 * Appends a node that draws the pixels as they are at the time of drawing. Whoever paints the canvas must make a new one then,
 * and draw none of the old ones again.
 */
void bs_chart_canvas_append (BsChartCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds, int scale);

G_END_DECLS
