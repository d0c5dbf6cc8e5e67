/* bs-signal-export.h: the rows of the signal log, as a file */
#pragma once

#include "ui/panels/bs-signal-log-copy.h"

G_BEGIN_DECLS

/**
 * bs_signal_export_format: "csv" or "json", as the name of @path ends, ".gz" after it or not; else @wanted
 */
const char *bs_signal_export_format (const char *path, const char *wanted);

/**
 * bs_signal_export_write:
 * @format: "csv" (a row a signal under a row of names) or "json" (an array with an object a signal)
 * @rows: in the order in which they are written
 *
 * Columns as `barscope predict --all` names them (row, time, raw_signal, signal, confidence, in_range), and what only the log
 * knows: close (of the bar), filtered (hold because the confidence was under the threshold), total_ns (bar in to signal out;
 * empty or null where it was not measured). The file is there whole or not at all. Thread: any.
 *
 * Returns: %FALSE with an error that names the file
 */
gboolean bs_signal_export_write (const char *path, const char *format, const BsSignalLogCopy *rows, GError **error);

/** bs_signal_export_async: bs_signal_export_write() on a thread of its own; @rows: (transfer full) */
void bs_signal_export_async (const char *path, const char *format, BsSignalLogCopy *rows, GAsyncReadyCallback callback,
                             gpointer data);
/** bs_signal_export_finish: @n: (out): rows written */
gboolean bs_signal_export_finish (GAsyncResult *result, guint *n, GError **error);

G_END_DECLS
