/* bs-probability-bars.h: the probabilities of short, hold and long as bars, with the threshold on the two that it judges */
#pragma once

#include <gtk/gtk.h>

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

#define BS_TYPE_PROBABILITY_BARS (bs_probability_bars_get_type ())
G_DECLARE_FINAL_TYPE (BsProbabilityBars, bs_probability_bars, BS, PROBABILITY_BARS, GtkWidget)

/**
 * bs_probability_bars_set:
 * @probabilities: (nullable): [BS_N_CLASSES], 0..1; %NULL: none yet
 * @stale: drawn without colour
 */
void bs_probability_bars_set (BsProbabilityBars *self, const double *probabilities, gboolean stale);

/** bs_probability_bars_set_threshold: where the mark stands, 0..1. */
void bs_probability_bars_set_threshold (BsProbabilityBars *self, double threshold);

G_END_DECLS
