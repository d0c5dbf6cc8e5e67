#include "app/bs-preference-row.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/bs-number-spin.h"

static GtkWidget *
make_switch_row (GSettings *settings, const BsPreferenceRow *row)
{
  GtkWidget *action_row = adw_action_row_new (), *control = gtk_switch_new ();

  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  g_settings_bind (settings, row->key, control, "active", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (action_row), control);
  /* Which names it, too. */
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (action_row), control);
  return action_row;
}

static GtkWidget *
make_number_row (GSettings *settings, const BsPreferenceRow *row, GSettingsSchemaKey *key)
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
  if (row->digits > 0)
    bs_number_spin_localize (GTK_SPIN_BUTTON (control));
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  g_settings_bind (settings, row->key, control, "value", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (action_row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (action_row), control);
  bs_accessible_name_parts (control, GTK_TYPE_TEXT, _ (row->title));
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
make_choice_row (GSettings *settings, const BsPreferenceRow *row)
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
  bs_accessible_name_parts (combo, GTK_TYPE_LIST_VIEW, _ (row->title));
  bs_accessible_name_parts (combo, GTK_TYPE_SEARCH_ENTRY, _ (row->title));
  bs_accessible_name_parts (combo, GTK_TYPE_SCROLLED_WINDOW, _ (row->title));
  g_settings_bind_with_mapping (settings, row->key, combo, "selected", G_SETTINGS_BIND_DEFAULT, value_to_place,
                                place_to_value, g_strv_builder_end (builder), (GDestroyNotify) g_strfreev);
  return combo;
}

GtkWidget *
bs_preference_row_new (GSettings *settings, const BsPreferenceRow *row)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  GtkWidget *widget;

  g_object_get (settings, "settings-schema", &schema, NULL);
  g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, row->key);
  if (row->values != NULL)
    widget = make_choice_row (settings, row);
  else if (g_variant_type_equal (g_settings_schema_key_get_value_type (key), G_VARIANT_TYPE_BOOLEAN))
    widget = make_switch_row (settings, row);
  else
    widget = make_number_row (settings, row, key);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), _ (row->title));
  if (row->subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), _ (row->subtitle));
  return widget;
}

AdwPreferencesGroup *
bs_preference_group_add (AdwPreferencesPage *page, GSettings *settings, const BsPreferenceGroup *group)
{
  AdwPreferencesGroup *widget = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (widget, _ (group->title));
  if (group->description != NULL)
    adw_preferences_group_set_description (widget, _ (group->description));
  for (guint i = 0; i < group->n_rows; i++)
    adw_preferences_group_add (widget, bs_preference_row_new (settings, &group->rows[i]));
  adw_preferences_page_add (page, widget);
  return widget;
}
