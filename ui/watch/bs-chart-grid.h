/* bs-chart-grid.h: several charts side by side with one crosshair */
#pragma once

#include "ui/chart/bs-chart.h"

G_BEGIN_DECLS

/** Charts at most, the main one among them. */
#define BS_CHART_GRID_MAX 6

#define BS_TYPE_CHART_GRID (bs_chart_grid_get_type ())
G_DECLARE_FINAL_TYPE (BsChartGrid, bs_chart_grid, BS, CHART_GRID, GtkWidget)

/**
 * bs_chart_grid_new:
 * @main: the first chart, which is always there
 *
 * The chart that has, or had last, the keyboard is the active one and is framed. All share the crosshair by time.
 * Signal "active-changed". Thread: main.
 */
GtkWidget *bs_chart_grid_new (BsChart *main);

/** bs_chart_grid_set_n_charts: @n: 1, 2, 4 or 6: the others leave with what they show */
void bs_chart_grid_set_n_charts (BsChartGrid *self, guint n);
guint bs_chart_grid_get_n_charts (BsChartGrid *self);

/** bs_chart_grid_chart: chart @i < the number of charts; 0 is the main one */
BsChart *bs_chart_grid_chart (BsChartGrid *self, guint i);
/** What is written above chart @i where there are several. */
void bs_chart_grid_set_title (BsChartGrid *self, guint i, const char *title);
/** bs_chart_grid_active: which chart is active; 0 is the main one */
guint bs_chart_grid_active (BsChartGrid *self);

G_END_DECLS
