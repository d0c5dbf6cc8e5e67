/* bs-hurst.h: the Hurst exponent by rescaled range, as hurst.compute_Hc of the PyPI package gives it */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BS_HURST_BARS 100 /* closes a computation reads */

/**
 * bs_hurst:
 * @closes: [BS_HURST_BARS], oldest first
 * @h: (out): Hurst exponent, slope of log10 R/S over log10 window size; not clamped
 * @c: (out): 10^intercept
 *
 * compute_Hc (kind="price", simplified=True) on 100 closes, to 1e-9: docs/features.md. H = 0.5 and C = 1
 * where a window size has no piece left or a price is not positive. Thread: any; no allocation.
 */
void bs_hurst (const double *closes, double *h, double *c);

G_END_DECLS
