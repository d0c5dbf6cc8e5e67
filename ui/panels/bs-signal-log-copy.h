/* bs-signal-log-copy.h: the rows of the log as they are now, taken in slices that hold up nobody */
#pragma once

#include "ui/panels/bs-signal-log-model.h"

G_BEGIN_DECLS

/** The rows of a log at one time. */
typedef struct
{
  guint64 *numbers;          /* [n], in the order of the rows */
  guint n;
  guint64 first;             /* number of entries[0] */
  BsSignalLogEntry *entries; /* by number */
} BsSignalLogCopy;

void bs_signal_log_copy_free (BsSignalLogCopy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsSignalLogCopy, bs_signal_log_copy_free)

/** bs_signal_log_copy_row: what row @i < n showed. Thread: any. */
const BsSignalLogEntry *bs_signal_log_copy_row (const BsSignalLogCopy *self, guint i);

/**
 * bs_signal_log_copy_async:
 *
 * Which rows there are, and in which order, is settled by this call. What comes, leaves, or is taken back afterwards changes
 * nothing: entries are copied oldest first, faster than they leave, and all that are missing before numbers are given again.
 * Thread: main, some 0.3 ms at a time.
 */
void bs_signal_log_copy_async (BsSignalLogModel *model, GAsyncReadyCallback callback, gpointer data);
/** bs_signal_log_copy_finish: (transfer full) */
BsSignalLogCopy *bs_signal_log_copy_finish (GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
