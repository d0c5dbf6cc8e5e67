#include <string.h>

#include "app/redis/bs-redis-worker-private.h"

/* Refused bars that the server keeps. */
#define REFUSED_MAX_TEXT "10000"

void
bs_redis_batch_clear (BsRedisWorker *self)
{
  g_array_set_size (self->bars, 0);
  g_array_set_size (self->shards, 0);
  g_array_set_size (self->answers, 0);
}

void
bs_redis_batch_add (BsRedisWorker *self, guint shard, const redisReply *entry)
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
        bs_redis_worker_say (self, "refused bar %s of %s: %s", bar->id, bar->instrument[0] != '\0' ? bar->instrument : "?", answer->problem);
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

gboolean
bs_redis_batch_work (BsRedisWorker *self, GError **error)
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
