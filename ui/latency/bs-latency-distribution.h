/* bs-latency-distribution.h: histogram of times, or two over each other, both axes logarithmic */
#pragma once

#include <gtk/gtk.h>

#include "ui/latency/bs-latency-figures.h"
#include "ui/latency/bs-latency-side.h"

G_BEGIN_DECLS

#define BS_TYPE_LATENCY_DISTRIBUTION (bs_latency_distribution_get_type ())
G_DECLARE_FINAL_TYPE (BsLatencyDistribution, bs_latency_distribution, BS, LATENCY_DISTRIBUTION, GtkWidget)

GtkWidget *bs_latency_distribution_new (void);

/** bs_latency_distribution_set_histogram: @histogram: (nullable): read at once, not kept. */
void bs_latency_distribution_set_histogram (BsLatencyDistribution *self, BsLatencySide side,
                                            const BsHistogram *histogram);
/** bs_latency_distribution_set_compared: whether A and B are drawn over each other, as shares; else A, as counts. */
void bs_latency_distribution_set_compared (BsLatencyDistribution *self, gboolean compared);
void bs_latency_distribution_set_budget (BsLatencyDistribution *self, double budget_ns);

G_END_DECLS
