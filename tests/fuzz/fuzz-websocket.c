/* fuzz-websocket.c: any bytes as a venue's message (first byte even) or page of history (odd): bars, refusals, or an error */
#include <string.h>

#include "app/websocket/bs-venue.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
take_bar (const BsBar *bar, gpointer data)
{
  /* Whether it is a good bar is for bs_feed_push() to say; it must be able to say it. */
  g_autoptr (GError) error = NULL;
  g_assert_true (bs_bar_validate (bar, &error) == (error == NULL));
}

static void
take_text (const char *text, gpointer data)
{
  g_assert_nonnull (text);
}

static void
take_ready (gpointer data)
{
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const BsVenueSink sink = { take_ready, take_bar, take_bar, take_text, take_text };
  static const BsVenue *const venues[] = { &bs_venue_binance, &bs_venue_alpaca };
  BsVenueConfig config = { .symbol = (char *) "ES", .bar_length_us = 60 * G_USEC_PER_SEC, .key = (char *) "k", .secret = (char *) "s" };
  if (size == 0)
    return 0;
  const BsVenue *venue = venues[(data[0] >> 1) % G_N_ELEMENTS (venues)];
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;
  g_autofree char *text = g_memdup2 (data + 1, size - 1);
  gboolean good = data[0] % 2 == 0
                    ? venue->message (&config, text, size - 1, &sink, NULL, &error)
                    : venue->history (&config, text, size - 1, G_GINT64_CONSTANT (1700000000000000), &sink, NULL, &more, &error);
  g_assert_true (good == (error == NULL));
  return 0;
}
