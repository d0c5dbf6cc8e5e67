/* test-soak.c: many instruments for a long time: memory stays where it is, and what streamed all the while is to the bit what comes of the
 * same bars taken as history. BS_SOAK_SECONDS says how long (3; `./test --long`: 600; a day: 86400), BS_SOAK_INSTRUMENTS how many (500).
 *
 * Bars of a minute at a thousand times the market's speed: 24 hours of the market are 86.4 s here, 600 s are 167 hours. The message at
 * the end says both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/feeds/bs-bar-generator.h"
#include "inference/predict/bs-predictor-tick.h"

/* Bars of a minute a thousand times as fast as the market. */
#define SPEED 1000
#define BARS_KEPT 2048
/* Memory is compared from here on: every series is full by then, or half of the time is over. */
#define WARM_UP_BARS (BARS_KEPT + 200)
#define MAX_GROWTH 1.02
/* Instruments that are compared at the end. */
#define N_COMPARED 10

static guint
from_environment (const char *name, guint otherwise)
{
  const char *text = g_getenv (name);
  guint64 value = otherwise;
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT / 2, &value, NULL))
    g_error ("%s: expected a number above 0, got '%s'", name, text);
  return (guint) value;
}

/* Resident memory in kB. */
static guint64
resident (void)
{
  g_autofree char *text = NULL;
  guint64 pages = 0;
  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*u %" G_GUINT64_FORMAT, &pages);
  return pages * (guint64) sysconf (_SC_PAGESIZE) / 1024;
}

typedef struct
{
  guint n;
  BsPredictor *leader, **predictors;
  BsBarGenerator **generators;
  BsBar *bars;
  BsSignal *signals;
  GError **errors;
} Soak;

static void
soak_init (Soak *self, BsModel *model, guint n)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  self->n = n;
  self->leader = bs_predictor_new (model, &options, 1, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  self->predictors = g_new (BsPredictor *, n);
  self->generators = g_new (BsBarGenerator *, n);
  self->bars = g_new (BsBar, n);
  self->signals = g_new (BsSignal, n);
  self->errors = g_new0 (GError *, n);
  for (guint i = 0; i < n; i++)
    {
      self->predictors[i] = bs_predictor_new_beside (self->leader, BARS_KEPT, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END);
      bs_predictor_set_log_slow (self->predictors[i], FALSE);
      self->generators[i] = bs_bar_generator_new (i + 1, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
    }
}

static void
soak_clear (Soak *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      bs_predictor_free (self->predictors[i]);
      bs_bar_generator_free (self->generators[i]);
    }
  bs_predictor_free (self->leader);
  g_free (self->predictors);
  g_free (self->generators);
  g_free (self->bars);
  g_free (self->signals);
  g_free (self->errors);
}

static void
tick (Soak *self)
{
  for (guint i = 0; i < self->n; i++)
    bs_bar_generator_next (self->generators[i], &self->bars[i]);
  bs_predictor_push_tick (self->predictors, self->bars, self->n, self->signals, self->errors);
  for (guint i = 0; i < self->n; i++)
    g_assert_no_error (self->errors[i]);
}

/* The same bars as history into a new predictor, the last one pushed. */
static void
compare (Soak *self, BsModel *model, guint i, guint64 n_bars)
{
  g_autoptr (GError) error = NULL;
  BsOptions options;
  BsSignal again;
  bs_options_init (&options);
  g_autoptr (BsPredictor) fresh
    = bs_predictor_new (model, &options, BARS_KEPT, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END, &error);
  g_assert_no_error (error);
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (i + 1, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
  /* By parts: a day of 1,440 thousand bars is more than a series holds. */
  while (n_bars > 1)
    {
      g_autoptr (BsBarSeries) part = bs_bar_series_new (100000, BS_BAR_GENERATOR_BAR_LENGTH_US, BS_STAMP_END);
      guint64 n = MIN (n_bars - 1, 90000);
      for (guint64 k = 0; k < n; k++)
        {
          BsBar bar;
          bs_bar_generator_next (generator, &bar);
          g_assert_true (bs_bar_series_append (part, &bar, NULL));
        }
      g_assert_true (bs_predictor_append (fresh, part, 0, n, &error));
      n_bars -= n;
    }
  BsBar last;
  bs_bar_generator_next (generator, &last);
  g_assert_true (bs_predictor_push (fresh, &last, &again, &error));
  const BsSignal *streamed = &self->signals[i];
  g_assert_cmpint (again.time_us, ==, streamed->time_us);
  g_assert_cmpint (again.state, ==, streamed->state);
  g_assert_cmpint (memcmp (again.probabilities, streamed->probabilities, sizeof again.probabilities), ==, 0);
  g_assert_cmpfloat (again.hurst, ==, streamed->hurst);
  g_assert_cmpfloat (again.atr, ==, streamed->atr);
}

static void
test_soak (void)
{
  guint seconds = from_environment ("BS_SOAK_SECONDS", 3);
  guint n = from_environment ("BS_SOAK_INSTRUMENTS", 500);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", "default-model.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (path, &error);
  g_assert_no_error (error);
  Soak self = { 0 };
  soak_init (&self, model, n);
  gint64 begin_us = g_get_monotonic_time (), end_us = begin_us + seconds * G_GINT64_CONSTANT (1000000);
  guint64 n_bars = 0, before_kb = 0, most_kb = 0;
  while (g_get_monotonic_time () < end_us)
    {
      gint64 due_us = begin_us + (gint64) (n_bars * 60 * G_USEC_PER_SEC / SPEED);
      gint64 now_us = g_get_monotonic_time ();
      if (due_us > now_us)
        g_usleep ((gulong) (due_us - now_us));
      tick (&self);
      n_bars++;
      gboolean warm = n_bars >= WARM_UP_BARS || g_get_monotonic_time () - begin_us > (end_us - begin_us) / 2;
      if (!warm || n_bars % 16 != 0)
        continue;
      if (before_kb == 0)
        before_kb = resident ();
      most_kb = MAX (most_kb, resident ());
    }
  double elapsed_s = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  g_test_message ("%u instruments, %" G_GUINT64_FORMAT " bars each in %.1f s of wall time: %.1f hours of the market, %.0f times its speed; "
                  "resident %" G_GUINT64_FORMAT " kB, at most %" G_GUINT64_FORMAT " kB",
                  n, n_bars, elapsed_s, (double) n_bars / 60, (double) n_bars * 60 / elapsed_s, before_kb, most_kb);
  for (guint i = 0; i < MIN (n, N_COMPARED); i++)
    compare (&self, model, i, n_bars);
  /* Until the series are full, what they have set aside still becomes resident as bars come: compared only where they were. */
  if (n_bars > 2 * WARM_UP_BARS)
    g_assert_cmpuint (most_kb, <=, (guint64) ((double) before_kb * MAX_GROWTH));
  soak_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/soak", test_soak);
  return g_test_run ();
}
