/* bs-load-newest.h: the signals that are looked at first, before all others are computed */
#pragma once

#include "app/bs-loader.h"

G_BEGIN_DECLS

/** Fewer bars than these are through before one could see the difference. */
#define BS_LOAD_NEWEST_LEAST_BARS 20000
/** Bars at the newest end that get their signals at once: more than a first look shows. */
#define BS_LOAD_NEWEST_BARS 2000

/**
 * bs_load_newest:
 * @loaded: bars, chart data, and a predictor that has seen no bar
 *
 * Of a long series, gives the newest bars of the chart's data their signals, Hurst and ATR: the same values as the session
 * gives them when it comes to them, a minute later perhaps. Costs about 0.2 us a bar that is skipped. Does nothing where there
 * are few bars, or where features are not kept between bars, which takes longer than the session's own way.
 * Thread: the loading one.
 */
void bs_load_newest (BsLoaded *loaded);

G_END_DECLS
