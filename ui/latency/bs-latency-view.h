/* bs-latency-view.h: where the time of a prediction goes, in a strip under the chart: timeline by stage, percentiles */
#pragma once

#include <gtk/gtk.h>

#include "ui/latency/bs-latency-record.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_VIEW (bs_latency_view_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyView, bs_latency_view, BS, LATENCY_VIEW, GtkWidget)

/** bs_latency_view_new: empty until it is given a record. Thread: main. */
GtkWidget *bs_latency_view_new (void);

/** bs_latency_view_set_record: @record: what it shows; a reference is taken. Once. */
void bs_latency_view_set_record (BsLatencyView *self, BsLatencyRecord *record);

G_END_DECLS
