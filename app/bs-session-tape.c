#include "app/bs-session-tape.h"

#include <string.h>

/* Bars of the history that are recorded between two bars that come. */
#define HISTORY_CHUNK 256

static gboolean
is_recorded (BsSessionTape *self)
{
  return self->recorder != NULL && self->live;
}

static void
put_record (BsSessionTape *self, BsRecord *record)
{
  guint64 end = bs_bar_series_end (bs_predictor_series (self->predictor));
  record->index = record->kind == BS_RECORD_BAR ? end - 1 : end;
  bs_recorder_put (self->recorder, record);
}

void
bs_session_tape_end (BsSessionTape *self)
{
  if (self->recorder != NULL)
    bs_recorder_end (self->recorder);
  g_clear_pointer (&self->recorder, bs_recorder_unref);
}

void
bs_session_tape_begin (BsSessionTape *self, const BsPredictor *predictor, BsRecorder *recorder)
{
  bs_session_tape_end (self);
  self->predictor = predictor;
  self->recorder = recorder;
  if (recorder == NULL)
    return;
  const BsBarSeries *secondary = bs_predictor_secondary (self->predictor);
  BsRecordingShape shape = { 0 };
  if (secondary != NULL)
    shape = (BsRecordingShape){ bs_bar_series_bar_length (secondary), bs_bar_series_stamp (secondary) };
  self->live = FALSE;
  self->history_at = self->secondary_at = 0;
  if (bs_bar_series_first (bs_predictor_series (self->predictor)) > 0
      || (secondary != NULL && bs_bar_series_first (secondary) > 0))
    {
      bs_recorder_fail (recorder, "the oldest bars are no longer held: what they led to cannot be replayed");
      g_clear_pointer (&self->recorder, bs_recorder_unref);
      return;
    }
  self->options = *bs_predictor_options (self->predictor);
  self->threshold = bs_predictor_threshold (self->predictor);
  g_strlcpy (self->hash, bs_predictor_model (self->predictor)->hash, sizeof self->hash);
  bs_recorder_begin (recorder, self->predictor, secondary != NULL ? &shape : NULL);
}

/* The next bar of the history, in the order in which they became known. */
static void
record_next_of_history (BsSessionTape *self)
{
  const BsBarSeries *primary = bs_predictor_series (self->predictor);
  const BsBarSeries *secondary = bs_predictor_secondary (self->predictor);
  guint64 end = bs_bar_series_end (primary);
  BsRecord record = { .kind = BS_RECORD_HISTORY };
  if (secondary != NULL && self->secondary_at < bs_bar_series_end (secondary)
      && (self->history_at == end
          || bs_bar_series_close_time (secondary, self->secondary_at)
               <= bs_bar_series_close_time (primary, self->history_at)))
    {
      record.kind = BS_RECORD_SECONDARY;
      record.index = self->history_at;
      bs_bar_series_get (secondary, self->secondary_at++, &record.bar);
    }
  else if (self->history_at < end)
    {
      record.index = self->history_at;
      bs_bar_series_get (primary, self->history_at++, &record.bar);
    }
  else
    {
      self->live = TRUE;
      bs_recorder_caught_up (self->recorder);
      return;
    }
  bs_recorder_put (self->recorder, &record);
}

gboolean
bs_session_tape_history (BsSessionTape *self)
{
  if (self->recorder == NULL || self->live)
    return FALSE;
  gsize n = MIN (bs_recorder_room (self->recorder), HISTORY_CHUNK);
  while (n-- > 0 && !self->live)
    record_next_of_history (self);
  return !self->live;
}

void
bs_session_tape_bar (BsSessionTape *self, const BsFeedItem *item, const BsSignal *signal, const GError *error)
{
  if (!is_recorded (self))
    return;
  gint64 begin_us = bs_recorder_begin_us (self->recorder);
  BsRecord record = {
    .kind = BS_RECORD_BAR,
    .bar = item->bar,
    .arrival_us = item->arrival_us - begin_us,
    .has_due = item->due_us != BS_FEED_DUE_PAST,
    .due_us = item->due_us - begin_us,
    .answered = error == NULL,
  };
  if (error == NULL)
    record.signal = *signal;
  else
    record.text = g_strdup (error->message);
  put_record (self, &record);
}

void
bs_session_tape_refused (BsSessionTape *self, const GError *error)
{
  if (!is_recorded (self))
    return;
  BsRecord record = { .kind = BS_RECORD_REFUSED, .text = g_strdup (error->message) };
  put_record (self, &record);
}

void
bs_session_tape_changes (BsSessionTape *self)
{
  if (!is_recorded (self))
    return;
  const BsOptions *options = bs_predictor_options (self->predictor);
  BsModel *model = bs_predictor_model (self->predictor);
  BsRecord record = { .kind = BS_RECORD_THRESHOLD, .threshold = bs_predictor_threshold (self->predictor) };
  if (record.threshold != self->threshold)
    put_record (self, &record);
  self->threshold = bs_predictor_threshold (self->predictor);
  if (strcmp (model->hash, self->hash) != 0)
    {
      record = (BsRecord){ .kind = BS_RECORD_MODEL, .text = g_strdup (model->hash) };
      put_record (self, &record);
      g_strlcpy (self->hash, model->hash, sizeof self->hash);
    }
  if (memcmp (options, &self->options, sizeof *options) != 0)
    {
      record = (BsRecord){ .kind = BS_RECORD_SWITCH, .options = *options };
      put_record (self, &record);
      self->options = *options;
    }
}

void
bs_session_tape_secondary (BsSessionTape *self, const BsBar *bar)
{
  BsRecord record = { .kind = BS_RECORD_SECONDARY, .bar = *bar };
  if (is_recorded (self))
    put_record (self, &record);
}

void
bs_session_tape_reset (BsSessionTape *self)
{
  BsRecord record = { .kind = BS_RECORD_RESET };
  self->history_at = self->secondary_at = 0;
  if (self->recorder != NULL)
    put_record (self, &record);
}
