/* bs-latency-distribution.h: histogram of the total, both axes logarithmic */
#pragma once

#include <gtk/gtk.h>

#include "inference/predict/bs-histogram.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_DISTRIBUTION (bs_latency_distribution_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyDistribution, bs_latency_distribution, BS, LATENCY_DISTRIBUTION, GtkWidget)

GtkWidget *bs_latency_distribution_new (void);

/** bs_latency_distribution_set_histogram: @histogram: (nullable): read at once, not kept. */
void bs_latency_distribution_set_histogram (BsLatencyDistribution *self, const BsHistogram *histogram);
void bs_latency_distribution_set_budget (BsLatencyDistribution *self, double budget_ns);

G_END_DECLS
