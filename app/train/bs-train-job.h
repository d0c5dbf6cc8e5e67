/* bs-train-job.h: a training on a thread of its own, behind all others */
#pragma once

#include "inference/train/bs-trainer.h"

G_BEGIN_DECLS

typedef struct
{
  const BsBarSeries *primary;   /* not changed while the job is there: see @owner */
  const BsBarSeries *secondary; /* (nullable) */
  guint64 end;                  /* one past the newest bar to learn from */
  gpointer owner;               /* (nullable): of the series; released when the job is over, on any thread */
  GDestroyNotify release;
  BsTrainOptions options; /* copied with its strings */
  char *folder;           /* where the model goes; made where it is not there; copied */
} BsTrainJobSetup;

/**
 * BsTrainJob:
 *
 * Trains at the lowest priority and writes the model into the folder. All functions: one thread, not the job's own; none waits.
 */
typedef struct _BsTrainJob BsTrainJob;

BsTrainJob *bs_train_job_start (const BsTrainJobSetup *setup) G_GNUC_WARN_UNUSED_RESULT;
void bs_train_job_cancel (BsTrainJob *self);

/** What has happened since the last poll. */
typedef struct
{
  gboolean running;
  double fraction;     /* 0..1 */
  double seconds_left; /* at the pace so far, at most; NaN before anything is known */
  GArray *epochs;      /* (transfer full): of BsTrainProgress, in the order in which they ended */
} BsTrainJobNews;

void bs_train_job_poll (BsTrainJob *self, BsTrainJobNews *news);

/**
 * bs_train_job_finish:
 * @path: (out) (transfer full): the model's file
 *
 * Once bs_train_job_poll() has said that it does not run any more. Once.
 *
 * Returns: (transfer full): %NULL with an error, such as %BS_TRAIN_ERROR_CANCELLED
 */
BsTrainResult *bs_train_job_finish (BsTrainJob *self, char **path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_train_job_free: cancels it where it runs, and does not wait: what it holds is freed when it has ended */
void bs_train_job_free (BsTrainJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTrainJob, bs_train_job_free)

G_END_DECLS
