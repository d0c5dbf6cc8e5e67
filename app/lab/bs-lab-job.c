#include "app/lab/bs-lab-job.h"

#include "app/bs-newest-bars.h"
#include "inference/predict/bs-thread.h"

#define MAX_DOING 80 /* bytes */

struct _BsLabJob
{
  gatomicrefcount references; /* the caller's and the thread's */
  BsLabJobSetup setup;
  char *program, *bars_path, *secondary_path, *model_path, *since;

  gint cancelled; /* atomic */
  GMutex lock;    /* of what follows */
  gboolean is_done;
  double fraction;
  guint round;
  char doing[MAX_DOING];
  BsAblationReport *report;
  GError *error;

  char shown[MAX_DOING]; /* the caller's: what poll gave out */
};

static void
job_unref (BsLabJob *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bs_ablation_plan_free (self->setup.plan);
  bs_model_unref (self->setup.model);
  if (self->setup.release != NULL)
    self->setup.release (self->setup.owner);
  bs_ablation_report_free (self->report);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_free (self->program);
  g_free (self->bars_path);
  g_free (self->secondary_path);
  g_free (self->model_path);
  g_free (self->since);
  g_free (self);
}

static gboolean
on_progress (const BsAblationProgress *progress, gpointer data)
{
  BsLabJob *self = data;
  g_mutex_lock (&self->lock);
  self->fraction = progress->fraction;
  self->round = progress->round;
  g_strlcpy (self->doing, progress->doing, sizeof self->doing);
  g_mutex_unlock (&self->lock);
  return !g_atomic_int_get (&self->cancelled);
}

static gpointer
work (gpointer data)
{
  BsLabJob *self = data;
  BsLabJobSetup *setup = &self->setup;
  GError *error = NULL;

  bs_thread_lower_priority ();
  g_autoptr (BsBarSeries) primary = bs_newest_bars (setup->primary, setup->end, setup->max_bars);
  g_autoptr (BsBarSeries) secondary
    = setup->secondary != NULL ? bs_newest_secondary_bars (setup->secondary, primary) : NULL;
  const BsAblationSetup run = { .primary = primary,
                                .secondary = secondary,
                                .model = setup->model,
                                .rounds = setup->rounds,
                                .seed = setup->seed,
                                .progress = on_progress,
                                .data = self };
  BsAblationReport *report = bs_ablation_report_run (g_steal_pointer (&setup->plan), &run, &setup->source, &error);

  g_mutex_lock (&self->lock);
  self->report = report;
  self->error = error;
  self->is_done = TRUE;
  g_mutex_unlock (&self->lock);
  job_unref (self);
  return NULL;
}

BsLabJob *
bs_lab_job_start (const BsLabJobSetup *setup)
{
  g_return_val_if_fail (setup != NULL && setup->plan != NULL && setup->primary != NULL && setup->model != NULL, NULL);

  BsLabJob *self = g_new0 (BsLabJob, 1);
  self->setup = *setup;
  bs_model_ref (setup->model);
  self->setup.source.program = self->program = g_strdup (setup->source.program);
  self->setup.source.bars_path = self->bars_path = g_strdup (setup->source.bars_path);
  self->setup.source.secondary_path = self->secondary_path = g_strdup (setup->source.secondary_path);
  self->setup.source.model_path = self->model_path = g_strdup (setup->source.model_path);
  self->setup.source.since = self->since = g_strdup (setup->source.since);
  g_mutex_init (&self->lock);
  g_atomic_ref_count_init (&self->references);
  g_atomic_ref_count_inc (&self->references);
  g_thread_unref (g_thread_new ("lab", work, self));
  return self;
}

void
bs_lab_job_cancel (BsLabJob *self)
{
  g_return_if_fail (self != NULL);
  g_atomic_int_set (&self->cancelled, TRUE);
}

gboolean
bs_lab_job_poll (BsLabJob *self, BsAblationProgress *progress)
{
  g_return_val_if_fail (self != NULL && progress != NULL, FALSE);

  g_mutex_lock (&self->lock);
  const gboolean running = !self->is_done;
  g_strlcpy (self->shown, self->doing, sizeof self->shown);
  *progress = (BsAblationProgress){ self->fraction, self->round, self->shown };
  g_mutex_unlock (&self->lock);
  return running;
}

BsAblationReport *
bs_lab_job_finish (BsLabJob *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->lock);
  g_assert (self->is_done);
  BsAblationReport *report = g_steal_pointer (&self->report);
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  g_mutex_unlock (&self->lock);
  return report;
}

void
bs_lab_job_free (BsLabJob *self)
{
  if (self == NULL)
    return;
  bs_lab_job_cancel (self);
  job_unref (self);
}
