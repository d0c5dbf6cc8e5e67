/* test-log-axis.c: round ends, even labels, and positions of the logarithmic time axis */
#include "ui/latency/bs-log-axis.h"

#include <math.h>

#include "ui/bs-number.h"

static void
test_fit (void)
{
  static const struct
  {
    double min, max, from, to;
  } cases[] = {
    { 45, 39000, 20, 50000 }, { 100, 1000, 100, 1000 }, { 1000, 1e7, 1000, 1e7 }, { 0, 0, 1, 10 },
    { 7, 7, 5, 50 },          { 999, 1001, 500, 5000 }, { NAN, NAN, 1, 10 },      { 1e9, 5.1e10, 1e9, 1e11 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BsLogAxis axis;
      bs_log_axis_fit (&axis, cases[i].min, cases[i].max);
      g_assert_cmpfloat (axis.min, ==, cases[i].from);
      g_assert_cmpfloat (axis.max, ==, cases[i].to);
    }
}

static void
test_still_fits (void)
{
  BsLogAxis axis;

  bs_log_axis_fit (&axis, 100, 1e6);
  g_assert_true (bs_log_axis_still_fits (&axis, 100, 1e6));
  g_assert_true (bs_log_axis_still_fits (&axis, 150, 4e5));
  g_assert_false (bs_log_axis_still_fits (&axis, 99, 1e6));
  g_assert_false (bs_log_axis_still_fits (&axis, 100, 1.1e6));
  /* Much of it empty: it had better be fitted anew. */
  g_assert_false (bs_log_axis_still_fits (&axis, 5000, 1e6));
  g_assert_false (bs_log_axis_still_fits (&axis, 100, 1000));
}

static void
test_position (void)
{
  BsLogAxis axis = { 100, 1e6 };

  g_assert_cmpfloat_with_epsilon (bs_log_axis_position (&axis, 100), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (bs_log_axis_position (&axis, 1e4), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (bs_log_axis_position (&axis, 1e6), 1, 1e-12);
  g_assert_cmpfloat (bs_log_axis_position (&axis, 0), ==, 0);
  g_assert_cmpfloat (bs_log_axis_position (&axis, 1e9), ==, 1);
  for (double value = 100; value < 1e6; value *= 1.37)
    g_assert_cmpfloat_with_epsilon (bs_log_axis_value (&axis, bs_log_axis_position (&axis, value)), value,
                                    1e-9 * value);
}

/* At any length: labels are round, do not touch, and there are at least two where two have room. */
static void
test_ticks (void)
{
  for (double length = 40; length < 1500; length += 17)
    for (double decades = 1; decades < 11; decades++)
      {
        const double label = 18;
        BsLogAxis axis;
        BsLogTick ticks[BS_LOG_AXIS_MAX_TICKS];
        double last = -1e9, before = 0;
        guint n_labels = 0;

        bs_log_axis_fit (&axis, 20, 20 * pow (10, decades));
        guint n = bs_log_axis_ticks (&axis, length, label, ticks);
        for (guint i = 0; i < n; i++)
          {
            double y = length * bs_log_axis_position (&axis, ticks[i].value);
            double mantissa = ticks[i].value / pow (10, floor (log10 (ticks[i].value) + 1e-9));

            g_assert_cmpfloat (ticks[i].value, >, before);
            before = ticks[i].value;
            g_assert_cmpfloat_with_epsilon (mantissa, round (mantissa), 1e-9);
            if (!ticks[i].major)
              continue;
            n_labels++;
            g_assert_cmpfloat (y - last, >=, label - 1e-6);
            last = y;
            g_assert_true (fabs (mantissa - 1) < 1e-9 || fabs (mantissa - 2) < 1e-9 || fabs (mantissa - 5) < 1e-9);
          }
        if (decades >= 2 && length >= 2.5 * label)
          g_assert_cmpuint (n_labels, >=, 1);
        if (decades >= 3 && length / (decades + 1) >= label)
          g_assert_cmpuint (n_labels, >=, 2);
      }
}

static void
test_label (void)
{
  static const struct
  {
    double value;
    const char *text;
  } cases[] = {
    { 1, "1\u00a0ns" },    { 500, "500\u00a0ns" }, { 1000, "1\u00a0µs" },
    { 2e4, "20\u00a0µs" }, { 5e8, "500\u00a0ms" }, { 1e9, "1\u00a0s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char buffer[BS_NUMBER_LENGTH];
      g_assert_cmpstr (bs_log_axis_label (buffer, cases[i].value), ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-axis/fit", test_fit);
  g_test_add_func ("/log-axis/still-fits", test_still_fits);
  g_test_add_func ("/log-axis/position", test_position);
  g_test_add_func ("/log-axis/ticks", test_ticks);
  g_test_add_func ("/log-axis/label", test_label);
  return g_test_run ();
}
