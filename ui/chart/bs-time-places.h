/* bs-time-places.h: where bars are on an axis of true time */
#pragma once

#include "ui/chart/bs-chart-data.h"
#include "ui/chart/bs-chart-view.h"

G_BEGIN_DECLS

/**
 * bs_time_places:
 *
 * A bar's place is the time at which it began, in bar lengths since 1970: hours without bars take the room that they last. Its
 * data is a BsChartData whose bar length is known.
 */
extern const BsChartPlaces bs_time_places;

/** Bar coordinate of a moment, and the moment of a coordinate, us UTC. */
double bs_time_places_of_time (BsChartData *data, gint64 time_us);
gint64 bs_time_places_time_of (BsChartData *data, double coordinate);

G_END_DECLS
