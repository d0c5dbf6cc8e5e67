/* bs-test-model.h: models for tests that take bars */
#pragma once

#include "inference/model/bs-model.h"

G_BEGIN_DECLS

/** bs_test_model: (transfer full): 2 layers of 16 random units over the 62 features, its scaler fitted to bs-test-bars.h's bars */
BsModel *bs_test_model (BsFeatureSet set, guint sequence_length, guint64 seed) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
