/* bs-preparation.h: what takes long about a switch, made aside while bars go on */
#pragma once

#include "inference/predict/bs-predictor.h"

G_BEGIN_DECLS

/**
 * BsPreparation:
 *
 * An engine for other options or another model (on a GPU a second or two), ready to be swapped in between two bars. Made and
 * freed on any thread; bs_predictor_apply() on the predictor's.
 */
typedef struct _BsPreparation BsPreparation;

/**
 * bs_preparation_new:
 * @model: takes a reference
 * @options: the switches
 *
 * Checks both and makes their engine. Thread: any.
 *
 * Returns: (transfer full): %NULL with an option, engine or model error
 */
BsPreparation *bs_preparation_new (BsModel *model, const BsOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Frees it and the engine in it, which is the old one once it has been applied: that may take long too. Thread: any. */
void bs_preparation_free (BsPreparation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsPreparation, bs_preparation_free)

/** bs_preparation_serves: whether its engine is the one for @options and @model */
gboolean bs_preparation_serves (const BsPreparation *self, BsModel *model, const BsOptions *options);

/** bs_predictor_serves: whether the predictor's own engine is the one for them: then nothing needs to be prepared. */
gboolean bs_predictor_serves (const BsPredictor *self, BsModel *model, const BsOptions *options);

/**
 * bs_predictor_apply:
 * @preparation: gets the old engine in exchange; not applied before
 * @options: those that it was made with, or others that it serves
 *
 * As bs_predictor_set_model() and bs_predictor_set_options() together, with an engine that is there already. Thread: the
 * worker that owns @self.
 *
 * Returns: %FALSE with a %BS_OPTION_ERROR, and everything as it was
 */
gboolean bs_predictor_apply (BsPredictor *self, BsPreparation *preparation, const BsOptions *options, GError **error);

G_END_DECLS
