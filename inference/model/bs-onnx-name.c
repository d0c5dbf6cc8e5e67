/* bs-onnx-name.c: which files are ONNX, in every build */
#include "inference/model/bs-onnx.h"

#include <string.h>

#define SUFFIX ".onnx"

gboolean
bs_onnx_is_name (const char *path)
{
  const gsize length = strlen (path);

  return length >= strlen (SUFFIX) && g_ascii_strcasecmp (path + length - strlen (SUFFIX), SUFFIX) == 0;
}
