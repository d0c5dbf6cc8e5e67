/* bs-leak-check.c: whether anything of the future is among what a model learns from */
#include "inference/train/bs-leak-check.h"

#include <math.h>
#include <string.h>

#define SAME 1e-12 /* relative: sums of the same numbers in the same order */

G_GNUC_PRINTF (2, 3)
static gboolean
found_leak (GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BS_TRAIN_ERROR, BS_TRAIN_ERROR_LEAK, "the future leaks into training: %s", what);
  return FALSE;
}

static gboolean
check_features (const BsTrainingSet *set, gsize r, const double *known, GError **error)
{
  const double *row = set->features + r * BS_N_FEATURES;

  for (guint i = 0; i < BS_N_FEATURES; i++)
    if (memcmp (&row[i], &known[i], sizeof (double)))
      return found_leak (error, "%s of bar %" G_GSIZE_FORMAT " is %.17g, and was %.17g when the bar closed",
                         bs_feature_info (i)->name, r, row[i], known[i]);
  return TRUE;
}

static gboolean
check_label (const BsTrainingSet *set, gsize r, GError **error)
{
  const double *close = bs_bar_series_column (set->primary, BS_COLUMN_CLOSE);
  const gsize h = set->horizon;

  if (r + h >= set->n_rows)
    return isnan (set->change[r])
           || found_leak (error, "bar %" G_GSIZE_FORMAT " has a label, but what came after it is not known", r);
  if (close[r] != 0 && !(fabs (set->change[r] - (close[r + h] - close[r]) / close[r]) <= SAME))
    return found_leak (error, "the label of bar %" G_GSIZE_FORMAT " is not the change after it: %.9g for %.9g", r,
                       set->change[r], (close[r + h] - close[r]) / close[r]);
  return TRUE;
}

gboolean
bs_leak_check_rows (const BsTrainingSet *set, GError **error)
{
  const BsFeatureOptions options = BS_FEATURE_OPTIONS_INIT;
  g_autoptr (BsFeatureStream) stream = bs_feature_stream_new (&options);
  g_autoptr (BsBarSeries) primary
    = bs_bar_series_new (MAX (set->n_rows, BS_BAR_SERIES_MIN_BARS), bs_bar_series_bar_length (set->primary),
                         bs_bar_series_stamp (set->primary));
  g_autoptr (BsBarSeries) secondary = NULL;
  guint64 n_secondary = 0;

  if (set->secondary)
    secondary
      = bs_bar_series_new (MAX (bs_bar_series_length (set->secondary), BS_BAR_SERIES_MIN_BARS),
                           bs_bar_series_bar_length (set->secondary), bs_bar_series_stamp (set->secondary));
  for (gsize r = 0; r < set->n_rows; r++)
    {
      double known[BS_N_FEATURES];
      BsBar bar;

      while (secondary && n_secondary < bs_bar_series_end (set->secondary)
             && bs_bar_series_close_time (set->secondary, n_secondary) <= bs_bar_series_close_time (set->primary, r))
        {
          bs_bar_series_get (set->secondary, n_secondary++, &bar);
          if (!bs_bar_series_append (secondary, &bar, error))
            return FALSE;
        }
      bs_bar_series_get (set->primary, r, &bar);
      if (!bs_bar_series_append (primary, &bar, error))
        return FALSE;
      bs_feature_stream_push (stream, primary, secondary, known, NULL);
      if (!check_features (set, r, known, error) || !check_label (set, r, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_order (const BsTrainingSet *set, BsFitRows before, BsFitRows after, const char *names, GError **error)
{
  if (before.begin >= before.end || after.begin >= after.end || after.begin >= before.end + BS_TRAINING_GAP (set))
    return TRUE;
  return found_leak (error,
                     "%s lie closer together than a window and the horizon: rows to %" G_GSIZE_FORMAT
                     " and from %" G_GSIZE_FORMAT,
                     names, before.end, after.begin);
}

static gboolean
is_same (double a, double b)
{
  return fabs (a - b) <= SAME * (1 + fabs (a) + fabs (b));
}

gboolean
bs_leak_check_parts (const BsTrainingSet *set, const BsTrainingParts *parts, const BsTrainingView *view,
                     GError **error)
{
  const BsFitRows *all[] = { &parts->training, &parts->validation, &parts->test };
  g_autoptr (BsTrainingView) alone = NULL;

  if (!check_order (set, parts->training, parts->validation, "training and validation part", error)
      || !check_order (set, parts->training, parts->test, "training and test part", error)
      || !check_order (set, parts->validation, parts->test, "validation and test part", error))
    return FALSE;
  for (guint p = 0; p < G_N_ELEMENTS (all); p++)
    for (gsize r = all[p]->begin; r < all[p]->end; r++)
      if (r >= set->n_rows || isnan (set->change[r]))
        return found_leak (error, "row %" G_GSIZE_FORMAT " is in a part, but what came after it is not known", r);
  for (gsize r = 0; r < set->n_rows; r++)
    if (view->labels[r] != bs_training_label (set->change[r], view->threshold))
      return found_leak (error, "the label of row %" G_GSIZE_FORMAT " is not that of the change after it", r);

  alone = bs_training_view_new (set, parts->training, NULL);
  if (!is_same (alone->threshold, view->threshold))
    return found_leak (error, "the label's threshold is %.9g, and %.9g by the training part alone", view->threshold,
                       alone->threshold);
  for (guint c = 0; c < BS_N_CLASSES; c++)
    if (!is_same (alone->class_weights[c], view->class_weights[c]))
      return found_leak (error, "class weights are not those of the training part");
  for (guint i = 0; i < BS_N_FEATURES; i++)
    if (!is_same (alone->mean[i], view->mean[i]) || !is_same (alone->scale[i], view->scale[i]))
      return found_leak (error, "the scaler of %s is not that of the training part", bs_feature_info (i)->name);
  return TRUE;
}
