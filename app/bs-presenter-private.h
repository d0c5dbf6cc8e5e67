/* bs-presenter-private.h: what the two parts of BsPresenter share: its life and its getters (bs-presenter.c), and what it takes over from the
 * session (bs-presenter-drain.c) */
#pragma once

#include "app/bs-presenter.h"

G_BEGIN_DECLS

/** Points and log entries gathered before they are handed on. */
#define BS_PRESENTER_MAX_GATHERED 256

struct _BsPresenter
{
  GObject parent_instance;

  GtkWidget *widget;
  BsSignalLog *log;
  BsSessionFunc signal_func; /* (nullable) */
  gpointer signal_data;
  GSource *source; /* made ready by the worker; also the clock while there are no frames */
  guint tick;
  guint idle_frames;

  BsJournal *journal; /* (nullable) */
  BsSession *session;
  BsFeed *feed;         /* the session's */
  BsReplayFeed *replay; /* (nullable): the same where it is one */
  gboolean stale;       /* by the clock */
  guint late_timer;
  BsChartData *data;
  guint epoch;

  BsFeedState state;
  gboolean state_changed, notice_changed, switched, granted, scheduled;
  char *switch_message;
  guint64 position;
  BsSignal signal;
  gboolean has_signal;
  double threshold;
  gint64 time_us;
  BsOptions options;
  guint64 n_traced;
  guint fidelity_every;
  BsWhy why;
  guint why_generation;
  gboolean has_why, why_wanted;
  BsWhy asked; /* of the bar that is pinned */
  guint asked_generation;
  gboolean has_asked, pinned;
  guint64 pinned_index;
  guint64 n_refused;
  char *failure;
  char *notice;

  /* Gathered while draining. */
  BsChartPoint points[BS_PRESENTER_MAX_GATHERED];
  guint64 points_begin; /* index of points[0] */
  guint n_points;
  BsSignalLogEntry entries[BS_PRESENTER_MAX_GATHERED];
  guint n_entries;
};

typedef enum
{
  BS_PRESENTER_FRAME,
  BS_PRESENTER_STATE_CHANGED,
  BS_PRESENTER_SWITCHED,
  BS_PRESENTER_N_SIGNALS
} BsPresenterSignal;

extern guint bs_presenter_signals[BS_PRESENTER_N_SIGNALS];

/** bs_presenter_drain: takes over what has come, and emits signals about it. Returns: whether there was anything */
gboolean bs_presenter_drain (BsPresenter *self);
/** bs_presenter_check_stale: asks the clock. Returns: whether the feed is late now and was not, or the other way round */
gboolean bs_presenter_check_stale (BsPresenter *self);
/** bs_presenter_unpin: the explanation is the newest bar's again */
void bs_presenter_unpin (BsPresenter *self);

G_END_DECLS
