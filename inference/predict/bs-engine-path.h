/* bs-engine-path.h: which engine serves which setting of the options */
#pragma once

#include "inference/engine/bs-engine.h"
#include "inference/predict/bs-options.h"

G_BEGIN_DECLS

/**
 * bs_engine_path_new:
 * @options: checked (bs_options_check())
 * @max_batch: windows a call at most, >= 1
 *
 * The engine that the options ask for, made for @model or, with prune on, for its pruned variant. A switch that changes the path
 * (fused, inference-mode, prune) is looked at here and nowhere else.
 *
 * Returns: (transfer full): %NULL with a %BS_ENGINE_ERROR, or %BS_OPTION_ERROR_UNAVAILABLE where there is no pruned variant
 */
BsEngine *bs_engine_path_new (const BsOptions *options, BsModel *model, guint max_batch,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** bs_engine_path_same: whether both settings lead to the same engine */
gboolean bs_engine_path_same (const BsOptions *a, const BsOptions *b);

G_END_DECLS
