/* bs-feature-batch.h: a batch over columns from anywhere. Private to this folder and its test */
#pragma once

#include "inference/features/bs-features.h"
#include "inference/market/bs-bar-columns.h"

G_BEGIN_DECLS

/** bs_features_batch_columns: as bs_features_batch(); %BS_FEATURES_ERROR_LENGTH where the columns do not agree */
gboolean bs_features_batch_columns (const BsBarColumns *columns, const BsBarSeries *secondary,
                                    const BsFeatureOptions *options, guint64 begin, guint64 end, double *rows,
                                    GError **error);

G_END_DECLS
