/* bs-engine.c: the table of engines, and what all of them share */
#include "inference/engine/bs-engine.h"

#include "inference/engine/bs-engine-cpu.h"
#include "inference/engine/bs-engine-reference.h"
#include "inference/engine/bs-engine-vulkan.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK (bs_engine_error, bs_engine_error)

static const BsEngineClass *const classes[] = {
  &bs_engine_reference_class,
  &bs_engine_cpu_class,
  &bs_engine_vulkan_class,
  NULL,
};

/* The generic window: a ring of 2T rows that holds every row twice, T apart, so that the last T always lie side by side. */
typedef struct
{
  guint n_rows; /* pushed so far, T at most */
  guint next;   /* where the next row goes, 0..T-1; the window begins there once it is full */
  float rows[]; /* [2T, F] */
} RingWindow;

const BsEngineClass *const *
bs_engine_classes (void)
{
  return classes;
}

const BsEngineClass *
bs_engine_class_by_name (const char *name)
{
  g_return_val_if_fail (name, NULL);

  for (const BsEngineClass *const *klass = classes; *klass; klass++)
    if (!strcmp ((*klass)->name, name))
      return *klass;
  return NULL;
}

/* Room for a batch of generic windows; FALSE with an error. */
static gboolean
allocate_gathered (BsEngine *self, GError **error)
{
  const BsModel *model = self->model;
  gsize n = self->options.max_batch;

  if (self->klass->window_new || n == 1)
    return TRUE;
  if (g_size_checked_mul (&n, n, model->sequence_length) && g_size_checked_mul (&n, n, model->n_inputs))
    self->gathered = g_try_new (float, n);
  if (!self->gathered)
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY, "not enough memory for a batch of %u windows",
                 self->options.max_batch);
  return self->gathered != NULL;
}

static BsEngine *
new_fallback (BsModel *model, const BsEngineOptions *options, GError **error)
{
  BsEngineOptions plain = *options;

  plain.precision = BS_PRECISION_FP32;
  plain.fallback = NULL;
  return bs_engine_new (bs_engine_class_by_name (options->fallback), model, &plain, error);
}

/* From now on the fallback answers. */
static void
note_fallback (BsEngine *self, const char *why)
{
  g_free (self->notice);
  self->notice = g_strdup_printf ("the %s engine goes on: %s", self->fallback->klass->name, why);
  g_message ("%s", self->notice);
}

/* Where the engine cannot run the model, or its device gives out at once: the fallback from the start. %NULL with @refused
 * where there is no such engine or device here: that asks for another setting. */
static BsEngine *
new_refused (BsModel *model, const BsEngineOptions *options, GError *refused, GError **error)
{
  BsEngine *self;

  if (!options->fallback || g_error_matches (refused, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE))
    {
      g_propagate_error (error, refused);
      return NULL;
    }
  self = new_fallback (model, options, error);
  if (self)
    {
      self->notice = g_strdup_printf ("the %s engine goes on: %s", self->klass->name, refused->message);
      g_message ("%s", self->notice);
    }
  g_error_free (refused);
  return self;
}

BsEngine *
bs_engine_new (const BsEngineClass *klass, BsModel *model, const BsEngineOptions *options, GError **error)
{
  g_autofree char *reason = NULL;
  GError *refused = NULL;
  BsEngine *self;

  g_return_val_if_fail (klass && model && options, NULL);
  g_return_val_if_fail (options->max_batch >= 1, NULL);

  if (!klass->available (&reason))
    {
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE, "the %s engine does not work here: %s",
                   klass->name, reason);
      return NULL;
    }
  self = klass->create (model, options, &refused);
  if (!self)
    return new_refused (model, options, refused, error);
  g_atomic_ref_count_init (&self->references);
  self->klass = klass;
  self->model = bs_model_ref (model);
  self->options = *options;
  self->options.device = NULL;
  self->options.fallback = NULL;
  if (options->fallback)
    self->fallback = new_fallback (model, options, error);
  if ((options->fallback && !self->fallback) || !allocate_gathered (self, error))
    {
      bs_engine_free (self);
      return NULL;
    }
  return self;
}

BsEngine *
bs_engine_ref (BsEngine *self)
{
  g_return_val_if_fail (self, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bs_engine_free (BsEngine *self)
{
  BsModel *model;

  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  model = self->model;
  bs_engine_free (self->fallback);
  g_free (self->notice);
  g_free (self->gathered);
  self->klass->free (self);
  bs_model_unref (model);
}

static gboolean
check_batch (const BsEngine *self, guint n, GError **error)
{
  if (n >= 1 && n <= self->options.max_batch)
    return TRUE;
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT, "a batch of %u windows; this engine takes 1 to %u", n,
               self->options.max_batch);
  return FALSE;
}

/* Never wrong in silence: finite weights and inputs can still overflow on their way to the answer. */
static gboolean
check_answer (const BsEngine *self, const float *probabilities, guint n, GError **error)
{
  for (gsize i = 0; i < (gsize) n * BS_N_CLASSES; i++)
    if (!isfinite (probabilities[i]))
      {
        g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT,
                     "window %" G_GSIZE_FORMAT
                     " leads to no probability (%f): its inputs are not finite, or they and the "
                     "model's weights are too large",
                     i / BS_N_CLASSES, probabilities[i]);
        return FALSE;
      }
  return TRUE;
}

/* The engine's own answer or, once it has failed, the fallback's: to the very same windows. Only inputs that are wrong are
 * wrong for any engine. */
static gboolean
run (BsEngine *self, const float *windows, guint n, float *probabilities, gint64 *stage_ns, GError **error)
{
  GError *lost = NULL;
  BsEngine *answering;

  if (!self->notice)
    {
      if (self->klass->predict (self, windows, n, probabilities, stage_ns, &lost))
        return TRUE;
      if (!self->fallback || g_error_matches (lost, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT))
        {
          g_propagate_error (error, lost);
          return FALSE;
        }
      note_fallback (self, lost->message);
      g_error_free (lost);
    }
  answering = self->fallback ? self->fallback : self;
  return answering->klass->predict (answering, windows, n, probabilities, stage_ns, error);
}

gboolean
bs_engine_predict (BsEngine *self, const float *windows, guint n, float *probabilities, gint64 *stage_ns,
                   GError **error)
{
  g_return_val_if_fail (self && windows && probabilities, FALSE);

  return check_batch (self, n, error) && run (self, windows, n, probabilities, stage_ns, error)
         && check_answer (self, probabilities, n, error);
}

const char *
bs_engine_notice (const BsEngine *self)
{
  g_return_val_if_fail (self, NULL);

  return self->notice;
}

float
bs_engine_input_limit (const BsEngine *self)
{
  g_return_val_if_fail (self, 0);

  return self->notice && self->fallback ? self->fallback->input_limit : self->input_limit;
}

const BsTape *
bs_engine_tape (const BsEngine *self)
{
  g_return_val_if_fail (self, NULL);

  return self->klass->tape ? self->klass->tape (self) : NULL;
}

static RingWindow *
ring_window_new (const BsModel *model)
{
  const gsize n = (gsize) 2 * model->sequence_length * model->n_inputs;

  return g_malloc0 (sizeof (RingWindow) + n * sizeof (float));
}

static void
ring_window_push (RingWindow *window, const BsModel *model, const float *row)
{
  const guint T = model->sequence_length;
  const gsize F = model->n_inputs;

  memcpy (window->rows + window->next * F, row, F * sizeof (float));
  memcpy (window->rows + (window->next + T) * F, row, F * sizeof (float));
  window->next = (window->next + 1) % T;
  window->n_rows = MIN (window->n_rows + 1, T);
}

static gboolean
ring_window_predict (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities, gint64 *stage_ns,
                     GError **error)
{
  const gsize F = self->model->n_inputs, T = self->model->sequence_length;
  const float *inputs = self->gathered; /* [n, T, F] */

  for (guint i = 0; i < n; i++)
    {
      const RingWindow *window = (const RingWindow *) windows[i];

      if (window->n_rows < T)
        {
          g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INPUT,
                       "window %u has %u of the %" G_GSIZE_FORMAT " rows that it needs", i, window->n_rows, T);
          return FALSE;
        }
      if (n > 1)
        memcpy (self->gathered + i * T * F, window->rows + window->next * F, T * F * sizeof (float));
      else
        inputs = window->rows + window->next * F;
    }
  return run (self, inputs, n, probabilities, stage_ns, error);
}

BsEngineWindow *
bs_engine_window_new (BsEngine *self)
{
  g_return_val_if_fail (self, NULL);

  if (self->klass->window_new)
    return self->klass->window_new (self);
  return (BsEngineWindow *) ring_window_new (self->model);
}

void
bs_engine_window_free (BsEngine *self, BsEngineWindow *window)
{
  g_return_if_fail (self);

  if (window && self->klass->window_free)
    self->klass->window_free (window);
  else
    g_free (window);
}

void
bs_engine_window_push (BsEngine *self, BsEngineWindow *window, const float *row)
{
  g_return_if_fail (self && window && row);

  if (self->klass->window_push)
    self->klass->window_push (window, row);
  else
    ring_window_push ((RingWindow *) window, self->model, row);
}

gboolean
bs_engine_window_predict (BsEngine *self, BsEngineWindow *const *windows, guint n, float *probabilities,
                          gint64 *stage_ns, GError **error)
{
  g_return_val_if_fail (self && windows && probabilities, FALSE);

  if (!check_batch (self, n, error))
    return FALSE;
  if (!(self->klass->window_predict ? self->klass->window_predict
                                    : ring_window_predict) (self, windows, n, probabilities, stage_ns, error))
    return FALSE;
  return check_answer (self, probabilities, n, error);
}
