/* bs-latency-tally.c: the figures of every stage over what was chosen */
#include "ui/latency/bs-latency-tally.h"

#include <string.h>

#include "ui/latency/bs-latency-summary.h"

/* Predictions counted a frame. */
#define COUNT_MAX 4096
/* Figures are read anew at most this often: digits that change faster cannot be read. */
#define FIGURES_INTERVAL_US (400 * 1000)

struct _BsLatencyTally
{
  BsLatencyRecord *record;
  gboolean all;
  BsLatencySummary *summary;
  BsHistogram *scratch; /* a stage of the trace */
  BsLatencyFigures figures[BS_N_STAGES];
  guint next_stage;    /* whose figures are read next */
  guint64 figures_of;  /* predictions counted when the current round of figures began; G_MAXUINT64: read them soon */
  gint64 figures_time; /* us */
};

BsLatencyTally *
bs_latency_tally_new (BsLatencyRecord *record)
{
  BsLatencyTally *self = g_new0 (BsLatencyTally, 1);

  self->record = g_object_ref (record);
  self->summary = bs_latency_summary_new ();
  self->scratch = bs_histogram_new ();
  self->next_stage = BS_N_STAGES;
  return self;
}

void
bs_latency_tally_free (BsLatencyTally *self)
{
  if (self == NULL)
    return;
  bs_latency_summary_free (self->summary);
  bs_histogram_free (self->scratch);
  g_object_unref (self->record);
  g_free (self);
}

static void
read_soon (BsLatencyTally *self)
{
  self->next_stage = BS_N_STAGES;
  self->figures_of = G_MAXUINT64;
}

void
bs_latency_tally_set_all (BsLatencyTally *self)
{
  if (self->all)
    return;
  self->all = TRUE;
  bs_latency_summary_set_ranges (self->summary, NULL, 0);
  memset (self->figures, 0, sizeof self->figures);
  read_soon (self);
}

void
bs_latency_tally_set_ranges (BsLatencyTally *self, const BsLatencyRange *ranges, guint n)
{
  guint64 counted = bs_latency_summary_count (self->summary);

  bs_latency_summary_set_ranges (self->summary, ranges, n);
  if (!self->all && bs_latency_summary_count (self->summary) == counted && counted > 0)
    return;
  self->all = FALSE;
  memset (self->figures, 0, sizeof self->figures);
  read_soon (self);
}

void
bs_latency_tally_reset (BsLatencyTally *self)
{
  bs_latency_summary_set_ranges (self->summary, NULL, 0);
  memset (self->figures, 0, sizeof self->figures);
  read_soon (self);
}

gboolean
bs_latency_tally_step (BsLatencyTally *self, gint64 now_us, BsStage *stage)
{
  const BsLatencyHistory *history = bs_latency_record_history (self->record);
  gboolean counted = !self->all && bs_latency_summary_step (self->summary, history, COUNT_MAX);
  guint64 count = self->all ? bs_latency_record_count (self->record) : bs_latency_summary_count (self->summary);

  *stage = BS_N_STAGES;
  if (self->next_stage >= BS_N_STAGES)
    {
      if (self->figures_of == count)
        return counted;
      if (self->figures_of != G_MAXUINT64 && now_us - self->figures_time < FIGURES_INTERVAL_US)
        return TRUE;
      /* The first figures of a choice wait until all of it is counted: figures of a part would be read as those of all. */
      if (self->figures_of == G_MAXUINT64 && !self->all && !bs_latency_summary_is_done (self->summary, history))
        return TRUE;
      self->figures_time = now_us;
      self->figures_of = count;
      self->next_stage = 0;
    }
  while (self->next_stage < BS_N_STAGES && !bs_latency_history_has_stage (history, (BsStage) self->next_stage))
    self->next_stage++;
  if (self->next_stage < BS_N_STAGES)
    {
      *stage = (BsStage) self->next_stage++;
      bs_latency_figures_read (&self->figures[*stage], bs_latency_tally_histogram (self, *stage));
    }
  return TRUE;
}

const BsLatencyFigures *
bs_latency_tally_figures (const BsLatencyTally *self, BsStage stage)
{
  g_return_val_if_fail ((guint) stage < BS_N_STAGES, NULL);
  return &self->figures[stage];
}

const BsHistogram *
bs_latency_tally_histogram (BsLatencyTally *self, BsStage stage)
{
  BsTrace *trace = bs_latency_record_trace (self->record);

  if (!self->all)
    return bs_latency_summary_histogram (self->summary, stage);
  bs_histogram_reset (self->scratch);
  if (trace != NULL)
    bs_trace_histogram (trace, stage, self->scratch);
  return self->scratch;
}
