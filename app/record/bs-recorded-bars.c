#include "app/record/bs-recorded-bars.h"

/* Lines between two looks at whether it is cancelled. */
#define LINES_AT_ONCE 1024

static BsBarFile *
bar_file_new (const char *path, const BsRecordingShape *shape, guint decimals)
{
  BsBarFile *self = bs_bar_file_new (path);
  self->series = bs_bar_series_new (BS_PREDICTOR_MAX_BARS, shape->bar_length_us, shape->stamp);
  self->timezone = g_strdup ("UTC");
  self->decimals = decimals;
  return self;
}

void
bs_recorded_bars_free (BsRecordedBars *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->primary, bs_bar_file_free);
  g_clear_pointer (&self->secondary, bs_bar_file_free);
  g_clear_pointer (&self->changes, g_array_unref);
  g_free (self->instrument);
  g_free (self->model_name);
  g_free (self->model_hash);
  g_free (self);
}

static BsSessionChange *
newest_change (BsRecordedBars *self)
{
  return &g_array_index (self->changes, BsSessionChange, self->changes->len - 1);
}

/* The change at the next bar, which begins as what is in force. */
static BsSessionChange *
change_here (BsRecordedBars *self)
{
  BsSessionChange change = *newest_change (self);
  guint64 index = bs_bar_series_end (self->primary->series);
  if (change.index != index)
    {
      change.index = index;
      g_array_append_val (self->changes, change);
    }
  return newest_change (self);
}

static void
take_reset (BsRecordedBars *self)
{
  BsSessionChange change = *newest_change (self);
  change.index = 0;
  g_array_set_size (self->changes, 0);
  g_array_append_val (self->changes, change);
  bs_bar_series_clear (self->primary->series);
  if (self->secondary != NULL)
    bs_bar_series_clear (self->secondary->series);
  self->n_history = 0;
  self->n_switches = 0;
}

static gboolean
take (BsRecordedBars *self, const BsRecord *record, GError **error)
{
  BsBarSeries *primary = self->primary->series;
  switch (record->kind)
    {
    case BS_RECORD_HISTORY:
      self->n_history++;
      return bs_bar_series_append (primary, &record->bar, error);
    case BS_RECORD_BAR:
      return bs_bar_series_append (primary, &record->bar, error);
    case BS_RECORD_SECONDARY:
      if (self->secondary != NULL)
        return bs_bar_series_append (self->secondary->series, &record->bar, error);
      g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT,
                   "kind: expected no secondary bars, since the first line speaks of none");
      return FALSE;
    case BS_RECORD_SWITCH:
      self->n_switches++;
      change_here (self)->options = record->options;
      return TRUE;
    case BS_RECORD_THRESHOLD:
      change_here (self)->threshold = record->threshold;
      return TRUE;
    case BS_RECORD_MODEL:
      self->n_models++;
      return TRUE;
    case BS_RECORD_RESET:
      take_reset (self);
      return TRUE;
    case BS_RECORD_REFUSED:
    case BS_RECORD_END:
    case BS_N_RECORD_KINDS:
    default:
      return TRUE;
    }
}

static gboolean
read_all (BsRecordedBars *self, BsRecordingReader *reader, GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  for (;;)
    {
      g_auto (BsRecord) record = { 0 };
      guint64 line = bs_recording_reader_line (reader);
      if (line % LINES_AT_ONCE == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!bs_recording_reader_next (reader, &record, &local))
        break;
      if (take (self, &record, &local))
        continue;
      g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT, "%s: line %" G_GUINT64_FORMAT ": %s",
                   bs_recording_reader_name (reader), line + 1, local->message);
      g_error_free (local);
      return FALSE;
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (bs_bar_series_length (self->primary->series) > 0)
    return TRUE;
  g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_CONTENT, "%s: expected bars, there is none",
               bs_recording_reader_name (reader));
  return FALSE;
}

BsRecordedBars *
bs_recorded_bars_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (BsRecordingReader) reader = bs_recording_reader_open (path, error);
  if (reader == NULL)
    return NULL;
  const BsRecordingHeader *header = bs_recording_reader_header (reader);
  BsSessionChange first = { .index = 0, .options = header->options, .threshold = header->threshold };
  g_autoptr (BsRecordedBars) self = g_new0 (BsRecordedBars, 1);
  self->primary = bar_file_new (path, &header->primary, header->decimals);
  if (header->has_secondary)
    self->secondary = bar_file_new (path, &header->secondary, header->decimals);
  self->changes = g_array_new (FALSE, FALSE, sizeof (BsSessionChange));
  g_array_append_val (self->changes, first);
  self->instrument = g_strdup (header->instrument);
  self->model_name = g_strdup (header->model_name);
  self->model_hash = g_strdup (header->model_hash);
  self->started_us = header->started_us;
  if (!read_all (self, reader, cancellable, error))
    return NULL;
  self->ended = bs_recording_reader_ended (reader);
  self->primary->n_rows = bs_bar_series_length (self->primary->series);
  if (self->secondary != NULL)
    self->secondary->n_rows = bs_bar_series_length (self->secondary->series);
  return g_steal_pointer (&self);
}
