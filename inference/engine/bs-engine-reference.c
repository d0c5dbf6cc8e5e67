/* bs-engine-reference.c: FP32 through OpenBLAS, one operation at a time
 *
 * The plan of a prediction, for n windows of T steps, F inputs, L layers of H units, C classes:
 *
 *   for each layer   gates  [n, T, 4H] = inputs [n, T, In] x w_ih^T [In, 4H] + bias       one product for all steps
 *     for each step  gates_t  [n, 4H] += hidden_(t-1) [n, H] x w_hh^T [H, 4H]
 *                    i, f, o = sigmoid; g = tanh; c = f * c + i * g; h = o * tanh (c)      in place
 *   for each Linear  values [n, out] = values [n, in] x weight^T [in, out] + bias, ReLU but after the last
 *   softmax          exp ((logit - largest) / temperature), normalised
 *
 * In inference mode all layers share their buffers; with the tape each has its own, and cells are kept for every step.
 */
#include "inference/engine/bs-engine-reference.h"

#include "inference/engine/bs-tape.h"
#include "inference/model/bs-arena.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Buffers of one layer. N = max_batch. */
typedef struct
{
  float *gates;  /* [N, T, 4H] */
  float *cell;   /* [N, S, H], S being n_cell_steps */
  float *hidden; /* [N, T, H] */
} LayerBuffers;

typedef struct
{
  BsEngine base; /* first: a BsEngine is cast to this */
  BsArena arena; /* all arrays below */
  LayerBuffers layers[BS_MODEL_MAX_LAYERS];
  gsize n_cell_steps;                 /* T with the tape, 1 without */
  float *linear[BS_MODEL_MAX_LINEAR]; /* [N, n_outputs] */
  float *inputs;                      /* [N, T, F]: tape only */
  float *probabilities;               /* [N, C]: tape only */
  BsTape tape;
} BsEngineReference;

static gboolean
reference_available (char **reason)
{
  return TRUE;
}

/* Gives every array its place; runs twice, see BsArena. */
static void
lay_out (BsEngineReference *self, const BsModel *model, const BsEngineOptions *options)
{
  const gsize N = options->max_batch, T = model->sequence_length, H = model->hidden;
  const gboolean tape = options->keep_tape;

  self->n_cell_steps = tape ? T : 1;
  for (guint k = 0; k < model->n_layers; k++)
    {
      LayerBuffers *layer = &self->layers[k];
      const gboolean own = tape || k == 0;

      layer->gates = own ? bs_arena_take (&self->arena, sizeof (float), N, T, 4 * H) : self->layers[0].gates;
      layer->cell = own ? bs_arena_take (&self->arena, sizeof (float), N, self->n_cell_steps, H) : self->layers[0].cell;
      /* a layer reads the hidden states of the one before while it writes its own: two in turn */
      layer->hidden
        = tape || k < 2 ? bs_arena_take (&self->arena, sizeof (float), N, T, H) : self->layers[k - 2].hidden;
    }
  for (guint k = 0; k < model->n_linear; k++)
    self->linear[k] = bs_arena_take (&self->arena, sizeof (float), N, model->linear[k].n_outputs, 1);
  if (tape)
    {
      self->inputs = bs_arena_take (&self->arena, sizeof (float), N, T, model->n_inputs);
      self->probabilities = bs_arena_take (&self->arena, sizeof (float), N, BS_N_CLASSES, 1);
    }
}

static void
point_tape (BsEngineReference *self, const BsModel *model)
{
  self->tape.inputs = self->inputs;
  self->tape.probabilities = self->probabilities;
  for (guint k = 0; k < model->n_layers; k++)
    {
      self->tape.layers[k].gates = self->layers[k].gates;
      self->tape.layers[k].cell = self->layers[k].cell;
      self->tape.layers[k].hidden = self->layers[k].hidden;
    }
  for (guint k = 0; k < model->n_linear; k++)
    self->tape.linear[k] = self->linear[k];
}

static void
reference_free (BsEngine *engine)
{
  BsEngineReference *self = (BsEngineReference *) engine;

  bs_arena_clear (&self->arena);
  g_free (self);
}

static BsEngine *
reference_create (BsModel *model, const BsEngineOptions *options, GError **error)
{
  static gsize threads_are_set = 0;
  BsEngineReference *self;

  if (options->precision != BS_PRECISION_FP32)
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED, "the reference engine computes in FP32 alone");
      return NULL;
    }
  if (options->max_batch > G_MAXINT / model->sequence_length) /* OpenBLAS counts rows in an int */
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED,
                   "a batch of %u windows of %u steps is too large", options->max_batch, model->sequence_length);
      return NULL;
    }
  if (g_once_init_enter (&threads_are_set))
    {
      openblas_set_num_threads (1); /* for the whole process: threads of our own are above it */
      g_once_init_leave (&threads_are_set, 1);
    }

  self = g_new0 (BsEngineReference, 1);
  lay_out (self, model, options);
  if (!bs_arena_allocate (&self->arena))
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY, "not enough memory for a batch of %u windows",
                   options->max_batch);
      reference_free (&self->base);
      return NULL;
    }
  lay_out (self, model, options);
  point_tape (self, model);
  return &self->base;
}

/* y [n, n_out] += x [n, n_in] x w^T [n_in, n_out]; @x_stride and @y_stride: floats from one row to the next. */
static void
multiply_add (const float *x, gsize x_stride, const float *w, gsize n, gsize n_in, gsize n_out, float *y,
              gsize y_stride)
{
  if (n == 1)
    cblas_sgemv (CblasRowMajor, CblasNoTrans, (blasint) n_out, (blasint) n_in, 1, w, (blasint) n_in, x, 1, 1, y, 1);
  else
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (blasint) n, (blasint) n_out, (blasint) n_in, 1, x,
                 (blasint) x_stride, w, (blasint) n_in, 1, y, (blasint) y_stride);
}

/* Copies @row [n] into all @n_rows rows of @rows [n_rows, n]. */
static void
fill_rows (float *rows, gsize n_rows, const float *row, gsize n)
{
  for (gsize r = 0; r < n_rows; r++)
    memcpy (rows + r * n, row, n * sizeof (float));
}

static float
sigmoid (float x)
{
  return 1 / (1 + expf (-x));
}

/* One step of one window. @gates: [4H], sums in, activations out. @cell_before: (nullable): [H], may be @cell. */
static void
activate_step (float *gates, const float *cell_before, float *cell, float *hidden, gsize H)
{
  float *i = gates, *f = gates + H, *g = gates + 2 * H, *o = gates + 3 * H;

  for (gsize u = 0; u < H; u++)
    {
      i[u] = sigmoid (i[u]);
      f[u] = sigmoid (f[u]);
      g[u] = tanhf (g[u]);
      o[u] = sigmoid (o[u]);
      cell[u] = (cell_before ? f[u] * cell_before[u] : 0) + i[u] * g[u];
      hidden[u] = o[u] * tanhf (cell[u]);
    }
}

/* @inputs: [n, T, n_inputs]: the windows, or the hidden states of the layer before. */
static void
run_layer (BsEngineReference *self, guint k, const float *inputs, gsize n)
{
  const BsModel *model = self->base.model;
  const BsLstmLayer *weights = &model->layers[k];
  const LayerBuffers *buffers = &self->layers[k];
  const gsize T = model->sequence_length, H = model->hidden, S = self->n_cell_steps;

  fill_rows (buffers->gates, n * T, weights->bias, 4 * H);
  multiply_add (inputs, weights->n_inputs, weights->w_ih, n * T, weights->n_inputs, 4 * H, buffers->gates, 4 * H);
  for (gsize t = 0; t < T; t++)
    {
      float *gates = buffers->gates + t * 4 * H; /* [n, 4H], T * 4H apart */
      float *hidden = buffers->hidden + t * H;   /* [n, H], T * H apart */
      float *cell = buffers->cell + (t % S) * H; /* [n, H], S * H apart */
      const float *cell_before = buffers->cell + ((t + S - 1) % S) * H;

      if (t > 0) /* the state before the first step is zero */
        multiply_add (hidden - H, T * H, weights->w_hh, n, H, 4 * H, gates, T * 4 * H);
      for (gsize w = 0; w < n; w++)
        activate_step (gates + w * T * 4 * H, t > 0 ? cell_before + w * S * H : NULL, cell + w * S * H,
                       hidden + w * T * H, H);
    }
}

/* From the top layer's last step to the logits, which are the last of self->linear. */
static void
run_head (BsEngineReference *self, gsize n)
{
  const BsModel *model = self->base.model;
  const gsize T = model->sequence_length, H = model->hidden;
  const float *values = self->layers[model->n_layers - 1].hidden + (T - 1) * H; /* [n, n_inputs] */
  gsize stride = T * H;

  for (guint k = 0; k < model->n_linear; k++)
    {
      const BsLinearLayer *weights = &model->linear[k];
      float *out = self->linear[k];

      fill_rows (out, n, weights->bias, weights->n_outputs);
      multiply_add (values, stride, weights->weight, n, weights->n_inputs, weights->n_outputs, out, weights->n_outputs);
      if (k + 1 < model->n_linear)
        for (gsize i = 0; i < n * weights->n_outputs; i++)
          out[i] = out[i] < 0 ? 0 : out[i]; /* this way round NaN stays NaN */
      values = out;
      stride = weights->n_outputs;
    }
}

/* @logits, @probabilities: [n, C] */
static void
run_softmax (const float *logits, gsize n, double temperature, float *probabilities)
{
  for (; n > 0; n--, logits += BS_N_CLASSES, probabilities += BS_N_CLASSES)
    {
      double exponentials[BS_N_CLASSES], sum = 0;
      float largest = logits[0];

      for (guint c = 1; c < BS_N_CLASSES; c++)
        largest = MAX (largest, logits[c]);
      for (guint c = 0; c < BS_N_CLASSES; c++)
        sum += exponentials[c] = exp (((double) logits[c] - largest) / temperature);
      for (guint c = 0; c < BS_N_CLASSES; c++)
        probabilities[c] = (float) (exponentials[c] / sum);
    }
}

/* Adds the time since @since to @stage. Returns: now. Without @stage_ns no clock is read. */
static gint64
lap (gint64 *stage_ns, guint stage, gint64 since)
{
  gint64 now;

  if (!stage_ns)
    return 0;
  now = bs_clock_ns ();
  stage_ns[stage] += now - since;
  return now;
}

static gboolean
reference_predict (BsEngine *engine, const float *windows, guint n, float *probabilities, gint64 *stage_ns,
                   GError **error)
{
  BsEngineReference *self = (BsEngineReference *) engine;
  const BsModel *model = engine->model;
  gint64 since = stage_ns ? bs_clock_ns () : 0;

  if (engine->options.keep_tape)
    windows = memcpy (self->inputs, windows, (gsize) n * model->sequence_length * model->n_inputs * sizeof (float));

  for (guint k = 0; k < model->n_layers; k++)
    {
      run_layer (self, k, k ? self->layers[k - 1].hidden : windows, n);
      since = lap (stage_ns, BS_STAGE_LSTM_0 + k, since);
    }
  run_head (self, n);
  since = lap (stage_ns, BS_STAGE_HEAD, since);
  run_softmax (self->linear[model->n_linear - 1], n, model->temperature, probabilities);
  if (engine->options.keep_tape)
    {
      memcpy (self->probabilities, probabilities, (gsize) n * BS_N_CLASSES * sizeof (float));
      self->tape.n = n;
    }
  lap (stage_ns, BS_STAGE_SOFTMAX, since);
  return TRUE;
}

static const BsTape *
reference_tape (const BsEngine *engine)
{
  const BsEngineReference *self = (const BsEngineReference *) engine;

  return self->tape.n ? &self->tape : NULL;
}

const BsEngineClass bs_engine_reference_class = {
  .name = "reference",
  .available = reference_available,
  .create = reference_create,
  .free = reference_free,
  .predict = reference_predict,
  .tape = reference_tape,
};
