#include "app/bs-loader.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "app/bs-bar-name.h"
#include "app/bs-load-newest.h"
#include "app/bs-loader-journal.h"
#include "app/bs-paths.h"
#include "app/bs-signal-point.h"
#include "app/feeds/bs-feed-kind.h"
#include "app/fleet/bs-fleet-feed.h"
#include "app/journal/bs-journal-history.h"

/* What reading the primary file is of the whole, for the progress bar; the rest is the secondary file and the chart's data. */
#define PRIMARY_PART 0.7
#define SECONDARY_PART 0.15
#define POINTS_AT_ONCE 4096
/* Of a followed file with more bars than the first, the window keeps as many as the second: the session has them all. */
#define LONG_PAST_BARS 200000
#define KEPT_PAST_BARS 100000
/* Bars of a recording that are on the chart from the start, where it has as many. */
#define LEAST_SHOWN 1

struct _BsLoad
{
  BsLoadRequest *request;
  _Atomic double *progress; /* counted reference, shared with the caller */
  double part_begin, part_size;
};

BsLoadRequest *
bs_load_request_new (const char *path)
{
  BsLoadRequest *self = g_new0 (BsLoadRequest, 1);
  self->path = g_strdup (path);
  self->stamp = -1;
  self->threshold = BS_DEFAULT_THRESHOLD;
  bs_options_init (&self->options);
  return self;
}

BsLoadRequest *
bs_load_request_copy (const BsLoadRequest *self)
{
  BsLoadRequest *copy = g_memdup2 (self, sizeof *self);
  copy->path = g_strdup (self->path);
  copy->feed = g_strdup (self->feed);
  copy->fleet = self->fleet != NULL ? bs_fleet_ref (self->fleet) : NULL;
  if (self->opened != NULL)
    g_atomic_rc_box_acquire (self->opened);
  copy->journal_path = g_strdup (self->journal_path);
  copy->secondary_path = g_strdup (self->secondary_path);
  copy->format = g_strdup (self->format);
  copy->timezone = g_strdup (self->timezone);
  copy->model_path = g_strdup (self->model_path);
  return copy;
}

static void
clear_opened (gpointer opened)
{
  bs_feed_opened_clear (opened);
}

void
bs_load_request_set_opened (BsLoadRequest *self, BsFeedOpened *opened)
{
  g_return_if_fail (self->opened == NULL);
  self->opened = g_atomic_rc_box_dup (sizeof *opened, opened);
  *opened = (BsFeedOpened){ 0 };
}

void
bs_load_request_free (BsLoadRequest *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->feed);
  g_clear_pointer (&self->fleet, bs_fleet_unref);
  if (self->opened != NULL)
    g_atomic_rc_box_release_full (self->opened, clear_opened);
  g_free (self->journal_path);
  g_free (self->secondary_path);
  g_free (self->format);
  g_free (self->timezone);
  g_free (self->model_path);
  g_free (self);
}

BsBars *
bs_bars_ref (BsBars *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_bars (gpointer data)
{
  BsBars *self = data;
  g_free (self->instrument);
  g_clear_pointer (&self->primary, bs_bar_file_free);
  g_clear_pointer (&self->secondary, bs_bar_file_free);
}

void
bs_bars_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, clear_bars);
}

void
bs_loaded_free (BsLoaded *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bars, bs_bars_unref);
  g_clear_pointer (&self->past, bs_bars_unref);
  g_free (self->secondary_problem);
  g_clear_pointer (&self->model, bs_model_unref);
  g_free (self->model_path);
  g_clear_pointer (&self->predictor, bs_predictor_free);
  g_free (self->predictor_problem);
  g_clear_object (&self->feed);
  g_clear_object (&self->data);
  g_clear_pointer (&self->recording, bs_recorded_bars_free);
  g_free (self->recording_problem);
  g_free (self->origin);
  g_clear_pointer (&self->run, bs_journal_run_row_free);
  g_clear_pointer (&self->answers, g_array_unref);
  g_free (self);
}

static void
load_free (gpointer data)
{
  BsLoad *self = data;
  bs_load_request_free (self->request);
  g_atomic_rc_box_release (self->progress);
  g_free (self);
}

static void
on_progress (double fraction, gpointer data)
{
  BsLoad *self = data;
  atomic_store (self->progress, self->part_begin + self->part_size * fraction);
}

static void
begin_part (BsLoad *self, double begin, double size)
{
  self->part_begin = begin;
  self->part_size = size;
  on_progress (0.0, self);
}

static BsBarFile *
load_file (BsLoad *self, const char *path, GCancellable *cancellable, GError **error)
{
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;
  options.format = self->request->format;
  options.timezone = self->request->timezone;
  options.stamp = self->request->stamp;
  return bs_bar_file_load (path, &options, on_progress, self, cancellable, error);
}

static BsChartData *
make_chart_data (BsLoad *self, const BsBarFile *file, GCancellable *cancellable, GError **error)
{
  const BsBarSeries *series = file->series;
  guint64 length = bs_bar_series_length (series);
  guint64 n = self->request->n_shown > 0 ? MIN (self->request->n_shown, length) : length;
  g_autoptr (BsChartData) data
    = bs_chart_data_new (bs_bar_series_bar_length (series), bs_bar_series_stamp (series), file->decimals);
  g_autofree BsChartPoint *points = g_new (BsChartPoint, POINTS_AT_ONCE);

  for (guint64 done = 0; done < n;)
    {
      gsize count = MIN (POINTS_AT_ONCE, n - done);
      for (gsize i = 0; i < count; i++)
        {
          BsBar bar;
          bs_bar_series_get (series, bs_bar_series_first (series) + done + i, &bar);
          points[i] = bs_signal_point (&bar, NULL, done + i);
        }
      bs_chart_data_append (data, points, count);
      done += count;
      on_progress ((double) done / (double) n, self);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    }
  return g_steal_pointer (&data);
}

static void
load_secondary (BsLoad *self, BsLoaded *loaded, GCancellable *cancellable)
{
  const BsLoadRequest *request = self->request;
  g_autofree char *path = NULL;
  if (request->path == NULL)
    path = bs_path_resource_file ("sample-5m.csv.gz");
  else
    path = request->secondary_path != NULL ? g_strdup (request->secondary_path) : bs_bar_name_sibling (request->path);
  if (path == NULL)
    return;

  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarFile) file = load_file (self, path, cancellable, &error);
  if (file == NULL)
    {
      loaded->secondary_problem = g_strdup (error->message);
      return;
    }
  gint64 length = bs_bar_series_bar_length (file->series);
  gint64 primary_length = bs_bar_series_bar_length (loaded->bars->primary->series);
  if (length <= primary_length)
    {
      g_autofree char *name = g_filename_display_basename (path);
      g_autofree char *is = bs_bar_length_text (length);
      g_autofree char *primary_is = bs_bar_length_text (primary_length);
      loaded->secondary_problem
        = g_strdup_printf ("%s: its bars (%s) are not longer than the primary ones (%s)", name, is, primary_is);
      return;
    }
  loaded->bars->secondary = g_steal_pointer (&file);
}

static void
make_predictor (BsLoad *self, BsLoaded *loaded)
{
  const BsLoadRequest *request = self->request;
  g_autoptr (GError) error = NULL;
  loaded->model_path = request->model_path != NULL ? g_strdup (request->model_path)
                                                   : bs_path_resource_file ("default-model.safetensors");
  loaded->model = bs_model_load (loaded->model_path, &error);
  if (loaded->run != NULL)
    return; /* what was answered stands */
  if (loaded->model != NULL)
    {
      /* Settings of another model's time. */
      bs_options_note_model (&self->request->options, loaded->model);
      if (self->request->options.pruned == BS_VARIANT_ABSENT)
        self->request->options.value[BS_OPTION_PRUNE] = FALSE;
      const BsBarSeries *primary = loaded->bars->primary->series;
      /* Of a file, no more bars than these will come. */
      gsize max_bars = loaded->feed != NULL ? 0 : bs_bar_series_length (primary);
      loaded->predictor = bs_predictor_new (loaded->model, &request->options, max_bars,
                                            bs_bar_series_bar_length (primary), bs_bar_series_stamp (primary), &error);
    }
  if (loaded->predictor == NULL)
    {
      loaded->predictor_problem = g_strdup (error->message);
      return;
    }
  bs_predictor_set_threshold (loaded->predictor, request->threshold);
  if (loaded->feed == NULL)
    bs_predictor_borrow_bars (loaded->predictor, loaded->bars->primary->series, bs_bars_ref (loaded->bars), bs_bars_unref);
  if (loaded->bars->secondary != NULL)
    {
      const BsBarSeries *secondary = loaded->bars->secondary->series;
      bs_predictor_set_secondary_shape (loaded->predictor, bs_bar_series_bar_length (secondary),
                                        bs_bar_series_stamp (secondary));
    }
  else if (loaded->secondary_length_us > 0)
    bs_predictor_set_secondary_shape (loaded->predictor, loaded->secondary_length_us, loaded->secondary_stamp);
}

/* A recording begins where it was begun, with the switches as they were. */
static gboolean
load_recording (BsLoad *self, BsLoaded *loaded, GCancellable *cancellable, GError **error)
{
  BsRecordedBars *recording = bs_recorded_bars_load (self->request->path, cancellable, error);
  if (recording == NULL)
    return FALSE;
  loaded->recording = recording;
  loaded->bars->primary = g_steal_pointer (&recording->primary);
  loaded->bars->secondary = g_steal_pointer (&recording->secondary);
  g_free (loaded->bars->instrument);
  loaded->bars->instrument = g_strdup (recording->instrument);

  guint64 n_bars = bs_bar_series_length (loaded->bars->primary->series);
  const BsSessionChange *first = &g_array_index (recording->changes, BsSessionChange, 0);
  self->request->options = first->options;
  self->request->threshold = first->threshold;
  self->request->n_shown = CLAMP (recording->n_history, MIN (n_bars, LEAST_SHOWN), n_bars);
  loaded->recording_problem = bs_options_repair (&self->request->options);
  return TRUE;
}

/* As the journal calls it; what is no file goes on from the journal. One of many instruments is not told apart from a replay. */
static void
set_run_kind (BsLoad *self, BsLoaded *loaded)
{
  const BsLoadRequest *request = self->request;
  const char *address;
  if (request->opened != NULL)
    loaded->run_kind = BS_JOURNAL_RUN_HTTP; /* what the window's server has opened */
  const BsFeedKind *kind = request->opened == NULL && request->fleet == NULL
                             ? bs_feed_kind_parse (request->feed, &address, NULL)
                             : NULL;
  if (kind == NULL)
    return;
  int named = bs_journal_run_kind_by_word (kind->name);
  loaded->run_kind = kind->is_file ? BS_JOURNAL_RUN_FILE : named >= 0 ? (BsJournalRunKind) named : BS_JOURNAL_RUN_WEBSOCKET;
  if (!kind->is_file)
    bs_load_continue (request, loaded);
}

/* A live feed begins with what it has of the past. */
static gboolean
load_feed (BsLoad *self, BsLoaded *loaded, GCancellable *cancellable, GError **error)
{
  const BsLoadRequest *request = self->request;
  g_auto (BsFeedOpened) opened = { 0 };
  BsFeedRequest how = BS_FEED_REQUEST_INIT;
  how.secondary_path = request->secondary_path;
  how.format = request->format;
  how.timezone = request->timezone;
  how.stamp = request->stamp;
  how.has_past = request->journal_path != NULL ? bs_journal_history_has : NULL;
  how.past_data = request->journal_path;
  if (request->opened != NULL)
    {
      /* Once: its bars have gone with it. */
      static GMutex mutex;
      g_mutex_lock (&mutex);
      opened = *request->opened;
      *request->opened = (BsFeedOpened){ 0 };
      g_mutex_unlock (&mutex);
      if (opened.feed == NULL)
        {
          g_set_error (error, BS_FEED_KIND_ERROR, BS_FEED_KIND_ERROR_OPEN,
                       "%s: its bars have to be sent again by whoever sends them", request->feed);
          return FALSE;
        }
    }
  else if (!(request->fleet != NULL ? bs_fleet_open_feed (request->fleet, request->instrument, &opened, cancellable, error)
                               : bs_feed_open (request->feed, &how, &opened, cancellable, error)))
    return FALSE;
  g_free (loaded->bars->instrument);
  loaded->bars->instrument = g_steal_pointer (&opened.instrument);
  loaded->bars->primary = g_steal_pointer (&opened.primary);
  loaded->bars->secondary = g_steal_pointer (&opened.secondary);
  loaded->feed = g_steal_pointer (&opened.feed);
  loaded->secondary_length_us = opened.secondary_length_us;
  loaded->secondary_stamp = opened.secondary_stamp;
  set_run_kind (self, loaded);
  return TRUE;
}

/* A million bars are there once: the session's predictor reads those of the file while they are its past, and keeps them when others
 * come. Not of feeds that bars may be sent to before their past is through. */
static void
give_past (BsLoaded *loaded)
{
  BsBars *past = loaded->bars;
  if (loaded->feed == NULL || loaded->predictor == NULL || loaded->run_kind != BS_JOURNAL_RUN_FILE
      || bs_bar_series_length (past->primary->series) <= LONG_PAST_BARS)
    return;
  loaded->past = past;
  loaded->bars = g_atomic_rc_box_new0 (BsBars);
  loaded->bars->instrument = g_strdup (past->instrument);
  loaded->bars->primary = bs_bar_file_newest (past->primary, KEPT_PAST_BARS);
  if (past->secondary != NULL)
    loaded->bars->secondary = bs_bar_file_newest (past->secondary, KEPT_PAST_BARS);
  bs_predictor_take_over_bars (loaded->predictor, past->primary->series, bs_bars_ref (past), bs_bars_unref);
}

/* The model is known now. */
static void
check_recorded_model (BsLoaded *loaded)
{
  const BsRecordedBars *recording = loaded->recording;
  if (loaded->model == NULL || loaded->recording_problem != NULL)
    return;
  if (strcmp (loaded->model->hash, recording->model_hash) != 0)
    loaded->recording_problem = g_strdup_printf (
      _ ("It was recorded with another model, \"%s\": its signals were others"), recording->model_name);
  else if (recording->n_models > 0)
    loaded->recording_problem
      = g_strdup (_ ("Another model was loaded in the midst of it: its signals were others from there on"));
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BsLoad *self = data;
  const BsLoadRequest *request = self->request;
  g_autoptr (BsLoaded) loaded = g_new0 (BsLoaded, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = request->path != NULL ? g_strdup (request->path) : bs_path_resource_file ("sample-1m.csv.gz");

  loaded->bars = g_atomic_rc_box_new0 (BsBars);
  loaded->bars->instrument = request->path != NULL ? bs_bar_name_instrument (path) : g_strdup (_ ("Sample"));
  loaded->origin = g_strdup (request->feed != NULL ? request->feed : request->path != NULL ? request->path : "sample");
  begin_part (self, 0.0, PRIMARY_PART);
  gboolean recording = request->path != NULL && bs_recording_is (path);
  if (request->run != 0)
    bs_load_run (request, loaded, &error);
  else if (request->feed != NULL)
    load_feed (self, loaded, cancellable, &error);
  else if (recording)
    load_recording (self, loaded, cancellable, &error);
  else
    loaded->bars->primary = load_file (self, path, cancellable, &error);
  if (loaded->bars->primary != NULL)
    {
      begin_part (self, PRIMARY_PART, SECONDARY_PART);
      if (!recording && request->feed == NULL && request->run == 0)
        load_secondary (self, loaded, cancellable);
      begin_part (self, PRIMARY_PART + SECONDARY_PART, 1.0 - PRIMARY_PART - SECONDARY_PART);
      loaded->data = make_chart_data (self, loaded->bars->primary, cancellable, &error);
    }
  if (loaded->data == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (loaded->run != NULL)
    bs_load_answers (loaded);
  make_predictor (self, loaded);
  if (recording)
    check_recorded_model (loaded);
  else
    bs_load_newest (loaded);
  give_past (loaded);
  g_task_return_pointer (task, g_steal_pointer (&loaded), (GDestroyNotify) bs_loaded_free);
}

void
bs_load_async (const BsLoadRequest *request, GCancellable *cancellable, GAsyncReadyCallback done, gpointer data)
{
  BsLoad *self = g_new0 (BsLoad, 1);
  self->request = bs_load_request_copy (request);
  self->progress = g_atomic_rc_box_new0 (_Atomic double);
  if (cancellable != NULL)
    g_object_set_data_full (G_OBJECT (cancellable), "bs-load-progress", g_atomic_rc_box_acquire (self->progress),
                            g_atomic_rc_box_release);
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, done, data);
  g_task_set_task_data (task, self, load_free);
  g_task_run_in_thread (task, load_in_thread);
}

BsLoaded *
bs_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

double
bs_load_progress (GCancellable *cancellable)
{
  _Atomic double *progress = g_object_get_data (G_OBJECT (cancellable), "bs-load-progress");
  return progress != NULL ? atomic_load (progress) : 0.0;
}
