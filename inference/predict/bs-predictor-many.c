/* bs-predictor-many.c: the signals of many bars at once: features one bar after the other, windows in batches on all cores */
#include "inference/predict/bs-predictor-private.h"

#include <string.h>

#include "inference/predict/bs-engine-path.h"

#define BLOCK_BARS 1024 /* bars between two reports to the caller */
#define MAX_WORKERS 8
#define BATCH_ROWS 2048

typedef struct _Evaluation Evaluation;

/* One thread: an engine belongs to one at a time. */
typedef struct
{
  Evaluation *evaluation;
  BsEngine *engine;
  float *windows; /* [batch, T, BS_N_FEATURES] */
  GError *error;
} Worker;

struct _Evaluation
{
  BsPredictor *predictor;
  guint length; /* T */
  guint batch;  /* windows a call */

  /* The rows of this block and the last T - 1 before it: [T - 1 + BLOCK_BARS, ...] */
  float *rows;         /* scaled */
  guint *out_of_range; /* inputs of each row */
  guint n_rows;

  BsSignal *signals;    /* [BLOCK_BARS] */
  int *newest_rows;     /* [BLOCK_BARS]: which of rows is the newest of the bar's window, -1 for none */
  float *probabilities; /* [T - 1 + BLOCK_BARS, BS_N_CLASSES], by the window's newest row */
  gint next_batch;      /* atomic: the next that a worker takes */

  guint n_workers;
  Worker workers[MAX_WORKERS];
};

guint
bs_predictor_batch_windows (const BsModel *model)
{
  return CLAMP (BATCH_ROWS / model->sequence_length, 1, BS_PREDICTOR_MAX_BATCH);
}

static void
evaluation_free (Evaluation *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    {
      bs_engine_free (self->workers[i].engine);
      g_free (self->workers[i].windows);
      g_clear_error (&self->workers[i].error);
    }
  g_free (self->rows);
  g_free (self->out_of_range);
  g_free (self->signals);
  g_free (self->newest_rows);
  g_free (self->probabilities);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Evaluation, evaluation_free)

static Evaluation *
evaluation_new (BsPredictor *predictor, guint64 n_bars, GError **error)
{
  g_autoptr (Evaluation) self = g_new0 (Evaluation, 1);
  self->predictor = predictor;
  self->length = predictor->model->sequence_length;
  self->batch = predictor->options.value[BS_OPTION_BATCH] ? bs_predictor_batch_windows (predictor->model) : 1;
  gsize max_rows = (gsize) self->length - 1 + BLOCK_BARS;
  self->rows = g_new (float, max_rows *BS_N_FEATURES);
  self->out_of_range = g_new (guint, max_rows);
  self->probabilities = g_new (float, max_rows *BS_N_CLASSES);
  self->signals = g_new (BsSignal, BLOCK_BARS);
  self->newest_rows = g_new (int, BLOCK_BARS);

  guint64 batches = MIN (n_bars, BLOCK_BARS) / self->batch;
  guint n_workers = (guint) CLAMP (batches, 1, MIN (g_get_num_processors (), MAX_WORKERS));
  for (guint i = 0; i < n_workers; i++)
    {
      Worker *worker = &self->workers[i];
      worker->engine = bs_engine_path_new (&predictor->options, predictor->model, self->batch, error);
      if (worker->engine == NULL)
        return NULL;
      worker->evaluation = self;
      worker->windows = g_new (float, (gsize) self->batch * self->length * BS_N_FEATURES);
      self->n_workers++;
    }

  /* The rows that the first windows begin with. */
  const BsInputWindow *inputs = &predictor->inputs;
  guint n_before = MIN (inputs->n_rows, self->length - 1);
  for (guint i = inputs->n_rows - n_before; i < inputs->n_rows; i++)
    {
      memcpy (self->rows + (gsize) self->n_rows * BS_N_FEATURES, bs_input_window_row (inputs, i),
              BS_N_FEATURES * sizeof (float));
      self->out_of_range[self->n_rows++] = bs_input_window_out_of_range (inputs, i);
    }
  return g_steal_pointer (&self);
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  Evaluation *self = worker->evaluation;
  gsize window_floats = (gsize) self->length * BS_N_FEATURES;
  guint n_windows = self->n_rows - (self->length - 1);
  for (;;)
    {
      guint first = (guint) g_atomic_int_add (&self->next_batch, 1) * self->batch;
      if (first >= n_windows)
        return NULL;
      guint n = MIN (self->batch, n_windows - first);
      for (guint i = 0; i < n; i++)
        memcpy (worker->windows + i * window_floats, self->rows + (gsize) (first + i) * BS_N_FEATURES,
                window_floats * sizeof (float));
      float *probabilities = self->probabilities + (gsize) (first + self->length - 1) * BS_N_CLASSES;
      if (!bs_engine_predict (worker->engine, worker->windows, n, probabilities, NULL, &worker->error))
        return NULL;
    }
}

/* Predicts every full window of the block. */
static gboolean
predict_block (Evaluation *self, GError **error)
{
  if (self->n_rows < self->length)
    return TRUE;
  GThread *threads[MAX_WORKERS];
  g_atomic_int_set (&self->next_batch, 0);
  for (guint i = 1; i < self->n_workers; i++)
    threads[i] = g_thread_new ("predict", work, &self->workers[i]);
  work (&self->workers[0]);
  for (guint i = 1; i < self->n_workers; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < self->n_workers; i++)
    if (self->workers[i].error != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&self->workers[i].error));
        return FALSE;
      }
  return TRUE;
}

/* Takes bar @i of the block into the series and the features. */
static gboolean
take_bar (Evaluation *self, const BsBar *bar, guint i, GError **error)
{
  BsPredictor *predictor = self->predictor;
  if (!bs_bar_series_append (predictor->primary, bar, error))
    return FALSE;
  BsSignal *signal = &self->signals[i];
  double row[BS_N_FEATURES];
  self->newest_rows[i] = -1;
  if (bs_predictor_take_row (predictor, bar, row, signal, NULL))
    {
      float *scaled = self->rows + (gsize) self->n_rows * BS_N_FEATURES;
      self->out_of_range[self->n_rows] = bs_input_scale (predictor->model, row, scaled);
      bs_input_window_push_scaled (&predictor->inputs, scaled, self->out_of_range[self->n_rows]);
      self->newest_rows[i] = (int) self->n_rows++;
    }
  return TRUE;
}

/* Reports the first @n bars of the block. */
static gboolean
report (Evaluation *self, guint n, BsSignalFunc func, gpointer data)
{
  for (guint i = 0; i < n; i++)
    {
      BsSignal *signal = &self->signals[i];
      int newest = self->newest_rows[i];
      if (newest + 1 < (int) self->length)
        bs_predictor_fill_warming_up (self->predictor, (guint) (newest + 1), signal);
      else
        {
          int oldest = newest + 1 - (int) self->length;
          guint n_out_of_range = 0;
          for (int row = oldest; row <= newest; row++)
            n_out_of_range += self->out_of_range[row];
          bs_predictor_fill_ready (self->predictor, self->probabilities + (gsize) newest * BS_N_CLASSES,
                                   self->rows + (gsize) oldest * BS_N_FEATURES, n_out_of_range, signal);
        }
      if (!func (signal, data))
        return FALSE;
    }
  return TRUE;
}

/* Keeps the rows that the next block's windows begin with. */
static void
keep_last_rows (Evaluation *self)
{
  guint keep = MIN (self->n_rows, self->length - 1), leave = self->n_rows - keep;
  memmove (self->rows, self->rows + (gsize) leave * BS_N_FEATURES, (gsize) keep * BS_N_FEATURES * sizeof *self->rows);
  memmove (self->out_of_range, self->out_of_range + leave, keep * sizeof *self->out_of_range);
  self->n_rows = keep;
}

static gboolean
push_blocks (Evaluation *self, const BsBarSeries *bars, guint64 begin, guint64 end, BsSignalFunc func, gpointer data,
             GError **error)
{
  while (begin < end)
    {
      g_autoptr (GError) bar_error = NULL;
      guint n = 0;
      for (; n < BLOCK_BARS && begin < end; n++, begin++)
        {
          BsBar bar;
          bs_bar_series_get (bars, begin, &bar);
          if (!take_bar (self, &bar, n, &bar_error))
            break;
        }
      if (!predict_block (self, error))
        return FALSE;
      if (!report (self, n, func, data))
        return TRUE;
      if (bar_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&bar_error));
          return FALSE;
        }
      keep_last_rows (self);
    }
  return TRUE;
}

/* A tail's rows depend on where it begins, so every bar's are computed anew: the live way, one after the other. */
static gboolean
push_tails (BsPredictor *self, const BsBarSeries *bars, guint64 begin, guint64 end, BsSignalFunc func, gpointer data,
            GError **error)
{
  for (; begin < end; begin++)
    {
      BsBar bar;
      BsSignal signal;
      bs_bar_series_get (bars, begin, &bar);
      if (!bs_predictor_push (self, &bar, &signal, error))
        return FALSE;
      if (!func (&signal, data))
        return TRUE;
    }
  return TRUE;
}

gboolean
bs_predictor_push_many (BsPredictor *self, const BsBarSeries *bars, guint64 begin, guint64 end, BsSignalFunc func,
                        gpointer data, GError **error)
{
  g_return_val_if_fail (self != NULL && bars != NULL && func != NULL, FALSE);
  g_return_val_if_fail (begin >= bs_bar_series_first (bars) && begin <= end && end <= bs_bar_series_end (bars), FALSE);

  if (self->options.value[BS_OPTION_TAIL_WINDOW])
    return push_tails (self, bars, begin, end, func, data, error);

  /* Features kept between bars are equal to the last bit to those computed anew. */
  BsOptions asked = self->options, incremental = self->options;
  incremental.value[BS_OPTION_INCREMENTAL] = TRUE;
  if (!asked.value[BS_OPTION_INCREMENTAL] && !bs_predictor_switch (self, &incremental, error))
    return FALSE;
  gboolean done = FALSE;
  g_autoptr (Evaluation) evaluation = evaluation_new (self, end - begin, error);
  if (evaluation != NULL)
    done = push_blocks (evaluation, bars, begin, end, func, data, error);
  if (asked.value[BS_OPTION_INCREMENTAL])
    bs_predictor_refill_window (self);
  else if (!bs_predictor_switch (self, &asked, done ? error : NULL))
    done = FALSE;
  return done;
}
