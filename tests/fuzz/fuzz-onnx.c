/* fuzz-onnx.c: any bytes as an ONNX file: a model or a refusal, never more. A model must come through a file of our own unchanged. */
#include "inference/model/bs-onnx.h"
#include "inference/model/bs-safetensors-write.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static GTree *metadata;

static void
round_trip (const BsModel *model)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = bs_model_to_bytes (model, NULL, NULL, &error);
  g_autoptr (GBytes) bytes = NULL, after = NULL;
  g_autoptr (BsModel) again = NULL;

  g_assert_no_error (error);
  bytes = bs_onnx_write (model, NULL, &error);
  g_assert_no_error (error);
  again = bs_onnx_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "again", NULL, &error);
  g_assert_no_error (error);
  after = bs_model_to_bytes (again, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (before, after));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = NULL;

  if (!metadata)
    {
      metadata = bs_model_metadata_new ();
      bs_model_metadata_set (metadata, "feature_set", "causal");
      bs_model_metadata_set (metadata, "classes", "short,hold,long");
    }
  model = bs_onnx_read (data, size, "fuzz", &(BsOnnxHints){ .metadata = metadata }, &error);
  g_assert_true ((model == NULL) == (error != NULL));
  if (model)
    round_trip (model);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
