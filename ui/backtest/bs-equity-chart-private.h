/* bs-equity-chart-private.h: what the two halves of BsEquityChart share: its state and input, and how it is drawn */
#pragma once

#include "ui/backtest/bs-equity-chart.h"
#include "ui/bs-palette.h"
#include "ui/chart/bs-chart-scale.h"

G_BEGIN_DECLS

#define BS_EQUITY_CHART_NO_CURSOR G_MAXUINT64

struct _BsEquityChart
{
  GtkWidget parent_instance;

  BsBacktest *backtest; /* (nullable) */
  BsChartData *data;    /* (nullable) */
  guint decimals;
  guint64 cursor; /* a bar, or BS_EQUITY_CHART_NO_CURSOR */

  BsPalette palette;
  gboolean palette_read;
  PangoLayout *layout; /* (nullable) */
  GskRenderNode *node; /* (nullable): all but the cursor and the figures at the top */

  /* Where things are, px: of the last drawing. */
  graphene_rect_t plot; /* both panes */
  BsChartScale equity, drawdown;
};

/** Bars shown, >= 1, and the first one. %FALSE where there are none. */
gboolean bs_equity_chart_bars (BsEquityChart *self, guint64 *first, guint64 *n);
void bs_equity_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
/** The bar at @x, px; the nearest one. There must be bars. */
guint64 bs_equity_chart_bar_at (BsEquityChart *self, double x);

G_END_DECLS
