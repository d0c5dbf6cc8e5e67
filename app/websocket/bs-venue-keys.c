#include "app/websocket/bs-venue-keys.h"

#if BS_HAVE_SECRET
#include <libsecret/secret.h>

static char *
look_up (const char *field)
{
  static const SecretSchema schema = {
    "org.barscope.Barscope.Venue",
    SECRET_SCHEMA_DONT_MATCH_NAME,
    {
      { "application", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "venue", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "field", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { NULL, 0 },
    },
  };
  /* No secret service here: then there is no such key. */
  char *found = secret_password_lookup_sync (&schema, NULL, NULL, "application", "barscope", "venue", "alpaca", "field", field,
                                             NULL);
  char *copy = g_strdup (found);
  secret_password_free (found);
  return copy;
}
#else
static char *
look_up (const char *field)
{
  return NULL;
}
#endif

char *
bs_venue_keys_alpaca (const char *field)
{
  const char *value = g_getenv (g_str_equal (field, "key") ? "APCA_API_KEY_ID" : "APCA_API_SECRET_KEY");
  return value != NULL && value[0] != '\0' ? g_strdup (value) : look_up (field);
}
