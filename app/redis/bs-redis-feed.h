/* bs-redis-feed.h: one instrument's bars in Redis Streams, as a live feed */
#pragma once

#include "app/feeds/bs-feed.h"
#include "app/redis/bs-redis-entry.h"

G_BEGIN_DECLS

#define BS_TYPE_REDIS_FEED (bs_redis_feed_get_type ())
G_DECLARE_FINAL_TYPE (BsRedisFeed, bs_redis_feed, BS, REDIS_FEED, BsFeed)

/**
 * bs_redis_feed_new:
 * @address: copied
 * @key: the stream that the instrument's bars are in
 * @instrument: what is taken from it
 * @after: ID of the last entry that has been read
 * @bar_length_us: of its bars
 *
 * Reads on from @after. Where the server is lost it goes on from the entry where it was, so that no bar is missed.
 */
BsRedisFeed *bs_redis_feed_new (const BsRedisAddress *address, const char *key, const char *instrument, const char *after,
                                gint64 bar_length_us) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
