#include "inference/predict/bs-slow-log.h"

#define NS_PER_MS 1e6

/* How many were left out, in words, with @before in front of it; "" where none was. */
static char *
describe_left_out (const BsSlowLog *self, const char *before)
{
  if (self->n_left_out == 0)
    return g_strdup ("");
  return g_strdup_printf ("%s%u slow prediction%s not logged, the longest %.1f ms", before, self->n_left_out,
                          self->n_left_out == 1 ? "" : "s", (double) self->longest_ns / NS_PER_MS);
}

static void
tell (const BsSlowLog *self, const BsSignal *signal)
{
  guint slowest = 0;
  gint64 total = signal->stage_ns[BS_STAGE_TOTAL], rest = total;
  for (guint stage = 0; stage < BS_STAGE_TOTAL; stage++)
    {
      rest -= signal->stage_ns[stage];
      if (signal->stage_ns[stage] > signal->stage_ns[slowest])
        slowest = stage;
    }
  gint64 longest = signal->stage_ns[slowest];
  g_autofree char *left_out = describe_left_out (self, "; before it ");
  g_message ("slow prediction: %.1f ms for bar %" G_GUINT64_FORMAT ", slowest stage %s with %.1f ms%s%s",
             (double) total / NS_PER_MS, signal->row, bs_stage_info (slowest)->name, (double) longest / NS_PER_MS,
             rest > longest ? " (the most of it between stages: the thread was interrupted)" : "", left_out);
}

void
bs_slow_log_note (BsSlowLog *self, const BsSignal *signal, gint64 now_ns)
{
  gint64 total = signal->stage_ns[BS_STAGE_TOTAL];
  gboolean is_slow = total > BS_TRACE_SLOW_NS;
  if (!is_slow && self->n_left_out == 0)
    return;
  if (self->has_told && now_ns - self->told_ns < BS_SLOW_LOG_PERIOD_NS)
    {
      if (is_slow)
        {
          self->n_left_out++;
          self->longest_ns = MAX (self->longest_ns, total);
        }
      return;
    }
  if (is_slow)
    tell (self, signal);
  else
    {
      g_autofree char *left_out = describe_left_out (self, "");
      g_message ("%s", left_out);
    }
  *self = (BsSlowLog){ .has_told = TRUE, .told_ns = now_ns };
}
