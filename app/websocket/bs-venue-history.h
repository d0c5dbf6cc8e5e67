/* bs-venue-history.h: bars of the past over a venue's REST */
#pragma once

#include <libsoup/soup.h>

#include "app/websocket/bs-venue.h"

G_BEGIN_DECLS

/**
 * bs_venue_history_fetch:
 * @from_us: time of the first bar asked for; where more have come since than 20 pages hold, only the newest are
 * @sink: gets the bars that have closed, oldest first
 * @retry_after_s: (out): where the venue asks for patience: not before so many seconds; else 0
 *
 * Fetches page after page, with a pause between them. Blocks; @cancellable ends it. Thread: @session's.
 *
 * Returns: %FALSE with an error in words; some bars may have been given by then
 */
gboolean bs_venue_history_fetch (const BsVenue *venue, const BsVenueConfig *config, SoupSession *session, gint64 from_us,
                                 const BsVenueSink *sink, gpointer data, guint *retry_after_s, GCancellable *cancellable,
                                 GError **error);

/** bs_venue_session_new: (transfer full): as the feed and the history use it: times out, keeps no cookies, follows no redirection */
SoupSession *bs_venue_session_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
