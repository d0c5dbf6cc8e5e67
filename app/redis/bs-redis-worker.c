#include "app/redis/bs-redis-worker.h"

#include <string.h>

/* Entries of one stream that are fetched at once: what is computed before it is acknowledged. */
#define BATCH 256
#define BATCH_TEXT "256"
/* Entries of the past that are read at once. */
#define PAGE 5000
#define PAGE_TEXT "5000"
/* How long the server waits for bars before the worker looks after its leases. */
#define BLOCK_MSEC_TEXT "200"
/* Refused bars that the server keeps. */
#define REFUSED_MAX_TEXT "10000"

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

static void G_GNUC_PRINTF (2, 3)
say (BsRedisWorker *self, const char *format, ...)
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

/* The batch: bars that have been fetched, their answers, and back. */

static void
clear_batch (BsRedisWorker *self)
{
  g_array_set_size (self->bars, 0);
  g_array_set_size (self->shards, 0);
  g_array_set_size (self->answers, 0);
}

/* What is no bar is an entry that is refused: it gets its place in the batch, so that it is acknowledged in its turn. */
static void
add_to_batch (BsRedisWorker *self, guint shard, const redisReply *entry)
{
  g_autoptr (GError) error = NULL;
  BsRedisBar bar;
  BsRedisAnswer answer = { .outcome = BS_REDIS_TAKEN };
  if (!bs_redis_bar_parse (entry, &bar, &error))
    answer.problem = g_strdup (error->message);
  else if (bs_redis_shard_of (bar.instrument, self->n_shards) != shard)
    answer.problem = g_strdup ("instrument: it belongs to another shard");
  if (bar.id[0] == '\0')
    {
      bs_redis_answer_clear (&answer);
      return;
    }
  if (answer.problem != NULL)
    answer.outcome = BS_REDIS_REFUSED;
  g_array_append_val (self->bars, bar);
  g_array_append_val (self->shards, shard);
  g_array_append_val (self->answers, answer);
}

/* Answers the good bars of the batch, in place. */
static void
answer_batch (BsRedisWorker *self)
{
  guint n = self->bars->len, n_good = 0;
  BsRedisAnswer *answers = (BsRedisAnswer *) self->answers->data;
  g_autofree BsRedisBar *good = g_new (BsRedisBar, n);
  g_autofree guint *from = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    if (answers[i].outcome != BS_REDIS_REFUSED)
      {
        good[n_good] = g_array_index (self->bars, BsRedisBar, i);
        from[n_good++] = i;
      }
  g_autofree BsRedisAnswer *some = g_new (BsRedisAnswer, n_good);
  bs_redis_desk_answer (self->desk, good, n_good, some);
  for (guint i = 0; i < n_good; i++)
    answers[from[i]] = some[i];
}

/* Puts what is to be said about bar @i into the pipeline. Returns: commands put there */
static guint
append_answer (BsRedisWorker *self, guint i, GError **error)
{
  const BsRedisBar *bar = &g_array_index (self->bars, BsRedisBar, i);
  const BsRedisAnswer *answer = &g_array_index (self->answers, BsRedisAnswer, i);
  if (answer->outcome == BS_REDIS_ANSWERED)
    {
      BsRedisWords words = { .pool = self->pool };
      g_autofree char *key = bs_redis_key_signals (self->config.prefix, self->config.model, bar->instrument);
      bs_redis_signal_words (&words, key, bar, &answer->signal, answer->index, answer->problem, self->config.name);
      return bs_redis_append (self->redis, words.words, words.n, error);
    }
  if (answer->outcome != BS_REDIS_REFUSED)
    return 0;
  char shard[16];
  g_snprintf (shard, sizeof shard, "%u", g_array_index (self->shards, guint, i));
  const char *words[] = { "XADD",  self->refused, "MAXLEN", "~",      REFUSED_MAX_TEXT, "*", "shard", shard, "bar",
                          bar->id, "instrument",  bar->instrument, "reason", answer->problem };
  return bs_redis_append (self->redis, words, G_N_ELEMENTS (words), error);
}

/* Whether the stream has refused a signal because it has it already, or a later one. */
static gboolean
is_known (const GError *error)
{
  return error->domain == BS_REDIS_ERROR && strstr (error->message, "equal or smaller") != NULL;
}

static gboolean
count_answer (BsRedisWorker *self, guint i, GError **error)
{
  const BsRedisAnswer *answer = &g_array_index (self->answers, BsRedisAnswer, i);
  g_autoptr (GError) problem = NULL;
  switch (answer->outcome)
    {
    case BS_REDIS_ANSWERED:
      {
        g_autoptr (redisReply) reply = bs_redis_get (self->redis, &problem);
        if (reply != NULL)
          self->counters.bars++;
        else if (is_known (problem))
          self->counters.known++;
        else
          break;
        return TRUE;
      }
    case BS_REDIS_REFUSED:
      {
        const BsRedisBar *bar = &g_array_index (self->bars, BsRedisBar, i);
        g_autoptr (redisReply) reply = bs_redis_get (self->redis, &problem);
        if (reply == NULL)
          break;
        self->counters.refused++;
        say (self, "refused bar %s of %s: %s", bar->id, bar->instrument[0] != '\0' ? bar->instrument : "?", answer->problem);
        return TRUE;
      }
    case BS_REDIS_DUPLICATE:
      self->counters.duplicates++;
      return TRUE;
    default:
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
acknowledge (BsRedisWorker *self, GError **error)
{
  for (guint begin = 0, end; begin < self->bars->len; begin = end)
    {
      guint shard = g_array_index (self->shards, guint, begin);
      g_autofree char *key = bs_redis_key_bars (self->config.prefix, shard);
      g_ptr_array_set_size (self->words, 0);
      g_ptr_array_add (self->words, (char *) "XACK");
      g_ptr_array_add (self->words, key);
      g_ptr_array_add (self->words, self->group);
      for (end = begin; end < self->bars->len && g_array_index (self->shards, guint, end) == shard; end++)
        g_ptr_array_add (self->words, g_array_index (self->bars, BsRedisBar, end).id);
      if (!bs_redis_append (self->redis, (const char *const *) self->words->pdata, self->words->len, error))
        return FALSE;
      g_autoptr (redisReply) reply = bs_redis_get (self->redis, error);
      if (reply == NULL)
        return FALSE;
    }
  return TRUE;
}

/* A shard whose lease has run out may have another worker by now: nothing more is said for it. */
static gboolean
still_holds (BsRedisWorker *self, GError **error)
{
  for (guint i = 0; i < self->shards->len; i++)
    if (!bs_redis_leases_holds (self->leases, g_array_index (self->shards, guint, i)))
      {
        g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_LOST, "the lease of shard %u has run out",
                     g_array_index (self->shards, guint, i));
        return FALSE;
      }
  return TRUE;
}

/* Signals first, acknowledgements once all of them are in: a worker that dies in between leaves bars that are answered again,
 * whose signals are refused as known. */
static gboolean
work_batch (BsRedisWorker *self, GError **error)
{
  if (self->bars->len == 0)
    return TRUE;
  self->last_bar_us = g_get_monotonic_time ();
  answer_batch (self);
  if (!still_holds (self, error))
    return FALSE;
  g_string_chunk_clear (self->pool);
  g_autoptr (GError) problem = NULL;
  for (guint i = 0; i < self->bars->len; i++)
    {
      append_answer (self, i, &problem);
      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
  for (guint i = 0; i < self->bars->len; i++)
    if (!count_answer (self, i, error))
      return FALSE;
  return acknowledge (self, error);
}

/* Taking a shard: its state is made anew from its stream. */

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

static void
lose_shard (guint shard, gpointer data)
{
  BsRedisWorker *self = data;
  bs_redis_desk_forget (self->desk, shard, self->n_shards);
  say (self, "shard %u is given up", shard);
}

static gboolean
beat (BsRedisWorker *self, GError **error)
{
  const BsRedisLeaseFuncs funcs = { lose_shard, self };
  return bs_redis_leases_beat (self->leases, self->redis, &funcs, error);
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
      if (page == NULL || !beat (self, error))
        return FALSE;
      if (page->elements == 0)
        break;
      take_history (self, shard, page, pending, &i);
      n_past += i;
      n_pending += page->elements - i;
      while (i < page->elements)
        {
          clear_batch (self);
          for (guint n = 0; n < BATCH && i < page->elements; n++, i++)
            add_to_batch (self, shard, page->element[i]);
          if (!work_batch (self, error) || !beat (self, error))
            return FALSE;
        }
      const redisReply *newest = page->element[page->elements - 1];
      if (newest->type != REDIS_REPLY_ARRAY || newest->elements == 0 || newest->element[0]->type != REDIS_REPLY_STRING)
        return bs_redis_expect (newest, REDIS_REPLY_NIL, "an entry with an ID", error);
      g_strlcpy (after, newest->element[0]->str, sizeof after);
    }
  self->counters.takeovers += n_pending > 0;
  say (self, "shard %u is taken: %" G_GUINT64_FORMAT " bars answered before, %" G_GUINT64_FORMAT " begun by another worker",
       shard, n_past, n_pending);
  return TRUE;
}

static gboolean
take_shard (BsRedisWorker *self, guint shard, GError **error)
{
  char pending[BS_REDIS_ID_SIZE], last[BS_REDIS_ID_SIZE];
  g_autofree char *key = bs_redis_key_bars (self->config.prefix, shard);
  bs_redis_desk_forget (self->desk, shard, self->n_shards);
  return make_group (self, key, error) && claim (self, key, pending, error) && last_delivered (self, key, last, error)
         && rebuild (self, shard, key, pending, last, error);
}

static gboolean
take_shards (BsRedisWorker *self, GError **error)
{
  int shard;
  do
    {
      if (!bs_redis_leases_take_one (self->leases, self->redis, &shard, error))
        return FALSE;
      if (shard >= 0 && (!take_shard (self, (guint) shard, error) || !beat (self, error)))
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
        add_to_batch (self, (guint) shard, stream->element[1]->element[j]);
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
                               BATCH_TEXT,   "BLOCK",         BLOCK_MSEC_TEXT, "STREAMS" };
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
  clear_batch (self);
  take_streams (self, reply);
  return work_batch (self, error);
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
  self->n_shards = (guint) n;
  if (self->leases == NULL)
    self->leases = bs_redis_leases_new (self->config.prefix, self->config.name, (guint) MAX (self->config.first, 0),
                                        self->config.last >= 0 ? (guint) self->config.last : (guint) n - 1);
  return TRUE;
}

/* One connection's life. Returns: %TRUE where the worker is to end */
static gboolean
serve (BsRedisWorker *self, GError **error)
{
  self->redis = bs_redis_connect (self->config.address, error);
  if (self->redis == NULL || !find_shards (self, error))
    return FALSE;
  g_autofree char *server = bs_redis_address_text (self->config.address);
  say (self, "connected to Redis at %s, %u shards", server, self->n_shards);
  gint64 next_look_us = 0;
  while (!is_stopping (self) && !is_idle (self))
    {
      if (!beat (self, error))
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
  clear_batch (self);
  if (self->leases != NULL)
    bs_redis_leases_drop (self->leases, give_back ? self->redis : NULL);
  for (guint shard = 0; shard < self->n_shards; shard++)
    bs_redis_desk_forget (self->desk, shard, self->n_shards);
  g_clear_pointer (&self->redis, bs_redis_free);
}

gboolean
bs_redis_worker_run (BsRedisWorker *self, GError **error)
{
  guint attempt = 0;
  gboolean was_connected = FALSE;
  self->last_bar_us = g_get_monotonic_time ();
  while (!is_stopping (self))
    {
      g_autoptr (GError) problem = NULL;
      gboolean done = serve (self, &problem);
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
      attempt = connected ? 0 : attempt + 1;
      was_connected = TRUE;
      self->counters.reconnects++;
      guint wait_ms = bs_redis_backoff_ms (attempt);
      say (self, "%s; trying again in %.1f s", problem->message, wait_ms / 1000.0);
      g_usleep (wait_ms * G_GINT64_CONSTANT (1000));
    }
  return TRUE;
}
