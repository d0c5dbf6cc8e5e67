/* bs-feature-table.h: rows of the 62 features from a state. Private to this folder */
#pragma once

#include "inference/features/bs-feature-state.h"

G_BEGIN_DECLS

/**
 * bs_feature_row:
 * @state: at the bar whose row is wanted
 * @row: (out caller-allocates): [BS_N_FEATURES]; in legacy as final as it can be without the next bar: swings are 0, Hurst
 *   is carried over, ATR is that of a series with 15 bars or more
 * @group_ns: (nullable): [BS_N_FEATURE_GROUPS], ns of each group are added; %NULL reads no clock
 * @since_ns: (inout) (nullable): with @group_ns, the clock's last reading: what has passed since counts for the first group
 */
void bs_feature_row (BsFeatureState *state, const BsBarSeries *secondary, double *row, gint64 *group_ns,
                     gint64 *since_ns);

/** bs_feature_lap: adds the time since the clock's last reading to @group, and makes now the last. Nothing without @group_ns */
void bs_feature_lap (gint64 *group_ns, BsFeatureGroup group, gint64 *since_ns);

/**
 * bs_feature_row_settle:
 * @state: at the bar after the row's
 * @row: (inout): a row of legacy that becomes final: the next bar tells its swings, and the secondary bars that have
 *   become known since count
 */
void bs_feature_row_settle (BsFeatureState *state, const BsBarSeries *secondary, double *row);

/**
 * bs_feature_row_newest:
 * @state: at the row's bar
 * @row: (inout): a row of legacy that is the newest of all: Hurst is computed whatever its index
 */
void bs_feature_row_newest (const BsFeatureState *state, double *row);

/** Legacy: bars that a series needs to have an ATR. */
#define BS_FEATURE_LEGACY_ATR_BARS 15

G_END_DECLS
