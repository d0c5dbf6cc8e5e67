/* test-number.c: numbers, percentages and durations as the window writes them */
#include "ui/bs-number.h"

#include <locale.h>
#include <math.h>

/* No-break spaces stand between number and unit: spelt with a plain space here. */
static char *
plain (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\u00a0", -1);
  return g_strjoinv (" ", parts);
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 ns;
    const char *text;
  } cases[] = {
    { -5, "0 ns" },
    { 0, "0 ns" },
    { 1, "1 ns" },
    { 812, "812 ns" },
    { 999, "999 ns" },
    { 1000, "1.00 µs" },
    { 1234, "1.23 µs" },
    { 9994, "9.99 µs" },
    { 9995, "10.0 µs" },
    { 12345, "12.3 µs" },
    { 99949, "99.9 µs" },
    { 99951, "100 µs" },
    { 123456, "123 µs" },
    { 999499, "999 µs" },
    { 999500, "1.00 ms" },
    { 58000000, "58.0 ms" },
    { 999600000, "1.00 s" },
    { 1200000000, "1.20 s" },
    { 58000000000, "58.0 s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char buffer[BS_NUMBER_LENGTH];
      g_autofree char *text = plain (bs_number_format_duration (buffer, cases[i].ns));
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_width (void)
{
  /* Three digits and at most one point at every size below a second's thousand: columns do not jitter. */
  for (double ns = 1000; ns < 9e11; ns *= 1.0173)
    {
      char buffer[BS_NUMBER_LENGTH];
      guint digits = 0;
      for (const char *p = bs_number_format_duration (buffer, (gint64) ns); *p != '\0'; p++)
        digits += g_ascii_isdigit (*p);
      g_assert_cmpuint (digits, ==, 3);
    }
}

static void
test_signed (void)
{
  static const struct
  {
    double value;
    guint decimals;
    const char *text;
  } cases[] = {
    { 1.25, 2, "+1.25" }, { -3, 2, "−3.00" }, { 0, 2, "0.00" }, { -0.0, 1, "0.0" }, { -234.5, 1, "−234.5" }, { NAN, 2, "–" }, { -INFINITY, 2, "–" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char buffer[BS_NUMBER_LENGTH];
      g_assert_cmpstr (bs_number_format_signed (buffer, cases[i].value, cases[i].decimals), ==, cases[i].text);
    }
}

static void
test_number (void)
{
  char buffer[BS_NUMBER_LENGTH];

  g_assert_cmpstr (bs_number_format (buffer, 4512.25, 2), ==, "4512.25");
  g_assert_cmpstr (bs_number_format (buffer, -0.5, 1), ==, "-0.5");
  g_assert_cmpstr (bs_number_format (buffer, NAN, 2), ==, "–");
  g_assert_cmpstr (bs_number_format (buffer, INFINITY, 2), ==, "–");
  g_assert_cmpstr (bs_number_format_count (buffer, 100000), ==, "100000");
  /* The widest that can be asked for fits. */
  g_assert_cmpuint (strlen (bs_number_format (buffer, -9.9e19, 400)), <, BS_NUMBER_LENGTH);
  g_assert_cmpuint (strlen (bs_number_format (buffer, -G_MAXDOUBLE, 400)), <, BS_NUMBER_LENGTH);

  g_autofree char *percent = plain (bs_number_format_percent (buffer, 0.7249, 0));
  g_assert_cmpstr (percent, ==, "72 %");
  g_autofree char *full = plain (bs_number_format_percent (buffer, 1.0, 0));
  g_assert_cmpstr (full, ==, "100 %");
  g_autofree char *fine = plain (bs_number_format_percent (buffer, 0.6496, 1));
  g_assert_cmpstr (fine, ==, "65.0 %");
}

/* Either separator may be the decimal one. The test's locale is "C", whose own is the point. */
static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    double value;
  } good[] = {
    { "0.65", 0.65 }, { "0,65", 0.65 }, { "65", 65 }, { " 7 ", 7 }, { "-1,5", -1.5 }, { "\u22122", -2 },
    { ".5", 0.5 }, { "1.000", 1 }, { "1,000", 1000 }, { "0,500", 0.5 }, { "1.234,5", 1234.5 }, { "1,234.5", 1234.5 },
    { "1.234.567", 1234567 }, { "1\u00a0234,5", 1234.5 }, { "1\u2019234.5", 1234.5 }, { "12345,678", 12345.678 },
  };
  static const char *const bad[] = { "", " ", "-", ".", ",", "x", "1x", "1e3", "nan", "--1", "0x10", "5 %", "\xff" };
  double value;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_test_message ("%s", good[i].text);
      g_assert_true (bs_number_parse (good[i].text, &value));
      g_assert_cmpfloat (value, ==, good[i].value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      value = 42;
      g_assert_false (bs_number_parse (bad[i], &value));
      g_assert_cmpfloat (value, ==, 42);
    }
}

static void
test_significant (void)
{
  char buffer[BS_NUMBER_LENGTH];

  g_assert_cmpstr (bs_number_format_significant (buffer, 1.2549, 3), ==, "1.25");
  g_assert_cmpstr (bs_number_format_significant (buffer, 3.2e-7, 1), ==, "3e-07");
  g_assert_cmpstr (bs_number_format_significant (buffer, NAN, 1), ==, "–");
}

int
main (int argc, char **argv)
{
  /* Whatever the user's locale is, the texts below are the C locale's. */
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/duration", test_duration);
  g_test_add_func ("/number/width", test_width);
  g_test_add_func ("/number/signed", test_signed);
  g_test_add_func ("/number/number", test_number);
  g_test_add_func ("/number/parse", test_parse);
  g_test_add_func ("/number/significant", test_significant);
  return g_test_run ();
}
