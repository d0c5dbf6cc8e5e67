#include "inference/vulkan/bs-vulkan-network.h"

#include <math.h>
#include <string.h>

#define MIN_THREADS 32
#define WEIGHT_BYTES 16 /* an element of the shader's weights */
/* Of shared memory, what weights may take: a workgroup that takes it all keeps others off its core. */
#define WEIGHTS_PART 2

static inline guint32
pack_halves (float low, float high)
{
  return bs_half_from_float (low) | (guint32) bs_half_from_float (high) << 16;
}

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNSUPPORTED, "the Vulkan engine cannot run this model: %s",
               message);
  return FALSE;
}

static guint
widest_linear (const BsModel *model)
{
  guint width = BS_N_CLASSES;
  for (guint i = 0; i < model->n_linear; i++)
    width = MAX (width, model->linear[i].n_outputs);
  return width;
}

/* Of the LSTM layers' weights, as they are laid out. */
static gsize
weights_bytes (const BsModel *model, gboolean half)
{
  const gsize pair_bytes = half ? WEIGHT_BYTES : 2 * WEIGHT_BYTES; /* two inputs, four gates */
  gsize pairs = 0;
  for (guint l = 0; l < model->n_layers; l++)
    pairs += (model->layers[l].n_inputs + 1) / 2 + (model->hidden + 1) / 2;
  return pairs * model->hidden * pair_bytes;
}

/* Elements of the weights that go into shared memory: all where they fit and are read more than once, else none. */
static guint
choose_kept (const BsModel *model, gsize bytes, gsize other_bytes, const BsVulkanLimits *limits)
{
  gboolean fits = bytes <= limits->shared_bytes / WEIGHTS_PART && bytes + other_bytes <= limits->shared_bytes;
  return fits && model->sequence_length > 1 ? bytes / WEIGHT_BYTES : 0;
}

/* Chooses the constants; everything is checked here, since drivers run past their limits and return garbage. */
static gboolean
plan (BsVulkanConstants *constants, const BsModel *model, gboolean half, const BsVulkanLimits *limits, GError **error)
{
  if (model->hidden > BS_VULKAN_MAX_HIDDEN)
    return refuse (error, "%u hidden units, at most %d", model->hidden, BS_VULKAN_MAX_HIDDEN);
  if (model->n_layers > BS_VULKAN_MAX_LAYERS)
    return refuse (error, "%u layers, at most %d", model->n_layers, BS_VULKAN_MAX_LAYERS);
  if (model->sequence_length > BS_VULKAN_MAX_STEPS)
    return refuse (error, "a window of %u bars, at most %d", model->sequence_length, BS_VULKAN_MAX_STEPS);

  guint threads = MIN (BS_VULKAN_MAX_THREADS, limits->workgroup_threads);
  threads = MIN (threads, MAX (MIN_THREADS, (model->hidden + MIN_THREADS - 1) / MIN_THREADS * MIN_THREADS));
  guint inputs = (model->n_inputs + 1) & ~1u;
  guint state = (model->hidden + 1) & ~1u;
  guint width = widest_linear (model);

  gsize fixed_bytes = ((gsize) model->n_layers * state + 2 * (gsize) width) * sizeof (float) + WEIGHT_BYTES;
  gsize row_bytes = (gsize) inputs * sizeof (float);
  if (fixed_bytes + row_bytes > limits->shared_bytes)
    return refuse (
      error, "%" G_GSIZE_FORMAT " bytes of shared memory (state %ux%u, head %u, %u inputs), the device has %u",
      fixed_bytes + row_bytes, model->n_layers, model->hidden, width, model->n_inputs, limits->shared_bytes);

  guint kept = choose_kept (model, weights_bytes (model, half), fixed_bytes + row_bytes, limits);
  fixed_bytes += (gsize) kept * WEIGHT_BYTES;
  *constants = (BsVulkanConstants){
    .local_size_x = threads,
    .local = threads,
    .inputs = inputs,
    .hidden = model->hidden,
    .layers = model->n_layers,
    .steps = model->sequence_length,
    .units = (model->hidden + threads - 1) / threads,
    .staged = MIN (model->sequence_length, (limits->shared_bytes - fixed_bytes) / row_bytes),
    .linear = model->n_linear,
    .width = width,
    .kept = kept,
  };
  return TRUE;
}

/* Weight of gate @gate, unit @unit for input @k of one of PyTorch's matrices [4H, n]; 0 in the padding. */
static inline float
weight_at (const float *w, guint hidden, guint n, guint gate, guint unit, guint k)
{
  return k < n ? w[((gsize) gate * hidden + unit) * n + k] : 0.0f;
}

/* Lays one matrix [4H, n] out at @out and returns where the next one goes. */
static guint8 *
pack_matrix (guint8 *out, const float *w, guint hidden, guint n, gboolean half)
{
  for (guint pair = 0; pair < (n + 1) / 2; pair++)
    for (guint unit = 0; unit < hidden; unit++)
      if (half)
        {
          guint32 packed[4];
          for (guint gate = 0; gate < 4; gate++)
            packed[gate] = pack_halves (weight_at (w, hidden, n, gate, unit, 2 * pair),
                                        weight_at (w, hidden, n, gate, unit, 2 * pair + 1));
          memcpy (out, packed, sizeof packed);
          out += sizeof packed;
        }
      else
        {
          float pairs[2][4];
          for (guint gate = 0; gate < 4; gate++)
            {
              pairs[0][gate] = weight_at (w, hidden, n, gate, unit, 2 * pair);
              pairs[1][gate] = weight_at (w, hidden, n, gate, unit, 2 * pair + 1);
            }
          memcpy (out, pairs, sizeof pairs);
          out += sizeof pairs;
        }
  return out;
}

static gboolean
pack_weights (BsVulkanNetwork *self, const BsModel *model, GError **error)
{
  self->weights_bytes = weights_bytes (model, self->half);
  self->weights = g_malloc (self->weights_bytes);

  guint8 *out = self->weights;
  for (guint l = 0; l < model->n_layers; l++)
    {
      const BsLstmLayer *layer = &model->layers[l];
      if (self->half)
        for (gsize i = 0; i < (gsize) 4 * model->hidden * (layer->n_inputs + model->hidden); i++)
          {
            gsize n_ih = (gsize) 4 * model->hidden * layer->n_inputs;
            float w = i < n_ih ? layer->w_ih[i] : layer->w_hh[i - n_ih];
            if (fabsf (w) > BS_HALF_MAX)
              return refuse (error, "a weight of layer %u is %g, beyond what FP16 holds (±%g)", l, w, BS_HALF_MAX);
          }
      out = pack_matrix (out, layer->w_ih, model->hidden, layer->n_inputs, self->half);
      out = pack_matrix (out, layer->w_hh, model->hidden, model->hidden, self->half);
    }
  g_assert (out == self->weights + self->weights_bytes);
  return TRUE;
}

static void
pack_parameters (BsVulkanNetwork *self, const BsModel *model)
{
  gsize n = (gsize) model->n_layers * model->hidden * 4 + 1;
  for (guint i = 0; i < model->n_linear; i++)
    n += ((gsize) model->linear[i].n_inputs + 1) * model->linear[i].n_outputs;
  self->parameters_bytes = n * sizeof (float);
  self->parameters = g_new (float, n);

  float *out = self->parameters;
  for (guint l = 0; l < model->n_layers; l++)
    for (guint unit = 0; unit < model->hidden; unit++)
      for (guint gate = 0; gate < 4; gate++)
        *out++ = model->layers[l].bias[gate * model->hidden + unit];
  for (guint i = 0; i < model->n_linear; i++)
    {
      const BsLinearLayer *linear = &model->linear[i];
      for (guint k = 0; k < linear->n_inputs; k++)
        for (guint unit = 0; unit < linear->n_outputs; unit++)
          *out++ = linear->weight[(gsize) unit * linear->n_inputs + k];
      for (guint unit = 0; unit < linear->n_outputs; unit++)
        *out++ = linear->bias[unit];
    }
  *out++ = (float) (1.0 / model->temperature);
  g_assert (out == self->parameters + n);

  self->sizes_bytes = model->n_linear * sizeof (guint32);
  self->sizes = g_new (guint32, model->n_linear);
  for (guint i = 0; i < model->n_linear; i++)
    self->sizes[i] = model->linear[i].n_outputs;
}

BsVulkanNetwork *
bs_vulkan_network_new (const BsModel *model, gboolean half, const BsVulkanLimits *limits, GError **error)
{
  g_autoptr (BsVulkanNetwork) self = g_new0 (BsVulkanNetwork, 1);
  self->half = half;
  if (!plan (&self->constants, model, half, limits, error))
    return NULL;
  if (!pack_weights (self, model, error))
    return NULL;
  pack_parameters (self, model);
  if (MAX (self->weights_bytes, self->parameters_bytes) > limits->storage_range_bytes)
    {
      refuse (error, "%" G_GSIZE_FORMAT " bytes of weights, the device takes %" G_GUINT64_FORMAT,
              MAX (self->weights_bytes, self->parameters_bytes), limits->storage_range_bytes);
      return NULL;
    }
  self->input_bytes
    = (gsize) self->constants.steps * self->constants.inputs * (half ? sizeof (guint16) : sizeof (float));
  return g_steal_pointer (&self);
}

void
bs_vulkan_network_free (BsVulkanNetwork *self)
{
  g_free (self->weights);
  g_free (self->parameters);
  g_free (self->sizes);
  g_free (self);
}

void
bs_vulkan_network_write_inputs (const BsVulkanNetwork *self, const float *windows, guint n, guint n_inputs, void *out)
{
  const gsize rows = (gsize) n * self->constants.steps;
  const guint padded = self->constants.inputs;
  if (self->half)
    {
      guint16 *halves = out;
      if (padded == n_inputs)
        bs_halves_from_floats (windows, rows * n_inputs, halves);
      else
        for (gsize row = 0; row < rows; row++, windows += n_inputs, halves += padded)
          {
            bs_halves_from_floats (windows, n_inputs, halves);
            halves[n_inputs] = 0;
          }
      return;
    }
  float *floats = out;
  for (gsize row = 0; row < rows; row++, windows += n_inputs, floats += padded)
    {
      memcpy (floats, windows, n_inputs * sizeof (float));
      if (padded > n_inputs)
        floats[n_inputs] = 0.0f;
    }
}
