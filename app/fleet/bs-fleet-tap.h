/* bs-fleet-tap.h: what one instrument's bars flow through to who else wants them: a session, with a predictor of its own */
#pragma once

#include "app/fleet/bs-fleet.h"

G_BEGIN_DECLS

/* BsFleetTap is reference-counted: the fleet's worker puts in, one other thread takes out, and either may go first. */

BsFleetTap *bs_fleet_tap_new (void) G_GNUC_WARN_UNUSED_RESULT;
BsFleetTap *bs_fleet_tap_ref (BsFleetTap *self);
void bs_fleet_tap_unref (BsFleetTap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFleetTap, bs_fleet_tap_unref)

/* For the fleet's worker. */

/** bs_fleet_tap_begin: @newest: (transfer full) (element-type BsFleetBar): the bars so far; those that are put in follow on */
void bs_fleet_tap_begin (BsFleetTap *self, const BsFleetInstrument *instrument, GArray *newest);
/** bs_fleet_tap_put: Returns: %FALSE where nobody takes any more */
gboolean bs_fleet_tap_put (BsFleetTap *self, const BsFleetItem *item);
/** bs_fleet_tap_end: no more will come */
void bs_fleet_tap_end (BsFleetTap *self);

/* For who takes. */

/** What bs_fleet_tap_begin() left. */
typedef struct
{
  char *name;
  guint decimals;
  gint64 bar_length_us;
  BsStamp stamp;
  BsFeed *feed;   /* (nullable) (owned): where its bars come from */
  GArray *newest; /* (element-type BsFleetBar) */
} BsFleetTapStart;

void bs_fleet_tap_start_clear (BsFleetTapStart *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsFleetTapStart, bs_fleet_tap_start_clear)

/** bs_fleet_tap_wait_start: waits for the bars so far. Returns: %FALSE where the fleet has ended, or on cancellation */
gboolean bs_fleet_tap_wait_start (BsFleetTap *self, GCancellable *cancellable, BsFleetTapStart *start);

typedef enum
{
  BS_FLEET_TAP_BAR,
  BS_FLEET_TAP_NONE, /* none yet */
  BS_FLEET_TAP_END,
} BsFleetTapTaken;

/** bs_fleet_tap_take: waits for the next bar, until @until_us (monotonic clock) or bs_fleet_tap_wake() */
BsFleetTapTaken bs_fleet_tap_take (BsFleetTap *self, gint64 until_us, BsFleetItem *item);
/** Thread: any */
void bs_fleet_tap_wake (BsFleetTap *self);
/** bs_fleet_tap_leave: takes no more. Thread: any */
void bs_fleet_tap_leave (BsFleetTap *self);

G_END_DECLS
