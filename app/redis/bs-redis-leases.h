/* bs-redis-leases.h: which worker answers for which shard: one at a time, and none for long where one has died */
#pragma once

#include "app/redis/bs-redis.h"

G_BEGIN_DECLS

/** A shard is its worker's for this long after the last sign of life. */
#define BS_REDIS_LEASE_MSEC 3000
/** Signs of life. */
#define BS_REDIS_HEARTBEAT_MSEC 700

/**
 * BsRedisLeases:
 *
 * Every worker wants the shards of its range; PREFIX:owner:SHARD holds the name of the one that has it, and expires. Live workers
 * divide what several want evenly; a shard whose worker has died is another's as soon as it has expired. What is done twice all the
 * same, by a worker that slept through its lease, is refused by the stream of signals. One thread.
 */
typedef struct _BsRedisLeases BsRedisLeases;

/** bs_redis_leases_new: for the worker @name, which wants the shards @first to @last */
BsRedisLeases *bs_redis_leases_new (const char *prefix, const char *name, guint first,
                                    guint last) G_GNUC_WARN_UNUSED_RESULT;
void bs_redis_leases_free (BsRedisLeases *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRedisLeases, bs_redis_leases_free)

/** What bs_redis_leases_beat() changes. Either may be %NULL. */
typedef struct
{
  void (*lost) (guint shard, gpointer data); /* it is another's, or nobody's: forget its state */
  gpointer data;
} BsRedisLeaseFuncs;

/**
 * bs_redis_leases_beat:
 *
 * Gives a sign of life where the last one is BS_REDIS_HEARTBEAT_MSEC ago: renews what is held, gives back what is more than this
 * worker's part. Returns at once otherwise.
 *
 * Returns: %FALSE with a %BS_REDIS_ERROR; then nothing is held
 */
gboolean bs_redis_leases_beat (BsRedisLeases *self, BsRedis *redis, const BsRedisLeaseFuncs *funcs, GError **error);

/**
 * bs_redis_leases_take_one:
 * @shard: (out): taken now, where there is one that is free and of this worker's part; else -1
 */
gboolean bs_redis_leases_take_one (BsRedisLeases *self, BsRedis *redis, int *shard, GError **error);

/** bs_redis_leases_holds: whether @shard is held, as far as this worker's own clock knows: to be asked before what it has done is said */
gboolean bs_redis_leases_holds (const BsRedisLeases *self, guint shard);
/** bs_redis_leases_nth: the @n-th shard held, or -1 past the last */
int bs_redis_leases_nth (const BsRedisLeases *self, guint n);

/** bs_redis_leases_drop: gives all back, where the server can be reached, and holds nothing: @redis: (nullable) */
void bs_redis_leases_drop (BsRedisLeases *self, BsRedis *redis);

G_END_DECLS
