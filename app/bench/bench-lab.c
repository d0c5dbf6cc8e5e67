/* bench-lab.c: what the lab, running behind a live session, costs a live bar: to wake up for it and to answer it */
#include "app/bench/bs-bench-cases.h"

#include "app/bs-paths.h"
#include "app/feeds/bs-bar-generator.h"
#include "app/lab/bs-ablation.h"
#include "inference/predict/bs-thread.h"

#define SEED 2
#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US
#define HISTORY_BARS 5000
#define WAIT_US 1000 /* from one bar to the next: as live, the worker sleeps until a bar comes */

/* BsBenchCase.arg */
enum
{
  LAB_OFF,
  LAB_ON,
};

typedef struct
{
  BsBarGenerator *generator;
  BsPredictor *predictor;
  BsModel *model;
  BsBarSeries *bars; /* HISTORY_BARS */
  gboolean wakes_soon;

  /* The lab: works while it is allowed to, and is at rest at the latest one slice after that has ended. */
  GThread *lab; /* (nullable) */
  GMutex lock;
  GCond changed;
  gboolean allowed, at_rest, quit;
} State;

static gboolean
may_go_on (const BsAblationProgress *progress, gpointer data)
{
  State *state = data;
  g_mutex_lock (&state->lock);
  while (!state->allowed && !state->quit)
    {
      state->at_rest = TRUE;
      g_cond_broadcast (&state->changed);
      g_cond_wait (&state->changed, &state->lock);
    }
  state->at_rest = FALSE;
  gboolean go_on = !state->quit;
  g_mutex_unlock (&state->lock);
  return go_on;
}

static gboolean
has_quit (State *state)
{
  g_mutex_lock (&state->lock);
  gboolean quit = state->quit;
  g_mutex_unlock (&state->lock);
  return quit;
}

static gpointer
lab_main (gpointer data)
{
  State *state = data;
  const BsAblationSetup setup = { .primary = state->bars,
                                  .model = state->model,
                                  .rounds = BS_ABLATION_MAX_ROUNDS,
                                  .seed = SEED,
                                  .progress = may_go_on,
                                  .data = state };
  BsOptions options;

  bs_thread_lower_priority ();
  bs_options_init (&options);
  while (!has_quit (state))
    {
      BsAblationPlan *plan = bs_ablation_plan_new (bs_ablation_plan_nth (0), &options, NULL);
      bs_ablation_free (bs_ablation_run (plan, &setup, NULL));
    }
  return NULL;
}

/* Not allowed any more, it is waited for until it rests. */
static void
allow (State *state, gboolean allowed)
{
  g_mutex_lock (&state->lock);
  state->allowed = allowed;
  g_cond_broadcast (&state->changed);
  while (!allowed && !state->at_rest)
    g_cond_wait (&state->changed, &state->lock);
  g_mutex_unlock (&state->lock);
}

static void
begin_slice (gpointer data)
{
  allow (data, TRUE);
}

static void
end_slice (gpointer data)
{
  allow (data, FALSE);
}

static void
teardown (gpointer data)
{
  State *state = data;
  if (state->lab != NULL)
    {
      g_mutex_lock (&state->lock);
      state->quit = TRUE;
      g_cond_broadcast (&state->changed);
      g_mutex_unlock (&state->lock);
      g_thread_join (state->lab);
    }
  g_mutex_clear (&state->lock);
  g_cond_clear (&state->changed);
  g_clear_pointer (&state->predictor, bs_predictor_free);
  g_clear_pointer (&state->model, bs_model_unref);
  g_clear_pointer (&state->bars, bs_bar_series_free);
  g_clear_pointer (&state->generator, bs_bar_generator_free);
  g_free (state);
}

static gboolean
make_predictor (State *state, GError **error)
{
  g_autofree char *path = bs_path_resource_file ("default-model.safetensors");
  BsOptions options;

  bs_options_init (&options);
  state->generator = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, MINUTE_US);
  state->bars = bs_bar_series_new (HISTORY_BARS, MINUTE_US, BS_STAMP_END);
  for (guint i = 0; i < HISTORY_BARS; i++)
    {
      BsBar bar;
      bs_bar_generator_next (state->generator, &bar);
      if (!bs_bar_series_append (state->bars, &bar, error))
        return FALSE;
    }
  state->model = bs_model_load (path, error);
  if (state->model == NULL)
    return FALSE;
  state->predictor = bs_predictor_new (state->model, &options, 0, MINUTE_US, BS_STAMP_END, error);
  return state->predictor != NULL && bs_predictor_append (state->predictor, state->bars, 0, HISTORY_BARS, error);
}

static gpointer
setup (const BsBenchCase *row, GError **error)
{
  State *state = g_new0 (State, 1);
  g_mutex_init (&state->lock);
  g_cond_init (&state->changed);
  if (!make_predictor (state, error))
    {
      teardown (state);
      return NULL;
    }
  if (row->arg == LAB_ON)
    state->lab = g_thread_new ("lab", lab_main, state);
  return state;
}

static gboolean
run (gpointer data, GError **error)
{
  State *state = data;
  BsBar bar;
  BsSignal signal;

  /* As the session's worker does, for which this thread stands. Not before: the lab's thread would inherit it. */
  if (!state->wakes_soon)
    bs_thread_wake_soon ();
  state->wakes_soon = TRUE;
  bs_bar_generator_next (state->generator, &bar);
  g_usleep (WAIT_US);
  return bs_predictor_push (state->predictor, &bar, &signal, error);
}

const BsBenchCase bs_bench_lab_cases[] = {
  { .name = "live/lab/off",
    .summary = "1 ms of sleep, the waking up and a bar: beside live/lab/on",
    .setup = setup,
    .run = run,
    .teardown = teardown,
    .arg = LAB_OFF },
  { .name = "live/lab/on",
    .summary = "the same with an ablation running behind it",
    .setup = setup,
    .run = run,
    .teardown = teardown,
    .begin_slice = begin_slice,
    .end_slice = end_slice,
    .arg = LAB_ON },
  { NULL },
};
