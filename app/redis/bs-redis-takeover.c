#include <string.h>

#include "app/redis/bs-redis-worker-private.h"

/* Entries of the past that are read at once. */
#define PAGE_TEXT "5000"

static gboolean
make_group (BsRedisWorker *self, const char *key, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (redisReply) reply
    = BS_REDIS_COMMAND (self->redis, &problem, "XGROUP", "CREATE", key, self->group, "0", "MKSTREAM");
  if (reply != NULL || strstr (problem->message, "BUSYGROUP") != NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* @id: (out): the last entry of the stream that has been handed to a worker of this group */
static gboolean
last_delivered (BsRedisWorker *self, const char *key, char id[BS_REDIS_ID_SIZE], GError **error)
{
  g_autoptr (redisReply) groups = BS_REDIS_COMMAND (self->redis, error, "XINFO", "GROUPS", key);
  if (groups == NULL || !bs_redis_expect (groups, REDIS_REPLY_ARRAY, "a list of groups", error))
    return FALSE;
  for (gsize i = 0; i < groups->elements; i++)
    {
      const redisReply *group = groups->element[i];
      const char *name = NULL, *last = NULL;
      for (gsize j = 0; group->type == REDIS_REPLY_ARRAY && j + 1 < group->elements; j += 2)
        if (group->element[j]->type == REDIS_REPLY_STRING && group->element[j + 1]->type == REDIS_REPLY_STRING)
          {
            if (g_str_equal (group->element[j]->str, "name"))
              name = group->element[j + 1]->str;
            else if (g_str_equal (group->element[j]->str, "last-delivered-id"))
              last = group->element[j + 1]->str;
          }
      if (g_strcmp0 (name, self->group) != 0 || last == NULL)
        continue;
      g_strlcpy (id, last, BS_REDIS_ID_SIZE);
      return TRUE;
    }
  g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_LOST, "the stream %s has lost its group", key);
  return FALSE;
}

/* Makes all that was handed out and not acknowledged this worker's. @first: (out): the first of it; "" where there is none */
static gboolean
claim (BsRedisWorker *self, const char *key, char first[BS_REDIS_ID_SIZE], GError **error)
{
  char cursor[BS_REDIS_ID_SIZE] = "0-0";
  first[0] = '\0';
  do
    {
      g_autoptr (redisReply) reply = BS_REDIS_COMMAND (self->redis, error, "XAUTOCLAIM", key, self->group,
                                                       self->config.name, "0", cursor, "COUNT", PAGE_TEXT, "JUSTID");
      if (reply == NULL || !bs_redis_expect (reply, REDIS_REPLY_ARRAY, "what was claimed", error))
        return FALSE;
      if (reply->elements < 2 || reply->element[0]->type != REDIS_REPLY_STRING
          || reply->element[1]->type != REDIS_REPLY_ARRAY)
        return bs_redis_expect (reply, REDIS_REPLY_NIL, "a cursor and IDs", error);
      const redisReply *ids = reply->element[1];
      if (first[0] == '\0' && ids->elements > 0 && ids->element[0]->type == REDIS_REPLY_STRING)
        g_strlcpy (first, ids->element[0]->str, BS_REDIS_ID_SIZE);
      g_strlcpy (cursor, reply->element[0]->str, sizeof cursor);
    }
  while (!g_str_equal (cursor, "0-0"));
  return TRUE;
}

/* (transfer full): a page of the stream, after @after (exclusive), up to @last */
static redisReply *
read_page (BsRedisWorker *self, const char *key, const char *after, const char *last, GError **error)
{
  g_autofree char *start = after[0] != '\0' ? g_strconcat ("(", after, NULL) : g_strdup ("-");
  g_autoptr (redisReply) page = BS_REDIS_COMMAND (self->redis, error, "XRANGE", key, start, last, "COUNT", PAGE_TEXT);
  return page != NULL && bs_redis_expect (page, REDIS_REPLY_ARRAY, "a list of entries", error)
           ? g_steal_pointer (&page)
           : NULL;
}

/* IDs are "MS-SEQUENCE". */
static int
compare_ids (const char *a, const char *b)
{
  char *a_end, *b_end;
  guint64 x = g_ascii_strtoull (a, &a_end, 10), y = g_ascii_strtoull (b, &b_end, 10);
  if (x != y)
    return (x > y) - (x < y);
  x = *a_end == '-' ? g_ascii_strtoull (a_end + 1, NULL, 10) : 0;
  y = *b_end == '-' ? g_ascii_strtoull (b_end + 1, NULL, 10) : 0;
  return (x > y) - (x < y);
}

/* The entries of @page before the ID @until ("": all) become history. @rest: (out): the first that is not */
static void
take_history (BsRedisWorker *self, guint shard, const redisReply *page, const char *until, gsize *rest)
{
  g_autoptr (GArray) bars = g_array_sized_new (FALSE, FALSE, sizeof (BsRedisBar), (guint) page->elements);
  for (*rest = 0; *rest < page->elements; (*rest)++)
    {
      BsRedisBar bar;
      gboolean good = bs_redis_bar_parse (page->element[*rest], &bar, NULL);
      if (until[0] != '\0' && compare_ids (bar.id, until) >= 0)
        break;
      if (good && bs_redis_shard_of (bar.instrument, self->n_shards) == shard)
        g_array_append_val (bars, bar);
    }
  bs_redis_desk_history (self->desk, (const BsRedisBar *) bars->data, bars->len);
}

/* Everything up to @last has been handed out; up to @pending (exclusive) it has been answered, too. */
static gboolean
rebuild (BsRedisWorker *self, guint shard, const char *key, const char *pending, const char *last, GError **error)
{
  char after[BS_REDIS_ID_SIZE] = "";
  guint64 n_past = 0, n_pending = 0;
  for (;;)
    {
      gsize i;
      g_autoptr (redisReply) page = read_page (self, key, after, last, error);
      if (page == NULL || !bs_redis_worker_beat (self, error))
        return FALSE;
      if (page->elements == 0)
        break;
      take_history (self, shard, page, pending, &i);
      n_past += i;
      n_pending += page->elements - i;
      while (i < page->elements)
        {
          bs_redis_batch_clear (self);
          for (guint n = 0; n < BS_REDIS_BATCH && i < page->elements; n++, i++)
            bs_redis_batch_add (self, shard, page->element[i]);
          if (!bs_redis_batch_work (self, error) || !bs_redis_worker_beat (self, error))
            return FALSE;
        }
      const redisReply *newest = page->element[page->elements - 1];
      if (newest->type != REDIS_REPLY_ARRAY || newest->elements == 0 || newest->element[0]->type != REDIS_REPLY_STRING)
        return bs_redis_expect (newest, REDIS_REPLY_NIL, "an entry with an ID", error);
      g_strlcpy (after, newest->element[0]->str, sizeof after);
    }
  self->counters.takeovers += n_pending > 0;
  bs_redis_worker_say (self, "shard %u is taken: %" G_GUINT64_FORMAT " bars answered before, %" G_GUINT64_FORMAT " begun by another worker",
       shard, n_past, n_pending);
  return TRUE;
}

gboolean
bs_redis_takeover (BsRedisWorker *self, guint shard, GError **error)
{
  char pending[BS_REDIS_ID_SIZE], last[BS_REDIS_ID_SIZE];
  g_autofree char *key = bs_redis_key_bars (self->config.prefix, shard);
  bs_redis_desk_forget (self->desk, shard, self->n_shards);
  return make_group (self, key, error) && claim (self, key, pending, error) && last_delivered (self, key, last, error)
         && rebuild (self, shard, key, pending, last, error);
}
