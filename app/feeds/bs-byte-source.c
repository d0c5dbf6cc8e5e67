#include "app/feeds/bs-byte-source.h"

#include <string.h>
#include <zlib.h>

#include "app/feeds/bs-bar-file.h"

#define INPUT_BYTES (64 * 1024)
/* zlib's largest window, and 16 for a gzip wrapper */
#define GZIP_WINDOW_BITS (15 + 16)

struct _BsByteSource
{
  char *name;
  GInputStream *stream;
  guint64 size; /* of the file in bytes, 0 where not known */
  guint64 n_read;
  gboolean bounded;
  guint64 n_delivered;

  gboolean gzipped;
  gboolean in_member; /* inside gzip data: it must not end here */
  z_stream inflater;
  guint8 input[INPUT_BYTES];
  gsize input_start, input_end;
  gboolean input_ended;
};

static gboolean G_GNUC_PRINTF (3, 4) fail (BsByteSource *self, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ, "%s: %s", self->name, reason);
  return FALSE;
}

/* GIO's errors become ours, but for being cancelled. */
static gboolean
fail_io (BsByteSource *self, GError **error, GError *io_error)
{
  if (g_error_matches (io_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, io_error);
      return FALSE;
    }
  /* Some of GIO's messages name the file, some do not: once is enough. */
  if (strstr (io_error->message, self->name) != NULL)
    g_set_error_literal (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ, io_error->message);
  else
    fail (self, error, "%s", io_error->message);
  g_error_free (io_error);
  return FALSE;
}

static gboolean
fill_input (BsByteSource *self, GCancellable *cancellable, GError **error)
{
  GError *io_error = NULL;

  if (self->input_start < self->input_end || self->input_ended)
    return TRUE;
  gssize n = g_input_stream_read (self->stream, self->input, sizeof self->input, cancellable, &io_error);
  if (n < 0)
    return fail_io (self, error, io_error);
  self->input_start = 0;
  self->input_end = n;
  self->input_ended = n == 0;
  self->n_read += n;
  return TRUE;
}

static gboolean
begin_member (BsByteSource *self)
{
  self->in_member = inflateReset2 (&self->inflater, GZIP_WINDOW_BITS) == Z_OK;
  return self->in_member;
}

/* Reads the first bytes and sees whether they are gzip's. */
static gboolean
start (BsByteSource *self, GCancellable *cancellable, GError **error)
{
  if (!fill_input (self, cancellable, error))
    return FALSE;
  self->gzipped = self->input_end >= 2 && self->input[0] == 0x1f && self->input[1] == 0x8b;
  if (!self->gzipped)
    return TRUE;
  if (inflateInit2 (&self->inflater, GZIP_WINDOW_BITS) != Z_OK)
    {
      self->gzipped = FALSE;
      return fail (self, error, "gzip data cannot be unpacked: out of memory");
    }
  self->in_member = TRUE;
  self->bounded = TRUE;
  return TRUE;
}

BsByteSource *
bs_byte_source_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (BsByteSource) self = g_new0 (BsByteSource, 1);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GError *io_error = NULL;

  self->name = g_strdup (path);
  GFileInputStream *stream = g_file_read (file, cancellable, &io_error);
  if (stream == NULL)
    {
      fail_io (self, error, io_error);
      return NULL;
    }
  self->stream = G_INPUT_STREAM (stream);

  g_autoptr (GFileInfo) info = g_file_input_stream_query_info (
    stream, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    self->size = MAX (g_file_info_get_size (info), 0);
  else
    self->bounded = TRUE;

  if (!start (self, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

BsByteSource *
bs_byte_source_new_from_memory (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autoptr (BsByteSource) self = g_new0 (BsByteSource, 1);

  self->name = g_strdup (name);
  self->size = size;
  if (size > G_MAXSSIZE)
    {
      fail (self, error, "more bytes than memory can hold");
      return NULL;
    }
  self->stream = size > 0 ? g_memory_input_stream_new_from_data (data, size, NULL) : g_memory_input_stream_new ();
  if (!start (self, NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
bs_byte_source_free (BsByteSource *self)
{
  if (self == NULL)
    return;
  if (self->gzipped)
    inflateEnd (&self->inflater);
  g_clear_object (&self->stream);
  g_free (self->name);
  g_free (self);
}

/* Between two gzip members: another one, zeros (a tape's padding) or the end. */
static gboolean
next_member (BsByteSource *self, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      if (!fill_input (self, cancellable, error))
        return FALSE;
      if (self->input_ended)
        return TRUE;
      if (self->input[self->input_start] != 0)
        break;
      self->input_start++;
    }
  if (self->input[self->input_start] != 0x1f)
    return fail (self, error, "something that is not gzip data follows the gzip data");
  return begin_member (self) || fail (self, error, "gzip data cannot be unpacked: out of memory");
}

static gssize
read_gzip (BsByteSource *self, guint8 *buffer, gsize n, GCancellable *cancellable, GError **error)
{
  gsize n_out = 0;

  while (n_out == 0)
    {
      if (!self->in_member && !next_member (self, cancellable, error))
        return -1;
      if (!fill_input (self, cancellable, error))
        return -1;
      if (self->input_ended)
        {
          if (!self->in_member)
            return 0;
          fail (self, error, "the gzip data ends early: the file is not complete");
          return -1;
        }

      self->inflater.next_in = self->input + self->input_start;
      self->inflater.avail_in = self->input_end - self->input_start;
      self->inflater.next_out = buffer;
      self->inflater.avail_out = MIN (n, G_MAXUINT);
      gsize asked = self->inflater.avail_out;
      int status = inflate (&self->inflater, Z_NO_FLUSH);
      self->input_start = self->input_end - self->inflater.avail_in;
      n_out = asked - self->inflater.avail_out;
      if (status == Z_STREAM_END)
        self->in_member = FALSE;
      else if (status != Z_OK && status != Z_BUF_ERROR)
        {
          fail (self, error, "damaged gzip data%s%s", self->inflater.msg != NULL ? ": " : "",
                self->inflater.msg != NULL ? self->inflater.msg : "");
          return -1;
        }
    }
  return n_out;
}

static gssize
read_plain (BsByteSource *self, guint8 *buffer, gsize n, GCancellable *cancellable, GError **error)
{
  if (self->input_start < self->input_end)
    {
      gsize have = MIN (n, self->input_end - self->input_start);
      memcpy (buffer, self->input + self->input_start, have);
      self->input_start += have;
      return have;
    }

  GError *io_error = NULL;
  gssize n_in = g_input_stream_read (self->stream, buffer, n, cancellable, &io_error);
  if (n_in < 0)
    {
      fail_io (self, error, io_error);
      return -1;
    }
  self->n_read += n_in;
  return n_in;
}

gssize
bs_byte_source_read (BsByteSource *self, guint8 *buffer, gsize n, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (n > 0, -1);

  gssize n_out = self->gzipped ? read_gzip (self, buffer, n, cancellable, error)
                               : read_plain (self, buffer, n, cancellable, error);
  if (n_out > 0)
    self->n_delivered += n_out;
  if (n_out > 0 && self->bounded && self->n_delivered > BS_BYTE_SOURCE_MAX_BYTES)
    {
      fail (self, error, "more than %" G_GUINT64_FORMAT " GiB unpacked: too large to read",
            BS_BYTE_SOURCE_MAX_BYTES >> 30);
      return -1;
    }
  return n_out;
}

gboolean
bs_byte_source_is_gzipped (const BsByteSource *self)
{
  return self->gzipped;
}

double
bs_byte_source_fraction (const BsByteSource *self)
{
  if (self->size == 0)
    return 0;
  gsize waiting = self->input_end - self->input_start;
  return CLAMP ((double) (self->n_read - waiting) / (double) self->size, 0, 1);
}
