#include "app/bs-chart-preferences.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"

/* A row: a switch, a choice or a number, by the type of its key. */
typedef struct
{
  const char *key, *title, *subtitle; /* subtitle: (nullable) */
  /* Of a choice: values as stored and as shown, ended by %NULL. */
  const char *const *values, *const *names;
  double step; /* of a number */
  guint digits;
} Row;

static const char *const style_values[] = { "candles", "bars", "line", "heikin-ashi", NULL };
static const char *const style_names[] = { N_ ("Candles"), N_ ("Bars"), N_ ("Line"), N_ ("Heikin-Ashi"), NULL };
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

static const Row price_rows[] = {
  { "price-style", N_ ("Prices As"), NULL, style_values, style_names },
  { "price-axis", N_ ("Price Axis"), N_ ("Percent: since the first bar in view"), axis_values, axis_names },
  { "show-last-price", N_ ("Last Price"), N_ ("A line across the chart") },
  { "show-volume", N_ ("Volume") },
  { "show-signals", N_ ("Signals"), N_ ("Where they begin, and how long they hold") },
};
static const Row time_rows[] = {
  { "time-zone", N_ ("Time Zone"), NULL, zone_values, zone_names },
  { "true-time", N_ ("Room for Hours Without Bars"), N_ ("Nights and weekends as long as they are") },
  { "show-session-breaks", N_ ("Session Breaks"), N_ ("A line where the market was closed") },
};
static const Row band_rows[] = {
  { "show-band", N_ ("ATR Band"), N_ ("Close ± a multiple of the average true range") },
  { "atr-multiple", N_ ("Multiple"), NULL, .step = 0.25, .digits = 2 },
  { "atr-period", N_ ("Period"), N_ ("Bars; 0 for the ATR that the model is given"), .step = 1 },
};
static const Row pane_rows[] = {
  { "show-hurst", N_ ("Hurst Exponent") },
  { "show-atr", N_ ("Average True Range") },
  { "show-confidence", N_ ("Confidence") },
};

static const struct
{
  const char *title;
  const Row *rows;
  guint n;
} groups[] = {
  { N_ ("Prices"), price_rows, G_N_ELEMENTS (price_rows) },
  { N_ ("Time Axis"), time_rows, G_N_ELEMENTS (time_rows) },
  { N_ ("Band"), band_rows, G_N_ELEMENTS (band_rows) },
  { N_ ("Panes"), pane_rows, G_N_ELEMENTS (pane_rows) },
};

static GtkWidget *
make_switch_row (GSettings *settings, const Row *row)
{
  GtkWidget *action_row = adw_action_row_new (), *control = gtk_switch_new ();

  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  g_settings_bind (settings, row->key, control, "active", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (action_row), control);
  /* This names the control, too. */
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (action_row), control);
  return action_row;
}

static GtkWidget *
make_number_row (GSettings *settings, const Row *row, GSettingsSchemaKey *key)
{
  g_autoptr (GVariant) range = g_settings_schema_key_get_range (key), limits = NULL;
  GtkWidget *action_row = adw_action_row_new (), *control;
  double low = 0, high = 1;

  g_variant_get_child (range, 1, "v", &limits);
  if (g_variant_is_of_type (limits, G_VARIANT_TYPE ("(uu)")))
    {
      guint from, to;

      g_variant_get (limits, "(uu)", &from, &to);
      low = from;
      high = to;
    }
  else
    g_variant_get (limits, "(dd)", &low, &high);
  control = gtk_spin_button_new_with_range (low, high, row->step);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (control), row->digits);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  g_settings_bind (settings, row->key, control, "value", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (action_row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (action_row), control);
  return action_row;
}

/* The place among the shown names <-> the stored value. @data: GStrv of the values. */
static gboolean
value_to_place (GValue *place, GVariant *value, gpointer data)
{
  const char *const *values = data;

  for (guint i = 0; values[i] != NULL; i++)
    if (g_str_equal (values[i], g_variant_get_string (value, NULL)))
      {
        g_value_set_uint (place, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
place_to_value (const GValue *place, const GVariantType *type, gpointer data)
{
  const char *const *values = data;
  guint i = g_value_get_uint (place);

  return i < g_strv_length (data) ? g_variant_new_string (values[i]) : NULL;
}

static GtkWidget *
make_choice_row (GSettings *settings, const Row *row)
{
  GtkWidget *combo = adw_combo_row_new ();
  g_autofree char *stored = g_settings_get_string (settings, row->key);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; row->values[i] != NULL; i++)
    {
      g_strv_builder_add (builder, row->values[i]);
      gtk_string_list_append (names, _ (row->names[i]));
    }
  if (!g_strv_contains (row->values, stored))
    {
      g_strv_builder_add (builder, stored);
      gtk_string_list_append (names, stored);
    }
  adw_combo_row_set_model (ADW_COMBO_ROW (combo), G_LIST_MODEL (names));
  g_settings_bind_with_mapping (settings, row->key, combo, "selected", G_SETTINGS_BIND_DEFAULT, value_to_place,
                                place_to_value, g_strv_builder_end (builder), (GDestroyNotify) g_strfreev);
  return combo;
}

static GtkWidget *
make_row (GSettings *settings, GSettingsSchema *schema, const Row *row)
{
  g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, row->key);
  GtkWidget *widget;

  if (row->values != NULL)
    widget = make_choice_row (settings, row);
  else if (g_variant_type_equal (g_settings_schema_key_get_value_type (key), G_VARIANT_TYPE_BOOLEAN))
    widget = make_switch_row (settings, row);
  else
    widget = make_number_row (settings, row, key);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), _ (row->title));
  if (row->subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), _ (row->subtitle));
  /* What a choice pops up. */
  bs_accessible_name_parts (widget, GTK_TYPE_LIST_BASE, _ (row->title));
  bs_accessible_name_parts (widget, GTK_TYPE_SCROLLED_WINDOW, _ (row->title));
  return widget;
}

AdwPreferencesPage *
bs_chart_preferences_page_new (GSettings *settings)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  g_autoptr (GSettingsSchema) schema = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  adw_preferences_page_set_title (page, _ ("Chart"));
  adw_preferences_page_set_name (page, "chart");
  adw_preferences_page_set_icon_name (page, "barscope-chart-symbolic");
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

      adw_preferences_group_set_title (group, _ (groups[i].title));
      for (guint k = 0; k < groups[i].n; k++)
        adw_preferences_group_add (group, make_row (settings, schema, &groups[i].rows[k]));
      adw_preferences_page_add (page, group);
    }
  bs_accessible_name_parts (GTK_WIDGET (page), GTK_TYPE_SCROLLED_WINDOW, _ ("Chart"));
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
