/* fuzz-redis.c: any bytes as a server's answer: read as a bar, or refused with a message */
#include <string.h>

#include "app/redis/bs-redis-entry.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What was read is written and read again, to the bit. */
static void
write_and_read (const BsRedisBar *bar)
{
  GStringChunk *pool = g_string_chunk_new (512);
  BsRedisWords words = { .pool = pool };
  BsRedisBar again;
  g_autoptr (GError) error = NULL;
  bs_redis_bar_words (&words, "key", bar);
  redisReply fields[BS_REDIS_MAX_ENTRY_WORDS] = { 0 }, *pointers[BS_REDIS_MAX_ENTRY_WORDS];
  for (guint i = 3; i < words.n; i++)
    {
      fields[i].type = REDIS_REPLY_STRING;
      fields[i].str = (char *) words.words[i];
      fields[i].len = strlen (words.words[i]);
      pointers[i - 3] = &fields[i];
    }
  redisReply id = { .type = REDIS_REPLY_STRING, .str = (char *) bar->id, .len = strlen (bar->id) };
  redisReply list = { .type = REDIS_REPLY_ARRAY, .elements = words.n - 3, .element = pointers };
  redisReply *both[] = { &id, &list };
  redisReply entry = { .type = REDIS_REPLY_ARRAY, .elements = 2, .element = both };
  g_assert_true (bs_redis_bar_parse (&entry, &again, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (again.instrument, ==, bar->instrument);
  g_assert_cmpint (again.secondary, ==, bar->secondary);
  g_assert_cmpint (again.bar_length_us, ==, bar->bar_length_us);
  g_assert_cmpint (again.stamp, ==, bar->stamp);
  g_assert_cmpint (memcmp (&again.bar, &bar->bar, sizeof bar->bar), ==, 0);
  g_string_chunk_free (pool);
}

/* hiredis before 1.0.1 makes room for as many elements as an answer says that it has (calloc(), which costs nothing until it is written, but
 * ends the fuzzer): that is the library's, and not looked for here. */
static gboolean
claims_much (const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    {
      gsize digits = 0;
      while (data[i] == '*' && i + 1 + digits < size && g_ascii_isdigit (data[i + 1 + digits]))
        digits++;
      if (digits > 4)
        return TRUE;
    }
  return FALSE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (claims_much (data, size))
    return 0;
  redisReader *reader = redisReaderCreate ();
  void *reply = NULL;
  if (redisReaderFeed (reader, (const char *) data, size) == REDIS_OK && redisReaderGetReply (reader, &reply) == REDIS_OK
      && reply != NULL)
    {
      g_autoptr (GError) error = NULL;
      BsRedisBar bar;
      if (bs_redis_bar_parse (reply, &bar, &error))
        write_and_read (&bar);
      else
        g_assert_nonnull (error);
      freeReplyObject (reply);
    }
  redisReaderFree (reader);
  return 0;
}
