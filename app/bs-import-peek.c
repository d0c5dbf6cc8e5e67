/* bs-import-peek.c: a look at a file that may be opened, on a thread */
#include "app/bs-import-peek.h"

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const BsLoadRequest *request = data;
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;
  GError *error = NULL;

  options.format = request->format;
  options.timezone = request->timezone;
  options.stamp = request->stamp;
  BsBarPeek *peek = bs_bar_peek (request->path, &options, cancellable, &error);
  if (peek != NULL)
    g_task_return_pointer (task, peek, (GDestroyNotify) bs_bar_peek_free);
  else
    g_task_return_error (task, error);
}

void
bs_import_peek_async (const BsLoadRequest *request, GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, done, data);

  g_task_set_source_tag (task, bs_import_peek_async);
  g_task_set_task_data (task, bs_load_request_copy (request), (GDestroyNotify) bs_load_request_free);
  g_task_run_in_thread (task, run);
}

BsBarPeek *
bs_import_peek_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
