/* no-redis-feed.c: the Redis feed of a build without hiredis */
#include <glib/gi18n.h>

#include "app/feeds/bs-feed-kind.h"

static gboolean
redis_open (const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN,
                       "this build is without Redis: hiredis was missing when it was made");
  return FALSE;
}

const BsFeedKind bs_feed_kind_redis = {
  .name = "redis",
  .title = N_ ("Redis Streams"),
  .summary = N_ ("Not in this build: hiredis was missing when it was made"),
  .address_title = N_ ("Instrument and server"),
  .example = "ES@localhost:6379",
  .open = redis_open,
};
