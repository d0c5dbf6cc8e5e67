/* bs-fleet.h: many instruments on one worker: the networks of all that are due together */
#pragma once

#include "app/feeds/bs-feed.h"
#include "app/fleet/bs-fleet-instrument.h"
#include "inference/predict/bs-histogram.h"

G_BEGIN_DECLS

#define BS_FLEET_MAX_INSTRUMENTS 500
/** Events that may wait for the main thread; then the worker waits, and behind it the feeds. */
#define BS_FLEET_MAX_WAITING 8192

/** A bar of one of the instruments. */
typedef struct
{
  guint instrument;
  gint64 arrival_us; /* monotonic clock: when the feed had it */
  gint64 due_us;     /* monotonic clock: when it should have come; or BS_FEED_DUE_PAST */
  BsBar bar;
} BsFleetItem;

typedef enum
{
  BS_FLEET_ADDED,     /* @instrument is there, with @newest of its bars (as many as make a spark line); @signal where it has one */
  BS_FLEET_SIGNAL,    /* @bar has its @signal */
  BS_FLEET_NO_SIGNAL, /* @bar is taken, its signal is not to be had: @message */
  BS_FLEET_REFUSED,   /* @bar is not acceptable: @message */
  BS_FLEET_NEWEST,    /* the answer to bs_fleet_ask_newest(): @newest; what comes after it follows on without a hole */
  BS_FLEET_SWITCHED,  /* other options, threshold or model: of no instrument; each has them from its next bar on */
  BS_FLEET_NOT_SWITCHED, /* they cannot be had: @message */
} BsFleetEventKind;

/** What happened, in the order in which it happened. */
typedef struct
{
  BsFleetEventKind kind;
  guint instrument;
  const BsFleetInstrument *info; /* of the instrument: only what never changes may be read */
  guint64 index;                 /* of @bar in the instrument's series; one past the newest bar where there is none */
  gint64 arrival_us, due_us;     /* as in the item */
  double threshold;              /* of the confidence, that @signal was judged with */
  double reference; /* ADDED: the last close of the day before the newest bar's, UTC, or the first open held; NAN: no bars */
  BsBar bar;
  BsSignal signal;
  gboolean not_kept; /* there is a journal, and it could not be written when this was let through */
  gint64 ready_us;   /* monotonic clock: when it was there for the main thread: with a journal, after the commit */
  BsOptions *options; /* (nullable): of SWITCHED, where they or the model are others; freed after the handler */
  GArray *newest; /* (nullable) (element-type BsFleetBar): the oldest first; freed after the handler */
  char *message;  /* (nullable): likewise; of SWITCHED with @options: the model's hash */
} BsFleetEvent;

/** Handles one event; @event is good until it returns. Thread: main. */
typedef void (*BsFleetFunc) (const BsFleetEvent *event, gpointer data);

/**
 * BsFleet:
 *
 * Up to BS_FLEET_MAX_INSTRUMENTS instruments, one worker thread that owns their predictors, a ring of bars in and a ring of
 * events out. What has come when the worker looks is one tick: at most one bar an instrument, whose networks are evaluated
 * together (option batch). Bars are never dropped and never reordered: a slow main thread makes the worker wait, a slow worker
 * the feeds. The main thread waits for nobody.
 */
typedef struct _BsFleet BsFleet;
typedef struct _BsFleetTap BsFleetTap; /* bs-fleet-tap.h */

/**
 * bs_fleet_new:
 * @leader: (transfer full): with no bars: gives model, options and threshold to all; belongs to the worker from here on
 * @notify: (nullable): called on the worker when there are events to drain; at most once between two drains
 */
BsFleet *bs_fleet_new (BsPredictor *leader, void (*notify) (gpointer data),
                       gpointer notify_data) G_GNUC_WARN_UNUSED_RESULT;
/** bs_fleet_ref: for who needs it for a while: the fleet may be closed meanwhile. Thread: any */
BsFleet *bs_fleet_ref (BsFleet *self);
/** The last reference stops the worker, waits for it and frees all. Feeds must be told before: see bs_fleet_close(). */
void bs_fleet_unref (BsFleet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFleet, bs_fleet_unref)
/** From here on bs_fleet_deliver() gives %FALSE, also where it waits, and nothing is answered any more. Thread: any. */
void bs_fleet_close (BsFleet *self);

/**
 * bs_fleet_set_journal:
 *
 * From here on what the fleet says is committed to @journal before it is there to drain: instruments with a run alone are kept
 * (bs_fleet_instrument_begin_run()). Before the first bs_fleet_add(), and before anybody drains.
 */
void bs_fleet_set_journal (BsFleet *self, BsJournal *journal);

/**
 * bs_fleet_add:
 * @instrument: (transfer full)
 * @number: (out) (optional): what it is called by from here on
 *
 * Thread: any. Told by BS_FLEET_ADDED.
 *
 * Returns: %FALSE where there are BS_FLEET_MAX_INSTRUMENTS already, and @instrument is gone
 */
gboolean bs_fleet_add (BsFleet *self, BsFleetInstrument *instrument, guint *number);

/** bs_fleet_deliver: hands a bar over; waits while the ring is full. Returns: %FALSE where nobody listens any more.
 * Thread: any, several at a time. */
gboolean bs_fleet_deliver (BsFleet *self, const BsFleetItem *item);

/** bs_fleet_ask_newest: answered by BS_FLEET_NEWEST with the newest @n bars. Thread: any */
void bs_fleet_ask_newest (BsFleet *self, guint instrument, guint n);

/** bs_fleet_add_tap: its bars, those so far first, flow into @tap, of which it takes a reference. See bs-fleet-feed.h. Thread: any */
void bs_fleet_add_tap (BsFleet *self, guint instrument, BsFleetTap *tap);

/** bs_fleet_set_options: answered by BS_FLEET_SWITCHED or BS_FLEET_NOT_SWITCHED. The engine is made aside. Thread: any */
void bs_fleet_set_options (BsFleet *self, const BsOptions *options);
/** bs_fleet_set_threshold: each instrument's from its next bar on. Thread: any */
void bs_fleet_set_threshold (BsFleet *self, double threshold);

/**
 * bs_fleet_drain:
 * @max_us: time to spend at most, looked at every few events
 *
 * Hands over what has happened since, in order. Thread: main.
 *
 * Returns: whether there is more
 */
gboolean bs_fleet_drain (BsFleet *self, BsFleetFunc func, gpointer data, gint64 max_us);

/** bs_fleet_latency: adds what passed from each bar's arrival to its signal's being there for the main thread, ns, to @histogram.
 * Thread: one at a time */
void bs_fleet_latency (BsFleet *self, BsHistogram *histogram);

/** bs_fleet_ticks: (out) (optional): ticks so far, and bars in them. Thread: any */
void bs_fleet_ticks (BsFleet *self, guint64 *n_ticks, guint64 *n_bars);

G_END_DECLS
