/* bs-latency-table.h: percentiles of every stage; also the legend of the timeline */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-trace.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_TABLE (bs_latency_table_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyTable, bs_latency_table, BS, LATENCY_TABLE, GtkWidget)

/** What the table shows of a stage, ns; -1: unknown. */
typedef struct
{
  gint64 p50, p95, p99, p999, max;
  guint64 count;
} BsLatencyFigures;

/**
 * bs_latency_table_new:
 *
 * A row a stage, the total first, and as many columns as its width has room for. Signal "highlight" (int stage,
 * %BS_N_STAGES for none): the pointer is on a row.
 */
GtkWidget *bs_latency_table_new (void);

/** Shows the figures of @stage; its row is made with the first that count anything. */
void bs_latency_table_set_figures (BsLatencyTable *self, BsStage stage, const BsLatencyFigures *figures);
/**
 * bs_latency_table_set_last:
 * @last: [BS_N_STAGES]: ns of the newest prediction, or of the one under the cursor; 0: none
 * @cursor: which of the two it is
 */
void bs_latency_table_set_last (BsLatencyTable *self, const guint32 *last, gboolean cursor);
/** Removes all rows. */
void bs_latency_table_clear (BsLatencyTable *self);

G_END_DECLS
