/* bs-post-feed.h: a feed of bars that are handed to it, one by one, by whom waits for their answers */
#pragma once

#include "app/feeds/bs-feed.h"

G_BEGIN_DECLS

#define BS_TYPE_POST_FEED (bs_post_feed_get_type ())
G_DECLARE_FINAL_TYPE (BsPostFeed, bs_post_feed, BS, POST_FEED, BsFeed)

/** Told what became of a bar. Thread: the one that drains the session. */
typedef void (*BsPostFeedFunc) (BsPostFeed *self, const BsFeedAnswer *answer, gpointer data);

/** bs_post_feed_new: @func is not called any more once bs_post_feed_disconnect() has returned. */
BsPostFeed *bs_post_feed_new (gint64 bar_length_us, BsPostFeedFunc func, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_post_feed_put:
 * @secondary: (nullable): that becomes known before @primary
 *
 * Hands a bar over, which must be good and after the last one's. Thread: any.
 *
 * Returns: %FALSE where the feed has ended: no answer will come
 */
gboolean bs_post_feed_put (BsPostFeed *self, const BsBar *secondary, const BsBar *primary);
/** bs_post_feed_disconnect: nobody waits for answers any more, and no further bar will come: the feed says that it has ended. Thread: any. */
void bs_post_feed_disconnect (BsPostFeed *self);

G_END_DECLS
