/* bs-fleet-private.h: what the parts of the fleet share: bs-fleet.c is called by other threads, bs-fleet-requests.c is what these ask
 * of the worker, bs-fleet-worker.c is the worker's way of the bars */
#pragma once

#include <stdatomic.h>

#include "app/bs-ring.h"
#include "app/fleet/bs-fleet-journal.h"
#include "app/fleet/bs-fleet-tap.h"
#include "app/fleet/bs-fleet.h"

G_BEGIN_DECLS

/** What another thread asks of the worker. */
typedef struct
{
  enum
  {
    BS_FLEET_ADD,
    BS_FLEET_ASK_NEWEST,
    BS_FLEET_TAP,
    BS_FLEET_LEADER, /* another leader, made aside, or @message why not */
    BS_FLEET_SET_THRESHOLD,
  } kind;
  guint number;
  guint n;
  double threshold;
  BsFleetInstrument *instrument; /* (nullable) */
  BsFleetTap *tap;               /* (nullable) */
  BsPredictor *leader;           /* (nullable) */
  char *message;                 /* (nullable) */
} BsFleetRequest;

/** An instrument, as the worker has it. */
typedef struct
{
  BsFleetInstrument *instrument; /* (nullable) until it is added */
  guint generation;              /* of the leader that it follows */
  guint64 tick;                  /* the last that it had a bar in, from 1 */
  GPtrArray *taps;               /* (nullable) (element-type BsFleetTap) */
} BsFleetMember;

struct _BsFleet
{
  gatomicrefcount references;
  GThread *worker;
  BsRing *items;  /* of BsFleetItem: feeds -> worker */
  BsRing *events; /* of BsFleetEvent: worker -> main */
  GMutex deliver_lock;

  GMutex request_lock;
  GQueue requests; /* of BsFleetRequest */
  guint n_added;   /* of all threads' bs_fleet_add() */
  gboolean ended;  /* the worker takes no requests any more */
  BsModel *model;
  gint64 bar_length_us;
  atomic_bool has_requests, notified;
  void (*notify) (gpointer data);
  gpointer notify_data;
  GThreadPool *switcher; /* one thread: switches in the order in which they are asked for */
  BsHistogram *latency;
  BsFleetJournal *journal; /* (nullable): the gate in @events */
  _Atomic guint64 n_ticks, n_bars;

  /* The worker's own. */
  BsPredictor *leader;
  guint generation;
  BsFleetMember members[BS_FLEET_MAX_INSTRUMENTS];

  /* The tick that is being taken, [n]. */
  guint n;
  guint numbers[BS_FLEET_MAX_INSTRUMENTS];
  BsPredictor *predictors[BS_FLEET_MAX_INSTRUMENTS];
  BsBar bars[BS_FLEET_MAX_INSTRUMENTS];
  gint64 arrival_us[BS_FLEET_MAX_INSTRUMENTS], due_us[BS_FLEET_MAX_INSTRUMENTS];
  BsBarTimes times[BS_FLEET_MAX_INSTRUMENTS];
  BsSignal signals[BS_FLEET_MAX_INSTRUMENTS];
  GError *errors[BS_FLEET_MAX_INSTRUMENTS];
};

/** For g_queue_clear_full(): @data is a #BsFleetRequest. */
void bs_fleet_request_free (gpointer data);
/** bs_fleet_post: @request: (transfer full): for the worker, which is woken. Thread: any */
void bs_fleet_post (BsFleet *self, BsFleetRequest *request);
/** bs_fleet_make_leader: @data: (transfer full): #BsOptions; makes the leader for these and posts it. Thread: the switcher's */
void bs_fleet_make_leader (gpointer data, gpointer fleet);

/** bs_fleet_worker_main: @data: the #BsFleet; what its thread runs until the rings are closed */
gpointer bs_fleet_worker_main (gpointer data);

/* Thread: the worker's. */

/** bs_fleet_take_requests: does what others asked for. Returns: %FALSE where the fleet ends */
gboolean bs_fleet_take_requests (BsFleet *self);
/**
 * bs_fleet_begin_event:
 * @number: the instrument's, or %BS_FLEET_MAX_INSTRUMENTS for an event that is about none
 *
 * Waits while too many wait for the main thread. Returns: (nullable): the next event to fill in, or %NULL where the fleet ends
 */
BsFleetEvent *bs_fleet_begin_event (BsFleet *self, BsFleetEventKind kind, guint number);
/** bs_fleet_tell: there is something to drain. Thread: the worker's, or the journal's */
void bs_fleet_tell (gpointer fleet);
/** Lets the main thread, or the journal before it, have what bs_fleet_begin_event() gave. */
void bs_fleet_end_event (BsFleet *self);

G_END_DECLS
