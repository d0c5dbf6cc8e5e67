/* bs-signal-export.c: the rows of the signal log, as a file */
#include "app/bs-signal-export.h"

#include <math.h>
#include <string.h>

#include "app/commands/bs-iso-time.h"
#include "app/feeds/bs-file-writer.h"

/* Text gathered before it is written. */
#define BLOCK_BYTES 65536
/* Digits that tell any two floats, any two doubles apart. */
#define CONFIDENCE "%.9g"
#define PRICE "%.17g"

typedef struct
{
  const char *name;
  const char *begin, *end, *between;
  void (*append) (GString *text, const BsSignalLogEntry *entry);
} Format;

static const char *
true_false (gboolean value)
{
  return value ? "true" : "false";
}

/* As short as it can be and still be read back to the same number: 4750.25, not 4750.2500000000000. */
static void
append_number (GString *text, const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.15g", value);
  if (g_ascii_strtod (number, NULL) != value)
    g_ascii_formatd (number, sizeof number, format, value);
  g_string_append (text, number);
}

static void
csv_append (GString *text, const BsSignalLogEntry *entry)
{
  char time[BS_ISO_TIME_SIZE], number[G_ASCII_DTOSTR_BUF_SIZE];

  bs_iso_time_format (time, entry->time_us);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT ",%s,%s,%s,%s,%s,", entry->index, time,
                          bs_class_name (entry->raw_class), bs_class_name (entry->klass),
                          g_ascii_formatd (number, sizeof number, CONFIDENCE, entry->confidence),
                          true_false (entry->in_range));
  append_number (text, PRICE, entry->price);
  g_string_append_printf (text, ",%s,", true_false (entry->filtered));
  if (entry->total_ns > 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, entry->total_ns);
  g_string_append_c (text, '\n');
}

static void
json_append (GString *text, const BsSignalLogEntry *entry)
{
  char time[BS_ISO_TIME_SIZE], number[G_ASCII_DTOSTR_BUF_SIZE];

  bs_iso_time_format (time, entry->time_us);
  g_string_append_printf (text,
                          "\n  {\"row\": %" G_GUINT64_FORMAT ", \"time\": \"%s\", \"raw_signal\": \"%s\", \"signal\": "
                          "\"%s\", \"confidence\": %s, \"in_range\": %s, \"close\": ",
                          entry->index, time, bs_class_name (entry->raw_class), bs_class_name (entry->klass),
                          g_ascii_formatd (number, sizeof number, CONFIDENCE, entry->confidence),
                          true_false (entry->in_range));
  append_number (text, PRICE, entry->price);
  g_string_append_printf (text, ", \"filtered\": %s, \"total_ns\": ", true_false (entry->filtered));
  if (entry->total_ns > 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT "}", entry->total_ns);
  else
    g_string_append (text, "null}");
}

static const Format formats[] = {
  { "csv", "row,time,raw_signal,signal,confidence,in_range,close,filtered,total_ns\n", "", "", csv_append },
  { "json", "[", "\n]\n", ",", json_append },
};

const char *
bs_signal_export_format (const char *path, const char *wanted)
{
  g_autofree char *name = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (name, ".gz"))
    name[strlen (name) - 3] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *suffix = g_strconcat (".", formats[i].name, NULL);
      if (g_str_has_suffix (name, suffix))
        return formats[i].name;
    }
  return wanted;
}

static gboolean
write_rows (BsFileWriter *writer, const Format *format, const BsSignalLogCopy *rows, GError **error)
{
  g_autoptr (GString) text = g_string_new (format->begin);

  for (guint i = 0; i < rows->n; i++)
    {
      if (i > 0)
        g_string_append (text, format->between);
      format->append (text, bs_signal_log_copy_row (rows, i));
      if (text->len < BLOCK_BYTES)
        continue;
      if (!bs_file_writer_write (writer, text->str, text->len, error))
        return FALSE;
      g_string_truncate (text, 0);
    }
  g_string_append (text, format->end);
  return bs_file_writer_write (writer, text->str, text->len, error) && bs_file_writer_commit (writer, error);
}

gboolean
bs_signal_export_write (const char *path, const char *format, const BsSignalLogCopy *rows, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      if (!g_str_equal (formats[i].name, format))
        continue;
      g_autoptr (BsFileWriter) writer = bs_file_writer_new (path, error);
      return writer != NULL && write_rows (writer, &formats[i], rows, error);
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no format \"%s\": expected csv or json", path, format);
  return FALSE;
}

/* On a thread of its own. */

typedef struct
{
  char *path, *format;
  BsSignalLogCopy *rows;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->format);
  bs_signal_log_copy_free (job->rows);
  g_free (job);
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (bs_signal_export_write (job->path, job->format, job->rows, &error))
    g_task_return_int (task, job->rows->n);
  else
    g_task_return_error (task, error);
}

void
bs_signal_export_async (const char *path, const char *format, BsSignalLogCopy *rows, GAsyncReadyCallback callback,
                        gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  Job *job = g_new (Job, 1);

  *job = (Job){ g_strdup (path), g_strdup (format), rows };
  g_task_set_source_tag (task, bs_signal_export_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run);
}

gboolean
bs_signal_export_finish (GAsyncResult *result, guint *n, GError **error)
{
  gssize written = g_task_propagate_int (G_TASK (result), error);

  if (written < 0)
    return FALSE;
  *n = (guint) written;
  return TRUE;
}
