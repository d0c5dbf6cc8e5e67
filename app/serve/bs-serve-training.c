#include "app/serve/bs-serve-training.h"

#include <stdatomic.h>

#include "inference/train/bs-trainer.h"

struct _BsServeTraining
{
  char *path;
  void (*done) (gpointer data);
  gpointer data;

  GThread *thread; /* (nullable): the last one */
  gint cancel;     /* atomic */
  atomic_bool running;
  _Atomic double fraction;
  GMutex mutex;
  char *problem; /* (nullable) */

  /* What the thread works on. */
  char *instrument;
  BsBarSeries *primary, *secondary;
};

BsServeTraining *
bs_serve_training_new (const char *path, void (*done) (gpointer data), gpointer data)
{
  BsServeTraining *self = g_new0 (BsServeTraining, 1);
  self->path = g_strdup (path);
  self->done = done;
  self->data = data;
  g_mutex_init (&self->mutex);
  return self;
}

static void
clear_work (BsServeTraining *self)
{
  g_clear_pointer (&self->instrument, g_free);
  g_clear_pointer (&self->primary, bs_bar_series_free);
  g_clear_pointer (&self->secondary, bs_bar_series_free);
}

static void
end_thread (BsServeTraining *self)
{
  g_clear_pointer (&self->thread, g_thread_join);
  clear_work (self);
}

void
bs_serve_training_free (BsServeTraining *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->cancel, TRUE);
  end_thread (self);
  g_mutex_clear (&self->mutex);
  g_free (self->problem);
  g_free (self->path);
  g_free (self);
}

/* Thread: the training's. */
static void
on_progress (const BsTrainProgress *progress, gpointer data)
{
  BsServeTraining *self = data;
  atomic_store (&self->fraction, progress->fraction);
}

static gpointer
thread_main (gpointer data)
{
  BsServeTraining *self = data;
  g_autoptr (GError) error = NULL;
  BsTrainOptions options;

  bs_train_options_init (&options);
  options.low_priority = TRUE;
  options.instrument = self->instrument;
  options.bars_from = "bars posted over HTTP";
  g_autoptr (BsTrainResult) result
    = bs_train (self->primary, self->secondary, &options, on_progress, self, &self->cancel, &error);
  gboolean saved = result != NULL && bs_train_result_save (result, self->path, &error);
  if (saved)
    atomic_store (&self->fraction, 1.0);
  else if (!g_atomic_int_get (&self->cancel))
    {
      g_mutex_lock (&self->mutex);
      self->problem = g_strdup (error->message);
      g_mutex_unlock (&self->mutex);
    }
  if (saved)
    self->done (self->data);
  atomic_store (&self->running, FALSE);
  return NULL;
}

static BsBarSeries *
copy_series (const BsBarFile *file)
{
  gsize n = bs_bar_series_length (file->series);
  BsBarSeries *copy = bs_bar_series_new (n, 0, BS_STAMP_END);
  bs_bar_series_copy_tail (copy, file->series, MAX (n, BS_BAR_SERIES_MIN_BARS));
  return copy;
}

gboolean
bs_serve_training_begin (BsServeTraining *self, const char *instrument, const BsBarFile *primary,
                         const BsBarFile *secondary)
{
  if (atomic_load (&self->running))
    return FALSE;
  end_thread (self);
  self->instrument = g_strdup (instrument);
  self->primary = copy_series (primary);
  self->secondary = secondary != NULL ? copy_series (secondary) : NULL;
  g_clear_pointer (&self->problem, g_free);
  atomic_store (&self->fraction, 0.0);
  atomic_store (&self->running, TRUE);
  self->thread = g_thread_new ("training", thread_main, self);
  return TRUE;
}

gboolean
bs_serve_training_status (BsServeTraining *self, double *fraction, char **problem)
{
  *fraction = atomic_load (&self->fraction);
  g_mutex_lock (&self->mutex);
  *problem = g_strdup (self->problem);
  g_mutex_unlock (&self->mutex);
  return atomic_load (&self->running);
}
