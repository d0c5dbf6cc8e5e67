/* bs-fleet-journal.h: keeps what a fleet answers: a gate between its worker and who drains it, one run an instrument */
#pragma once

#include "app/bs-ring.h"
#include "app/fleet/bs-fleet.h"

G_BEGIN_DECLS

/**
 * BsFleetJournal:
 *
 * Events stand at the gate until the journal has committed what they say; all that is there goes into one transaction. Instruments
 * without a run (BsFleetInstrument.run) pass unkept.
 */
typedef struct _BsFleetJournal BsFleetJournal;

/**
 * bs_fleet_journal_new:
 * @events: of BsFleetEvent; nothing is in it yet
 * @latency: gets what passed from a live bar's arrival to its signal's commit, ns; the journal's thread's from here on
 * @passed: called on the journal's thread when there is something to drain
 */
BsFleetJournal *bs_fleet_journal_new (BsJournal *journal, BsRing *events, BsHistogram *latency, void (*passed) (gpointer data),
                                      gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/** There is something new at the gate. Thread: any. */
void bs_fleet_journal_kick (BsFleetJournal *self);
/** Keeps what is still at the gate, ends the runs and waits for the commit. Nobody may put anything into the ring any more. */
void bs_fleet_journal_free (BsFleetJournal *self);

G_END_DECLS
