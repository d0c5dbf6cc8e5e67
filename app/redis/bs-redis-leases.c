#include "app/redis/bs-redis-leases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Only the owner's own lease is prolonged or given back: between a look and a deed it might have become another's. */
static const char renew_script[] = "if redis.call('GET', KEYS[1]) == ARGV[1] then "
                                   "return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else return 0 end";
static const char release_script[] = "if redis.call('GET', KEYS[1]) == ARGV[1] then "
                                     "return redis.call('DEL', KEYS[1]) else return 0 end";
/* One more sign of life in the list of workers, by the server's clock; the others that have given one lately. */
static const char beat_script[] = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000); "
                                  "redis.call('ZADD', KEYS[1], now, ARGV[1]); "
                                  "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2]); "
                                  "return redis.call('ZRANGE', KEYS[1], 0, -1)";

struct _BsRedisLeases
{
  char *prefix, *name;
  char *member;        /* in the list of workers: "FIRST LAST NAME" */
  guint first, last;
  guint limit;         /* shards of this worker's part, at most */
  GArray *held;        /* of guint, ascending */
  gint64 next_beat_us; /* monotonic clock */
  gint64 sure_until_us; /* monotonic clock: what is held surely is until then */
};

BsRedisLeases *
bs_redis_leases_new (const char *prefix, const char *name, guint first, guint last)
{
  BsRedisLeases *self = g_new0 (BsRedisLeases, 1);
  self->prefix = g_strdup (prefix);
  self->name = g_strdup (name);
  self->member = g_strdup_printf ("%u %u %s", first, last, name);
  self->first = first;
  self->last = last;
  self->held = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
bs_redis_leases_free (BsRedisLeases *self)
{
  if (self == NULL)
    return;
  g_free (self->prefix);
  g_free (self->name);
  g_free (self->member);
  g_array_unref (self->held);
  g_free (self);
}

static char *
owner_key (const BsRedisLeases *self, guint shard)
{
  return g_strdup_printf ("%s:owner:%u", self->prefix, shard);
}

static char *
workers_key (const BsRedisLeases *self)
{
  return g_strdup_printf ("%s:workers", self->prefix);
}

/* This worker's part of what it wants: of each shard, one part in as many as want it. */
static guint
fair_limit (const BsRedisLeases *self, const redisReply *workers)
{
  double part = 0;
  for (guint shard = self->first; shard <= self->last; shard++)
    {
      guint wanting = 0;
      for (gsize i = 0; i < workers->elements; i++)
        {
          guint first, last;
          const redisReply *worker = workers->element[i];
          if (worker->type == REDIS_REPLY_STRING && sscanf (worker->str, "%u %u", &first, &last) == 2)
            wanting += first <= shard && shard <= last;
        }
      part += 1.0 / MAX (wanting, 1);
    }
  /* Less a little, lest the sum of thirds is more than one. */
  return (guint) ceil (part - 1e-6);
}

static gboolean
beat (BsRedisLeases *self, BsRedis *redis, GError **error)
{
  char lease[16];
  g_snprintf (lease, sizeof lease, "%d", BS_REDIS_LEASE_MSEC);
  g_autofree char *key = workers_key (self);
  g_autoptr (redisReply) workers = BS_REDIS_COMMAND (redis, error, "EVAL", beat_script, "1", key, self->member, lease);
  if (workers == NULL || !bs_redis_expect (workers, REDIS_REPLY_ARRAY, "a list of workers", error))
    return FALSE;
  self->limit = fair_limit (self, workers);
  return TRUE;
}

/* @kept: (out): whether it is still this worker's. */
static gboolean
renew (BsRedisLeases *self, BsRedis *redis, guint shard, gboolean *kept, GError **error)
{
  char lease[16];
  g_snprintf (lease, sizeof lease, "%d", BS_REDIS_LEASE_MSEC);
  g_autofree char *key = owner_key (self, shard);
  g_autoptr (redisReply) reply = BS_REDIS_COMMAND (redis, error, "EVAL", renew_script, "1", key, self->name, lease);
  if (reply == NULL || !bs_redis_expect (reply, REDIS_REPLY_INTEGER, "a number", error))
    return FALSE;
  *kept = reply->integer == 1;
  return TRUE;
}

static void
release (BsRedisLeases *self, BsRedis *redis, guint shard)
{
  g_autofree char *key = owner_key (self, shard);
  /* Where it fails the lease expires by itself. */
  redisReply *reply = BS_REDIS_COMMAND (redis, NULL, "EVAL", release_script, "1", key, self->name);
  g_clear_pointer (&reply, freeReplyObject);
}

gboolean
bs_redis_leases_beat (BsRedisLeases *self, BsRedis *redis, const BsRedisLeaseFuncs *funcs, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  if (now < self->next_beat_us)
    return TRUE;
  gboolean good = beat (self, redis, error);
  for (guint i = 0; good && i < self->held->len;)
    {
      guint shard = g_array_index (self->held, guint, i);
      gboolean kept = FALSE;
      good = renew (self, redis, shard, &kept, error);
      if (!good)
        break;
      gboolean too_many = kept && self->held->len > self->limit && i == self->held->len - 1;
      if (kept && !too_many)
        {
          i++;
          continue;
        }
      if (kept)
        release (self, redis, shard);
      g_array_remove_index (self->held, i);
      funcs->lost (shard, funcs->data);
    }
  if (!good)
    {
      g_array_set_size (self->held, 0);
      return FALSE;
    }
  self->next_beat_us = now + BS_REDIS_HEARTBEAT_MSEC * G_GINT64_CONSTANT (1000);
  /* Counted from before the renewal; a tenth less, since the server's clock may be quicker. */
  self->sure_until_us = now + BS_REDIS_LEASE_MSEC * G_GINT64_CONSTANT (900);
  return TRUE;
}

gboolean
bs_redis_leases_take_one (BsRedisLeases *self, BsRedis *redis, int *shard, GError **error)
{
  char lease[16];
  g_snprintf (lease, sizeof lease, "%d", BS_REDIS_LEASE_MSEC);
  *shard = -1;
  for (guint i = self->first; i <= self->last && self->held->len < self->limit; i++)
    {
      if (bs_redis_leases_holds (self, i))
        continue;
      g_autofree char *key = owner_key (self, i);
      g_autoptr (redisReply) reply = BS_REDIS_COMMAND (redis, error, "SET", key, self->name, "NX", "PX", lease);
      if (reply == NULL)
        return FALSE;
      if (reply->type != REDIS_REPLY_STATUS)
        continue;
      guint at = 0;
      while (at < self->held->len && g_array_index (self->held, guint, at) < i)
        at++;
      g_array_insert_val (self->held, at, i);
      *shard = (int) i;
      break;
    }
  return TRUE;
}

gboolean
bs_redis_leases_holds (const BsRedisLeases *self, guint shard)
{
  if (g_get_monotonic_time () > self->sure_until_us)
    return FALSE;
  for (guint i = 0; i < self->held->len; i++)
    if (g_array_index (self->held, guint, i) == shard)
      return TRUE;
  return FALSE;
}

int
bs_redis_leases_nth (const BsRedisLeases *self, guint n)
{
  return n < self->held->len ? (int) g_array_index (self->held, guint, n) : -1;
}

void
bs_redis_leases_drop (BsRedisLeases *self, BsRedis *redis)
{
  for (guint i = 0; redis != NULL && i < self->held->len; i++)
    release (self, redis, g_array_index (self->held, guint, i));
  if (redis != NULL)
    {
      /* Nobody divides with who has gone. */
      g_autofree char *key = workers_key (self);
      redisReply *reply = BS_REDIS_COMMAND (redis, NULL, "ZREM", key, self->member);
      g_clear_pointer (&reply, freeReplyObject);
    }
  g_array_set_size (self->held, 0);
  self->next_beat_us = 0;
}
