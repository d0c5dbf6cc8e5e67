/* bs-redis-worker-private.h: what the files of BsRedisWorker share: its life (bs-redis-worker.c), a batch of bars (bs-redis-batch.c), and
 * taking a shard over (bs-redis-takeover.c) */
#pragma once

#include "app/redis/bs-redis-worker.h"

G_BEGIN_DECLS

/** Entries of one stream that are fetched at once: what is computed before it is acknowledged. */
#define BS_REDIS_BATCH 256
#define BS_REDIS_BATCH_TEXT "256"

struct _BsRedisWorker
{
  BsRedisWorkerConfig config;
  BsRedisDesk *desk;
  BsRedisLeases *leases; /* (nullable): before the server has said how many shards there are */
  BsRedis *redis;        /* (nullable) */
  guint n_shards;
  char *group;   /* the consumer group: one a model */
  char *refused; /* key of the stream of refused bars */
  BsRedisWorkerCounters counters;
  gint64 last_bar_us; /* monotonic clock */
  gint stopping;      /* atomic */
  /* Of the batch at hand. */
  GArray *bars;         /* of BsRedisBar */
  GArray *shards;       /* of guint: the bars' */
  GArray *answers;      /* of BsRedisAnswer */
  GStringChunk *pool;   /* words of commands */
  GPtrArray *words;     /* of one command; not owned */
};

void bs_redis_worker_say (BsRedisWorker *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** bs_redis_worker_beat: a sign of life, where one is due; see bs_redis_leases_beat() */
gboolean bs_redis_worker_beat (BsRedisWorker *self, GError **error);

/* The batch: bars that have been fetched, their answers, and back. */

void bs_redis_batch_clear (BsRedisWorker *self);
/** bs_redis_batch_add: an entry of @shard's stream. What is no bar is refused in its turn, so that it is acknowledged, too. */
void bs_redis_batch_add (BsRedisWorker *self, guint shard, const redisReply *entry);
/**
 * bs_redis_batch_work:
 *
 * Answers, writes the signals, and acknowledges once all of them are in: a worker that dies in between leaves bars that are answered
 * again, whose signals are refused as known.
 */
gboolean bs_redis_batch_work (BsRedisWorker *self, GError **error);

/** bs_redis_takeover: the shard is this worker's: its state is made anew from its stream, and what others had begun is answered */
gboolean bs_redis_takeover (BsRedisWorker *self, guint shard, GError **error);

G_END_DECLS
