/* bs-watch.h: takes what a fleet says, at most once a frame, to the watchlist and to the charts beside the main one */
#pragma once

#include "app/fleet/bs-fleet-loader.h"
#include "ui/chart/bs-chart-data.h"
#include "ui/watch/bs-watch-list.h"

G_BEGIN_DECLS

#define BS_TYPE_WATCH (bs_watch_get_type ())
G_DECLARE_FINAL_TYPE (BsWatch, bs_watch, BS, WATCH, GObject)

/**
 * bs_watch_new:
 * @list: whose rows it keeps, and whose frame clock it follows; it must live as long as the watch runs (bs_watch_stop())
 *
 * Signals: "added" (uint number): an instrument is there. "loaded": all that was asked for is opened, or has failed.
 * Thread: main.
 */
BsWatch *bs_watch_new (BsWatchList *list) G_GNUC_WARN_UNUSED_RESULT;

/** bs_watch_set_signal_func: @func: (nullable): called with every BS_FLEET_SIGNAL, in order. Cheap, please: 500 may come at once. */
void bs_watch_set_signal_func (BsWatch *self, BsFleetFunc func, gpointer data);
/** bs_watch_start: ends what ran before and begins to open what @request asks for. */
void bs_watch_start (BsWatch *self, const BsFleetRequest *request);
/** Ends feeds and fleet, on a thread of its own, and empties the list. */
void bs_watch_stop (BsWatch *self);
gboolean bs_watch_is_running (BsWatch *self);

/** bs_watch_fleet: (nullable): while it runs, once it is made */
BsFleet *bs_watch_fleet (BsWatch *self);
/** bs_watch_progress: how far opening is; all done where nothing runs */
void bs_watch_progress (BsWatch *self, BsFleetProgress *progress);
/** bs_watch_info: (nullable): what never changes of instrument @number */
const BsFleetInstrument *bs_watch_info (BsWatch *self, guint number);
/** Whether instruments get further bars. */
gboolean bs_watch_is_live (BsWatch *self);
guint bs_watch_n_instruments (BsWatch *self);

/**
 * bs_watch_follow:
 * @number: of an instrument
 *
 * Returns: (transfer full): its newest bars and signals, which come in a moment, and then every one as it comes, until
 * bs_watch_unfollow()
 */
BsChartData *bs_watch_follow (BsWatch *self, guint number) G_GNUC_WARN_UNUSED_RESULT;
void bs_watch_unfollow (BsWatch *self, BsChartData *data);

G_END_DECLS
