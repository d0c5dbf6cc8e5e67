#include "tests/bs-test-model.h"

#include <math.h>

#include "inference/features/bs-features.h"
#include "tests/bs-test-bars.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

/* Makes the model's scaler one that was fitted to bars such as these: a model out of its range answers to rounding. */
static void
fit_scaler (BsModel *model)
{
  enum
  {
    N = 1000
  };
  g_autoptr (BsBarSeries) bars = bs_test_bars_series (3, N, 0, MINUTE_US, BS_STAMP_END);
  BsFeatureOptions options = { .set = model->feature_set, .hurst_every = 10 };
  g_autofree double *rows = g_new (double, N *BS_N_FEATURES);
  g_assert_true (bs_features_batch (bars, NULL, &options, 0, N, rows, NULL));
  for (guint k = 0; k < BS_N_FEATURES; k++)
    {
      double sum = 0, squares = 0;
      for (guint i = 0; i < N; i++)
        sum += rows[i * BS_N_FEATURES + k];
      for (guint i = 0; i < N; i++)
        squares += pow (rows[i * BS_N_FEATURES + k] - sum / N, 2);
      ((double *) model->mean)[k] = sum / N;
      ((double *) model->scale)[k] = squares > 0 ? sqrt (squares / N) : 1;
    }
}

BsModel *
bs_test_model (BsFeatureSet set, guint sequence_length, guint64 seed)
{
  BsModel *model = bs_model_new_random (BS_N_FEATURES, 16, 2, sequence_length, seed);
  model->feature_set = set;
  fit_scaler (model);
  return model;
}
