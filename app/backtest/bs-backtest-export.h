/* bs-backtest-export.h: a backtest as a file, written on another thread */
#pragma once

#include <gio/gio.h>

#include "app/backtest/bs-backtest-report.h"

G_BEGIN_DECLS

/** What to write: all but @path, @format and @backtest is filled in by whoever makes it. The file is there whole or not at all. */
typedef struct
{
  char *path;
  char *format; /* of bs_backtest_format_by_name() */
  BsBacktest *backtest;
  char *instrument;
  char *model_name, *model_hash; /* (nullable) */
  double threshold;
  guint decimals;
  BsTrainingPeriod period;
  gboolean has_period;
  guint64 n_trained;
} BsBacktestExport;

/** bs_backtest_export_new: @backtest: a reference is taken; it must not grow until all is written */
BsBacktestExport *bs_backtest_export_new (const char *path, const char *format, BsBacktest *backtest) G_GNUC_WARN_UNUSED_RESULT;
void bs_backtest_export_free (BsBacktestExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsBacktestExport, bs_backtest_export_free)

/** bs_backtest_export_write: @n: (out): trades written. Thread: any. Returns: %FALSE with an error that names the file */
gboolean bs_backtest_export_write (BsBacktestExport *self, guint64 *n, GError **error);

/** bs_backtest_export_async: bs_backtest_export_write() on a thread of its own; @self: (transfer full) */
void bs_backtest_export_async (BsBacktestExport *self, GAsyncReadyCallback callback, gpointer data);
gboolean bs_backtest_export_finish (GAsyncResult *result, guint64 *n, GError **error);

G_END_DECLS
