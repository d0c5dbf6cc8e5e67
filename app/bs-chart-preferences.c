#include "app/bs-chart-preferences.h"

#include <glib/gi18n.h>

#include "app/bs-preference-row.h"
#include "ui/bs-accessible.h"

static const char *const style_values[] = { "candles", "bars", "line", "heikin-ashi", NULL };
static const char *const style_names[] = { N_ ("Candles"), N_ ("OHLC Bars"), N_ ("Line"), N_ ("Heikin-Ashi"), NULL };
static const char *const axis_values[] = { "linear", "log", "percent", NULL };
static const char *const axis_names[] = { N_ ("Linear"), N_ ("Logarithmic"), N_ ("Percent"), NULL };
/* Where exchanges are; another one that is in the settings is added. */
static const char *const zone_values[] = { "UTC",
                                           "local",
                                           "America/New_York",
                                           "America/Chicago",
                                           "Europe/London",
                                           "Europe/Berlin",
                                           "Asia/Kolkata",
                                           "Asia/Shanghai",
                                           "Asia/Tokyo",
                                           "Australia/Sydney",
                                           NULL };
static const char *const zone_names[] = { N_ ("UTC"),
                                          N_ ("Of This Computer"),
                                          N_ ("New York"),
                                          N_ ("Chicago"),
                                          N_ ("London"),
                                          N_ ("Berlin"),
                                          N_ ("Mumbai"),
                                          N_ ("Shanghai"),
                                          N_ ("Tokyo"),
                                          N_ ("Sydney"),
                                          NULL };

static const BsPreferenceRow price_rows[] = {
  { "price-style", N_ ("Prices As"), NULL, style_values, style_names },
  { "price-axis", N_ ("Price Axis"), N_ ("Percent: since the first bar in view"), axis_values, axis_names },
  { "show-last-price", N_ ("Last Price"), N_ ("A line across the chart") },
  { "show-volume", N_ ("Volume") },
  { "show-signals", N_ ("Signals"), N_ ("Where they begin, and how long they hold") },
};
static const BsPreferenceRow time_rows[] = {
  { "time-zone", N_ ("Time Zone"), NULL, zone_values, zone_names },
  { "true-time", N_ ("Room for Hours Without Bars"), N_ ("Nights and weekends as long as they are") },
  { "show-session-breaks", N_ ("Session Breaks"), N_ ("A line where the market was closed") },
};
static const BsPreferenceRow band_rows[] = {
  { "show-band", N_ ("ATR Band"), N_ ("Close ± a multiple of the average true range") },
  { "atr-multiple", N_ ("Multiple"), NULL, .step = 0.25, .digits = 2 },
  { "atr-period", N_ ("Period"), N_ ("Bars; 0 for the ATR that the model is given"), .step = 1 },
};
static const BsPreferenceRow pane_rows[] = {
  { "show-hurst", N_ ("Hurst Exponent") },
  { "show-atr", N_ ("Average True Range") },
  { "show-confidence", N_ ("Confidence") },
};

static const BsPreferenceGroup groups[] = {
  { N_ ("Prices"), NULL, price_rows, G_N_ELEMENTS (price_rows) },
  { N_ ("Time Axis"), NULL, time_rows, G_N_ELEMENTS (time_rows) },
  { N_ ("Band"), NULL, band_rows, G_N_ELEMENTS (band_rows) },
  { N_ ("Panes"), NULL, pane_rows, G_N_ELEMENTS (pane_rows) },
};

AdwPreferencesPage *
bs_chart_preferences_page_new (GSettings *settings)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());

  adw_preferences_page_set_title (page, _ ("Chart"));
  adw_preferences_page_set_name (page, "chart");
  adw_preferences_page_set_icon_name (page, "barscope-chart-symbolic");
  bs_accessible_name_parts (GTK_WIDGET (page), GTK_TYPE_SCROLLED_WINDOW, _ ("Chart"));
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    bs_preference_group_add (page, settings, &groups[i]);
  return page;
}

GtkWindow *
bs_chart_preferences_new (GtkWindow *parent, GSettings *settings)
{
  AdwPreferencesWindow *window = ADW_PREFERENCES_WINDOW (adw_preferences_window_new ());

  gtk_window_set_title (GTK_WINDOW (window), _ ("Chart Settings"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 480, 620);
  adw_preferences_window_set_search_enabled (window, FALSE);
  bs_accessible_name_parts (GTK_WIDGET (window), GTK_TYPE_SCROLLED_WINDOW, _ ("Chart Settings"));
  bs_accessible_name_parts (GTK_WIDGET (window), GTK_TYPE_LIST_BASE, _ ("Search results"));
  bs_accessible_name_parts (GTK_WIDGET (window), GTK_TYPE_LIST_BOX, _ ("Search results"));
  bs_accessible_name_parts (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY, _ ("Search"));
  adw_preferences_window_add (window, bs_chart_preferences_page_new (settings));
  return GTK_WINDOW (window);
}
