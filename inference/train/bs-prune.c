#include "inference/train/bs-prune.h"

#include <math.h>
#include <string.h>

#include "inference/model/bs-model-private.h"
#include "inference/train/bs-fit.h"
#include "inference/train/bs-pass.h"

#define MAX_WINDOWS 256
#define ROUNDS 4

typedef struct
{
  BsParameterLayout layout;
  double temperature;
  float *values; /* [layout.n]: removed units have no weight behind them, and their means are in the biases */
  BsArena arena;
  BsPassF32Activations activations; /* of n windows, the rows of a step side by side */
  double *expected;                 /* [n, C] probabilities of the full network */
  gboolean *removed;                /* [n_layers, H] */
  double *means;                    /* [n_layers, H] over all steps; of the top layer also, after those: over the last step */
} Pruner;

static void
pruner_clear (Pruner *self)
{
  bs_arena_clear (&self->arena);
  g_free (self->values);
  g_free (self->expected);
  g_free (self->removed);
  g_free (self->means);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pruner, pruner_clear)

guint
bs_prune_hidden (guint hidden, double keep)
{
  return CLAMP ((guint) lround (keep * hidden), 1, hidden);
}

/* Windows spread evenly over the rows. */
static gboolean
gather_windows (Pruner *self, const float *rows, gsize n_rows)
{
  const gsize T = self->layout.sequence_length, F = self->layout.n_inputs, last = n_rows - T;
  const guint n = (guint) MIN (MAX_WINDOWS, last + 1);
  float *inputs = NULL;

  for (guint pass = 0; pass < 2; pass++)
    {
      inputs = bs_arena_take (&self->arena, sizeof (float), n, T, F);
      bs_pass_f32_take_activations (&self->layout, &self->arena, n, FALSE, &self->activations);
      if (pass == 0 && !bs_arena_allocate (&self->arena))
        return FALSE;
    }
  for (guint w = 0; w < n; w++)
    for (gsize t = 0; t < T; t++)
      memcpy (inputs + (t * n + w) * F, rows + ((n > 1 ? last * w / (n - 1) : 0) + t) * F, F * sizeof (float));
  self->activations.inputs = inputs;
  self->activations.n = n;
  self->activations.step_stride = n;
  return TRUE;
}

static void
answer (Pruner *self, double *probabilities)
{
  const float *logits = self->activations.linear[self->layout.n_linear - 1].values;

  bs_pass_f32_forward (&self->layout, self->values, &self->activations);
  for (guint w = 0; w < self->activations.n; w++)
    bs_fit_softmax (logits + w * BS_N_CLASSES, self->temperature, probabilities + w * BS_N_CLASSES);
}

/* What the units give on average, from the activations as they are. */
static void
measure_means (Pruner *self)
{
  const gsize H = self->layout.hidden, n = self->activations.n, T = self->layout.sequence_length;
  const guint top = self->layout.n_layers - 1;
  double *last = self->means + (gsize) self->layout.n_layers * H;

  memset (self->means, 0, (self->layout.n_layers + 1) * H * sizeof *self->means);
  for (guint k = 0; k <= top; k++)
    for (gsize row = 0; row < n * T; row++)
      for (gsize unit = 0; unit < H; unit++)
        self->means[k * H + unit] += (double) self->activations.layers[k].hidden[row * H + unit] / (double) (n * T);
  for (gsize row = n * (T - 1); row < n * T; row++)
    for (gsize unit = 0; unit < H; unit++)
      last[unit] += (double) self->activations.layers[top].hidden[row * H + unit] / (double) n;
}

/* Column @unit of a matrix, [rows, columns], becomes 0; what it gave on average goes into @bias [rows]. @saved: (out) [2 rows] */
static gsize
silence_column (float *matrix, float *bias, gsize rows, gsize columns, gsize unit, double mean, float *saved)
{
  for (gsize row = 0; row < rows; row++)
    {
      float *weight = matrix + row * columns + unit;

      saved[2 * row] = *weight;
      saved[2 * row + 1] = bias[row];
      bias[row] = (float) ((double) bias[row] + (double) *weight * mean);
      *weight = 0;
    }
  return 2 * rows;
}

static gsize
restore_column (float *matrix, float *bias, gsize rows, gsize columns, gsize unit, const float *saved)
{
  for (gsize row = 0; row < rows; row++)
    {
      matrix[row * columns + unit] = saved[2 * row];
      bias[row] = saved[2 * row + 1];
    }
  return 2 * rows;
}

/* The weights that read unit @unit of layer @k: its own layer's at the next step, and the layer above. */
static void
silence (Pruner *self, guint k, gsize unit, float *saved)
{
  const BsParameterLayout *layout = &self->layout;
  const gsize H = layout->hidden;
  float *values = self->values;

  saved += silence_column (values + layout->layers[k].w_hh, values + layout->layers[k].bias, 4 * H, H, unit,
                           self->means[k * H + unit], saved);
  if (k + 1 < layout->n_layers)
    silence_column (values + layout->layers[k + 1].w_ih, values + layout->layers[k + 1].bias, 4 * H, H, unit,
                    self->means[k * H + unit], saved);
  else
    silence_column (values + layout->linear[0].weight, values + layout->linear[0].bias, layout->linear[0].n_outputs, H,
                    unit, self->means[layout->n_layers * H + unit], saved);
}

static void
restore (Pruner *self, guint k, gsize unit, const float *saved)
{
  const BsParameterLayout *layout = &self->layout;
  const gsize H = layout->hidden;
  float *values = self->values;

  saved += restore_column (values + layout->layers[k].w_hh, values + layout->layers[k].bias, 4 * H, H, unit, saved);
  if (k + 1 < layout->n_layers)
    restore_column (values + layout->layers[k + 1].w_ih, values + layout->layers[k + 1].bias, 4 * H, H, unit, saved);
  else
    restore_column (values + layout->linear[0].weight, values + layout->linear[0].bias, layout->linear[0].n_outputs, H,
                    unit, saved);
}

typedef struct
{
  guint unit;
  double cost; /* mean squared change of the probabilities without it */
} Candidate;

static int
compare_candidates (const void *a, const void *b)
{
  const Candidate *left = a, *right = b;

  if (left->cost != right->cost)
    return left->cost < right->cost ? -1 : 1;
  return left->unit < right->unit ? -1 : left->unit > right->unit;
}

/* Removes the @n_remove least useful units of layer @k. @done: (inout) units measured so far, of @n_all. */
static gboolean
prune_layer (Pruner *self, guint k, guint n_remove, guint *done, guint n_all, BsPruneProgressFunc progress,
             gpointer user_data, const gint *cancel)
{
  const guint H = self->layout.hidden;
  const gsize n_values = (gsize) self->activations.n * BS_N_CLASSES;
  g_autofree Candidate *candidates = g_new (Candidate, H);
  g_autofree double *found = g_new (double, n_values);
  g_autofree float *saved = g_new (float, 2 * (4 * (gsize) H + MAX (4 * H, self->layout.linear[0].n_outputs)));
  guint n = 0;

  for (guint unit = 0; unit < H; unit++)
    {
      double cost = 0;

      if (self->removed[k * H + unit])
        continue;
      if (cancel && g_atomic_int_get (cancel))
        return FALSE;
      silence (self, k, unit, saved);
      answer (self, found);
      restore (self, k, unit, saved);
      for (gsize i = 0; i < n_values; i++)
        cost += (found[i] - self->expected[i]) * (found[i] - self->expected[i]);
      candidates[n++] = (Candidate){ unit, cost / (double) n_values };
      ++*done;
      if (progress)
        progress ((double) *done / n_all, user_data);
    }
  qsort (candidates, n, sizeof *candidates, compare_candidates);
  for (guint i = 0; i < n_remove; i++)
    {
      silence (self, k, candidates[i].unit, saved);
      self->removed[k * H + candidates[i].unit] = TRUE;
    }
  return TRUE;
}

/* --- the smaller model --- */

/* The rows of units that stay, of each of @n_gates blocks of H, and of those the columns that stay. @row_removed,
 * @column_removed: (nullable): all stay */
static void
copy_kept (const float *from, const float *to, guint n_gates, guint rows, guint columns, const gboolean *row_removed,
           const gboolean *column_removed)
{
  float *out = (float *) to;

  for (guint row = 0; row < n_gates * rows; row++)
    for (guint column = 0; column < columns; column++)
      if ((!row_removed || !row_removed[row % rows]) && (!column_removed || !column_removed[column]))
        *out++ = from[(gsize) row * columns + column];
}

static BsModel *
make_small (const Pruner *self, const BsModel *model, guint hidden)
{
  const BsParameterLayout *layout = &self->layout;
  const guint H = layout->hidden;
  const gboolean *top = self->removed + (gsize) (layout->n_layers - 1) * H;
  BsModelShape shape = { .n_inputs = layout->n_inputs,
                         .hidden = hidden,
                         .n_layers = layout->n_layers,
                         .n_linear = layout->n_linear };
  BsModel *small;

  for (guint k = 0; k < layout->n_linear; k++)
    shape.linear_outputs[k] = layout->linear[k].n_outputs;
  small = bs_model_alloc (&shape, bs_model_metadata_tree (model));
  if (!small)
    return NULL;
  for (guint k = 0; k < layout->n_layers; k++)
    {
      const gboolean *removed = self->removed + (gsize) k * H, *below = k ? removed - H : NULL;

      copy_kept (self->values + layout->layers[k].w_ih, small->layers[k].w_ih, 4, H, layout->layers[k].n_inputs, removed,
                 below);
      copy_kept (self->values + layout->layers[k].w_hh, small->layers[k].w_hh, 4, H, H, removed, removed);
      copy_kept (self->values + layout->layers[k].bias, small->layers[k].bias, 4, H, 1, removed, NULL);
    }
  for (guint k = 0; k < layout->n_linear; k++)
    {
      copy_kept (self->values + layout->linear[k].weight, small->linear[k].weight, 1, layout->linear[k].n_outputs,
                 layout->linear[k].n_inputs, NULL, k ? NULL : top);
      copy_kept (self->values + layout->linear[k].bias, small->linear[k].bias, 1, layout->linear[k].n_outputs, 1, NULL,
                 NULL);
    }
  memcpy ((double *) small->mean, model->mean, model->n_inputs * sizeof (double));
  memcpy ((double *) small->scale, model->scale, model->n_inputs * sizeof (double));
  small->sequence_length = model->sequence_length;
  small->feature_set = model->feature_set;
  small->temperature = model->temperature;
  g_strlcpy (small->hash, model->hash, sizeof small->hash);
  return small;
}

BsModel *
bs_prune (const BsModel *model, double keep, const float *inputs, gsize n_rows, BsPruneProgressFunc progress,
          gpointer user_data, const gint *cancel)
{
  g_auto (Pruner) self = { .temperature = model->temperature };
  const guint H = model->hidden, hidden = bs_prune_hidden (H, keep);
  guint n_removed = 0, n_all = 0, done = 0;

  g_return_val_if_fail (keep > 0 && keep < 1, NULL);
  g_return_val_if_fail (n_rows >= model->sequence_length, NULL);

  bs_parameter_layout_init (&self.layout, model);
  if (!gather_windows (&self, inputs, n_rows))
    return NULL;
  self.values = g_new (float, self.layout.n);
  self.expected = g_new (double, (gsize) self.activations.n *BS_N_CLASSES);
  self.removed = g_new0 (gboolean, (gsize) model->n_layers * H);
  self.means = g_new (double, (gsize) (model->n_layers + 1) * H);
  bs_parameters_read (&self.layout, model, self.values);
  answer (&self, self.expected);
  measure_means (&self);

  for (guint round = 0; round < ROUNDS; round++)
    n_all += model->n_layers * (H - (H - hidden) * round / ROUNDS);
  for (guint round = 0; round < ROUNDS; round++)
    {
      const guint until = (H - hidden) * (round + 1) / ROUNDS;

      for (guint k = 0; k < model->n_layers; k++)
        if (!prune_layer (&self, k, until - n_removed, &done, n_all, progress, user_data, cancel))
          return NULL;
      n_removed = until;
    }
  return make_small (&self, model, hidden);
}

void
bs_prune_share_temperature (BsModel *pruned, const BsModel *full)
{
  const BsLinearLayer *last = &pruned->linear[pruned->n_linear - 1];
  const double factor = full->temperature / pruned->temperature;

  for (gsize i = 0; i < (gsize) last->n_outputs * last->n_inputs; i++)
    ((float *) last->weight)[i] = (float) ((double) last->weight[i] * factor);
  for (guint i = 0; i < last->n_outputs; i++)
    ((float *) last->bias)[i] = (float) ((double) last->bias[i] * factor);
  pruned->temperature = full->temperature;
}
