#include "app/bs-preferences.h"

#include <glib/gi18n.h>

#include "app/bs-alert-rules-group.h"
#include "app/bs-chart-preferences.h"
#include "app/bs-preference-row.h"
#include "app/bs-serve-preferences.h"
#include "ui/bs-accessible.h"
#include "ui/bs-palette.h"

static const char *const scheme_values[] = { "system", "light", "dark", NULL };
static const char *const scheme_names[] = { N_ ("As the System"), N_ ("Light"), N_ ("Dark"), NULL };
static const char *const pair_values[] = { "green-red", "blue-orange", "custom", NULL };
static const char *const pair_names[] = { N_ ("Green and Red"), N_ ("Blue and Orange"), N_ ("Own Colours"), NULL };

static const char *const ask_values[] = { "always", "new", "doubtful", "never", NULL };
static const char *const ask_names[] = { N_ ("Always"), N_ ("New Files"), N_ ("New Files in Doubt"), N_ ("Never"), NULL };

static const BsPreferenceRow file_rows[] = {
  { "ask-before-opening", N_ ("Ask Before Opening"), N_ ("Shows how a file would be read: format, time zone, first bars"), ask_values,
    ask_names },
};
static const BsPreferenceRow look_rows[] = {
  { "color-scheme", N_ ("Style"), NULL, scheme_values, scheme_names },
  { "up-down", N_ ("Up and Down"), N_ ("Blue and orange are told apart by nearly everybody"), pair_values, pair_names },
};
static const BsPreferenceRow measure_rows[] = {
  { "latency-budget-us", N_ ("Latency Budget"), N_ ("µs; longer predictions are shown in red"), .step = 100 },
  { "fidelity-every", N_ ("Fidelity Check"), N_ ("Every so many bars the plain FP32 path is compared; 0: never"), .step = 1 },
};
static const BsPreferenceRow journal_rows[] = {
  { "journal", N_ ("Keep What Happens"), N_ ("Bars, signals, feed events and alerts; from the next start on") },
  { "journal-keep-days", N_ ("Days Kept"), N_ ("0: for ever"), .step = 1 },
  { "journal-keep-replay-days", N_ ("Days Replays Are Kept"), N_ ("Their bars are in their file anyway; 0: for ever"), .step = 1 },
};
static const BsPreferenceGroup files = { N_ ("Files"), NULL, file_rows, G_N_ELEMENTS (file_rows) };
static const BsPreferenceGroup look = { N_ ("Look"), NULL, look_rows, G_N_ELEMENTS (look_rows) };
static const BsPreferenceGroup journal = { N_ ("Journal"), NULL, journal_rows, G_N_ELEMENTS (journal_rows) };
static const BsPreferenceGroup measure = { N_ ("Measuring"), NULL, measure_rows, G_N_ELEMENTS (measure_rows) };

/* Colours of one's own */

static void
on_color (GtkColorButton *button, GParamSpec *pspec, GSettings *settings)
{
  GdkRGBA color;
  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (button), &color);
  g_autofree char *text = gdk_rgba_to_string (&color);
  g_settings_set_string (settings, g_object_get_data (G_OBJECT (button), "key"), text);
}

static void
update_sensitive (GSettings *settings, const char *key, GtkWidget *row)
{
  g_autofree char *pair = g_settings_get_string (settings, "up-down");
  gtk_widget_set_sensitive (row, g_str_equal (pair, "custom"));
}

static void
add_color (AdwPreferencesGroup *group, GSettings *settings, const char *key, const char *title)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_color_button_new ();
  g_autofree char *text = g_settings_get_string (settings, key);
  GdkRGBA color;
  if (gdk_rgba_parse (&color, text))
    gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (button), &color);
  gtk_color_button_set_title (GTK_COLOR_BUTTON (button), title);
  g_object_set_data (G_OBJECT (button), "key", (gpointer) key);
  g_signal_connect_object (button, "notify::rgba", G_CALLBACK (on_color), settings, 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  bs_accessible_name_parts (button, GTK_TYPE_WIDGET, title);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (group, row);
  update_sensitive (settings, NULL, row);
  g_signal_connect_object (settings, "changed::up-down", G_CALLBACK (update_sensitive), row, 0);
}

static void
read_palette (GSettings *settings)
{
  g_autofree char *pair = g_settings_get_string (settings, "up-down");
  g_autofree char *up_text = g_settings_get_string (settings, "up-color");
  g_autofree char *down_text = g_settings_get_string (settings, "down-color");
  GdkRGBA up, down;
  if (g_str_equal (pair, "custom") && gdk_rgba_parse (&up, up_text) && gdk_rgba_parse (&down, down_text))
    bs_palette_set_custom_up_down (&up, &down);
  else
    bs_palette_set_up_down (g_str_equal (pair, "blue-orange") ? BS_UP_DOWN_BLUE_ORANGE : BS_UP_DOWN_GREEN_RED);
}

void
bs_preferences_follow_palette (GSettings *settings)
{
  static const char *const keys[] = { "up-down", "up-color", "down-color" };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *name = g_strconcat ("changed::", keys[i], NULL);
      g_signal_connect (settings, name, G_CALLBACK (read_palette), NULL);
    }
  read_palette (settings);
}

/* Pages */

/* What the window and its pages are made of, and has no name of its own. */
static void
name_parts (GtkWidget *window)
{
  bs_accessible_name_parts (window, GTK_TYPE_SCROLLED_WINDOW, _ ("Preferences"));
  bs_accessible_name_parts (window, GTK_TYPE_SEARCH_ENTRY, _ ("Search"));
  bs_accessible_name_parts (window, GTK_TYPE_LIST_BOX, _ ("What was found"));
}

static AdwPreferencesPage *
new_page (const char *name, const char *title, const char *icon)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  adw_preferences_page_set_name (page, name);
  adw_preferences_page_set_title (page, title);
  adw_preferences_page_set_icon_name (page, icon);
  bs_accessible_name_parts (GTK_WIDGET (page), GTK_TYPE_SCROLLED_WINDOW, title);
  return page;
}

static AdwPreferencesPage *
new_general_page (GtkWindow *parent, GSettings *settings)
{
  AdwPreferencesPage *page = new_page ("general", _ ("General"), "preferences-system-symbolic");
  AdwPreferencesGroup *group = bs_preference_group_add (page, settings, &look);
  add_color (group, settings, "up-color", _ ("Own Colour for Up"));
  add_color (group, settings, "down-color", _ ("Own Colour for Down"));
  bs_preference_group_add (page, settings, &files);
  bs_preference_group_add (page, settings, &measure);
  bs_preference_group_add (page, settings, &journal);
  adw_preferences_page_add (page, bs_serve_preferences_new (parent, settings));
  return page;
}

GtkWindow *
bs_preferences_new (GtkWindow *parent, GSettings *settings, GSettings *chart_settings, const char *page)
{
  AdwPreferencesWindow *window = ADW_PREFERENCES_WINDOW (adw_preferences_window_new ());
  AdwPreferencesPage *alerts = new_page ("alerts", _ ("Alerts"), "barscope-alerts-symbolic");
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 640);
  adw_preferences_window_set_search_enabled (window, FALSE);
  name_parts (GTK_WIDGET (window));
  adw_preferences_window_add (window, new_general_page (parent, settings));
  if (chart_settings != NULL)
    adw_preferences_window_add (window, bs_chart_preferences_page_new (chart_settings));
  adw_preferences_page_add (alerts, ADW_PREFERENCES_GROUP (bs_alert_rules_group_new (settings)));
  adw_preferences_window_add (window, alerts);
  if (page != NULL)
    adw_preferences_window_set_visible_page_name (window, page);
  return GTK_WINDOW (window);
}
