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

int
main (int argc, char **argv)
{
  /* Whatever the user's locale is, the texts below are the C locale's. */
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/duration", test_duration);
  g_test_add_func ("/number/width", test_width);
  g_test_add_func ("/number/number", test_number);
  return g_test_run ();
}
