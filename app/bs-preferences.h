/* bs-preferences.h: the window of preferences: one page a subject, rows from tables */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * bs_preferences_new:
 * @settings, @chart_settings: of the window
 * @page: (nullable): "general", "alerts", "chart": which to show first
 */
GtkWindow *bs_preferences_new (GtkWindow *parent, GSettings *settings, GSettings *chart_settings,
                               const char *page) G_GNUC_WARN_UNUSED_RESULT;

/** bs_preferences_follow_palette: takes the colours for up and down from @settings, now and whenever they change. Once a program. */
void bs_preferences_follow_palette (GSettings *settings);

G_END_DECLS
