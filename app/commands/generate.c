/* generate.c: `barscope generate`: made-up bars, the same for the same seed */
#include <stdio.h>
#include <string.h>

#include "app/commands/bs-command.h"
#include "app/feeds/bs-bar-generator.h"
#include "app/feeds/bs-bar-writer.h"
#include "app/feeds/bs-time-text.h"

#define MAX_BARS 10000000
#define DEFAULT_SEED 1
#define HOUR_SECONDS 3600
#define WEEK_SECONDS (7 * 24 * HOUR_SECONDS)
/* A week holds at least as many seconds of open market that no outage takes. */
#define OPEN_SECONDS_A_WEEK (110 * HOUR_SECONDS)
/* 2200-01-01 UTC, where times that are read end. */
#define MAX_TIME_S G_GINT64_CONSTANT (7258118400)
/* Quarters of a point */
#define DECIMALS 2

/* @secondary: (nullable) */
static gboolean
generate (gint64 n_bars, gint64 seed, gint64 start_us, gint64 length_us, BsBarWriter *primary, BsBarWriter *secondary,
          GError **error)
{
  g_autoptr (BsBarGenerator) generator = bs_bar_generator_new ((guint64) seed, start_us, length_us);
  BsBarAggregator aggregator = { .length_us = length_us * BS_BAR_GENERATOR_SECONDARY_BARS };
  BsBar bar, done[2];

  for (gint64 i = 0; i < n_bars; i++)
    {
      bs_bar_generator_next (generator, &bar);
      if (!bs_bar_writer_write (primary, &bar, error))
        return FALSE;
      if (secondary == NULL)
        continue;
      guint n = bs_bar_aggregator_take (&aggregator, &bar, done);
      for (guint k = 0; k < n; k++)
        if (!bs_bar_writer_write (secondary, &done[k], error))
          return FALSE;
    }
  return bs_bar_writer_commit (primary, error) && (secondary == NULL || bs_bar_writer_commit (secondary, error));
}

static gboolean
parse_start (const char *text, gint64 *start_us)
{
  BsDateCache cache = { 0 };
  BsTimeText time;

  if (!bs_time_text_parse (BS_TIME_STYLE_ANY, text, strlen (text), &cache, &time))
    return FALSE;
  *start_us = time.us;
  return TRUE;
}

/* Whether the last bar's time can still be read back. */
static gboolean
ends_in_time (gint64 start_us, gint64 length_s, gint64 n_bars)
{
  gint64 weeks = n_bars * length_s / OPEN_SECONDS_A_WEEK + 2;
  return start_us / G_USEC_PER_SEC + weeks * WEEK_SECONDS < MAX_TIME_S;
}

static gboolean
same_file (const char *a, const char *b)
{
  g_autofree char *canonical_a = g_canonicalize_filename (a, NULL);
  g_autofree char *canonical_b = g_canonicalize_filename (b, NULL);
  return strcmp (canonical_a, canonical_b) == 0;
}

static int
generate_run (int argc, char **argv)
{
  g_autofree char *output = NULL, *secondary_output = NULL, *start = NULL;
  gint64 n_bars = 0, seed = DEFAULT_SEED, length_s = BS_BAR_GENERATOR_BAR_LENGTH_US / G_USEC_PER_SEC;
  gint64 start_us = BS_BAR_GENERATOR_START_US;
  const GOptionEntry entries[] = {
    { "bars", 0, 0, G_OPTION_ARG_INT64, &n_bars, "How many bars, 1 to 10,000,000", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Another seed, other bars (default 1)", "S" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "Where to; compressed where it ends in .gz", "FILE" },
    { "start", 0, 0, G_OPTION_ARG_STRING, &start, "Start of the first bar, UTC (default 2024-01-03T23:00)", "TIME" },
    { "bar-length", 0, 0, G_OPTION_ARG_INT64, &length_s, "Seconds a bar: a divisor of an hour (default 60)",
      "SECONDS" },
    { "secondary", 0, 0, G_OPTION_ARG_FILENAME, &secondary_output, "Write bars of five times the length there too",
      "FILE" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);
  int status;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context,
                                "Writes bars of a made-up index future: CSV, times in UTC at the end of each bar.");
  g_option_context_set_description (
    context,
    "The same options give the same bars on every machine. They are synthetic and have an edge built in, which\n"
    "real markets do not promise: they are for demonstrations, tests and measuring speed.");
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return bs_command_usage_error ("generate", "'%s' is one argument too many", argv[1]);
  if (output == NULL)
    return bs_command_usage_error ("generate", "--output FILE is missing");
  if (n_bars < 1 || n_bars > MAX_BARS)
    return bs_command_usage_error ("generate", "--bars: expected 1 to %d", MAX_BARS);
  if (length_s < 1 || HOUR_SECONDS % length_s != 0)
    return bs_command_usage_error ("generate", "--bar-length: expected seconds that an hour is a multiple of");
  if (start != NULL && !parse_start (start, &start_us))
    return bs_command_usage_error ("generate", "--start: '%s' is not a time (expected one such as 2024-01-03T23:00)",
                                   start);
  if (!ends_in_time (start_us, length_s, n_bars))
    return bs_command_usage_error ("generate", "--start, --bars: the last bar would be after the year 2199");
  if (secondary_output != NULL && same_file (output, secondary_output))
    return bs_command_usage_error ("generate", "--output and --secondary name the same file");

  g_autoptr (GError) error = NULL;
  g_autoptr (BsBarWriter) primary = bs_bar_writer_new (output, DECIMALS, &error);
  g_autoptr (BsBarWriter) secondary = NULL;
  if (primary == NULL
      || (secondary_output != NULL && (secondary = bs_bar_writer_new (secondary_output, DECIMALS, &error)) == NULL)
      || !generate (n_bars, seed, start_us, length_s * G_USEC_PER_SEC, primary, secondary, &error))
    return bs_command_failed ("generate", "%s", error->message);
  return BS_EXIT_DONE;
}

const BsCommand bs_command_generate = { "generate", "Make up bars for demonstrations and tests", generate_run };
