#include "app/record/bs-recorder.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>

#include "app/bs-ring.h"
#include "app/record/bs-recording-text.h"
#include "inference/predict/bs-thread.h"

/* Lines that may wait for the disk. */
#define MAX_WAITING 4096
#define FLUSH_PERIOD_USEC G_USEC_PER_SEC
/* Lines put together before they go to the file. */
#define TEXT_BYTES (64 * 1024)
/* Looks for more lines, while there are none. */
#define IDLE_USEC (20 * G_TIME_SPAN_MILLISECOND)

struct _BsRecorder
{
  atomic_uint refs;
  char *path;
  char *instrument;
  guint decimals;

  BsRing *records; /* of BsRecord */
  GThread *thread;
  _Atomic (BsRecordingHeader *) header; /* the worker's, once; the thread takes it */
  gint64 begin_us;
  atomic_bool ended;  /* nothing more comes */
  atomic_bool proper; /* it was said so, not broken off */
  atomic_ullong n_bars;
  atomic_bool caught_up, done;
  _Atomic (char *) problem;

  /* The thread's own. */
  FILE *file;
  GString *text;
  gint64 flushed_us;
  guint64 n_bars_in_text;
};

static void
set_problem (BsRecorder *self, const char *problem)
{
  char *none = NULL, *text = g_strdup (problem);
  if (!atomic_compare_exchange_strong (&self->problem, &none, text))
    g_free (text); /* the first one counts */
}

static void
fail_with_errno (BsRecorder *self, const char *what)
{
  int code = errno;
  g_autofree char *name = g_filename_display_name (self->path);
  g_autofree char *problem = g_strdup_printf ("%s: %s: %s", name, what, g_strerror (code));
  set_problem (self, problem);
}

/* Hands what is there to the system. */
static void
flush (BsRecorder *self)
{
  gboolean good = self->file != NULL && atomic_load (&self->problem) == NULL;
  if (good && fwrite (self->text->str, 1, self->text->len, self->file) == self->text->len && fflush (self->file) == 0)
    atomic_fetch_add (&self->n_bars, self->n_bars_in_text);
  else if (good)
    fail_with_errno (self, "cannot be written");
  g_string_truncate (self->text, 0);
  self->n_bars_in_text = 0;
  self->flushed_us = g_get_monotonic_time ();
}

static void
write_header (BsRecorder *self, BsRecordingHeader *header)
{
  header->build = bs_recording_build ();
  header->machine = bs_recording_machine ();
  header->instrument = g_strdup (self->instrument);
  header->decimals = self->decimals;
  bs_recording_text_header (self->text, header);
  bs_recording_header_free (header);
  flush (self);
}

static void
take_header (BsRecorder *self)
{
  BsRecordingHeader *header = atomic_exchange (&self->header, NULL);
  if (header != NULL)
    write_header (self, header);
}

/* All that waits. Returns whether there was anything. */
static gboolean
write_records (BsRecorder *self)
{
  gboolean any = FALSE;
  for (BsRecord *record; (record = bs_ring_peek (self->records)) != NULL; bs_ring_release (self->records))
    {
      any = TRUE;
      take_header (self); /* it was there before the first record */
      self->n_bars_in_text += record->kind == BS_RECORD_BAR;
      bs_recording_text_record (self->text, record);
      bs_record_clear (record);
      if (self->text->len >= TEXT_BYTES)
        flush (self);
    }
  return any;
}

static void
close_file (BsRecorder *self)
{
  if (self->file == NULL)
    return;
  if (atomic_load (&self->proper) && atomic_load (&self->problem) == NULL)
    {
      BsRecord end = { .kind = BS_RECORD_END, .index = atomic_load (&self->n_bars) };
      bs_recording_text_record (self->text, &end);
      flush (self);
    }
  /* A disk that is full may say so only now. */
  if (fclose (self->file) != 0 && atomic_load (&self->problem) == NULL)
    fail_with_errno (self, "cannot be written");
  self->file = NULL;
}

static gpointer
recorder_main (gpointer data)
{
  BsRecorder *self = data;
  self->file = g_fopen (self->path, "wb");
  if (self->file == NULL)
    fail_with_errno (self, "cannot be written");
  self->flushed_us = g_get_monotonic_time ();
  for (;;)
    {
      /* Looked at before the records: what was put before it was said is seen. */
      gboolean ended = atomic_load (&self->ended);
      take_header (self);
      gboolean any = write_records (self);
      if (self->text->len > 0 && (ended || g_get_monotonic_time () - self->flushed_us >= FLUSH_PERIOD_USEC))
        flush (self);
      if (ended && !any)
        break;
      if (!any)
        g_usleep (IDLE_USEC);
    }
  close_file (self);
  atomic_store (&self->done, TRUE);
  return NULL;
}

BsRecorder *
bs_recorder_new (const char *path, const char *instrument, guint decimals)
{
  BsRecorder *self = g_new0 (BsRecorder, 1);
  atomic_store (&self->refs, 1);
  self->path = g_strdup (path);
  self->instrument = g_strdup (instrument);
  self->decimals = decimals;
  self->text = g_string_sized_new (2 * TEXT_BYTES);
  self->records = bs_ring_new (sizeof (BsRecord), MAX_WAITING);
  self->thread = g_thread_new ("recorder", recorder_main, self);
  return self;
}

BsRecorder *
bs_recorder_ref (BsRecorder *self)
{
  atomic_fetch_add (&self->refs, 1);
  return self;
}

void
bs_recorder_unref (BsRecorder *self)
{
  if (self == NULL || atomic_fetch_sub (&self->refs, 1) > 1)
    return;
  atomic_store (&self->ended, TRUE);
  g_thread_join (self->thread);
  bs_recording_header_free (atomic_load (&self->header));
  bs_ring_free (self->records);
  g_string_free (self->text, TRUE);
  g_free (atomic_load (&self->problem));
  g_free (self->path);
  g_free (self->instrument);
  g_free (self);
}

void
bs_recorder_begin (BsRecorder *self, const BsPredictor *predictor, const BsRecordingShape *secondary)
{
  const BsModel *model = bs_predictor_model (predictor);
  const BsBarSeries *bars = bs_predictor_series (predictor);
  const char *name = bs_model_metadata (model, "name");
  BsRecordingHeader *header = bs_recording_header_new ();
  header->started_us = g_get_real_time ();
  header->model_name = g_strdup (name != NULL ? name : "");
  header->model_hash = g_strdup (model->hash);
  header->options = *bs_predictor_options (predictor);
  header->threshold = bs_predictor_threshold (predictor);
  header->primary = (BsRecordingShape){ bs_bar_series_bar_length (bars), bs_bar_series_stamp (bars) };
  header->has_secondary = secondary != NULL;
  if (secondary != NULL)
    header->secondary = *secondary;
  self->begin_us = g_get_monotonic_time ();
  atomic_store (&self->header, header);
}

gsize
bs_recorder_room (BsRecorder *self)
{
  return MAX_WAITING - bs_ring_length (self->records);
}

void
bs_recorder_put (BsRecorder *self, BsRecord *record)
{
  BsRecord *place = bs_ring_reserve (self->records);
  *place = *record;
  record->text = NULL;
  bs_ring_commit (self->records);
}

void
bs_recorder_caught_up (BsRecorder *self)
{
  atomic_store (&self->caught_up, TRUE);
}

void
bs_recorder_end (BsRecorder *self)
{
  atomic_store (&self->proper, TRUE);
  atomic_store (&self->ended, TRUE);
}

void
bs_recorder_fail (BsRecorder *self, const char *problem)
{
  set_problem (self, problem);
  atomic_store (&self->ended, TRUE);
}

gint64
bs_recorder_begin_us (const BsRecorder *self)
{
  return self->begin_us;
}

gboolean
bs_recorder_is_caught_up (BsRecorder *self)
{
  return atomic_load (&self->caught_up);
}

guint64
bs_recorder_n_bars (BsRecorder *self)
{
  return atomic_load (&self->n_bars);
}

gboolean
bs_recorder_is_done (BsRecorder *self)
{
  return atomic_load (&self->done);
}

const char *
bs_recorder_problem (BsRecorder *self)
{
  return atomic_load (&self->problem);
}

const char *
bs_recorder_path (const BsRecorder *self)
{
  return self->path;
}
