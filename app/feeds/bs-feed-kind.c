#include "app/feeds/bs-feed-kind.h"

#include <string.h>

/* clang-format off */
G_DEFINE_QUARK (bs_feed_kind_error, bs_feed_kind_error)
/* clang-format on */

/* In the order of the Connect dialog. */
static const BsFeedKind *const kinds[] = {
  &bs_feed_kind_follow,
  &bs_feed_kind_binance,
  &bs_feed_kind_alpaca,
  &bs_feed_kind_redis,
};

void
bs_feed_opened_clear (BsFeedOpened *self)
{
  g_clear_pointer (&self->instrument, g_free);
  g_clear_pointer (&self->primary, bs_bar_file_free);
  g_clear_pointer (&self->secondary, bs_bar_file_free);
  g_clear_object (&self->feed);
}

const BsFeedKind *
bs_feed_kind_nth (guint n)
{
  return n < G_N_ELEMENTS (kinds) ? kinds[n] : NULL;
}

const BsFeedKind *
bs_feed_kind_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i]->name, name) == 0)
      return kinds[i];
  return NULL;
}

const BsFeedKind *
bs_feed_kind_parse (const char *text, const char **address, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *name = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  const BsFeedKind *kind = name != NULL ? bs_feed_kind_find (name) : NULL;

  if (kind == NULL)
    {
      g_autoptr (GString) list = g_string_new (NULL);
      for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        g_string_append_printf (list, "%s%s:%s", i > 0 ? ", " : "", kinds[i]->name, kinds[i]->example);
      g_set_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_UNKNOWN,
                   "'%s' is no feed: expected KIND:ADDRESS, such as %s", text, list->str);
      return NULL;
    }
  if (colon[1] == '\0')
    {
      g_set_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_ADDRESS, "'%s' has no address: expected %s:%s", text,
                   kind->name, kind->example);
      return NULL;
    }
  *address = colon + 1;
  return kind;
}

char **
bs_feed_kind_split (const char *text, GError **error)
{
  const char *address;
  const BsFeedKind *kind = bs_feed_kind_parse (text, &address, error);
  if (kind == NULL)
    return NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize length = kind->several ? strcspn (address, "@?") : 0;
  g_autofree char *names = g_strndup (address, length);
  g_auto (GStrv) parts = g_strsplit_set (names, ", ", -1);
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0' && g_hash_table_add (seen, g_ascii_strup (*part, -1)))
      {
        g_autofree char *one = g_strdup_printf ("%s:%s%s", kind->name, *part, address + length);
        g_strv_builder_add (builder, one);
      }
  if (g_hash_table_size (seen) == 0)
    g_strv_builder_add (builder, text);
  return g_strv_builder_end (builder);
}

gboolean
bs_feed_open (const char *text, const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable,
              GError **error)
{
  BsFeedRequest with_address = *request;
  *opened = (BsFeedOpened){ 0 };
  const BsFeedKind *kind = bs_feed_kind_parse (text, &with_address.address, error);
  if (kind == NULL)
    return FALSE;
  if (kind->open (&with_address, opened, cancellable, error))
    return TRUE;
  bs_feed_opened_clear (opened);
  return FALSE;
}
