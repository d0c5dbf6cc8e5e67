#include "app/redis/bs-redis-feed.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/feeds/bs-decimal.h"
#include "app/feeds/bs-feed-kind.h"

/* How long the server waits for bars before the feed looks whether it is to stop. */
#define BLOCK_MSEC_TEXT "250"
/* Entries that are read at once. */
#define PAGE_TEXT "5000"

struct _BsRedisFeed
{
  BsFeed parent_instance;

  BsRedisAddress *address;
  BsRedis *redis; /* (nullable) */
  char *key, *instrument;
  char after[BS_REDIS_ID_SIZE];
  BsBackoff backoff; /* the thread's own */
};

G_DEFINE_FINAL_TYPE (BsRedisFeed, bs_redis_feed, BS_TYPE_FEED)

static BsRedisAddress *
copy_address (const BsRedisAddress *address)
{
  BsRedisAddress *copy = g_memdup2 (address, sizeof *address);
  copy->host = g_strdup (address->host);
  copy->user = g_strdup (address->user);
  copy->password = g_strdup (address->password);
  return copy;
}

/* Returns FALSE where nobody listens any more, or with an error. */
static gboolean
take_entry (BsRedisFeed *self, const redisReply *entry, GError **problem)
{
  BsFeed *feed = BS_FEED (self);
  BsRedisBar bar;
  g_autoptr (GError) error = NULL;
  gboolean good = bs_redis_bar_parse (entry, &bar, &error);
  /* It would come again and again. */
  if (bar.id[0] == '\0')
    return bs_redis_expect (entry, BS_REDIS_NO_TYPE, "an entry with an ID", problem);
  g_strlcpy (self->after, bar.id, sizeof self->after);
  /* What is no bar says of no instrument for sure: it counts here where it names this one. */
  if (!g_str_equal (bar.instrument, self->instrument))
    return TRUE;
  if (!good)
    {
      bs_feed_refuse (feed, "%s", error->message);
      return TRUE;
    }
  bs_backoff_worked (&self->backoff);
  return bs_feed_push (feed, bar.secondary ? BS_FEED_ITEM_SECONDARY : BS_FEED_ITEM_PRIMARY, &bar.bar, BS_FEED_DUE_ON_ARRIVAL)
         != BS_FEED_CLOSED;
}

/* Returns FALSE where nobody listens any more, or, with an error, where the server is lost. */
static gboolean
read_bars (BsRedisFeed *self, GError **error)
{
  g_autoptr (redisReply) reply = BS_REDIS_COMMAND (self->redis, error, "XREAD", "COUNT", PAGE_TEXT, "BLOCK", BLOCK_MSEC_TEXT,
                                                   "STREAMS", self->key, self->after);
  if (reply == NULL)
    return FALSE;
  if (reply->type == REDIS_REPLY_NIL)
    return TRUE;
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1 || reply->element[0]->type != REDIS_REPLY_ARRAY
      || reply->element[0]->elements != 2 || reply->element[0]->element[1]->type != REDIS_REPLY_ARRAY)
    return bs_redis_expect (reply, REDIS_REPLY_NIL, "a stream with entries", error);
  const redisReply *entries = reply->element[0]->element[1];
  for (gsize i = 0; i < entries->elements; i++)
    if (!take_entry (self, entries->element[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
sleep_until (gint64 until_us, gpointer feed)
{
  return bs_feed_sleep (feed, until_us);
}

static void
bs_redis_feed_run (BsFeed *feed)
{
  BsRedisFeed *self = BS_REDIS_FEED (feed);
  static const BsBackoffFuncs funcs = { .sleep = sleep_until };
  gboolean again = FALSE;
  bs_backoff_init (&self->backoff, &bs_redis_pace, &funcs, feed);
  while (!bs_feed_is_stopping (feed))
    {
      g_autoptr (GError) error = NULL;
      self->redis = bs_redis_connect (self->address, &error);
      if (self->redis != NULL)
        {
          bs_backoff_connected (&self->backoff);
          if (again)
            bs_feed_count_reconnect (feed);
          again = TRUE;
          if (!bs_feed_set_state (feed, BS_FEED_CONNECTED, NULL))
            return;
          while (!bs_feed_is_stopping (feed) && read_bars (self, &error))
            ;
          g_clear_pointer (&self->redis, bs_redis_free);
          if (error == NULL)
            return;
        }
      guint wait_ms = bs_backoff_next_ms (&self->backoff);
      g_autofree char *message = g_strdup_printf (_ ("%s; trying again in %.1f s"), error->message, wait_ms / 1000.0);
      if (!bs_feed_set_state (feed, BS_FEED_LOST, message)
          || !bs_backoff_wait (&self->backoff, wait_ms))
        return;
    }
}

static void
bs_redis_feed_finalize (GObject *object)
{
  BsRedisFeed *self = BS_REDIS_FEED (object);
  bs_redis_address_free (self->address);
  bs_redis_free (self->redis);
  g_free (self->key);
  g_free (self->instrument);
  G_OBJECT_CLASS (bs_redis_feed_parent_class)->finalize (object);
}

static void
bs_redis_feed_class_init (BsRedisFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_redis_feed_finalize;
  BS_FEED_CLASS (klass)->run = bs_redis_feed_run;
}

static void
bs_redis_feed_init (BsRedisFeed *self)
{
}

BsRedisFeed *
bs_redis_feed_new (const BsRedisAddress *address, const char *key, const char *instrument, const char *after,
                   gint64 bar_length_us)
{
  BsRedisFeed *self = g_object_new (BS_TYPE_REDIS_FEED, NULL);
  self->address = copy_address (address);
  self->key = g_strdup (key);
  self->instrument = g_strdup (instrument);
  g_strlcpy (self->after, after, sizeof self->after);
  bs_feed_set_live (BS_FEED (self), bar_length_us);
  return self;
}

/* Opening: see bs-feed-kind.h. "INSTRUMENT@HOST[:PORT][/DATABASE]" */

static gboolean
parse (const char *text, char **instrument, BsRedisAddress **address, GError **error)
{
  const char *at = strrchr (text, '@');
  g_autoptr (GError) problem = NULL;
  *instrument = at != NULL ? g_strndup (text, (gsize) (at - text)) : NULL;
  g_autofree char *url = at != NULL ? g_strconcat ("redis://", at + 1, NULL) : NULL;
  if (url != NULL && bs_redis_check_instrument (*instrument, &problem))
    *address = bs_redis_address_parse (url, &problem);
  if (*address != NULL)
    return TRUE;
  g_clear_pointer (instrument, g_free);
  g_set_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_ADDRESS, "'%s': expected INSTRUMENT@HOST[:PORT][/DATABASE]", text);
  return FALSE;
}

static guint
n_shards (BsRedis *redis, GError **error)
{
  guint64 n = 0;
  g_autofree char *key = bs_redis_key_shards (BS_REDIS_DEFAULT_PREFIX);
  g_autoptr (redisReply) reply = BS_REDIS_COMMAND (redis, error, "GET", key);
  if (reply != NULL
      && (reply->type != REDIS_REPLY_STRING || !g_ascii_string_to_unsigned (reply->str, 10, 1, BS_REDIS_MAX_SHARDS, &n, NULL)))
    g_set_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN, "nothing has been published there yet (no %s)", key);
  return (guint) n;
}

static void
take_history (BsBarFile **file, const char *name, const BsRedisBar *bar)
{
  if (*file == NULL)
    {
      *file = bs_bar_file_new (name);
      (*file)->series = bs_bar_series_new (0, bar->bar_length_us, bar->stamp);
      (*file)->timezone = g_strdup ("UTC");
    }
  BsBarFile *self = *file;
  self->n_rows++;
  /* What comes twice has been published twice: the feed's counters begin with what is new. */
  if (!bs_bar_series_append (self->series, &bar->bar, NULL))
    return;
  self->decimals = MAX (self->decimals, bs_decimal_places (bar->bar.close));
}

/* All that is there of the instrument. @after: (out): the last entry read */
static gboolean
read_history (BsRedis *redis, const char *key, const char *instrument, char after[BS_REDIS_ID_SIZE], BsFeedOpened *opened,
              GCancellable *cancellable, GError **error)
{
  g_strlcpy (after, "0-0", BS_REDIS_ID_SIZE);
  for (;;)
    {
      g_autofree char *start = g_strconcat ("(", after, NULL);
      g_autoptr (redisReply) page = BS_REDIS_COMMAND (redis, error, "XRANGE", key, start, "+", "COUNT", PAGE_TEXT);
      if (page == NULL || !bs_redis_expect (page, REDIS_REPLY_ARRAY, "a list of entries", error)
          || g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (page->elements == 0)
        return TRUE;
      for (gsize i = 0; i < page->elements; i++)
        {
          BsRedisBar bar;
          gboolean good = bs_redis_bar_parse (page->element[i], &bar, NULL);
          if (bar.id[0] != '\0')
            g_strlcpy (after, bar.id, BS_REDIS_ID_SIZE);
          else
            return bs_redis_expect (page->element[i], BS_REDIS_NO_TYPE, "an entry with an ID", error);
          if (good && g_str_equal (bar.instrument, instrument))
            take_history (bar.secondary ? &opened->secondary : &opened->primary, instrument, &bar);
        }
    }
}

static gboolean
redis_open (const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable, GError **error)
{
  g_autofree char *instrument = NULL;
  g_autoptr (BsRedisAddress) address = NULL;
  if (!parse (request->address, &instrument, &address, error))
    return FALSE;
  g_autoptr (BsRedis) redis = bs_redis_connect (address, error);
  guint n = redis != NULL ? n_shards (redis, error) : 0;
  if (n == 0)
    return FALSE;
  char after[BS_REDIS_ID_SIZE];
  g_autofree char *key = bs_redis_key_bars (BS_REDIS_DEFAULT_PREFIX, bs_redis_shard_of (instrument, n));
  if (!read_history (redis, key, instrument, after, opened, cancellable, error))
    return FALSE;
  if (opened->primary == NULL)
    {
      g_set_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN,
                   "no bars of %s there yet: barscope publish brings them, and says how long they are", instrument);
      return FALSE;
    }
  opened->feed = BS_FEED (
    bs_redis_feed_new (address, key, instrument, after, bs_bar_series_bar_length (opened->primary->series)));
  opened->instrument = g_steal_pointer (&instrument);
  return TRUE;
}

const BsFeedKind bs_feed_kind_redis = {
  .name = "redis",
  .title = N_ ("Redis Streams"),
  .summary = N_ ("Instruments of those that barscope publish or another program brings to a Redis server. Several, with commas between, fill the "
                 "watchlist"),
  .address_title = N_ ("Instrument and server"),
  .example = "ES@localhost:6379",
  .several = TRUE,
  .open = redis_open,
};
