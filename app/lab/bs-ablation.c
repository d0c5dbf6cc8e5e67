#include "app/lab/bs-ablation.h"

#include <math.h>

#include "app/feeds/bs-random.h"

/* Bars timed in a round at most: long enough to even out what not every bar pays for, short enough that a slow spell of the
 * machine hits all arms. */
#define LIVE_BARS 400
#define BULK_BARS 2048
/* An arm's share of a round; one whose single bar takes longer gets that bar. */
#define SLICE_NS 20000000
/* Caches, branch predictors and the arena settle within this. */
#define WARM_UP_NS 20000000
#define WARM_UP_BARS 200
/* Bars pushed before a slice's first timed one: the history before them has just been replaced. */
#define SLICE_WARM_UP_BARS 20
/* The newest bars, among which rounds begin. */
#define REGION_BARS 2000
/* Bars before the region, besides one window: Hurst's 100 closes and some. */
#define HISTORY_BARS 120
#define MIN_REGION_BARS 20
/* Times of single bars that are kept of each arm: enough for a histogram. */
#define MAX_SAMPLES 20000
/* What the preparation is of the progress. */
#define PREPARATION 0.1

typedef struct
{
  const BsAblationArm *arm;
  BsArmResult *result;
  BsPredictor *predictor;
  double bar_ns; /* by the warm-up */
  guint n_warm_up;
  BsAnswer *answers;  /* [n_region] */
  gboolean *answered; /* [n_region] */
  GArray *samples;    /* of double: us for a bar */
} Arm;

typedef struct
{
  const BsAblationSetup *setup;
  BsAblation *result;
  guint64 first, end; /* of the bars */
  guint64 region;     /* where the newest bars begin */
  Arm *arms;          /* [n_arms] */
  guint n_arms;
  BsAnswer *reference;   /* [n_region] */
  gboolean *referenced;  /* [n_region] */
  BsBar *bars;           /* [n_region] */
  double *plain, *hurst; /* [LIVE_BARS]: us of a slice's bars without and with a Hurst computation */
  BsRandom random;
  gboolean cancelled;
} Run;

/* Where answers of one call go. */
typedef struct
{
  Run *run;
  guint64 next; /* index of the bar that the next signal is of */
  BsAnswer *answers;
  gboolean *answered;
} Answers;

void
bs_ablation_free (BsAblation *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; self->arms != NULL && i < self->plan->arms->len; i++)
    {
      g_free (self->arms[i].us);
      g_free (self->arms[i].outliers);
      g_free (self->arms[i].samples);
      g_free (self->arms[i].left_out);
    }
  g_free (self->arms);
  g_free (self->comparisons);
  bs_ablation_plan_free (self->plan);
  g_free (self);
}

static void
run_clear (Run *run)
{
  for (guint i = 0; i < run->n_arms; i++)
    {
      g_clear_pointer (&run->arms[i].predictor, bs_predictor_free);
      g_free (run->arms[i].answers);
      g_free (run->arms[i].answered);
      g_clear_pointer (&run->arms[i].samples, g_array_unref);
    }
  g_free (run->arms);
  g_free (run->reference);
  g_free (run->referenced);
  g_free (run->bars);
  g_free (run->plain);
  g_free (run->hurst);
  bs_ablation_free (run->result);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* Tells how far it is. Returns whether to go on. */
static gboolean
tell (Run *run, double fraction, const char *doing)
{
  const BsAblationProgress progress = { CLAMP (fraction, 0, 1), run->result->n_rounds, doing };
  if (run->setup->progress != NULL && !run->setup->progress (&progress, run->setup->data))
    run->cancelled = TRUE;
  return !run->cancelled;
}

static void
keep_answer (Answers *answers, guint64 index, const BsSignal *signal)
{
  if (signal->state != BS_SIGNAL_READY || index < answers->run->region)
    return;
  gsize i = (gsize) (index - answers->run->region);
  answers->answers[i] = bs_answer_from_signal (signal);
  answers->answered[i] = TRUE;
}

static gboolean
on_signal (const BsSignal *signal, gpointer data)
{
  Answers *answers = data;
  keep_answer (answers, answers->next++, signal);
  return TRUE;
}

/* The predictor as if all bars before @start, and none from there on, had come. */
static gboolean
rewind_to (Run *run, BsPredictor *predictor, guint64 start, GError **error)
{
  const BsBarSeries *secondary = run->setup->secondary;
  bs_predictor_reset (predictor);
  for (guint64 i = secondary != NULL ? bs_bar_series_first (secondary) : 0;
       secondary != NULL && i < bs_bar_series_end (secondary); i++)
    {
      BsBar bar;
      bs_bar_series_get (secondary, i, &bar);
      if (!bs_predictor_push_secondary (predictor, &bar, error))
        return FALSE;
    }
  return bs_predictor_append (predictor, run->setup->primary, run->first, start, error);
}

static BsPredictor *
make_predictor (Run *run, const BsOptions *options, GError **error)
{
  const BsBarSeries *primary = run->setup->primary, *secondary = run->setup->secondary;
  gsize n = MAX (bs_bar_series_length (primary), secondary != NULL ? bs_bar_series_length (secondary) : 0);
  BsPredictor *predictor = bs_predictor_new (run->setup->model, options, n + 1, bs_bar_series_bar_length (primary),
                                             bs_bar_series_stamp (primary), error);
  if (predictor != NULL)
    bs_predictor_set_log_slow (predictor, FALSE); /* slow is what many are to be */
  if (predictor != NULL && secondary != NULL)
    bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (secondary), bs_bar_series_stamp (secondary));
  return predictor;
}

/* FP32 by the reference engine, with the features as the plan's options have them. */
static void
reference_options (const BsOptions *options, BsOptions *reference)
{
  *reference = *options;
  reference->value[BS_OPTION_BACKEND] = BS_BACKEND_REFERENCE;
  reference->value[BS_OPTION_PRECISION] = BS_PRECISION_FP32;
  reference->value[BS_OPTION_TAIL_WINDOW] = FALSE;
  reference->value[BS_OPTION_INCREMENTAL] = TRUE;
  reference->value[BS_OPTION_TIMING] = FALSE;
  g_free (bs_options_repair (reference));
}

static gboolean
answer_reference (Run *run, GError **error)
{
  const gsize n = run->result->n_region;
  Answers answers = { .run = run, .next = run->region };
  answers.answers = run->reference = g_new0 (BsAnswer, n);
  answers.answered = run->referenced = g_new0 (gboolean, n);
  reference_options (&run->result->plan->options, &run->result->reference);
  g_autoptr (BsPredictor) predictor = make_predictor (run, &run->result->reference, error);
  return predictor != NULL && rewind_to (run, predictor, run->region, error)
         && bs_predictor_push_many (predictor, run->setup->primary, run->region, run->end, on_signal, &answers, error);
}

/* Bars of a slice, from how long one takes. */
static void
set_slice (Run *run, Arm *arm)
{
  const BsOptions *options = &arm->arm->options;
  const guint region = (guint) run->result->n_region;
  const double fit = SLICE_NS / MAX (arm->bar_ns, 1);
  const guint every = options->value[BS_OPTION_HURST_CACHE] ? (guint) options->value[BS_OPTION_HURST_EVERY] : 1;

  if (arm->arm->work == BS_ABLATION_BULK)
    {
      arm->result->n_bars = MIN (region, BULK_BARS);
      return;
    }
  arm->result->n_bars = (guint) CLAMP (fit, 1, MIN (region, LIVE_BARS));
  /* As many Hurst computations in each slice. */
  if (arm->result->n_bars > every)
    arm->result->n_bars -= arm->result->n_bars % every;
  arm->n_warm_up = (guint) CLAMP (fit / 10, 1, SLICE_WARM_UP_BARS);
}

/* Says why another engine answers. Returns whether the one asked for does. */
static gboolean
answers_itself (Arm *arm, GError **error)
{
  const char *notice = bs_predictor_notice (arm->predictor);
  if (notice == NULL)
    return TRUE;
  g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, notice);
  return FALSE;
}

static gboolean
warm_up (Run *run, Arm *arm, GError **error)
{
  const guint most = MIN (WARM_UP_BARS, (guint) run->result->n_region);
  const gint64 begin = bs_clock_ns ();
  guint n = 0;

  arm->bar_ns = INFINITY;
  if (!rewind_to (run, arm->predictor, run->region, error))
    return FALSE;
  for (gint64 last = bs_clock_ns (); n < most && (n < 2 || last - begin < WARM_UP_NS); n++)
    {
      BsSignal signal;
      if (!bs_predictor_push (arm->predictor, &run->bars[n], &signal, error))
        return FALSE;
      const gint64 now = bs_clock_ns ();
      /* The quickest: a busy machine must not make a slow arm of a fast one. The first allocates what all others use. */
      if (n > 0)
        arm->bar_ns = MIN (arm->bar_ns, (double) (now - last));
      last = now;
    }
  set_slice (run, arm);
  return answers_itself (arm, error);
}

static gboolean
set_up (Run *run, GError **error)
{
  const GArray *arms = run->result->plan->arms;
  run->arms = g_new0 (Arm, arms->len);
  run->n_arms = arms->len;
  for (guint i = 0; i < arms->len; i++)
    {
      g_autoptr (GError) local = NULL;
      Arm *arm = &run->arms[i];
      arm->arm = &g_array_index (arms, BsAblationArm, i);
      arm->result = &run->result->arms[i];
      if (!tell (run, PREPARATION * i / arms->len, arm->arm->name))
        {
          g_set_error_literal (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_CANCELLED,
                               "cancelled before the first round was complete");
          return FALSE;
        }
      arm->predictor = make_predictor (run, &arm->arm->options, &local);
      if (arm->predictor == NULL || !warm_up (run, arm, &local))
        {
          arm->result->left_out = g_strdup (local->message);
          g_clear_pointer (&arm->predictor, bs_predictor_free);
          continue;
        }
      arm->result->us = g_new0 (double, run->setup->rounds);
      arm->samples = g_array_new (FALSE, FALSE, sizeof (double));
      arm->answers = g_new0 (BsAnswer, run->result->n_region);
      arm->answered = g_new0 (gboolean, run->result->n_region);
    }
  if (run->result->arms[0].left_out == NULL)
    return TRUE;
  g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, run->result->arms[0].left_out);
  return FALSE;
}

static void
keep_samples (Arm *arm, const double *us, guint n)
{
  g_array_append_vals (arm->samples, us, MIN (n, MAX_SAMPLES - arm->samples->len));
}

/* What a bar of a slice takes: the medians of the bars with and without a Hurst computation, weighted by how many there are.
 * A mean would be one of the interruptions; so would the times of longer stretches, the more the longer they are. */
static double
slice_us (Run *run, guint n_plain, guint n_hurst)
{
  double sum = 0;
  if (n_plain > 0)
    sum += n_plain * bs_statistics_median (run->plain, n_plain);
  if (n_hurst > 0)
    sum += n_hurst * bs_statistics_median (run->hurst, n_hurst);
  return sum / (n_plain + n_hurst);
}

static gboolean
run_live (Run *run, Arm *arm, guint64 start, double *us, GError **error)
{
  const guint64 begin = start - MIN (start - run->first, arm->n_warm_up);
  const BsBar *bars = run->bars + (start - run->region);
  Answers answers = { run, 0, arm->answers, arm->answered };
  BsSignal signal;
  guint n_plain = 0, n_hurst = 0;

  if (!rewind_to (run, arm->predictor, begin, error))
    return FALSE;
  for (guint64 index = begin; index < start; index++)
    {
      BsBar bar;
      bs_bar_series_get (run->setup->primary, index, &bar);
      if (!bs_predictor_push (arm->predictor, &bar, &signal, error))
        return FALSE;
    }
  gint64 last = bs_clock_ns ();
  for (guint i = 0; i < arm->result->n_bars; i++)
    {
      if (!bs_predictor_push (arm->predictor, &bars[i], &signal, error))
        return FALSE;
      const gint64 now = bs_clock_ns ();
      double *place = signal.hurst_computed ? &run->hurst[n_hurst++] : &run->plain[n_plain++];
      *place = (double) (now - last) / 1e3;
      keep_answer (&answers, start + i, &signal);
      last = bs_clock_ns ();
    }
  keep_samples (arm, run->plain, n_plain);
  keep_samples (arm, run->hurst, n_hurst);
  *us = slice_us (run, n_plain, n_hurst);
  return TRUE;
}

static gboolean
run_bulk (Run *run, Arm *arm, guint64 start, double *us, GError **error)
{
  const guint n = arm->result->n_bars;
  Answers answers = { run, run->end - n, arm->answers, arm->answered };

  /* Always the newest: they hardly fit into the region more than once. */
  if (!rewind_to (run, arm->predictor, run->end - n, error))
    return FALSE;
  const gint64 begin = bs_clock_ns ();
  if (!bs_predictor_push_many (arm->predictor, run->setup->primary, run->end - n, run->end, on_signal, &answers, error))
    return FALSE;
  *us = (double) (bs_clock_ns () - begin) / 1e3 / n;
  keep_samples (arm, us, 1);
  return TRUE;
}

/* By BsAblationWork. */
static gboolean (*const work[]) (Run *run, Arm *arm, guint64 start, double *us, GError **error) = {
  [BS_ABLATION_LIVE] = run_live,
  [BS_ABLATION_BULK] = run_bulk,
};
G_STATIC_ASSERT (G_N_ELEMENTS (work) == BS_N_ABLATION_WORKS);

static void
shuffle (guint *order, guint n, BsRandom *random)
{
  for (guint i = n; i > 1; i--)
    {
      guint j = (guint) (bs_random_uniform (random) * i);
      guint swap = order[i - 1];
      order[i - 1] = order[j];
      order[j] = swap;
    }
}

/* The bar that round @round begins at: from round to round further on in the region. */
static guint64
round_start (const Run *run, guint round)
{
  const guint64 n = MIN (run->result->n_region, LIVE_BARS);
  const guint64 room = run->result->n_region - n;
  return run->region + (run->setup->rounds > 1 ? room * round / (run->setup->rounds - 1) : room);
}

static double
slice_ns (const Arm *arm)
{
  return arm->predictor == NULL ? 0 : arm->bar_ns * (arm->result->n_bars + arm->n_warm_up);
}

static void
run_rounds (Run *run)
{
  g_autofree guint *order = g_new (guint, run->n_arms);
  double all_ns = 0, done_ns = 0;

  for (guint i = 0; i < run->n_arms; i++)
    {
      order[i] = i;
      all_ns += slice_ns (&run->arms[i]) * run->setup->rounds;
    }
  for (guint round = 0; round < run->setup->rounds; round++)
    {
      const guint64 start = round_start (run, round);
      shuffle (order, run->n_arms, &run->random);
      for (guint i = 0; i < run->n_arms; i++)
        {
          g_autoptr (GError) error = NULL;
          Arm *arm = &run->arms[order[i]];
          if (arm->predictor == NULL)
            continue;
          if (!tell (run, PREPARATION + (1 - PREPARATION) * done_ns / all_ns, arm->arm->name))
            return;
          done_ns += slice_ns (arm);
          /* What fails now has failed for good: no round of it is whole. */
          if (!work[arm->arm->work](run, arm, start, &arm->result->us[round], &error) || !answers_itself (arm, &error))
            {
              arm->result->left_out = g_strdup (error->message);
              g_clear_pointer (&arm->predictor, bs_predictor_free);
            }
        }
      run->result->n_rounds++;
    }
  tell (run, 1, "");
}

static void
evaluate_arm (Run *run, Arm *arm)
{
  BsArmResult *result = arm->result;
  const guint n_rounds = run->result->n_rounds;
  const gsize n_region = run->result->n_region;
  gsize n = 0;

  if (arm->predictor == NULL)
    {
      g_clear_pointer (&result->us, g_free);
      result->n_bars = 0;
      return;
    }
  result->n_samples = arm->samples->len;
  result->samples = g_memdup2 (arm->samples->data, result->n_samples * sizeof (double));
  result->outliers = g_new0 (gboolean, n_rounds);
  result->n_outliers = bs_statistics_outliers (result->us, n_rounds, result->outliers);
  result->median = bs_statistics_median (result->us, n_rounds);

  g_autofree BsAnswer *reference = g_new (BsAnswer, n_region);
  for (gsize i = 0; i < n_region; i++)
    if (arm->answered[i] && run->referenced[i])
      {
        reference[n] = run->reference[i];
        arm->answers[n++] = arm->answers[i];
      }
  result->fidelity.name = arm->arm->name;
  if (n > 0)
    bs_fidelity_compare (reference, arm->answers, n, &result->fidelity);
}

static void
evaluate (Run *run)
{
  BsAblation *result = run->result;
  const GArray *comparisons = result->plan->comparisons;

  for (guint i = 0; i < run->n_arms; i++)
    evaluate_arm (run, &run->arms[i]);
  for (guint i = 0; i < comparisons->len; i++)
    {
      const BsAblationComparison *comparison = &g_array_index (comparisons, BsAblationComparison, i);
      const BsArmResult *base = &result->arms[comparison->base], *arm = &result->arms[comparison->arm];
      BsComparisonResult *outcome = &result->comparisons[i];
      outcome->measured = base->left_out == NULL && arm->left_out == NULL;
      if (!outcome->measured)
        continue;
      bs_ratio_bootstrap (base->us, arm->us, result->n_rounds, (guint64) run->setup->seed + i, &outcome->ratio);
      outcome->verdict = bs_ratio_verdict (&outcome->ratio);
    }
}

/* Where the newest bars begin, with a full history before them. */
static gboolean
choose_region (Run *run, GError **error)
{
  const BsBarSeries *bars = run->setup->primary;
  const gsize n = bs_bar_series_length (bars);
  const gsize history = run->setup->model->sequence_length + HISTORY_BARS;

  if (n < history + MIN_REGION_BARS)
    {
      g_set_error (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_BARS,
                   "too few bars: the model needs %" G_GSIZE_FORMAT " to measure with, there are %" G_GSIZE_FORMAT,
                   history + MIN_REGION_BARS, n);
      return FALSE;
    }
  run->first = bs_bar_series_first (bars);
  run->end = bs_bar_series_end (bars);
  run->result->n_region = MIN (n - history, REGION_BARS);
  run->region = run->end - run->result->n_region;
  run->bars = g_new (BsBar, run->result->n_region);
  for (guint64 index = run->region; index < run->end; index++)
    bs_bar_series_get (bars, index, &run->bars[index - run->region]);
  return TRUE;
}

BsAblation *
bs_ablation_run (BsAblationPlan *plan, const BsAblationSetup *setup, GError **error)
{
  g_return_val_if_fail (plan != NULL && setup != NULL, NULL);
  g_return_val_if_fail (setup->primary != NULL && setup->model != NULL, NULL);
  g_return_val_if_fail (setup->rounds >= 1 && setup->rounds <= BS_ABLATION_MAX_ROUNDS, NULL);

  const gint64 begin = bs_clock_ns ();
  g_auto (Run) run = { .setup = setup };
  BsAblation *result = run.result = g_new0 (BsAblation, 1);
  result->plan = plan;
  result->arms = g_new0 (BsArmResult, plan->arms->len);
  result->comparisons = g_new0 (BsComparisonResult, plan->comparisons->len);
  bs_random_init (&run.random, setup->seed);
  run.plain = g_new (double, LIVE_BARS);
  run.hurst = g_new (double, LIVE_BARS);

  if (!choose_region (&run, error) || !tell (&run, 0, "reference") || !answer_reference (&run, error)
      || !set_up (&run, error))
    {
      if (run.cancelled && error != NULL && *error == NULL)
        g_set_error_literal (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_CANCELLED,
                             "cancelled before the first round was complete");
      return NULL;
    }
  run_rounds (&run);
  if (result->n_rounds == 0)
    {
      g_set_error_literal (error, BS_ABLATION_ERROR, BS_ABLATION_ERROR_CANCELLED,
                           "cancelled before the first round was complete");
      return NULL;
    }
  result->cancelled = result->n_rounds < setup->rounds;
  evaluate (&run);
  result->seconds = (double) (bs_clock_ns () - begin) / 1e9;
  return g_steal_pointer (&run.result);
}
