/* test-bar-generator.c: made-up bars: the same everywhere, plausible, and the sample that ships is some of them */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/feeds/bs-bar-file.h"
#include "app/feeds/bs-bar-generator.h"
#include "app/feeds/bs-random.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define HOUR_US (60 * MINUTE_US)
#define SAMPLE_BARS 5000
#define SAMPLE_SEED 48

/* The authors' own first numbers for xoshiro256** from the state 1, 2, 3, 4. */
static void
test_random_sequence (void)
{
  static const guint64 expected[]
    = { 11520, 0, 1509978240, G_GUINT64_CONSTANT (1215971899390074240), G_GUINT64_CONSTANT (1216172134540287360) };
  BsRandom random = { { 1, 2, 3, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (bs_random_next (&random), ==, expected[i]);
}

static void
test_random_moments (void)
{
  BsRandom random;
  double sum = 0, sum_squares = 0, sum_uniform = 0;
  guint n = 1000000;

  bs_random_init (&random, 0);
  for (guint i = 0; i < n; i++)
    {
      double normal = bs_random_normal (&random);
      double uniform = bs_random_uniform (&random);
      g_assert_true (uniform >= 0 && uniform < 1);
      sum += normal;
      sum_squares += normal * normal;
      sum_uniform += uniform;
    }
  g_assert_cmpfloat (fabs (sum / n), <, 0.005);
  g_assert_cmpfloat (fabs (sum_squares / n - 1), <, 0.01);
  g_assert_cmpfloat (fabs (sum_uniform / n - 0.5), <, 0.002);
}

/* Whether the market is open for a bar that ends at @time_us, said in GLib's terms. */
static gboolean
is_in_session (gint64 time_us, gint64 length_us)
{
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc ((time_us - length_us) / G_USEC_PER_SEC);
  int hour = g_date_time_get_hour (start);

  switch (g_date_time_get_day_of_week (start))
    {
    case 6:
      return FALSE;
    case 7:
      return hour == 23;
    case 5:
      return hour < 22;
    default:
      return hour != 22;
    }
}

static void
check_bars (gint64 start_us, gint64 length_us, guint n)
{
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (5, start_us, length_us);
  g_autoptr (GError) error = NULL;
  BsBar bar;
  gint64 last_us = start_us;

  for (guint i = 0; i < n; i++)
    {
      bs_bar_generator_next (generator, &bar);
      bs_bar_validate (&bar, &error);
      g_assert_no_error (error);
      g_assert_cmpint (bar.time_us, >, last_us);
      g_assert_cmpint (bar.time_us % length_us, ==, 0);
      g_assert_true (is_in_session (bar.time_us, length_us));
      g_assert_cmpfloat (fmod (bar.open, BS_BAR_GENERATOR_TICK), ==, 0);
      g_assert_cmpfloat (fmod (bar.high, BS_BAR_GENERATOR_TICK), ==, 0);
      g_assert_cmpfloat (fmod (bar.low, BS_BAR_GENERATOR_TICK), ==, 0);
      g_assert_cmpfloat (fmod (bar.close, BS_BAR_GENERATOR_TICK), ==, 0);
      g_assert_cmpfloat (bar.bid_volume + bar.ask_volume, ==, bar.volume);
      g_assert_cmpfloat (fabs (bar.close - 4800), <, 600);
      last_us = bar.time_us;
    }
}

static void
test_plausible (void)
{
  check_bars (BS_BAR_GENERATOR_START_US, MINUTE_US, 200000);
  check_bars (BS_BAR_GENERATOR_START_US, MINUTE_US / 60, 200000);
  check_bars (0, HOUR_US, 20000);
  check_bars (-1234567890123456, 5 * MINUTE_US, 20000);
  /* a Saturday, off the minute */
  check_bars (BS_BAR_GENERATOR_START_US + 60 * HOUR_US + 12345, MINUTE_US, 20000);
}

/* With a year of minutes the level holds: a model trained on one seed is in range on another. */
static void
test_band (void)
{
  for (guint64 seed = 0; seed < 3; seed++)
    {
      g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (seed, BS_BAR_GENERATOR_START_US, MINUTE_US);
      double sum = 0;
      BsBar bar;

      for (guint i = 0; i < 350000; i++)
        {
          bs_bar_generator_next (generator, &bar);
          g_assert_cmpfloat (fabs (bar.close - 4800), <, 300);
          sum += bar.close;
        }
      g_assert_cmpfloat (fabs (sum / 350000 - 4800), <, 30);
    }
}

/* The edge is there: after a bar with much more ask than bid volume prices rise, and the other way round. */
static void
test_edge (void)
{
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (11, BS_BAR_GENERATOR_START_US, MINUTE_US);
  double moves[3] = { 0 };
  guint counts[3] = { 0 };
  BsBar bar, next;

  bs_bar_generator_next (generator, &bar);
  for (guint i = 0; i < 100000; i++, bar = next)
    {
      bs_bar_generator_next (generator, &next);
      double ask_part = bar.ask_volume / bar.volume;
      guint side = ask_part > 0.65 ? 2 : ask_part < 0.35 ? 0 : 1;
      moves[side] += next.close - bar.close;
      counts[side]++;
    }
  g_assert_cmpuint (counts[0], >, 1000);
  g_assert_cmpuint (counts[2], >, 1000);
  g_assert_cmpfloat (moves[0] / counts[0], <, -0.5);
  g_assert_cmpfloat (moves[2] / counts[2], >, 0.5);
  g_assert_cmpfloat (fabs (moves[1] / counts[1]), <, 0.05);
}

static void
test_aggregator (void)
{
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new (3, BS_BAR_GENERATOR_START_US, MINUTE_US);
  BsBarAggregator aggregator = { .length_us = 5 * MINUTE_US };
  BsBar bar, done[2];
  BsBar expected = { 0 };
  gint64 expected_end = 0;
  guint n_done = 0, n_doubles = 0;

  /* plainly: group by the end, compare each group when the next one begins */
  g_autoptr (GArray) made = g_array_new (FALSE, FALSE, sizeof (BsBar));
  g_autoptr (GArray) plain = g_array_new (FALSE, FALSE, sizeof (BsBar));
  for (guint i = 0; i < 100000; i++)
    {
      bs_bar_generator_next (generator, &bar);
      gint64 end = (bar.time_us + 5 * MINUTE_US - 1) / (5 * MINUTE_US) * (5 * MINUTE_US);
      if (end != expected_end)
        {
          if (expected_end != 0)
            g_array_append_val (plain, expected);
          expected = bar;
          expected.time_us = expected_end = end;
        }
      else
        {
          expected.high = MAX (expected.high, bar.high);
          expected.low = MIN (expected.low, bar.low);
          expected.close = bar.close;
          expected.volume += bar.volume;
          expected.bid_volume += bar.bid_volume;
          expected.ask_volume += bar.ask_volume;
        }
      guint n = bs_bar_aggregator_take (&aggregator, &bar, done);
      g_assert_cmpuint (n, <=, 2);
      g_array_append_vals (made, done, n);
      n_done += n;
      n_doubles += n == 2;
      for (guint k = 0; k < n; k++)
        g_assert_cmpint (done[k].time_us, <=, bar.time_us);
    }
  g_assert_cmpuint (n_done, >, 19000);
  g_assert_cmpuint (n_doubles, >, 0);
  g_assert_cmpuint (made->len, >=, plain->len);
  g_assert_cmpmem (made->data, plain->len * sizeof (BsBar), plain->data, plain->len * sizeof (BsBar));
}

static void
assert_equals_bar (const BsBarFile *file, guint64 index, const BsBar *expected)
{
  BsBar bar;
  bs_bar_series_get (file->series, index, &bar);
  g_assert_cmpmem (&bar, sizeof bar, expected, sizeof *expected);
}

static BsBarFile *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  BsBarFile *file = bs_bar_file_load (path, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (file->n_refused, ==, 0);
  return file;
}

static BsBarFile *
load_resource (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", name, NULL);
  return load (path);
}

/* Bit for bit what seed 48 gives on this machine, too. */
static void
test_sample (void)
{
  g_autoptr (BsBarFile) primary = load_resource ("sample-1m.csv.gz");
  g_autoptr (BsBarFile) secondary = load_resource ("sample-5m.csv.gz");
  g_autoptr (BsBarGenerator) generator
    = bs_bar_generator_new (SAMPLE_SEED, BS_BAR_GENERATOR_START_US, BS_BAR_GENERATOR_BAR_LENGTH_US);
  BsBarAggregator aggregator = { .length_us = 5 * MINUTE_US };
  BsBar bar, done[2];
  guint n_secondary = 0;

  g_assert_cmpuint (bs_bar_series_length (primary->series), ==, SAMPLE_BARS);
  g_assert_cmpint (bs_bar_series_bar_length (primary->series), ==, MINUTE_US);
  g_assert_cmpint (bs_bar_series_bar_length (secondary->series), ==, 5 * MINUTE_US);
  g_assert_cmpint (bs_bar_series_stamp (primary->series), ==, BS_STAMP_END);
  g_assert_cmpuint (primary->decimals, ==, 2);
  for (guint i = 0; i < SAMPLE_BARS; i++)
    {
      bs_bar_generator_next (generator, &bar);
      assert_equals_bar (primary, i, &bar);
      guint n = bs_bar_aggregator_take (&aggregator, &bar, done);
      for (guint k = 0; k < n; k++)
        assert_equals_bar (secondary, n_secondary++, &done[k]);
    }
  g_assert_cmpuint (bs_bar_series_length (secondary->series), ==, n_secondary);
}

static int
run_generate (const char *const *arguments, char **message)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  int status;

  g_strv_builder_add (builder, g_getenv ("BARSCOPE"));
  g_strv_builder_add (builder, "generate");
  g_strv_builder_addv (builder, (const char **) arguments);
  g_auto (GStrv) argv = g_strv_builder_end (builder);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, message, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* The command: the sample again, whole files or none, and each way to ask wrongly. */
static void
test_command (void)
{
  if (g_getenv ("BARSCOPE") == NULL)
    {
      g_test_skip ("BARSCOPE does not say where the program is");
      return;
    }
  g_autofree char *folder = g_dir_make_tmp ("barscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "one.csv.gz", NULL);
  g_autofree char *path5 = g_build_filename (folder, "five.csv", NULL);
  g_autofree char *message = NULL;

  const char *const sample[] = { "--bars=5000", "--seed=48", "--output", path, "--secondary", path5, NULL };
  g_assert_cmpint (run_generate (sample, &message), ==, 0);
  g_assert_cmpstr (message, ==, "");
  g_autoptr (BsBarFile) made = load (path);
  g_autoptr (BsBarFile) made5 = load (path5);
  g_autoptr (BsBarFile) shipped = load_resource ("sample-1m.csv.gz");
  g_autoptr (BsBarFile) shipped5 = load_resource ("sample-5m.csv.gz");
  const BsBarFile *pairs[][2] = { { made, shipped }, { made5, shipped5 } };
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      gsize n = bs_bar_series_length (pairs[i][1]->series);
      g_assert_cmpuint (bs_bar_series_length (pairs[i][0]->series), ==, n);
      for (guint c = 0; c < BS_N_COLUMNS; c++)
        g_assert_cmpmem (bs_bar_series_column (pairs[i][0]->series, c), n * sizeof (double),
                         bs_bar_series_column (pairs[i][1]->series, c), n * sizeof (double));
    }

  /* a secondary file that cannot be written leaves the first one as it was */
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  g_autofree char *nowhere = g_build_filename (folder, "no", "such", "file.csv", NULL);
  const char *const failing[] = { "--bars=10", "--output", path, "--secondary", nowhere, NULL };
  g_clear_pointer (&message, g_free);
  g_assert_cmpint (run_generate (failing, &message), ==, 1);
  g_assert_nonnull (strstr (message, nowhere));
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);

  static const struct
  {
    const char *arguments[8];
    const char *message;
  } wrong[] = {
    { { "--bars=10" }, "--output FILE is missing" },
    { { "--output=x.csv" }, "--bars: expected 1 to 10000000" },
    { { "--output=x.csv", "--bars=0" }, "--bars: expected 1 to 10000000" },
    { { "--output=x.csv", "--bars=10000001" }, "--bars: expected 1 to 10000000" },
    { { "--output=x.csv", "--bars=ten" }, "ten" },
    { { "--output=x.csv", "--bars=10", "--bar-length=7" }, "--bar-length: expected seconds" },
    { { "--output=x.csv", "--bars=10", "--bar-length=0" }, "--bar-length: expected seconds" },
    { { "--output=x.csv", "--bars=10", "--start=tomorrow" }, "--start: 'tomorrow' is not a time" },
    { { "--output=x.csv", "--bars=10000000", "--bar-length=3600" }, "after the year 2199" },
    { { "--output=x.csv", "--bars=10", "--secondary=./x.csv" }, "name the same file" },
    { { "--output=x.csv", "--bars=10", "more" }, "'more' is one argument too many" },
    { { "--what" }, "--what" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_clear_pointer (&message, g_free);
      g_assert_cmpint (run_generate (wrong[i].arguments, &message), ==, 2);
      if (strstr (message, wrong[i].message) == NULL)
        g_error ("'%s' does not say '%s'", message, wrong[i].message);
    }

  /* nothing is left behind */
  g_remove (path);
  g_remove (path5);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bar-generator/random-sequence", test_random_sequence);
  g_test_add_func ("/bar-generator/random-moments", test_random_moments);
  g_test_add_func ("/bar-generator/plausible", test_plausible);
  g_test_add_func ("/bar-generator/band", test_band);
  g_test_add_func ("/bar-generator/edge", test_edge);
  g_test_add_func ("/bar-generator/aggregator", test_aggregator);
  g_test_add_func ("/bar-generator/sample", test_sample);
  g_test_add_func ("/bar-generator/command", test_command);
  return g_test_run ();
}
