/* test-signal-text.c: what is said of a signal, and of the model's figures */
#include "ui/panels/bs-signal-text.h"

#include <math.h>

#include "ui/bs-bar-time.h"
#include "ui/panels/bs-model-validation.h"
#include "ui/panels/bs-signal-columns.h"

/* No-break spaces as plain ones. */
static char *
plain (char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\u00a0", -1);

  g_free (text);
  return g_strjoinv (" ", parts);
}

static BsSignal
signal_of (double p_short, double p_hold, double p_long, double threshold)
{
  BsSignal signal = { .state = BS_SIGNAL_READY, .in_range = TRUE };

  signal.probabilities[BS_CLASS_SHORT] = p_short;
  signal.probabilities[BS_CLASS_HOLD] = p_hold;
  signal.probabilities[BS_CLASS_LONG] = p_long;
  for (guint c = 0; c < BS_N_CLASSES; c++)
    if (signal.probabilities[c] > signal.probabilities[signal.raw_class])
      signal.raw_class = (BsClass) c;
  signal.confidence = signal.probabilities[signal.raw_class];
  signal.filtered = signal.raw_class != BS_CLASS_HOLD && signal.confidence < threshold;
  signal.klass = signal.filtered ? BS_CLASS_HOLD : signal.raw_class;
  return signal;
}

static void
test_verdict (void)
{
  static const struct
  {
    double p_short, p_hold, p_long;
    const char *text;
  } cases[] = {
    { 0.08, 0.20, 0.72, "52 points ahead of hold" },
    { 0.21, 0.18, 0.61, "Held back: long at 61 % is under the threshold of 65 %" },
    /* Never "65 % is under 65 %". */
    { 0.6496, 0.2, 0.1504, "Held back: short at 65.0 % is under the threshold of 65.0 %" },
    { 0.6460, 0.2, 0.1540, "Held back: short at 64.6 % is under the threshold of 65.0 %" },
    { 0.32, 0.36, 0.32, "4.0 points ahead of short" },
    { 0.22, 0.55, 0.23, "32 points ahead of long" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BsSignal signal = signal_of (cases[i].p_short, cases[i].p_hold, cases[i].p_long, 0.65);
      g_autofree char *text = plain (bs_signal_text_verdict (&signal, 0.65, 20));
      if (i == 2) /* two decimals tell these apart */
        g_assert_cmpstr (text, ==, "Held back: short at 64.96 % is under the threshold of 65.00 %");
      else
        g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_warming_up (void)
{
  BsSignal signal = { .state = BS_SIGNAL_WARMING_UP, .rows_missing = 8 };

  g_autofree char *known = bs_signal_text_verdict (&signal, 0.65, 20);
  g_assert_cmpstr (known, ==, "Warming up: 12 of 20 bars");
  g_autofree char *unknown = bs_signal_text_verdict (&signal, 0.65, 0);
  g_assert_cmpstr (unknown, ==, "Warming up: 8 more bars needed");
  /* More missing than the window is long: features warm up too. */
  signal.rows_missing = 30;
  g_autofree char *more = bs_signal_text_verdict (&signal, 0.65, 20);
  g_assert_cmpstr (more, ==, "Warming up: 30 more bars needed");
  g_autofree char *none = bs_signal_text_verdict (NULL, 0.65, 20);
  g_assert_cmpstr (none, ==, "Waiting for bars");
  g_autofree char *range = bs_signal_text_range (&signal);
  g_assert_cmpstr (range, ==, "");
}

static void
test_summary (void)
{
  BsSignal signal = signal_of (0.08, 0.20, 0.72, 0.65);

  signal.in_range = FALSE;
  signal.n_out_of_range = 230;
  g_autofree char *text = plain (bs_signal_text_summary (&signal, 0.65, 20));
  g_assert_cmpstr (text, ==,
                   "Long, 72 %. 52 points ahead of hold. "
                   "Outside the model’s training range: 230 inputs far off. Bar of 1970-01-01 00:00:00.");
}

static void
test_time (void)
{
  char buffer[BS_BAR_TIME_LENGTH];

  g_assert_cmpstr (bs_bar_time_format (buffer, G_GINT64_CONSTANT (1709562600000000)), ==, "2024-03-04 14:30:00");
  g_assert_cmpstr (bs_bar_time_zone (0), ==, "UTC");
  g_assert_true (bs_bar_time_set_zone ("America/New_York"));
  g_assert_cmpstr (bs_bar_time_format (buffer, G_GINT64_CONSTANT (1709562600000000)), ==, "2024-03-04 09:30:00");
  /* Summer time. */
  g_assert_cmpstr (bs_bar_time_format (buffer, G_GINT64_CONSTANT (1720000800000000)), ==, "2024-07-03 06:00:00");
  g_assert_false (bs_bar_time_set_zone ("Nowhere/At_All"));
  g_assert_cmpstr (bs_bar_time_format (buffer, G_GINT64_CONSTANT (1709562600000000)), ==, "2024-03-04 09:30:00");
  g_assert_true (bs_bar_time_set_zone (NULL));
  /* Beyond the calendar: no crash, no width. */
  g_assert_cmpstr (bs_bar_time_format (buffer, G_MAXINT64), ==, "–");
  g_assert_cmpstr (bs_bar_time_format (buffer, G_MININT64), ==, "–");
  g_assert_cmpstr (bs_bar_time_format (buffer, -1), ==, "–");
}

static void
test_columns (void)
{
  BsSignalLogEntry entry = { .klass = BS_CLASS_HOLD,
                             .raw_class = BS_CLASS_LONG,
                             .confidence = 0.612,
                             .price = 4512.25,
                             .filtered = TRUE,
                             .index = 42 };
  const char *expected[BS_N_SIGNAL_COLUMNS]
    = { "1970-01-01 00:00:00", "Hold", "61.2 %", "4512.250", "–", "42", "long held back · outside the training range" };

  for (guint c = 0; c < BS_N_SIGNAL_COLUMNS; c++)
    {
      char buffer[BS_SIGNAL_COLUMN_LENGTH];
      g_autofree char *text = plain (g_strdup (bs_signal_column (c)->text (&entry, 3, buffer)));
      g_assert_cmpstr (text, ==, expected[c]);
    }
  g_autofree char *title = bs_signal_column_title (0);
  g_assert_cmpstr (title, ==, "Time (UTC)");
}

static void
test_validation (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModelValidation) full = bs_model_validation_parse (
    "{\"accuracy\":0.4332,\"accuracy_interval_95\":[0.4251,0.4411],\"baseline_majority\":0.36,"
    "\"baseline_last_direction\":0.352,\"expected_calibration_error\":0.007,\"n_bars\":17749,"
    "\"per_class\":{\"long\":{\"share\":0.3}},\"test_from\":\"2024-04-17T05:49:00Z\",\"label\":\"next close\"}",
    &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (full->accuracy, ==, 0.4332);
  g_assert_cmpfloat (full->accuracy_high, ==, 0.4411);
  g_assert_cmpfloat (full->n_bars, ==, 17749);
  g_assert_true (isnan (full->signals_share));
  g_assert_cmpstr (full->test_from, ==, "2024-04-17T05:49:00Z");
  g_assert_null (full->test_to);
  g_assert_cmpint (bs_model_validation_verdict (full), ==, BS_MODEL_VALIDATION_BETTER);
  full->accuracy_low = 0.355;
  g_assert_cmpint (bs_model_validation_verdict (full), ==, BS_MODEL_VALIDATION_UNSURE);
  full->last_direction = 0.44;
  g_assert_cmpint (bs_model_validation_verdict (full), ==, BS_MODEL_VALIDATION_WORSE);
  full->last_direction = full->majority = NAN;
  g_assert_cmpint (bs_model_validation_verdict (full), ==, BS_MODEL_VALIDATION_UNKNOWN);
}

static void
test_validation_refused (void)
{
  static const char *const refused[] = {
    "",
    "walk-forward accuracy 61 %",
    "{",
    "[]",
    "null",
    "{}",
    "{\"baseline_majority\":0.3}",
    "{\"accuracy\":\"high\"}",
    "{\"accuracy\":1.5}",
    "{\"accuracy\":-0.1}",
    "{\"accuracy\":1e999}",
    "{\"accuracy\":0.4,\"accuracy\":0.9}",
    "{\"accuracy\":0.4,\"accuracy_interval_95\":[0.3]}",
    "{\"accuracy\":0.4,\"accuracy_interval_95\":[0.3,0.5,0.6]}",
    "{\"accuracy\":0.4,\"accuracy_interval_95\":[0.3,7]}",
    "{\"accuracy\":0.4,\"accuracy_interval_95\":0.3}",
    "{\"accuracy\":0.4,\"n_bars\":-1}",
    "{\"accuracy\":0.4}x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (bs_model_validation_parse (refused[i], &error));
      g_assert_nonnull (error);
    }

  g_autoptr (GError) error = NULL;
  g_autofree char *long_text = g_strnfill (BS_MODEL_VALIDATION_MAX_LENGTH + 1, ' ');
  g_assert_null (bs_model_validation_parse (long_text, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal-text/verdict", test_verdict);
  g_test_add_func ("/signal-text/warming-up", test_warming_up);
  g_test_add_func ("/signal-text/summary", test_summary);
  g_test_add_func ("/signal-text/time", test_time);
  g_test_add_func ("/signal-text/columns", test_columns);
  g_test_add_func ("/model-validation/figures", test_validation);
  g_test_add_func ("/model-validation/refused", test_validation_refused);
  return g_test_run ();
}
