#include "app/bs-latency-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-json-text.h"
#include "app/feeds/bs-file-writer.h"
#include "ui/latency/bs-latency-figures.h"

/* Entries read from the trace at a time. */
#define READ_MAX 2048
#define NS_PER_US 1000.0

BsLatencyExport *
bs_latency_export_new (const char *path, const char *format)
{
  BsLatencyExport *self = g_new0 (BsLatencyExport, 1);

  self->path = g_strdup (path);
  self->format = g_strdup (format);
  return self;
}

void
bs_latency_export_free (BsLatencyExport *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->format);
  g_clear_pointer (&self->trace, bs_trace_unref);
  g_clear_pointer (&self->marks, bs_latency_marks_free);
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    g_clear_pointer (&self->sides[side], bs_latency_chosen_free);
  g_clear_object (&self->picture);
  g_free (self);
}

static gboolean
contains (const BsLatencyChosen *chosen, guint64 number)
{
  if (chosen == NULL || chosen->all)
    return chosen != NULL;
  for (guint i = 0; i < chosen->ranges->len; i++)
    {
      const BsLatencyRange *range = &g_array_index (chosen->ranges, BsLatencyRange, i);
      if (number >= range->from && number < range->to)
        return TRUE;
    }
  return FALSE;
}

/* Called with each prediction that the trace holds, in order. */
typedef gboolean (*EntryFunc) (BsLatencyExport *self, guint64 number, const BsTraceEntry *entry, gpointer data,
                               GError **error);

/* Up to what is there now: a live trace goes on growing. */
static gboolean
foreach_entry (BsLatencyExport *self, EntryFunc func, gpointer data, GError **error)
{
  g_autofree BsTraceEntry *entries = g_new (BsTraceEntry, READ_MAX);
  guint64 end = bs_trace_count (self->trace), next = 0;
  gsize n;

  while (next < end && (n = bs_trace_read (self->trace, &next, entries, READ_MAX)) > 0)
    for (gsize i = 0; i < n && next - n + i < end; i++)
      if (!func (self, next - n + i, &entries[i], data, error))
        return FALSE;
  return TRUE;
}

/* CSV */

typedef struct
{
  BsFileWriter *writer;
  GString *line;
  guint64 n;
} Csv;

static gboolean
write_line (Csv *csv, GError **error)
{
  g_string_append_c (csv->line, '\n');
  gboolean written = bs_file_writer_write (csv->writer, csv->line->str, csv->line->len, error);
  g_string_truncate (csv->line, 0);
  return written;
}

static gboolean
write_entry (BsLatencyExport *self, guint64 number, const BsTraceEntry *entry, gpointer data, GError **error)
{
  Csv *csv = data;
  gboolean in_a = contains (self->sides[BS_LATENCY_A], number), in_b = contains (self->sides[BS_LATENCY_B], number);
  char time[BS_ISO_TIME_SIZE];

  if (!in_a && !in_b)
    return TRUE;
  bs_iso_time_format (time, entry->time_us);
  /* A state has commas, and no quotes. */
  g_string_append_printf (csv->line, "%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%s,%s%s,\"%s\"", number, entry->row,
                          time, in_a ? "A" : "", in_b ? "B" : "",
                          bs_latency_marks_stretch_state (self->marks, bs_latency_marks_find (self->marks, number)));
  for (guint s = 0; s < BS_N_STAGES; s++)
    if (entry->stage_ns[s] > 0)
      g_string_append_printf (csv->line, ",%u", entry->stage_ns[s]);
    else
      g_string_append_c (csv->line, ','); /* it did not run */
  csv->n++;
  return write_line (csv, error);
}

static gboolean
write_csv (BsLatencyExport *self, BsFileWriter *writer, guint64 *n, GError **error)
{
  g_autoptr (GString) line = g_string_new ("prediction,bar,time,side,state");
  Csv csv = { writer, line, 0 };

  for (guint s = 0; s < BS_N_STAGES; s++)
    g_string_append_printf (line, ",%s_ns", bs_stage_info ((BsStage) s)->name);
  if (!write_line (&csv, error) || !foreach_entry (self, write_entry, &csv, error))
    return FALSE;
  *n = csv.n;
  return TRUE;
}

/* JSON */

typedef struct
{
  BsHistogram *histograms[BS_LATENCY_N_SIDES][BS_N_STAGES];
} Json;

static gboolean
count_entry (BsLatencyExport *self, guint64 number, const BsTraceEntry *entry, gpointer data, GError **error)
{
  Json *json = data;

  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    if (self->sides[side] != NULL && !self->sides[side]->all && contains (self->sides[side], number))
      for (guint s = 0; s < BS_N_STAGES; s++)
        if (entry->stage_ns[s] > 0)
          bs_histogram_add (json->histograms[side][s], entry->stage_ns[s]);
  return TRUE;
}

static void
append_figures (GString *text, const char *side, const BsLatencyChosen *chosen, BsStage stage,
                const BsLatencyFigures *figures)
{
  g_autofree char *of = bs_json_text_quote (chosen->title);
  const struct
  {
    const char *name;
    gint64 ns;
  } values[] = {
    { "min", figures->min }, { "p50", figures->p50 },    { "p95", figures->p95 },
    { "p99", figures->p99 }, { "p99.9", figures->p999 }, { "max", figures->max },
  };

  g_string_append_printf (text, "%s\n  {\"name\": \"%s/%s\", \"unit\": \"us\", \"n\": %" G_GUINT64_FORMAT,
                          text->len > 1 ? "," : "", side, bs_stage_info (stage)->name, figures->count);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_string_append_printf (text, ", \"%s\": %.3f", values[i].name, (double) values[i].ns / NS_PER_US);
  g_string_append_printf (text, ", \"of\": %s}", of);
}

static gboolean
write_json (BsLatencyExport *self, BsFileWriter *writer, guint64 *n, GError **error)
{
  g_autofree Json *json = g_new0 (Json, 1);
  g_autoptr (GString) text = g_string_new ("[");
  BsLatencyFigures figures;

  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    for (guint s = 0; s < BS_N_STAGES; s++)
      json->histograms[side][s] = bs_histogram_new ();
  foreach_entry (self, count_entry, json, NULL);
  *n = 0;
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    {
      const BsLatencyChosen *chosen = self->sides[side];
      for (guint s = 0; s < BS_N_STAGES && chosen != NULL; s++)
        {
          if (chosen->all)
            bs_trace_histogram (self->trace, (BsStage) s, json->histograms[side][s]);
          bs_latency_figures_read (&figures, json->histograms[side][s]);
          if (figures.count > 0)
            append_figures (text, bs_latency_side_letter (side), chosen, (BsStage) s, &figures);
          if (s == BS_STAGE_TOTAL)
            *n += figures.count;
        }
    }
  for (guint side = 0; side < BS_LATENCY_N_SIDES; side++)
    for (guint s = 0; s < BS_N_STAGES; s++)
      bs_histogram_free (json->histograms[side][s]);
  g_string_append (text, text->len > 1 ? "\n]\n" : "]\n");
  return bs_file_writer_write (writer, text->str, text->len, error);
}

static gboolean
write_png (BsLatencyExport *self, BsFileWriter *writer, guint64 *n, GError **error)
{
  g_autoptr (GBytes) png = gdk_texture_save_to_png_bytes (self->picture);

  *n = 0;
  return bs_file_writer_write (writer, g_bytes_get_data (png, NULL), g_bytes_get_size (png), error);
}

gboolean
bs_latency_export_write (BsLatencyExport *self, guint64 *n, GError **error)
{
  static const struct
  {
    const char *name;
    gboolean (*write) (BsLatencyExport *self, BsFileWriter *writer, guint64 *n, GError **error);
  } formats[] = { { "csv", write_csv }, { "json", write_json }, { "png", write_png } };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      if (!g_str_equal (formats[i].name, self->format))
        continue;
      g_autoptr (BsFileWriter) writer = bs_file_writer_new (self->path, error);
      return writer != NULL && formats[i].write (self, writer, n, error) && bs_file_writer_commit (writer, error);
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: no format \"%s\": expected csv, json or png", self->path,
               self->format);
  return FALSE;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autofree guint64 *n = g_new0 (guint64, 1);

  if (bs_latency_export_write (data, n, &error))
    g_task_return_pointer (task, g_steal_pointer (&n), g_free);
  else
    g_task_return_error (task, error);
}

void
bs_latency_export_async (BsLatencyExport *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);

  g_task_set_source_tag (task, bs_latency_export_async);
  g_task_set_task_data (task, self, (GDestroyNotify) bs_latency_export_free);
  g_task_run_in_thread (task, run);
}

gboolean
bs_latency_export_finish (GAsyncResult *result, guint64 *n, GError **error)
{
  g_autofree guint64 *written = g_task_propagate_pointer (G_TASK (result), error);

  if (written == NULL)
    return FALSE;
  *n = *written;
  return TRUE;
}
