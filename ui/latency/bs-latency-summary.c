/* bs-latency-summary.c: histograms of every stage over chosen predictions */
#include "ui/latency/bs-latency-summary.h"

#include <string.h>

/* Values read from the history at a time: on the stack. */
#define CHUNK 256

struct _BsLatencySummary
{
  GArray *ranges; /* BsLatencyRange */
  guint at;       /* the range that is being counted */
  guint64 next;   /* the prediction counted next */
  guint64 count;
  BsHistogram *histograms[BS_N_STAGES]; /* NULL: no time yet */
};

BsLatencySummary *
bs_latency_summary_new (void)
{
  BsLatencySummary *self = g_new0 (BsLatencySummary, 1);

  self->ranges = g_array_new (FALSE, FALSE, sizeof (BsLatencyRange));
  return self;
}

static void
clear (BsLatencySummary *self)
{
  for (guint s = 0; s < BS_N_STAGES; s++)
    g_clear_pointer (&self->histograms[s], bs_histogram_free);
  self->at = 0;
  self->next = self->count = 0;
}

void
bs_latency_summary_free (BsLatencySummary *self)
{
  if (self == NULL)
    return;
  clear (self);
  g_array_unref (self->ranges);
  g_free (self);
}

/* Whether @ranges only adds to the end of what is being counted. */
static gboolean
continues (const BsLatencySummary *self, const BsLatencyRange *ranges, guint n)
{
  guint known = self->ranges->len;

  if (known == 0 || n < known)
    return FALSE;
  const BsLatencyRange *old = (const BsLatencyRange *) (gconstpointer) self->ranges->data;
  /* The last one may have got an end where it had none, as long as that has not been passed. */
  return memcmp (old, ranges, (known - 1) * sizeof *old) == 0 && old[known - 1].from == ranges[known - 1].from
         && (ranges[known - 1].to >= old[known - 1].to || self->at < known - 1 || self->next <= ranges[known - 1].to);
}

void
bs_latency_summary_set_ranges (BsLatencySummary *self, const BsLatencyRange *ranges, guint n)
{
  if (!continues (self, ranges, n))
    clear (self);
  g_array_set_size (self->ranges, 0);
  if (n > 0)
    g_array_append_vals (self->ranges, ranges, n);
}

/* The predictions to be counted next, @from..@to, of what @history holds. Returns FALSE where there are none. */
static gboolean
find_next (const BsLatencySummary *self, const BsLatencyHistory *history, guint *at, guint64 *from, guint64 *to)
{
  guint64 first = bs_latency_history_first (history), end = bs_latency_history_end (history);

  for (guint i = self->at; i < self->ranges->len; i++)
    {
      const BsLatencyRange *range = &g_array_index (self->ranges, BsLatencyRange, i);
      *from = MAX (MAX (range->from, self->next), first);
      *to = MIN (range->to, end);
      if (*from < *to)
        {
          *at = i;
          return TRUE;
        }
    }
  return FALSE;
}

static void
count_stage (BsLatencySummary *self, const BsLatencyHistory *history, BsStage stage, guint64 from, guint n)
{
  guint32 values[CHUNK];

  for (guint done = 0; done < n; done += CHUNK)
    {
      guint here = MIN (n - done, CHUNK);
      bs_latency_history_read (history, stage, from + done, here, values);
      for (guint i = 0; i < here; i++)
        {
          if (values[i] == 0)
            continue;
          if (self->histograms[stage] == NULL)
            self->histograms[stage] = bs_histogram_new ();
          bs_histogram_add (self->histograms[stage], values[i]);
        }
    }
}

gboolean
bs_latency_summary_step (BsLatencySummary *self, const BsLatencyHistory *history, guint max)
{
  guint64 from, to;
  guint at, left = max;

  while (left > 0 && find_next (self, history, &at, &from, &to))
    {
      guint n = (guint) MIN (to - from, left);
      for (guint s = 0; s < BS_N_STAGES; s++)
        if (bs_latency_history_has_stage (history, (BsStage) s))
          count_stage (self, history, (BsStage) s, from, n);
      self->at = at;
      self->next = from + n;
      self->count += n;
      left -= n;
    }
  return left < max;
}

gboolean
bs_latency_summary_is_done (const BsLatencySummary *self, const BsLatencyHistory *history)
{
  guint64 from, to;
  guint at;

  return !find_next (self, history, &at, &from, &to);
}

guint64
bs_latency_summary_count (const BsLatencySummary *self)
{
  return self->count;
}

const BsHistogram *
bs_latency_summary_histogram (const BsLatencySummary *self, BsStage stage)
{
  g_return_val_if_fail ((guint) stage < BS_N_STAGES, NULL);
  return self->histograms[stage];
}
