/* bs-model-file.c: reading a model's file, which may be anything */
#include "inference/model/bs-model-private.h"
#include "inference/model/bs-onnx.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Always %NULL. */
static guint8 *
refuse_file (const char *path, const char *what, GError **error)
{
  g_set_error (error, BS_MODEL_ERROR, BS_MODEL_ERROR_FILE, "%s: %s", path, what);
  return NULL;
}

/* Reads all of @fd, a file whose size is known and bounded before anything is allocated. Not mapped: a file that is cut
 * while it is mapped kills its reader. */
static guint8 *
read_descriptor (int fd, const char *path, gsize *size, GError **error)
{
  g_autofree guint8 *data = NULL;
  struct stat status;

  if (fstat (fd, &status))
    return refuse_file (path, g_strerror (errno), error);
  if (!S_ISREG (status.st_mode))
    return refuse_file (path, S_ISDIR (status.st_mode) ? "is a folder" : "is not a regular file", error);
  if (status.st_size > BS_MODEL_MAX_FILE_BYTES)
    return refuse_file (path, "is larger than 1 GiB, more than any model that is taken", error);
  *size = (gsize) status.st_size;
  data = g_try_malloc (*size + 1);
  if (!data)
    return refuse_file (path, "not enough memory to read it", error);
  for (gsize done = 0; done < *size;)
    {
      gssize n = read (fd, data + done, *size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return refuse_file (path, g_strerror (errno), error);
      if (n == 0)
        return refuse_file (path, "became shorter while it was read", error);
      done += (gsize) n;
    }
  return g_steal_pointer (&data);
}

guint8 *
bs_model_read_file (const char *path, gsize *size, GError **error)
{
  guint8 *data;
  int fd;

  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0); /* a pipe must not block before it is refused */
  if (fd < 0)
    {
      refuse_file (path, g_strerror (errno), error);
      return NULL;
    }
  data = read_descriptor (fd, path, size, error);
  close (fd);
  return data;
}

BsModel *
bs_model_load (const char *path, GError **error)
{
  g_autofree guint8 *data = NULL;
  gsize size = 0;

  g_return_val_if_fail (path, NULL);

  data = bs_model_read_file (path, &size, error);
  if (!data)
    return NULL;
  return bs_onnx_is_name (path) ? bs_onnx_read (data, size, path, NULL, error)
                                : bs_model_load_bytes (data, size, path, error);
}
