#include "app/journal/bs-journal-export.h"

#include <string.h>

#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-json-text.h"
#include "app/feeds/bs-file-writer.h"

/* Text is handed on in pieces of about this size, bytes. */
#define PIECE 65536

typedef struct
{
  GString *text;
  BsJournalWriteFunc write;
  gpointer data;
  guint64 n;
  gboolean failed;
  GError *error;
} Export;

typedef struct
{
  const char *name;
  gboolean (*run) (BsJournalReader *reader, const BsJournalRunRow *row, Export *self, GError **error);
} Format;

static void
flush (Export *self, gsize least)
{
  if (self->text->len <= least || self->failed)
    return;
  self->failed = !self->write (self->text->str, self->text->len, self->data, &self->error);
  g_string_truncate (self->text, 0);
}

static void
add_time (Export *self, gint64 time_us)
{
  char text[BS_ISO_TIME_SIZE];
  bs_iso_time_format (text, time_us);
  g_string_append (self->text, text);
}

static void
add_number (Export *self, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (self->text, g_ascii_formatd (text, sizeof text, "%.15g", value));
  if (g_ascii_strtod (text, NULL) == value)
    return;
  g_string_truncate (self->text, self->text->len - strlen (text));
  g_string_append (self->text, g_ascii_formatd (text, sizeof text, "%.17g", value));
}

static void
csv_numbers (Export *self, const double *values, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_string_append_c (self->text, ',');
      add_number (self, values[i]);
    }
}

static gboolean
csv_bar (const BsJournalBar *bar, gpointer data)
{
  Export *self = data;
  const BsSignal *signal = &bar->signal;
  const BsBar *b = &bar->bar;
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT ",", bar->index);
  add_time (self, b->time_us);
  g_string_append_c (self->text, ',');
  add_time (self, bar->arrival_us);
  csv_numbers (self, (const double[]){ b->open, b->high, b->low, b->close, b->volume, b->bid_volume, b->ask_volume }, 7);
  if (bar->answered && signal->state == BS_SIGNAL_READY)
    {
      g_string_append_printf (self->text, ",%s,%s", bs_class_name (signal->klass), bs_class_name (signal->raw_class));
      csv_numbers (self, (const double[]){ signal->confidence, bar->threshold }, 2);
      csv_numbers (self, signal->probabilities, BS_N_CLASSES);
      g_string_append (self->text, signal->in_range ? ",true" : ",false");
    }
  else
    g_string_append (self->text, ",,,,,,,,");
  if (bar->answered)
    {
      csv_numbers (self, (const double[]){ signal->hurst, signal->atr }, 2);
      g_string_append_printf (self->text, ",%" G_GINT64_FORMAT ",%s\n", signal->stage_ns[BS_STAGE_TOTAL],
                              bar->config != NULL && bar->config->model_hash != NULL ? bar->config->model_hash : "");
    }
  else
    g_string_append (self->text, ",,,,\n");
  self->n++;
  flush (self, PIECE);
  return !self->failed;
}

static gboolean
export_csv (BsJournalReader *reader, const BsJournalRunRow *row, Export *self, GError **error)
{
  g_string_append (self->text, "bar,time,arrival,open,high,low,close,volume,bid_volume,ask_volume,signal,raw_signal,"
                               "confidence,threshold,p_short,p_hold,p_long,in_range,hurst,atr,total_ns,model_hash\n");
  return bs_journal_reader_each_bar (reader, row->id, 0, csv_bar, self, error);
}

static void
add_json_text (GString *text, const char *name, const char *value)
{
  g_autofree char *quoted = bs_json_text_quote (value);
  g_string_append_printf (text, "\"%s\": %s", name, quoted);
}

static void
add_json_time (GString *text, const char *name, gint64 time_us)
{
  char time[BS_ISO_TIME_SIZE];
  bs_iso_time_format (time, time_us);
  if (time_us != 0)
    g_string_append_printf (text, "\"%s\": \"%s\"", name, time);
  else
    g_string_append_printf (text, "\"%s\": null", name);
}

char *
bs_journal_run_row_to_json (const BsJournalRunRow *row)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "{\"run\": %" G_GINT64_FORMAT ", \"kind\": \"%s\", ", row->id,
                          bs_journal_run_kind_word (row->kind));
  add_json_text (text, "instrument", row->instrument);
  g_string_append (text, ", ");
  add_json_text (text, "origin", row->origin);
  g_string_append_printf (text, ", \"bar_length_s\": %.6g, \"stamp\": \"%s\", ", (double) row->bar_length_us / G_USEC_PER_SEC,
                          row->stamp == BS_STAMP_START ? "start" : "end");
  add_json_time (text, "started", row->started_us);
  g_string_append (text, ", ");
  add_json_time (text, "ended", row->ended_us);
  g_string_append_printf (text,
                          ", \"continues\": %" G_GINT64_FORMAT ", \"bars\": %" G_GUINT64_FORMAT
                          ", \"signals\": %" G_GUINT64_FORMAT ", \"long\": %" G_GUINT64_FORMAT
                          ", \"short\": %" G_GUINT64_FORMAT ", \"lost\": %" G_GUINT64_FORMAT ", ",
                          row->continues, row->n_bars, row->n_signals, row->n_long, row->n_short, row->n_lost);
  add_json_time (text, "first_bar", row->first_us);
  g_string_append (text, ", ");
  add_json_time (text, "last_bar", row->last_us);
  g_string_append (text, ", ");
  add_json_text (text, "model_name", row->model_name);
  g_string_append (text, ", ");
  add_json_text (text, "model_hash", row->model_hash);
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static void
json_number (Export *self, const char *name, double value)
{
  g_string_append_printf (self->text, ", \"%s\": ", name);
  add_number (self, value);
}

static gboolean
json_bar (const BsJournalBar *bar, gpointer data)
{
  Export *self = data;
  const BsSignal *signal = &bar->signal;
  const BsBar *b = &bar->bar;
  g_string_append_printf (self->text, "%s\n  {\"bar\": %" G_GUINT64_FORMAT ", ", self->n > 0 ? "," : "", bar->index);
  add_json_time (self->text, "time", b->time_us);
  g_string_append (self->text, ", ");
  add_json_time (self->text, "arrival", bar->arrival_us);
  json_number (self, "open", b->open);
  json_number (self, "high", b->high);
  json_number (self, "low", b->low);
  json_number (self, "close", b->close);
  json_number (self, "volume", b->volume);
  json_number (self, "bid_volume", b->bid_volume);
  json_number (self, "ask_volume", b->ask_volume);
  if (bar->answered)
    {
      json_number (self, "hurst", signal->hurst);
      json_number (self, "atr", signal->atr);
      g_string_append_printf (self->text, ", \"config\": %" G_GINT64_FORMAT, bar->config != NULL ? bar->config->id : 0);
    }
  if (bar->answered && signal->state == BS_SIGNAL_READY)
    {
      g_string_append_printf (self->text, ", \"signal\": \"%s\", \"raw_signal\": \"%s\"", bs_class_name (signal->klass),
                              bs_class_name (signal->raw_class));
      json_number (self, "confidence", signal->confidence);
      json_number (self, "threshold", bar->threshold);
      json_number (self, "p_short", signal->probabilities[BS_CLASS_SHORT]);
      json_number (self, "p_hold", signal->probabilities[BS_CLASS_HOLD]);
      json_number (self, "p_long", signal->probabilities[BS_CLASS_LONG]);
      g_string_append_printf (self->text, ", \"in_range\": %s", signal->in_range ? "true" : "false");
    }
  const char *separator = ", \"stage_ns\": {";
  for (guint i = 0; bar->answered && i < BS_N_STAGES; i++)
    if (signal->stage_ns[i] > 0)
      {
        g_string_append_printf (self->text, "%s\"%s\": %" G_GINT64_FORMAT, separator, bs_stage_info (i)->name,
                                signal->stage_ns[i]);
        separator = ", ";
      }
  g_string_append (self->text, separator[2] == '\0' ? "}}" : "}");
  self->n++;
  flush (self, PIECE);
  return !self->failed;
}

static gboolean
json_event (const BsJournalEvent *event, gpointer data)
{
  Export *self = data;
  g_string_append_printf (self->text, "%s\n  {\"alert\": %s, \"bar\": %" G_GUINT64_FORMAT ", ", self->n > 0 ? "," : "",
                          event->alert ? "true" : "false", event->bar);
  add_json_time (self->text, "time", event->time_us);
  g_string_append (self->text, ", ");
  add_json_text (self->text, "kind", event->kind);
  g_string_append (self->text, ", ");
  add_json_text (self->text, "text", event->text);
  g_string_append_c (self->text, '}');
  self->n++;
  flush (self, PIECE);
  return !self->failed;
}

static gboolean
export_json (BsJournalReader *reader, const BsJournalRunRow *row, Export *self, GError **error)
{
  g_autofree char *run = bs_journal_run_row_to_json (row);
  g_autoptr (GPtrArray) configs = bs_journal_reader_get_configs (reader, row->id, error);
  if (configs == NULL)
    return FALSE;
  g_string_append_printf (self->text, "{\"run\": %s,\n \"configs\": [", run);
  for (guint i = 0; i < configs->len; i++)
    {
      const BsJournalConfig *config = g_ptr_array_index (configs, i);
      g_string_append_printf (self->text, "%s\n  {\"config\": %" G_GINT64_FORMAT ", \"bar\": %" G_GUINT64_FORMAT ", ",
                              i > 0 ? "," : "", config->id, config->bar);
      add_json_text (self->text, "model_name", config->model_name);
      g_string_append (self->text, ", ");
      add_json_text (self->text, "model_hash", config->model_hash);
      /* JSON as the program wrote it; in a text, since a file is only a file. */
      g_string_append (self->text, ", ");
      add_json_text (self->text, "switches", config->switches);
      g_string_append_c (self->text, '}');
    }
  g_string_append (self->text, "],\n \"events\": [");
  if (!bs_journal_reader_each_event (reader, row->id, json_event, self, error))
    return FALSE;
  self->n = 0;
  g_string_append (self->text, "],\n \"bars\": [");
  if (!bs_journal_reader_each_bar (reader, row->id, 0, json_bar, self, error))
    return FALSE;
  g_string_append (self->text, "]}\n");
  return TRUE;
}

static const Format formats[] = { { "csv", export_csv }, { "json", export_json } };

gboolean
bs_journal_export (BsJournalReader *reader, gint64 run, const char *format, BsJournalWriteFunc write, gpointer data,
                   guint64 *n, GError **error)
{
  g_autoptr (BsJournalRunRow) row = bs_journal_reader_get_run (reader, run, error);
  if (row == NULL)
    return FALSE;
  Export self = { .text = g_string_new (NULL), .write = write, .data = data };
  gboolean good = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, format) == 0)
      good = formats[i].run (reader, row, &self, error);
  if (good)
    flush (&self, 0);
  g_string_free (self.text, TRUE);
  if (n != NULL)
    *n = self.n;
  if (self.error != NULL && good)
    g_propagate_error (error, g_steal_pointer (&self.error));
  g_clear_error (&self.error);
  return good && !self.failed;
}

static gboolean
write_to_file (const char *text, gsize size, gpointer writer, GError **error)
{
  return bs_file_writer_write (writer, text, size, error);
}

gboolean
bs_journal_export_to_file (const char *journal, gint64 run, const char *format, const char *path, guint64 *n,
                           GError **error)
{
  g_autoptr (BsJournalReader) reader = bs_journal_reader_open (journal, error);
  g_autoptr (BsFileWriter) writer = reader != NULL ? bs_file_writer_new (path, error) : NULL;
  return writer != NULL && bs_journal_export (reader, run, format, write_to_file, writer, n, error)
         && bs_file_writer_commit (writer, error);
}
