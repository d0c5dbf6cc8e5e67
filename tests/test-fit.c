/* test-fit.c: training against PyTorch's numbers, and what must hold of any fit: the same bits again, with any number of threads */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "inference/model/bs-safetensors.h"
#include "inference/train/bs-adam.h"
#include "inference/train/bs-fit.h"
#include "inference/train/bs-pass.h"
#include "inference/train/bs-random.h"

#define RELATIVE 1e-4
#define SMALL 1e-3 /* a parameter below this is compared as one of this size: what one step moves */

/* A golden file. */
typedef struct
{
  char *contents;
  BsSafetensors *file;
  GTree *metadata;
  BsParameterLayout layout;
  float *inputs;
  guint8 *labels;
  BsFitData data;
  BsFitOptions options;
} Golden;

static const BsTensor *
tensor (const Golden *self, const char *name)
{
  const BsTensor *found = bs_safetensors_find (self->file, name);

  if (!found)
    g_error ("no tensor %s", name);
  return found;
}

static float *
read_tensor (const Golden *self, const char *name, gsize *n)
{
  const BsTensor *of = tensor (self, name);
  g_autofree double *values = g_new (double, of->n_elements);
  float *floats = g_new (float, of->n_elements);

  g_assert_true (bs_tensor_read (of, 0, of->n_elements, values));
  for (gsize i = 0; i < of->n_elements; i++)
    floats[i] = (float) values[i];
  *n = of->n_elements;
  return floats;
}

static double
number (const Golden *self, const char *key)
{
  return g_ascii_strtod (g_tree_lookup (self->metadata, key), NULL);
}

/* Adds the tensor PREFIX.NAME to what is at @values. */
static void
add_tensor (const Golden *self, const char *prefix, const char *name, guint k, const char *suffix, float *values)
{
  g_autofree char *full = g_strdup_printf ("%s.%s%u%s", prefix, name, k, suffix);
  gsize n;
  g_autofree float *floats = read_tensor (self, full, &n);

  for (gsize i = 0; i < n; i++)
    values[i] += floats[i];
}

/* The network under @prefix as a flat array. @summed: whether the two biases are added, as they are in a network, or are the same,
 * as they are in a gradient. */
static float *
read_network (const Golden *self, const char *prefix, gboolean summed)
{
  const BsParameterLayout *layout = &self->layout;
  float *values = g_new0 (float, layout->n);

  for (guint k = 0; k < layout->n_layers; k++)
    {
      add_tensor (self, prefix, "lstm.weight_ih_l", k, "", values + layout->layers[k].w_ih);
      add_tensor (self, prefix, "lstm.weight_hh_l", k, "", values + layout->layers[k].w_hh);
      add_tensor (self, prefix, "lstm.bias_ih_l", k, "", values + layout->layers[k].bias);
      if (summed)
        add_tensor (self, prefix, "lstm.bias_hh_l", k, "", values + layout->layers[k].bias);
    }
  for (guint k = 0; k < layout->n_linear; k++)
    {
      add_tensor (self, prefix, "fc", k + 1, ".weight", values + layout->linear[k].weight);
      add_tensor (self, prefix, "fc", k + 1, ".bias", values + layout->linear[k].bias);
    }
  return values;
}

static void
golden_init (Golden *self, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reference", "golden", "training", name, NULL);
  g_autoptr (GError) error = NULL;
  gsize size, n_rows, n;
  guint n_layers = 0;

  memset (self, 0, sizeof *self);
  g_file_get_contents (path, &self->contents, &size, &error);
  g_assert_no_error (error);
  self->file = bs_safetensors_new ((const guint8 *) self->contents, size, &error);
  g_assert_no_error (error);
  self->metadata = bs_safetensors_metadata (self->file);
  while (TRUE)
    {
      g_autofree char *weight = g_strdup_printf ("before.lstm.weight_ih_l%u", n_layers);

      if (!bs_safetensors_find (self->file, weight))
        break;
      n_layers++;
    }
  g_autoptr (BsModel) model
    = bs_model_new_random ((guint) tensor (self, "inputs")->shape[1],
                           (guint) tensor (self, "before.lstm.weight_hh_l0")->shape[1], n_layers,
                           (guint) number (self, "sequence_length"), 1);
  bs_parameter_layout_init (&self->layout, model);
  /* the head is narrower than a random model's */
  self->layout.n = self->layout.linear[0].weight;
  for (guint k = 0; k < self->layout.n_linear; k++)
    {
      g_autofree char *weight = g_strdup_printf ("before.fc%u.weight", k + 1);
      const BsTensor *of = tensor (self, weight);

      self->layout.linear[k].n_outputs = (guint) of->shape[0];
      self->layout.linear[k].n_inputs = (guint) of->shape[1];
      self->layout.linear[k].weight = self->layout.n;
      self->layout.linear[k].bias = self->layout.n + of->n_elements;
      self->layout.n += of->n_elements + of->shape[0];
    }
  self->inputs = read_tensor (self, "inputs", &n);
  g_autofree float *labels = read_tensor (self, "labels", &n_rows);
  g_autofree float *weights = read_tensor (self, "weights", &n);
  self->labels = g_new (guint8, n_rows);
  for (gsize i = 0; i < n_rows; i++)
    self->labels[i] = (guint8) labels[i];
  self->data = (BsFitData){ .inputs = self->inputs,
                            .labels = self->labels,
                            .training = { self->layout.sequence_length - 1, n_rows } };
  memcpy (self->data.class_weights, weights, sizeof self->data.class_weights);
  bs_fit_options_init (&self->options);
  self->options.epochs = 1;
  self->options.batch = (guint) number (self, "batch");
  self->options.learning_rate = number (self, "learning_rate");
  self->options.clip = number (self, "clip");
  self->options.dropout_head = self->options.dropout_layers = 0;
  self->options.in_order = TRUE;
}

static void
golden_clear (Golden *self)
{
  g_free (self->inputs);
  g_free (self->labels);
  g_tree_unref (self->metadata);
  bs_safetensors_free (self->file);
  g_free (self->contents);
}

static void
check_close (const float *got, const float *expected, gsize n, double small, const char *what)
{
  for (gsize i = 0; i < n; i++)
    if (!(fabs (got[i] - expected[i]) <= RELATIVE * fmax (fabs (expected[i]), small)))
      g_error ("%s %" G_GSIZE_FORMAT ": %.9g, PyTorch has %.9g", what, i, got[i], expected[i]);
}

/* The gradient of the first batch, by the passes themselves. */
static float *
first_gradient (const Golden *self, const float *values)
{
  const BsParameterLayout *layout = &self->layout;
  const gsize n = self->options.batch, T = layout->sequence_length, F = layout->n_inputs;
  g_autofree float *inputs = g_new (float, n * T * F);
  g_autofree float *d_logits = g_new (float, n * BS_N_CLASSES);
  float *gradient = g_new0 (float, layout->n);
  BsPassF32Activations activations = { 0 };
  BsPassF32Room room;
  BsArena arena = { 0 };
  double weight = 0;

  for (guint pass = 0; pass < 2; pass++)
    {
      bs_pass_f32_take_activations (layout, &arena, (guint) n, FALSE, &activations);
      bs_pass_f32_take_room (layout, &arena, (guint) n, &room);
      g_assert_true (pass || bs_arena_allocate (&arena));
    }
  for (gsize w = 0; w < n; w++)
    for (gsize t = 0; t < T; t++)
      memcpy (inputs + (t * n + w) * F, self->inputs + (w + t) * F, F * sizeof (float));
  activations.inputs = inputs;
  bs_pass_f32_forward (layout, values, &activations);
  for (gsize w = 0; w < n; w++)
    weight += self->data.class_weights[self->labels[T - 1 + w]];
  for (gsize w = 0; w < n; w++)
    {
      const guint8 label = self->labels[T - 1 + w];
      double probabilities[BS_N_CLASSES];

      bs_fit_softmax (activations.linear[layout->n_linear - 1].values + w * BS_N_CLASSES, 1, probabilities);
      for (guint c = 0; c < BS_N_CLASSES; c++)
        d_logits[w * BS_N_CLASSES + c]
          = (float) (self->data.class_weights[label] / weight * (probabilities[c] - (c == label)));
    }
  bs_pass_f32_backward (layout, values, &activations, d_logits, &room, gradient, NULL);
  bs_arena_clear (&arena);
  return gradient;
}

static void
keep_epoch (const BsFitEpoch *epoch, gpointer user_data)
{
  *(BsFitEpoch *) user_data = *epoch;
}

static void
test_pytorch (gconstpointer name)
{
  BsFitEpoch epoch = { 0 };
  Golden golden;

  golden_init (&golden, name);
  const gsize n = golden.layout.n;
  g_autofree float *before = read_network (&golden, "before", TRUE);
  g_autofree float *expected_gradient = read_network (&golden, "gradient", FALSE);
  g_autofree float *expected_step = read_network (&golden, "step", TRUE);
  g_autofree float *expected_epoch = read_network (&golden, "epoch", TRUE);
  g_autofree float *gradient = first_gradient (&golden, before);
  g_autofree float *values = g_memdup2 (before, n * sizeof (float));

  check_close (gradient, expected_gradient, n, SMALL, "gradient");
  g_autoptr (BsAdam) adam = bs_adam_new (&golden.layout);
  const double norm = bs_adam_step (adam, gradient, golden.options.clip, golden.options.learning_rate, values);
  g_assert_cmpfloat_with_epsilon (norm, number (&golden, "norm"), RELATIVE * norm);
  check_close (values, expected_step, n, SMALL, "after a step: parameter");

  memcpy (values, before, n * sizeof (float));
  g_assert_true (bs_fit (&golden.layout, &golden.data, &golden.options, values, keep_epoch, &epoch, NULL));
  g_assert_cmpfloat_with_epsilon (epoch.training_loss, number (&golden, "loss"), RELATIVE);
  g_assert_true (isnan (epoch.validation_loss));
  check_close (values, expected_epoch, n, SMALL, "after an epoch: parameter");
  golden_clear (&golden);
}

/* --- a made-up task: the class is told by the sign of a sum over the window --- */

enum
{
  N_ROWS = 600,
  N_INPUTS = 3,
  STEPS = 4,
};

typedef struct
{
  BsParameterLayout layout;
  float inputs[N_ROWS * N_INPUTS];
  guint8 labels[N_ROWS];
  BsFitData data;
  BsFitOptions options;
  guint n_epochs;
  double learning_rates[64];
  gint cancel;
  guint cancel_after;
} Task;

static void
task_init (Task *self)
{
  g_autoptr (BsModel) model = bs_model_new_random (N_INPUTS, 6, 2, STEPS, 1);
  guint64 random = 5;

  memset (self, 0, sizeof *self);
  bs_parameter_layout_init (&self->layout, model);
  for (guint i = 0; i < N_ROWS * N_INPUTS; i++)
    self->inputs[i] = (float) (2 * bs_random_double (&random) - 1);
  for (guint r = STEPS; r < N_ROWS; r++)
    {
      const float sum = self->inputs[r * N_INPUTS] + self->inputs[(r - 2) * N_INPUTS + 1];

      self->labels[r] = sum > 0.4f ? BS_CLASS_LONG : sum < -0.4f ? BS_CLASS_SHORT : BS_CLASS_HOLD;
    }
  self->data = (BsFitData){ .inputs = self->inputs,
                            .labels = self->labels,
                            .training = { STEPS, 450 },
                            .validation = { 455, N_ROWS },
                            .class_weights = { 1, 1, 1 } };
  bs_fit_options_init (&self->options);
  self->options.batch = 33; /* shards of 17 and 16 */
  self->options.learning_rate = 2e-2;
}

static void
task_epoch (const BsFitEpoch *epoch, gpointer user_data)
{
  Task *self = user_data;

  self->learning_rates[self->n_epochs++] = epoch->learning_rate;
  g_assert_cmpuint (epoch->epoch, ==, self->n_epochs);
  if (self->n_epochs == self->cancel_after)
    g_atomic_int_set (&self->cancel, 1);
}

static float *
task_run (Task *self)
{
  float *values = g_new (float, self->layout.n);

  self->n_epochs = 0;
  bs_fit_init_values (&self->layout, 3, values);
  g_assert_true (bs_fit (&self->layout, &self->data, &self->options, values, task_epoch, self, NULL));
  return values;
}

static double
task_accuracy (const Task *self, const float *values)
{
  const BsFitRows rows = self->data.validation;
  const gsize n = rows.end - rows.begin;
  g_autofree float *logits = g_new (float, n * BS_N_CLASSES);
  guint hits = 0;

  bs_fit_logits (&self->layout, values, &self->data, rows, logits);
  for (gsize i = 0; i < n; i++)
    {
      const float *of = logits + i * BS_N_CLASSES;

      hits += self->labels[rows.begin + i] == (of[0] > of[1] && of[0] > of[2] ? 0 : of[1] > of[2] ? 1 : 2);
    }
  return (double) hits / (double) n;
}

static void
test_learns (void)
{
  Task task;

  task_init (&task);
  g_autofree float *values = task_run (&task);
  g_test_message ("accuracy %.3f after %u epochs", task_accuracy (&task, values), task.n_epochs);
  g_assert_cmpfloat (task_accuracy (&task, values), >, 0.8); /* a third each by guessing */
}

static void
test_same_bits (void)
{
  Task task;

  task_init (&task);
  task.options.epochs = 4;
  g_autofree float *one = task_run (&task);
  g_autofree float *again = task_run (&task);
  task.options.n_threads = 2;
  g_autofree float *two = task_run (&task);
  task.options.seed++;
  g_autofree float *other = task_run (&task);
  g_assert_cmpmem (one, task.layout.n * sizeof (float), again, task.layout.n * sizeof (float));
  g_assert_cmpmem (one, task.layout.n * sizeof (float), two, task.layout.n * sizeof (float));
  g_assert_cmpint (memcmp (one, other, task.layout.n * sizeof (float)), !=, 0);
}

/* Labels of pure noise: the validation loss stops getting better, the rate is halved, the fit ends before its epochs do, and the
 * best network is what is left. */
static void
test_early_stop (void)
{
  guint64 random = 9;
  Task task;

  task_init (&task);
  for (guint r = 0; r < N_ROWS; r++)
    task.labels[r] = (guint8) bs_random_below (&random, BS_N_CLASSES);
  task.options.epochs = 60;
  task.options.dropout_head = task.options.dropout_layers = 0;
  g_autofree float *values = task_run (&task);
  g_assert_cmpuint (task.n_epochs, <, 60);
  g_assert_cmpuint (task.n_epochs, >, task.options.patience_epochs);
  g_assert_cmpfloat (task.learning_rates[task.n_epochs - 1], <=, task.options.learning_rate / 4);

  const guint best = task.n_epochs - task.options.patience_epochs;
  task.options.epochs = best;
  g_autofree float *until_best = task_run (&task);
  g_assert_cmpmem (values, task.layout.n * sizeof (float), until_best, task.layout.n * sizeof (float));
}

static void
test_cancel (void)
{
  Task task;

  task_init (&task);
  g_autofree float *values = g_new (float, task.layout.n);
  task.cancel_after = 2;
  bs_fit_init_values (&task.layout, 3, values);
  g_assert_false (bs_fit (&task.layout, &task.data, &task.options, values, task_epoch, &task, &task.cancel));
  g_assert_cmpuint (task.n_epochs, ==, 2);
}

/* Windows that lose an input see something else: the other inputs have to do. */
static void
test_lost_inputs (void)
{
  float lost[N_INPUTS] = { 0.5f, NAN, NAN };
  Task task;

  task_init (&task);
  task.data.lost = lost;
  task.options.lost_share = 1;
  task.options.epochs = 3;
  g_autofree float *values = task_run (&task);
  task.data.lost = NULL;
  for (guint r = 0; r < 450; r++)
    task.inputs[r * N_INPUTS] = 0.5f; /* the same as losing it always; the validation part keeps its own */
  g_autofree float *other = task_run (&task);
  /* the random numbers of the masks differ, so only what was learnt about the input does: nothing */
  g_assert_cmpfloat (fabs (task_accuracy (&task, values) - task_accuracy (&task, other)), <, 0.15);
}

/* A network whose logits are twice too large is divided by two. */
static void
test_temperature (void)
{
  enum
  {
    N = 4000
  };
  g_autofree float *logits = g_new (float, N * BS_N_CLASSES);
  g_autofree guint8 *labels = g_new (guint8, N);
  guint64 random = 3;

  for (guint i = 0; i < N; i++)
    {
      double probabilities[BS_N_CLASSES], at;
      float *of = logits + i * BS_N_CLASSES;

      for (guint c = 0; c < BS_N_CLASSES; c++)
        of[c] = (float) (4 * bs_random_double (&random) - 2);
      bs_fit_softmax (of, 1, probabilities);
      at = bs_random_double (&random);
      labels[i] = at < probabilities[0] ? 0 : at < probabilities[0] + probabilities[1] ? 1 : 2;
      for (guint c = 0; c < BS_N_CLASSES; c++)
        of[c] *= 2;
    }
  g_assert_cmpfloat_with_epsilon (bs_fit_temperature (logits, labels, N), 2, 0.15);
  g_assert_cmpfloat (bs_fit_temperature (logits, labels, 0), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  openblas_set_num_threads (1);
  g_test_add_data_func ("/fit/pytorch/i7-h5-l2-t6", "i7-h5-l2-t6.safetensors", test_pytorch);
  g_test_add_data_func ("/fit/pytorch/i3-h9-l3-t11", "i3-h9-l3-t11.safetensors", test_pytorch);
  g_test_add_data_func ("/fit/pytorch/i1-h1-l1-t1", "i1-h1-l1-t1.safetensors", test_pytorch);
  g_test_add_func ("/fit/learns", test_learns);
  g_test_add_func ("/fit/same-bits", test_same_bits);
  g_test_add_func ("/fit/early-stop", test_early_stop);
  g_test_add_func ("/fit/cancel", test_cancel);
  g_test_add_func ("/fit/lost-inputs", test_lost_inputs);
  g_test_add_func ("/fit/temperature", test_temperature);
  return g_test_run ();
}
