#include "app/redis/bs-redis-publisher.h"

#include <string.h>

/* Bars that are sent before the first acknowledgement is waited for. */
#define WINDOW 512

/* What a server has acknowledged it may lose all the same when it dies: with appendfsync everysec, Redis puts writing off for up to two
 * seconds while a sync is under way. So that much is sent again after a connection was lost; who has it takes it for what it is. */
#define DOUBTFUL_USEC (3 * G_USEC_PER_SEC)

/* One bar in the order of publishing. */
typedef struct
{
  gint64 acknowledged_us; /* monotonic clock: 0 before */
  gint64 close_us;
  guint32 source;
  guint64 index;
} Item;

typedef struct
{
  const BsRedisPublisherConfig *config;
  const BsRedisSource *sources;
  char **keys; /* [n]: the sources' streams */
  GArray *items;
  guint n_done; /* items acknowledged */
  guint n_sent; /* items sent, over all connections: those above n_done once a connection is lost are sent again */
  BsRedis *redis;
  GStringChunk *pool;
  gint64 begin_us;
  BsRedisPublisherCounters *counters;
} Publisher;

static void G_GNUC_PRINTF (2, 3)
say (const Publisher *self, const char *format, ...)
{
  if (self->config->say == NULL)
    return;
  va_list args;
  va_start (args, format);
  g_autofree char *line = g_strdup_vprintf (format, args);
  va_end (args);
  self->config->say (line, self->config->say_data);
}

/* By close; secondary first; then the order of the sources: stable and total. */
static int
compare_items (gconstpointer a, gconstpointer b, gpointer data)
{
  const BsRedisSource *sources = data;
  const Item *x = a, *y = b;
  if (x->close_us != y->close_us)
    return (x->close_us > y->close_us) - (x->close_us < y->close_us);
  if (sources[x->source].secondary != sources[y->source].secondary)
    return sources[x->source].secondary ? -1 : 1;
  return (x->source > y->source) - (x->source < y->source);
}

static GArray *
order_items (const BsRedisSource *sources, guint n)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));
  for (guint i = 0; i < n; i++)
    for (guint64 index = bs_bar_series_first (sources[i].series); index < bs_bar_series_end (sources[i].series); index++)
      {
        Item item = { 0, bs_bar_series_close_time (sources[i].series, index), i, index };
        g_array_append_val (items, item);
      }
  g_array_sort_with_data (items, compare_items, (gpointer) sources);
  return items;
}

/* How many shards there are: the first publisher, or worker, has said it. */
static gboolean
agree_on_shards (Publisher *self, guint n_sources, GError **error)
{
  char wanted[16];
  guint64 n;
  g_snprintf (wanted, sizeof wanted, "%u", self->config->n_shards > 0 ? self->config->n_shards : BS_REDIS_DEFAULT_SHARDS);
  g_autofree char *key = bs_redis_key_shards (self->config->prefix);
  g_autoptr (redisReply) made = BS_REDIS_COMMAND (self->redis, error, "SETNX", key, wanted);
  if (made == NULL)
    return FALSE;
  g_autoptr (redisReply) reply = BS_REDIS_COMMAND (self->redis, error, "GET", key);
  if (reply == NULL || !bs_redis_expect (reply, REDIS_REPLY_STRING, "a number of shards", error))
    return FALSE;
  if (!g_ascii_string_to_unsigned (reply->str, 10, 1, BS_REDIS_MAX_SHARDS, &n, NULL)
      || (self->config->n_shards > 0 && n != self->config->n_shards))
    {
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REFUSED,
                   "%s is '%.20s': bars there are spread over so many shards, and that cannot be changed", key, reply->str);
      return FALSE;
    }
  for (guint i = 0; i < n_sources; i++)
    {
      g_free (self->keys[i]);
      self->keys[i]
        = bs_redis_key_bars (self->config->prefix, bs_redis_shard_of (self->sources[i].instrument, (guint) n));
    }
  return TRUE;
}

static gboolean
send_item (Publisher *self, guint at, GError **error)
{
  const Item *item = &g_array_index (self->items, Item, at);
  const BsRedisSource *source = &self->sources[item->source];
  BsRedisWords words = { .pool = self->pool };
  BsRedisBar bar = { .secondary = source->secondary,
                     .bar_length_us = bs_bar_series_bar_length (source->series),
                     .stamp = bs_bar_series_stamp (source->series) };
  g_strlcpy (bar.instrument, source->instrument, sizeof bar.instrument);
  bs_bar_series_get (source->series, item->index, &bar.bar);
  g_string_chunk_clear (self->pool);
  bs_redis_bar_words (&words, self->keys[item->source], &bar);
  if (!bs_redis_append (self->redis, words.words, words.n, error))
    return FALSE;
  if (at < self->n_sent)
    self->counters->resent++;
  else
    self->n_sent = at + 1;
  return TRUE;
}

/* Items that may be sent by now. */
static guint
allowed (const Publisher *self)
{
  if (self->config->rate <= 0)
    return self->items->len;
  double due = (double) (g_get_monotonic_time () - self->begin_us) / G_USEC_PER_SEC * self->config->rate + 1;
  return due < self->items->len ? (guint) due : self->items->len;
}

/* The connection is lost: goes back to what the server surely has. */
static void
doubt (Publisher *self)
{
  gint64 now_us = g_get_monotonic_time ();
  while (self->n_done > 0 && now_us - g_array_index (self->items, Item, self->n_done - 1).acknowledged_us < DOUBTFUL_USEC)
    self->n_done--;
}

/* One connection's life. */
static gboolean
serve (Publisher *self, guint n_sources, const gint *stop, GError **error)
{
  self->redis = bs_redis_connect (self->config->address, error);
  if (self->redis == NULL || !agree_on_shards (self, n_sources, error))
    return FALSE;
  while (self->n_done < self->items->len && (stop == NULL || !g_atomic_int_get (stop)))
    {
      guint end = MIN (allowed (self), self->n_done + WINDOW);
      if (end == self->n_done)
        {
          g_usleep (1000);
          continue;
        }
      for (guint at = self->n_done; at < end; at++)
        if (!send_item (self, at, error))
          return FALSE;
      while (self->n_done < end)
        {
          g_autoptr (redisReply) reply = bs_redis_get (self->redis, error);
          if (reply == NULL)
            return FALSE;
          g_array_index (self->items, Item, self->n_done).acknowledged_us = g_get_monotonic_time ();
          self->n_done++;
          self->counters->published = MAX (self->counters->published, self->n_done);
        }
    }
  return TRUE;
}

gboolean
bs_redis_publish (const BsRedisPublisherConfig *config, const BsRedisSource *sources, guint n, const gint *stop,
                  BsRedisPublisherCounters *counters, GError **error)
{
  Publisher self = { .config = config, .sources = sources, .counters = counters, .begin_us = g_get_monotonic_time () };
  self.keys = g_new0 (char *, n + 1);
  self.items = order_items (sources, n);
  self.pool = g_string_chunk_new (4096);
  memset (counters, 0, sizeof *counters);
  gboolean good = FALSE;
  BsBackoff backoff;
  bs_backoff_init (&backoff, &bs_redis_pace, &bs_backoff_flag_funcs, (gpointer) stop);
  for (;;)
    {
      g_autoptr (GError) problem = NULL;
      guint before = self.n_done;
      good = serve (&self, n, stop, &problem);
      gboolean connected = self.redis != NULL;
      g_clear_pointer (&self.redis, bs_redis_free);
      if (good)
        break;
      if (!bs_redis_can_retry (problem) || (self.n_sent == 0 && !connected))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          break;
        }
      if (self.n_done > before)
        bs_backoff_worked (&backoff);
      doubt (&self);
      guint wait_ms = bs_backoff_next_ms (&backoff);
      say (&self, "%s; trying again in %.1f s", problem->message, wait_ms / 1000.0);
      if (!bs_backoff_wait (&backoff, wait_ms))
        {
          good = TRUE;
          break;
        }
    }
  for (guint i = 0; i < n; i++)
    g_free (self.keys[i]);
  g_free (self.keys);
  g_array_unref (self.items);
  g_string_chunk_free (self.pool);
  return good;
}
