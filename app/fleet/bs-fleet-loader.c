#include "app/fleet/bs-fleet-loader.h"

#include <glib/gi18n.h>
#include <stdatomic.h>
#include <string.h>

#include "app/bs-bar-name.h"
#include "app/feeds/bs-bar-generator.h"
#include "app/fleet/bs-fleet-live.h"
#include "inference/predict/bs-predictor-tick.h"

#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US
/* Of a made-up instrument, before its first live bar: enough for every feature and a day's change. */
#define GENERATED_HISTORY_BARS 1500
#define GENERATED_DECIMALS 2
/* Of a file's bars: those that are there at once where the others are replayed. */
#define HISTORY_PART (2.0 / 3.0)

struct _BsFleetLoader
{
  BsFleetRequest request; /* its strings are owned */
  void (*notify) (gpointer data);
  gpointer notify_data;
  GCancellable *cancellable;
  GThread *thread;
  _Atomic (BsFleet *) fleet;
  BsFleetSimulation *simulation; /* (nullable): the thread's until it ends */
  BsFleetLive *live;             /* (nullable): likewise */
  gint64 watch;                  /* names all of its runs in the journal */

  GMutex lock;
  /* Guarded by the lock. */
  guint n_found, n_done, n_problems;
  gboolean done;
  GPtrArray *problems; /* of char * */
};

static void
tell (BsFleetLoader *self)
{
  self->notify (self->notify_data);
}

static void
add_problem (const char *text, gpointer data)
{
  BsFleetLoader *self = data;
  g_mutex_lock (&self->lock);
  if (self->n_problems++ < BS_FLEET_MAX_PROBLEMS)
    g_ptr_array_add (self->problems, g_strdup (text));
  g_mutex_unlock (&self->lock);
}

static void
set_done (BsFleetLoader *self, guint n_done, gboolean done)
{
  g_mutex_lock (&self->lock);
  self->n_done = n_done;
  self->done = done;
  g_mutex_unlock (&self->lock);
  tell (self);
}

/* Files */

static gboolean
has_suffix_of_bars (const char *name)
{
  static const char *const suffixes[] = { ".csv", ".txt", ".tsv", ".scid", ".csv.gz", ".txt.gz", ".tsv.gz" };
  g_autofree char *lower = g_ascii_strdown (name, -1);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The files of bars in @folder, by name, without those of the longer bars of others. */
static void
list_folder (const char *folder, GPtrArray *files, void (*problem) (const char *text, gpointer data), gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) longer = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (dir == NULL)
    {
      problem (error->message, data);
      return;
    }
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (*name == '.' || !has_suffix_of_bars (name) || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      char *sibling = bs_bar_name_sibling (path);
      if (sibling != NULL)
        g_hash_table_add (longer, sibling);
      g_ptr_array_add (found, g_steal_pointer (&path));
    }
  g_ptr_array_sort (found, compare_names);
  for (guint i = 0; i < found->len; i++)
    if (!g_hash_table_contains (longer, g_ptr_array_index (found, i)))
      g_ptr_array_add (files, g_strdup (g_ptr_array_index (found, i)));
}

char **
bs_fleet_list_files (const char *const *paths, void (*problem) (const char *text, gpointer data), gpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  for (; paths != NULL && *paths != NULL; paths++)
    {
      guint before = files->len;
      if (!g_file_test (*paths, G_FILE_TEST_IS_DIR))
        {
          g_ptr_array_add (files, g_strdup (*paths));
          continue;
        }
      list_folder (*paths, files, problem, data);
      if (files->len == before)
        {
          g_autofree char *name = g_filename_display_name (*paths);
          g_autofree char *text = g_strdup_printf (_ ("%s: no file of bars in this folder"), name);
          problem (text, data);
        }
    }
  g_ptr_array_add (files, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&files), FALSE);
}

static BsBarFile *
load_file (BsFleetLoader *self, const char *path, GError **error)
{
  BsBarFileOptions options = BS_BAR_FILE_OPTIONS_INIT;
  options.format = self->request.format;
  options.timezone = self->request.timezone;
  options.stamp = self->request.stamp;
  return bs_bar_file_load (path, &options, NULL, NULL, self->cancellable, error);
}

/* The longer bars beside @path, where there are any that can be read and are longer. */
static BsBarFile *
load_secondary (BsFleetLoader *self, const char *path, const BsBarFile *primary)
{
  g_autofree char *sibling = bs_bar_name_sibling (path);
  BsBarFile *file = sibling != NULL ? load_file (self, sibling, NULL) : NULL;
  if (file != NULL && bs_bar_series_bar_length (file->series) <= bs_bar_series_bar_length (primary->series))
    g_clear_pointer (&file, bs_bar_file_free);
  return file;
}

/* Replayed bars are in their file, or made up: only what comes at its pace is kept. */
static void
begin_replay_run (BsFleetLoader *self, BsFleetInstrument *instrument)
{
  const BsJournalRunInfo info = { .kind = BS_JOURNAL_RUN_REPLAY, .origin = instrument->path, .watch = self->watch };
  if (self->request.journal != NULL)
    bs_fleet_instrument_begin_run (instrument, self->request.journal, &info);
}

static gboolean
add_file (BsFleetLoader *self, BsFleet *fleet, BsPredictor *leader, const char *path, GError **error)
{
  g_autoptr (BsBarFile) file = load_file (self, path, error);
  if (file == NULL)
    return FALSE;
  g_autoptr (BsBarFile) secondary = load_secondary (self, path, file);
  g_autofree char *name = bs_bar_name_instrument (path);
  const BsBarSeries *series = file->series;
  g_autoptr (BsFleetInstrument) instrument = bs_fleet_instrument_new (
    leader, name, path, file->decimals, bs_bar_series_bar_length (series), bs_bar_series_stamp (series));
  guint64 begin = bs_bar_series_first (series), end = bs_bar_series_end (series);
  if (self->request.rate > 0)
    end = begin + (guint64) (HISTORY_PART * (double) (end - begin));
  if (!bs_fleet_instrument_take_history (instrument, series, begin, end, secondary != NULL ? secondary->series : NULL,
                                         error))
    return FALSE;
  begin_replay_run (self, instrument);
  guint number;
  if (!bs_fleet_add (fleet, g_steal_pointer (&instrument), &number))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s: no more than %d instruments can be watched"), name,
                   BS_FLEET_MAX_INSTRUMENTS);
      return FALSE;
    }
  if (self->request.rate > 0)
    bs_fleet_simulation_add_replay (self->simulation, number, g_steal_pointer (&file), end);
  return TRUE;
}

static gboolean
add_generated (BsFleetLoader *self, BsFleet *fleet, BsPredictor *leader, guint seed, GError **error)
{
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (seed, BS_BAR_GENERATOR_START_US, MINUTE_US);
  g_autofree char *name = g_strdup_printf ("SIM%03u", seed);
  g_autoptr (BsFleetInstrument) instrument
    = bs_fleet_instrument_new (leader, name, NULL, GENERATED_DECIMALS, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) history = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  for (guint i = 0; i < GENERATED_HISTORY_BARS; i++)
    {
      BsBar bar;
      bs_bar_generator_next (generator, &bar);
      if (!bs_bar_series_append (history, &bar, error))
        return FALSE;
    }
  guint number;
  if (!bs_fleet_instrument_take_history (instrument, history, 0, GENERATED_HISTORY_BARS, NULL, error))
    return FALSE;
  begin_replay_run (self, instrument);
  if (!bs_fleet_add (fleet, g_steal_pointer (&instrument), &number))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s: no more than %d instruments can be watched"), name,
                   BS_FLEET_MAX_INSTRUMENTS);
      return FALSE;
    }
  bs_fleet_simulation_add_generated (self->simulation, number, g_steal_pointer (&generator));
  return TRUE;
}

static BsPredictor *
new_leader (BsFleetLoader *self, BsModel *model, GError **error)
{
  BsPredictor *leader = bs_predictor_new (model, &self->request.options, 1, 0, BS_STAMP_END, error);
  if (leader == NULL)
    return NULL;
  bs_predictor_set_threshold (leader, self->request.threshold);
  /* What a tick of hundreds takes is no prediction's time. */
  bs_predictor_set_log_slow (leader, FALSE);
  return leader;
}

/* The leader of this thread's instruments; the worker has one of its own. */
static BsPredictor *
make_fleet (BsFleetLoader *self, GError **error)
{
  g_autoptr (BsModel) model = bs_model_load (self->request.model_path, error);
  if (model == NULL)
    return NULL;
  g_autoptr (BsPredictor) leader = new_leader (self, model, error);
  BsPredictor *worker_leader = leader != NULL ? new_leader (self, model, error) : NULL;
  if (worker_leader == NULL)
    return NULL;
  BsFleet *fleet = bs_fleet_new (worker_leader, self->notify, self->notify_data);
  self->watch = g_get_real_time ();
  if (self->request.journal != NULL)
    bs_fleet_set_journal (fleet, self->request.journal);
  self->simulation = bs_fleet_simulation_new (fleet);
  bs_fleet_simulation_set_rate (self->simulation, self->request.rate);
  atomic_store (&self->fleet, fleet);
  return g_steal_pointer (&leader);
}

static gpointer
load_all (gpointer data)
{
  BsFleetLoader *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsPredictor) leader = make_fleet (self, &error);
  if (leader == NULL)
    {
      add_problem (error->message, self);
      set_done (self, 0, TRUE);
      return NULL;
    }
  g_auto (GStrv) files = bs_fleet_list_files (self->request.paths, add_problem, self);
  guint n_files = g_strv_length (files), n_feeds = self->request.feeds != NULL ? g_strv_length ((char **) self->request.feeds) : 0;
  guint n_generated = self->request.n_generated, n = n_files + n_generated + n_feeds;
  g_mutex_lock (&self->lock);
  self->n_found = n;
  g_mutex_unlock (&self->lock);
  BsFleet *fleet = atomic_load (&self->fleet);
  const BsFleetLiveOptions live = { fleet, leader, self->request.journal, self->watch, self->request.timezone };
  self->live = bs_fleet_live_new (&live);
  for (guint i = 0; i < n && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      g_autoptr (GError) problem = NULL;
      if (!(i < n_files                 ? add_file (self, fleet, leader, files[i], &problem)
            : i < n_files + n_generated ? add_generated (self, fleet, leader, i - n_files + 1, &problem)
                                        : bs_fleet_live_add (self->live, self->request.feeds[i - n_files - n_generated],
                                                             self->cancellable, &problem))
          && !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        add_problem (problem->message, self);
      set_done (self, i + 1, FALSE);
    }
  if (!g_cancellable_is_cancelled (self->cancellable))
    bs_fleet_live_start (self->live);
  set_done (self, self->n_done, TRUE);
  return NULL;
}

BsFleetLoader *
bs_fleet_loader_new (const BsFleetRequest *request, void (*notify) (gpointer data), gpointer notify_data)
{
  g_return_val_if_fail (request != NULL && request->model_path != NULL && notify != NULL, NULL);

  BsFleetLoader *self = g_new0 (BsFleetLoader, 1);
  self->request = *request;
  self->request.paths = (const char *const *) g_strdupv ((char **) request->paths);
  self->request.feeds = (const char *const *) g_strdupv ((char **) request->feeds);
  self->request.format = g_strdup (request->format);
  self->request.timezone = g_strdup (request->timezone);
  self->request.model_path = g_strdup (request->model_path);
  if (request->journal != NULL)
    bs_journal_ref (request->journal);
  self->notify = notify;
  self->notify_data = notify_data;
  self->cancellable = g_cancellable_new ();
  self->problems = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  self->thread = g_thread_new ("load-fleet", load_all, self);
  return self;
}

void
bs_fleet_loader_free (BsFleetLoader *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  BsFleet *fleet = atomic_load (&self->fleet);
  if (fleet != NULL)
    bs_fleet_close (fleet);
  g_thread_join (self->thread);
  /* It may have been made just now. */
  fleet = atomic_load (&self->fleet);
  if (fleet != NULL)
    bs_fleet_close (fleet);
  bs_fleet_simulation_free (self->simulation);
  bs_fleet_live_free (self->live);
  g_clear_pointer (&fleet, bs_fleet_unref);
  g_clear_pointer (&self->request.journal, bs_journal_unref);
  g_strfreev ((char **) self->request.paths);
  g_strfreev ((char **) self->request.feeds);
  g_free ((char *) self->request.format);
  g_free ((char *) self->request.timezone);
  g_free ((char *) self->request.model_path);
  g_ptr_array_unref (self->problems);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_free (self);
}

BsFleet *
bs_fleet_loader_fleet (BsFleetLoader *self)
{
  return atomic_load (&self->fleet);
}

void
bs_fleet_progress_clear (BsFleetProgress *self)
{
  g_clear_pointer (&self->problems, g_strfreev);
}

void
bs_fleet_loader_progress (BsFleetLoader *self, BsFleetProgress *progress)
{
  g_mutex_lock (&self->lock);
  *progress = (BsFleetProgress){ .n_found = self->n_found,
                                 .n_done = self->n_done,
                                 .done = self->done,
                                 .n_problems = self->n_problems,
                                 .problems = g_new0 (char *, self->problems->len + 1) };
  for (guint i = 0; i < self->problems->len; i++)
    progress->problems[i] = g_strdup (g_ptr_array_index (self->problems, i));
  g_mutex_unlock (&self->lock);
}
