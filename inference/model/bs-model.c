/* bs-model.c: life of a model, and models of made-up weights */
#include "inference/model/bs-model.h"

#include "inference/model/bs-arena.h"
#include "inference/model/bs-model-private.h"

#include <math.h>

G_DEFINE_QUARK (bs_model_error, bs_model_error)

typedef struct
{
  BsModel model; /* first: a BsModel is cast to this */
  gatomicrefcount ref_count;
  BsArena arena;   /* all weights */
  GTree *metadata; /* (nullable): string to string */
  BsModel *pruned; /* (nullable) */
} BsModelFull;

const char *
bs_class_name (BsClass klass)
{
  static const char *const names[BS_N_CLASSES] = { "short", "hold", "long" };

  g_return_val_if_fail (klass < BS_N_CLASSES, NULL);

  return names[klass];
}

static void
lay_out (BsModel *self, BsArena *arena, const BsModelShape *shape)
{
  const guint H = shape->hidden;

  for (guint k = 0; k < shape->n_layers; k++)
    {
      BsLstmLayer *layer = &self->layers[k];

      layer->n_inputs = k ? H : shape->n_inputs;
      layer->w_ih = bs_arena_take (arena, sizeof (float), 4, H, layer->n_inputs);
      layer->w_hh = bs_arena_take (arena, sizeof (float), 4, H, H);
      layer->bias = bs_arena_take (arena, sizeof (float), 4, H, 1);
    }
  for (guint k = 0; k < shape->n_linear; k++)
    {
      BsLinearLayer *linear = &self->linear[k];

      linear->n_inputs = k ? shape->linear_outputs[k - 1] : H;
      linear->n_outputs = shape->linear_outputs[k];
      linear->weight = bs_arena_take (arena, sizeof (float), linear->n_outputs, linear->n_inputs, 1);
      linear->bias = bs_arena_take (arena, sizeof (float), linear->n_outputs, 1, 1);
    }
  self->mean = bs_arena_take (arena, sizeof (double), shape->n_inputs, 1, 1);
  self->scale = bs_arena_take (arena, sizeof (double), shape->n_inputs, 1, 1);
}

BsModel *
bs_model_alloc (const BsModelShape *shape, GTree *metadata)
{
  BsModelFull *self = g_new0 (BsModelFull, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->model.n_inputs = shape->n_inputs;
  self->model.hidden = shape->hidden;
  self->model.n_layers = shape->n_layers;
  self->model.n_linear = shape->n_linear;
  self->model.temperature = 1;
  lay_out (&self->model, &self->arena, shape);
  if (!bs_arena_allocate (&self->arena))
    {
      bs_model_unref (&self->model);
      return NULL;
    }
  lay_out (&self->model, &self->arena, shape);
  if (metadata)
    self->metadata = g_tree_ref (metadata);
  return &self->model;
}

void
bs_model_take_pruned (BsModel *self, BsModel *pruned)
{
  ((BsModelFull *) self)->pruned = pruned;
}

BsModel *
bs_model_ref (BsModel *self)
{
  g_return_val_if_fail (self, NULL);

  g_atomic_ref_count_inc (&((BsModelFull *) self)->ref_count);
  return self;
}

void
bs_model_unref (BsModel *self)
{
  BsModelFull *full = (BsModelFull *) self;

  if (!self || !g_atomic_ref_count_dec (&full->ref_count))
    return;
  bs_model_unref (full->pruned);
  g_clear_pointer (&full->metadata, g_tree_unref);
  bs_arena_clear (&full->arena);
  g_free (full);
}

const char *
bs_model_metadata (const BsModel *self, const char *key)
{
  const BsModelFull *full = (const BsModelFull *) self;

  g_return_val_if_fail (self && key, NULL);

  return full->metadata ? g_tree_lookup (full->metadata, key) : NULL;
}

GTree *
bs_model_metadata_tree (const BsModel *self)
{
  return ((const BsModelFull *) self)->metadata;
}

BsModel *
bs_model_pruned (const BsModel *self)
{
  g_return_val_if_fail (self, NULL);

  return ((const BsModelFull *) self)->pruned;
}

/* SplitMix64 (Steele, Lea, Flood 2014): a few lines that give the same numbers on every machine. Uniform in -@limit..@limit. */
static void
fill_uniform (const float *values, gsize n, double limit, guint64 *state)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 z = *state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

      z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
      z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
      z ^= z >> 31;
      ((float *) values)[i] = (float) (limit * (2 * (double) (z >> 11) * 0x1p-53 - 1));
    }
}

BsModel *
bs_model_new_random (guint n_inputs, guint hidden, guint n_layers, guint sequence_length, guint64 seed)
{
  const BsModelShape shape = {
    .n_inputs = n_inputs,
    .hidden = hidden,
    .n_layers = n_layers,
    .n_linear = 2,
    .linear_outputs = { 32, BS_N_CLASSES },
  };
  g_autofree char *name = NULL;
  g_autofree char *hash = NULL;
  guint64 state = seed;
  BsModel *self;

  g_return_val_if_fail (n_inputs >= 1 && n_inputs <= BS_MODEL_MAX_INPUTS, NULL);
  g_return_val_if_fail (hidden >= 1 && hidden <= BS_MODEL_MAX_HIDDEN, NULL);
  g_return_val_if_fail (n_layers >= 1 && n_layers <= BS_MODEL_MAX_LAYERS, NULL);
  g_return_val_if_fail (sequence_length >= 1 && sequence_length <= BS_MODEL_MAX_SEQUENCE, NULL);

  self = bs_model_alloc (&shape, NULL);
  if (!self)
    g_error ("no memory for a model of %u layers of %u", n_layers, hidden); /* as g_malloc() */
  self->sequence_length = sequence_length;
  self->feature_set = BS_FEATURE_SET_CAUSAL;

  for (guint k = 0; k < n_layers; k++)
    {
      const BsLstmLayer *layer = &self->layers[k];
      const double limit = 1 / sqrt (hidden);

      fill_uniform (layer->w_ih, (gsize) 4 * hidden * layer->n_inputs, limit, &state);
      fill_uniform (layer->w_hh, (gsize) 4 * hidden * hidden, limit, &state);
      fill_uniform (layer->bias, (gsize) 4 * hidden, limit, &state);
    }
  for (guint k = 0; k < self->n_linear; k++)
    {
      const BsLinearLayer *linear = &self->linear[k];
      const double limit = 1 / sqrt (linear->n_inputs);

      fill_uniform (linear->weight, (gsize) linear->n_outputs * linear->n_inputs, limit, &state);
      fill_uniform (linear->bias, linear->n_outputs, limit, &state);
    }
  for (guint i = 0; i < n_inputs; i++)
    ((double *) self->scale)[i] = 1;

  name = g_strdup_printf ("random %ux%ux%u T %u seed %" G_GUINT64_FORMAT, n_inputs, n_layers, hidden, sequence_length,
                          seed);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  g_strlcpy (self->hash, hash, sizeof self->hash);
  return self;
}
