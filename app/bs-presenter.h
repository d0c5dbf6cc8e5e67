/* bs-presenter.h: takes what the session says, at most once a frame, to the chart, the log and the panels */
#pragma once

#include <gtk/gtk.h>

#include "app/bs-loader.h"
#include "app/bs-session.h"
#include "app/feeds/bs-replay-feed.h"
#include "ui/panels/bs-signal-log.h"

G_BEGIN_DECLS

#define BS_TYPE_PRESENTER (bs_presenter_get_type ())
G_DECLARE_FINAL_TYPE (BsPresenter, bs_presenter, BS, PRESENTER, GObject)

/**
 * bs_presenter_new:
 * @widget: whose frame clock it follows; while that is not mapped, it looks a few times a second. Not referenced: it must
 *   live as long as the presenter works (bs_presenter_stop())
 * @log: (nullable): where signals are listed; likewise
 *
 * Signals: "frame" (something has changed: the getters below say what), "state-changed" (of the feed),
 * "switched" (gboolean granted, const char *message): the answer to other options or another model.
 * Thread: main.
 */
BsPresenter *bs_presenter_new (GtkWidget *widget, BsSignalLog *log) G_GNUC_WARN_UNUSED_RESULT;

/** bs_presenter_set_journal: @journal: (nullable): where the sessions from here on are kept */
void bs_presenter_set_journal (BsPresenter *self, BsJournal *journal);

/**
 * bs_presenter_start:
 * @loaded: bars, predictor (taken) and chart data; where there is no predictor the bars are shown and nothing runs
 *
 * Ends what ran before and begins with @loaded, at rest, all bars that @loaded shows being evaluated.
 */
void bs_presenter_start (BsPresenter *self, BsLoaded *loaded);
/** Ends what runs: the threads are waited for on another one. Nobody may hold the trace any more. */
void bs_presenter_stop (BsPresenter *self);

/** bs_presenter_feed: (nullable): the replay that runs; %NULL for a live feed, which cannot be played, stepped or sought in */
BsReplayFeed *bs_presenter_feed (BsPresenter *self);
/** bs_presenter_feed_status: how the feed stands now, whatever its kind; %FALSE, and ended, where there is none */
gboolean bs_presenter_feed_status (BsPresenter *self, BsFeedStatus *status);
/**
 * bs_presenter_is_live:
 *
 * Whether bars come from outside now. Then "frame" is emitted once a second at least, so that the age of the last bar can be shown
 * and a feed that goes stale is seen; "state-changed" where it does.
 */
gboolean bs_presenter_is_live (BsPresenter *self);
/**
 * bs_presenter_is_silenced:
 *
 * Whether the newest signal is one that nobody may act on, since its feed is late, lost or still catching up: it is shown in grey,
 * and no alert fires.
 */
gboolean bs_presenter_is_silenced (BsPresenter *self);
/** bs_presenter_session: (nullable): to set options, threshold and model; it may not be drained or freed */
BsSession *bs_presenter_session (BsPresenter *self);
/** Bars from one comparison of the fidelity monitor to the next, 0 for none; of this session and of those after it. */
void bs_presenter_set_fidelity_every (BsPresenter *self, guint every);
/** bs_presenter_data: (nullable): what the chart shows */
BsChartData *bs_presenter_data (BsPresenter *self);

/**
 * bs_presenter_set_signal_func:
 * @func: (nullable): called with every bar's signal that is ready, in order, before the frame that shows it
 *
 * For what must see each signal, not only the newest. Cheap, please: thousands may come in a frame.
 */
void bs_presenter_set_signal_func (BsPresenter *self, BsSessionFunc func, gpointer data);

/**
 * bs_presenter_seek:
 * @position: 0..length
 *
 * Shows the bars before @position and no others: what is later leaves the chart and the log at once; what is missing, or was
 * left by a model that has to begin anew, is computed in the background.
 */
void bs_presenter_seek (BsPresenter *self, guint64 position);

/** Bars whose signal has come. */
guint64 bs_presenter_position (BsPresenter *self);
/** The feed's state as of the bars drained; stale by the clock: see bs_feed_status(). */
BsFeedState bs_presenter_state (BsPresenter *self);
/** bs_presenter_signal: (nullable): the newest, and the threshold that it was judged with */
const BsSignal *bs_presenter_signal (BsPresenter *self, double *threshold);
/**
 * bs_presenter_explain: pins the explanation to bar @index, which has to be shown; until bs_presenter_explain_newest(), another session, or
 * a seek to before it
 */
void bs_presenter_explain (BsPresenter *self, guint64 index);
void bs_presenter_explain_newest (BsPresenter *self);
/** bs_presenter_explains: whether a bar is pinned, and @index: (out): which */
gboolean bs_presenter_explains (BsPresenter *self, guint64 *index);
/**
 * bs_presenter_why: (nullable): why the newest signal that was explained is what it is: of the newest bar or, for a moment, one before; or
 * that of the bar that is pinned, %NULL until it is explained
 */
const BsWhy *bs_presenter_why (BsPresenter *self);
/** bs_presenter_set_why_wanted: whether anybody looks; of this session and of those after it. FALSE at first */
void bs_presenter_set_why_wanted (BsPresenter *self, gboolean wanted);
/** The options in force, and the number of predictions traced when they came into force. */
const BsOptions *bs_presenter_options (BsPresenter *self, guint64 *n_traced);
/** Whether the newest "switched" was by the schedule of a recording: nobody has asked for it. */
gboolean bs_presenter_switch_was_scheduled (BsPresenter *self);
/** bs_presenter_failure: (nullable): why the newest bar has no signal though it should */
const char *bs_presenter_failure (BsPresenter *self);
/** bs_presenter_notice: (nullable): that and why another engine than the one asked for answers; bs_predictor_notice() */
const char *bs_presenter_notice (BsPresenter *self);

G_END_DECLS
