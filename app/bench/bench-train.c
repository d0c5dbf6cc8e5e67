/* bench-train.c: training: an epoch, a whole fit, and what a training in the background costs a live bar */
#include "app/bench/bs-bench-cases.h"

#include "app/bs-paths.h"
#include "app/feeds/bs-bar-generator.h"
#include "inference/predict/bs-predictor.h"
#include "inference/predict/bs-thread.h"
#include "inference/train/bs-fit.h"
#include "inference/train/bs-trainer.h"

#include <cblas.h>

#define SEED 3
#define MINUTE_US BS_BAR_GENERATOR_BAR_LENGTH_US
#define TRAIN_BARS 5000
#define STEPS 20
#define HIDDEN 64
#define LAYERS 2
#define FIT_EPOCHS 30
#define WAIT_US 1000 /* from one bar to the next: as live, the worker sleeps until a bar comes */

static BsBarSeries *
make_bars (BsBarGenerator *generator)
{
  BsBarSeries *bars = bs_bar_series_new (TRAIN_BARS, MINUTE_US, BS_STAMP_END);

  for (guint i = 0; i < TRAIN_BARS; i++)
    {
      BsBar bar;

      bs_bar_generator_next (generator, &bar);
      bs_bar_series_append (bars, &bar, NULL);
    }
  return bars;
}

/* --- fits --- */

typedef struct
{
  BsTrainingSet *set;
  BsTrainingView *view;
  BsParameterLayout layout;
  BsFitData data;
  BsFitOptions options;
  float *values;
} Fit;

static void
fit_teardown (gpointer data)
{
  Fit *self = data;

  bs_training_view_free (self->view);
  bs_training_set_free (self->set);
  g_free (self->values);
  g_free (self);
}

/* Over all bars, without early stopping, on two threads: tests/bench/peers/train.py does the same with PyTorch. */
static gpointer
fit_setup (const BsBenchCase *row, GError **error)
{
  Fit *self = g_new0 (Fit, 1);
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, MINUTE_US);
  g_autoptr (BsBarSeries) bars = make_bars (generator);
  g_autoptr (BsModel) shape = bs_model_new_random (BS_N_FEATURES, HIDDEN, LAYERS, STEPS, SEED);
  const BsFitRows rows = { STEPS - 1, TRAIN_BARS - 1 };

  openblas_set_num_threads (1);
  self->set = bs_training_set_new (bars, NULL, STEPS, 1, 0, error);
  if (self->set == NULL)
    {
      fit_teardown (self);
      return NULL;
    }
  self->view = bs_training_view_new (self->set, rows, NULL);
  bs_parameter_layout_init (&self->layout, shape);
  self->values = g_new (float, self->layout.n);
  bs_fit_init_values (&self->layout, SEED, self->values);
  self->data
    = (BsFitData){ .inputs = self->view->inputs, .labels = self->view->labels, .training = rows, .class_weights = { 1, 1, 1 } };
  bs_fit_options_init (&self->options);
  self->options.epochs = (guint) row->arg;
  self->options.n_threads = 2;
  return self;
}

static gboolean
fit_run (gpointer data, GError **error)
{
  Fit *self = data;

  if (bs_fit (&self->layout, &self->data, &self->options, self->values, NULL, NULL, NULL))
    return TRUE;
  g_set_error (error, BS_BENCH_ERROR, BS_BENCH_ERROR_FAILED, "the loss is no number any more");
  return FALSE;
}

/* --- beside a live session --- */

enum
{
  TRAINING_OFF,
  TRAINING_ON,
};

typedef struct
{
  BsBarGenerator *generator;
  BsPredictor *predictor;
  BsBarSeries *bars;
  gboolean wakes_soon;
  GThread *thread; /* (nullable): of this slice */
  gint cancel;
  gboolean trains;
} Live;

static gpointer
train_main (gpointer data)
{
  Live *self = data;
  BsTrainOptions options;

  bs_thread_lower_priority ();
  bs_train_options_init (&options);
  options.low_priority = TRUE;
  options.n_threads = MAX (2, g_get_num_processors ()) - 1; /* as the window does */
  while (!g_atomic_int_get (&self->cancel))
    bs_train_result_free (bs_train (self->bars, NULL, &options, NULL, NULL, &self->cancel, NULL));
  return NULL;
}

static void
begin_slice (gpointer data)
{
  Live *self = data;

  g_atomic_int_set (&self->cancel, 0);
  if (self->trains)
    self->thread = g_thread_new ("train", train_main, self);
}

static void
end_slice (gpointer data)
{
  Live *self = data;

  g_atomic_int_set (&self->cancel, 1);
  g_clear_pointer (&self->thread, g_thread_join);
}

static void
live_teardown (gpointer data)
{
  Live *self = data;

  end_slice (self);
  g_clear_pointer (&self->predictor, bs_predictor_free);
  g_clear_pointer (&self->bars, bs_bar_series_free);
  g_clear_pointer (&self->generator, bs_bar_generator_free);
  g_free (self);
}

static gpointer
live_setup (const BsBenchCase *row, GError **error)
{
  Live *self = g_new0 (Live, 1);
  g_autofree char *path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (path, error);
  BsOptions options;

  bs_options_init (&options);
  self->trains = row->arg == TRAINING_ON;
  self->generator = bs_bar_generator_new (SEED, BS_BAR_GENERATOR_START_US, MINUTE_US);
  self->bars = make_bars (self->generator);
  if (model != NULL)
    self->predictor = bs_predictor_new (model, &options, 0, MINUTE_US, BS_STAMP_END, error);
  if (self->predictor != NULL && bs_predictor_append (self->predictor, self->bars, 0, TRAIN_BARS, error))
    return self;
  live_teardown (self);
  return NULL;
}

static gboolean
live_run (gpointer data, GError **error)
{
  Live *self = data;
  BsBar bar;
  BsSignal signal;

  /* As the session's worker does, for which this thread stands. */
  if (!self->wakes_soon)
    bs_thread_wake_soon ();
  self->wakes_soon = TRUE;
  bs_bar_generator_next (self->generator, &bar);
  g_usleep (WAIT_US);
  return bs_predictor_push (self->predictor, &bar, &signal, error);
}

const BsBenchCase bs_bench_train_cases[] = {
  { .name = "train/epoch/2x64",
    .summary = "one epoch over 5,000 bars: two layers of 64, 20 steps, batches of 128, two threads",
    .setup = fit_setup,
    .run = fit_run,
    .teardown = fit_teardown,
    .arg = 1 },
  { .name = "train/fit/2x64",
    .summary = "thirty such epochs",
    .setup = fit_setup,
    .run = fit_run,
    .teardown = fit_teardown,
    .arg = FIT_EPOCHS },
  { .name = "live/train/off",
    .summary = "1 ms of sleep, the waking up and a bar: beside live/train/on",
    .setup = live_setup,
    .run = live_run,
    .teardown = live_teardown,
    .arg = TRAINING_OFF },
  { .name = "live/train/on",
    .summary = "the same with a training running behind it",
    .setup = live_setup,
    .run = live_run,
    .teardown = live_teardown,
    .begin_slice = begin_slice,
    .end_slice = end_slice,
    .arg = TRAINING_ON },
  { NULL },
};
