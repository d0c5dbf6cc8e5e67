/* features.c: `barscope features`: the 62 features of every bar of a file, by any of the three ways */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-iso-time.h"
#include "app/feeds/bs-file-writer.h"
#include "inference/features/bs-features.h"
#include "inference/predict/bs-options.h"

#define CHUNK_BARS 1024 /* rows computed at once */
#define DEFAULT_TAIL_ROWS 20
#define MAX_TAIL_ROWS 1000000
#define UNSET G_MININT
#define MAX_CELL 32 /* "-1.2345678901234567e-308," and some */

typedef struct
{
  BsFileWriter *writer; /* (nullable): standard output */
  const BsBarSeries *bars;
  gboolean with_time;
} RowOutput;

static void
row_output_clear (RowOutput *output)
{
  g_clear_pointer (&output->writer, bs_file_writer_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RowOutput, row_output_clear)

static gboolean
write_text (RowOutput *output, const char *text, gsize size, GError **error)
{
  if (output->writer != NULL)
    return bs_file_writer_write (output->writer, text, size, error);
  if (fwrite (text, 1, size, stdout) == size)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "standard output: %s", g_strerror (errno));
  return FALSE;
}

static gboolean
write_header (RowOutput *output, GError **error)
{
  g_autoptr (GString) text = g_string_new (output->with_time ? "time," : NULL);

  for (guint f = 0; f < BS_N_FEATURES; f++)
    g_string_append_printf (text, "%s%c", bs_feature_info (f)->name, f + 1 < BS_N_FEATURES ? ',' : '\n');
  return write_text (output, text->str, text->len, error);
}

static gboolean
write_row (RowOutput *output, guint64 index, const double *row, GError **error)
{
  char text[(BS_N_FEATURES + 2) * MAX_CELL];
  gsize n = 0;

  if (output->with_time)
    {
      n = bs_iso_time_format (text, bs_bar_series_times (output->bars)[index - bs_bar_series_first (output->bars)]);
      text[n++] = ',';
    }
  for (guint f = 0; f < BS_N_FEATURES; f++)
    n += (gsize) g_snprintf (text + n, sizeof text - n, "%.17g%c", row[f], f + 1 < BS_N_FEATURES ? ',' : '\n');
  return write_text (output, text, n, error);
}

static gboolean
write_rows (RowOutput *output, guint64 first, gsize n, const double *rows, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!write_row (output, first + i, rows + i * BS_N_FEATURES, error))
      return FALSE;
  return TRUE;
}

static gboolean
batch (RowOutput *output, const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
       guint n_tail_rows, GError **error)
{
  g_autofree double *rows = g_new (double, CHUNK_BARS *BS_N_FEATURES);
  guint64 end = bs_bar_series_end (primary);

  for (guint64 i = bs_bar_series_first (primary); i < end; i += CHUNK_BARS)
    {
      guint64 chunk_end = MIN (end, i + CHUNK_BARS);
      if (!bs_features_batch (primary, secondary, options, i, chunk_end, rows, error)
          || !write_rows (output, i, (gsize) (chunk_end - i), rows, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
tail (RowOutput *output, const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
      guint n_tail_rows, GError **error)
{
  gsize n_bars = bs_bar_series_length (primary);
  guint n_rows = (guint) MIN (n_bars, n_tail_rows);
  g_autofree double *rows = g_new (double, n_rows *BS_N_FEATURES);

  if (n_rows < n_tail_rows)
    fprintf (stderr, "barscope features: %" G_GSIZE_FORMAT " bars only: fewer rows than the %u asked for\n", n_bars,
             n_tail_rows);
  return bs_features_tail (primary, secondary, options, n_rows, rows)
         && write_rows (output, bs_bar_series_end (primary) - n_rows, n_rows, rows, error);
}

/* One bar after the other, as they come live. A row of legacy is final when the next bar is there, the last one never. */
static gboolean
stream (RowOutput *output, const BsBarSeries *primary, const BsBarSeries *secondary, const BsFeatureOptions *options,
        guint n_tail_rows, GError **error)
{
  g_autoptr (BsBarSeries) live
    = bs_bar_series_new (0, bs_bar_series_bar_length (primary), bs_bar_series_stamp (primary));
  g_autoptr (BsFeatureStream) features = bs_feature_stream_new (options);
  guint64 end = bs_bar_series_end (primary), row_index = bs_bar_series_first (primary);
  double row[BS_N_FEATURES], newest[BS_N_FEATURES];

  for (guint64 i = row_index; i < end; i++)
    {
      BsBar bar;
      bs_bar_series_get (primary, i, &bar);
      if (!bs_bar_series_append (live, &bar, error))
        return FALSE;
      bs_feature_stream_push (features, live, secondary, i + 1 == end ? newest : NULL, NULL);
      if (bs_feature_stream_final (features, row) && !write_row (output, row_index++, row, error))
        return FALSE;
    }
  return row_index == end || write_row (output, row_index, newest, error);
}

typedef gboolean (*ModeFunc) (RowOutput *output, const BsBarSeries *primary, const BsBarSeries *secondary,
                              const BsFeatureOptions *options, guint n_tail_rows, GError **error);

static const struct
{
  const char *name;
  ModeFunc run;
} modes[] = { { "batch", batch }, { "tail", tail }, { "stream", stream } };

static const char *const feature_sets[] = { [BS_FEATURE_SET_CAUSAL] = "causal", [BS_FEATURE_SET_LEGACY] = "legacy" };

static int
find_mode (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (strcmp (modes[i].name, name) == 0)
      return (int) i;
  return -1;
}

static int
find_feature_set (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (feature_sets); i++)
    if (strcmp (feature_sets[i], name) == 0)
      return (int) i;
  return -1;
}

static gboolean
finish (RowOutput *output, GError **error)
{
  if (output->writer != NULL)
    return bs_file_writer_commit (output->writer, error);
  if (fflush (stdout) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "standard output: %s", g_strerror (errno));
  return FALSE;
}

static int
write_features (const BsBarFile *primary, const BsBarFile *secondary, const BsFeatureOptions *options, ModeFunc run,
                guint n_tail_rows, const char *path, gboolean with_time)
{
  g_auto (RowOutput) output = { .bars = primary->series, .with_time = with_time };
  g_autoptr (GError) error = NULL;

  if (path != NULL && strcmp (path, "-") != 0)
    {
      output.writer = bs_file_writer_new (path, &error);
      if (output.writer == NULL)
        return bs_command_failed ("features", "%s", error->message);
    }
  if (!write_header (&output, &error)
      || !run (&output, primary->series, secondary != NULL ? secondary->series : NULL, options, n_tail_rows, &error)
      || !finish (&output, &error))
    return bs_command_failed ("features", "%s", error->message);
  return BS_EXIT_DONE;
}

static int
features_run (int argc, char **argv)
{
  g_auto (BsBarArguments) arguments = { 0 };
  g_autofree char *output = NULL, *mode_name = NULL, *set_name = NULL;
  gboolean with_time = FALSE;
  const BsOptionInfo *every = bs_option_info (BS_OPTION_HURST_EVERY);
  int hurst_every = every->default_value, n_tail_rows = UNSET;
  const GOptionEntry entries[] = {
    { "feature-set", 0, 0, G_OPTION_ARG_STRING, &set_name,
      "causal (default) never looks ahead; legacy is the old server's", "causal|legacy" },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &mode_name,
      "batch (default): all bars at once; stream: one by one, the same rows; tail: the newest from the last bars alone",
      "batch|tail|stream" },
    { "rows", 0, 0, G_OPTION_ARG_INT, &n_tail_rows, "Rows of tail mode (default 20): from that many bars and 100 more",
      "T" },
    { "hurst-every", 0, 0, G_OPTION_ARG_INT, &hurst_every, "Bars from one Hurst computation to the next (default 10)",
      "N" },
    { "time", 0, 0, G_OPTION_ARG_NONE, &with_time, "Begin each row with the bar's time, UTC", NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "Where to (default or -: standard output); .gz compresses",
      "FILE" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("FILE");
  int status;

  g_option_context_set_summary (context,
                                "Writes the 62 features of the bars in FILE: a header of names, one row a bar, "
                                "17 significant digits.");
  g_option_context_set_description (
    context, "Rows of FILE that cannot be bars are left out and listed on standard error.\n"
             "Tail mode differs from the others on purpose: sums and counts restart, the Hurst phase moves.\n");
  bs_bar_arguments_add (&arguments, context);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("features", "FILE is missing");
  if (argc > 2)
    return bs_command_usage_error ("features", "'%s' is one argument too many", argv[2]);
  int mode = mode_name != NULL ? find_mode (mode_name) : 0;
  if (mode < 0)
    return bs_command_usage_error ("features", "--mode: expected batch, tail or stream, got '%s'", mode_name);
  int set = set_name != NULL ? find_feature_set (set_name) : BS_FEATURE_SET_CAUSAL;
  if (set < 0)
    return bs_command_usage_error ("features", "--feature-set: expected causal or legacy, got '%s'", set_name);
  if (hurst_every < every->min || hurst_every > every->max)
    return bs_command_usage_error ("features", "--hurst-every: expected %d to %d, got %d", every->min, every->max,
                                   hurst_every);
  if (n_tail_rows != UNSET && modes[mode].run != tail)
    return bs_command_usage_error ("features", "--rows needs --mode tail");
  if (n_tail_rows == UNSET)
    n_tail_rows = DEFAULT_TAIL_ROWS;
  if (n_tail_rows < 1 || n_tail_rows > MAX_TAIL_ROWS)
    return bs_command_usage_error ("features", "--rows: expected 1 to %d, got %d", MAX_TAIL_ROWS, n_tail_rows);

  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  /* No bound: a file's first rows are as much asked for as its last. */
  status = bs_bar_arguments_load (&arguments, "features", argv[1], G_MAXSIZE, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;
  BsFeatureOptions options = { (BsFeatureSet) set, (guint) hurst_every };
  return write_features (primary, secondary, &options, modes[mode].run, (guint) n_tail_rows, output, with_time);
}

const BsCommand bs_command_features = { "features", "Write the 62 features of a file's bars as CSV", features_run };
