/* bs-redis.h: a connection to a Redis server: commands, pipelines, errors in words */
#pragma once

#include <glib.h>
#include <hiredis/hiredis.h>

#include "app/feeds/bs-backoff.h"

G_BEGIN_DECLS

typedef enum
{
  BS_REDIS_ERROR_ADDRESS, /* no such address */
  BS_REDIS_ERROR_LOST,    /* no connection, or none any more: try again */
  BS_REDIS_ERROR_BUSY,    /* the server cannot just now (it starts, its disk is full): try again */
  BS_REDIS_ERROR_REFUSED, /* the server says no: password, type of a key, unknown command */
  BS_REDIS_ERROR_REPLY,   /* an answer that is not what the command gives */
} BsRedisError;

#define BS_REDIS_ERROR (bs_redis_error_quark ())
GQuark bs_redis_error_quark (void);

/** Where a server is. */
typedef struct
{
  char *host;
  guint port;
  char *user, *password; /* (nullable) */
  guint database;
} BsRedisAddress;

/**
 * bs_redis_address_parse:
 * @url: redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]
 *
 * Where the URL holds no password, the environment's BARSCOPE_REDIS_PASSWORD is taken: a URL is seen by everybody who lists
 * processes.
 *
 * Returns: (transfer full): %NULL with %BS_REDIS_ERROR_ADDRESS, which never repeats a password
 */
BsRedisAddress *bs_redis_address_parse (const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_redis_address_free (BsRedisAddress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRedisAddress, bs_redis_address_free)
/** bs_redis_address_text: (transfer full): "localhost:6379/0", without user and password */
char *bs_redis_address_text (const BsRedisAddress *self) G_GNUC_WARN_UNUSED_RESULT;

/** One connection. One thread at a time. */
typedef struct _BsRedis BsRedis;

/** bs_redis_connect: blocks for 5 s at most, signs in and chooses the database. Returns: (transfer full) */
BsRedis *bs_redis_connect (const BsRedisAddress *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_redis_free (BsRedis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRedis, bs_redis_free)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (redisReply, freeReplyObject)

/**
 * bs_redis_command:
 * @arguments: the command's words: strings, %NULL-terminated
 *
 * Sends a command and waits for its answer: 10 s, and as long as a BLOCK of up to 5 s takes.
 *
 * Returns: (transfer full): freed by freeReplyObject(); %NULL with a %BS_REDIS_ERROR; an error of the server's is one, too
 */
redisReply *bs_redis_command (BsRedis *self, const char *const *arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** BS_REDIS_COMMAND: bs_redis_command() with its words as arguments */
#define BS_REDIS_COMMAND(self, error, ...)                                                                             \
  bs_redis_command (self, (const char *const[]){ __VA_ARGS__, NULL }, error)

/** bs_redis_append: puts a command into the pipeline; its answer is fetched by bs_redis_get(), in order */
gboolean bs_redis_append (BsRedis *self, const char *const *arguments, guint n, GError **error);
/** bs_redis_get: the next answer of the pipeline, as bs_redis_command() gives it. The pipeline is sent with the first. */
redisReply *bs_redis_get (BsRedis *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** No type of a reply: for bs_redis_expect() where the type is not what is wrong. */
#define BS_REDIS_NO_TYPE 0
/** bs_redis_expect: whether @reply is of that type (REDIS_REPLY_...); %FALSE with %BS_REDIS_ERROR_REPLY that names @what */
gboolean bs_redis_expect (const redisReply *reply, int type, const char *what, GError **error);

/** bs_redis_can_retry: whether the error passes by itself: the connection, or a server that is just starting */
gboolean bs_redis_can_retry (const GError *error);

/** From one try to reach a server to the next: a tenth of a second, doubled up to 5 s. */
extern const BsBackoffPace bs_redis_pace;

G_END_DECLS
