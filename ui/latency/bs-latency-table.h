/* bs-latency-table.h: percentiles of every stage; also the legend of the timeline */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-trace.h"
#include "ui/latency/bs-latency-figures.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_TABLE (bs_latency_table_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyTable, bs_latency_table, BS, LATENCY_TABLE, GtkWidget)

/**
 * bs_latency_table_new:
 *
 * A row a stage, what a user waits for first, and as many columns as its width has room for. Signals: "highlight" (int
 * stage, %BS_N_STAGES for none): the pointer is on a row; "selected" (int stage): by a click, Up or Down.
 */
GtkWidget *bs_latency_table_new (void);

/** bs_latency_table_set_compared: whether columns for two choices of predictions stand side by side; removes all rows. */
void bs_latency_table_set_compared (BsLatencyTable *self, gboolean compared);
/** bs_latency_table_set_figures: of @stage; @a, @b: (nullable). Its row is made with the first that count anything. */
void bs_latency_table_set_figures (BsLatencyTable *self, BsStage stage, const BsLatencyFigures *a,
                                   const BsLatencyFigures *b);
/**
 * bs_latency_table_set_last:
 * @last: [BS_N_STAGES]: ns of the newest prediction, or of the one under the cursor; 0: none
 * @cursor: which of the two it is
 */
void bs_latency_table_set_last (BsLatencyTable *self, const guint32 *last, gboolean cursor);
/** bs_latency_table_set_selected: makes rows selectable and selects @stage */
void bs_latency_table_set_selected (BsLatencyTable *self, BsStage stage);
/** Removes all rows. */
void bs_latency_table_clear (BsLatencyTable *self);

G_END_DECLS
