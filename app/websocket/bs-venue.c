#include "app/websocket/bs-venue.h"

#include <string.h>

/* clang-format off */
G_DEFINE_QUARK (bs-venue-error-quark, bs_venue_error)
/* clang-format on */

void
bs_venue_config_free (BsVenueConfig *self)
{
  if (self == NULL)
    return;
  g_free (self->symbol);
  g_free (self->interval);
  g_free (self->channel);
  g_free (self->stream);
  g_free (self->rest);
  g_free (self->key);
  g_free (self->secret);
  g_strfreev (self->also);
  g_free (self);
}

/* Keys and orders of magnitude of money go over this line: in the clear on this machine only. */
static gboolean
check_server (const char *url, const char *secure, const char *plain, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  if (host != NULL && host[0] != '\0' && g_uri_get_userinfo (uri) == NULL)
    {
      if (g_str_equal (g_uri_get_scheme (uri), secure))
        return TRUE;
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
      gboolean local = g_str_equal (host, "localhost") || (address != NULL && g_inet_address_get_is_loopback (address));
      if (g_str_equal (g_uri_get_scheme (uri), plain) && local)
        return TRUE;
    }
  g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_ADDRESS, "'%s': expected %s://HOST, or %s:// on this machine", url, secure,
               plain);
  return FALSE;
}

static void
replace (char **field, GHashTable *parameters, const char *name)
{
  const char *value = g_hash_table_lookup (parameters, name);
  if (value == NULL)
    return;
  g_free (*field);
  *field = g_strdup (value);
  /* Paths are appended. */
  for (gsize n = strlen (*field); n > 0 && (*field)[n - 1] == '/'; n--)
    (*field)[n - 1] = '\0';
  g_hash_table_remove (parameters, name);
}

static gboolean
parse_servers (const BsVenue *venue, const char *text, BsVenueConfig *config, GError **error)
{
  config->stream = g_strdup (venue->stream);
  config->rest = g_strdup (venue->rest);
  if (text == NULL)
    return TRUE;
  g_autoptr (GHashTable) parameters = g_uri_parse_params (text, -1, "&", G_URI_PARAMS_NONE, NULL);
  if (parameters != NULL)
    {
      replace (&config->stream, parameters, "stream");
      replace (&config->rest, parameters, "rest");
    }
  if (parameters == NULL || g_hash_table_size (parameters) > 0)
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_ADDRESS, "'?%s': expected ?stream=URL&rest=URL", text);
      return FALSE;
    }
  return check_server (config->stream, "wss", "ws", error) && check_server (config->rest, "https", "http", error);
}

BsVenueConfig *
bs_venue_parse (const BsVenue *venue, const char *text, char *(*get_key) (const char *field), GError **error)
{
  g_autoptr (BsVenueConfig) config = g_new0 (BsVenueConfig, 1);
  const char *question = strchr (text, '?');
  g_autofree char *address = question != NULL ? g_strndup (text, (gsize) (question - text)) : g_strdup (text);
  if (!venue->parse (address, config, error)
      || !parse_servers (venue, question != NULL ? question + 1 : NULL, config, error))
    return NULL;
  if (!venue->needs_keys)
    return g_steal_pointer (&config);
  config->key = get_key ("key");
  config->secret = get_key ("secret");
  if (config->key != NULL && config->secret != NULL)
    return g_steal_pointer (&config);
  g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_DENIED,
               "no keys: expected them in the desktop's secret store, or in the environment (see docs/feeds.md)");
  return NULL;
}
