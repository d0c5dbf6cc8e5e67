/* bs-train-job.c: a training on a thread of its own */
#include "app/train/bs-train-job.h"

#include <errno.h>
#include <math.h>

#include "app/bs-newest-bars.h"
#include "inference/predict/bs-thread.h"

#define FOLDER_MODE 0700
#define CANCEL_PERIOD_USEC (G_USEC_PER_SEC / 10)

struct _BsTrainJob
{
  gatomicrefcount references; /* the caller's and the thread's */
  BsTrainJobSetup setup;
  char *texts[6]; /* of setup.options */
  gint cancelled; /* atomic */
  gint64 since;
  GMutex lock; /* of what follows */
  GCond given;
  gboolean has_bars;
  BsBarSeries *primary, *secondary; /* (nullable): that were given */
  gboolean is_done;
  double fraction;
  GArray *epochs; /* of BsTrainProgress */
  BsTrainResult *result;
  char *path;
  GError *error;
};

static void
job_unref (BsTrainJob *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bs_train_result_free (self->result);
  g_array_unref (self->epochs);
  g_clear_error (&self->error);
  bs_bar_series_free (self->primary);
  bs_bar_series_free (self->secondary);
  g_cond_clear (&self->given);
  g_mutex_clear (&self->lock);
  for (guint i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_free (self->texts[i]);
  g_free (self->setup.folder);
  g_free (self->path);
  g_free (self);
}

static void
on_progress (const BsTrainProgress *progress, gpointer data)
{
  BsTrainJob *self = data;

  g_mutex_lock (&self->lock);
  self->fraction = progress->fraction;
  g_array_append_val (self->epochs, *progress);
  g_mutex_unlock (&self->lock);
}

/* "ES-20240131-145900.safetensors" in the folder */
static char *
make_path (const BsTrainJob *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *stem = g_strdup (self->setup.options.instrument ? self->setup.options.instrument : "model");
  g_autofree char *name = NULL;

  g_strcanon (stem, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-", '_');
  name = g_strdup_printf ("%.40s-%s.safetensors", *stem == '.' ? "model" : stem, stamp);
  return g_build_filename (self->setup.folder, name, NULL);
}

/* The bars that are to be given. */
static gboolean
wait_for_bars (BsTrainJob *self, BsBarSeries **primary, BsBarSeries **secondary, GError **error)
{
  g_mutex_lock (&self->lock);
  while (!self->has_bars && !g_atomic_int_get (&self->cancelled))
    g_cond_wait_until (&self->given, &self->lock, g_get_monotonic_time () + CANCEL_PERIOD_USEC);
  *primary = g_steal_pointer (&self->primary);
  *secondary = g_steal_pointer (&self->secondary);
  g_mutex_unlock (&self->lock);
  if (g_atomic_int_get (&self->cancelled))
    g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_CANCELLED, "cancelled");
  else if (!*primary)
    g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_CANCELLED, "the session has ended");
  return *primary && !g_atomic_int_get (&self->cancelled);
}

static BsTrainResult *
train (BsTrainJob *self, char **path, GError **error)
{
  const BsTrainJobSetup *setup = &self->setup;
  g_autoptr (BsBarSeries) primary = NULL;
  g_autoptr (BsBarSeries) secondary = NULL;

  if (setup->primary)
    {
      primary = bs_newest_bars (setup->primary, setup->end, setup->options.max_bars);
      secondary = setup->secondary ? bs_newest_secondary_bars (setup->secondary, primary) : NULL;
    }
  else if (!wait_for_bars (self, &primary, &secondary, error))
    return NULL;
  g_autoptr (BsTrainResult) result
    = bs_train (primary, secondary, &setup->options, on_progress, self, &self->cancelled, error);

  if (!result)
    return NULL;
  if (g_mkdir_with_parents (setup->folder, FOLDER_MODE) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", setup->folder, g_strerror (errno));
      return NULL;
    }
  *path = make_path (self);
  return bs_train_result_save (result, *path, error) ? g_steal_pointer (&result) : NULL;
}

static gpointer
work (gpointer data)
{
  BsTrainJob *self = data;
  GError *error = NULL;
  char *path = NULL;

  bs_thread_lower_priority ();
  BsTrainResult *result = train (self, &path, &error);
  if (self->setup.release)
    self->setup.release (self->setup.owner);
  g_mutex_lock (&self->lock);
  self->result = result;
  self->path = path;
  self->error = error;
  self->is_done = TRUE;
  g_mutex_unlock (&self->lock);
  job_unref (self);
  return NULL;
}

BsTrainJob *
bs_train_job_start (const BsTrainJobSetup *setup)
{
  BsTrainJob *self = g_new0 (BsTrainJob, 1);
  BsTrainOptions *options = &self->setup.options;
  const char **const texts[] = { &options->name,      &options->description, &options->instrument,
                                 &options->bars_from, &options->program,     &options->cpu };

  self->setup = *setup;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = self->texts[i] = g_strdup (*texts[i]);
  self->setup.folder = g_strdup (setup->folder);
  options->low_priority = TRUE;
  self->epochs = g_array_new (FALSE, FALSE, sizeof (BsTrainProgress));
  self->since = g_get_monotonic_time ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->given);
  g_atomic_ref_count_init (&self->references);
  g_atomic_ref_count_inc (&self->references);
  g_thread_unref (g_thread_new ("train", work, self));
  return self;
}

gpointer
bs_train_job_ref_for_bars (BsTrainJob *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bs_train_job_give_bars (BsBarSeries *primary, BsBarSeries *secondary, gpointer job)
{
  BsTrainJob *self = job;

  g_mutex_lock (&self->lock);
  self->has_bars = TRUE;
  self->primary = primary;
  self->secondary = secondary;
  g_cond_signal (&self->given);
  g_mutex_unlock (&self->lock);
  job_unref (self);
}

void
bs_train_job_cancel (BsTrainJob *self)
{
  g_atomic_int_set (&self->cancelled, 1);
}

void
bs_train_job_poll (BsTrainJob *self, BsTrainJobNews *news)
{
  const double seconds = (double) (g_get_monotonic_time () - self->since) / G_USEC_PER_SEC;

  /* Who holds it may be kept from running for long, at the lowest priority: nothing new then. */
  if (!g_mutex_trylock (&self->lock))
    {
      *news = (BsTrainJobNews){ .running = TRUE, .blocked = TRUE, .epochs = g_array_new (FALSE, FALSE, sizeof (BsTrainProgress)) };
      return;
    }
  *news = (BsTrainJobNews){ .running = !self->is_done,
                            .fraction = self->fraction,
                            .seconds_left = self->fraction > 0 ? seconds * (1 / self->fraction - 1) : NAN,
                            .epochs = self->epochs };
  self->epochs = g_array_new (FALSE, FALSE, sizeof (BsTrainProgress));
  g_mutex_unlock (&self->lock);
}

BsTrainResult *
bs_train_job_finish (BsTrainJob *self, char **path, GError **error)
{
  BsTrainResult *result;

  g_mutex_lock (&self->lock);
  g_assert (self->is_done);
  result = g_steal_pointer (&self->result);
  *path = g_steal_pointer (&self->path);
  if (self->error)
    g_propagate_error (error, g_steal_pointer (&self->error));
  g_mutex_unlock (&self->lock);
  return result;
}

void
bs_train_job_free (BsTrainJob *self)
{
  if (!self)
    return;
  bs_train_job_cancel (self);
  job_unref (self);
}
