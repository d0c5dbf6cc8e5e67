/* bs-onnx-stubs.c: what the rest links with in a build without protobuf-c */
#include "inference/model/bs-onnx.h"

#define REASON "this build cannot read or write ONNX files: it was made without protobuf-c"

gboolean
bs_onnx_available (char **reason)
{
  if (reason)
    *reason = g_strdup (REASON);
  return FALSE;
}

BsModel *
bs_onnx_read (const guint8 *data, gsize size, const char *name, const BsOnnxHints *hints, GError **error)
{
  g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT, "%s: %s", name, REASON);
  return NULL;
}

GBytes *
bs_onnx_write (const BsModel *model, GTree *metadata, GError **error)
{
  g_set_error_literal (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FORMAT, REASON);
  return NULL;
}
