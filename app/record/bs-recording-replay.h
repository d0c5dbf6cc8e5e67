/* bs-recording-replay.h: a recorded session once more, bar by bar, beside what was recorded */
#pragma once

#include "app/record/bs-recording-reader.h"

G_BEGIN_DECLS

/** One bar of both. */
typedef struct
{
  guint64 line, index;
  const BsBar *bar;
  const BsSignal *recorded; /* (nullable): it had none: its network failed then */
  const BsSignal *replayed; /* (nullable): likewise now */
} BsReplayedBar;

typedef void (*BsReplayFunc) (const BsReplayedBar *bar, gpointer data);

typedef struct
{
  const char *const
    *assignments;         /* (nullable): options that override the recorded ones throughout, as --set takes them */
  BsModel *const *models; /* [n_models]: those recorded, found by their hash */
  guint n_models;
  BsModel *other_model; /* (nullable): in place of all recorded ones */
  BsReplayFunc func;    /* (nullable): called for every bar recorded with its answer, in order */
  gpointer data;
} BsReplayOptions;

/** What came out. */
typedef struct
{
  guint64 n_history;         /* bars before the recording began */
  guint64 n_bars;            /* recorded with their answer */
  guint64 n_compared;        /* of them, with a class in both */
  guint64 n_same;            /* bars whose answers are the same to the bit, warming up or not */
  guint64 n_same_raw;        /* compared, with the same most probable class */
  guint64 n_same_class;      /* compared, with the same signal after the threshold */
  double sum, max;           /* of |difference of confidence| of the compared */
  guint64 first_different;   /* index of the first bar that is not the same; valid where n_same < n_bars */
  gint64 first_different_us; /* its time */
  guint64 n_switches, n_resets, n_refused;
  gboolean ended; /* the recording was ended, not broken off */
} BsReplayResult;

/**
 * bs_recording_replay:
 * @reader: at its beginning
 *
 * Runs the bars through a predictor of its own, the switches changed at the bars where they were changed. Bars, models,
 * switches and threshold being the same, the answers are the same to the bit with the same build on the same machine.
 * Thread: any; takes as long as the predictions take.
 *
 * Returns: %FALSE with an error that names the line where there is one
 */
gboolean bs_recording_replay (BsRecordingReader *reader, const BsReplayOptions *options, BsReplayResult *result,
                              GError **error);

G_END_DECLS
