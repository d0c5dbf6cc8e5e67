/* bs-trainer-private.h: between the trainer and what writes its results down; for the files of this folder */
#pragma once

#include "inference/train/bs-trainer.h"

G_BEGIN_DECLS

/** bs_train_network_new: (transfer full): a model of @values with the scaler of @view; no metadata. %NULL without memory */
BsModel *bs_train_network_new (const BsParameterLayout *layout, const float *values, const double *mean,
                               const double *scale, double temperature) G_GNUC_WARN_UNUSED_RESULT;

/** bs_train_fidelity: INT8 against FP32 of @model over the newest windows of @set. */
gboolean bs_train_fidelity (BsModel *model, const BsTrainingSet *set, BsTrainFidelity *fidelity, GError **error);

/** bs_train_metadata: (transfer full): what the model file says of itself. All of @result but model and file is filled. */
GTree *bs_train_metadata (const BsTrainResult *result, const BsTrainOptions *options, gint64 bar_length_us);

G_END_DECLS
