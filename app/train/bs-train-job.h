/* bs-train-job.h: a training on a thread of its own, behind all others */
#pragma once

#include "inference/train/bs-trainer.h"

G_BEGIN_DECLS

typedef struct
{
  const BsBarSeries *primary;   /* not changed while the job is there: see @owner; %NULL: bs_train_job_give_bars() brings them */
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
/**
 * bs_train_job_ref_for_bars: (transfer full): a reference for who brings the bars, whatever becomes of @self meanwhile: it has to be given
 * back with bs_train_job_give_bars()
 */
gpointer bs_train_job_ref_for_bars (BsTrainJob *self);
/**
 * bs_train_job_give_bars:
 * @primary: (transfer full) (nullable): the bars to learn from; %NULL: there are none, which ends the job with an error
 * @secondary: (transfer full) (nullable)
 * @job: from bs_train_job_ref_for_bars()
 *
 * A BsSessionCopyFunc. Thread: any.
 */
void bs_train_job_give_bars (BsBarSeries *primary, BsBarSeries *secondary, gpointer job);
void bs_train_job_cancel (BsTrainJob *self);

/** What has happened since the last poll. */
typedef struct
{
  gboolean running;
  gboolean blocked;    /* nothing of what follows is known just now: ask again */
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
