/* bs-recorded-bars.h: a recording as the window opens it: its bars, and the switches that go with them */
#pragma once

#include "app/bs-session.h"
#include "app/feeds/bs-bar-file.h"
#include "app/record/bs-recording-reader.h"

G_BEGIN_DECLS

/** Where a recording has seeks back in it, this is what came after the last one. */
typedef struct
{
  BsBarFile *primary;
  BsBarFile *secondary; /* (nullable) */
  GArray *changes;      /* (element-type BsSessionChange): the first one at bar 0 */
  char *instrument, *model_name, *model_hash;
  gint64 started_us;
  guint64 n_history; /* bars before the first that was recorded with its answer */
  guint n_switches;
  guint n_models; /* changes of the model */
  gboolean ended; /* not broken off */
} BsRecordedBars;

/** bs_recorded_bars_load: (transfer full): %NULL with %BS_RECORDING_ERROR or %G_IO_ERROR_CANCELLED. Blocks: use a worker. */
BsRecordedBars *bs_recorded_bars_load (const char *path, GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bs_recorded_bars_free (BsRecordedBars *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsRecordedBars, bs_recorded_bars_free)

G_END_DECLS
