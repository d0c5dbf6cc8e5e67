/* bs-latency-export.h: what the latency page shows, as a file */
#pragma once

#include "ui/latency/bs-latency-marks.h"
#include "ui/latency/bs-latency-page.h"

G_BEGIN_DECLS

/**
 * BsLatencyExport:
 *
 * What to write, gathered on the main thread and written on another:
 * - "csv": a row a prediction that A or B stands for and the trace still holds, times in ns;
 * - "json": percentiles of every stage, as `barscope bench --json` has them, with "p99.9" and "of" (what it is of) on top;
 * - "png": @picture.
 * The file is there whole or not at all.
 */
typedef struct
{
  char *path;
  char *format;
  BsTrace *trace;                             /* (nullable): with png */
  BsLatencyMarks *marks;                      /* (nullable): with png */
  BsLatencyChosen *sides[BS_LATENCY_N_SIDES]; /* (nullable) */
  GdkTexture *picture;                        /* (nullable): but with png */
} BsLatencyExport;

BsLatencyExport *bs_latency_export_new (const char *path, const char *format) G_GNUC_WARN_UNUSED_RESULT;
void bs_latency_export_free (BsLatencyExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLatencyExport, bs_latency_export_free)

/**
 * bs_latency_export_write:
 * @n: (out): predictions written, or counted; 0 for a picture
 *
 * Thread: any. Returns: %FALSE with an error that names the file
 */
gboolean bs_latency_export_write (BsLatencyExport *self, guint64 *n, GError **error);

/** bs_latency_export_async: bs_latency_export_write() on a thread of its own; @self: (transfer full) */
void bs_latency_export_async (BsLatencyExport *self, GAsyncReadyCallback callback, gpointer data);
gboolean bs_latency_export_finish (GAsyncResult *result, guint64 *n, GError **error);

G_END_DECLS
