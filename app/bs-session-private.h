/* bs-session-private.h: what the two sides of a session share: bs-session.c is the main thread's, bs-session-worker.c the worker's */
#pragma once

#include <stdatomic.h>

#include "app/bs-ring.h"
#include "app/bs-session-copy.h"
#include "app/bs-session-journal.h"
#include "app/bs-session-tape.h"
#include "app/bs-session.h"
#include "app/bs-switcher.h"

G_BEGIN_DECLS

/** What the main thread asks of the worker: handed over whole, so that no lock is needed. */
typedef struct
{
  gboolean set_options, set_threshold, set_recorder;
  BsOptions options;
  double threshold;
  BsModel *model;       /* (nullable) */
  BsRecorder *recorder; /* (nullable) */
  BsSessionCopy *copy;  /* (nullable) */
  gboolean set_explained, explains;
  guint64 explained; /* where it explains: the bar */
} BsSessionControl;

struct _BsSession
{
  BsPredictor *predictor; /* the worker's, after the start */
  BsTrace *trace;
  BsFeed *feed;
  BsFidelityMonitor *monitor; /* (nullable) */
  BsExplainMonitor *explainer; /* (nullable) */
  GThread *worker;
  BsRing *items;  /* of BsFeedItem: feed -> worker */
  BsRing *events; /* of BsSessionEvent: worker -> (journal ->) main */
  _Atomic (BsSessionJournal *) journal; /* (nullable): the gate in @events */

  atomic_uint epoch;
  _Atomic (BsSessionControl *) control;
  atomic_bool notified;
  void (*notify) (gpointer data);
  gpointer notify_data;

  GArray *schedule; /* (nullable) (element-type BsSessionChange) */

  /* The worker's own. */
  guint schedule_at; /* the next one */
  BsSwitcher *switcher;
  BsFeedState state;
  guint64 n_bars;
  char *notice;       /* (nullable): told last */
  BsSessionTape tape; /* what is being recorded */
  BsSessionCopy *copy; /* (nullable): what is being copied */
  gboolean explains, explain_next; /* a bar is pinned; it is to be explained as soon as it is there */
  guint64 explained;
};

/** Frees what was asked for and, where it has not been taken, what came with it. */
void bs_session_control_free (BsSessionControl *control);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsSessionControl, bs_session_control_free)

/** bs_session_tell: @data: the #BsSession; there are events to drain. Thread: the worker's, or the journal's */
void bs_session_tell (gpointer data);
/** bs_session_worker_main: @data: the #BsSession; what its worker runs until the rings are closed */
gpointer bs_session_worker_main (gpointer data);

G_END_DECLS
