/* bench-fleet.c: 500 instruments at one bar a second each, all at the same moment: how late the last signal is, and what it costs
 *
 * Real time: one sample is one second. The bars come from a feed's thread and the signals go to this one, as in the window. */
#include "app/bench/bs-bench-cases.h"

#include <sys/resource.h>

#include "app/bench/bs-bench-folder.h"
#include "app/bs-paths.h"
#include "app/fleet/bs-fleet-simulation.h"

#define HISTORY_BARS 200
#define RATE 1.0 /* bars a second of each */
#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US
#define PATIENCE_USEC (20 * G_USEC_PER_SEC)
#define NS_PER_US 1000
#define NS_PER_S G_GINT64_CONSTANT (1000000000)
/* How often the window looks, at its most. */
#define FRAME_USEC 16667

/* X (number, name, summary, options...): options as --set takes them */
#define CASES(X)                                                                                                       \
  X (0, "fleet/500/latency", "the slowest of 500 signals, from its bar's arrival; a second a sample, int8",            \
     "precision=int8", "batch=on")                                                                                     \
  X (1, "fleet/500/cpu", "CPU time of a second of 500 instruments: 1,000,000 is one core", "precision=int8",           \
     "batch=on")                                                                                                       \
  X (2, "fleet/500/cpu/single", "fleet/500/cpu with batch=off", "precision=int8", "batch=off")                        \
  X (3, "fleet/500/latency/journal", "fleet/500/latency with every signal committed to a journal first",              \
     "precision=int8", "batch=on")                                                                                     \
  X (4, "fleet/500/cpu/journal", "fleet/500/cpu with a journal", "precision=int8", "batch=on")

#define ASSIGNMENTS(number, name, summary, ...) [number] = { __VA_ARGS__ },

static const char *const assignments[][2] = { CASES (ASSIGNMENTS) };

typedef struct
{
  gboolean of_cpu;
  BsJournal *journal; /* (nullable) */
  char *folder;       /* (nullable): of the journal */
  BsFleet *fleet;
  BsFleetSimulation *simulation;
  guint64 n_signals, ends[BS_FLEET_MAX_INSTRUMENTS];
  gint64 slowest_ns, elapsed_ns;
  char *problem;
} State;

static void
teardown (gpointer data)
{
  State *state = data;
  if (state->fleet != NULL)
    bs_fleet_close (state->fleet);
  bs_fleet_simulation_free (state->simulation);
  g_clear_pointer (&state->fleet, bs_fleet_unref);
  g_clear_pointer (&state->journal, bs_journal_unref);
  bs_bench_folder_remove (state->folder);
  g_free (state->problem);
  g_free (state);
}

static void
on_event (const BsFleetEvent *event, gpointer data)
{
  State *state = data;
  if (event->kind == BS_FLEET_ADDED)
    state->ends[event->instrument] = event->index;
  else if (event->kind != BS_FLEET_SIGNAL || event->index != state->ends[event->instrument])
    {
      if (state->problem == NULL)
        state->problem = g_strdup_printf ("%s: bar %" G_GUINT64_FORMAT " after %" G_GUINT64_FORMAT ": %s",
                                          event->info->name, event->index, state->ends[event->instrument],
                                          event->message != NULL ? event->message : "a bar is lost");
    }
  else
    {
      state->ends[event->instrument]++;
      state->n_signals++;
      state->slowest_ns = MAX (state->slowest_ns, (event->ready_us - event->arrival_us) * NS_PER_US);
      if (event->not_kept && state->problem == NULL)
        state->problem = g_strdup ("a signal is not in the journal");
    }
}

static gint64
cpu_ns (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_S
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * NS_PER_US;
}

/* One bar of each instrument: a second. */
static gboolean
run_second (gpointer data, GError **error)
{
  State *state = data;
  gint64 cpu = cpu_ns (), began = g_get_monotonic_time ();
  guint64 until = state->n_signals + BS_FLEET_MAX_INSTRUMENTS;
  state->slowest_ns = 0;
  /* The bars come in a second; nothing comes while another case has its turn. */
  bs_fleet_simulation_set_rate (state->simulation, RATE);
  while (state->n_signals < until && state->problem == NULL)
    {
      g_usleep (FRAME_USEC);
      bs_fleet_drain (state->fleet, on_event, state, G_USEC_PER_SEC);
      if (g_get_monotonic_time () > began + PATIENCE_USEC)
        state->problem = g_strdup ("no signal has come for long");
    }
  bs_fleet_simulation_set_rate (state->simulation, 0);
  if (state->problem != NULL)
    {
      g_set_error_literal (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED, state->problem);
      return FALSE;
    }
  state->elapsed_ns = state->of_cpu ? cpu_ns () - cpu : state->slowest_ns;
  return TRUE;
}

static gint64
elapsed_ns (gpointer data)
{
  State *state = data;
  return state->elapsed_ns;
}

static gboolean
add_instrument (State *state, BsPredictor *leader, guint i, GError **error)
{
  BsBarGenerator *generator = bs_bar_generator_new (i + 1, BS_BAR_GENERATOR_START_US, MINUTE_US);
  g_autofree char *name = g_strdup_printf ("SIM%03u", i + 1);
  g_autoptr (BsFleetInstrument) instrument
    = bs_fleet_instrument_new (leader, name, NULL, 2, MINUTE_US, BS_STAMP_END);
  g_autoptr (BsBarSeries) history = bs_bar_series_new (0, MINUTE_US, BS_STAMP_END);
  for (guint k = 0; k < HISTORY_BARS; k++)
    {
      BsBar bar;
      bs_bar_generator_next (generator, &bar);
      if (!bs_bar_series_append (history, &bar, error))
        return FALSE;
    }
  const BsJournalRunInfo info = { .kind = BS_JOURNAL_RUN_REPLAY, .watch = 1 };
  if (state->journal != NULL)
    bs_fleet_instrument_begin_run (instrument, state->journal, &info);
  bs_fleet_simulation_add_generated (state->simulation, i, generator);
  return bs_fleet_instrument_take_history (instrument, history, 0, HISTORY_BARS, NULL, error)
         && bs_fleet_add (state->fleet, g_steal_pointer (&instrument), NULL);
}

static gboolean
make_fleet (State *state, const BsOptions *options, GError **error)
{
  g_autofree char *path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (path, error);
  if (model == NULL)
    return FALSE;
  g_autoptr (BsPredictor) leader = bs_predictor_new (model, options, 1, MINUTE_US, BS_STAMP_END, error);
  BsPredictor *worker_leader
    = leader != NULL ? bs_predictor_new (model, options, 1, MINUTE_US, BS_STAMP_END, error) : NULL;
  if (worker_leader == NULL)
    return FALSE;
  bs_predictor_set_log_slow (worker_leader, FALSE);
  state->fleet = bs_fleet_new (worker_leader, NULL, NULL);
  if (state->journal != NULL)
    bs_fleet_set_journal (state->fleet, state->journal);
  state->simulation = bs_fleet_simulation_new (state->fleet);
  for (guint i = 0; i < BS_FLEET_MAX_INSTRUMENTS; i++)
    if (!add_instrument (state, leader, i, error))
      return FALSE;
  return TRUE;
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  BsOptions options;
  bs_options_init (&options);
  for (guint i = 0; i < G_N_ELEMENTS (assignments[0]); i++)
    if (!bs_options_set (&options, assignments[row->arg][i], error))
      return NULL;
  State *state = g_new0 (State, 1);
  state->of_cpu = row->arg != 0 && row->arg != 3;
  if (row->arg >= 3)
    {
      state->folder = g_dir_make_tmp ("barscope-bench-XXXXXX", error);
      if (state->folder == NULL)
        {
          teardown (state);
          return NULL;
        }
      g_autofree char *path = g_build_filename (state->folder, "journal.sqlite", NULL);
      state->journal = bs_journal_new (path, NULL);
    }
  if (make_fleet (state, &options, error))
    return state;
  teardown (state);
  return NULL;
}

#define ROW(number, name, summary, ...)                                                                                \
  { name, summary, setup, run_second, teardown, .arg = number, .elapsed_ns = elapsed_ns },

const BsBenchCase bs_bench_fleet_cases[] = { CASES (ROW){ NULL } };
