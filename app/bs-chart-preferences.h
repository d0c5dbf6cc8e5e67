/* bs-chart-preferences.h: what can be chosen of charts, as a page of preferences */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * bs_chart_preferences_page_new:
 * @settings: of bs_chart_settings_new()
 *
 * Every change shows at once in the charts that are bound to @settings.
 */
AdwPreferencesPage *bs_chart_preferences_page_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/** bs_chart_preferences_new: a window with that page */
GtkWindow *bs_chart_preferences_new (GtkWindow *parent, GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
