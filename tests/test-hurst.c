#include "inference/features/bs-hurst.h"
#include "tests/bs-test-bars.h"
#include "tests/bs-test-csv.h"

#include <math.h>

#define H_COLUMN BS_HURST_BARS
#define C_COLUMN (BS_HURST_BARS + 1)

static void
assert_close (double value, double expected, gsize row, const char *name)
{
  if (!(fabs (value - expected) <= MAX (1e-12, 1e-9 * fabs (expected))))
    g_error ("row %" G_GSIZE_FORMAT ", %s: %.17g, expected %.17g", row, name, value, expected);
}

/* What the PyPI package gives: tests/reference/make-features.py. */
static void
test_golden (void)
{
  g_autoptr (BsTestCsv) golden = bs_test_csv_load_golden ("hurst.csv.gz");

  g_assert_cmpuint (golden->n_columns, ==, C_COLUMN + 1);
  g_assert_cmpuint (golden->n_rows, >=, 20);
  for (gsize i = 0; i < golden->n_rows; i++)
    {
      const double *row = golden->values + i * golden->n_columns;
      double h, c;
      bs_hurst (row, &h, &c);
      assert_close (h, row[H_COLUMN], i, "H");
      assert_close (c, row[C_COLUMN], i, "C");
    }
}

static void
test_undefined (void)
{
  static const double bad[] = { 0.0, -1.0, NAN, INFINITY };
  double closes[BS_HURST_BARS], h, c;

  for (guint b = 0; b < G_N_ELEMENTS (bad); b++)
    for (guint at = 0; at < BS_HURST_BARS; at += 33)
      {
        for (guint i = 0; i < BS_HURST_BARS; i++)
          closes[i] = 100.0 + (double) (i * 7919 % 13);
        bs_hurst (closes, &h, &c);
        g_assert_cmpfloat (h, !=, 0.5);
        closes[at] = bad[b];
        bs_hurst (closes, &h, &c);
        g_assert_cmpfloat (h, ==, 0.5);
        g_assert_cmpfloat (c, ==, 1.0);
      }
}

/* Scaling all prices by a power of two changes nothing, not one bit. */
static void
test_scale (void)
{
  BsTestBars bars;

  bs_test_bars_init (&bars, 12, G_USEC_PER_SEC);
  for (guint k = 0; k < 200; k++)
    {
      double closes[BS_HURST_BARS], h, c, h_scaled, c_scaled;
      for (guint i = 0; i < BS_HURST_BARS; i++)
        {
          BsBar bar;
          bs_test_bars_next (&bars, &bar);
          closes[i] = bar.close;
        }
      bs_hurst (closes, &h, &c);
      for (guint i = 0; i < BS_HURST_BARS; i++)
        closes[i] *= 1024.0;
      bs_hurst (closes, &h_scaled, &c_scaled);
      g_assert_cmpfloat (h, ==, h_scaled);
      g_assert_cmpfloat (c, ==, c_scaled);
      g_assert_true (isfinite (h) && isfinite (c));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hurst/golden", test_golden);
  g_test_add_func ("/hurst/undefined", test_undefined);
  g_test_add_func ("/hurst/scale", test_scale);
  return g_test_run ();
}
