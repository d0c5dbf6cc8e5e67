/* bs-redis-publisher.h: bars of many instruments into Redis Streams, again until each is acknowledged */
#pragma once

#include "app/redis/bs-redis-entry.h"

G_BEGIN_DECLS

/** One series to publish. */
typedef struct
{
  const char *instrument;
  gboolean secondary;
  const BsBarSeries *series;
} BsRedisSource;

typedef struct
{
  const BsRedisAddress *address;
  const char *prefix;
  guint n_shards; /* 0: those that there are, or BS_REDIS_DEFAULT_SHARDS */
  double rate;    /* bars a second, all instruments together; 0: as fast as the server takes them */
  /* (nullable): a line worth reading */
  void (*say) (const char *line, gpointer data);
  gpointer say_data;
} BsRedisPublisherConfig;

typedef struct
{
  guint64 published; /* acknowledged by the server */
  guint64 resent;    /* sent again because a connection was lost before the acknowledgement or shortly after it: a worker takes them once */
} BsRedisPublisherCounters;

/**
 * bs_redis_publish:
 * @sources: [n]
 * @stop: (nullable): ends it once non-zero, atomically read
 *
 * Publishes all bars in the order in which they close, a secondary bar before the primary ones that may see it. Where the server is
 * lost or busy it waits, and sends again what was not acknowledged. Blocks.
 *
 * Returns: %TRUE; %FALSE with an error that does not pass by itself, or where no server is there at the first try
 */
gboolean bs_redis_publish (const BsRedisPublisherConfig *config, const BsRedisSource *sources, guint n, const gint *stop,
                           BsRedisPublisherCounters *counters, GError **error);

G_END_DECLS
