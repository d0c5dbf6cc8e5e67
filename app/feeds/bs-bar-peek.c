/* bs-bar-peek.c: what a file of bars would be read as, without reading it all */
#include "app/feeds/bs-bar-peek.h"

#include <string.h>

#include "app/feeds/bs-bar-reader.h"
#include "app/feeds/bs-scid-reader.h"

void
bs_bar_peek_free (BsBarPeek *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->head, bs_bar_file_free);
  g_free (self->sampled_reason);
  g_free (self);
}

/* Close of the newest bar; G_MININT64 where there is none. */
static gint64
last_close (const BsBarFile *file)
{
  guint64 end = bs_bar_series_end (file->series);

  return end > bs_bar_series_first (file->series) ? bs_bar_series_close_time (file->series, end - 1) : G_MININT64;
}

static void
read_sampled_lines (const BsBarHead *head, BsBarFile *file, const char *bytes, gsize n, gboolean at_end)
{
  BsBarLayout layout = head->layout;
  layout.has_header = FALSE;
  g_autoptr (BsBarReader) reader = bs_bar_reader_new (&layout, file->timezone, file);
  const char *end = bytes + n;
  /* Where it begins is somewhere within a line. */
  const char *line = memchr (bytes, head->line_end, n);

  for (line = line != NULL ? line + 1 : end; line < end && reader != NULL;)
    {
      const char *line_end = memchr (line, head->line_end, (gsize) (end - line));
      if (line_end == NULL && !at_end)
        break;
      bs_bar_reader_take (reader, line, (gsize) ((line_end != NULL ? line_end : end) - line));
      line = line_end != NULL ? line_end + 1 : end;
    }
  if (reader != NULL)
    bs_bar_reader_finish (reader);
}

static void
read_sampled_records (BsBarFile *file, const guint8 *bytes, gsize n)
{
  g_autoptr (BsScidReader) reader = bs_scid_reader_new (file);

  for (; n >= BS_SCID_RECORD_BYTES; bytes += BS_SCID_RECORD_BYTES, n -= BS_SCID_RECORD_BYTES)
    bs_scid_reader_take (reader, bytes);
  bs_scid_reader_finish (reader, TRUE);
}

/* Looks at some rows at @offset. A file that has changed since its size was asked for gives fewer, or none. */
static void
take_sample (BsBarPeek *self, const BsBarHead *head, GFileInputStream *stream, guint64 offset, GCancellable *cancellable)
{
  /* One record more: a sample of records begins at one of them. */
  const gsize room = BS_BAR_PEEK_SAMPLE_BYTES + BS_SCID_RECORD_BYTES;
  g_autofree guint8 *bytes = g_malloc (room);
  gboolean binary = head->layout.format->magic != NULL;
  gsize n = 0;

  if (binary)
    offset -= (offset - BS_SCID_HEADER_BYTES) % BS_SCID_RECORD_BYTES;
  if (!g_seekable_seek (G_SEEKABLE (stream), (goffset) offset, G_SEEK_SET, cancellable, NULL)
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, room, &n, cancellable, NULL))
    return;

  g_autoptr (BsBarFile) file = bs_bar_file_new (self->head->path);
  file->format = self->head->format;
  file->timezone = g_strdup (self->head->timezone);
  file->series = bs_bar_series_new (0, 0, bs_bar_series_stamp (self->head->series));
  if (binary)
    read_sampled_records (file, bytes, n);
  else
    read_sampled_lines (head, file, (const char *) bytes, n, offset + n >= self->size);
  self->n_sampled += file->n_rows;
  self->n_sampled_refused += file->n_refused;
  if (self->sampled_reason == NULL && file->refused->len > 0)
    self->sampled_reason = g_strdup (g_array_index (file->refused, BsRefusedRow, 0).reason);
  if (offset + n >= self->size && last_close (file) != G_MININT64)
    self->last_close_us = last_close (file);
}

static void
take_samples (BsBarPeek *self, const BsBarHead *head, GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->head->path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, NULL);
  guint64 from = head->n_bytes;

  self->last_close_us = G_MININT64;
  if (stream == NULL || self->size <= from)
    return;
  self->n_estimated = (guint64) ((double) self->head->n_rows * (double) self->size / (double) head->n_bytes + 0.5);
  if (self->size > from + 2 * BS_BAR_PEEK_SAMPLE_BYTES)
    take_sample (self, head, stream, from + (self->size - from) / 2, cancellable);
  take_sample (self, head, stream, self->size - MIN (self->size - from + 1, BS_BAR_PEEK_SAMPLE_BYTES), cancellable);
}

static BsBarDoubts
find_doubts (const BsBarPeek *self, const BsBarFileOptions *options)
{
  gboolean zone_asked = options != NULL && options->timezone != NULL;
  BsBarDoubts doubts = 0;

  if (self->lookalike != NULL)
    doubts |= BS_BAR_DOUBT_LOOKALIKE;
  if (self->head->has_local_times && self->head->format->timezone == NULL && !zone_asked)
    doubts |= BS_BAR_DOUBT_ZONE;
  if (self->head->n_refused + self->n_sampled_refused > 0)
    doubts |= BS_BAR_DOUBT_REFUSED;
  if (bs_bar_series_length (self->head->series) == 0)
    doubts |= BS_BAR_DOUBT_NO_BARS;
  return doubts;
}

BsBarPeek *
bs_bar_peek (const char *path, const BsBarFileOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  g_autoptr (BsBarPeek) self = g_new0 (BsBarPeek, 1);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  BsBarHead head = { .max_bytes = BS_BAR_PEEK_HEAD_BYTES };

  /* Of what is no plain file one cannot look at the beginning without taking it. */
  g_autoptr (GFileInfo) info = g_file_query_info (
    file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_READ, "%s: is not a plain file", path);
      return NULL;
    }
  self->size = (guint64) MAX (g_file_info_get_size (info), 0);
  self->head = bs_bar_file_load_head (path, options, &head, cancellable, error);
  if (self->head == NULL)
    return NULL;
  self->has_header = head.layout.has_header;
  self->whole = !head.cut;
  self->gzipped = head.gzipped;
  if (self->head->format_detected)
    self->lookalike = bs_bar_format_lookalike (self->head->format);
  if (self->whole)
    {
      self->n_estimated = self->head->n_rows;
      self->last_close_us = last_close (self->head);
    }
  else if (!self->gzipped)
    take_samples (self, &head, cancellable);
  else
    self->last_close_us = G_MININT64;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  self->doubts = find_doubts (self, options);
  return g_steal_pointer (&self);
}
