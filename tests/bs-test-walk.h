/* bs-test-walk.h: bars of a pure random walk, and of one in which something can be known */
#pragma once

#include "inference/market/bs-bar-series.h"

G_BEGIN_DECLS

/**
 * bs_test_walk:
 * @edge: how far, in standard deviations of a bar's change, each bar goes the way that the order flow of two bars before
 *   pointed; 0 for a walk in which nothing can be known
 *
 * Returns: (transfer full): @n one-minute bars. The same seed gives the same bars.
 */
BsBarSeries *bs_test_walk (guint64 seed, gsize n, double edge) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
