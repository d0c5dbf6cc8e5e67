#include "app/bs-switcher.h"

#include <stdatomic.h>

#include "inference/predict/bs-engine-path.h"
#include "inference/predict/bs-preparation.h"

/* What the thread is to do: make a preparation for model and options, or free one. */
typedef struct
{
  BsSwitcher *switcher;
  BsModel *model; /* (nullable): to free @preparation */
  BsOptions options;
  BsPreparation *preparation;
  GError *error;
} Job;

struct _BsSwitcher
{
  BsPredictor *predictor;
  void (*wake) (gpointer data);
  gpointer wake_data;
  GThreadPool *maker;       /* one thread: engines are made one after the other */
  _Atomic (Job *) finished; /* by the maker */

  /* The owner's. */
  gboolean making;
  gboolean wanted; /* an answer is due to these: */
  BsModel *model;
  BsOptions options;
};

static void
job_free (Job *job)
{
  if (job == NULL)
    return;
  bs_preparation_free (job->preparation);
  g_clear_pointer (&job->model, bs_model_unref);
  g_clear_error (&job->error);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
do_job (gpointer data, gpointer unused)
{
  Job *job = data;
  BsSwitcher *self = job->switcher;
  if (job->model == NULL)
    {
      job_free (job);
      return;
    }
  job->preparation = bs_preparation_new (job->model, &job->options, &job->error);
  atomic_store (&self->finished, job);
  self->wake (self->wake_data);
}

BsSwitcher *
bs_switcher_new (BsPredictor *predictor, void (*wake) (gpointer data), gpointer wake_data)
{
  BsSwitcher *self = g_new0 (BsSwitcher, 1);
  self->predictor = predictor;
  self->wake = wake;
  self->wake_data = wake_data;
  self->maker = g_thread_pool_new (do_job, NULL, 1, FALSE, NULL);
  return self;
}

void
bs_switcher_free (BsSwitcher *self)
{
  if (self == NULL)
    return;
  g_thread_pool_free (self->maker, FALSE, TRUE);
  job_free (atomic_load (&self->finished));
  g_clear_pointer (&self->model, bs_model_unref);
  g_free (self);
}

static void
make (BsSwitcher *self)
{
  Job *job = g_new0 (Job, 1);
  job->switcher = self;
  job->model = bs_model_ref (self->model);
  job->options = self->options;
  self->making = TRUE;
  g_thread_pool_push (self->maker, job, NULL);
}

/* An old engine may take as long to free as a new one to make. */
static void
free_aside (BsSwitcher *self, Job *job)
{
  g_clear_pointer (&job->model, bs_model_unref);
  g_thread_pool_push (self->maker, job, NULL);
}

static BsSwitcherAnswer
answer (BsSwitcher *self, gboolean done)
{
  self->wanted = FALSE;
  g_clear_pointer (&self->model, bs_model_unref);
  return done ? BS_SWITCHER_DONE : BS_SWITCHER_REFUSED;
}

/* What was asked for last, where it needs no other engine; else it is set going. */
static BsSwitcherAnswer
pursue (BsSwitcher *self, GError **error)
{
  if (!bs_options_check (&self->options, error))
    return answer (self, FALSE);
  if (bs_predictor_serves (self->predictor, self->model, &self->options))
    return answer (self, bs_predictor_set_options (self->predictor, &self->options, error));
  /* What is being made may be just that: seen when it is there. */
  if (!self->making)
    make (self);
  return BS_SWITCHER_BUSY;
}

BsSwitcherAnswer
bs_switcher_ask (BsSwitcher *self, const BsOptions *options, BsModel *model, GError **error)
{
  if (!self->wanted)
    {
      self->model = bs_model_ref (bs_predictor_model (self->predictor));
      self->options = *bs_predictor_options (self->predictor);
    }
  self->wanted = TRUE;
  if (options != NULL)
    self->options = *options;
  if (model != NULL)
    {
      bs_model_ref (model);
      bs_model_unref (self->model);
      self->model = model;
    }
  bs_options_note_model (&self->options, self->model);
  /* A model without a pruned variant is not refused for the switch of the one before it. */
  if (model != NULL && self->options.pruned == BS_VARIANT_ABSENT)
    self->options.value[BS_OPTION_PRUNE] = FALSE;
  return pursue (self, error);
}

BsSwitcherAnswer
bs_switcher_poll (BsSwitcher *self, GError **error)
{
  if (atomic_load_explicit (&self->finished, memory_order_relaxed) == NULL)
    return BS_SWITCHER_BUSY;

  g_autoptr (Job) job = atomic_exchange (&self->finished, NULL);
  self->making = FALSE;
  gboolean served = self->wanted && job->model == self->model && bs_engine_path_same (&job->options, &self->options);
  if (!served)
    {
      if (job->preparation != NULL)
        free_aside (self, g_steal_pointer (&job));
      return self->wanted ? pursue (self, error) : BS_SWITCHER_BUSY;
    }
  if (job->preparation == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&job->error));
      return answer (self, FALSE);
    }
  gboolean done = bs_predictor_apply (self->predictor, job->preparation, &self->options, error);
  free_aside (self, g_steal_pointer (&job));
  return answer (self, done);
}
