#include "app/bs-option-settings.h"

#include "app/bs-paths.h"

GSettings *
bs_option_settings_new (void)
{
  g_autofree char *dir = bs_path_schemas ();
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) source = NULL;
  if (dir != NULL)
    source = g_settings_schema_source_new_from_directory (dir, installed, FALSE, NULL);
  if (source == NULL && installed != NULL)
    source = g_settings_schema_source_ref (installed);
  if (source == NULL)
    return NULL;
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (source, BS_OPTION_SETTINGS_SCHEMA, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

/* What --set takes: the one way from text to a value. */
static char *
stored_assignment (GSettings *settings, const BsOptionInfo *info)
{
  g_autoptr (GVariant) value = g_settings_get_value (settings, info->name);
  if (info->type == BS_OPTION_CHOICE)
    return g_strdup_printf ("%s=%s", info->name, g_variant_get_string (value, NULL));
  g_autofree char *text = g_variant_print (value, FALSE);
  return g_strdup_printf ("%s=%s", info->name, text);
}

void
bs_option_settings_read (GSettings *settings, BsOptions *options)
{
  bs_options_init (options);
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *assignment = stored_assignment (settings, bs_option_info (option));
      /* The schema's range makes this succeed, unless another version of the program wrote it. */
      if (!bs_options_set (options, assignment, &error))
        g_message ("stored setting left aside: %s", error->message);
    }
}

void
bs_option_settings_write (GSettings *settings, const BsOptions *options)
{
  BsOptions stored;
  bs_option_settings_read (settings, &stored);
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      int value = options->value[option];
      if (value == stored.value[option])
        continue;
      if (info->type == BS_OPTION_BOOLEAN)
        g_settings_set_boolean (settings, info->name, value);
      else if (info->type == BS_OPTION_INTEGER)
        g_settings_set_int (settings, info->name, value);
      else
        g_settings_set_string (settings, info->name, info->choices[value]);
    }
}
