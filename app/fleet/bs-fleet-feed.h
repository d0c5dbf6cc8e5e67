/* bs-fleet-feed.h: one instrument of a fleet as a feed of its own, for a session with chart, latency and journal */
#pragma once

#include "app/feeds/bs-feed-kind.h"
#include "app/fleet/bs-fleet.h"

G_BEGIN_DECLS

#define BS_TYPE_FLEET_FEED (bs_fleet_feed_get_type ())
G_DECLARE_FINAL_TYPE (BsFleetFeed, bs_fleet_feed, BS, FLEET_FEED, BsFeed)

/**
 * bs_fleet_open_feed:
 * @instrument: its number
 * @opened: (out caller-allocates): its newest bars as the history, and a feed that follows on without a hole
 *
 * Waits for the fleet's worker, some ms. Thread: any but that.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED or, where the fleet has ended, %BS_FEED_KIND_ERROR_OPEN
 */
gboolean bs_fleet_open_feed (BsFleet *fleet, guint instrument, BsFeedOpened *opened, GCancellable *cancellable,
                             GError **error);

G_END_DECLS
