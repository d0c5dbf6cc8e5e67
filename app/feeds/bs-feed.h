/* bs-feed.h: where bars come from: what every feed has in common */
#pragma once

#include <gio/gio.h>

#include "inference/market/bs-bar.h"

G_BEGIN_DECLS

/** How a feed stands. Said in words and colour wherever it is shown. */
typedef enum
{
  BS_FEED_CONNECTING,
  BS_FEED_CONNECTED,
  BS_FEED_STALE,       /* late by more than two bar lengths + 5 s */
  BS_FEED_LOST,        /* the connection is gone; it is being tried again */
  BS_FEED_CATCHING_UP, /* bars of the past run through as fast as they can: history, or the way to where one seeks */
  BS_FEED_REPLAYING,
  BS_FEED_PAUSED,
  BS_FEED_ENDED, /* no further bar will come */
  BS_N_FEED_STATES
} BsFeedState;

/** "replaying", "paused" ...: the state in a word, untranslated. Static. */
const char *bs_feed_state_word (BsFeedState state);

typedef enum
{
  BS_FEED_ITEM_PRIMARY,   /* @bar has closed */
  BS_FEED_ITEM_SECONDARY, /* @bar, of the longer series, has closed; comes before the primary bar that may see it */
  BS_FEED_ITEM_STATE,     /* the feed is in @state from here on */
  BS_FEED_ITEM_RESET,     /* all bars so far are void: the series begins anew */
} BsFeedItemKind;

/** BsFeedItem.due_us of a bar of the past: nobody has waited for it. */
#define BS_FEED_DUE_PAST 0
/** BsFeedItem.due_us as a feed gives it where a bar is due whenever it comes: bs_feed_deliver() puts the arrival there. */
#define BS_FEED_DUE_ON_ARRIVAL -1

/** What a feed delivers, in order. */
typedef struct
{
  BsFeedItemKind kind;
  BsFeedState state;
  guint epoch;       /* the run it belongs to; items of a run that has been given up are skipped */
  gint64 arrival_us; /* monotonic clock: when the feed had it */
  gint64 due_us;     /* monotonic clock: when it should have come; or BS_FEED_DUE_PAST */
  BsBar bar;
} BsFeedItem;

/**
 * BsFeedSink:
 *
 * Takes an item over. Called on the feed's thread; may block for as long as the consumer needs (a feed waits, it never drops).
 *
 * Returns: %FALSE where nobody listens any more: the feed then ends its thread
 */
typedef gboolean (*BsFeedSink) (const BsFeedItem *item, gpointer data);

#define BS_TYPE_FEED (bs_feed_get_type ())
G_DECLARE_DERIVABLE_TYPE (BsFeed, bs_feed, BS, FEED, GObject)

/**
 * BsFeedClass:
 * @run: the feed's work, on a thread of its own; returns once bs_feed_is_stopping() or the sink says %FALSE
 * @wake: makes @run look at bs_feed_is_stopping() again soon. Thread: any
 */
struct _BsFeedClass
{
  GObjectClass parent_class;

  void (*run) (BsFeed *self);
  void (*wake) (BsFeed *self);
};

/** Starts the feed's thread, which calls @sink. Once only. */
void bs_feed_start (BsFeed *self, BsFeedSink sink, gpointer data);
/** Ends the thread and waits for it; @sink is not called afterwards. A sink that blocks must be told to let go before. */
void bs_feed_stop (BsFeed *self);

/** For feeds: whether @run is to return. Thread: any. */
gboolean bs_feed_is_stopping (BsFeed *self);
/** For feeds: hands @item to the sink with the time of arrival filled in. Thread: the feed's. */
gboolean bs_feed_deliver (BsFeed *self, BsFeedItem *item);

G_END_DECLS
