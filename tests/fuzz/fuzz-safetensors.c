/* fuzz-safetensors.c: any bytes as a model: loaded or refused, never more. What loads must predict or say why not. */
#include "inference/engine/bs-engine.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A batch of one small model costs microseconds; a large one would be timed, not tested. */
#define MAX_WORK 1000000

static void
predict_once (BsModel *model)
{
  const BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsEngine) engine = bs_engine_new (bs_engine_classes ()[0], model, &options, &error);
  g_autofree float *window = g_new0 (float, (gsize) model->sequence_length * model->n_inputs);
  float probabilities[BS_N_CLASSES];

  g_assert_no_error (error);
  if (!bs_engine_predict (engine, window, 1, probabilities, NULL, &error))
    g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load_bytes (data, size, "fuzz", &error);

  g_assert_true ((model == NULL) == (error != NULL));
  if (model)
    {
      const guint64 work
        = (guint64) model->sequence_length * model->n_layers * 4 * model->hidden * (model->n_inputs + model->hidden);

      g_assert_true (g_utf8_validate (bs_model_metadata (model, "format"), -1, NULL));
      if (work < MAX_WORK)
        predict_once (model);
    }
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
