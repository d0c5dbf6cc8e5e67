/* bs-session.h: the way of a bar from its feed through the worker to the main thread */
#pragma once

#include "app/bs-session-copy.h"
#include "app/feeds/bs-feed.h"
#include "app/journal/bs-journal.h"
#include "app/record/bs-recorder.h"
#include "inference/predict/bs-fidelity-monitor.h"
#include "inference/train/bs-explain-monitor.h"

G_BEGIN_DECLS

/** Answers that may wait for the main thread; then the worker waits, and behind it the feed. */
#define BS_SESSION_MAX_WAITING 4096

typedef enum
{
  BS_SESSION_SIGNAL,       /* @bar has its @signal */
  BS_SESSION_NO_SIGNAL,    /* @bar is taken, its signal is not to be had: @message */
  BS_SESSION_REFUSED,      /* @bar is not acceptable (as is @secondary): @message */
  BS_SESSION_STATE,        /* the feed's @state changed */
  BS_SESSION_RESET,        /* the bars begin anew */
  BS_SESSION_SWITCHED,     /* other options, from the next bar on; @options are those in force */
  BS_SESSION_NOT_SWITCHED, /* options or a model that cannot be had: @message; @options are those in force */
  BS_SESSION_NOTICE,       /* another engine than the one asked for answers from here on: @message; %NULL: no longer */
  BS_SESSION_SECONDARY,    /* a secondary @bar is taken: for the journal alone, never handed over */
} BsSessionEventKind;

/** What happened, in the order in which it happened. */
typedef struct
{
  BsSessionEventKind kind;
  BsFeedState state; /* of the feed when it came: BS_FEED_CATCHING_UP for a bar of the past */
  guint epoch;
  gboolean secondary; /* REFUSED: which series */
  gboolean not_kept;  /* there is a journal, but it cannot be written: this will be in it only when it can */
  gboolean scheduled; /* SWITCHED, NOT_SWITCHED: by bs_session_set_schedule(), nobody has asked */
  guint64 index;      /* of @bar in the series; of the next bar where there is none */
  gint64 arrival_us;  /* monotonic clock: when the feed had the bar */
  gint64 due_us;      /* monotonic clock: when it should have come; or BS_FEED_DUE_PAST */
  double threshold;   /* of the confidence, that @signal was judged with */
  BsBar bar;
  union
  {
    BsSignal signal;
    struct
    {
      BsOptions options; /* those in force */
      guint64 n_traced;  /* predictions traced before */
      char model_hash[65];
    };
  };
  char *message; /* freed after the handler */
} BsSessionEvent;

/** What is to be from bar @index on. */
typedef struct
{
  guint64 index;
  BsOptions options;
  double threshold;
} BsSessionChange;

/** Handles one event; @event is good until it returns. Thread: main. */
typedef void (*BsSessionFunc) (const BsSessionEvent *event, gpointer data);

/**
 * BsSession:
 *
 * One instrument: a feed, a worker thread that owns the predictor, and two rings between them and the main thread. Bars are
 * never dropped and never reordered: a slow main thread makes the worker wait, a slow worker the feed. The main thread waits
 * for nobody.
 */
typedef struct _BsSession BsSession;

/**
 * bs_session_new:
 * @predictor: (transfer full): belongs to the worker from here on; bars that it holds already are history: the next one is counted
 *   after them
 * @notify: (nullable): called on the worker when there are events to drain; at most once between two drains
 */
BsSession *bs_session_new (BsPredictor *predictor, void (*notify) (gpointer data),
                           gpointer notify_data) G_GNUC_WARN_UNUSED_RESULT;

/** bs_session_set_monitor: @monitor: (transfer full): sees every bar's answer from here on. Before bs_session_start(). */
void bs_session_set_monitor (BsSession *self, BsFidelityMonitor *monitor);
/** bs_session_monitor: (transfer none) (nullable): for its report and its settings */
BsFidelityMonitor *bs_session_monitor (BsSession *self);

/** bs_session_set_explainer: @explainer: (transfer full): sees every bar's answer from here on. Before bs_session_start(). */
void bs_session_set_explainer (BsSession *self, BsExplainMonitor *explainer);
/** bs_session_explainer: (transfer none) (nullable): for what it finds */
BsExplainMonitor *bs_session_explainer (BsSession *self);

/**
 * bs_session_set_schedule:
 * @changes: (element-type BsSessionChange) (transfer full): in the order of their bars; the first one at bar 0
 *
 * Switches that change at their bars by themselves, and anew after a reset, as in a session that was recorded. Told by
 * BS_SESSION_SWITCHED; what cannot be had by BS_SESSION_NOT_SWITCHED, and all stays as it was. Before bs_session_start().
 */
void bs_session_set_schedule (BsSession *self, GArray *changes);

/**
 * bs_session_set_journal:
 * @info: of the first run; copied
 *
 * What happens is committed to @journal before bs_session_drain() hands it over, in groups: the journal's thread stands between the
 * worker and the main thread, and neither waits for a lock. Where the journal cannot be written, nobody is held up and events say
 * so (@not_kept). Where the bars begin anew, so does the run. Before bs_session_start(); without it the way is direct.
 */
void bs_session_set_journal (BsSession *self, BsJournal *journal, const BsJournalRunInfo *info);
/** bs_session_run: (transfer full) (nullable): the run that goes on, for alerts; bs_journal_run_unref(). Thread: any. */
BsJournalRun *bs_session_run (BsSession *self) G_GNUC_WARN_UNUSED_RESULT;

/** bs_session_start: @feed: (transfer full): starts to deliver here. Once. */
void bs_session_start (BsSession *self, BsFeed *feed);

/** Stops feed and worker, waits for both (as long as one bar takes, or the engine that is being made) and frees all. Events
 * not drained are lost to the window, not to the journal. */
void bs_session_free (BsSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsSession, bs_session_free)

/** A sink for feeds: waits while the queue is full. @data is the session. Thread: the feed's. */
gboolean bs_session_deliver (const BsFeedItem *item, gpointer data);

/**
 * bs_session_drain:
 * @max_us: time to spend at most, looked at every few events
 *
 * Hands over what has happened since, in order; what belongs to an older epoch is left out. A feed that wants answers gets each one
 * right before @func. Thread: main, or the one that takes its part.
 *
 * Returns: whether there is more
 */
gboolean bs_session_drain (BsSession *self, BsSessionFunc func, gpointer data, gint64 max_us);

/**
 * bs_session_new_epoch:
 *
 * Gives all bars so far up: what is on its way is skipped by the worker and by bs_session_drain(), until the feed delivers
 * items of the new epoch, the first of which must be a reset. Thread: main.
 */
guint bs_session_new_epoch (BsSession *self);

/* Each takes effect between two bars, also while no bar comes, and is answered by an event where it says so. Thread: any. */

/**
 * bs_session_set_options:
 *
 * Answered by BS_SESSION_SWITCHED or BS_SESSION_NOT_SWITCHED. What needs another engine is made aside while bars go on with
 * the old one: on a GPU that takes a second or two. Asked anew meanwhile, only the newest options count and get the one answer.
 */
void bs_session_set_options (BsSession *self, const BsOptions *options);
void bs_session_set_threshold (BsSession *self, double threshold);
/** bs_session_set_model: takes a reference. Answered as bs_session_set_options(). */
void bs_session_set_model (BsSession *self, BsModel *model);

/**
 * bs_session_record:
 * @recorder: (nullable): new; a reference is taken. %NULL ends what is being recorded
 *
 * Records from the next bar on, with all bars so far as history, which is written little by little so that no bar waits for
 * it. How it goes is asked of @recorder.
 */
void bs_session_record (BsSession *self, BsRecorder *recorder);

/**
 * bs_session_copy_bars:
 * @max_bars: how many at most, the newest; 0 for all
 * @func: gets them: see there; called once, on the worker or on the thread that ends the session
 *
 * The bars, those that came live too, as they are when the worker gets to it; copied little by little so that no bar waits. One
 * copy that is asked for while another is on its way ends that one, with nothing.
 */
void bs_session_copy_bars (BsSession *self, gsize max_bars, BsSessionCopyFunc func, gpointer data);

/**
 * bs_session_explain_bar:
 * @index: which, also one that has yet to come
 *
 * Pins the explainer to a bar, with the switches and the model in force, and anew after each switch: ask
 * bs_explain_monitor_get_asked() of bs_session_explainer() for it. bs_session_explain_newest(): to the newest ones again.
 */
void bs_session_explain_bar (BsSession *self, guint64 index);
void bs_session_explain_newest (BsSession *self);

/** bs_session_trace: (transfer none): the times of the last predictions, to be read on the main thread. */
BsTrace *bs_session_trace (BsSession *self);

G_END_DECLS
