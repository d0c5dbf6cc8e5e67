#include "app/record/bs-recording-reader.h"

#include <stdio.h>
#include <string.h>

#include "app/feeds/bs-byte-source.h"
#include "app/record/bs-recording-text.h"

#define BUFFER_SIZE (2 * BS_RECORDING_MAX_LINE)

struct _BsRecordingReader
{
  char *name; /* for messages */
  BsByteSource *source;
  BsRecordingHeader *header;
  guint64 line;
  gboolean ended, source_ended;
  gsize begin, end; /* of what is in the buffer */
  guint8 buffer[BUFFER_SIZE];
};

gboolean
bs_recording_is (const char *path)
{
  static const char magic[] = BS_RECORDING_MAGIC;
  guint8 bytes[sizeof magic - 1];
  gsize n = 0;
  /* What is read from a pipe here would be missing when it is read in earnest. */
  g_autoptr (BsByteSource) source
    = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? bs_byte_source_open (path, NULL, NULL) : NULL;
  while (source != NULL && n < sizeof bytes)
    {
      gssize got = bs_byte_source_read (source, bytes + n, sizeof bytes - n, NULL, NULL);
      if (got <= 0)
        return FALSE;
      n += (gsize) got;
    }
  return source != NULL && memcmp (bytes, magic, sizeof bytes) == 0;
}

static gboolean
refuse_length (BsRecordingReader *self, guint64 line, GError **error)
{
  g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT,
               "%s: line %" G_GUINT64_FORMAT ": expected at most %d bytes", self->name, line, BS_RECORDING_MAX_LINE);
  return FALSE;
}

/* The next whole line, without its end. Returns FALSE at the end or with an error. */
static gboolean
next_line (BsRecordingReader *self, const char **line, gsize *length, GError **error)
{
  for (;;)
    {
      guint8 *start = self->buffer + self->begin;
      guint8 *newline = memchr (start, '\n', self->end - self->begin);
      if (newline != NULL)
        {
          *line = (const char *) start;
          *length = (gsize) (newline - start);
          self->begin += *length + 1;
          self->line++;
          if (*length > BS_RECORDING_MAX_LINE)
            return refuse_length (self, self->line, error);
          if (*length > 0 && start[*length - 1] == '\r')
            --*length;
          return TRUE;
        }
      if (self->source_ended)
        return FALSE;
      if (self->end - self->begin > BS_RECORDING_MAX_LINE)
        return refuse_length (self, self->line + 1, error);
      memmove (self->buffer, start, self->end - self->begin);
      self->end -= self->begin;
      self->begin = 0;
      g_autoptr (GError) read_error = NULL;
      gssize n
        = bs_byte_source_read (self->source, self->buffer + self->end, BUFFER_SIZE - self->end, NULL, &read_error);
      if (n < 0)
        {
          g_set_error_literal (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_READ, read_error->message);
          return FALSE;
        }
      self->source_ended = n == 0;
      self->end += (gsize) n;
    }
}

static void
name_line (BsRecordingReader *self, GError **error)
{
  g_prefix_error (error, "%s: line %" G_GUINT64_FORMAT ": ", self->name, self->line);
}

/* Takes @source. */
static BsRecordingReader *
reader_new (BsByteSource *source, const char *name, GError *source_error, GError **error)
{
  g_autoptr (BsRecordingReader) self = g_new0 (BsRecordingReader, 1);
  g_autoptr (GError) local = NULL;
  const char *line;
  gsize length;
  self->name = g_strdup (name);
  self->source = source;
  if (source == NULL)
    {
      g_set_error_literal (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_READ, source_error->message);
      g_error_free (source_error);
      return NULL;
    }
  if (!next_line (self, &line, &length, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_FORMAT,
                     "%s: line 1: expected a recording, there is no whole line", self->name);
      return NULL;
    }
  self->header = bs_recording_parse_header (line, length, error);
  if (self->header != NULL)
    return g_steal_pointer (&self);
  name_line (self, error);
  return NULL;
}

BsRecordingReader *
bs_recording_reader_open (const char *path, GError **error)
{
  GError *source_error = NULL;
  g_autofree char *name = g_filename_display_basename (path);
  BsByteSource *source = bs_byte_source_open (path, NULL, &source_error);
  return reader_new (source, name, source_error, error);
}

BsRecordingReader *
bs_recording_reader_new_from_memory (const guint8 *data, gsize size, const char *name, GError **error)
{
  GError *source_error = NULL;
  BsByteSource *source = bs_byte_source_new_from_memory (data, size, name, &source_error);
  return reader_new (source, name, source_error, error);
}

void
bs_recording_reader_free (BsRecordingReader *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->source, bs_byte_source_free);
  bs_recording_header_free (self->header);
  g_free (self->name);
  g_free (self);
}

const BsRecordingHeader *
bs_recording_reader_header (const BsRecordingReader *self)
{
  return self->header;
}

gboolean
bs_recording_reader_next (BsRecordingReader *self, BsRecord *record, GError **error)
{
  g_return_val_if_fail (self != NULL && record != NULL, FALSE);

  const char *line;
  gsize length;
  if (!next_line (self, &line, &length, error))
    return FALSE;
  if (self->ended)
    {
      g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT,
                   "%s: line %" G_GUINT64_FORMAT ": expected nothing after the line \"end\"", self->name, self->line);
      return FALSE;
    }
  if (!bs_recording_parse_record (line, length, record, error))
    {
      name_line (self, error);
      return FALSE;
    }
  self->ended = record->kind == BS_RECORD_END;
  return TRUE;
}

const char *
bs_recording_reader_name (const BsRecordingReader *self)
{
  return self->name;
}

guint64
bs_recording_reader_line (const BsRecordingReader *self)
{
  return self->line;
}

gboolean
bs_recording_reader_ended (const BsRecordingReader *self)
{
  return self->ended;
}
