/* bs-slow-log.h: a line in the log for predictions that take too long, at most one a second */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/** Nanoseconds from one line to the next at least. */
#define BS_SLOW_LOG_PERIOD_NS G_GINT64_CONSTANT (1000000000)

/** Plain data; zeroed is fresh. */
typedef struct
{
  gboolean has_told;
  gint64 told_ns;    /* when the last line was written */
  guint n_left_out;  /* slow predictions since */
  gint64 longest_ns; /* of those */
} BsSlowLog;

/**
 * bs_slow_log_note:
 * @signal: a prediction that has been timed
 * @now_ns: when it ended
 *
 * Logs it with its slowest stage where it took longer than BS_TRACE_SLOW_NS and the last line is long enough ago. How many
 * were left out stands in the next line, which comes after the period even where no other prediction is slow.
 */
void bs_slow_log_note (BsSlowLog *self, const BsSignal *signal, gint64 now_ns);

G_END_DECLS
