/* bs-chart-layer.h: layers that others add to a chart's price pane */
#pragma once

#include "ui/bs-palette.h"
#include "ui/chart/bs-chart.h"

G_BEGIN_DECLS

/** Under the bars (shading) or over them (marks). */
typedef enum
{
  BS_CHART_LAYER_UNDER,
  BS_CHART_LAYER_OVER,
} BsChartLayerPlace;

/**
 * BsChartLayerArea:
 *
 * What an added layer draws on: the price pane, its top left at 0, 0, a unit being a device pixel. A slot is a bar or, where
 * bars are narrower than a pixel, all bars of a pixel column. Good until the function returns.
 */
typedef struct
{
  guint n;            /* slots in view */
  const int *x;       /* [n]: pixel column of a slot's middle */
  const guint64 *from; /* [n + 1]: bars of slot i: from[i] <= index < from[i + 1] */
  double slot_width;  /* pixels from one slot to the next, 1 at least */
  int body_width;     /* of a candle, pixels */
  int width, height;  /* of the pane, pixels */
  int scale;          /* pixels in a logical one */
  const BsPalette *palette;
  gconstpointer axis; /* of bs_chart_layer_y() */
} BsChartLayerArea;

/**
 * Draws a layer; main thread, whenever bars, view or the layer have changed. Must not change the chart. With a layer under the
 * bars, these are all painted again in each frame in which anything has changed.
 */
typedef void (*BsChartLayerFunc) (const BsChartLayerArea *area, cairo_t *cr, gpointer data);

/** Pixel of @price on the area's axis, whichever kind that is; NAN where it has none. */
double bs_chart_layer_y (const BsChartLayerArea *area, double price);

/**
 * bs_chart_add_layer:
 * @destroy: (nullable): frees @data when the layer or the chart goes
 *
 * Returns: the layer's id, > 0
 */
guint bs_chart_add_layer (BsChart *self, BsChartLayerPlace place, BsChartLayerFunc draw, gpointer data,
                          GDestroyNotify destroy);
/** What layer @id shows has changed: it is drawn again. */
void bs_chart_layer_changed (BsChart *self, guint id);
void bs_chart_remove_layer (BsChart *self, guint id);

G_END_DECLS
