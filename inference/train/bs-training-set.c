/* bs-training-set.c: bars as rows to learn from */
#include "inference/train/bs-training-set.h"

#include <math.h>
#include <string.h>

#define VALIDATION_SHARE 0.15
#define FIRST_TEST_SHARE 0.4 /* of the rows, which are never tested on */
#define THRESHOLD_DEVIATIONS 0.5
#define MAX_CLASS_WEIGHT 10
#define MAX_SCALED 50 /* scales: an input that goes further in training gets no weight */

G_DEFINE_QUARK (bs_train_error, bs_train_error)

/* A copy that begins anew: indices, cumulative delta and pivots are those of what is copied alone. */
static BsBarSeries *
copy_series (const BsBarSeries *source, gsize max_bars)
{
  const guint64 end = bs_bar_series_end (source);
  const gsize length = bs_bar_series_length (source);
  const gsize n = max_bars ? MIN (max_bars, length) : length;
  BsBarSeries *copy
    = bs_bar_series_new (MAX (n, BS_BAR_SERIES_MIN_BARS), bs_bar_series_bar_length (source), bs_bar_series_stamp (source));

  for (guint64 i = end - n; i < end; i++)
    {
      g_autoptr (GError) error = NULL;
      BsBar bar;

      bs_bar_series_get (source, i, &bar);
      if (!bs_bar_series_append (copy, &bar, &error))
        g_error ("a bar that a series holds was refused by another: %s", error->message);
    }
  return copy;
}

BsTrainingSet *
bs_training_set_new (const BsBarSeries *primary, const BsBarSeries *secondary, guint sequence_length, guint horizon,
                     gsize max_bars, GError **error)
{
  const BsFeatureOptions features = BS_FEATURE_OPTIONS_INIT;
  g_autoptr (BsTrainingSet) self = g_new0 (BsTrainingSet, 1);
  const double *close;

  g_return_val_if_fail (primary && sequence_length >= 1 && horizon >= 1, NULL);

  self->primary = copy_series (primary, max_bars);
  self->secondary = secondary && bs_bar_series_length (secondary) ? copy_series (secondary, 0) : NULL;
  self->n_rows = bs_bar_series_length (self->primary);
  self->sequence_length = sequence_length;
  self->horizon = horizon;
  self->has_secondary = self->secondary != NULL;
  if (self->n_rows <= (gsize) sequence_length + horizon)
    {
      g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_BARS,
                   "%" G_GSIZE_FORMAT " bars: not even one window of %u with the %u after it", self->n_rows,
                   sequence_length, horizon);
      return NULL;
    }
  self->features = g_try_malloc_n (self->n_rows, BS_N_FEATURES * sizeof (double));
  if (!self->features)
    {
      g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_BARS,
                   "not enough memory for the features of %" G_GSIZE_FORMAT " bars", self->n_rows);
      return NULL;
    }
  if (!bs_features_batch (self->primary, self->secondary, &features, 0, self->n_rows, self->features, error))
    return NULL;

  close = bs_bar_series_column (self->primary, BS_COLUMN_CLOSE);
  self->change = g_new (double, self->n_rows);
  self->change_before = g_new (double, self->n_rows);
  self->times = g_memdup2 (bs_bar_series_times (self->primary), self->n_rows * sizeof (gint64));
  for (gsize r = 0; r < self->n_rows; r++)
    {
      self->change[r] = r + horizon < self->n_rows && close[r] != 0 ? (close[r + horizon] - close[r]) / close[r] : NAN;
      self->change_before[r]
        = r >= horizon && close[r - horizon] != 0 ? (close[r] - close[r - horizon]) / close[r - horizon] : NAN;
    }
  return g_steal_pointer (&self);
}

void
bs_training_set_free (BsTrainingSet *self)
{
  if (!self)
    return;
  g_free (self->features);
  g_free (self->change);
  g_free (self->change_before);
  g_free (self->times);
  g_clear_pointer (&self->primary, bs_bar_series_free);
  g_clear_pointer (&self->secondary, bs_bar_series_free);
  g_free (self);
}

gboolean
bs_training_parts (const BsTrainingSet *set, guint n_folds, guint fold, BsTrainingParts *parts, GError **error)
{
  const gsize gap = BS_TRAINING_GAP (set), begin = BS_FEATURES_TAIL_BARS + set->sequence_length - 1;
  const gsize end = set->n_rows > set->horizon ? set->n_rows - set->horizon : 0;
  const gsize rows = end > begin ? end - begin : 0;
  gsize past, first_test, validation;

  g_return_val_if_fail (n_folds >= 1 && fold <= n_folds, FALSE);

  first_test = begin + (gsize) (FIRST_TEST_SHARE * (double) rows);
  parts->test.begin = first_test + (end - MIN (end, first_test)) * fold / n_folds;
  parts->test.end = fold == n_folds ? parts->test.begin : first_test + (end - first_test) * (fold + 1) / n_folds;
  past = fold == n_folds ? end : parts->test.begin - MIN (parts->test.begin, gap);
  validation = (gsize) (VALIDATION_SHARE * (double) (past - MIN (past, begin)));
  parts->validation = (BsFitRows){ past - validation, past };
  parts->training = (BsFitRows){ begin, parts->validation.begin - MIN (parts->validation.begin, gap) };
  if (parts->training.end < begin + BS_TRAINING_MIN_ROWS || validation < BS_TRAINING_MIN_TEST_ROWS
      || (fold < n_folds && parts->test.end - parts->test.begin < BS_TRAINING_MIN_TEST_ROWS))
    {
      g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_BARS,
                   "%" G_GSIZE_FORMAT " bars are too few for %u folds: at least about 600 are needed, 5,000 are a beginning",
                   set->n_rows, n_folds);
      return FALSE;
    }
  return TRUE;
}

/* --- the view of one training part --- */

BsClass
bs_training_label (double change, double threshold)
{
  return change > threshold ? BS_CLASS_LONG : change < -threshold ? BS_CLASS_SHORT : BS_CLASS_HOLD;
}

/* Prices, running sums and the account's state: what they were in training says nothing of what they will be. */
static gboolean
is_level (guint feature)
{
  static const char *const names[]
    = { "open",        "high",          "low",  "close", "pnl_of_goal", "pnl_of_loss", "risk_headroom", "cumulative_delta",
        "tf2_close" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!strcmp (bs_feature_info (feature)->name, names[i]))
      return TRUE;
  return FALSE;
}

static void
fit_scaler (BsTrainingView *self, const BsTrainingSet *set, BsFitRows training)
{
  const gsize first = training.begin + 1 - set->sequence_length; /* of the first window */
  const double n = (double) (training.end - first);

  for (guint i = 0; i < BS_N_FEATURES; i++)
    {
      double sum = 0, squares = 0, largest = 0;

      for (gsize r = first; r < training.end; r++)
        sum += set->features[r * BS_N_FEATURES + i];
      self->mean[i] = sum / n;
      for (gsize r = first; r < training.end; r++)
        {
          const double away = set->features[r * BS_N_FEATURES + i] - self->mean[i];

          squares += away * away;
          largest = fmax (largest, fabs (away));
        }
      self->scale[i] = sqrt (squares / n);
      self->unused[i] = is_level (i) || !(self->scale[i] > 1e-12 * (1 + fabs (self->mean[i])))
                        || largest > MAX_SCALED * self->scale[i];
      if (!(self->scale[i] > 1e-12 * (1 + fabs (self->mean[i]))))
        self->scale[i] = 1;
    }
}

static void
take_scaler (BsTrainingView *self, const BsModel *model)
{
  const BsLstmLayer *first = &model->layers[0];

  for (guint i = 0; i < BS_N_FEATURES; i++)
    {
      self->mean[i] = model->mean[i];
      self->scale[i] = model->scale[i];
      self->unused[i] = TRUE;
      for (guint u = 0; u < 4 * model->hidden; u++)
        if (first->w_ih[(gsize) u * first->n_inputs + i] != 0)
          self->unused[i] = FALSE;
    }
}

static void
fit_labels (BsTrainingView *self, const BsTrainingSet *set, BsFitRows training)
{
  const double n = (double) (training.end - training.begin);
  double sum = 0, squares = 0;

  for (gsize r = training.begin; r < training.end; r++)
    sum += set->change[r];
  for (gsize r = training.begin; r < training.end; r++)
    squares += (set->change[r] - sum / n) * (set->change[r] - sum / n);
  self->threshold = THRESHOLD_DEVIATIONS * sqrt (squares / n);

  self->labels = g_new (guint8, set->n_rows);
  self->last = g_new (guint8, set->n_rows);
  for (gsize r = 0; r < set->n_rows; r++)
    {
      /* a comparison with NaN is false: hold */
      self->labels[r] = bs_training_label (set->change[r], self->threshold);
      self->last[r] = bs_training_label (set->change_before[r], self->threshold);
    }
  for (gsize r = training.begin; r < training.end; r++)
    self->share[self->labels[r]] += 1 / n;
  for (guint c = 0; c < BS_N_CLASSES; c++)
    {
      if (self->share[c] > self->share[self->majority])
        self->majority = c;
      self->class_weights[c]
        = self->share[c] > 0 ? (float) fmin (MAX_CLASS_WEIGHT, 1 / (BS_N_CLASSES * self->share[c])) : 1;
    }
}

BsTrainingView *
bs_training_view_new (const BsTrainingSet *set, BsFitRows training, const BsModel *model)
{
  BsTrainingView *self = g_new0 (BsTrainingView, 1);

  self->majority = BS_CLASS_HOLD;
  if (model)
    take_scaler (self, model);
  else
    fit_scaler (self, set, training);
  fit_labels (self, set, training);
  self->inputs = g_new (float, set->n_rows * BS_N_FEATURES);
  for (gsize r = 0; r < set->n_rows; r++)
    for (guint i = 0; i < BS_N_FEATURES; i++)
      self->inputs[r * BS_N_FEATURES + i]
        = self->unused[i] ? 0 : (float) ((set->features[r * BS_N_FEATURES + i] - self->mean[i]) / self->scale[i]);
  for (guint i = 0; i < BS_N_FEATURES; i++)
    self->lost[i] = bs_feature_info (i)->group == BS_FEATURE_GROUP_SECONDARY && !self->unused[i]
                      ? (float) (-self->mean[i] / self->scale[i])
                      : NAN;
  return self;
}

void
bs_training_view_free (BsTrainingView *self)
{
  if (!self)
    return;
  g_free (self->inputs);
  g_free (self->labels);
  g_free (self->last);
  g_free (self);
}
