/* bs-fleet-live.h: instruments of a fleet whose bars come from live feeds, several on one connection where the venue has that */
#pragma once

#include "app/fleet/bs-fleet.h"

G_BEGIN_DECLS

/** What is the same for all that are opened together. */
typedef struct
{
  BsFleet *fleet;
  BsPredictor *leader;  /* of the instruments; this thread's */
  BsJournal *journal;   /* (nullable): they go on from it, and are kept in it */
  gint64 watch;         /* names their runs in it */
  const char *timezone; /* (nullable): see BsFeedRequest */
} BsFleetLiveOptions;

typedef struct _BsFleetLive BsFleetLive;

BsFleetLive *bs_fleet_live_new (const BsFleetLiveOptions *options) G_GNUC_WARN_UNUSED_RESULT;
/** Ends the feeds: the fleet must be closed by then. */
void bs_fleet_live_free (BsFleetLive *self);

/**
 * bs_fleet_live_add:
 * @text: "KIND:ADDRESS" of one instrument
 *
 * Opens it, with what the journal and the venue have of its past, and adds it to the fleet. Blocks for as long as that takes.
 */
gboolean bs_fleet_live_add (BsFleetLive *self, const char *text, GCancellable *cancellable, GError **error);
/** bs_fleet_live_start: bars flow from here on. Once, after all are added. */
void bs_fleet_live_start (BsFleetLive *self);

G_END_DECLS
