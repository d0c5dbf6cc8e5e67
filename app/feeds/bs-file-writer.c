#include "app/feeds/bs-file-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <zlib.h>

#ifndef O_BINARY
#define O_BINARY 0
#endif

#define OUTPUT_BYTES (64 * 1024)
#define GZIP_LEVEL 9
/* zlib's largest window, and 16 for a gzip wrapper (whose time is 0) */
#define GZIP_WINDOW_BITS (15 + 16)
#define GZIP_MEMORY_LEVEL 9

struct _BsFileWriter
{
  char *path;
  char *temporary; /* (nullable): %NULL where @path is written to directly */
  int fd;
  gboolean gzipped;
  z_stream deflater;
  guint8 output[OUTPUT_BYTES];
  gsize n_output;
};

static gboolean
fail (BsFileWriter *self, GError **error, const char *what)
{
  int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s: %s", self->path, what, g_strerror (code));
  return FALSE;
}

BsFileWriter *
bs_file_writer_new (const char *path, GError **error)
{
  g_autoptr (BsFileWriter) self = g_new0 (BsFileWriter, 1);
  GStatBuf info;

  self->path = g_strdup (path);
  if (g_stat (path, &info) == 0 && !S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode))
    self->fd = g_open (path, O_WRONLY | O_BINARY, 0);
  else if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      errno = EISDIR;
      self->fd = -1;
    }
  else
    {
      self->temporary = g_strconcat (path, ".XXXXXX", NULL);
      self->fd = g_mkstemp_full (self->temporary, O_WRONLY | O_BINARY, 0666);
      if (self->fd < 0)
        g_clear_pointer (&self->temporary, g_free);
    }
  if (self->fd < 0)
    {
      fail (self, error, "cannot be written");
      return NULL;
    }

  if (g_str_has_suffix (path, ".gz"))
    {
      if (deflateInit2 (&self->deflater, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEMORY_LEVEL,
                        Z_DEFAULT_STRATEGY)
          != Z_OK)
        {
          errno = ENOMEM;
          fail (self, error, "cannot be compressed");
          return NULL;
        }
      self->gzipped = TRUE;
    }
  return g_steal_pointer (&self);
}

void
bs_file_writer_free (BsFileWriter *self)
{
  if (self == NULL)
    return;
  if (self->gzipped)
    deflateEnd (&self->deflater);
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

static gboolean
flush (BsFileWriter *self, GError **error)
{
  const guint8 *data = self->output;
  gsize left = self->n_output;

  while (left > 0)
    {
      gssize n = write (self->fd, data, left);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self, error, "cannot be written");
      data += n;
      left -= n;
    }
  self->n_output = 0;
  return TRUE;
}

static gboolean
deflate_all (BsFileWriter *self, const char *data, gsize size, int mode, GError **error)
{
  int status;

  self->deflater.next_in = (guint8 *) data;
  self->deflater.avail_in = size;
  do
    {
      self->deflater.next_out = self->output + self->n_output;
      self->deflater.avail_out = OUTPUT_BYTES - self->n_output;
      status = deflate (&self->deflater, mode);
      self->n_output = OUTPUT_BYTES - self->deflater.avail_out;
      if (self->n_output == OUTPUT_BYTES && !flush (self, error))
        return FALSE;
    }
  while (self->deflater.avail_in > 0 || (mode == Z_FINISH && status != Z_STREAM_END));
  return TRUE;
}

gboolean
bs_file_writer_write (BsFileWriter *self, const char *data, gsize size, GError **error)
{
  while (size > 0)
    {
      gsize n = MIN (size, OUTPUT_BYTES);
      if (self->gzipped)
        {
          if (!deflate_all (self, data, n, Z_NO_FLUSH, error))
            return FALSE;
        }
      else
        {
          n = MIN (n, OUTPUT_BYTES - self->n_output);
          memcpy (self->output + self->n_output, data, n);
          self->n_output += n;
          if (self->n_output == OUTPUT_BYTES && !flush (self, error))
            return FALSE;
        }
      data += n;
      size -= n;
    }
  return TRUE;
}

gboolean
bs_file_writer_commit (BsFileWriter *self, GError **error)
{
  if (self->gzipped && !deflate_all (self, NULL, 0, Z_FINISH, error))
    return FALSE;
  if (!flush (self, error))
    return FALSE;
#ifdef G_OS_UNIX
  /* Before the name changes, or a power cut could leave an empty file under it. */
  if (self->temporary != NULL && fsync (self->fd) != 0)
    return fail (self, error, "cannot be written");
#endif
  int fd = self->fd;
  self->fd = -1;
  if (close (fd) != 0)
    return fail (self, error, "cannot be written");
  if (self->temporary != NULL && g_rename (self->temporary, self->path) != 0)
    return fail (self, error, "cannot be put in place");
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}
