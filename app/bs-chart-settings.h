/* bs-chart-settings.h: how charts look, kept in GSettings */
#pragma once

#include <gio/gio.h>

#include "ui/chart/bs-chart.h"

G_BEGIN_DECLS

#define BS_CHART_SETTINGS_SCHEMA "org.barscope.Barscope.chart"

/** bs_chart_settings_new: (transfer full) (nullable): debounced; %NULL where the schema is not installed. Thread: main. */
GSettings *bs_chart_settings_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_chart_settings_bind:
 * @settings: (nullable): of bs_chart_settings_new()
 *
 * Binds every key to the property of @chart with its name, both ways: all charts bound look the same.
 */
void bs_chart_settings_bind (GSettings *settings, BsChart *chart);

G_END_DECLS
