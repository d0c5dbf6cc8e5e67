/* test-load-newest.c: the newest signals of a long series, computed first, are those that come when all are computed */
#include <math.h>

#include "app/bs-load-newest.h"
#include "app/bs-signal-point.h"
#include "tests/bs-test-bars.h"
#include "tests/bs-test-model.h"

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

typedef struct
{
  BsBars bars;
  BsLoaded loaded;
} Fixture;

static void
fixture_init (Fixture *self, guint n, const char *assignment)
{
  BsOptions options;
  bs_options_init (&options);
  g_assert_true (bs_options_set (&options, "precision=int8", NULL) && bs_options_set (&options, assignment, NULL));
  *self = (Fixture){ 0 };
  self->bars.primary = bs_bar_file_new ("made-up.csv");
  self->bars.primary->series = bs_test_bars_series (5, n, 0, MINUTE_US, BS_STAMP_END);
  self->bars.secondary = bs_bar_file_new ("made-up-5m.csv");
  self->bars.secondary->series = bs_test_bars_series (6, n / 5, 0, 5 * MINUTE_US, BS_STAMP_END);
  self->loaded.bars = &self->bars;
  self->loaded.model = bs_test_model (BS_FEATURE_SET_CAUSAL, 20, 4);
  self->loaded.predictor = bs_predictor_new (self->loaded.model, &options, n, MINUTE_US, BS_STAMP_END, NULL);
  bs_predictor_set_threshold (self->loaded.predictor, 0.4);
  bs_predictor_set_secondary_shape (self->loaded.predictor, 5 * MINUTE_US, BS_STAMP_END);
  self->loaded.data = bs_chart_data_new (MINUTE_US, BS_STAMP_END, 2);
  for (guint i = 0; i < n; i++)
    {
      BsBar bar;
      bs_bar_series_get (self->bars.primary->series, i, &bar);
      BsChartPoint point = bs_signal_point (&bar, NULL, i);
      bs_chart_data_append (self->loaded.data, &point, 1);
    }
}

static void
fixture_clear (Fixture *self)
{
  bs_bar_file_free (self->bars.primary);
  bs_bar_file_free (self->bars.secondary);
  bs_predictor_free (self->loaded.predictor);
  bs_model_unref (self->loaded.model);
  g_object_unref (self->loaded.data);
}

static guint
n_signals (Fixture *self)
{
  guint n = 0;
  for (guint64 i = 0; i < bs_chart_data_end (self->loaded.data); i++)
    {
      BsChartPoint point;
      bs_chart_data_get (self->loaded.data, i, &point);
      n += point.signal != BS_CHART_NO_SIGNAL;
    }
  return n;
}

typedef struct
{
  BsChartData *data;
  guint64 index;
  guint n_compared;
} Comparison;

static gboolean
compare (const BsSignal *signal, gpointer data)
{
  Comparison *self = data;
  BsChartPoint point;
  bs_chart_data_get (self->data, self->index++, &point);
  if (point.signal == BS_CHART_NO_SIGNAL)
    return TRUE;
  self->n_compared++;
  g_assert_cmpint (point.signal, ==, signal->klass);
  g_assert_cmpint (point.raw_signal, ==, signal->raw_class);
  g_assert_cmpfloat (point.confidence, ==, (float) signal->confidence);
  g_assert_cmpfloat (point.hurst, ==, (float) signal->hurst);
  g_assert_cmpfloat (point.atr, ==, (float) signal->atr);
  g_assert_cmpint (point.hurst_computed, ==, signal->hurst_computed);
  return TRUE;
}

static void
test_same (void)
{
  enum
  {
    N = BS_LOAD_NEWEST_LEAST_BARS + 500
  };
  Fixture fixture;
  fixture_init (&fixture, N, "batch=on");
  bs_load_newest (&fixture.loaded);
  g_assert_cmpuint (n_signals (&fixture), ==, BS_LOAD_NEWEST_BARS);
  /* The session's predictor has seen nothing of it. */
  g_assert_cmpuint (bs_bar_series_end (bs_predictor_series (fixture.loaded.predictor)), ==, 0);

  Comparison comparison = { .data = fixture.loaded.data };
  for (guint i = 0; i < N / 5; i++)
    {
      BsBar bar;
      bs_bar_series_get (fixture.bars.secondary->series, i, &bar);
      g_assert_true (bs_predictor_push_secondary (fixture.loaded.predictor, &bar, NULL));
    }
  g_assert_true (bs_predictor_push_many (fixture.loaded.predictor, fixture.bars.primary->series, 0, N, compare, &comparison,
                                         NULL));
  g_assert_cmpuint (comparison.index, ==, N);
  g_assert_cmpuint (comparison.n_compared, ==, BS_LOAD_NEWEST_BARS);
  fixture_clear (&fixture);
}

/* Where it would not help it does nothing. */
static void
test_nothing (void)
{
  Fixture fixture;
  fixture_init (&fixture, BS_LOAD_NEWEST_LEAST_BARS - 1, "batch=on");
  bs_load_newest (&fixture.loaded);
  g_assert_cmpuint (n_signals (&fixture), ==, 0);
  fixture_clear (&fixture);

  fixture_init (&fixture, BS_LOAD_NEWEST_LEAST_BARS, "incremental=off");
  bs_load_newest (&fixture.loaded);
  g_assert_cmpuint (n_signals (&fixture), ==, 0);
  g_clear_pointer (&fixture.loaded.predictor, bs_predictor_free);
  bs_load_newest (&fixture.loaded);
  g_assert_cmpuint (n_signals (&fixture), ==, 0);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/load-newest/same", test_same);
  g_test_add_func ("/load-newest/nothing", test_nothing);
  return g_test_run ();
}
