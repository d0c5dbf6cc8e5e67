/* bs-websocket-feed.h: bars that a venue sends over a WebSocket, as a live feed */
#pragma once

#include "app/websocket/bs-venue.h"

G_BEGIN_DECLS

#define BS_TYPE_WEBSOCKET_FEED (bs_websocket_feed_get_type ())
G_DECLARE_FINAL_TYPE (BsWebsocketFeed, bs_websocket_feed, BS, WEBSOCKET_FEED, BsFeed)

/** Bars of the past that are fetched at the start, at most. */
#define BS_WEBSOCKET_HISTORY_BARS 1500

/**
 * bs_websocket_feed_new:
 * @config: (transfer full)
 *
 * Connects, and connects anew with growing pauses (half of each by chance) whenever it is cut, is silent for longer than the venue
 * ever is, or leaves pings unanswered. After each connection the bars that have been missed are fetched over the venue's REST; what
 * cannot be had is counted as a gap.
 */
BsWebsocketFeed *bs_websocket_feed_new (const BsVenue *venue, BsVenueConfig *config) G_GNUC_WARN_UNUSED_RESULT;

/**
 * bs_websocket_feed_lead:
 * @others: [n], of the same venue, interval and servers; not started, and not to be: see bs_feed_drive()
 *
 * From here on @self's connection brings the bars of all, each delivered by its own feed. Before bs_feed_start().
 */
void bs_websocket_feed_lead (BsWebsocketFeed *self, BsWebsocketFeed *const *others, guint n);

/** The pauses, for tests: @first_ms and @longest_ms as BsBackoffPace has them; @ping_ms: between two pings. Before bs_feed_start(). */
void bs_websocket_feed_set_pace (BsWebsocketFeed *self, guint first_ms, guint longest_ms, guint ping_ms, guint silence_ms);

G_END_DECLS
