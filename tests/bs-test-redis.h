/* bs-test-redis.h: a redis-server of a test's own */
#pragma once

#include <gio/gio.h>

#include "app/redis/bs-redis.h"

G_BEGIN_DECLS

/** A server in a folder of its own, on a port of 127.0.0.1 that was free. */
typedef struct
{
  char *folder;
  guint port;
  const char *password; /* (nullable) */
  GSubprocess *process; /* (nullable): %NULL while it is down */
  char *url;
  BsRedisAddress *address;
} BsTestRedis;

/** bs_test_redis_new: started and answering, appendonly; skips the test and gives %NULL where there is no redis-server. @password: (nullable) */
BsTestRedis *bs_test_redis_new (const char *password);
/** Kills the server by @signal and waits for its end. */
void bs_test_redis_kill (BsTestRedis *self, int signal);
/** Starts it again on the same port and folder, and waits until it answers. */
void bs_test_redis_start (BsTestRedis *self);
void bs_test_redis_free (BsTestRedis *self);

G_END_DECLS
