/* bs-chart-looks.c: how a chart may look: what can be chosen, and kept in settings by these names */
#include "ui/chart/bs-chart-looks.h"

GType
bs_chart_style_get_type (void)
{
  static const GEnumValue values[] = { { BS_CHART_CANDLES, "BS_CHART_CANDLES", "candles" },
                                       { BS_CHART_BARS, "BS_CHART_BARS", "bars" },
                                       { BS_CHART_LINE, "BS_CHART_LINE", "line" },
                                       { BS_CHART_HEIKIN_ASHI, "BS_CHART_HEIKIN_ASHI", "heikin-ashi" },
                                       { 0, NULL, NULL } };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("BsChartStyle", values));
  return type;
}

GType
bs_chart_axis_get_type (void)
{
  static const GEnumValue values[] = { { BS_CHART_AXIS_LINEAR, "BS_CHART_AXIS_LINEAR", "linear" },
                                       { BS_CHART_AXIS_LOG, "BS_CHART_AXIS_LOG", "log" },
                                       { BS_CHART_AXIS_PERCENT, "BS_CHART_AXIS_PERCENT", "percent" },
                                       { 0, NULL, NULL } };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("BsChartAxis", values));
  return type;
}

const char *
bs_chart_shows_name (BsChartShows what)
{
  static const char *const names[BS_CHART_N_SHOWS] = {
    [BS_CHART_SHOWS_VOLUME] = "show-volume",
    [BS_CHART_SHOWS_BAND] = "show-band",
    [BS_CHART_SHOWS_SIGNALS] = "show-signals",
    [BS_CHART_SHOWS_SESSION_BREAKS] = "show-session-breaks",
    [BS_CHART_SHOWS_LAST_PRICE] = "show-last-price",
    [BS_CHART_SHOWS_HURST] = "show-hurst",
    [BS_CHART_SHOWS_ATR] = "show-atr",
    [BS_CHART_SHOWS_CONFIDENCE] = "show-confidence",
  };

  g_return_val_if_fail ((guint) what < BS_CHART_N_SHOWS, NULL);

  return names[what];
}
