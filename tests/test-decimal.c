/* test-decimal.c: numbers from text: equal to strtod() to the bit, and nothing but numbers */
#include <math.h>
#include <string.h>

#include "app/feeds/bs-decimal.h"

#define RANDOM_STRINGS 2000000

static guint64
bits (double value)
{
  guint64 result;
  memcpy (&result, &value, sizeof result);
  return result;
}

static void
assert_equals_strtod (const char *text)
{
  double value = 0;
  double expected = g_ascii_strtod (text, NULL);

  if (!isfinite (expected))
    {
      g_assert_false (bs_decimal_parse (text, strlen (text), &value, NULL));
      return;
    }
  if (!bs_decimal_parse (text, strlen (text), &value, NULL) || bits (value) != bits (expected))
    g_error ("'%s': got %.17g, strtod %.17g", text, value, expected);
}

static void
test_known (void)
{
  static const char *const texts[] = {
    "0",
    "-0",
    "1",
    "+1",
    "4750.25",
    "1.10785",
    ".5",
    "5.",
    "-.5e1",
    "1e22",
    "1e23",
    "9007199254740993",
    "9007199254740992",
    "9007199254740991e22",
    "9007199254740993e-22",
    "0.1",
    "0.30000000000000004",
    "123456789012345678901234567890",
    "0.00000000000000000000000000000000000000000001",
    "00000000000000000000000000000000000001.5",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "1e309",
    "-1e400",
    "4.9e-324",
    "2e-324",
    "1e-400",
    "2.2250738585072011e-308",
    "1e99999999999999999999",
    "1e-99999999999999999999",
    "18446744073709551616",
    "1.8446744073709551617e19",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_equals_strtod (texts[i]);
}

static void
test_long (void)
{
  g_autofree char *zeros = g_strnfill (5000, '0');
  g_autofree char *nines = g_strnfill (300, '9');
  g_autofree char *small = g_strdup_printf ("0.%s1", zeros);
  g_autofree char *large = g_strdup_printf ("1%s", zeros);
  g_autofree char *padded = g_strdup_printf ("%s4750.25%s", zeros, zeros);

  assert_equals_strtod (small);
  assert_equals_strtod (large);
  assert_equals_strtod (padded);
  assert_equals_strtod (nines);
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  char text[128];

  for (guint i = 0; i < RANDOM_STRINGS; i++)
    {
      gsize n = 0;
      guint n_digits, n_decimals;

      if (g_rand_int_range (rand, 0, 4) == 0)
        text[n++] = g_rand_boolean (rand) ? '-' : '+';
      /* prices mostly, then anything */
      gboolean price = i % 2 == 0;
      n_digits = g_rand_int_range (rand, 0, price ? 7 : 25);
      n_decimals = g_rand_int_range (rand, n_digits == 0, price ? 9 : 25);
      for (guint k = 0; k < n_digits; k++)
        text[n++] = '0' + g_rand_int_range (rand, 0, 10);
      if (n_decimals > 0 || g_rand_boolean (rand))
        text[n++] = '.';
      for (guint k = 0; k < n_decimals; k++)
        text[n++] = '0' + g_rand_int_range (rand, 0, 10);
      text[n] = '\0';
      if (!price && g_rand_boolean (rand))
        g_snprintf (text + n, sizeof text - n, "e%d", g_rand_int_range (rand, -330, 320));
      assert_equals_strtod (text);
    }
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",      "-",     "+",        ".",    "-.",    "e5",  "1e",  "1e+", " 1",     "1 ",  "1,5",   "1,234.5",
    "0x10",  "0X1p3", "inf",      "-inf", "Inf",   "nan", "NaN", "NAN", "1.2.3",  "1-2", "--1",   "+-1",
    "1e5.5", "abc",   "infinity", "1e5x", "1_000", "1'0", "\t1", "1\n", "nan(1)", "1d5", "1e 5",  "$5",
    "1f",    "1L",    "0b1",      "1e5 ", "(5)",   "5-",  "½",   "٣",   ".e1",    "..",  "1e1e1", "1.e",
  };
  double value;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (bs_decimal_parse (texts[i], strlen (texts[i]), &value, NULL))
      g_error ("'%s' was taken as %g", texts[i], value);
  /* the length counts, not a NUL */
  g_assert_false (bs_decimal_parse ("1\0", 2, &value, NULL));
  g_assert_true (bs_decimal_parse ("15", 1, &value, NULL));
  g_assert_cmpfloat (value, ==, 1);
}

static void
test_decimals (void)
{
  double value;
  guint decimals;

  g_assert_true (bs_decimal_parse ("4750.250", 8, &value, &decimals));
  g_assert_cmpuint (decimals, ==, 3);
  g_assert_true (bs_decimal_parse ("4750", 4, &value, &decimals));
  g_assert_cmpuint (decimals, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimal/known", test_known);
  g_test_add_func ("/decimal/long", test_long);
  g_test_add_func ("/decimal/random", test_random);
  g_test_add_func ("/decimal/refused", test_refused);
  g_test_add_func ("/decimal/decimals", test_decimals);
  return g_test_run ();
}
