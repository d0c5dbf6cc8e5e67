#include "app/bs-settings.h"

#include "app/bs-paths.h"

#define STORE_DELAY_SECONDS 1

static GSettingsSchema *
find_schema (const char *id)
{
  g_autofree char *dir = bs_path_schemas ();
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  if (dir != NULL)
    built = g_settings_schema_source_new_from_directory (dir, installed, FALSE, NULL);
  GSettingsSchemaSource *source = built != NULL ? built : installed;
  return source != NULL ? g_settings_schema_source_lookup (source, id, TRUE) : NULL;
}

static gboolean
store (gpointer settings)
{
  g_object_set_data (settings, "bs-store", NULL);
  g_settings_apply (settings);
  return G_SOURCE_REMOVE;
}

static void
cancel_store (GSettings *settings)
{
  guint source = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (settings), "bs-store"));
  if (source != 0)
    g_source_remove (source);
  g_object_set_data (G_OBJECT (settings), "bs-store", NULL);
}

static void
on_changed (GSettings *settings)
{
  cancel_store (settings);
  guint source = g_timeout_add_seconds (STORE_DELAY_SECONDS, store, settings);
  g_object_set_data (G_OBJECT (settings), "bs-store", GUINT_TO_POINTER (source));
}

void
bs_settings_debounce (GSettings *settings)
{
  g_settings_delay (settings);
  g_signal_connect (settings, "changed", G_CALLBACK (on_changed), NULL);
}

GSettings *
bs_settings_new_for (const char *id)
{
  g_autoptr (GSettingsSchema) schema = find_schema (id);
  if (schema == NULL)
    {
      g_debug ("settings: the schema %s is not installed: nothing is kept", id);
      return NULL;
    }
  return g_settings_new_full (schema, NULL, NULL);
}

GSettings *
bs_settings_new (void)
{
  GSettings *settings = bs_settings_new_for (BS_SETTINGS_SCHEMA);
  if (settings != NULL)
    bs_settings_debounce (settings);
  return settings;
}

void
bs_settings_flush (GSettings *settings)
{
  if (settings == NULL)
    return;
  cancel_store (settings);
  g_settings_apply (settings);
}

void
bs_settings_add_recent (GSettings *settings, const char *path)
{
  if (settings == NULL)
    return;
  g_auto (GStrv) before = g_settings_get_strv (settings, "recent-files");
  g_autoptr (GPtrArray) after = g_ptr_array_new ();
  g_ptr_array_add (after, (gpointer) path);
  for (guint i = 0; before[i] != NULL && after->len < BS_SETTINGS_MAX_RECENT; i++)
    if (!g_str_equal (before[i], path))
      g_ptr_array_add (after, before[i]);
  g_ptr_array_add (after, NULL);
  g_settings_set_strv (settings, "recent-files", (const char *const *) after->pdata);
}

const char *const bs_settings_journal_keys[] = { "journal-keep-days", "journal-keep-replay-days", NULL };

void
bs_settings_get_journal_options (GSettings *settings, BsJournalOptions *options)
{
  if (settings == NULL)
    return;
  options->keep_days = g_settings_get_uint (settings, bs_settings_journal_keys[0]);
  options->keep_replay_days = g_settings_get_uint (settings, bs_settings_journal_keys[1]);
}
