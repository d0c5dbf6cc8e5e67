/* bs-window-view.c: which bars of a file were in view, kept until it is opened again */
#include "app/bs-settings.h"
#include "app/bs-window-private.h"

#define KEY "views"
/** Of each file: its path, the times of the first and the last bar in view (us UTC), and whether new bars were followed. */
#define TYPE "(sxxb)"
#define MAX_FILES 50
/** On the chart: of which file the bars are. */
#define PATH_DATA "bs-window-view-path"

void
bs_window_view_keep (BsWindow *self)
{
  const char *path = g_object_get_data (G_OBJECT (self->chart), PATH_DATA);
  gint64 from_us, to_us;
  gboolean follow;
  g_object_get (self->chart, "follow", &follow, NULL);
  if (path != NULL && self->chart_settings != NULL && bs_chart_get_times (self->chart, &from_us, &to_us))
    {
      g_autoptr (GVariant) views = g_settings_get_value (self->chart_settings, KEY);
      GVariantBuilder builder;
      GVariantIter iter;
      const char *other;
      gint64 from, to;
      gboolean followed;
      guint n = 1;
      g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" TYPE));
      g_variant_builder_add (&builder, TYPE, path, from_us, to_us, follow);
      g_variant_iter_init (&iter, views);
      while (n < MAX_FILES && g_variant_iter_next (&iter, "(&sxxb)", &other, &from, &to, &followed))
        if (!g_str_equal (other, path))
          {
            g_variant_builder_add (&builder, TYPE, other, from, to, followed);
            n++;
          }
      g_settings_set_value (self->chart_settings, KEY, g_variant_builder_end (&builder));
      bs_settings_flush (self->chart_settings);
    }
  g_object_set_data (G_OBJECT (self->chart), PATH_DATA, NULL);
}

void
bs_window_view_restore (BsWindow *self, const char *path)
{
  /* Names of settings are UTF-8; a path that is not is shown from its newest bar each time. */
  if (path == NULL || self->chart_settings == NULL || !g_utf8_validate (path, -1, NULL))
    return;
  g_object_set_data_full (G_OBJECT (self->chart), PATH_DATA, g_strdup (path), g_free);
  g_autoptr (GVariant) views = g_settings_get_value (self->chart_settings, KEY);
  GVariantIter iter;
  const char *other;
  gint64 from, to;
  gboolean followed;
  g_variant_iter_init (&iter, views);
  while (g_variant_iter_next (&iter, "(&sxxb)", &other, &from, &to, &followed))
    if (g_str_equal (other, path))
      {
        bs_chart_show_times (self->chart, from, to, followed);
        return;
      }
}
