/* bs-backtest-export.c: a backtest as a file */
#include "app/backtest/bs-backtest-export.h"

#include "app/feeds/bs-file-writer.h"

BsBacktestExport *
bs_backtest_export_new (const char *path, const char *format, BsBacktest *backtest)
{
  BsBacktestExport *self = g_new0 (BsBacktestExport, 1);

  self->path = g_strdup (path);
  self->format = g_strdup (format);
  self->backtest = bs_backtest_ref (backtest);
  return self;
}

void
bs_backtest_export_free (BsBacktestExport *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->format);
  bs_backtest_unref (self->backtest);
  g_free (self->instrument);
  g_free (self->model_name);
  g_free (self->model_hash);
  g_free (self);
}

static gboolean
write_piece (const char *text, gsize length, gpointer writer, GError **error)
{
  return bs_file_writer_write (writer, text, length, error);
}

gboolean
bs_backtest_export_write (BsBacktestExport *self, guint64 *n, GError **error)
{
  const BsBacktestFormat *format = bs_backtest_format_by_name (self->format);
  const BsBacktestReport report = {
    .backtest = self->backtest,
    .instrument = self->instrument,
    .model_name = self->model_name,
    .model_hash = self->model_hash,
    .threshold = self->threshold,
    .decimals = self->decimals,
    .period = self->has_period ? &self->period : NULL,
    .n_trained = self->n_trained,
  };
  gsize n_trades;

  if (format == NULL)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no format \"%s\": expected table, trades, csv or json", self->path,
                   self->format);
      return FALSE;
    }
  g_autoptr (BsFileWriter) writer = bs_file_writer_new (self->path, error);
  if (writer == NULL || !format->write (&report, write_piece, writer, error) || !bs_file_writer_commit (writer, error))
    return FALSE;
  bs_backtest_trades (self->backtest, &n_trades);
  *n = n_trades;
  return TRUE;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autofree guint64 *n = g_new0 (guint64, 1);

  if (bs_backtest_export_write (data, n, &error))
    g_task_return_pointer (task, g_steal_pointer (&n), g_free);
  else
    g_task_return_error (task, error);
}

void
bs_backtest_export_async (BsBacktestExport *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);

  g_task_set_source_tag (task, bs_backtest_export_async);
  g_task_set_task_data (task, self, (GDestroyNotify) bs_backtest_export_free);
  g_task_run_in_thread (task, run);
}

gboolean
bs_backtest_export_finish (GAsyncResult *result, guint64 *n, GError **error)
{
  g_autofree guint64 *written = g_task_propagate_pointer (G_TASK (result), error);

  if (written == NULL)
    return FALSE;
  *n = *written;
  return TRUE;
}
