#include "inference/predict/bs-fidelity-monitor.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "inference/predict/bs-predictor-private.h"
#include "inference/predict/bs-thread.h"

/* Copies that may wait: few where they are large. */
#define MANY_SLOTS 64
#define FEW_SLOTS 4
#define LONG_SEQUENCE 256
/* Secondary bars copied beyond one for each row of the window. */
#define SPARE_SECONDARY 256
/* The thread looks for itself this often, should it have been told at the one moment when it could not hear. */
#define LISTEN_USEC (500 * G_TIME_SPAN_MILLISECOND)
/* While it is waited for. */
#define FLUSH_USEC 500

/* What one comparison needs, copied. */
typedef struct
{
  guint state;       /* of the switches: BsFidelityMonitor.state */
  BsClass raw_class; /* the live answer */
  double confidence;
  double limit;
  BsBarSeries *primary;   /* the newest bars */
  BsBarSeries *secondary; /* likewise; empty where there are none */
  gboolean has_secondary;
  float *window; /* [T, BS_N_FEATURES], scaled: what the live path took */
} Slot;

/* All that belongs to one model. */
typedef struct
{
  BsFidelityMonitor *monitor; /* not owned */
  BsModel *model;
  BsFeatureOptions features;
  guint n_bars; /* primary bars of a slot */
  guint n_secondary;
  Slot *slots;
  guint n_slots;
  atomic_ullong filled, emptied; /* slots, counted on */

  GThread *thread;
  GMutex mutex; /* only for sleeping */
  GCond wake;
  atomic_bool sleeping, closing;

  /* The thread's own. */
  BsEngine *engine;
  double *rows;  /* [T, BS_N_FEATURES] */
  float *window; /* [T, BS_N_FEATURES] */
} Run;

/* The report as words that one thread may write while another reads. */
#define REPORT_WORDS (sizeof (BsFidelityReport) / sizeof (guint64))
G_STATIC_ASSERT (sizeof (BsFidelityReport) % sizeof (guint64) == 0);
typedef struct
{
  _Atomic guint64 words[REPORT_WORDS];
  atomic_uint state; /* that the figures since the last switch are of */
} Published;

struct _BsFidelityMonitor
{
  atomic_uint every;
  atomic_uint state; /* counts changes of switches and models */
  atomic_ullong n_left_out;
  _Atomic (Run *) run; /* the worker's; read by flush */
  GSList *retired;     /* (element-type Run): of earlier models; the worker's */

  /* The worker's own. */
  BsOptions options;
  BsModel *model; /* (nullable): of the newest bar; a reference */
  guint64 n_ready;

  /* The run's thread's own: one runs at a time, but for a moment after another model. */
  GMutex report_mutex; /* between two runs' threads, never the worker or a reader */
  BsFidelityReport report;
  guint report_state;
  /* The report is written to one while the other is read. */
  Published published[2];
  atomic_uint n_published;
};

static void
slot_clear (Slot *slot)
{
  g_clear_pointer (&slot->primary, bs_bar_series_free);
  g_clear_pointer (&slot->secondary, bs_bar_series_free);
  g_clear_pointer (&slot->window, g_free);
}

/* Publishes the report: readers see the one before or this one, whole. */
static void
publish (BsFidelityMonitor *self)
{
  guint n = atomic_load_explicit (&self->n_published, memory_order_relaxed) + 1;
  Published *to = &self->published[n % 2];
  guint64 words[REPORT_WORDS];
  memcpy (words, &self->report, sizeof words);
  atomic_thread_fence (memory_order_release);
  for (guint i = 0; i < REPORT_WORDS; i++)
    atomic_store_explicit (&to->words[i], words[i], memory_order_relaxed);
  atomic_store_explicit (&to->state, self->report_state, memory_order_relaxed);
  atomic_store_explicit (&self->n_published, n, memory_order_release);
}

static void
count (BsFidelityMonitor *self, const Slot *slot, BsFidelityKind kind, const float *probabilities)
{
  BsClass best = bs_class_most_probable (probabilities);
  double difference = fabs ((double) probabilities[best] - slot->confidence);
  gboolean agree = best == slot->raw_class;
  bs_fidelity_figures_add (&self->report.since_switch[kind], agree, difference, slot->limit);
  bs_fidelity_figures_add (&self->report.session[kind], agree, difference, slot->limit);
}

/* The window as the plain path has it. */
static gboolean
compute_window (Run *self, const Slot *slot)
{
  guint length = self->model->sequence_length;
  guint64 end = bs_bar_series_end (slot->primary) - (self->features.set == BS_FEATURE_SET_LEGACY ? 1 : 0);
  if (!bs_features_batch (slot->primary, slot->has_secondary ? slot->secondary : NULL, &self->features, end - length,
                          end, self->rows, NULL))
    return FALSE;
  for (guint i = 0; i < length; i++)
    bs_input_scale (self->model, self->rows + (gsize) i * BS_N_FEATURES, self->window + (gsize) i * BS_N_FEATURES);
  return TRUE;
}

static void
compare (Run *self, const Slot *slot)
{
  BsFidelityMonitor *monitor = self->monitor;
  gsize window_size = (gsize) self->model->sequence_length * BS_N_FEATURES * sizeof (float);
  float network[BS_N_CLASSES], all[BS_N_CLASSES];
  gboolean done = compute_window (self, slot) && bs_engine_predict (self->engine, slot->window, 1, network, NULL, NULL);
  if (done && memcmp (slot->window, self->window, window_size) == 0)
    memcpy (all, network, sizeof all);
  else if (done)
    done = bs_engine_predict (self->engine, self->window, 1, all, NULL, NULL);
  if (!done)
    {
      atomic_fetch_add (&monitor->n_left_out, 1);
      return;
    }

  g_mutex_lock (&monitor->report_mutex);
  if (monitor->report_state != slot->state)
    memset (monitor->report.since_switch, 0, sizeof monitor->report.since_switch);
  monitor->report_state = slot->state;
  count (monitor, slot, BS_FIDELITY_NETWORK, network);
  count (monitor, slot, BS_FIDELITY_ALL, all);
  publish (monitor);
  g_mutex_unlock (&monitor->report_mutex);
}

static gboolean
is_empty (Run *self)
{
  return atomic_load (&self->filled) == atomic_load (&self->emptied);
}

static void
sleep_until_told (Run *self)
{
  g_mutex_lock (&self->mutex);
  atomic_store (&self->sleeping, TRUE);
  gint64 until = g_get_monotonic_time () + LISTEN_USEC;
  while (is_empty (self) && !atomic_load (&self->closing) && g_cond_wait_until (&self->wake, &self->mutex, until))
    ;
  atomic_store (&self->sleeping, FALSE);
  g_mutex_unlock (&self->mutex);
}

static gpointer
run_main (gpointer data)
{
  Run *self = data;
  BsEngineOptions options = BS_ENGINE_OPTIONS_INIT;
  bs_thread_lower_priority ();
  self->engine = bs_engine_new (bs_engine_class_by_name ("reference"), self->model, &options, NULL);
  while (!atomic_load (&self->closing))
    {
      if (is_empty (self))
        {
          sleep_until_told (self);
          continue;
        }
      Slot *slot = &self->slots[atomic_load (&self->emptied) % self->n_slots];
      if (self->engine != NULL)
        compare (self, slot);
      else
        atomic_fetch_add (&self->monitor->n_left_out, 1);
      atomic_fetch_add_explicit (&self->emptied, 1, memory_order_release);
    }
  /* Given up: nothing is filled any more once it is to close. */
  atomic_fetch_add (&self->monitor->n_left_out, atomic_load (&self->filled) - atomic_load (&self->emptied));
  return NULL;
}

static Run *
run_new (BsFidelityMonitor *monitor, BsModel *model)
{
  guint length = model->sequence_length;
  gsize n_values = (gsize) length * BS_N_FEATURES;
  Run *self = g_new0 (Run, 1);
  self->monitor = monitor;
  self->model = bs_model_ref (model);
  self->features = (BsFeatureOptions) BS_FEATURE_OPTIONS_INIT;
  self->features.set = model->feature_set;
  self->features.hurst_every = 1;
  self->features.scalar_atr = TRUE;
  self->n_bars = length + 1 + BS_FEATURES_TAIL_BARS;
  self->n_secondary = length + SPARE_SECONDARY;
  self->n_slots = length <= LONG_SEQUENCE ? MANY_SLOTS : FEW_SLOTS;
  self->slots = g_new0 (Slot, self->n_slots);
  for (guint i = 0; i < self->n_slots; i++)
    {
      Slot *slot = &self->slots[i];
      slot->primary = bs_bar_series_new (self->n_bars, 0, BS_STAMP_END);
      slot->secondary = bs_bar_series_new (self->n_secondary, 0, BS_STAMP_END);
      bs_bar_series_reserve (slot->primary);
      bs_bar_series_reserve (slot->secondary);
      slot->window = g_new (float, n_values);
    }
  self->rows = g_new (double, n_values);
  self->window = g_new (float, n_values);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("fidelity", run_main, self);
  return self;
}

/* Tells the thread to end, without waiting for it. */
static void
run_close (Run *self)
{
  g_mutex_lock (&self->mutex);
  atomic_store (&self->closing, TRUE);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

static void
run_free (gpointer data)
{
  Run *self = data;
  run_close (self);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->n_slots; i++)
    slot_clear (&self->slots[i]);
  g_free (self->slots);
  g_clear_pointer (&self->engine, bs_engine_free);
  g_free (self->rows);
  g_free (self->window);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  bs_model_unref (self->model);
  g_free (self);
}

BsFidelityMonitor *
bs_fidelity_monitor_new (guint every)
{
  BsFidelityMonitor *self = g_new0 (BsFidelityMonitor, 1);
  atomic_store (&self->every, every);
  g_mutex_init (&self->report_mutex);
  return self;
}

void
bs_fidelity_monitor_free (BsFidelityMonitor *self)
{
  if (self == NULL)
    return;
  g_slist_free_full (self->retired, run_free);
  Run *run = atomic_load (&self->run);
  if (run != NULL)
    run_free (run);
  g_clear_pointer (&self->model, bs_model_unref);
  g_mutex_clear (&self->report_mutex);
  g_free (self);
}

void
bs_fidelity_monitor_set_every (BsFidelityMonitor *self, guint every)
{
  g_return_if_fail (self != NULL);
  atomic_store (&self->every, every);
}

/* Another model: what waits for the old one is given up. */
static Run *
change_model (BsFidelityMonitor *self, BsModel *model)
{
  Run *run = atomic_load (&self->run);
  if (run != NULL)
    {
      run_close (run);
      self->retired = g_slist_prepend (self->retired, run);
    }
  g_clear_pointer (&self->model, bs_model_unref);
  self->model = bs_model_ref (model);
  run = run_new (self, model);
  atomic_store (&self->run, run);
  return run;
}

/* The scaled rows that the newest answer was made from. */
static void
copy_window (const BsPredictor *predictor, float *window)
{
  guint length = predictor->model->sequence_length;
  if (!predictor->options.value[BS_OPTION_INCREMENTAL])
    {
      memcpy (window, predictor->scaled, (gsize) length * BS_N_FEATURES * sizeof *window);
      return;
    }
  for (guint i = 0; i < length; i++)
    memcpy (window + (gsize) i * BS_N_FEATURES, bs_input_window_row (&predictor->inputs, i),
            BS_N_FEATURES * sizeof *window);
}

/* Copies the secondary bars that rows since @since_us can read, @max at most. Returns whether these are enough. */
static gboolean
copy_secondary (Slot *slot, const BsBarSeries *secondary, gsize max, gint64 since_us)
{
  gsize length = secondary != NULL ? bs_bar_series_length (secondary) : 0;
  slot->has_secondary = length > 0;
  if (!slot->has_secondary)
    return TRUE;
  const gint64 *times = bs_bar_series_times (secondary);
  gint64 limit_us = since_us - bs_bar_series_bar_length (secondary);
  gsize n = 0;
  while (n < MIN (length, max) && times[length - n - 1] > limit_us)
    n++;
  /* The bar that counts at the oldest row, and the one before it, which its change refers to. */
  gboolean enough = n == length || n + 2 <= max;
  bs_bar_series_copy_tail (slot->secondary, secondary, CLAMP (n + 2, BS_BAR_SERIES_MIN_BARS, max));
  return enough;
}

static void
wake_thread (Run *run)
{
  if (!atomic_load (&run->sleeping) || !g_mutex_trylock (&run->mutex))
    return;
  g_cond_signal (&run->wake);
  g_mutex_unlock (&run->mutex);
}

void
bs_fidelity_monitor_observe (BsFidelityMonitor *self, const BsPredictor *predictor, const BsSignal *signal)
{
  guint every = atomic_load_explicit (&self->every, memory_order_relaxed);
  if (every == 0 || signal->state != BS_SIGNAL_READY || self->n_ready++ % every != 0)
    return;

  Run *run = atomic_load_explicit (&self->run, memory_order_relaxed);
  gboolean other_model = predictor->model != self->model;
  if (other_model)
    run = change_model (self, predictor->model);
  if (other_model || memcmp (&self->options, &predictor->options, sizeof self->options) != 0)
    {
      self->options = predictor->options;
      atomic_fetch_add (&self->state, 1);
    }

  guint64 filled = atomic_load_explicit (&run->filled, memory_order_relaxed);
  if (filled - atomic_load_explicit (&run->emptied, memory_order_acquire) == run->n_slots)
    {
      atomic_fetch_add (&self->n_left_out, 1);
      return;
    }
  Slot *slot = &run->slots[filled % run->n_slots];
  bs_bar_series_copy_tail (slot->primary, predictor->primary, run->n_bars);
  gsize length = bs_bar_series_length (slot->primary);
  gint64 since_us = bs_bar_series_times (slot->primary)[length - MIN (length, predictor->model->sequence_length + 1)];
  if (!copy_secondary (slot, predictor->secondary, run->n_secondary, since_us))
    {
      atomic_fetch_add (&self->n_left_out, 1);
      return;
    }
  copy_window (predictor, slot->window);
  slot->state = atomic_load_explicit (&self->state, memory_order_relaxed);
  slot->raw_class = signal->raw_class;
  slot->confidence = signal->confidence;
  slot->limit = bs_fidelity_limit (&self->options);
  atomic_store_explicit (&run->filled, filled + 1, memory_order_release);
  wake_thread (run);
}

void
bs_fidelity_monitor_report (BsFidelityMonitor *self, BsFidelityReport *report)
{
  g_return_if_fail (self != NULL && report != NULL);

  guint64 words[REPORT_WORDS];
  guint before, after, state;
  do
    {
      before = atomic_load_explicit (&self->n_published, memory_order_acquire);
      Published *from = &self->published[before % 2];
      state = atomic_load_explicit (&from->state, memory_order_relaxed);
      for (guint i = 0; i < REPORT_WORDS; i++)
        words[i] = atomic_load_explicit (&from->words[i], memory_order_relaxed);
      atomic_thread_fence (memory_order_acquire);
      after = atomic_load_explicit (&self->n_published, memory_order_relaxed);
    }
  while (before != after); /* the writer takes much longer from one to the next than this */
  memcpy (report, words, sizeof words);
  report->n_left_out = atomic_load (&self->n_left_out);
  /* The switches were changed and nothing has been compared since. */
  if (state != atomic_load (&self->state))
    memset (report->since_switch, 0, sizeof report->since_switch);
}

void
bs_fidelity_monitor_flush (BsFidelityMonitor *self)
{
  g_return_if_fail (self != NULL);
  Run *run = atomic_load (&self->run);
  while (run != NULL && !is_empty (run))
    g_usleep (FLUSH_USEC);
}
