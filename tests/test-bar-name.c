/* What names of files say of the bars in them */
#include <glib/gstdio.h>

#include "app/bs-bar-name.h"

static void
test_instrument (void)
{
  static const struct
  {
    const char *path, *instrument;
  } rows[] = {
    { "/data/ES-1m.csv.gz", "ES" },
    { "ES_1min.txt", "ES" },
    { "EURUSD_M1.csv", "EURUSD" },
    { "6E 5 minute.csv", "6E" },
    { "NQ 03-26.txt", "NQ 03-26" },
    { "sample.CSV", "sample" },
    { "1m.csv", "1m" },
    { "Team1mates.csv", "Team1mates" },
    { ".csv", ".csv" },
    { "a.b", "a.b" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *instrument = bs_bar_name_instrument (rows[i].path);
      g_assert_cmpstr (instrument, ==, rows[i].instrument);
    }
}

static void
test_sibling (void)
{
  static const struct
  {
    const char *name, *sibling;
  } rows[] = {
    { "ES-1m.csv.gz", "ES-5m.csv.gz" },
    { "ES_1min.txt", "ES_5min.txt" },
    { "EURUSD_M1.csv", "EURUSD_M5.csv" },
    { "6E 1 Minute.csv", "6E 5 Minute.csv" },
    { "primary.csv", "secondary.csv" },
    { "ES-15m.csv", NULL },
    { "ES.csv", NULL },
    { "Team1mates.csv", NULL },
  };
  g_autofree char *dir = g_dir_make_tmp ("barscope-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_build_filename (dir, rows[i].name, NULL);
      g_assert_null (bs_bar_name_sibling (path)); /* not there yet */
      if (rows[i].sibling == NULL)
        continue;
      g_autofree char *expected = g_build_filename (dir, rows[i].sibling, NULL);
      g_assert_true (g_file_set_contents (expected, "x", 1, NULL));
      g_autofree char *sibling = bs_bar_name_sibling (path);
      g_assert_cmpstr (sibling, ==, expected);
      g_remove (expected);
    }
  g_rmdir (dir);
}

static void
test_length (void)
{
  static const struct
  {
    double seconds;
    const char *text;
  } rows[] = {
    { 60, "1 min" },    { 300, "5 min" },        { 90, "90 s" },          { 3600, "1 h" }, { 4 * 3600, "4 h" },
    { 86400, "1 day" }, { 3 * 86400, "3 days" }, { 7 * 86400, "1 week" }, { 1, "1 s" },    { 0.5, "0.5 s" },
    { 0, "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = bs_bar_length_text ((gint64) (rows[i].seconds * G_USEC_PER_SEC));
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bar-name/instrument", test_instrument);
  g_test_add_func ("/bar-name/sibling", test_sibling);
  g_test_add_func ("/bar-name/length", test_length);
  return g_test_run ();
}
