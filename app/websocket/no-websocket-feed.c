/* no-websocket-feed.c: the venues' feeds of a build without libsoup */
#include <glib/gi18n.h>

#include "app/feeds/bs-feed-kind.h"

static gboolean
refuse (const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN,
                       "this build is without WebSocket feeds: libsoup was missing when it was made");
  return FALSE;
}

const BsFeedKind bs_feed_kind_binance = {
  .name = "binance",
  .title = N_ ("Binance"),
  .summary = N_ ("Not in this build: libsoup was missing when it was made"),
  .address_title = N_ ("Pair and bar length"),
  .example = "BTCUSDT@1m",
  .open = refuse,
};

const BsFeedKind bs_feed_kind_alpaca = {
  .name = "alpaca",
  .title = N_ ("Alpaca"),
  .summary = N_ ("Not in this build: libsoup was missing when it was made"),
  .address_title = N_ ("Symbol"),
  .example = "AAPL",
  .open = refuse,
};
