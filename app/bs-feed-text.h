/* bs-feed-text.h: how a feed stands, in words: for the header bar, the signal panel, the watchlist and the details */
#pragma once

#include "app/feeds/bs-feed.h"

G_BEGIN_DECLS

/** bs_feed_text_age: (transfer full): a span of time as one says it: "0.4 s", "12 s", "3 min", "2 h 5 min" */
char *bs_feed_text_age (gint64 age_us) G_GNUC_WARN_UNUSED_RESULT;

/** bs_feed_text_state: (transfer full): state and age: "connected, last bar 3 s ago", "stale, no bar for 3 min", translated */
char *bs_feed_text_state (const BsFeedStatus *status) G_GNUC_WARN_UNUSED_RESULT;

/** bs_feed_text_silenced: (transfer full) (nullable): why nobody may act on the newest signal; %NULL where one may */
char *bs_feed_text_silenced (const BsFeedStatus *status) G_GNUC_WARN_UNUSED_RESULT;

/** bs_feed_text_counters: (transfer full): "1,234 bars, 2 duplicates, 1 refused (...), no gaps, 1 reconnect", translated */
char *bs_feed_text_counters (const BsFeedStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
