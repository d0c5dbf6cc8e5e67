/* bs-predictor-tick.c: one bar for each of many instruments: features one after the other, windows through the network together
 *
 * Part by part, so that what the features of a part have touched is still in the cache when its windows are evaluated, and so
 * that the first part's answers do not wait for the last part's. */
#include "inference/predict/bs-predictor-tick.h"

#include <string.h>

#include "inference/predict/bs-engine-path.h"
#include "inference/predict/bs-predictor-private.h"

/* A part of a tick: at most as many instruments as the engine takes windows. */
typedef struct
{
  BsPredictor *leader; /* the first of the whole tick */
  BsPredictor *const *predictors;
  const BsBar *bars;
  const BsBarTimes *times; /* (nullable) */
  BsSignal *signals;
  GError **errors;
  guint n;

  /* Those with a full window, in order: */
  guint n_full;
  guint full[BS_PREDICTOR_MAX_BATCH]; /* which of the n */
} Part;

/* Whether the windows of both may go through one engine in one call. */
static gboolean
goes_with (const BsPredictor *self, const BsPredictor *leader)
{
  return self->engine == leader->engine
         && self->options.value[BS_OPTION_INCREMENTAL] == leader->options.value[BS_OPTION_INCREMENTAL]
         && self->options.value[BS_OPTION_TIMING] == leader->options.value[BS_OPTION_TIMING];
}

static gboolean
could_share (const BsPredictor *self, const BsPredictor *leader)
{
  return self->model == leader->model && bs_engine_path_same (&self->options, &leader->options);
}

void
bs_predictor_prepare_tick (BsPredictor *leader)
{
  g_return_if_fail (leader != NULL);

  guint batch = bs_predictor_batch_windows (leader->model);
  if (!leader->options.value[BS_OPTION_BATCH] || leader->engine->options.max_batch >= batch)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsEngine) engine = bs_engine_path_new (&leader->options, leader->model, batch, &error);
  if (engine != NULL)
    bs_predictor_share_engine (leader, engine);
  else
    g_debug ("no engine for %u windows, so one after the other: %s", batch, error->message);
}

/* Makes all use one engine for many windows. Does nothing, and costs n comparisons, from the second tick on. */
static void
share_engine (BsPredictor *const *predictors, guint n)
{
  BsPredictor *leader = predictors[0];
  bs_predictor_prepare_tick (leader);
  for (guint i = 1; i < n; i++)
    if (predictors[i]->engine != leader->engine && could_share (predictors[i], leader))
      bs_predictor_share_engine (predictors[i], leader->engine);
}

static void
push_alone (const Part *part, guint i)
{
  bs_predictor_push_live (part->predictors[i], &part->bars[i], part->times != NULL ? &part->times[i] : NULL,
                          &part->signals[i], &part->errors[i]);
}

/* Features and windows; those that are full are noted, all others are through. */
static void
take_bars (Part *part, gboolean timing, gint64 start)
{
  for (guint i = 0; i < part->n; i++)
    {
      BsPredictor *predictor = part->predictors[i];
      if (!goes_with (predictor, part->leader))
        push_alone (part, i);
      else if (!bs_bar_series_append (predictor->primary, &part->bars[i], &part->errors[i]))
        continue;
      else if (bs_predictor_take_bar (predictor, &part->bars[i], &part->signals[i], timing))
        part->full[part->n_full++] = i;
      else if (timing)
        bs_predictor_note_times (predictor, part->times != NULL ? &part->times[i] : NULL, start, &part->signals[i]);
    }
}

/* All full windows through the network in one call. */
static gboolean
predict (const Part *part, float *probabilities, gint64 *stage_ns)
{
  BsPredictor *leader = part->leader;
  if (leader->options.value[BS_OPTION_INCREMENTAL])
    {
      BsEngineWindow *windows[BS_PREDICTOR_MAX_BATCH];
      for (guint k = 0; k < part->n_full; k++)
        windows[k] = part->predictors[part->full[k]]->window;
      return bs_engine_window_predict (leader->engine, windows, part->n_full, probabilities, stage_ns, NULL);
    }
  gsize window_floats = (gsize) leader->model->sequence_length * BS_N_FEATURES;
  if (leader->gathered == NULL)
    leader->gathered = g_new (float, leader->engine->options.max_batch *window_floats);
  for (guint k = 0; k < part->n_full; k++)
    memcpy (leader->gathered + k * window_floats, part->predictors[part->full[k]]->scaled,
            window_floats * sizeof (float));
  return bs_engine_predict (leader->engine, leader->gathered, part->n_full, probabilities, stage_ns, NULL);
}

/* Fills the signals of all full windows. */
static void
answer (const Part *part, gboolean timing, gint64 start)
{
  float probabilities[BS_PREDICTOR_MAX_BATCH * BS_N_CLASSES];
  gint64 network_ns[BS_N_STAGES] = { 0 };
  /* One window that leads to no answer spoils the call for all: then each is asked for by itself, and says what is wrong. */
  gboolean together = part->n_full > 0 && predict (part, probabilities, timing ? network_ns : NULL);
  for (guint k = 0; k < part->n_full; k++)
    {
      guint i = part->full[k];
      BsPredictor *predictor = part->predictors[i];
      BsSignal *signal = &part->signals[i];
      if (together)
        {
          bs_predictor_fill_ready (predictor, probabilities + (gsize) k * BS_N_CLASSES,
                                   bs_predictor_inputs (predictor), signal->n_out_of_range, signal);
          for (guint stage = 0; stage < BS_N_STAGES; stage++)
            signal->stage_ns[stage] += network_ns[stage];
        }
      else if (!bs_predictor_answer (predictor, signal, timing, &part->errors[i]))
        continue;
      if (timing)
        bs_predictor_note_times (predictor, part->times != NULL ? &part->times[i] : NULL, start, signal);
    }
}

void
bs_predictor_push_tick_live (BsPredictor *const *predictors, const BsBar *bars, const BsBarTimes *times, guint n,
                             BsSignal *signals, GError **errors)
{
  g_return_if_fail (n == 0 || (predictors != NULL && bars != NULL && signals != NULL && errors != NULL));

  if (n == 0)
    return;
  memset (errors, 0, n * sizeof *errors);
  BsPredictor *leader = predictors[0];
  guint batch = bs_predictor_batch_windows (leader->model);
  gboolean together = leader->options.value[BS_OPTION_BATCH] && batch > 1 && n > 1;
  gboolean timing = leader->options.value[BS_OPTION_TIMING];
  if (together)
    share_engine (predictors, n);
  together = together && leader->engine->options.max_batch >= batch;

  for (guint done = 0; done < n; done += batch)
    {
      Part part = { .leader = leader,
                    .predictors = predictors + done,
                    .bars = bars + done,
                    .times = times != NULL ? times + done : NULL,
                    .signals = signals + done,
                    .errors = errors + done,
                    .n = MIN (batch, n - done) };
      if (!together)
        {
          for (guint i = 0; i < part.n; i++)
            push_alone (&part, i);
          continue;
        }
      gint64 start = timing ? bs_clock_ns () : 0;
      take_bars (&part, timing, start);
      answer (&part, timing, start);
    }
}

void
bs_predictor_push_tick (BsPredictor *const *predictors, const BsBar *bars, guint n, BsSignal *signals, GError **errors)
{
  bs_predictor_push_tick_live (predictors, bars, NULL, n, signals, errors);
}
