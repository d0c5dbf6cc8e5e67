#include "app/bs-chart-settings.h"

#include "app/bs-settings.h"

GSettings *
bs_chart_settings_new (void)
{
  GSettings *settings = bs_settings_new_for (BS_CHART_SETTINGS_SCHEMA);
  if (settings != NULL)
    bs_settings_debounce (settings);
  return settings;
}

void
bs_chart_settings_bind (GSettings *settings, BsChart *chart)
{
  g_return_if_fail (BS_IS_CHART (chart));

  if (settings == NULL)
    return;
  g_autoptr (GSettingsSchema) schema = NULL;
  g_object_get (settings, "settings-schema", &schema, NULL);
  g_auto (GStrv) keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (chart), keys[i]) != NULL)
      g_settings_bind (settings, keys[i], chart, keys[i], G_SETTINGS_BIND_DEFAULT);
}
