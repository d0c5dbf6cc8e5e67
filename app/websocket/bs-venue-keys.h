/* bs-venue-keys.h: keys of venues: from the environment or the desktop's secret store; never from settings, never in a log */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bs_venue_keys_alpaca:
 * @field: "key" or "secret"
 *
 * The environment's APCA_API_KEY_ID and APCA_API_SECRET_KEY, as the venue's own programs take them, else what
 * `secret-tool store --label='Alpaca key' application barscope venue alpaca field key` has put into the secret store. May wait for
 * the user to unlock that. Thread: any but the main one.
 *
 * Returns: (transfer full) (nullable)
 */
char *bs_venue_keys_alpaca (const char *field) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
