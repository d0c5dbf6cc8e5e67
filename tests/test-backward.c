/* test-backward.c: gradients against finite differences in double, and from the tape against those in double */
#include <math.h>
#include <string.h>

#include "inference/engine/bs-engine-reference.h"
#include "inference/train/bs-backward.h"
#include "inference/train/bs-pass.h"

#define STEP 1e-4     /* of the central differences, whose error goes with its square */
#define ROUNDING 1e-11 /* of a sum about 1 in size, by that step */
#define RELATIVE 1e-4
#define MAX_CHECKED 400 /* parameters and inputs of a shape that are checked, drawn at random where there are more */

typedef struct
{
  guint inputs, hidden, layers, steps, windows;
  gboolean dropout;
} Shape;

static const Shape shapes[] = {
  { 1, 1, 1, 1, 1, FALSE }, { 1, 8, 3, 2, 3, FALSE },   { 7, 5, 2, 37, 2, FALSE },  { 62, 48, 1, 20, 3, FALSE },
  { 63, 9, 3, 4, 5, TRUE }, { 62, 64, 2, 20, 4, TRUE }, { 3, 17, 2, 1, 2, TRUE },   { 62, 100, 2, 3, 1, FALSE },
};

/* One network in double with its inputs, and a sum of its logits whose gradient is wanted. */
typedef struct
{
  BsModel *model;
  BsParameterLayout layout;
  BsArena arena;
  double *values, *inputs, *d_logits, *gradient, *d_inputs;
  gsize n_inputs; /* numbers in inputs */
  BsPassF64Activations activations;
  BsPassF64Room room;
} Net;

static void
lay_out (Net *self, const Shape *shape)
{
  self->n_inputs = (gsize) shape->windows * shape->steps * shape->inputs;
  self->values = bs_arena_take (&self->arena, sizeof (double), self->layout.n, 1, 1);
  self->gradient = bs_arena_take (&self->arena, sizeof (double), self->layout.n, 1, 1);
  self->inputs = bs_arena_take (&self->arena, sizeof (double), self->n_inputs, 1, 1);
  self->d_inputs = bs_arena_take (&self->arena, sizeof (double), self->n_inputs, 1, 1);
  self->d_logits = bs_arena_take (&self->arena, sizeof (double), shape->windows, BS_N_CLASSES, 1);
  bs_pass_f64_take_activations (&self->layout, &self->arena, shape->windows, shape->dropout, &self->activations);
  bs_pass_f64_take_room (&self->layout, &self->arena, shape->windows, &self->room);
}

static void
fill_mask (GRand *rand, double *mask, gsize n)
{
  for (gsize i = 0; mask && i < n; i++)
    mask[i] = g_rand_double (rand) < 0.3 ? 0 : 1 / 0.7;
}

static void
net_init (Net *self, const Shape *shape, GRand *rand)
{
  g_autofree float *values = NULL;

  memset (self, 0, sizeof *self);
  self->model = bs_model_new_random (shape->inputs, shape->hidden, shape->layers, shape->steps, 7);
  bs_parameter_layout_init (&self->layout, self->model);
  lay_out (self, shape);
  g_assert_true (bs_arena_allocate (&self->arena));
  lay_out (self, shape);
  values = g_new (float, self->layout.n);
  bs_parameters_read (&self->layout, self->model, values);
  for (gsize i = 0; i < self->layout.n; i++)
    self->values[i] = values[i];
  for (gsize i = 0; i < self->n_inputs; i++)
    self->inputs[i] = (float) g_rand_double_range (rand, -2, 2);
  for (guint i = 0; i < shape->windows * BS_N_CLASSES; i++)
    self->d_logits[i] = (float) g_rand_double_range (rand, -1, 1);
  self->activations.inputs = self->inputs;
  for (guint k = 0; k < shape->layers; k++)
    fill_mask (rand, self->activations.layers[k].mask, (gsize) shape->windows * shape->steps * shape->hidden);
  for (guint k = 0; k < self->layout.n_linear; k++)
    fill_mask (rand, self->activations.linear[k].mask, (gsize) shape->windows * self->layout.linear[k].n_inputs);
}

static void
net_clear (Net *self)
{
  bs_arena_clear (&self->arena);
  bs_model_unref (self->model);
}

static double
value_of (Net *self)
{
  const double *logits = self->activations.linear[self->layout.n_linear - 1].values;
  double sum = 0;

  bs_pass_f64_forward (&self->layout, self->values, &self->activations);
  for (guint i = 0; i < self->activations.n * BS_N_CLASSES; i++)
    sum += self->d_logits[i] * logits[i];
  return sum;
}

static void
run_backward (Net *self)
{
  value_of (self);
  memset (self->gradient, 0, self->layout.n * sizeof (double));
  bs_pass_f64_backward (&self->layout, self->values, &self->activations, self->d_logits, &self->room, self->gradient,
                        self->d_inputs);
}

/* Compares @gradient with the differences that come of changing @numbers. */
static void
check_differences (Net *self, double *numbers, const double *gradient, gsize n, GRand *rand, const char *what)
{
  double largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = fmax (largest, fabs (gradient[i]));
  g_assert_cmpfloat (largest, >, 0);
  for (gsize checked = 0; checked < MIN (n, MAX_CHECKED); checked++)
    {
      const gsize i = n <= MAX_CHECKED ? checked : (gsize) (g_rand_double (rand) * (double) n);
      const double before = numbers[i];
      double high, low, difference;

      numbers[i] = before + STEP;
      high = value_of (self);
      numbers[i] = before - STEP;
      low = value_of (self);
      numbers[i] = before;
      difference = (high - low) / (2 * STEP);
      if (fabs (difference - gradient[i]) > RELATIVE * fabs (difference) + ROUNDING)
        g_error ("%s %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ": gradient %.9g, difference %.9g", what, i, n, gradient[i],
                 difference);
    }
}

static void
test_differences (gconstpointer data)
{
  const Shape *shape = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  Net net;

  net_init (&net, shape, rand);
  run_backward (&net);
  check_differences (&net, net.values, net.gradient, net.layout.n, rand, "parameter");
  check_differences (&net, net.inputs, net.d_inputs, net.n_inputs, rand, "input");
  net_clear (&net);
}

static void
check_close (const float *got, const double *expected, gsize n, const char *what)
{
  double largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = fmax (largest, fabs (expected[i]));
  for (gsize i = 0; i < n; i++)
    if (fabs (got[i] - expected[i]) > RELATIVE * fmax (fabs (expected[i]), 1e-2 * largest))
      g_error ("%s %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ": %.9g, in double %.9g", what, i, n, got[i], expected[i]);
}

/* [n, T, F] of the engine from rows of a step side by side, or back */
static void
transpose (const Shape *shape, const double *rows, double *windows)
{
  for (guint w = 0; w < shape->windows; w++)
    for (guint t = 0; t < shape->steps; t++)
      memcpy (windows + ((gsize) w * shape->steps + t) * shape->inputs,
              rows + ((gsize) t * shape->windows + w) * shape->inputs, shape->inputs * sizeof (double));
}

/* The tape of the reference engine gives in float what the pass in double does. */
static void
test_tape (gconstpointer data)
{
  const Shape *shape = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);
  g_autoptr (GError) error = NULL;
  const BsEngineOptions options = { .keep_tape = TRUE, .max_batch = shape->windows + 1 };
  float probabilities[BS_N_CLASSES * 8], d_logits[BS_N_CLASSES * 8];
  Net net;

  net_init (&net, shape, rand);
  run_backward (&net);
  g_autofree double *windows = g_new (double, net.n_inputs);
  g_autofree double *d_windows = g_new (double, net.n_inputs);
  g_autofree float *inputs = g_new (float, net.n_inputs);
  g_autofree float *d_inputs = g_new (float, net.n_inputs);
  g_autofree float *gradient = g_new (float, net.layout.n);
  transpose (shape, net.inputs, windows);
  transpose (shape, net.d_inputs, d_windows);
  for (gsize i = 0; i < net.n_inputs; i++)
    inputs[i] = (float) windows[i];
  for (guint i = 0; i < shape->windows * BS_N_CLASSES; i++)
    d_logits[i] = (float) net.d_logits[i];

  g_autoptr (BsEngine) engine = bs_engine_new (&bs_engine_reference_class, net.model, &options, &error);
  g_assert_no_error (error);
  g_autoptr (BsBackward) backward = bs_backward_new (net.model, shape->windows, &error);
  g_assert_no_error (error);
  bs_engine_predict (engine, inputs, shape->windows, probabilities, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) /* the second run finds nothing of the first */
    bs_backward_run (backward, bs_engine_tape (engine), d_logits, gradient, d_inputs);
  check_close (gradient, net.gradient, net.layout.n, "parameter");
  check_close (d_inputs, d_windows, net.n_inputs, "input");
  memset (d_inputs, 0, net.n_inputs * sizeof (float));
  bs_backward_run (backward, bs_engine_tape (engine), d_logits, NULL, d_inputs);
  check_close (d_inputs, d_windows, net.n_inputs, "input alone");
  net_clear (&net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *shape = &shapes[i];
      g_autofree char *name = g_strdup_printf ("i%u-h%u-l%u-t%u-n%u%s", shape->inputs, shape->hidden, shape->layers,
                                               shape->steps, shape->windows, shape->dropout ? "-dropout" : "");
      g_autofree char *differences = g_strdup_printf ("/backward/differences/%s", name);
      g_autofree char *tape = g_strdup_printf ("/backward/tape/%s", name);

      g_test_add_data_func (differences, shape, test_differences);
      if (!shape->dropout)
        g_test_add_data_func (tape, shape, test_tape);
    }
  return g_test_run ();
}
