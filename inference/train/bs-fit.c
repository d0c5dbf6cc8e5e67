/* bs-fit.c: one network fitted to labelled windows */
#include "inference/train/bs-fit.h"

#include "inference/train/bs-adam.h"
#include "inference/train/bs-pass.h"
#include "inference/train/bs-random.h"

#include <math.h>
#include <string.h>

#define LOGITS_WINDOWS 128   /* of one forward pass of an evaluation */
#define BETTER_LOSS 1e-4     /* nats by which an epoch must be better to count */
#define MIN_TEMPERATURE 0.25
#define MAX_TEMPERATURE 4

typedef struct _Fit Fit;

/* A part of every batch, with room of its own. */
typedef struct
{
  Fit *fit;
  guint n; /* windows of this batch; 0: nothing to do */
  const guint32 *rows; /* [n] */
  guint64 random;
  BsArena arena; /* all arrays below */
  float *inputs, *d_logits, *gradient;
  BsPassF32Activations activations;
  BsPassF32Room room;
  double loss; /* weighted sum */
} Shard;

struct _Fit
{
  const BsParameterLayout *layout;
  const BsFitData *data;
  const BsFitOptions *options;
  float *values;
  guint max_shard;
  double weight; /* of all windows of the batch */
  Shard shards[BS_FIT_SHARDS];
  /* the second shard's thread */
  GThread *thread;
  GMutex lock;
  GCond changed;
  gboolean has_work, ends;
};

void
bs_fit_options_init (BsFitOptions *self)
{
  *self = (BsFitOptions){ .epochs = 30,
                          .batch = 128,
                          .learning_rate = 2e-3,
                          .clip = 1,
                          .dropout_layers = 0.2,
                          .dropout_head = 0.3,
                          .plateau_epochs = 3,
                          .patience_epochs = 8,
                          .n_threads = 1,
                          .seed = 1 };
}

static void
fill_uniform (float *values, gsize n, double limit, guint64 *random)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (float) (limit * (2 * bs_random_double (random) - 1));
}

void
bs_fit_init_values (const BsParameterLayout *layout, guint64 seed, float *values)
{
  const gsize H = layout->hidden;
  guint64 random = seed;

  for (guint k = 0; k < layout->n_layers; k++)
    {
      const double limit = 1 / sqrt ((double) H);
      float *bias = values + layout->layers[k].bias;

      fill_uniform (values + layout->layers[k].w_ih, 4 * H * layout->layers[k].n_inputs, limit, &random);
      fill_uniform (values + layout->layers[k].w_hh, 4 * H * H, limit, &random);
      fill_uniform (bias, 4 * H, limit, &random);
      for (gsize i = 0; i < 4 * H; i++)
        bias[i] += (float) (limit * (2 * bs_random_double (&random) - 1));
    }
  for (guint k = 0; k < layout->n_linear; k++)
    {
      const double limit = 1 / sqrt (layout->linear[k].n_inputs);

      fill_uniform (values + layout->linear[k].weight,
                    (gsize) layout->linear[k].n_outputs * layout->linear[k].n_inputs, limit, &random);
      fill_uniform (values + layout->linear[k].bias, layout->linear[k].n_outputs, limit, &random);
    }
}

/* --- one shard of a batch --- */

/* 16 bits decide over each number: a share is kept to 1 / 65536. */
static void
fill_mask (float *mask, gsize n, double dropped, guint64 *random)
{
  const guint limit = (guint) lrint (dropped * 65536);
  const float kept = (float) (1 / (1 - dropped));

  for (gsize i = 0; i < n;)
    {
      guint64 bits = bs_random_next (random);

      for (guint part = 0; part < 4 && i < n; part++, i++, bits >>= 16)
        mask[i] = (bits & 0xffff) < limit ? 0 : kept;
    }
}

static void
gather (const BsParameterLayout *layout, const float *inputs, const guint32 *rows, guint n, float *out)
{
  const gsize T = layout->sequence_length, F = layout->n_inputs;

  for (gsize t = 0; t < T; t++)
    for (guint w = 0; w < n; w++)
      memcpy (out + (t * n + w) * F, inputs + (rows[w] + 1 - T + t) * F, F * sizeof (float));
}

/* A share of the windows goes without some inputs. */
static void
lose_inputs (Shard *self)
{
  const BsParameterLayout *layout = self->fit->layout;
  const float *lost = self->fit->data->lost;
  const gsize T = layout->sequence_length, F = layout->n_inputs;

  if (!lost || self->fit->options->lost_share <= 0)
    return;
  for (guint w = 0; w < self->n; w++)
    if (bs_random_double (&self->random) < self->fit->options->lost_share)
      for (gsize t = 0; t < T; t++)
        for (gsize i = 0; i < F; i++)
          if (!isnan (lost[i]))
            self->inputs[(t * self->n + w) * F + i] = lost[i];
}

static void
fill_masks (Shard *self)
{
  const BsParameterLayout *layout = self->fit->layout;
  const BsFitOptions *options = self->fit->options;
  const gsize n = self->n, T = layout->sequence_length;

  for (guint k = 0; k < layout->n_layers; k++)
    if (self->activations.layers[k].mask)
      fill_mask (self->activations.layers[k].mask, n * T * layout->hidden, options->dropout_layers, &self->random);
  for (guint k = 0; k < layout->n_linear; k++)
    if (self->activations.linear[k].mask)
      fill_mask (self->activations.linear[k].mask, n * layout->linear[k].n_inputs, options->dropout_head, &self->random);
}

void
bs_fit_unweigh (const BsParameterLayout *layout, const float *class_weights, float *values)
{
  float *bias = values + layout->linear[layout->n_linear - 1].bias;

  for (guint c = 0; c < BS_N_CLASSES; c++)
    bias[c] -= logf (class_weights[c]);
}

void
bs_fit_softmax (const float *logits, double temperature, double *probabilities)
{
  double largest = logits[0], sum = 0;

  for (guint c = 1; c < BS_N_CLASSES; c++)
    largest = fmax (largest, logits[c]);
  for (guint c = 0; c < BS_N_CLASSES; c++)
    sum += probabilities[c] = exp ((logits[c] - largest) / temperature);
  for (guint c = 0; c < BS_N_CLASSES; c++)
    probabilities[c] /= sum;
}

static void
shard_run (Shard *self)
{
  const Fit *fit = self->fit;
  const BsParameterLayout *layout = fit->layout;
  const float *logits = self->activations.linear[layout->n_linear - 1].values;

  self->loss = 0;
  memset (self->gradient, 0, layout->n * sizeof (float));
  if (!self->n)
    return;
  gather (layout, fit->data->inputs, self->rows, self->n, self->inputs);
  lose_inputs (self);
  self->activations.n = self->n;
  self->activations.step_stride = self->n;
  self->activations.inputs = self->inputs;
  fill_masks (self);
  bs_pass_f32_forward (layout, fit->values, &self->activations);
  for (guint w = 0; w < self->n; w++)
    {
      const guint label = fit->data->labels[self->rows[w]];
      const double weight = fit->data->class_weights[label];
      double probabilities[BS_N_CLASSES];

      bs_fit_softmax (logits + w * BS_N_CLASSES, 1, probabilities);
      self->loss -= weight * log (fmax (probabilities[label], 1e-300));
      for (guint c = 0; c < BS_N_CLASSES; c++)
        self->d_logits[w * BS_N_CLASSES + c] = (float) (weight / fit->weight * (probabilities[c] - (c == label)));
    }
  bs_pass_f32_backward (layout, fit->values, &self->activations, self->d_logits, &self->room, self->gradient, NULL);
}

static gpointer
run_thread (gpointer data)
{
  Fit *self = data;

  g_mutex_lock (&self->lock);
  while (!self->ends)
    if (self->has_work)
      {
        g_mutex_unlock (&self->lock);
        shard_run (&self->shards[1]);
        g_mutex_lock (&self->lock);
        self->has_work = FALSE;
        g_cond_broadcast (&self->changed);
      }
    else
      g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
set_flag (Fit *self, gboolean *flag)
{
  g_mutex_lock (&self->lock);
  *flag = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
wait_for_work (Fit *self)
{
  g_mutex_lock (&self->lock);
  while (self->has_work)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

/* --- a fit --- */

/* Runs twice, see BsArena. */
static void
shard_lay_out (Shard *self, const Fit *fit)
{
  const BsParameterLayout *layout = fit->layout;
  const gboolean dropout = fit->options->dropout_layers > 0 || fit->options->dropout_head > 0;

  self->inputs = bs_arena_take (&self->arena, sizeof (float), fit->max_shard, layout->sequence_length, layout->n_inputs);
  self->d_logits = bs_arena_take (&self->arena, sizeof (float), fit->max_shard, BS_N_CLASSES, 1);
  self->gradient = bs_arena_take (&self->arena, sizeof (float), layout->n, 1, 1);
  bs_pass_f32_take_activations (layout, &self->arena, fit->max_shard, dropout, &self->activations);
  bs_pass_f32_take_room (layout, &self->arena, fit->max_shard, &self->room);
}

static void
fit_begin (Fit *self)
{
  self->max_shard = (self->options->batch + BS_FIT_SHARDS - 1) / BS_FIT_SHARDS;
  for (guint s = 0; s < BS_FIT_SHARDS; s++)
    {
      Shard *shard = &self->shards[s];

      shard->fit = self;
      shard_lay_out (shard, self);
      if (!bs_arena_allocate (&shard->arena))
        g_error ("no memory for training in batches of %u windows", self->options->batch); /* as g_malloc() */
      shard_lay_out (shard, self);
    }
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  if (self->options->n_threads > 1)
    self->thread = g_thread_new ("bs-fit", run_thread, self);
}

static void
fit_end (Fit *self)
{
  if (self->thread)
    {
      set_flag (self, &self->ends);
      g_thread_join (self->thread);
    }
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  for (guint s = 0; s < BS_FIT_SHARDS; s++)
    bs_arena_clear (&self->shards[s].arena);
}

/* One batch. Returns: its loss summed, with the batch's weight in self->weight and the gradient in the first shard. */
static double
run_batch (Fit *self, const guint32 *rows, guint n, guint64 seed)
{
  const guint part = (n + BS_FIT_SHARDS - 1) / BS_FIT_SHARDS;
  double loss = 0;

  self->weight = 0;
  for (guint i = 0; i < n; i++)
    self->weight += self->data->class_weights[self->data->labels[rows[i]]];
  for (guint s = 0; s < BS_FIT_SHARDS; s++)
    {
      const guint from = MIN (n, s * part);

      self->shards[s].rows = rows + from;
      self->shards[s].n = MIN (n - from, part);
      self->shards[s].random = bs_random_seed (seed, s);
    }
  if (self->thread)
    set_flag (self, &self->has_work);
  else
    shard_run (&self->shards[1]);
  shard_run (&self->shards[0]);
  if (self->thread)
    wait_for_work (self);
  for (gsize i = 0; i < self->layout->n; i++)
    self->shards[0].gradient[i] += self->shards[1].gradient[i];
  for (guint s = 0; s < BS_FIT_SHARDS; s++)
    loss += self->shards[s].loss;
  return loss;
}

static void
shuffle (guint32 *rows, gsize n, guint64 random)
{
  for (gsize i = n; i > 1; i--)
    {
      const gsize other = bs_random_below (&random, i);
      const guint32 kept = rows[i - 1];

      rows[i - 1] = rows[other];
      rows[other] = kept;
    }
}

/* Returns: the mean training loss; NaN where it was cancelled or is no number any more */
static double
run_epoch (Fit *self, BsAdam *adam, guint32 *rows, gsize n_rows, guint epoch, double learning_rate, const gint *cancel)
{
  const guint64 seed = bs_random_seed (self->options->seed, epoch);
  double loss = 0, weight = 0;
  guint batch = 0;

  if (!self->options->in_order)
    shuffle (rows, n_rows, seed);
  for (gsize from = 0; from < n_rows; from += self->options->batch, batch++)
    {
      if (cancel && g_atomic_int_get (cancel))
        return NAN;
      loss += run_batch (self, rows + from, (guint) MIN (self->options->batch, n_rows - from),
                         bs_random_seed (seed, batch + 1));
      weight += self->weight;
      if (!isfinite (loss))
        return NAN;
      bs_adam_step (adam, self->shards[0].gradient, self->options->clip, learning_rate, self->values);
    }
  return loss / weight;
}

void
bs_fit_logits (const BsParameterLayout *layout, const float *values, const BsFitData *data, BsFitRows rows,
               float *logits)
{
  const gsize T = layout->sequence_length, F = layout->n_inputs;
  BsPassF32Activations activations = { 0 };
  BsArena arena = { 0 };
  float *inputs = NULL;
  guint32 indices[LOGITS_WINDOWS];

  g_return_if_fail (rows.begin + 1 >= T || rows.begin >= rows.end);

  for (guint pass = 0; pass < 2; pass++)
    {
      inputs = bs_arena_take (&arena, sizeof (float), LOGITS_WINDOWS, T, F);
      bs_pass_f32_take_activations (layout, &arena, LOGITS_WINDOWS, FALSE, &activations);
      if (pass == 0 && !bs_arena_allocate (&arena))
        g_error ("no memory for %d windows of %" G_GSIZE_FORMAT " steps", LOGITS_WINDOWS, T);
    }
  activations.inputs = inputs;
  for (gsize from = rows.begin; from < rows.end; from += LOGITS_WINDOWS)
    {
      const guint n = (guint) MIN (LOGITS_WINDOWS, rows.end - from);

      for (guint w = 0; w < n; w++)
        indices[w] = (guint32) (from + w);
      gather (layout, data->inputs, indices, n, inputs);
      activations.n = n;
      activations.step_stride = n;
      bs_pass_f32_forward (layout, values, &activations);
      memcpy (logits + (from - rows.begin) * BS_N_CLASSES, activations.linear[layout->n_linear - 1].values,
              n * BS_N_CLASSES * sizeof (float));
    }
  bs_arena_clear (&arena);
}

/* Mean cross entropy at a temperature. */
static double
loss_of (const float *logits, const guint8 *labels, gsize n, double temperature)
{
  double loss = 0;

  for (gsize i = 0; i < n; i++)
    {
      double probabilities[BS_N_CLASSES];

      bs_fit_softmax (logits + i * BS_N_CLASSES, temperature, probabilities);
      loss -= log (fmax (probabilities[labels[i]], 1e-300));
    }
  return loss / (double) n;
}

double
bs_fit_temperature (const float *logits, const guint8 *labels, gsize n)
{
  /* The loss has one minimum over 1 / temperature, being convex in it: golden sections over the logarithm. */
  const double ratio = (sqrt (5) - 1) / 2;
  double low = log (MIN_TEMPERATURE), high = log (MAX_TEMPERATURE);

  if (!n)
    return 1;
  while (high - low > 1e-3)
    {
      const double a = high - ratio * (high - low), b = low + ratio * (high - low);

      if (loss_of (logits, labels, n, exp (a)) < loss_of (logits, labels, n, exp (b)))
        high = b;
      else
        low = a;
    }
  return exp ((low + high) / 2);
}

static void
validate (const Fit *self, float *logits, BsFitEpoch *epoch)
{
  const BsFitRows rows = self->data->validation;
  const gsize n = rows.end - rows.begin;
  gsize hits = 0;

  bs_fit_logits (self->layout, self->values, self->data, rows, logits);
  for (gsize i = 0; i < n * BS_N_CLASSES; i++)
    logits[i] -= logf (self->data->class_weights[i % BS_N_CLASSES]);
  epoch->validation_loss = loss_of (logits, self->data->labels + rows.begin, n, 1);
  for (gsize i = 0; i < n; i++)
    {
      const float *of = logits + i * BS_N_CLASSES;
      guint best = 0;

      for (guint c = 1; c < BS_N_CLASSES; c++)
        if (of[c] > of[best])
          best = c;
      hits += best == self->data->labels[rows.begin + i];
    }
  epoch->validation_accuracy = (double) hits / (double) n;
}

gboolean
bs_fit (const BsParameterLayout *layout, const BsFitData *data, const BsFitOptions *options, float *values,
        void (*epoch_done) (const BsFitEpoch *epoch, gpointer user_data), gpointer user_data, const gint *cancel)
{
  const gsize n_rows = data->training.end - data->training.begin;
  const gsize n_validation = data->validation.end - data->validation.begin;
  g_autofree guint32 *rows = g_new (guint32, n_rows);
  g_autofree float *logits = g_new (float, n_validation * BS_N_CLASSES);
  g_autofree float *best = g_memdup2 (values, layout->n * sizeof (float));
  g_autoptr (BsAdam) adam = bs_adam_new (layout);
  Fit self = { .layout = layout, .data = data, .options = options, .values = values };
  double learning_rate = options->learning_rate, best_loss = INFINITY;
  guint waited = 0;
  gboolean done = TRUE;

  g_return_val_if_fail (n_rows >= 1 && data->training.begin + 1 >= layout->sequence_length, FALSE);

  for (gsize i = 0; i < n_rows; i++)
    rows[i] = (guint32) (data->training.begin + i);
  fit_begin (&self);
  for (guint epoch = 1; epoch <= options->epochs && waited < options->patience_epochs; epoch++)
    {
      BsFitEpoch now = { .epoch = epoch,
                         .learning_rate = learning_rate,
                         .validation_loss = NAN,
                         .validation_accuracy = NAN };

      now.training_loss = run_epoch (&self, adam, rows, n_rows, epoch, learning_rate, cancel);
      if (isnan (now.training_loss))
        {
          done = FALSE;
          break;
        }
      if (n_validation)
        validate (&self, logits, &now);
      now.best = !n_validation || now.validation_loss < best_loss - BETTER_LOSS;
      if (now.best)
        {
          memcpy (best, values, layout->n * sizeof (float));
          best_loss = now.validation_loss;
          waited = 0;
        }
      else if (++waited % options->plateau_epochs == 0)
        learning_rate /= 2;
      if (epoch_done)
        epoch_done (&now, user_data);
    }
  fit_end (&self);
  memcpy (values, best, layout->n * sizeof (float));
  return done;
}
