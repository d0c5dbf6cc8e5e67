#include "app/feeds/bs-bar-tail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Enough for the longest line, and for a burst. */
#define BUFFER_BYTES (4 * BS_BAR_READER_MAX_LINE)

struct _BsBarTail
{
  char *path;
  int fd;
  GStatBuf identity;
  BsBarFollow follow;
  BsBarFile *sink; /* where the reader puts one bar after another */
  guint64 n_taken; /* of its bars */
  gboolean skipping; /* the rest of a line that is too long */
  guint8 *buffer;
  gsize length; /* bytes in it */
};

void
bs_bar_tail_free (BsBarTail *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->follow.rows, bs_bar_reader_free);
  g_clear_pointer (&self->follow.records, bs_scid_reader_free);
  g_clear_pointer (&self->sink, bs_bar_file_free);
  g_free (self->buffer);
  g_free (self->path);
  g_free (self);
}

BsBarTail *
bs_bar_tail_open (const char *path, const BsBarFileOptions *options, BsBarFile **history, GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (BsBarTail) self = g_new0 (BsBarTail, 1);
  self->path = g_strdup (path);
  self->fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (self->fd < 0 || fstat (self->fd, &self->identity) != 0)
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (self->identity.st_mode))
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ, "%s: is no plain file: it cannot be followed", path);
      return NULL;
    }
  g_autoptr (BsBarFile) file = bs_bar_file_load_followed (path, options, &self->follow, cancellable, error);
  if (file == NULL)
    return NULL;

  self->sink = bs_bar_file_new (path);
  self->sink->timezone = g_strdup (file->timezone);
  self->sink->format = file->format;
  self->sink->series = bs_bar_series_new (BS_BAR_SERIES_MIN_BARS, 0, bs_bar_series_stamp (file->series));
  if (self->follow.rows != NULL)
    bs_bar_reader_continue (self->follow.rows, self->sink);
  else
    bs_scid_reader_continue (self->follow.records, self->sink);
  self->buffer = g_malloc (BUFFER_BYTES);
  *history = g_steal_pointer (&file);
  return g_steal_pointer (&self);
}

/* Hands on what the reader has made of the last row. */
static gboolean
hand_on (BsBarTail *self, const BsBarTailFuncs *funcs, gpointer data)
{
  for (guint i = 0; i < self->sink->refused->len; i++)
    funcs->refused (&g_array_index (self->sink->refused, BsRefusedRow, i), data);
  g_array_set_size (self->sink->refused, 0);
  while (self->n_taken < bs_bar_series_end (self->sink->series))
    {
      BsBar bar;
      bs_bar_series_get (self->sink->series, self->n_taken++, &bar);
      if (!funcs->bar (&bar, data))
        return FALSE;
    }
  return TRUE;
}

/* Takes the whole lines in the buffer. */
static gboolean
take_lines (BsBarTail *self, const BsBarTailFuncs *funcs, gpointer data)
{
  const guint8 *start = self->buffer;
  const guint8 *end = self->buffer + self->length;
  const guint8 *line_end;

  while (start < end && (line_end = memchr (start, self->follow.line_end, (gsize) (end - start))) != NULL)
    {
      if (!self->skipping)
        bs_bar_reader_take (self->follow.rows, (const char *) start, (gsize) (line_end - start));
      self->skipping = FALSE;
      start = line_end + 1;
      if (!hand_on (self, funcs, data))
        return FALSE;
    }
  self->length = (gsize) (end - start);
  memmove (self->buffer, start, self->length);
  if (self->skipping)
    self->length = 0;
  else if (self->length > BS_BAR_READER_MAX_LINE)
    {
      bs_bar_reader_take_overlong (self->follow.rows);
      self->skipping = TRUE;
      self->length = 0;
    }
  return TRUE;
}

static gboolean
take_records (BsBarTail *self, const BsBarTailFuncs *funcs, gpointer data)
{
  gsize at = 0;

  for (; self->length - at >= BS_SCID_RECORD_BYTES; at += BS_SCID_RECORD_BYTES)
    {
      bs_scid_reader_take (self->follow.records, self->buffer + at);
      if (!hand_on (self, funcs, data))
        return FALSE;
    }
  self->length -= at;
  memmove (self->buffer, self->buffer + at, self->length);
  return TRUE;
}

BsBarTailResult
bs_bar_tail_read (BsBarTail *self, const BsBarTailFuncs *funcs, gpointer data, GError **error)
{
  GStatBuf now;

  for (;;)
    {
      gssize n = pread (self->fd, self->buffer + self->length, BUFFER_BYTES - self->length, (off_t) self->follow.offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ, "%s: %s", self->path, g_strerror (errno));
          return BS_BAR_TAIL_FAILED;
        }
      if (n == 0)
        break;
      self->follow.offset += (guint64) n;
      self->length += (gsize) n;
      if (!(self->follow.rows != NULL ? take_lines : take_records) (self, funcs, data))
        return BS_BAR_TAIL_ENDED;
    }
  /* Only once all has been read: a file that is moved away is read to its end. */
  if (g_stat (self->path, &now) != 0)
    return BS_BAR_TAIL_GONE;
  if (now.st_dev != self->identity.st_dev || now.st_ino != self->identity.st_ino
      || (guint64) now.st_size < self->follow.offset)
    return BS_BAR_TAIL_REPLACED;
  return BS_BAR_TAIL_READ;
}
