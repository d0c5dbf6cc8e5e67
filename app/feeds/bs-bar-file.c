#include "app/feeds/bs-bar-file.h"

#include <string.h>

#include "app/feeds/bs-bar-format.h"
#include "app/feeds/bs-bar-peek.h"
#include "app/feeds/bs-bar-reader.h"
#include "app/feeds/bs-bar-tail.h"
#include "app/feeds/bs-byte-source.h"
#include "app/feeds/bs-zone.h"

/* clang-format off */
G_DEFINE_QUARK (bs_bar_file_error, bs_bar_file_error)
/* clang-format on */

#define BUFFER_BYTES (256 * 1024)
/* Lines that detection looks at. */
#define MAX_HEAD_LINES 10

/* A window over the file that moves by whole lines. */
typedef struct
{
  BsByteSource *source;
  guint8 *bytes;
  gsize start, end;
  guint64 n_read; /* bytes since the beginning of the file, those in the buffer included */
  gboolean ended;
  gboolean whole_lines; /* what has no end is no line yet: more is expected */
  guint64 max_bytes;    /* read at most; 0: all */
  gboolean cut;         /* there is more */
  char line_end; /* '\n', or '\r' as old Macs wrote */
} BsLineBuffer;

static void
refused_row_clear (gpointer data)
{
  BsRefusedRow *row = data;
  g_free (row->reason);
}

void
bs_bar_file_free (BsBarFile *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  bs_bar_series_free (self->series);
  g_free (self->timezone);
  g_clear_pointer (&self->refused, g_array_unref);
  g_clear_pointer (&self->gaps, g_array_unref);
  g_free (self);
}

BsBarFile *
bs_bar_file_new (const char *path)
{
  BsBarFile *self = g_new0 (BsBarFile, 1);

  self->path = g_strdup (path);
  self->refused = g_array_new (FALSE, FALSE, sizeof (BsRefusedRow));
  g_array_set_clear_func (self->refused, refused_row_clear);
  self->gaps = g_array_new (FALSE, FALSE, sizeof (BsBarGap));
  return self;
}

BsBarFile *
bs_bar_file_newest (const BsBarFile *self, gsize n)
{
  const BsBarSeries *series = self->series;
  gsize length = bs_bar_series_length (series);
  BsBarFile *newest = g_memdup2 (self, sizeof *self);

  newest->path = g_strdup (self->path);
  newest->timezone = g_strdup (self->timezone);
  newest->refused = g_array_ref (self->refused);
  newest->gaps = g_array_ref (self->gaps);
  newest->series = bs_bar_series_new (n, bs_bar_series_bar_length (series), bs_bar_series_stamp (series));
  bs_bar_series_copy_tail (newest->series, series, bs_bar_series_max_bars (newest->series));
  gsize n_left = length - bs_bar_series_length (newest->series);
  if (n_left > 0 && self->n_older == 0)
    newest->older_closed_us = bs_bar_series_close_time (series, bs_bar_series_first (series));
  newest->n_older += n_left;
  return newest;
}

/* Moves what is left to the front and reads until the buffer is full or the file ends. */
static gboolean
fill (BsLineBuffer *buffer, GCancellable *cancellable, GError **error)
{
  memmove (buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
  buffer->end -= buffer->start;
  buffer->start = 0;
  while (!buffer->ended && buffer->end < BUFFER_BYTES)
    {
      gsize room = BUFFER_BYTES - buffer->end;
      if (buffer->max_bytes > 0)
        room = (gsize) MIN (room, buffer->max_bytes - buffer->n_read);
      if (room == 0)
        {
          buffer->cut = buffer->ended = buffer->whole_lines = TRUE;
          break;
        }
      gssize n = bs_byte_source_read (buffer->source, buffer->bytes + buffer->end, room, cancellable, error);
      if (n < 0)
        return FALSE;
      buffer->ended = n == 0;
      buffer->end += n;
      buffer->n_read += n;
    }
  return TRUE;
}

/* The next line within the buffer; %FALSE where it is not there to its end. */
static gboolean
next_line (BsLineBuffer *buffer, const char **line, gsize *length)
{
  const guint8 *start = buffer->bytes + buffer->start;
  gsize left = buffer->end - buffer->start;
  const guint8 *end = left > 0 ? memchr (start, buffer->line_end, left) : NULL;

  if (end == NULL && (!buffer->ended || buffer->whole_lines || left == 0))
    return FALSE;
  *line = (const char *) start;
  *length = end != NULL ? (gsize) (end - start) : left;
  buffer->start += *length + (end != NULL);
  return TRUE;
}

/* What is no text at all gets a message of its own. */
static gboolean
check_head (BsLineBuffer *buffer, const char *name, GError **error)
{
  static const struct
  {
    const char *magic;
    gsize length;
    const char *what;
  } others[] = {
    { "PK\003\004", 4, "is a zip archive: unpack it first" },
    { "\xff\xfe", 2, "is UTF-16 text: save it as UTF-8" },
    { "\xfe\xff", 2, "is UTF-16 text: save it as UTF-8" },
    { "\x1f\x8b", 2, "is gzipped twice: unpack it first" },
  };
  const guint8 *bytes = buffer->bytes;

  if (buffer->end == 0)
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_NO_BARS, "%s: is empty", name);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (buffer->end >= others[i].length && memcmp (bytes, others[i].magic, others[i].length) == 0)
      {
        g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT, "%s: %s", name, others[i].what);
        return FALSE;
      }

  if (buffer->end >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0)
    buffer->start = 3;
  gsize left = buffer->end - buffer->start;
  buffer->line_end
    = memchr (bytes + buffer->start, '\n', left) == NULL && memchr (bytes + buffer->start, '\r', left) != NULL ? '\r'
                                                                                                               : '\n';
  return TRUE;
}

/* The first lines that are not blank, without moving on. */
static guint
head_lines (BsLineBuffer *buffer, BsField lines[MAX_HEAD_LINES])
{
  gsize start = buffer->start;
  guint n = 0;
  const char *line;
  gsize length;

  while (n < MAX_HEAD_LINES && next_line (buffer, &line, &length))
    {
      while (length > 0 && g_ascii_isspace (line[length - 1]))
        length--;
      if (length > 0)
        lines[n++] = (BsField){ line, MIN (length, BS_BAR_READER_MAX_LINE + 1) };
    }
  buffer->start = start;
  return n;
}

/* Whether it begins as a binary format does, and is to be read as that. %FALSE with an error where it is not what was asked for. */
static gboolean
detect_binary (const BsLineBuffer *buffer, const BsBarFormat *wanted, const BsBarFormat **found, GError **error)
{
  *found = NULL;
  for (guint i = 0; bs_bar_format_nth (i) != NULL; i++)
    {
      const BsBarFormat *format = bs_bar_format_nth (i);
      gsize length = format->magic != NULL ? strlen (format->magic) : 0;
      if (format->magic == NULL || (wanted != NULL && wanted != format))
        continue;
      if (buffer->end >= BS_SCID_HEADER_BYTES && memcmp (buffer->bytes, format->magic, length) == 0)
        {
          *found = format;
          return bs_scid_check_header (buffer->bytes, error);
        }
      if (wanted == NULL)
        continue;
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT, "does not begin with '%s' as %s files do",
                   format->magic, format->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
detect (BsLineBuffer *buffer, const char *name, const BsBarFormat *wanted, BsBarLayout *layout, GError **error)
{
  BsField lines[MAX_HEAD_LINES];
  const BsBarFormat *binary;

  if (!detect_binary (buffer, wanted, &binary, error))
    {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  if (binary != NULL)
    {
      *layout = (BsBarLayout){ .format = binary };
      return TRUE;
    }

  if (!check_head (buffer, name, error))
    return FALSE;
  guint n = head_lines (buffer, lines);
  if (n == 0 && buffer->ended && !buffer->cut)
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_NO_BARS, "%s: has only blank lines", name);
      return FALSE;
    }
  if (n == 0 || lines[0].length > BS_BAR_READER_MAX_LINE || memchr (lines[0].text, '\0', lines[0].length) != NULL)
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT, "%s: is not a text file of bars (%s)", name,
                   n == 0 || lines[0].length > BS_BAR_READER_MAX_LINE ? "its first line does not end" : "binary data");
      return FALSE;
    }
  if (bs_bar_format_detect (wanted, lines, n, layout, error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

/* Leaves out the rest of a line that is too long. */
static gboolean
skip_line (BsLineBuffer *buffer, GCancellable *cancellable, GError **error)
{
  const char *line;
  gsize length;

  while (!next_line (buffer, &line, &length))
    {
      buffer->start = buffer->end;
      if (!fill (buffer, cancellable, error))
        return FALSE;
      if (buffer->end == 0)
        return TRUE;
    }
  return TRUE;
}

static gboolean
read_lines (BsLineBuffer *buffer, BsBarReader *reader, BsProgressFunc progress, gpointer progress_data,
            GCancellable *cancellable, GError **error)
{
  const char *line;
  gsize length;

  for (;;)
    {
      while (next_line (buffer, &line, &length))
        bs_bar_reader_take (reader, line, length);
      if (progress != NULL)
        progress (bs_byte_source_fraction (buffer->source), progress_data);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (buffer->ended)
        return TRUE;
      if (buffer->end - buffer->start > BS_BAR_READER_MAX_LINE)
        {
          bs_bar_reader_take_overlong (reader);
          if (!skip_line (buffer, cancellable, error))
            return FALSE;
          continue;
        }
      if (!fill (buffer, cancellable, error))
        return FALSE;
    }
}

/* All records of a binary file, the header being in the buffer. */
static gboolean
read_records (BsLineBuffer *buffer, BsScidReader *reader, BsProgressFunc progress, gpointer progress_data,
              GCancellable *cancellable, GError **error)
{
  buffer->start = BS_SCID_HEADER_BYTES;
  for (;;)
    {
      for (; buffer->end - buffer->start >= BS_SCID_RECORD_BYTES; buffer->start += BS_SCID_RECORD_BYTES)
        bs_scid_reader_take (reader, buffer->bytes + buffer->start);
      if (progress != NULL)
        progress (bs_byte_source_fraction (buffer->source), progress_data);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (buffer->ended)
        break;
      if (!fill (buffer, cancellable, error))
        return FALSE;
    }
  if (buffer->start < buffer->end && !buffer->whole_lines)
    bs_scid_reader_take_rest (reader, buffer->end - buffer->start);
  return TRUE;
}

/* Whether there are bars; an error that says why not. */
static gboolean
check_bars (const BsBarFile *self, const char *name, GError **error)
{
  if (bs_bar_series_length (self->series) > 0)
    return TRUE;
  if (self->n_rows == 0)
    g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_NO_BARS, "%s: has a header but no %s", name,
                 self->format->magic != NULL ? "records" : "rows");
  else
    {
      const BsRefusedRow *first = &g_array_index (self->refused, BsRefusedRow, 0);
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_NO_BARS,
                   "%s: no bar can be read as %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                   " rows are bad; line %" G_GUINT64_FORMAT ": %s",
                   name, self->format->name, self->n_refused, self->n_rows, first->line, first->reason);
    }
  return FALSE;
}

/* @follow: (nullable) (out): where to go on reading what is appended */
static void
refuse_format (const char *name, GError **error)
{
  g_autofree char *names = bs_bar_format_names ();
  g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_OPTION, "there is no bar format '%s' (expected %s)", name,
               names);
}

static void
refuse_zone (const char *name, GError **error)
{
  g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_OPTION,
               "there is no time zone '%s' (expected a name such as America/New_York, UTC, local, or +01:00)", name);
}

gboolean
bs_bar_file_options_check (const BsBarFileOptions *options, GError **error)
{
  g_autoptr (BsZone) zone = NULL;

  g_return_val_if_fail (options != NULL, FALSE);

  if (options->format != NULL && bs_bar_format_find (options->format) == NULL)
    refuse_format (options->format, error);
  else if (options->timezone != NULL && (zone = bs_zone_new (options->timezone)) == NULL)
    refuse_zone (options->timezone, error);
  else
    return TRUE;
  return FALSE;
}

static BsBarFile *
load (BsByteSource *source, const char *name, const BsBarFileOptions *options, BsBarFollow *follow, BsBarHead *head,
      BsProgressFunc progress, gpointer progress_data, GCancellable *cancellable, GError **error)
{
  static const BsBarFileOptions defaults = BS_BAR_FILE_OPTIONS_INIT;
  const BsBarFormat *wanted = NULL;
  BsBarLayout layout;

  if (options == NULL)
    options = &defaults;
  if (options->format != NULL && (wanted = bs_bar_format_find (options->format)) == NULL)
    {
      refuse_format (options->format, error);
      return NULL;
    }

  g_autofree guint8 *bytes = g_malloc (BUFFER_BYTES);
  BsLineBuffer buffer = { .source = source, .bytes = bytes, .whole_lines = follow != NULL,
                          .max_bytes = head != NULL ? head->max_bytes : 0 };
  if (!fill (&buffer, cancellable, error) || !detect (&buffer, name, wanted, &layout, error))
    return NULL;

  g_autoptr (BsBarFile) self = bs_bar_file_new (name);
  const char *zone = options->timezone != NULL ? options->timezone : "UTC";
  self->format = layout.format;
  self->format_detected = wanted == NULL;
  self->timezone = g_strdup (layout.format->timezone != NULL ? layout.format->timezone : zone);
  self->series
    = bs_bar_series_new (options->max_bars, 0, options->stamp >= 0 ? (BsStamp) options->stamp : layout.format->stamp);

  g_autoptr (BsBarReader) reader = NULL;
  g_autoptr (BsScidReader) records = NULL;
  if (layout.format->magic != NULL)
    {
      records = bs_scid_reader_new (self);
      if (!read_records (&buffer, records, progress, progress_data, cancellable, error))
        return NULL;
      bs_scid_reader_finish (records, follow == NULL && !buffer.cut);
    }
  else
    {
      reader = bs_bar_reader_new (&layout, self->timezone, self);
      if (reader == NULL)
        {
          refuse_zone (self->timezone, error);
          return NULL;
        }
      if (!read_lines (&buffer, reader, progress, progress_data, cancellable, error))
        return NULL;
      bs_bar_reader_finish (reader);
    }
  if (head != NULL)
    {
      head->layout = layout;
      head->line_end = buffer.line_end;
      head->cut = buffer.cut;
      head->gzipped = bs_byte_source_is_gzipped (source);
      head->n_bytes = buffer.n_read;
    }
  else if (!check_bars (self, name, error))
    return NULL;
  if (progress != NULL)
    progress (1, progress_data);
  if (follow != NULL)
    *follow = (BsBarFollow){
      .rows = g_steal_pointer (&reader),
      .records = g_steal_pointer (&records),
      .offset = buffer.n_read - (buffer.end - buffer.start),
      .line_end = buffer.line_end,
    };
  return g_steal_pointer (&self);
}

BsBarFile *
bs_bar_file_load (const char *path, const BsBarFileOptions *options, BsProgressFunc progress, gpointer progress_data,
                  GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  g_autoptr (BsByteSource) source = bs_byte_source_open (path, cancellable, error);
  if (source == NULL)
    return NULL;
  return load (source, path, options, NULL, NULL, progress, progress_data, cancellable, error);
}

BsBarFile *
bs_bar_file_load_bytes (const guint8 *data, gsize size, const char *name, const BsBarFileOptions *options,
                        GError **error)
{
  g_return_val_if_fail (data != NULL || size == 0, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  g_autoptr (BsByteSource) source = bs_byte_source_new_from_memory (data, size, name, error);
  if (source == NULL)
    return NULL;
  return load (source, name, options, NULL, NULL, NULL, NULL, NULL, error);
}

BsBarFile *
bs_bar_file_load_head (const char *path, const BsBarFileOptions *options, BsBarHead *head, GCancellable *cancellable,
                       GError **error)
{
  g_return_val_if_fail (head != NULL && head->max_bytes > 0, NULL);

  g_autoptr (BsByteSource) source = bs_byte_source_open (path, cancellable, error);
  if (source == NULL)
    return NULL;
  return load (source, path, options, NULL, head, NULL, NULL, cancellable, error);
}

BsBarFile *
bs_bar_file_load_followed (const char *path, const BsBarFileOptions *options, BsBarFollow *follow,
                           GCancellable *cancellable, GError **error)
{
  g_autoptr (BsByteSource) source = bs_byte_source_open (path, cancellable, error);
  if (source == NULL)
    return NULL;
  if (bs_byte_source_is_gzipped (source))
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT, "%s: is gzipped: only a plain file can be followed",
                   path);
      return NULL;
    }
  return load (source, path, options, follow, NULL, NULL, NULL, cancellable, error);
}
