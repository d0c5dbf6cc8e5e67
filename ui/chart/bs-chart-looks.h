/* bs-chart-looks.h: how a chart may look: what can be chosen, and kept in settings by these names */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/** How a bar's prices are drawn. Nicks: "candles", "bars", "line", "heikin-ashi". */
typedef enum
{
  BS_CHART_CANDLES,
  BS_CHART_BARS, /* low to high, the open to the left of it, the close to the right */
  BS_CHART_LINE, /* through the closes */
  /*
   * Candles of averages: close = (O + H + L + C) / 4, open = the middle of the candle before. Bars narrower than a pixel show
   * their true extremes.
   */
  BS_CHART_HEIKIN_ASHI,
} BsChartStyle;

/** What the price axis is. Nicks: "linear", "log", "percent". */
typedef enum
{
  BS_CHART_AXIS_LINEAR,
  BS_CHART_AXIS_LOG,
  BS_CHART_AXIS_PERCENT, /* linear, labelled with the change since the close of the first bar in view */
} BsChartAxis;

/** What can be left out, each a gboolean property of BsChart, %TRUE unless set. */
typedef enum
{
  BS_CHART_SHOWS_VOLUME,         /* "show-volume" */
  BS_CHART_SHOWS_BAND,           /* "show-band": close ± a multiple of the ATR */
  BS_CHART_SHOWS_SIGNALS,        /* "show-signals": the markers */
  BS_CHART_SHOWS_SESSION_BREAKS, /* "show-session-breaks" */
  BS_CHART_SHOWS_LAST_PRICE,     /* "show-last-price": line and label */
  BS_CHART_SHOWS_HURST,          /* "show-hurst": the pane, as the next two */
  BS_CHART_SHOWS_ATR,            /* "show-atr" */
  BS_CHART_SHOWS_CONFIDENCE,     /* "show-confidence" */
  BS_CHART_N_SHOWS
} BsChartShows;

#define BS_TYPE_CHART_STYLE (bs_chart_style_get_type ())
GType bs_chart_style_get_type (void);
#define BS_TYPE_CHART_AXIS (bs_chart_axis_get_type ())
GType bs_chart_axis_get_type (void);

/** The property's name. Static. */
const char *bs_chart_shows_name (BsChartShows what);

G_END_DECLS
