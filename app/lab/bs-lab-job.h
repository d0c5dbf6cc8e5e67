/* bs-lab-job.h: an ablation on a thread of its own, behind all others */
#pragma once

#include "app/lab/bs-ablation-report.h"

G_BEGIN_DECLS

/** What to measure. */
typedef struct
{
  BsAblationPlan *plan;         /* (transfer full) */
  const BsBarSeries *primary;   /* not changed while the job is there: see @owner */
  const BsBarSeries *secondary; /* (nullable) */
  guint64 end;                  /* one past the newest bar to take */
  gsize max_bars;               /* the newest of these; 0 for all */
  gpointer owner;               /* (nullable): of the series; released when the job is freed, on any thread */
  GDestroyNotify release;
  BsModel *model; /* takes a reference */
  guint rounds;
  guint32 seed;
  BsAblationSource source; /* copied */
} BsLabJobSetup;

/**
 * BsLabJob:
 *
 * Runs at the lowest priority, so that the live session misses nothing. All functions: one thread, not the job's own; none
 * of them waits.
 */
typedef struct _BsLabJob BsLabJob;

BsLabJob *bs_lab_job_start (const BsLabJobSetup *setup) G_GNUC_WARN_UNUSED_RESULT;

/** bs_lab_job_cancel: it ends soon, with the rounds that are complete */
void bs_lab_job_cancel (BsLabJob *self);

/**
 * bs_lab_job_poll:
 * @progress: (out caller-allocates): its @doing is good until the next poll
 *
 * Returns: whether it is still running
 */
gboolean bs_lab_job_poll (BsLabJob *self, BsAblationProgress *progress);

/** bs_lab_job_finish: once bs_lab_job_poll() has said %FALSE. Returns: (transfer full): %NULL with an error. Once. */
BsAblationReport *bs_lab_job_finish (BsLabJob *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_lab_job_free: cancels it where it runs, and does not wait: what it holds is freed when it has ended */
void bs_lab_job_free (BsLabJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLabJob, bs_lab_job_free)

G_END_DECLS
