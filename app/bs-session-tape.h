/* bs-session-tape.h: what a session hands to its recorder, in the order in which it happens */
#pragma once

#include "app/feeds/bs-feed.h"
#include "app/record/bs-recorder.h"

G_BEGIN_DECLS

/** Plain data, zero at first: then nothing is recorded, and all but begin does nothing. Thread: the session's worker. */
typedef struct
{
  const BsPredictor *predictor;     /* not owned */
  BsRecorder *recorder;             /* (nullable) */
  gboolean live;                    /* the history is all there: every bar is recorded as it comes */
  guint64 history_at, secondary_at; /* the next ones of the history */
  BsOptions options;                /* recorded last, as are these: */
  double threshold;
  char hash[65]; /* of the model */
} BsSessionTape;

/** bs_session_tape_begin: @recorder: (transfer full) (nullable): %NULL ends what is being recorded */
void bs_session_tape_begin (BsSessionTape *self, const BsPredictor *predictor, BsRecorder *recorder);
void bs_session_tape_end (BsSessionTape *self);
/** bs_session_tape_history: some of the history, as much as there is room for. Returns: whether there is more */
gboolean bs_session_tape_history (BsSessionTape *self);

/** Before a bar: what has changed since the last one. */
void bs_session_tape_changes (BsSessionTape *self);
/** bs_session_tape_bar: @item, which the predictor has taken; @error: (nullable): why it has no @signal */
void bs_session_tape_bar (BsSessionTape *self, const BsFeedItem *item, const BsSignal *signal, const GError *error);
/** A bar that the predictor has not taken, and why. */
void bs_session_tape_refused (BsSessionTape *self, const GError *error);
void bs_session_tape_secondary (BsSessionTape *self, const BsBar *bar);
/** The predictor has been reset. */
void bs_session_tape_reset (BsSessionTape *self);

G_END_DECLS
