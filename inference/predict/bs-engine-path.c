#include "inference/predict/bs-engine-path.h"

#include <string.h>

/* The options that an engine is made from. */
static const BsOption path_options[]
  = { BS_OPTION_BACKEND, BS_OPTION_PRECISION, BS_OPTION_INFERENCE_MODE, BS_OPTION_FUSED, BS_OPTION_PRUNE };

BsEngine *
bs_engine_path_new (const BsOptions *options, BsModel *model, guint max_batch, GError **error)
{
  gboolean keep_tape = !options->value[BS_OPTION_INFERENCE_MODE];
  int backend = keep_tape ? BS_BACKEND_REFERENCE : options->value[BS_OPTION_BACKEND];
  const char *name = bs_option_info (BS_OPTION_BACKEND)->choices[backend];
  const BsEngineClass *klass = bs_engine_class_by_name (name);
  if (klass == NULL)
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, "this build has no %s engine", name);
      return NULL;
    }
  if (options->value[BS_OPTION_PRUNE])
    model = bs_model_pruned (model);
  if (model == NULL)
    {
      g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE,
                   "prune=on cannot be had: the model file has no pruned variant: barscope prune makes one");
      return NULL;
    }
  BsEngineOptions engine_options = BS_ENGINE_OPTIONS_INIT;
  engine_options.precision = (BsPrecision) options->value[BS_OPTION_PRECISION];
  engine_options.fused = options->value[BS_OPTION_FUSED];
  engine_options.keep_tape = keep_tape;
  engine_options.max_batch = max_batch;
  engine_options.device = options->device[0] != '\0' ? options->device : NULL;
  engine_options.fallback = klass->fallback;
  return bs_engine_new (klass, model, &engine_options, error);
}

gboolean
bs_engine_path_same (const BsOptions *a, const BsOptions *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (path_options); i++)
    if (a->value[path_options[i]] != b->value[path_options[i]])
      return FALSE;
  return strcmp (a->device, b->device) == 0;
}
