/* bs-follow-feed.h: a file that another program appends to, as a live feed */
#pragma once

#include "app/feeds/bs-bar-tail.h"
#include "app/feeds/bs-feed.h"

G_BEGIN_DECLS

#define BS_TYPE_FOLLOW_FEED (bs_follow_feed_get_type ())
G_DECLARE_FINAL_TYPE (BsFollowFeed, bs_follow_feed, BS, FOLLOW_FEED, BsFeed)

/**
 * bs_follow_feed_new:
 * @path: of the file
 * @options: how it was opened: copied, for opening it anew where it has been replaced
 * @tail: (transfer full): where to go on
 * @bar_length_us: of its bars
 *
 * Looks a few times a second for what has been appended. A file that goes away is waited for, one that is replaced is read anew; what
 * it had already brought is left out.
 */
BsFollowFeed *bs_follow_feed_new (const char *path, const BsBarFileOptions *options, BsBarTail *tail,
                                  gint64 bar_length_us) G_GNUC_WARN_UNUSED_RESULT;
/** bs_follow_feed_set_secondary: follows the file of the longer bars, too; @tail: (transfer full). Before bs_feed_start(). */
void bs_follow_feed_set_secondary (BsFollowFeed *self, const char *path, BsBarTail *tail);

G_END_DECLS
