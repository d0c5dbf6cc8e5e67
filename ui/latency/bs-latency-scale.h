/* bs-latency-scale.h: which predictions stand in which pixel column */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BsLatencyScale:
 *
 * Zoomed out, a column of one pixel holds `per_column` predictions, and columns begin at multiples of it, so that a
 * column keeps its value while it moves. Zoomed in, a prediction takes `px` pixels. One of the two is 1.
 */
typedef struct
{
  guint per_column; /* power of two */
  guint px;         /* power of two */
} BsLatencyScale;

/** bs_latency_scale_zoom: one step in (@steps > 0) or out, as far as 16 px a prediction and 1024 predictions a column. */
void bs_latency_scale_zoom (BsLatencyScale *self, int steps);

/** Columns that @n_pixels have room for. */
guint bs_latency_scale_columns (const BsLatencyScale *self, guint n_pixels);

/**
 * bs_latency_scale_column:
 * @end: one past the newest prediction in view
 * @back: columns from the right, 0 the one that holds prediction @end - 1
 * @from, @to: (out): the predictions of that column; @from == @to: none, the column lies before the first one
 */
void bs_latency_scale_column (const BsLatencyScale *self, guint64 end, guint back, guint64 *from, guint64 *to);

G_END_DECLS
