/* bs-chart-chunk.h: a fixed number of bars as columns, with the min/max pyramid over them */
#pragma once

#include "ui/chart/bs-chart-data.h"
#include "ui/chart/bs-chart-summary.h"

G_BEGIN_DECLS

/** Bars in a chunk. A power of BS_CHART_FAN_OUT, so that the pyramid of a full chunk has one top. */
#define BS_CHART_CHUNK_BARS 4096
/** Nodes under a node of the pyramid. */
#define BS_CHART_FAN_OUT 8
/** 512 + 64 + 8 + 1: nodes over 8, 64, 512 and 4096 bars. */
#define BS_CHART_CHUNK_NODES 585

/**
 * BsChartChunk:
 *
 * Bars of a chart in storage order. Chunks make growing and dropping cost the same however many bars are held: nothing
 * is ever copied or moved. 63 bytes a bar and 8 for the pyramid.
 */
typedef struct
{
  guint n; /* bars in use, from the front */
  gint64 time_us[BS_CHART_CHUNK_BARS];
  double open[BS_CHART_CHUNK_BARS];
  double high[BS_CHART_CHUNK_BARS];
  double low[BS_CHART_CHUNK_BARS];
  double close[BS_CHART_CHUNK_BARS];
  double volume[BS_CHART_CHUNK_BARS];
  float hurst[BS_CHART_CHUNK_BARS];
  float atr[BS_CHART_CHUNK_BARS];
  float confidence[BS_CHART_CHUNK_BARS];
  guint8 signal[BS_CHART_CHUNK_BARS];
  guint8 raw_signal[BS_CHART_CHUNK_BARS];
  guint8 flags[BS_CHART_CHUNK_BARS];
  BsChartSummary nodes[BS_CHART_CHUNK_NODES]; /* 512 of 8 bars, 64 of 64, 8 of 512, 1 of 4096 */
} BsChartChunk;

BsChartChunk *bs_chart_chunk_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** Appends a point; the chunk must not be full. Cost: one merge for each of the 4 levels. */
void bs_chart_chunk_append (BsChartChunk *self, const BsChartPoint *point);
/** Replaces the values, not the bars, of @n points from @at, and the nodes over them. */
void bs_chart_chunk_update (BsChartChunk *self, guint at, const BsChartPoint *points, guint n);
/** Keeps the first @n points. */
void bs_chart_chunk_truncate (BsChartChunk *self, guint n);
/** Whether the inputs of point @at were in the model's range. */
gboolean bs_chart_chunk_in_range (const BsChartChunk *self, guint at);
/** Copies point @at. */
void bs_chart_chunk_get (const BsChartChunk *self, guint at, BsChartPoint *point);
/** Widens @summary by the bars @from <= i < @to. Cost: at most 14 merges for each of the 4 levels. */
void bs_chart_chunk_summarise (const BsChartChunk *self, guint from, guint to, BsChartSummary *summary);

G_END_DECLS
