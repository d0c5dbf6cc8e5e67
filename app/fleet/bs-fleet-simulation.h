/* bs-fleet-simulation.h: bars for many instruments without a network: made up, or from files, so many a second each */
#pragma once

#include "app/feeds/bs-bar-generator.h"
#include "app/fleet/bs-fleet.h"

G_BEGIN_DECLS

/**
 * BsFleetSimulation:
 *
 * A thread that gives every instrument its next bar at the same moment, as markets do whose bars close on the minute, and then
 * waits for the next one. A consumer that is slow is waited for; nothing is left out.
 */
typedef struct _BsFleetSimulation BsFleetSimulation;

/** bs_fleet_simulation_new: @fleet: must live longer */
BsFleetSimulation *bs_fleet_simulation_new (BsFleet *fleet) G_GNUC_WARN_UNUSED_RESULT;
/** Ends the thread and waits for it. Where the fleet's rings may be full, after bs_fleet_close(). */
void bs_fleet_simulation_free (BsFleetSimulation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFleetSimulation, bs_fleet_simulation_free)

/**
 * bs_fleet_simulation_add_generated:
 * @instrument: its number in the fleet
 * @generator: (transfer full): its bars from here on
 *
 * It takes part from the next bar on. Thread: any.
 */
void bs_fleet_simulation_add_generated (BsFleetSimulation *self, guint instrument, BsBarGenerator *generator);

/**
 * bs_fleet_simulation_add_replay:
 * @file: (transfer full): its bars from @begin to the last
 *
 * Likewise; it leaves when its bars are through.
 */
void bs_fleet_simulation_add_replay (BsFleetSimulation *self, guint instrument, BsBarFile *file, guint64 begin);

/** bs_fleet_simulation_set_rate: @rate: bars a second of each instrument, > 0; 0: none at all (as at first). Thread: any */
void bs_fleet_simulation_set_rate (BsFleetSimulation *self, double rate);

/** bs_fleet_simulation_delivered: bars so far, of all instruments. Thread: any */
guint64 bs_fleet_simulation_delivered (BsFleetSimulation *self);

G_END_DECLS
