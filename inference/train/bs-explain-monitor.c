#include "inference/train/bs-explain-monitor.h"

#include <stdatomic.h>
#include <string.h>

#include "inference/predict/bs-predictor-private.h"
#include "inference/predict/bs-thread.h"
#include "inference/train/bs-explain-bar.h"

#define PERIOD_USEC (G_USEC_PER_SEC / 30) /* from one explanation to the next at least */
#define LISTEN_USEC (G_USEC_PER_SEC / 5)  /* a wake-up that was missed costs no more than this */

/* The newest answer's window. */
typedef struct
{
  BsModel *model; /* (nullable): that answered: the full network or its variant; a reference */
  float *window;  /* [T, BS_N_FEATURES] */
  gint64 time_us;
  guint64 index, row;
} Slot;

/* A bar that was asked for, or what is to be said of it. */
typedef struct
{
  BsExplainBar *bar; /* (nullable): it is not held any more */
  guint64 index;
} Question;

/* What is published, and how often it was. */
typedef struct
{
  BsWhy why;
  atomic_uint generation; /* 0 before the first */
} Result;

struct _BsExplainMonitor
{
  void (*notify) (gpointer data); /* (nullable) */
  gpointer notify_data;
  GThread *thread;
  GMutex mutex; /* of the slot and the wake-up; the worker only tries it */
  GCond wake;
  Slot slot;
  gboolean is_full; /* the slot holds what has not been looked at */
  atomic_int wanted, pinned, closing;
  _Atomic (Question *) question; /* (nullable): the newest that was not looked at */

  /* The thread's own. */
  Slot taken;
  BsExplainer *explainer; /* (nullable) */

  GMutex result_mutex; /* of what both say; who reads only tries it */
  Result newest, asked;
};

static void
question_free (Question *question)
{
  if (!question)
    return;
  bs_explain_bar_free (question->bar);
  g_free (question);
}

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

/* Whether there is anything to explain. With the lock. */
static gboolean
has_work (BsExplainMonitor *self)
{
  return atomic_load (&self->question) || (self->is_full && !atomic_load (&self->pinned));
}

/* Waits for a question, which comes first, or for a newest answer, whose slot is exchanged for the one that was looked at. */
static gboolean
take_work (BsExplainMonitor *self, Question **question)
{
  const gint64 until = g_get_monotonic_time () + LISTEN_USEC;
  gboolean full;

  g_mutex_lock (&self->mutex);
  while (!has_work (self) && !atomic_load (&self->closing) && g_cond_wait_until (&self->wake, &self->mutex, until))
    ;
  *question = atomic_exchange (&self->question, NULL);
  full = !*question && self->is_full && !atomic_load (&self->pinned);
  if (full)
    {
      const Slot other = self->taken;

      self->taken = self->slot;
      self->slot = other;
      self->is_full = FALSE;
    }
  g_mutex_unlock (&self->mutex);
  return *question || full;
}

static void
publish (BsExplainMonitor *self, Result *result, const BsWhy *why)
{
  g_mutex_lock (&self->result_mutex);
  result->why = *why;
  atomic_fetch_add (&result->generation, 1);
  g_mutex_unlock (&self->result_mutex);
  if (self->notify)
    self->notify (self->notify_data);
}

/* Explains the window that @why->row is the newest row of, and fills @why. */
static gboolean
explain (BsExplainMonitor *self, BsModel *model, const float *window, BsWhy *why)
{
  g_auto (BsExplanation) explanation = { 0 };

  if (self->explainer && bs_explainer_model (self->explainer) != model)
    g_clear_pointer (&self->explainer, bs_explainer_free);
  if (!self->explainer)
    self->explainer = bs_explainer_new (model, NULL);
  if (!self->explainer || !bs_explainer_run (self->explainer, window, -1, BS_EXPLAIN_INTEGRATED, &explanation, NULL))
    return FALSE;
  why->state = BS_WHY_READY;
  why->klass = explanation.klass;
  memcpy (why->probabilities, explanation.probabilities, sizeof why->probabilities);
  why->complete = explanation.complete;
  why->whole = explanation.logit - explanation.baseline;
  memcpy (why->features, explanation.features, sizeof why->features);
  bs_explanation_groups (&explanation, why->groups);
  bs_explanation_rank (&explanation, why->order);
  why->n_bars = MIN (explanation.n_bars, BS_WHY_MAX_BARS);
  memcpy (why->bars, explanation.bars + (explanation.n_bars - why->n_bars), why->n_bars * sizeof *why->bars);
  return TRUE;
}

static void
explain_taken (BsExplainMonitor *self)
{
  BsWhy why = { .time_us = self->taken.time_us, .index = self->taken.index, .row = self->taken.row };

  if (explain (self, self->taken.model, self->taken.window, &why))
    publish (self, &self->newest, &why);
}

static void
explain_asked (BsExplainMonitor *self, const Question *question)
{
  const BsExplainBar *bar = question->bar;
  BsWhy why = { .state = BS_WHY_NOT_HELD, .index = question->index };

  if (bar)
    {
      why.time_us = bar->time_us;
      why.row = bar->row;
      why.rows_missing = bar->rows_missing;
      why.state = bar->rows_missing > 0 ? BS_WHY_WARMING_UP : BS_WHY_FAILED;
    }
  if (bar && bar->rows_missing == 0)
    {
      g_autofree float *window = g_new (float, (gsize) bar->model->sequence_length * BS_N_FEATURES);

      if (bs_explain_bar_window (bar, window, NULL, NULL))
        explain (self, bar->model, window, &why);
    }
  publish (self, &self->asked, &why);
}

static gpointer
monitor_main (gpointer data)
{
  BsExplainMonitor *self = data;

  bs_thread_lower_priority ();
  while (!atomic_load (&self->closing))
    {
      const gint64 begun = g_get_monotonic_time ();
      Question *question;
      gint64 left;

      if (!take_work (self, &question))
        continue;
      if (question)
        explain_asked (self, question);
      else
        explain_taken (self);
      question_free (question);
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
  question_free (atomic_load (&self->question));
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
  self->slot.index = bs_bar_series_end (predictor->primary) - 1;
  self->is_full = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

static gboolean
get (BsExplainMonitor *self, Result *result, guint *generation, BsWhy *why)
{
  if (atomic_load (&result->generation) == *generation || !g_mutex_trylock (&self->result_mutex))
    return FALSE;
  *generation = atomic_load (&result->generation);
  *why = result->why;
  g_mutex_unlock (&self->result_mutex);
  return TRUE;
}

gboolean
bs_explain_monitor_get (BsExplainMonitor *self, guint *generation, BsWhy *why)
{
  g_return_val_if_fail (self && generation && why, FALSE);

  return get (self, &self->newest, generation, why);
}

gboolean
bs_explain_monitor_get_asked (BsExplainMonitor *self, guint *generation, BsWhy *why)
{
  g_return_val_if_fail (self && generation && why, FALSE);

  return get (self, &self->asked, generation, why);
}

void
bs_explain_monitor_set_pinned (BsExplainMonitor *self, gboolean pinned)
{
  g_return_if_fail (self);

  atomic_store (&self->pinned, pinned);
  g_cond_signal (&self->wake);
}

void
bs_explain_monitor_ask (BsExplainMonitor *self, const BsPredictor *predictor, guint64 index)
{
  Question *question = g_new0 (Question, 1);

  question->index = index;
  if (index >= bs_bar_series_first (predictor->primary))
    question->bar = bs_explain_bar_new (predictor, index);
  question_free (atomic_exchange (&self->question, question));
  /* Without the lock, which its thread may hold for long where others keep it from running; what is missed is seen LISTEN_USEC later. */
  g_cond_signal (&self->wake);
}
