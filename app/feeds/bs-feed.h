/* bs-feed.h: where bars come from: what every feed has in common */
#pragma once

#include <gio/gio.h>

#include "inference/market/bs-bar-series.h"
#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** How a feed stands. Said in words and colour wherever it is shown. */
typedef enum
{
  BS_FEED_CONNECTING,
  BS_FEED_CONNECTED,
  BS_FEED_STALE,       /* nothing has come for more than two bar lengths + BS_FEED_GRACE_USEC; see bs_feed_status() */
  BS_FEED_LOST,        /* the connection is gone; it is being tried again */
  BS_FEED_CATCHING_UP, /* bars of the past run through as fast as they can: history, or the way to where one seeks */
  BS_FEED_REPLAYING,
  BS_FEED_PAUSED,
  BS_FEED_ENDED, /* no further bar will come */
  BS_N_FEED_STATES
} BsFeedState;

/** "replaying", "paused" ...: the state in a word, untranslated. Static. */
const char *bs_feed_state_word (BsFeedState state);

/** A live feed is stale once no bar has come for two bar lengths and this. */
#define BS_FEED_GRACE_USEC (5 * G_USEC_PER_SEC)
/** Bytes of a message of a feed, with its end. */
#define BS_FEED_MESSAGE_BYTES 200

/** What has come and what has not since the feed was made. */
typedef struct
{
  guint64 bars;       /* primary bars delivered, without the history */
  guint64 duplicates; /* came again just as before: counted once, no harm done */
  guint64 refused;    /* not acceptable: BsFeedStatus.refused says why the last one was not */
  guint64 gaps;       /* holes that could not be filled */
  guint64 reconnects; /* connections made anew */
} BsFeedCounters;

/** How a feed stands at one moment. */
typedef struct
{
  BsFeedState state;
  gboolean live;          /* judged by the clock; bar_length_us is known */
  gint64 bar_length_us;   /* 0 where not known */
  gint64 last_arrival_us; /* monotonic clock: when the last primary bar came that was not history; 0 where none has */
  gint64 last_bar_us;     /* time of the newest primary bar, us UTC; G_MININT64 where there is none */
  gint64 age_us;          /* since the last arrival, or since the feed was connected where none has come; 0: neither */
  BsFeedCounters counters;
  char refused[BS_FEED_MESSAGE_BYTES]; /* why the last bar was refused; "" */
  char message[BS_FEED_MESSAGE_BYTES]; /* what the feed says about its state ("trying again in 4 s"); "" */
} BsFeedStatus;

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

/** What became of a primary bar. */
typedef struct
{
  const BsBar *bar;
  const BsSignal *signal; /* (nullable): %NULL: there is none, see @message */
  double threshold;       /* that @signal was judged with */
  gboolean refused;       /* the bar was not taken */
  const char *message;    /* (nullable): why there is no signal */
} BsFeedAnswer;

#define BS_TYPE_FEED (bs_feed_get_type ())
G_DECLARE_DERIVABLE_TYPE (BsFeed, bs_feed, BS, FEED, GObject)

/**
 * BsFeedClass:
 * @run: the feed's work, on a thread of its own; returns once bs_feed_is_stopping() or the sink says %FALSE
 * @wake: (nullable): makes @run look at bs_feed_is_stopping() again soon; not needed where it waits by bs_feed_sleep() alone.
 *   Thread: any
 * @answered: (nullable): for a feed that hands signals back: what became of a bar, once that is kept for good. Thread: the one that
 *   drains the session; may not block
 */
struct _BsFeedClass
{
  GObjectClass parent_class;

  void (*run) (BsFeed *self);
  void (*wake) (BsFeed *self);
  void (*answered) (BsFeed *self, const BsFeedAnswer *answer);
};

/** Starts the feed's thread, which calls @sink. Once only. */
void bs_feed_start (BsFeed *self, BsFeedSink sink, gpointer data);
/**
 * bs_feed_drive:
 *
 * For a feed whose bars come to another one, as of several instruments on one connection: @sink is called, and the feed's own functions
 * are, on that one's thread. Instead of bs_feed_start(); before the other's.
 */
void bs_feed_drive (BsFeed *self, BsFeedSink sink, gpointer data);
/** bs_feed_seed: @bar: the newest that the consumer has already: what comes must follow on. Before bs_feed_start() */
void bs_feed_seed (BsFeed *self, const BsBar *bar);
/** Ends the thread and waits for it; @sink is not called afterwards. A sink that blocks must be told to let go before. */
void bs_feed_stop (BsFeed *self);

/**
 * bs_feed_set_history:
 * @primary, @secondary: (nullable): bars that are there before the feed's own: a file's, a journal's
 * @owner: what keeps them alive
 * @release: frees @owner
 *
 * They are delivered first, as fast as the consumer takes them, in the state BS_FEED_CATCHING_UP, each secondary bar before the
 * first primary bar that may see it. @owner is given back on the feed's thread once all are. Before bs_feed_start().
 */
void bs_feed_set_history (BsFeed *self, const BsBarSeries *primary, const BsBarSeries *secondary, gpointer owner,
                          GDestroyNotify release);

/**
 * bs_feed_set_live:
 * @bar_length_us: from one bar to the next, above 0
 *
 * From here on the clock judges the feed: see bs_feed_status(). Thread: any.
 */
void bs_feed_set_live (BsFeed *self, gint64 bar_length_us);

/**
 * bs_feed_status:
 * @status: (out caller-allocates)
 *
 * How the feed stands now. A live one that is connected and has not delivered a bar for more than two bar lengths +
 * %BS_FEED_GRACE_USEC is BS_FEED_STALE here, whatever it says itself: nobody may act on its last signal. Both clocks are asked, so
 * that a machine that has slept sees it at once. Thread: any. Cost: an uncontended lock.
 */
void bs_feed_status (BsFeed *self, BsFeedStatus *status);
/** bs_feed_status_at: the same as at @monotonic_us and @real_us of the two clocks: for tests of lateness */
void bs_feed_status_at (BsFeed *self, gint64 monotonic_us, gint64 real_us, BsFeedStatus *status);

/** bs_feed_wants_answers: whether it hands signals back: then the session is drained as soon as it has any */
gboolean bs_feed_wants_answers (BsFeed *self);
/** bs_feed_answer: tells the feed what became of a bar. Thread: the one that drains the session */
void bs_feed_answer (BsFeed *self, const BsFeedAnswer *answer);

/** For feeds: whether @run is to return. Thread: any. */
gboolean bs_feed_is_stopping (BsFeed *self);
/**
 * bs_feed_sleep:
 *
 * For feeds: waits until @until_us (monotonic clock), bs_feed_wake() or bs_feed_stop(). Thread: the feed's.
 *
 * Returns: %FALSE where the feed is to stop
 */
gboolean bs_feed_sleep (BsFeed *self, gint64 until_us);
/** bs_feed_wake: ends the present, or else the next bs_feed_sleep(). Thread: any. */
void bs_feed_wake (BsFeed *self);
/**
 * bs_feed_set_state:
 * @message: (nullable): what there is to say about it, in plain words; cut at %BS_FEED_MESSAGE_BYTES
 *
 * For feeds: tells the consumer where the state is another than before. Thread: the feed's.
 *
 * Returns: as bs_feed_deliver()
 */
gboolean bs_feed_set_state (BsFeed *self, BsFeedState state, const char *message);
/** What bs_feed_push() made of a bar. */
typedef enum
{
  BS_FEED_TAKEN,
  BS_FEED_DUPLICATE, /* the same bar again: counted, not delivered */
  BS_FEED_REFUSED,   /* not acceptable: counted, with the reason, and not delivered */
  BS_FEED_CLOSED,    /* nobody listens any more: the feed is to end */
} BsFeedVerdict;

/**
 * bs_feed_push:
 * @kind: primary or secondary
 * @due_us: as BsFeedItem has it
 *
 * For feeds: delivers a bar that has come from outside, once it is good: numbers and time by bs_bar_validate(), after the last bar
 * that was pushed or was history. The same bar again is a duplicate, the same time with other numbers and an older time are refused.
 * Counts all of these, and a gap where a whole bar or more is missing before a primary bar. Thread: the feed's.
 */
BsFeedVerdict bs_feed_push (BsFeed *self, BsFeedItemKind kind, const BsBar *bar, gint64 due_us);
/** bs_feed_last: (nullable): the last bar of @kind that was delivered, history included; %NULL before. Thread: the feed's. */
const BsBar *bs_feed_last (BsFeed *self, BsFeedItemKind kind);
/* For feeds: counting. Thread: any. */
void bs_feed_count_duplicate (BsFeed *self);
void bs_feed_count_gap (BsFeed *self);
void bs_feed_count_reconnect (BsFeed *self);
/** bs_feed_refuse: counts a bar that is not delivered, and says why */
void bs_feed_refuse (BsFeed *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** For feeds: hands @item to the sink with the time of arrival filled in. Thread: the feed's. */
gboolean bs_feed_deliver (BsFeed *self, BsFeedItem *item);

G_END_DECLS
