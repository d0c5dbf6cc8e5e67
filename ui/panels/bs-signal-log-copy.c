/* bs-signal-log-copy.c: the rows of the log as they are now, taken in slices that hold up nobody */
#include "ui/panels/bs-signal-log-copy.h"

#define AT_ONCE 4096

/* A copy in the making. */
typedef struct
{
  BsSignalLogModel *model;
  BsSignalLogCopy *copy;
  guint64 next, end;
  gulong renumber_handler;
} Job;

void
bs_signal_log_copy_free (BsSignalLogCopy *self)
{
  if (self == NULL)
    return;
  g_free (self->numbers);
  g_free (self->entries);
  g_free (self);
}

const BsSignalLogEntry *
bs_signal_log_copy_row (const BsSignalLogCopy *self, guint i)
{
  return &self->entries[self->numbers[i] - self->first];
}

static void
job_free (gpointer data)
{
  Job *job = data;

  bs_signal_log_copy_free (job->copy);
  g_object_unref (job->model);
  g_free (job);
}

/* Up to number @end; whoever is not held any more is not among the rows. */
static void
copy_until (Job *job, guint64 end)
{
  for (; job->next < end; job->next++)
    {
      const BsSignalLogEntry *entry = bs_signal_log_model_entry (job->model, job->next);
      if (entry != NULL)
        job->copy->entries[job->next - job->copy->first] = *entry;
    }
}

static gboolean
on_slice (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  copy_until (job, MIN (job->end, job->next + AT_ONCE));
  if (job->next < job->end)
    return G_SOURCE_CONTINUE;
  g_signal_handler_disconnect (job->model, job->renumber_handler);
  g_task_return_pointer (task, g_steal_pointer (&job->copy), (GDestroyNotify) bs_signal_log_copy_free);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
on_renumber (BsSignalLogModel *model, gpointer data)
{
  Job *job = data;

  copy_until (job, job->end);
}

void
bs_signal_log_copy_async (BsSignalLogModel *model, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (model));

  GTask *task = g_task_new (model, NULL, callback, data);
  Job *job = g_new0 (Job, 1);

  g_task_set_source_tag (task, bs_signal_log_copy_async);
  g_task_set_task_data (task, job, job_free);
  job->model = g_object_ref (model);
  job->copy = g_new0 (BsSignalLogCopy, 1);
  job->copy->numbers = bs_signal_log_model_numbers (model, &job->copy->n);
  job->copy->first = G_MAXUINT64;
  for (guint i = 0; i < job->copy->n; i++)
    {
      job->copy->first = MIN (job->copy->first, job->copy->numbers[i]);
      job->end = MAX (job->end, job->copy->numbers[i] + 1);
    }
  if (job->copy->n == 0)
    job->copy->first = 0;
  job->next = job->copy->first;
  job->copy->entries = g_new0 (BsSignalLogEntry, MAX (1, job->end - job->next));
  job->renumber_handler = g_signal_connect (model, "renumber", G_CALLBACK (on_renumber), job);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_slice, task, NULL);
}

BsSignalLogCopy *
bs_signal_log_copy_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
