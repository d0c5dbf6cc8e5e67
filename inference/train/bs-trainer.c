/* bs-trainer.c: the fits of a training, side by side, and what becomes of them */
#include "inference/train/bs-trainer.h"

#include "inference/model/bs-model-private.h"
#include "inference/model/bs-safetensors-write.h"
#include "inference/predict/bs-thread.h"
#include "inference/train/bs-leak-check.h"
#include "inference/train/bs-logistic.h"
#include "inference/train/bs-random.h"
#include "inference/train/bs-trainer-private.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#define HEAD_UNITS 32 /* of fc1, as in the networks of the system before */
#define FINE_TUNE_RATE 5e-4
#define STEPS_AN_EPOCH 32 /* at least, where there are few rows: smaller batches */
#define MIN_BATCH 16
#define BOOTSTRAP_STREAM 1000003 /* of the seed: none that a fit takes */

typedef struct _Training Training;

/* One fit: a fold, or the model itself. */
typedef struct
{
  Training *training;
  guint number;
  BsTrainingParts parts;
  BsTrainingView *view;
  float *values;
  BsScoredBar *bars; /* of the test part */
  double temperature, validation_loss;
  GArray *curve; /* of BsFitEpoch */
  GError *error;
} Fit;

struct _Training
{
  const BsTrainOptions *options;
  BsTrainingSet *set;
  BsParameterLayout layout;
  const BsModel *start; /* (nullable): fine-tuning */
  guint n_fits;
  Fit *fits;
  BsTrainProgressFunc progress;
  gpointer user_data;
  const gint *cancel;
  GMutex lock;
  double *done; /* [n_fits] epochs, of options->epochs */
};

void
bs_train_options_init (BsTrainOptions *self)
{
  *self = (BsTrainOptions){ .hidden = 64,
                            .n_layers = 2,
                            .sequence_length = 20,
                            .epochs = 30,
                            .folds = BS_TRAIN_MIN_FOLDS,
                            .horizon = 1,
                            .n_threads = 1,
                            .lost_share = 0.25,
                            .seed = 1 };
}

gboolean
bs_train_options_check (const BsTrainOptions *self, GError **error)
{
  const struct
  {
    const char *name;
    guint value, min, max;
  } numbers[] = {
    { "hidden", self->hidden, 1, BS_MODEL_MAX_HIDDEN },
    { "layers", self->n_layers, 1, BS_MODEL_MAX_LAYERS },
    { "sequence length", self->sequence_length, 1, 512 },
    { "epochs", self->epochs, 1, 10000 },
    { "folds", self->folds, BS_TRAIN_MIN_FOLDS, BS_TRAIN_MAX_FOLDS },
    { "horizon", self->horizon, 1, BS_TRAIN_MAX_HORIZON },
    { "threads", self->n_threads, 1, 256 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].value < numbers[i].min || numbers[i].value > numbers[i].max)
      {
        g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_OPTIONS, "%s: expected an integer from %u to %u, got %u",
                     numbers[i].name, numbers[i].min, numbers[i].max, numbers[i].value);
        return FALSE;
      }
  return TRUE;
}

BsModel *
bs_train_network_new (const BsParameterLayout *layout, const float *values, const double *mean, const double *scale,
                      double temperature)
{
  BsModelShape shape = { .n_inputs = layout->n_inputs,
                         .hidden = layout->hidden,
                         .n_layers = layout->n_layers,
                         .n_linear = layout->n_linear };
  BsModel *model;

  for (guint k = 0; k < layout->n_linear; k++)
    shape.linear_outputs[k] = layout->linear[k].n_outputs;
  model = bs_model_alloc (&shape, NULL);
  if (!model)
    return NULL;
  bs_parameters_write (layout, values, model);
  memcpy ((double *) model->mean, mean, layout->n_inputs * sizeof (double));
  memcpy ((double *) model->scale, scale, layout->n_inputs * sizeof (double));
  model->sequence_length = layout->sequence_length;
  model->feature_set = BS_FEATURE_SET_CAUSAL;
  model->temperature = temperature;
  return model;
}

/* --- one fit --- */

static void
on_epoch (const BsFitEpoch *epoch, gpointer user_data)
{
  Fit *self = user_data;
  Training *training = self->training;
  BsTrainProgress progress = { .fit = self->number, .n_fits = training->n_fits, .epoch = *epoch };
  double done = 0, all = 0;

  g_array_append_val (self->curve, *epoch);
  if (epoch->best)
    self->validation_loss = epoch->validation_loss;
  if (!training->progress)
    return;
  g_mutex_lock (&training->lock);
  training->done[self->number] = epoch->epoch;
  for (guint f = 0; f < training->n_fits; f++)
    {
      const BsFitRows rows = training->fits[f].parts.training;

      done += training->done[f] * (double) (rows.end - rows.begin);
      all += (double) training->options->epochs * (double) (rows.end - rows.begin);
    }
  progress.fraction = done / all;
  training->progress (&progress, training->user_data);
  g_mutex_unlock (&training->lock);
}

/* Inputs without weight had none of it in training either; now no value of theirs can matter. */
static void
clear_unused (const Fit *self)
{
  const BsParameterLayout *layout = &self->training->layout;
  float *w_ih = self->values + layout->layers[0].w_ih;

  for (guint u = 0; u < 4 * layout->hidden; u++)
    for (guint i = 0; i < layout->n_inputs; i++)
      if (self->view->unused[i])
        w_ih[(gsize) u * layout->n_inputs + i] = 0;
}

static void
test (Fit *self, const BsFitData *data)
{
  const BsParameterLayout *layout = &self->training->layout;
  const BsTrainingView *view = self->view;
  const gsize n = self->parts.test.end - self->parts.test.begin;
  g_autofree float *logits = g_new (float, n * BS_N_CLASSES);
  BsLogistic logistic;

  bs_logistic_fit (&logistic, view, &self->parts);
  bs_fit_logits (layout, self->values, data, self->parts.test, logits);
  self->bars = g_new0 (BsScoredBar, n);
  for (gsize i = 0; i < n; i++)
    {
      const gsize row = self->parts.test.begin + i;
      BsScoredBar *bar = &self->bars[i];

      bs_fit_softmax (logits + i * BS_N_CLASSES, self->temperature, bar->probabilities);
      bar->label = view->labels[row];
      bar->baselines[BS_BASELINE_MAJORITY] = (guint8) view->majority;
      bar->baselines[BS_BASELINE_LAST_DIRECTION] = view->last[row];
      bar->baselines[BS_BASELINE_LOGISTIC] = (guint8) bs_logistic_guess (&logistic, view->inputs + row * BS_N_FEATURES);
    }
}

static void
run_fit (gpointer data, gpointer user_data)
{
  Fit *self = data;
  Training *training = self->training;
  const BsTrainOptions *options = training->options;
  const BsParameterLayout *layout = &training->layout;
  const gsize n_validation = self->parts.validation.end - self->parts.validation.begin;
  g_autofree float *logits = g_new (float, n_validation * BS_N_CLASSES);
  BsFitData fit_data;
  BsFitOptions fit_options;

  if (options->low_priority)
    bs_thread_lower_priority ();
  self->view = bs_training_view_new (training->set, self->parts.training, training->start);
  if (!training->start && !bs_leak_check_parts (training->set, &self->parts, self->view, &self->error))
    return;
  fit_data = (BsFitData){ .inputs = self->view->inputs,
                          .labels = self->view->labels,
                          .training = self->parts.training,
                          .validation = self->parts.validation,
                          .lost = training->set->has_secondary ? self->view->lost : NULL };
  memcpy (fit_data.class_weights, self->view->class_weights, sizeof fit_data.class_weights);
  bs_fit_options_init (&fit_options);
  fit_options.epochs = options->epochs;
  fit_options.batch = CLAMP ((guint) ((self->parts.training.end - self->parts.training.begin) / STEPS_AN_EPOCH), MIN_BATCH,
                             fit_options.batch);
  fit_options.seed = bs_random_seed (options->seed, self->number);
  fit_options.lost_share = options->lost_share;
  /* fits side by side come first: they wait for nothing */
  fit_options.n_threads = CLAMP (options->n_threads / training->n_fits, 1, BS_FIT_SHARDS);
  if (training->start)
    fit_options.learning_rate = FINE_TUNE_RATE;
  else
    bs_fit_init_values (layout, bs_random_seed (options->seed, training->n_fits), self->values);
  clear_unused (self);
  if (!bs_fit (layout, &fit_data, &fit_options, self->values, on_epoch, self, training->cancel))
    {
      if (training->cancel && g_atomic_int_get (training->cancel))
        g_set_error (&self->error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_CANCELLED, "cancelled");
      else
        g_set_error (&self->error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_FIT,
                     "the loss stopped being a number; the bars may hold extreme values");
      return;
    }
  clear_unused (self);
  bs_fit_unweigh (layout, fit_data.class_weights, self->values);
  bs_fit_logits (layout, self->values, &fit_data, self->parts.validation, logits);
  self->temperature = bs_fit_temperature (logits, self->view->labels + self->parts.validation.begin, n_validation);
  if (self->parts.test.end > self->parts.test.begin)
    test (self, &fit_data);
  /* the inputs of all fits together would be many times the features */
  g_clear_pointer (&self->view->inputs, g_free);
  if (training->progress)
    {
      g_mutex_lock (&training->lock);
      training->done[self->number] = options->epochs;
      g_mutex_unlock (&training->lock);
    }
}

/* --- all of them --- */

static void
training_clear (Training *self)
{
  for (guint f = 0; f < self->n_fits; f++)
    {
      bs_training_view_free (self->fits[f].view);
      g_free (self->fits[f].values);
      g_free (self->fits[f].bars);
      g_clear_pointer (&self->fits[f].curve, g_array_unref);
      g_clear_error (&self->fits[f].error);
    }
  g_free (self->fits);
  g_free (self->done);
  g_clear_pointer (&self->set, bs_training_set_free);
  g_mutex_clear (&self->lock);
}

/* @n_folds: 0 for the final fit alone */
static gboolean
training_run (Training *self, guint n_folds, GError **error)
{
  GThreadPool *pool;
  g_autofree float *start = NULL;

  self->n_fits = n_folds + 1;
  self->fits = g_new0 (Fit, self->n_fits);
  self->done = g_new0 (double, self->n_fits);
  if (self->start)
    {
      start = g_new (float, self->layout.n);
      bs_parameters_read (&self->layout, self->start, start);
    }
  for (guint f = 0; f < self->n_fits; f++)
    {
      Fit *fit = &self->fits[f];

      fit->training = self;
      fit->number = f;
      fit->curve = g_array_new (FALSE, FALSE, sizeof (BsFitEpoch));
      fit->values = start ? g_memdup2 (start, self->layout.n * sizeof (float)) : g_new0 (float, self->layout.n);
      if (!bs_training_parts (self->set, MAX (n_folds, 1), f == n_folds ? MAX (n_folds, 1) : f, &fit->parts, error))
        return FALSE;
    }
  openblas_set_num_threads (1); /* for the whole process, as the reference engine does */
  pool = g_thread_pool_new (run_fit, NULL, (gint) MIN (self->options->n_threads, self->n_fits), TRUE, error);
  if (!pool)
    return FALSE;
  for (guint f = self->n_fits; f-- > 0;) /* those that take longest begin first */
    g_thread_pool_push (pool, &self->fits[f], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint f = 0; f < self->n_fits; f++)
    if (self->fits[f].error)
      {
        g_propagate_error (error, g_steal_pointer (&self->fits[f].error));
        return FALSE;
      }
  return TRUE;
}

static void
summarize (const Training *self, BsTrainResult *result)
{
  const Fit *final = &self->fits[self->n_fits - 1];
  const BsTrainingSet *set = self->set;
  g_autoptr (GArray) bars = g_array_new (FALSE, FALSE, sizeof (BsScoredBar));

  for (guint f = 0; f + 1 < self->n_fits; f++)
    {
      const Fit *fit = &self->fits[f];
      BsTrainFold *fold = &result->folds[f];
      BsScore score;

      fold->n_test = fit->parts.test.end - fit->parts.test.begin;
      fold->n_training = fit->parts.training.end - fit->parts.training.begin;
      fold->test_from_us = set->times[fit->parts.test.begin];
      fold->test_to_us = set->times[fit->parts.test.end - 1];
      fold->epochs = fit->curve->len;
      fold->temperature = fit->temperature;
      fold->threshold = fit->view->threshold;
      bs_score (&score, fit->bars, fold->n_test, 1);
      fold->accuracy = score.accuracy.value;
      for (guint b = 0; b < BS_N_BASELINES; b++)
        fold->baselines[b] = score.baselines[b].value;
      g_array_append_vals (bars, fit->bars, (guint) fold->n_test);
    }
  bs_score (&result->score, (const BsScoredBar *) bars->data, bars->len,
            bs_random_seed (self->options->seed, BOOTSTRAP_STREAM));
  result->verdict = bs_score_verdict_words (&result->score, final->view->majority);
  result->n_bars = set->n_rows;
  result->trained_from_us = set->times[final->parts.training.begin];
  result->trained_to_us = set->times[final->parts.training.end - 1];
  result->epochs = final->curve->len;
  result->curve = g_memdup2 (final->curve->data, final->curve->len * sizeof (BsFitEpoch));
  result->validation_loss = final->validation_loss;
  result->temperature = final->temperature;
  result->threshold = final->view->threshold;
  result->majority = final->view->majority;
  memcpy (result->class_share, final->view->share, sizeof result->class_share);
  memcpy (result->class_weights, final->view->class_weights, sizeof result->class_weights);
  for (guint i = 0; i < BS_N_FEATURES; i++)
    result->n_unused += final->view->unused[i];
}

static char *
describe_training (const BsTrainOptions *options, gsize n_bars)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT " bars of %s; %s; CPU %s, OpenBLAS core %s, %u threads; seed %" G_GUINT64_FORMAT,
                          n_bars, options->bars_from ? options->bars_from : "a series",
                          options->program ? options->program : "unknown build", options->cpu ? options->cpu : "unknown",
                          openblas_get_corename (), options->n_threads, options->seed);
}

/* A model as the strict loader gives it back. */
static BsModel *
through_file (const BsModel *network, GTree *metadata, GError **error)
{
  g_autoptr (GBytes) file = bs_model_to_bytes (network, NULL, metadata, error);

  return file ? bs_model_load_bytes (g_bytes_get_data (file, NULL), g_bytes_get_size (file), "the trained model", error)
              : NULL;
}

static gboolean
make_model (const Training *self, BsTrainResult *result, GError **error)
{
  const Fit *final = &self->fits[self->n_fits - 1];
  g_autoptr (BsModel) network = bs_train_network_new (&self->layout, final->values, final->view->mean,
                                                      final->view->scale, final->temperature);
  g_autoptr (GTree) metadata = NULL;

  if (!network)
    {
      g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_BARS, "not enough memory for the model");
      return FALSE;
    }
  if (!bs_train_fidelity (network, self->set, &result->int8, error))
    return FALSE;
  metadata = bs_train_metadata (result, self->options, bs_bar_series_bar_length (self->set->primary));
  result->model = through_file (network, metadata, error);
  return result->model != NULL;
}

static void
init_layout (Training *self)
{
  g_autoptr (BsModel) shape = bs_model_new_random (BS_N_FEATURES, self->options->hidden, self->options->n_layers,
                                                   self->options->sequence_length, 1);

  bs_parameter_layout_init (&self->layout, shape);
  g_assert (self->layout.linear[0].n_outputs == HEAD_UNITS);
}

BsTrainResult *
bs_train (const BsBarSeries *primary, const BsBarSeries *secondary, const BsTrainOptions *options,
          BsTrainProgressFunc progress, gpointer user_data, const gint *cancel, GError **error)
{
  const gint64 since = g_get_monotonic_time ();
  Training training
    = { .options = options, .progress = progress, .user_data = user_data, .cancel = cancel };
  g_autoptr (BsTrainResult) result = g_new0 (BsTrainResult, 1);
  gboolean done;

  if (!bs_train_options_check (options, error))
    return NULL;
  g_mutex_init (&training.lock);
  init_layout (&training);
  training.set = bs_training_set_new (primary, secondary, options->sequence_length, options->horizon, options->max_bars,
                                      error);
  done = training.set && bs_leak_check_rows (training.set, error) && training_run (&training, options->folds, error);
  if (done)
    {
      result->options = *options;
      result->options.name = result->options.description = result->options.instrument = NULL;
      result->options.bars_from = result->options.program = result->options.cpu = NULL;
      summarize (&training, result);
      result->trained_on = describe_training (options, training.set->n_rows);
      done = make_model (&training, result, error);
      result->seconds = (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC;
    }
  training_clear (&training);
  return done ? g_steal_pointer (&result) : NULL;
}

void
bs_train_result_free (BsTrainResult *self)
{
  if (!self)
    return;
  bs_model_unref (self->model);
  g_free (self->curve);
  g_free (self->verdict);
  g_free (self->trained_on);
  g_free (self);
}

gboolean
bs_train_result_save (const BsTrainResult *self, const char *path, GError **error)
{
  return bs_model_save (self->model, NULL, NULL, path, error);
}

BsModel *
bs_fine_tune (const BsModel *model, const BsBarSeries *primary, const BsBarSeries *secondary,
              const BsTrainOptions *options, BsTrainProgressFunc progress, gpointer user_data, const gint *cancel,
              GError **error)
{
  Training training = { .options = options,
                        .start = model,
                        .progress = progress,
                        .user_data = user_data,
                        .cancel = cancel };
  g_autoptr (BsModel) network = NULL;
  g_autoptr (GTree) metadata = NULL;

  if (!bs_train_options_check (options, error))
    return NULL;
  if (model->n_inputs != BS_N_FEATURES || model->feature_set != BS_FEATURE_SET_CAUSAL)
    {
      g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_OPTIONS,
                   "only a model of the %d causal features can be trained further", BS_N_FEATURES);
      return NULL;
    }
  g_mutex_init (&training.lock);
  bs_parameter_layout_init (&training.layout, model);
  training.set = bs_training_set_new (primary, secondary, model->sequence_length, options->horizon, options->max_bars,
                                      error);
  if (training.set && bs_leak_check_rows (training.set, error) && training_run (&training, 0, error))
    network = bs_train_network_new (&training.layout, training.fits[0].values, model->mean, model->scale,
                                    training.fits[0].temperature);
  training_clear (&training);
  if (!network)
    return NULL;
  metadata = bs_model_metadata_copy (model);
  return through_file (network, metadata, error);
}
