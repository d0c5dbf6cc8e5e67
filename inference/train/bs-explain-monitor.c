#include "inference/train/bs-explain-monitor.h"

#include <stdatomic.h>
#include <string.h>

#include "inference/predict/bs-predictor-private.h"
#include "inference/predict/bs-thread.h"

#define PERIOD_USEC (G_USEC_PER_SEC / 30) /* from one explanation to the next at least */
#define LISTEN_USEC (G_USEC_PER_SEC / 5)  /* a wake-up that was missed costs no more than this */

/* The newest answer's window. */
typedef struct
{
  BsModel *model; /* (nullable): that answered: the full network or its variant; a reference */
  float *window;  /* [T, BS_N_FEATURES] */
  gint64 time_us;
  guint64 row;
} Slot;

struct _BsExplainMonitor
{
  void (*notify) (gpointer data); /* (nullable) */
  gpointer notify_data;
  GThread *thread;
  GMutex mutex; /* of the slot and the wake-up; the worker only tries it */
  GCond wake;
  Slot slot;
  gboolean is_full; /* the slot holds what has not been looked at */
  atomic_int wanted, closing;

  /* The thread's own. */
  Slot taken;
  BsExplainer *explainer; /* (nullable) */

  GMutex result_mutex; /* who reads only tries it */
  BsWhy result;
  atomic_uint generation; /* of result; 0 before the first */
};

static void
slot_set_model (Slot *slot, BsModel *model)
{
  if (slot->model == model)
    return;
  g_clear_pointer (&slot->model, bs_model_unref);
  g_free (slot->window);
  slot->model = bs_model_ref (model);
  slot->window = g_new (float, (gsize) model->sequence_length *BS_N_FEATURES);
}

static void
slot_clear (Slot *slot)
{
  g_clear_pointer (&slot->model, bs_model_unref);
  g_clear_pointer (&slot->window, g_free);
}

/* Exchanges the slot for the one that was looked at. */
static gboolean
take_newest (BsExplainMonitor *self)
{
  const gint64 until = g_get_monotonic_time () + LISTEN_USEC;
  gboolean full;

  g_mutex_lock (&self->mutex);
  while (!self->is_full && !atomic_load (&self->closing) && g_cond_wait_until (&self->wake, &self->mutex, until))
    ;
  full = self->is_full;
  if (full)
    {
      const Slot other = self->taken;

      self->taken = self->slot;
      self->slot = other;
      self->is_full = FALSE;
    }
  g_mutex_unlock (&self->mutex);
  return full;
}

static void
publish (BsExplainMonitor *self, const BsExplanation *explanation)
{
  BsWhy *why = &self->result;

  g_mutex_lock (&self->result_mutex);
  why->time_us = self->taken.time_us;
  why->row = self->taken.row;
  why->klass = explanation->klass;
  why->complete = explanation->complete;
  why->whole = explanation->logit - explanation->baseline;
  memcpy (why->features, explanation->features, sizeof why->features);
  bs_explanation_rank (explanation, why->order);
  why->n_bars = MIN (explanation->n_bars, BS_WHY_MAX_BARS);
  memcpy (why->bars, explanation->bars + (explanation->n_bars - why->n_bars), why->n_bars * sizeof *why->bars);
  atomic_fetch_add (&self->generation, 1);
  g_mutex_unlock (&self->result_mutex);
  if (self->notify)
    self->notify (self->notify_data);
}

static void
explain_taken (BsExplainMonitor *self)
{
  g_auto (BsExplanation) explanation = { 0 };

  if (self->explainer && bs_explainer_model (self->explainer) != self->taken.model)
    g_clear_pointer (&self->explainer, bs_explainer_free);
  if (!self->explainer)
    self->explainer = bs_explainer_new (self->taken.model, NULL);
  if (self->explainer
      && bs_explainer_run (self->explainer, self->taken.window, -1, BS_EXPLAIN_INTEGRATED, &explanation, NULL))
    publish (self, &explanation);
}

static gpointer
monitor_main (gpointer data)
{
  BsExplainMonitor *self = data;

  bs_thread_lower_priority ();
  while (!atomic_load (&self->closing))
    {
      const gint64 begun = g_get_monotonic_time ();
      gint64 left;

      if (!take_newest (self))
        continue;
      explain_taken (self);
      left = begun + PERIOD_USEC - g_get_monotonic_time ();
      if (left > 0 && !atomic_load (&self->closing))
        g_usleep ((gulong) left);
    }
  return NULL;
}

BsExplainMonitor *
bs_explain_monitor_new (void (*notify) (gpointer data), gpointer notify_data)
{
  BsExplainMonitor *self = g_new0 (BsExplainMonitor, 1);

  self->notify = notify;
  self->notify_data = notify_data;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_mutex_init (&self->result_mutex);
  atomic_store (&self->wanted, TRUE);
  self->thread = g_thread_new ("explain", monitor_main, self);
  return self;
}

void
bs_explain_monitor_free (BsExplainMonitor *self)
{
  if (!self)
    return;
  atomic_store (&self->closing, TRUE);
  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  bs_explainer_free (self->explainer);
  slot_clear (&self->slot);
  slot_clear (&self->taken);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->result_mutex);
  g_free (self);
}

void
bs_explain_monitor_set_wanted (BsExplainMonitor *self, gboolean wanted)
{
  g_return_if_fail (self);

  atomic_store_explicit (&self->wanted, wanted, memory_order_relaxed);
}

/* The scaled rows that the newest answer was made from. */
static void
copy_window (const BsPredictor *predictor, float *window)
{
  const guint length = predictor->model->sequence_length;

  if (!predictor->options.value[BS_OPTION_INCREMENTAL])
    {
      memcpy (window, predictor->scaled, (gsize) length * BS_N_FEATURES * sizeof *window);
      return;
    }
  for (guint i = 0; i < length; i++)
    memcpy (window + (gsize) i * BS_N_FEATURES, bs_input_window_row (&predictor->inputs, i),
            BS_N_FEATURES * sizeof *window);
}

void
bs_explain_monitor_observe (BsExplainMonitor *self, const BsPredictor *predictor, const BsSignal *signal)
{
  BsModel *model = predictor->options.value[BS_OPTION_PRUNE] ? bs_model_pruned (predictor->model) : predictor->model;

  if (!atomic_load_explicit (&self->wanted, memory_order_relaxed) || signal->state != BS_SIGNAL_READY || !model
      || !g_mutex_trylock (&self->mutex))
    return;
  slot_set_model (&self->slot, model);
  copy_window (predictor, self->slot.window);
  self->slot.time_us = signal->time_us;
  self->slot.row = signal->row;
  self->is_full = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

gboolean
bs_explain_monitor_get (BsExplainMonitor *self, guint *generation, BsWhy *why)
{
  g_return_val_if_fail (self && generation && why, FALSE);

  if (atomic_load (&self->generation) == *generation || !g_mutex_trylock (&self->result_mutex))
    return FALSE;
  *generation = atomic_load (&self->generation);
  *why = self->result;
  g_mutex_unlock (&self->result_mutex);
  return TRUE;
}
