#include "app/redis/bs-redis.h"

#include <string.h>

#define DEFAULT_PORT 6379
#define CONNECT_SEC 5
/* Longer than any BLOCK that is asked for. */
#define ANSWER_SEC 10
/* Words of one command: 300 shards and their IDs, or the fields of an entry. */
#define MAX_WORDS 4096

struct _BsRedis
{
  redisContext *context;
};

G_DEFINE_QUARK (bs-redis-error-quark, bs_redis_error)

void
bs_redis_address_free (BsRedisAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

static gboolean
parse_database (const char *path, guint *database)
{
  guint64 value = 0;
  if (path[0] == '\0' || g_str_equal (path, "/"))
    return TRUE;
  if (!g_ascii_string_to_unsigned (path + 1, 10, 0, 65535, &value, NULL))
    return FALSE;
  *database = value;
  return TRUE;
}

static char *
non_empty (const char *text)
{
  return text != NULL && text[0] != '\0' ? g_strdup (text) : NULL;
}

BsRedisAddress *
bs_redis_address_parse (const char *url, GError **error)
{
  static const char expected[] = "expected redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]";
  g_autoptr (BsRedisAddress) self = g_new0 (BsRedisAddress, 1);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL)
    {
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_ADDRESS, "no address: %s", expected);
      return NULL;
    }
  const char *scheme = g_uri_get_scheme (uri);
  if (g_str_equal (scheme, "rediss"))
    {
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_ADDRESS,
                   "rediss:// (TLS) is not supported: use a tunnel, and redis:// to it");
      return NULL;
    }
  const char *host = g_uri_get_host (uri);
  if (!g_str_equal (scheme, "redis") || host == NULL || host[0] == '\0' || g_uri_get_query (uri) != NULL
      || g_uri_get_fragment (uri) != NULL || g_uri_get_port (uri) == 0
      || !parse_database (g_uri_get_path (uri), &self->database))
    {
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_ADDRESS, "no address of a Redis server: %s", expected);
      return NULL;
    }
  self->host = g_strdup (host);
  self->port = g_uri_get_port (uri) > 0 ? (guint) g_uri_get_port (uri) : DEFAULT_PORT;
  self->user = non_empty (g_uri_get_user (uri));
  self->password = non_empty (g_uri_get_password (uri));
  if (self->password == NULL)
    self->password = non_empty (g_getenv ("BARSCOPE_REDIS_PASSWORD"));
  return g_steal_pointer (&self);
}

char *
bs_redis_address_text (const BsRedisAddress *self)
{
  return g_strdup_printf (strchr (self->host, ':') != NULL ? "[%s]:%u/%u" : "%s:%u/%u", self->host, self->port,
                          self->database);
}

void
bs_redis_free (BsRedis *self)
{
  if (self == NULL)
    return;
  if (self->context != NULL)
    redisFree (self->context);
  g_free (self);
}

/* Whether the server only asks for patience, or has lost what was waited for; its words begin with what kind of error it is. */
static BsRedisError
classify (const char *words)
{
  static const char *const busy[] = { "LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN", "OOM", "MISCONF", "READONLY",
                                       "UNBLOCKED" };
  for (guint i = 0; i < G_N_ELEMENTS (busy); i++)
    {
      gsize length = strlen (busy[i]);
      if (strncmp (words, busy[i], length) == 0 && words[length] == ' ')
        return BS_REDIS_ERROR_BUSY;
    }
  return BS_REDIS_ERROR_REFUSED;
}

/* (transfer full): takes @reply over */
static redisReply *
take_reply (redisReply *reply, GError **error)
{
  if (reply->type != REDIS_REPLY_ERROR)
    return reply;
  g_set_error (error, BS_REDIS_ERROR, classify (reply->str), "the Redis server refuses: %s", reply->str);
  freeReplyObject (reply);
  return NULL;
}

static void
set_lost (const BsRedis *self, GError **error)
{
  g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_LOST, "the connection to Redis is lost: %s",
               self->context->err != 0 ? self->context->errstr : "no answer");
}

static gboolean
sign_in (BsRedis *self, const BsRedisAddress *address, GError **error)
{
  if (address->password != NULL)
    {
      g_autoptr (redisReply) reply = address->user != NULL
                                       ? BS_REDIS_COMMAND (self, error, "AUTH", address->user, address->password)
                                       : BS_REDIS_COMMAND (self, error, "AUTH", address->password);
      if (reply == NULL)
        return FALSE;
    }
  if (address->database != 0)
    {
      char database[16];
      g_snprintf (database, sizeof database, "%u", address->database);
      g_autoptr (redisReply) reply = BS_REDIS_COMMAND (self, error, "SELECT", database);
      if (reply == NULL)
        return FALSE;
    }
  return TRUE;
}

BsRedis *
bs_redis_connect (const BsRedisAddress *address, GError **error)
{
  g_autoptr (BsRedis) self = g_new0 (BsRedis, 1);
  const struct timeval patience = { .tv_sec = CONNECT_SEC }, answer = { .tv_sec = ANSWER_SEC };
  self->context = redisConnectWithTimeout (address->host, (int) address->port, patience);
  if (self->context == NULL || self->context->err != 0)
    {
      g_autofree char *text = bs_redis_address_text (address);
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_LOST, "no connection to Redis at %s: %s", text,
                   self->context != NULL ? self->context->errstr : "out of memory");
      return NULL;
    }
  redisSetTimeout (self->context, answer);
  redisEnableKeepAlive (self->context);
  if (!sign_in (self, address, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
bs_redis_append (BsRedis *self, const char *const *arguments, guint n, GError **error)
{
  /* hiredis' own signature lacks a const. */
  if (redisAppendCommandArgv (self->context, (int) n, (const char **) arguments, NULL) == REDIS_OK)
    return TRUE;
  set_lost (self, error);
  return FALSE;
}

redisReply *
bs_redis_get (BsRedis *self, GError **error)
{
  void *reply = NULL;
  if (redisGetReply (self->context, &reply) == REDIS_OK && reply != NULL)
    return take_reply (reply, error);
  set_lost (self, error);
  return NULL;
}

redisReply *
bs_redis_command (BsRedis *self, const char *const *arguments, GError **error)
{
  guint n = 0;
  while (arguments[n] != NULL && n < MAX_WORDS)
    n++;
  return bs_redis_append (self, arguments, n, error) ? bs_redis_get (self, error) : NULL;
}

gboolean
bs_redis_expect (const redisReply *reply, int type, const char *what, GError **error)
{
  if (reply->type == type)
    return TRUE;
  g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REPLY, "the Redis server's answer is not %s (its type is %d)", what,
               reply->type);
  return FALSE;
}

gboolean
bs_redis_can_retry (const GError *error)
{
  return g_error_matches (error, BS_REDIS_ERROR, BS_REDIS_ERROR_LOST)
         || g_error_matches (error, BS_REDIS_ERROR, BS_REDIS_ERROR_BUSY);
}

const BsBackoffPace bs_redis_pace = { .first_ms = 100, .longest_ms = 5000, .good_ms = 10000 };
