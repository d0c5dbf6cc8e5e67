/* bs-redis-entry.h: bars and signals as entries of Redis Streams: names of keys, fields (docs/scaling.md) */
#pragma once

#include "app/redis/bs-redis.h"
#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** What keys begin with unless said otherwise. */
#define BS_REDIS_DEFAULT_PREFIX "barscope"
/** Streams that bars are spread over unless said otherwise; fixed by the first publisher. */
#define BS_REDIS_DEFAULT_SHARDS 16
#define BS_REDIS_MAX_SHARDS 1024
/** Bytes of an instrument's name, its end counted in. */
#define BS_REDIS_INSTRUMENT_SIZE 65
/** Room for the ID of an entry, "1704186060000-0". */
#define BS_REDIS_ID_SIZE 48
/** Strings of a bar's or a signal's XADD, see bs_redis_bar_words(). */
#define BS_REDIS_MAX_ENTRY_WORDS 48

/** bs_redis_shard_of: which of @n_shards streams an instrument's bars are in: FNV-1a of its name, modulo @n_shards */
guint bs_redis_shard_of (const char *instrument, guint n_shards);

/** bs_redis_check_instrument: 1 to 64 bytes of UTF-8, printable, without blanks. %FALSE with %BS_REDIS_ERROR_REPLY */
gboolean bs_redis_check_instrument (const char *instrument, GError **error);

/* Names of keys: (transfer full). */
/** "PREFIX:shards": how many there are */
char *bs_redis_key_shards (const char *prefix) G_GNUC_WARN_UNUSED_RESULT;
/** "PREFIX:bars:SHARD": the stream of bars */
char *bs_redis_key_bars (const char *prefix, guint shard) G_GNUC_WARN_UNUSED_RESULT;
/** "PREFIX:signals:MODEL:INSTRUMENT": the stream of signals; MODEL: first 16 digits of the model's hash */
char *bs_redis_key_signals (const char *prefix, const BsModel *model, const char *instrument) G_GNUC_WARN_UNUSED_RESULT;

/** A bar as it is in a stream. */
typedef struct
{
  char id[BS_REDIS_ID_SIZE]; /* the entry's */
  char instrument[BS_REDIS_INSTRUMENT_SIZE];
  gboolean secondary;
  gint64 bar_length_us; /* of its series */
  BsStamp stamp;
  BsBar bar;
} BsRedisBar;

/** The words of one command. Strings are owned by @pool. */
typedef struct
{
  const char *words[BS_REDIS_MAX_ENTRY_WORDS];
  guint n;
  GStringChunk *pool;
} BsRedisWords;

/** bs_redis_bar_words: "XADD @key * ...": the command that appends @bar. Numbers have 17 digits and come back to the bit. */
void bs_redis_bar_words (BsRedisWords *words, const char *key, const BsRedisBar *bar);

/**
 * bs_redis_bar_parse:
 * @entry: one of XRANGE or XREADGROUP: [id, [field, value ...]]
 *
 * Every field is there, once, and is good: the bar by bs_bar_validate(), its length above 0. Another field is refused by name.
 *
 * Returns: %FALSE with %BS_REDIS_ERROR_REPLY, which names the field; @bar->id is filled in all the same where there is one
 */
gboolean bs_redis_bar_parse (const redisReply *entry, BsRedisBar *bar, GError **error);

/**
 * bs_redis_signal_words:
 * @index: of the bar in its instrument's series
 * @problem: (nullable): why there is no signal though the bar is taken
 *
 * "XADD @key TIME ...": the ID is the bar's time, so that the server takes it once only.
 */
void bs_redis_signal_words (BsRedisWords *words, const char *key, const BsRedisBar *bar, const BsSignal *signal,
                            guint64 index, const char *problem, const char *worker);

/** bs_redis_time_id: the ID of time @time_us: "MS-US"; the bar's time must be after 1970-01-01 */
void bs_redis_time_id (char id[BS_REDIS_ID_SIZE], gint64 time_us);

G_END_DECLS
