/* bs-venue.h: what a venue says over its WebSocket and its REST: one file a venue, nothing of the network in it */
#pragma once

#include "app/feeds/bs-feed-kind.h"

G_BEGIN_DECLS

typedef enum
{
  BS_VENUE_ERROR_ADDRESS, /* not an address as the venue has them */
  BS_VENUE_ERROR_MESSAGE, /* what came is not what the venue sends */
  BS_VENUE_ERROR_DENIED,  /* the venue says no: a wrong key, no right to these bars. Not asked again soon */
} BsVenueError;

#define BS_VENUE_ERROR (bs_venue_error_quark ())
GQuark bs_venue_error_quark (void);

/** Bytes of one message, or of one page of history, at most. */
#define BS_VENUE_MAX_MESSAGE_BYTES (1024 * 1024)
#define BS_VENUE_MAX_PAGE_BYTES (8 * 1024 * 1024)

/** What is asked of a venue. Keys are never written anywhere. */
typedef struct
{
  char *symbol;   /* as the venue spells it: "BTCUSDT" */
  char *interval; /* likewise: "1m" */
  char *channel;  /* (nullable): of several that the venue has */
  gint64 bar_length_us;
  char *stream, *rest; /* where its servers are: "wss://...", "https://..." */
  char *key, *secret;  /* (nullable) */
  char **also; /* (nullable): other symbols that the same connection brings, of the same interval and channel */
} BsVenueConfig;

void bs_venue_config_free (BsVenueConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsVenueConfig, bs_venue_config_free)

/** What a venue does with a message. Thread: the feed's. */
typedef struct
{
  void (*ready) (gpointer data);                      /* bars will come from here on: what is missing is to be fetched */
  void (*bar) (const BsBar *bar, gpointer data);      /* has closed */
  void (*revised) (const BsBar *bar, gpointer data);  /* a closed bar has other numbers now */
  void (*refused) (const char *why, gpointer data);   /* a bar that is none */
  void (*send) (const char *text, gpointer data);     /* to the venue */
} BsVenueSink;

/** BsVenue: one row for each venue. */
typedef struct
{
  const char *stream, *rest; /* its servers */
  gboolean needs_keys;
  /* Nothing at all for so long means that the connection is dead, whatever TCP says; 0: silence is normal. ms */
  guint silence_ms;
  guint page_bars; /* on a page of its history at most */

  /* Reads the part of the address before '?'. Fills symbol, interval, channel and bar_length_us. */
  gboolean (*parse) (const char *text, BsVenueConfig *config, GError **error);
  /* (nullable): (transfer full) (nullable): whose bar the message has, so that not each symbol's reader looks at all; %NULL: all do */
  char *(*symbol_of) (const char *text, gsize length);
  /* (transfer full): the WebSocket's URL, for all symbols of the connection */
  char *(*stream_url) (const BsVenueConfig *config);
  /* The connection is open: says what is to be said first. (nullable) */
  void (*opened) (const BsVenueConfig *config, const BsVenueSink *sink, gpointer data);
  /* One text message. FALSE with an error of BS_VENUE_ERROR: the connection is closed. */
  gboolean (*message) (const BsVenueConfig *config, const char *text, gsize length, const BsVenueSink *sink, gpointer data,
                       GError **error);
  /* (transfer full): the URL of the bars from @from_us on, oldest first */
  char *(*history_url) (const BsVenueConfig *config, gint64 from_us);
  /* (nullable): headers that carry the keys: name, value, name, value, NULL; strings owned by @config or static */
  void (*history_headers) (const BsVenueConfig *config, const char *headers[8]);
  /* A page of them: those that have closed by @now_us are given to @sink->bar. @more: (out): whether there is another page. */
  gboolean (*history) (const BsVenueConfig *config, const char *text, gsize length, gint64 now_us, const BsVenueSink *sink,
                       gpointer data, gboolean *more, GError **error);
} BsVenue;

extern const BsVenue bs_venue_binance;
extern const BsVenue bs_venue_alpaca;

/**
 * bs_venue_parse:
 * @text: "SYMBOL...[?stream=URL&rest=URL]": other servers than the venue's own, such as a proxy; without TLS on this machine only
 * @get_key: (nullable): gives "key" and "secret" (transfer full) (nullable); %NULL where none are needed
 *
 * Returns: (transfer full): %NULL with %BS_VENUE_ERROR_ADDRESS or %BS_VENUE_ERROR_DENIED
 */
BsVenueConfig *bs_venue_parse (const BsVenue *venue, const char *text, char *(*get_key) (const char *field),
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
