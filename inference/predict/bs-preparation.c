#include "inference/predict/bs-preparation.h"

#include "inference/predict/bs-engine-path.h"
#include "inference/predict/bs-predictor-private.h"

struct _BsPreparation
{
  BsModel *model;
  BsOptions options;
  BsEngine *engine;
};

BsPreparation *
bs_preparation_new (BsModel *model, const BsOptions *options, GError **error)
{
  g_return_val_if_fail (model != NULL && options != NULL, NULL);

  BsOptions own = *options;
  bs_options_note_model (&own, model);
  if (!bs_options_check (&own, error) || !bs_predictor_check_model (model, error))
    return NULL;
  BsEngine *engine = bs_engine_path_new (&own, model, 1, error);
  if (engine == NULL)
    return NULL;
  BsPreparation *self = g_new (BsPreparation, 1);
  *self = (BsPreparation){ bs_model_ref (model), own, engine };
  return self;
}

void
bs_preparation_free (BsPreparation *self)
{
  if (self == NULL)
    return;
  bs_engine_free (self->engine);
  bs_model_unref (self->model);
  g_free (self);
}

gboolean
bs_preparation_serves (const BsPreparation *self, BsModel *model, const BsOptions *options)
{
  return self->model == model && bs_engine_path_same (&self->options, options);
}

gboolean
bs_predictor_serves (const BsPredictor *self, BsModel *model, const BsOptions *options)
{
  return self->model == model && bs_engine_path_same (&self->options, options);
}

gboolean
bs_predictor_apply (BsPredictor *self, BsPreparation *preparation, const BsOptions *options, GError **error)
{
  g_return_val_if_fail (self != NULL && preparation != NULL && options != NULL, FALSE);
  g_return_val_if_fail (bs_preparation_serves (preparation, preparation->model, options), FALSE);

  BsOptions own = *options;
  bs_options_note_model (&own, preparation->model);
  if (!bs_options_check (&own, error))
    return FALSE;
  bs_predictor_swap (self, &preparation->model, &preparation->engine, options);
  return TRUE;
}
