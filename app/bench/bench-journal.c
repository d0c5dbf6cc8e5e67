/* bench-journal.c: a bar in, its signal handed over, through a session's threads: what the journal between them costs */
#include "app/bench/bs-bench-cases.h"

#include "app/bench/bs-bench-folder.h"
#include "app/bs-paths.h"
#include "app/bs-session.h"
#include "app/feeds/bs-bar-generator.h"

#define SEED 2
#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US
#define HISTORY_BARS 500
#define BURST 100
#define PATIENCE_USEC (10 * G_USEC_PER_SEC)
#define DRAIN_USEC 100000

typedef struct
{
  BsBarGenerator *generator;
  BsSession *session;
  BsJournal *journal; /* (nullable) */
  char *folder;       /* (nullable) */
  guint burst;        /* bars that come at once */
  guint64 n_given, n_taken, n_not_kept;
  GMutex mutex;
  GCond cond;
  gboolean told;
} State;

static void
teardown (gpointer data)
{
  State *state = data;
  g_clear_pointer (&state->session, bs_session_free);
  g_clear_pointer (&state->journal, bs_journal_unref);
  g_clear_pointer (&state->generator, bs_bar_generator_free);
  bs_bench_folder_remove (state->folder);
  g_cond_clear (&state->cond);
  g_mutex_clear (&state->mutex);
  g_free (state);
}

/* Thread: the worker's, or the journal's. */
static void
on_notify (gpointer data)
{
  State *state = data;
  g_mutex_lock (&state->mutex);
  state->told = TRUE;
  g_cond_signal (&state->cond);
  g_mutex_unlock (&state->mutex);
}

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  State *state = data;
  state->n_taken += event->kind == BS_SESSION_SIGNAL;
  state->n_not_kept += event->kind == BS_SESSION_SIGNAL && event->not_kept;
}

static gboolean
run_bars (State *state, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      BsFeedItem item = { .kind = BS_FEED_ITEM_PRIMARY };
      bs_bar_generator_next (state->generator, &item.bar);
      item.arrival_us = item.due_us = g_get_monotonic_time ();
      bs_session_deliver (&item, state->session);
    }
  state->n_given += n;
  gint64 until = g_get_monotonic_time () + PATIENCE_USEC;
  while (state->n_taken < state->n_given)
    {
      g_mutex_lock (&state->mutex);
      while (!state->told && g_cond_wait_until (&state->cond, &state->mutex, until))
        ;
      gboolean told = state->told;
      state->told = FALSE;
      g_mutex_unlock (&state->mutex);
      if (!told)
        {
          g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED, "a bar's signal does not come");
          return FALSE;
        }
      while (bs_session_drain (state->session, on_event, state, DRAIN_USEC))
        ;
    }
  if (state->n_not_kept == 0)
    return TRUE;
  g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED, "the journal cannot be written");
  return FALSE;
}

static gboolean
run (gpointer data, GError **error)
{
  State *state = data;
  return run_bars (state, state->burst, error);
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  State *state = g_new0 (State, 1);
  BsOptions options;
  bs_options_init (&options);
  g_mutex_init (&state->mutex);
  g_cond_init (&state->cond);
  state->burst = row->operations > 1 ? row->operations : 1;
  state->generator = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, MINUTE_US);
  g_autofree char *path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (path, error);
  BsPredictor *predictor
    = model != NULL ? bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, error) : NULL;
  if (predictor == NULL)
    {
      teardown (state);
      return NULL;
    }
  bs_predictor_set_log_slow (predictor, FALSE);
  state->session = bs_session_new (predictor, on_notify, state);
  if (row->arg)
    {
      const BsJournalRunInfo info = { .kind = BS_JOURNAL_RUN_HTTP,
                                      .instrument = "bench",
                                      .bar_length_us = MINUTE_US,
                                      .model_hash = model->hash,
                                      .options = options };
      state->folder = g_dir_make_tmp ("barscope-bench-XXXXXX", error);
      if (state->folder == NULL)
        {
          teardown (state);
          return NULL;
        }
      g_autofree char *file = g_build_filename (state->folder, "journal.sqlite", NULL);
      state->journal = bs_journal_new (file, NULL);
      bs_session_set_journal (state->session, state->journal, &info);
    }
  if (run_bars (state, HISTORY_BARS, error))
    return state;
  teardown (state);
  return NULL;
}

const BsBenchCase bs_bench_journal_cases[] = {
  { "live/journal/off", "a bar into a session, its signal handed over; beside live/journal/on", setup, run, teardown,
    .arg = FALSE },
  { "live/journal/on", "the same, committed to the journal before", setup, run, teardown, .arg = TRUE },
  { "live/journal/burst/off", "100 bars at once, one of them; beside live/journal/burst/on", setup, run, teardown,
    .operations = BURST, .arg = FALSE },
  { "live/journal/burst/on", "the same, committed to the journal before, in groups", setup, run, teardown,
    .operations = BURST, .arg = TRUE },
  { NULL },
};
