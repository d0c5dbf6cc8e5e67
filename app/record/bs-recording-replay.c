#include "app/record/bs-recording-replay.h"

#include <math.h>
#include <string.h>

/* Digits of a hash that tell models apart in a message. */
#define SHORT_HASH 12

typedef struct
{
  BsRecordingReader *reader;
  const BsReplayOptions *options;
  BsReplayResult *result;
  BsPredictor *predictor;
  BsBarSeries *history; /* not given to the predictor yet */
} Replay;

static gboolean G_GNUC_PRINTF (3, 4) refuse (const Replay *self, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_REPLAY, "%s: line %" G_GUINT64_FORMAT ": %s",
               bs_recording_reader_name (self->reader), bs_recording_reader_line (self->reader), message);
  return FALSE;
}

/* (transfer none) (nullable) */
static BsModel *
find_model (const Replay *self, const char *hash, GError **error)
{
  if (self->options->other_model != NULL)
    return self->options->other_model;
  for (guint i = 0; i < self->options->n_models; i++)
    if (strcmp (self->options->models[i]->hash, hash) == 0)
      return self->options->models[i];
  refuse (self, error, "it was recorded with the model %.*s..., which is none of those given", SHORT_HASH, hash);
  return NULL;
}

/* The recorded options with what overrides them. */
static gboolean
override (const Replay *self, const BsOptions *recorded, BsOptions *options, GError **error)
{
  g_autoptr (GError) local = NULL;
  *options = *recorded;
  options->value[BS_OPTION_TIMING] = FALSE; /* changes no answer, and nobody looks at the times */
  for (const char *const *assignment = self->options->assignments; assignment != NULL && *assignment != NULL;
       assignment++)
    if (!bs_options_set (options, *assignment, &local))
      return refuse (self, error, "%s", local->message);
  return bs_options_check (options, &local) || refuse (self, error, "%s", local->message);
}

static gboolean
make_predictor (Replay *self, GError **error)
{
  const BsRecordingHeader *header = bs_recording_reader_header (self->reader);
  BsOptions options;
  BsModel *model = find_model (self, header->model_hash, error);
  if (model == NULL || !override (self, &header->options, &options, error))
    return FALSE;
  self->predictor = bs_predictor_new (model, &options, 0, header->primary.bar_length_us, header->primary.stamp, error);
  if (self->predictor == NULL)
    return FALSE;
  bs_predictor_set_threshold (self->predictor, header->threshold);
  if (header->has_secondary)
    bs_predictor_set_secondary_shape (self->predictor, header->secondary.bar_length_us, header->secondary.stamp);
  self->history = bs_bar_series_new (BS_PREDICTOR_MAX_BARS, header->primary.bar_length_us, header->primary.stamp);
  return TRUE;
}

/* Gives the predictor the history that has been read. */
static gboolean
flush_history (Replay *self, GError **error)
{
  guint64 n = bs_bar_series_length (self->history);
  if (n == 0)
    return TRUE;
  g_autoptr (GError) local = NULL;
  gboolean done = bs_predictor_append (self->predictor, self->history, 0, n, &local);
  bs_bar_series_clear (self->history);
  return done || refuse (self, error, "bar: %s", local->message);
}

static guint64
next_index (const Replay *self)
{
  return bs_bar_series_end (bs_predictor_series (self->predictor)) + bs_bar_series_length (self->history);
}

static gboolean
take_history (Replay *self, BsRecord *record, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (bs_bar_series_length (self->history) == BS_PREDICTOR_MAX_BARS)
    return refuse (self, error, "expected at most %d bars", BS_PREDICTOR_MAX_BARS);
  if (!bs_bar_series_append (self->history, &record->bar, &local))
    return refuse (self, error, "bar: %s", local->message);
  self->result->n_history++;
  return TRUE;
}

static gboolean
take_secondary (Replay *self, BsRecord *record, GError **error)
{
  g_autoptr (GError) local = NULL;
  return bs_predictor_push_secondary (self->predictor, &record->bar, &local)
         || refuse (self, error, "bar: %s", local->message);
}

static void
count (BsReplayResult *result, const BsSignal *recorded, const BsSignal *replayed)
{
  if (recorded->state != BS_SIGNAL_READY || replayed->state != BS_SIGNAL_READY)
    return;
  double difference = fabs (recorded->confidence - replayed->confidence);
  result->n_compared++;
  result->n_same_raw += recorded->raw_class == replayed->raw_class;
  result->n_same_class += recorded->klass == replayed->klass;
  result->sum += difference;
  result->max = MAX (result->max, difference);
}

static gboolean
take_bar (Replay *self, BsRecord *record, GError **error)
{
  BsReplayResult *result = self->result;
  g_autoptr (GError) local = NULL;
  BsSignal signal;
  if (record->index != next_index (self))
    return refuse (self, error, "index: expected %" G_GUINT64_FORMAT ", got %" G_GUINT64_FORMAT, next_index (self),
                   record->index);
  if (!flush_history (self, error))
    return FALSE;
  gboolean answered = bs_predictor_push (self->predictor, &record->bar, &signal, &local);
  if (!answered && local->domain == BS_BAR_ERROR)
    return refuse (self, error, "bar: %s", local->message);

  BsReplayedBar bar = {
    .line = bs_recording_reader_line (self->reader),
    .index = record->index,
    .bar = &record->bar,
    .recorded = record->answered ? &record->signal : NULL,
    .replayed = answered ? &signal : NULL,
  };
  gboolean both = bar.recorded != NULL && bar.replayed != NULL;
  gboolean same = both ? bs_record_same_signal (bar.recorded, bar.replayed) : bar.recorded == bar.replayed;
  if (both)
    count (result, bar.recorded, bar.replayed);
  if (!same && result->n_same == result->n_bars)
    {
      result->first_different = record->index;
      result->first_different_us = record->bar.time_us;
    }
  result->n_bars++;
  result->n_same += same;
  if (self->options->func != NULL)
    self->options->func (&bar, self->options->data);
  return TRUE;
}

static gboolean
take_switch (Replay *self, BsRecord *record, GError **error)
{
  g_autoptr (GError) local = NULL;
  BsOptions options;
  self->result->n_switches++;
  return flush_history (self, error) && override (self, &record->options, &options, error)
         && (bs_predictor_set_options (self->predictor, &options, &local)
             || refuse (self, error, "%s", local->message));
}

static gboolean
take_threshold (Replay *self, BsRecord *record, GError **error)
{
  bs_predictor_set_threshold (self->predictor, record->threshold);
  return TRUE;
}

static gboolean
take_model (Replay *self, BsRecord *record, GError **error)
{
  g_autoptr (GError) local = NULL;
  BsModel *model = find_model (self, record->text, error);
  if (model == NULL || !flush_history (self, error))
    return FALSE;
  return model == bs_predictor_model (self->predictor) || bs_predictor_set_model (self->predictor, model, &local)
         || refuse (self, error, "%s", local->message);
}

static gboolean
take_reset (Replay *self, BsRecord *record, GError **error)
{
  self->result->n_resets++;
  bs_bar_series_clear (self->history);
  bs_predictor_reset (self->predictor);
  return TRUE;
}

static gboolean
take_refused (Replay *self, BsRecord *record, GError **error)
{
  self->result->n_refused++;
  return TRUE;
}

static gboolean
take_end (Replay *self, BsRecord *record, GError **error)
{
  return TRUE;
}

static gboolean (*const take[]) (Replay *self, BsRecord *record, GError **error) = {
  [BS_RECORD_HISTORY] = take_history, [BS_RECORD_SECONDARY] = take_secondary, [BS_RECORD_BAR] = take_bar,
  [BS_RECORD_REFUSED] = take_refused, [BS_RECORD_SWITCH] = take_switch,       [BS_RECORD_THRESHOLD] = take_threshold,
  [BS_RECORD_MODEL] = take_model,     [BS_RECORD_RESET] = take_reset,         [BS_RECORD_END] = take_end,
};
G_STATIC_ASSERT (G_N_ELEMENTS (take) == BS_N_RECORD_KINDS);

static gboolean
replay (Replay *self, GError **error)
{
  GError *local = NULL;
  for (;;)
    {
      g_auto (BsRecord) record = { 0 };
      if (!bs_recording_reader_next (self->reader, &record, &local))
        break;
      if (!take[record.kind](self, &record, error))
        return FALSE;
    }
  self->result->ended = bs_recording_reader_ended (self->reader);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

gboolean
bs_recording_replay (BsRecordingReader *reader, const BsReplayOptions *options, BsReplayResult *result, GError **error)
{
  g_return_val_if_fail (reader != NULL && options != NULL && result != NULL, FALSE);

  *result = (BsReplayResult){ 0 };
  Replay self = { .reader = reader, .options = options, .result = result };
  gboolean done = make_predictor (&self, error) && replay (&self, error);
  g_clear_pointer (&self.predictor, bs_predictor_free);
  g_clear_pointer (&self.history, bs_bar_series_free);
  return done;
}
