/* bs-recorder.h: writes a session to a file as it happens, on a thread of its own */
#pragma once

#include "app/record/bs-recording.h"

G_BEGIN_DECLS

/**
 * BsRecorder:
 *
 * One thread (the session's worker) begins, puts and ends; any may look at how it stands. Lines are written by a thread of
 * its own and handed to the system at least once a second. Where that fails (the disk is full), what comes after is thrown
 * away, and bs_recorder_problem() says why; the session goes on. What has been written until then can be read.
 */
typedef struct _BsRecorder BsRecorder;

/** bs_recorder_new: @path: a new file, or one to be written over; opened on the thread. A reference for the caller. */
BsRecorder *bs_recorder_new (const char *path, const char *instrument, guint decimals) G_GNUC_WARN_UNUSED_RESULT;
BsRecorder *bs_recorder_ref (BsRecorder *self);
/** The last one waits for the thread, ending the recording where nobody has. */
void bs_recorder_unref (BsRecorder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRecorder, bs_recorder_unref)

/* The worker's. */

/** bs_recorder_begin: once, first: what @predictor is now. */
void bs_recorder_begin (BsRecorder *self, const BsPredictor *predictor, const BsRecordingShape *secondary);
/** Lines that can be put without waiting. */
gsize bs_recorder_room (BsRecorder *self);
/** bs_recorder_put: @record is copied, its text taken. Waits while very many lines wait to be written. */
void bs_recorder_put (BsRecorder *self, BsRecord *record);
/** The history is put: from here on every bar is recorded with its answer. */
void bs_recorder_caught_up (BsRecorder *self);
/** Nothing more comes. Does not wait for the file. */
void bs_recorder_end (BsRecorder *self);
/** bs_recorder_fail: ends it with a problem of the worker's. */
void bs_recorder_fail (BsRecorder *self, const char *problem);
/** Monotonic clock, us: when it began, which arrivals count from. */
gint64 bs_recorder_begin_us (const BsRecorder *self);

/* How it stands. Thread: any. */

/** Whether bs_recorder_caught_up() was said. */
gboolean bs_recorder_is_caught_up (BsRecorder *self);
/** Bars written with their answer. */
guint64 bs_recorder_n_bars (BsRecorder *self);
/** bs_recorder_is_done: whether the file is closed, all in it or with a problem */
gboolean bs_recorder_is_done (BsRecorder *self);
/** bs_recorder_problem: (nullable): why not all is in the file. Owned by @self. */
const char *bs_recorder_problem (BsRecorder *self);
const char *bs_recorder_path (const BsRecorder *self);

G_END_DECLS
