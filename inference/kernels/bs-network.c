/* bs-network.c: a whole LSTM classifier over the kernels
 *
 * The plan, for each sub-batch of S windows:
 *   first layer    quantize [S * T, F] (INT8) -> project all rows as one product -> [S * T, 4Hp]
 *   each layer     T recurrent steps over S windows, W_hh staying in L1 -> h [T, S, Hp]
 *                  project all of h for the layer above -> [T * S, 4Hp]
 *   head           Linear and ReLU over the last h, softmax
 * A live window keeps its own [T, 4Hp] of the first layer, so that a new row projects one row. */
#include "inference/kernels/bs-network-private.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64                     /* bytes */
#define PROJECTIONS_BUDGET (1024 * 1024) /* bytes of projections of a sub-batch, to stay in the L2 cache */

static unsigned
round_up (unsigned n, unsigned to)
{
  return (n + to - 1) / to * to;
}

/* Which row of PyTorch's [4H, K] each packed output is. Fused: blocks of the four gates of U units; else gate after gate. */
static void
fill_gate_rows (const BsNetwork *self, int *rows, float *factors)
{
  const unsigned lanes = self->kernels->lanes;

  for (unsigned output = 0; output < 4 * self->Hp; output++)
    {
      const unsigned gate = self->fused ? output / lanes % 4 : output / self->Hp;
      const unsigned unit = self->fused ? output / (4 * lanes) * lanes + output % lanes : output % self->Hp;

      rows[output] = unit < self->H ? (int) (gate * self->H + unit) : -1;
      /* The fused cell takes powers of two: see bs_cell() */
      factors[output] = !self->fused ? 1 : gate == 2 ? -2 * 1.44269504088896341f : -1.44269504088896341f;
    }
}

static bool
pack_layers (BsNetwork *self, const BsNetworkShape *shape)
{
  int *rows = malloc (4 * self->Hp * sizeof *rows);
  float *factors = malloc (4 * self->Hp * sizeof *factors);
  bool done = rows != NULL && factors != NULL;

  if (done)
    fill_gate_rows (self, rows, factors);
  for (unsigned k = 0; k < self->n_layers && done; k++)
    {
      const BsNetworkLstm *layer = &shape->lstm[k];

      const BsPackedFormat hidden_format = self->int8 ? BS_PACKED_S8 : BS_PACKED_F32;
      const BsPackedFormat input_format = self->int8 && k == 0 ? BS_PACKED_S16 : hidden_format;

      done = bs_packed_matrix_init (&self->ih[k], self->kernels, input_format, layer->w_ih, layer->bias,
                                    k == 0 ? self->F : self->H, rows, 4 * self->Hp, factors,
                                    k == 0 ? 1 : BS_S8_HIDDEN_SCALE)
             && bs_packed_matrix_init (&self->hh[k], self->kernels, hidden_format, layer->w_hh, NULL, self->H, rows,
                                       4 * self->Hp, factors, BS_S8_HIDDEN_SCALE);
    }
  free (rows);
  free (factors);
  return done;
}

/* Returns: the widest output, padded; 0 where there is no memory */
static unsigned
pack_head (BsNetwork *self, const BsNetworkShape *shape)
{
  unsigned widest = 0;

  for (unsigned k = 0; k < self->n_linear; k++)
    {
      const BsNetworkLinear *linear = &shape->linear[k];
      const unsigned n_outputs = round_up (linear->n_outputs, 4 * self->kernels->lanes);
      int *rows = malloc (n_outputs * sizeof *rows);
      bool done = rows != NULL;

      for (unsigned output = 0; output < n_outputs && done; output++)
        rows[output] = output < linear->n_outputs ? (int) output : -1;
      done = done
             && bs_packed_matrix_init (&self->linear[k], self->kernels, BS_PACKED_F32, linear->weight, linear->bias,
                                       linear->n_inputs, rows, n_outputs, NULL, 1);
      free (rows);
      if (!done)
        return 0;
      if (n_outputs > widest)
        widest = n_outputs;
    }
  return widest;
}

/* Gives out parts of one allocation; with memory NULL only counts. */
static void *
carve (char *memory, size_t *used, size_t count, size_t size)
{
  void *part = memory != NULL ? memory + *used : NULL;

  *used += (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return part;
}

static size_t
carve_buffers (BsNetwork *self, char *memory, unsigned widest)
{
  const size_t rows = (size_t) self->sub_batch * self->T, S = self->sub_batch, Hp = self->Hp;
  size_t used = 0;

  self->projections = carve (memory, &used, rows * 4 * Hp, sizeof (float));
  self->inputs = carve (memory, &used, self->int8 ? rows * self->ldq : 0, sizeof (int16_t));
  self->row_scales = carve (memory, &used, self->int8 ? rows : 0, sizeof (float));
  self->h_f32 = carve (memory, &used, self->int8 ? 0 : rows * Hp, sizeof (float));
  self->h_s8 = carve (memory, &used, self->int8 ? rows * Hp : 0, 1);
  self->head[0] = carve (memory, &used, S * widest, sizeof (float));
  self->head[1] = carve (memory, &used, S * widest, sizeof (float));
  self->c = carve (memory, &used, S * Hp, sizeof (float));
  self->last = carve (memory, &used, S * Hp, sizeof (float));
  self->gates = carve (memory, &used, S * 4 * Hp, sizeof (float));
  self->product = carve (memory, &used, self->fused ? 0 : S * 4 * Hp, sizeof (float));
  self->views = carve (memory, &used, S, sizeof (BsProjection));
  return used;
}

BsNetwork *
bs_network_new (const BsNetworkShape *shape, const BsNetworkOptions *options, BsNetworkFailure *failure)
{
  BsNetworkFailure ignored;
  BsNetwork *self = calloc (1, sizeof *self);
  size_t window_size, size;
  unsigned widest;

  failure = failure != NULL ? failure : &ignored;
  *failure = BS_NETWORK_MEMORY;
  if (self == NULL)
    return NULL;
  self->input_limit = bs_network_find_limit (shape);
  if (self->input_limit == 0)
    {
      *failure = BS_NETWORK_OVERFLOW;
      bs_network_free (self);
      return NULL;
    }
  self->kernels = options->kernels;
  self->int8 = options->int8;
  self->fused = options->fused;
  self->F = shape->n_inputs;
  self->H = shape->hidden;
  self->T = shape->sequence_length;
  self->Hp = round_up (self->H, self->kernels->lanes);
  self->n_layers = shape->n_layers;
  self->n_linear = shape->n_linear;
  self->n_classes = shape->linear[shape->n_linear - 1].n_outputs;
  self->inverse_temperature = 1 / shape->temperature;
  self->ldq = round_up (self->F, self->kernels->lanes);

  window_size = (size_t) self->T * 4 * self->Hp * sizeof (float);
  self->sub_batch = options->max_batch < self->kernels->sub_batch ? options->max_batch : self->kernels->sub_batch;
  if (self->sub_batch * window_size > PROJECTIONS_BUDGET)
    self->sub_batch = window_size >= PROJECTIONS_BUDGET ? 1 : PROJECTIONS_BUDGET / window_size;

  if (!pack_layers (self, shape) || (widest = pack_head (self, shape)) == 0)
    {
      bs_network_free (self);
      return NULL;
    }
  size = carve_buffers (self, NULL, widest);
  self->memory = aligned_alloc (ALIGNMENT, size);
  if (self->memory == NULL)
    {
      bs_network_free (self);
      return NULL;
    }
  memset (self->memory, 0, size);
  carve_buffers (self, self->memory, widest);
  return self;
}

void
bs_network_free (BsNetwork *self)
{
  if (self == NULL)
    return;
  for (unsigned k = 0; k < BS_NETWORK_MAX_LAYERS; k++)
    {
      bs_packed_matrix_clear (&self->ih[k]);
      bs_packed_matrix_clear (&self->hh[k]);
    }
  for (unsigned k = 0; k < BS_NETWORK_MAX_LINEAR; k++)
    bs_packed_matrix_clear (&self->linear[k]);
  free (self->memory);
  free (self);
}

/* The first layer's projections of rows [n, F] */
static void
project_inputs (BsNetwork *self, const float *rows, unsigned n, float *out)
{
  const BsKernels *kernels = self->kernels;

  if (self->int8)
    {
      kernels->quantize_rows (rows, self->F, n, self->inputs, self->ldq, self->row_scales);
      kernels->project_s16 (&self->ih[0], self->inputs, self->ldq, self->row_scales, n, out);
    }
  else
    kernels->project_f32 (&self->ih[0], rows, self->F, n, out);
}

/* The recurrent part of a layer: h of all steps to h_f32 or h_s8, the last step of the top layer to `last` */
static void
run_layer (BsNetwork *self, unsigned layer, unsigned n)
{
  const BsKernels *kernels = self->kernels;
  const bool top = layer == self->n_layers - 1;

  if (!self->fused)
    bs_network_lstm_unfused (self, layer, self->views, n);
  else if (self->int8)
    kernels->lstm_s8 (&self->hh[layer], self->views, n, self->T, self->gates, self->h_s8, self->c,
                      top ? self->last : NULL);
  else
    kernels->lstm_f32 (&self->hh[layer], self->views, n, self->T, self->gates, self->h_f32, self->c);
}

/* Projects the layer below, h [T, n, Hp], for this one. */
static void
project_layer (BsNetwork *self, unsigned layer, unsigned n)
{
  const BsKernels *kernels = self->kernels;

  if (self->int8)
    kernels->project_s8 (&self->ih[layer], self->h_s8, self->Hp, n * self->T, self->projections);
  else
    kernels->project_f32 (&self->ih[layer], self->h_f32, self->Hp, n * self->T, self->projections);
  for (unsigned i = 0; i < n; i++)
    self->views[i] = (BsProjection){ self->projections + (size_t) i * 4 * self->Hp, (size_t) n * 4 * self->Hp, 0 };
}

static void
run_head (BsNetwork *self, unsigned n)
{
  const BsKernels *kernels = self->kernels;
  const float *x = self->int8 ? self->last : self->h_f32 + (size_t) (self->T - 1) * n * self->Hp;
  size_t ldx = self->Hp;

  for (unsigned k = 0; k < self->n_linear; k++)
    {
      const BsPackedMatrix *linear = &self->linear[k];
      const size_t n_outputs = (size_t) linear->n_blocks * 4 * kernels->lanes;
      float *out = self->head[k % 2];

      kernels->project_f32 (linear, x, ldx, n, out);
      if (k + 1 < self->n_linear)
        kernels->relu (out, out, n * n_outputs);
      x = out;
      ldx = n_outputs;
    }
}

static void
run_softmax (BsNetwork *self, unsigned n, float *probabilities)
{
  const unsigned last = self->n_linear - 1;
  const size_t ldx = (size_t) self->linear[last].n_blocks * 4 * self->kernels->lanes;

  for (unsigned i = 0; i < n; i++)
    self->kernels->softmax (self->head[last % 2] + i * ldx, self->n_classes, self->inverse_temperature,
                            probabilities + (size_t) i * self->n_classes);
}

/* Adds the time since @since to @stage; returns now. */
static int64_t
lap (const BsNetworkTimes *times, int64_t *stage, int64_t since)
{
  const int64_t now = times->now ();

  *stage += now - since;
  return now;
}

/* All after the first layer's projections, which `views` point to. @started: when these were begun */
static void
run_network (BsNetwork *self, unsigned n, float *probabilities, BsNetworkTimes *times, int64_t started)
{
  for (unsigned layer = 0; layer < self->n_layers; layer++)
    {
      if (layer > 0)
        project_layer (self, layer, n);
      run_layer (self, layer, n);
      if (times != NULL)
        started = lap (times, &times->lstm[layer], started);
    }
  run_head (self, n);
  if (times != NULL)
    started = lap (times, &times->head, started);
  run_softmax (self, n, probabilities);
  if (times != NULL)
    lap (times, &times->softmax, started);
}

/* Windows of the next sub-batch: @n in as few parts as may be, of even sizes. */
static unsigned
next_part (const BsNetwork *self, unsigned n)
{
  const unsigned parts = (n + self->sub_batch - 1) / self->sub_batch;

  return (n + parts - 1) / parts;
}

bool
bs_network_predict (BsNetwork *self, const float *windows, unsigned n, float *probabilities, BsNetworkTimes *times)
{
  const size_t window_size = (size_t) self->T * self->F;
  int64_t started = times != NULL ? times->now () : 0;
  unsigned mode;

  mode = self->kernels->float_mode_enter ();
  if (!self->kernels->all_within (windows, n * window_size, self->input_limit))
    {
      self->kernels->float_mode_leave (mode);
      return false;
    }
  for (unsigned done = 0, part; done < n; done += part)
    {
      part = next_part (self, n - done);
      project_inputs (self, windows + done * window_size, part * self->T, self->projections);
      for (unsigned i = 0; i < part; i++)
        self->views[i]
          = (BsProjection){ self->projections + (size_t) i * self->T * 4 * self->Hp, (size_t) 4 * self->Hp, 0 };
      run_network (self, part, probabilities + (size_t) done * self->n_classes, times, started);
      started = times != NULL ? times->now () : 0;
    }
  self->kernels->float_mode_leave (mode);
  return true;
}

BsNetworkWindow *
bs_network_window_new (BsNetwork *self)
{
  BsNetworkWindow *window = calloc (1, sizeof *window);

  if (window == NULL)
    return NULL;
  window->network = self;
  window->projections = aligned_alloc (ALIGNMENT, (size_t) self->T * 4 * self->Hp * sizeof (float));
  if (window->projections == NULL)
    {
      free (window);
      return NULL;
    }
  return window;
}

void
bs_network_window_free (BsNetworkWindow *window)
{
  if (window == NULL)
    return;
  free (window->projections);
  free (window);
}

void
bs_network_window_push (BsNetworkWindow *window, const float *row)
{
  BsNetwork *self = window->network;
  const unsigned mode = self->kernels->float_mode_enter ();

  window->n_rows++;
  if (self->kernels->all_within (row, self->F, self->input_limit))
    project_inputs (self, row, 1, window->projections + (size_t) window->next * 4 * self->Hp);
  else
    window->last_bad = window->n_rows;
  window->next = window->next + 1 < self->T ? window->next + 1 : 0;
  self->kernels->float_mode_leave (mode);
}

uint64_t
bs_network_window_n_rows (const BsNetworkWindow *window)
{
  return window->n_rows;
}

bool
bs_network_window_predict (BsNetwork *self, BsNetworkWindow *const *windows, unsigned n, float *probabilities,
                           BsNetworkTimes *times)
{
  unsigned mode;

  for (unsigned i = 0; i < n; i++)
    if (windows[i]->n_rows < self->T || windows[i]->last_bad > windows[i]->n_rows - self->T)
      return false;
  mode = self->kernels->float_mode_enter ();
  for (unsigned done = 0, part; done < n; done += part)
    {
      part = next_part (self, n - done);
      for (unsigned i = 0; i < part; i++)
        self->views[i]
          = (BsProjection){ windows[done + i]->projections, (size_t) 4 * self->Hp, windows[done + i]->next };
      run_network (self, part, probabilities + (size_t) done * self->n_classes, times,
                   times != NULL ? times->now () : 0);
    }
  self->kernels->float_mode_leave (mode);
  return true;
}
