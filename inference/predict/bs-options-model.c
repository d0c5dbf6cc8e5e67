/* bs-options-model.c: what options are told of a model; apart from bs-options.c, so that the schema's generator needs no models */
#include "inference/predict/bs-options.h"

void
bs_options_note_model (BsOptions *options, const BsModel *model)
{
  options->pruned = bs_model_pruned (model) != NULL ? BS_VARIANT_THERE : BS_VARIANT_ABSENT;
}
