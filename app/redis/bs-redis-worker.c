#include "app/redis/bs-redis-worker-private.h"

#include <string.h>

/* How long the server waits for bars before the worker looks after its leases. */
#define BLOCK_MSEC_TEXT "200"

void
bs_redis_worker_say (BsRedisWorker *self, const char *format, ...)
{
  if (self->config.say == NULL)
    return;
  va_list args;
  va_start (args, format);
  g_autofree char *line = g_strdup_vprintf (format, args);
  va_end (args);
  self->config.say (line, self->config.say_data);
}

static void
clear_answer (gpointer answer)
{
  bs_redis_answer_clear (answer);
}

BsRedisWorker *
bs_redis_worker_new (const BsRedisWorkerConfig *config, GError **error)
{
  BsRedisDesk *desk
    = bs_redis_desk_new (config->model, config->options, config->threshold, config->max_bars, error);
  if (desk == NULL)
    return NULL;
  BsRedisWorker *self = g_new0 (BsRedisWorker, 1);
  self->config = *config;
  self->desk = desk;
  self->group = g_strdup_printf ("%.16s", config->model->hash);
  self->refused = g_strdup_printf ("%s:refused", config->prefix);
  self->bars = g_array_new (FALSE, FALSE, sizeof (BsRedisBar));
  self->shards = g_array_new (FALSE, FALSE, sizeof (guint));
  self->answers = g_array_new (FALSE, TRUE, sizeof (BsRedisAnswer));
  g_array_set_clear_func (self->answers, clear_answer);
  self->pool = g_string_chunk_new (65536);
  self->words = g_ptr_array_new ();
  return self;
}

void
bs_redis_worker_free (BsRedisWorker *self)
{
  if (self == NULL)
    return;
  bs_redis_free (self->redis);
  bs_redis_leases_free (self->leases);
  bs_redis_desk_free (self->desk);
  g_array_unref (self->bars);
  g_array_unref (self->shards);
  g_array_unref (self->answers);
  g_string_chunk_free (self->pool);
  g_ptr_array_unref (self->words);
  g_free (self->group);
  g_free (self->refused);
  g_free (self);
}

void
bs_redis_worker_stop (BsRedisWorker *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
}

void
bs_redis_worker_counters (const BsRedisWorker *self, BsRedisWorkerCounters *counters)
{
  *counters = self->counters;
}

static gboolean
is_stopping (BsRedisWorker *self)
{
  return g_atomic_int_get (&self->stopping);
}

static void
lose_shard (guint shard, gpointer data)
{
  BsRedisWorker *self = data;
  bs_redis_desk_forget (self->desk, shard, self->n_shards);
  bs_redis_worker_say (self, "shard %u is given up", shard);
}

gboolean
bs_redis_worker_beat (BsRedisWorker *self, GError **error)
{
  const BsRedisLeaseFuncs funcs = { lose_shard, self };
  return bs_redis_leases_beat (self->leases, self->redis, &funcs, error);
}

static gboolean
take_shards (BsRedisWorker *self, GError **error)
{
  int shard;
  do
    {
      if (!bs_redis_leases_take_one (self->leases, self->redis, &shard, error))
        return FALSE;
      if (shard >= 0 && (!bs_redis_takeover (self, (guint) shard, error) || !bs_redis_worker_beat (self, error)))
        return FALSE;
    }
  while (shard >= 0 && !is_stopping (self));
  return TRUE;
}

/* New bars. */

static int
shard_of_key (BsRedisWorker *self, const redisReply *key)
{
  for (guint n = 0;; n++)
    {
      int shard = bs_redis_leases_nth (self->leases, n);
      if (shard < 0)
        return -1;
      g_autofree char *name = bs_redis_key_bars (self->config.prefix, (guint) shard);
      if (key->type == REDIS_REPLY_STRING && g_str_equal (key->str, name))
        return shard;
    }
}

static void
take_streams (BsRedisWorker *self, const redisReply *streams)
{
  for (gsize i = 0; i < streams->elements; i++)
    {
      const redisReply *stream = streams->element[i];
      if (stream->type != REDIS_REPLY_ARRAY || stream->elements != 2 || stream->element[1]->type != REDIS_REPLY_ARRAY)
        continue;
      int shard = shard_of_key (self, stream->element[0]);
      for (gsize j = 0; shard >= 0 && j < stream->element[1]->elements; j++)
        bs_redis_batch_add (self, (guint) shard, stream->element[1]->element[j]);
    }
}

/* Waits for new bars of all shards held, and answers them. */
static gboolean
read_bars (BsRedisWorker *self, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  for (guint n = 0; bs_redis_leases_nth (self->leases, n) >= 0; n++)
    g_ptr_array_add (keys, bs_redis_key_bars (self->config.prefix, (guint) bs_redis_leases_nth (self->leases, n)));
  if (keys->len == 0)
    {
      g_usleep (200 * 1000);
      return TRUE;
    }
  const char *const head[] = { "XREADGROUP", "GROUP",         self->group,   self->config.name, "COUNT",
                               BS_REDIS_BATCH_TEXT,   "BLOCK",         BLOCK_MSEC_TEXT, "STREAMS" };
  g_ptr_array_set_size (self->words, 0);
  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    g_ptr_array_add (self->words, (char *) head[i]);
  for (guint i = 0; i < keys->len; i++)
    g_ptr_array_add (self->words, keys->pdata[i]);
  for (guint i = 0; i < keys->len; i++)
    g_ptr_array_add (self->words, (char *) ">");
  if (!bs_redis_append (self->redis, (const char *const *) self->words->pdata, self->words->len, error))
    return FALSE;
  g_autoptr (redisReply) reply = bs_redis_get (self->redis, error);
  if (reply == NULL)
    return FALSE;
  if (reply->type == REDIS_REPLY_NIL)
    return TRUE;
  if (!bs_redis_expect (reply, REDIS_REPLY_ARRAY, "a list of streams", error))
    return FALSE;
  bs_redis_batch_clear (self);
  take_streams (self, reply);
  return bs_redis_batch_work (self, error);
}

static gboolean
is_idle (BsRedisWorker *self)
{
  return self->config.idle_exit_ms > 0
         && g_get_monotonic_time () - self->last_bar_us > self->config.idle_exit_ms * G_GINT64_CONSTANT (1000);
}

static gboolean
find_shards (BsRedisWorker *self, GError **error)
{
  g_autofree char *key = bs_redis_key_shards (self->config.prefix);
  char fallback[16];
  g_snprintf (fallback, sizeof fallback, "%d", BS_REDIS_DEFAULT_SHARDS);
  g_autoptr (redisReply) made = BS_REDIS_COMMAND (self->redis, error, "SETNX", key, fallback);
  if (made == NULL)
    return FALSE;
  g_autoptr (redisReply) reply = BS_REDIS_COMMAND (self->redis, error, "GET", key);
  guint64 n;
  if (reply == NULL || !bs_redis_expect (reply, REDIS_REPLY_STRING, "a number of shards", error))
    return FALSE;
  if (!g_ascii_string_to_unsigned (reply->str, 10, 1, BS_REDIS_MAX_SHARDS, &n, NULL))
    {
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REFUSED, "%s: expected a number from 1 to %d", key, BS_REDIS_MAX_SHARDS);
      return FALSE;
    }
  if (self->config.last >= (int) n)
    {
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REFUSED, "there are shards 0 to %u, no %d", (guint) n - 1,
                   self->config.last);
      return FALSE;
    }
  /* The server has lost its data, and somebody has said another number since. What was held is dropped already. */
  if (n != self->n_shards)
    g_clear_pointer (&self->leases, bs_redis_leases_free);
  self->n_shards = (guint) n;
  if (self->leases == NULL)
    self->leases = bs_redis_leases_new (self->config.prefix, self->config.name, (guint) MAX (self->config.first, 0),
                                        self->config.last >= 0 ? (guint) self->config.last : (guint) n - 1);
  return TRUE;
}

/* One connection's life. Returns: %TRUE where the worker is to end */
static gboolean
serve (BsRedisWorker *self, BsBackoff *backoff, GError **error)
{
  self->redis = bs_redis_connect (self->config.address, error);
  if (self->redis == NULL || !find_shards (self, error))
    return FALSE;
  bs_backoff_connected (backoff);
  g_autofree char *server = bs_redis_address_text (self->config.address);
  bs_redis_worker_say (self, "connected to Redis at %s, %u shards", server, self->n_shards);
  gint64 next_look_us = 0;
  while (!is_stopping (self) && !is_idle (self))
    {
      if (!bs_redis_worker_beat (self, error))
        return FALSE;
      gint64 now = g_get_monotonic_time ();
      if (now >= next_look_us)
        {
          if (!take_shards (self, error))
            return FALSE;
          next_look_us = now + BS_REDIS_HEARTBEAT_MSEC * G_GINT64_CONSTANT (1000);
        }
      if (!read_bars (self, error))
        return FALSE;
    }
  return TRUE;
}

static void
disconnect (BsRedisWorker *self, gboolean give_back)
{
  bs_redis_batch_clear (self);
  if (self->leases != NULL)
    bs_redis_leases_drop (self->leases, give_back ? self->redis : NULL);
  for (guint shard = 0; shard < self->n_shards; shard++)
    bs_redis_desk_forget (self->desk, shard, self->n_shards);
  g_clear_pointer (&self->redis, bs_redis_free);
}

gboolean
bs_redis_worker_run (BsRedisWorker *self, GError **error)
{
  BsBackoff backoff;
  gboolean was_connected = FALSE;
  bs_backoff_init (&backoff, &bs_redis_pace, &bs_backoff_flag_funcs, &self->stopping);
  self->last_bar_us = g_get_monotonic_time ();
  while (!is_stopping (self))
    {
      g_autoptr (GError) problem = NULL;
      gint64 last_bar_us = self->last_bar_us;
      gboolean done = serve (self, &backoff, &problem);
      gboolean connected = self->redis != NULL && self->n_shards > 0;
      disconnect (self, done);
      if (done)
        return TRUE;
      /* A group that is gone: the server has lost its data, or somebody has deleted the stream. It is made anew. */
      gboolean retry = bs_redis_can_retry (problem) || strstr (problem->message, "NOGROUP") != NULL;
      if (!retry || (!was_connected && !connected))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (self->last_bar_us != last_bar_us)
        bs_backoff_worked (&backoff);
      was_connected = TRUE;
      self->counters.reconnects++;
      guint wait_ms = bs_backoff_next_ms (&backoff);
      bs_redis_worker_say (self, "%s; trying again in %.1f s", problem->message, wait_ms / 1000.0);
      bs_backoff_wait (&backoff, wait_ms);
    }
  return TRUE;
}
