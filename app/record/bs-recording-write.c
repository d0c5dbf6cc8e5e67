/* bs-recording-write.c: records to lines */
#include "app/record/bs-recording-text.h"

#include <math.h>

#include "app/commands/bs-json-text.h"

/* Digits that tell any two doubles apart: read again, the bits are the same. */
#define NUMBER "%.17g"

static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  if (value == 0 && signbit (value))
    g_string_append (text, "-0.0"); /* as an integer it would lose its sign */
  else
    g_string_append (text, isfinite (value) ? g_ascii_formatd (buffer, sizeof buffer, NUMBER, value) : "null");
}

static void
append_member (GString *text, const char *name, double value)
{
  g_string_append_printf (text, ",\"%s\":", name);
  append_number (text, value);
}

static void
append_string (GString *text, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value != NULL ? value : "", -1);
  g_autofree char *quoted = bs_json_text_quote (valid);
  g_string_append_printf (text, ",\"%s\":%s", name, quoted);
}

static void
append_flag (GString *text, const char *name, gboolean value)
{
  g_string_append_printf (text, ",\"%s\":%s", name, value ? "true" : "false");
}

static void
append_options (GString *text, const BsOptions *options)
{
  g_autofree char *json = bs_options_to_json (options);
  g_string_append_printf (text, ",\"options\":%s", json);
  if (options->device[0] != '\0')
    append_string (text, "device", options->device);
}

static void
append_shape (GString *text, const char *name, const BsRecordingShape *shape)
{
  g_string_append_printf (text, ",\"%s\":{\"bar_length_us\":%" G_GINT64_FORMAT ",\"stamp\":\"%s\"}", name,
                          shape->bar_length_us, shape->stamp == BS_STAMP_START ? "start" : "end");
}

void
bs_recording_text_header (GString *text, const BsRecordingHeader *header)
{
  g_string_append_printf (text, BS_RECORDING_MAGIC "%d,\"started_us\":%" G_GINT64_FORMAT, BS_RECORDING_VERSION,
                          header->started_us);
  append_string (text, "build", header->build);
  append_string (text, "machine", header->machine);
  append_string (text, "instrument", header->instrument);
  g_string_append_printf (text, ",\"decimals\":%u", header->decimals);
  append_string (text, "model_name", header->model_name);
  append_string (text, "model_hash", header->model_hash);
  append_member (text, "threshold", header->threshold);
  append_shape (text, "primary", &header->primary);
  if (header->has_secondary)
    append_shape (text, "secondary", &header->secondary);
  append_options (text, &header->options);
  g_string_append (text, "}\n");
}

/* [time, open, high, low, close, volume, bid volume, ask volume, P&L, goal, loss] */
static void
append_bar (GString *text, const BsBar *bar)
{
  const double values[] = { bar->open,       bar->high,       bar->low,       bar->close,      bar->volume,
                            bar->bid_volume, bar->ask_volume, bar->daily_pnl, bar->daily_goal, bar->daily_max_loss };
  g_string_append_printf (text, ",\"bar\":[%" G_GINT64_FORMAT, bar->time_us);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_string_append_c (text, ',');
      append_number (text, values[i]);
    }
  g_string_append_c (text, ']');
}

static void
append_signal (GString *text, const BsSignal *signal)
{
  g_string_append_printf (text, ",\"signal\":{\"row\":%" G_GUINT64_FORMAT, signal->row);
  append_member (text, "hurst", signal->hurst);
  append_member (text, "hurst_c", signal->hurst_c);
  append_member (text, "atr", signal->atr);
  if (signal->state != BS_SIGNAL_READY)
    {
      g_string_append_printf (text, ",\"rows_missing\":%u}", signal->rows_missing);
      return;
    }
  append_string (text, "signal", bs_class_name (signal->klass));
  append_string (text, "raw_signal", bs_class_name (signal->raw_class));
  append_member (text, "confidence", signal->confidence);
  g_string_append (text, ",\"probabilities\":[");
  for (guint klass = 0; klass < BS_N_CLASSES; klass++)
    {
      if (klass > 0)
        g_string_append_c (text, ',');
      append_number (text, signal->probabilities[klass]);
    }
  g_string_append_c (text, ']');
  append_flag (text, "filtered", signal->filtered);
  append_flag (text, "in_range", signal->in_range);
  g_string_append_printf (text, ",\"n_out_of_range\":%u}", signal->n_out_of_range);
}

void
bs_recording_text_record (GString *text, const BsRecord *record)
{
  static const char *const kinds[] = {
    [BS_RECORD_HISTORY] = "history", [BS_RECORD_SECONDARY] = "secondary", [BS_RECORD_BAR] = "bar",
    [BS_RECORD_REFUSED] = "refused", [BS_RECORD_SWITCH] = "switch",       [BS_RECORD_THRESHOLD] = "threshold",
    [BS_RECORD_MODEL] = "model",     [BS_RECORD_RESET] = "reset",         [BS_RECORD_END] = "end",
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == BS_N_RECORD_KINDS);

  g_string_append_printf (text, "{\"kind\":\"%s\",\"index\":%" G_GUINT64_FORMAT, kinds[record->kind], record->index);
  switch (record->kind)
    {
    case BS_RECORD_HISTORY:
    case BS_RECORD_SECONDARY:
      append_bar (text, &record->bar);
      break;
    case BS_RECORD_BAR:
      append_bar (text, &record->bar);
      g_string_append_printf (text, ",\"arrival_us\":%" G_GINT64_FORMAT, record->arrival_us);
      if (record->has_due)
        g_string_append_printf (text, ",\"due_us\":%" G_GINT64_FORMAT, record->due_us);
      if (record->answered)
        append_signal (text, &record->signal);
      else
        append_string (text, "error", record->text);
      break;
    case BS_RECORD_REFUSED:
      append_string (text, "error", record->text);
      break;
    case BS_RECORD_SWITCH:
      append_options (text, &record->options);
      break;
    case BS_RECORD_THRESHOLD:
      append_member (text, "threshold", record->threshold);
      break;
    case BS_RECORD_MODEL:
      append_string (text, "model_hash", record->text);
      break;
    case BS_RECORD_RESET:
    case BS_RECORD_END:
      break;
    case BS_N_RECORD_KINDS:
    default:
      g_assert_not_reached ();
    }
  g_string_append (text, "}\n");
}
