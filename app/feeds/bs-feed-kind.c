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
