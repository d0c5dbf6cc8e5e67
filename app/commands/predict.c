/* predict.c: `barscope predict`: the signal of a file's newest bar, or of all */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/bs-paths.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-signal-writer.h"

/* What is printed of all rows. */
typedef struct
{
  const BsSignalFormat *format;
  const BsBarSeries *bars;
  guint64 n_rows, n_out_of_range;
} AllRows;

static void
format_row_time (const BsBarSeries *bars, guint64 row, char time[BS_ISO_TIME_SIZE])
{
  bs_iso_time_format (time, bs_bar_series_times (bars)[row - bs_bar_series_first (bars)]);
}

static gboolean
print_row (const BsSignal *signal, gpointer data)
{
  AllRows *all = data;
  if (signal->state != BS_SIGNAL_READY)
    return TRUE;
  char time[BS_ISO_TIME_SIZE];
  format_row_time (all->bars, signal->row, time);
  if (all->n_rows == 0 && all->format->begin != NULL)
    all->format->begin (stdout);
  all->format->row (stdout, signal, time, all->n_rows == 0);
  all->n_rows++;
  all->n_out_of_range += !signal->in_range;
  return !ferror (stdout);
}

static int
finish_output (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return BS_EXIT_DONE;
  return bs_command_failed ("predict", "standard output: %s", g_strerror (errno));
}

static int
too_few_bars (const BsPredictor *predictor, gsize n_bars)
{
  const BsModel *model = bs_predictor_model (predictor);
  guint needed = model->sequence_length;
  const char *why = "";
  if (model->feature_set == BS_FEATURE_SET_LEGACY)
    {
      needed++;
      why = " (its feature set is legacy: the newest bar is not among its inputs)";
    }
  return bs_command_failed ("predict", "no signal: the model needs %u bars%s, there are %" G_GSIZE_FORMAT, needed, why,
                            n_bars);
}

static int
predict_all (BsPredictor *predictor, const char *model_path, const BsBarSeries *bars, const BsSignalFormat *format)
{
  AllRows all = { .format = format, .bars = bars };
  g_autoptr (GError) error = NULL;
  if (!bs_predictor_push_many (predictor, bars, bs_bar_series_first (bars), bs_bar_series_end (bars), print_row, &all,
                               &error))
    return bs_command_failed ("predict", "%s", error->message);
  if (all.n_rows == 0)
    return too_few_bars (predictor, bs_bar_series_length (bars));
  if (format->end != NULL)
    format->end (stdout);
  if (all.n_out_of_range > 0)
    fprintf (stderr,
             "barscope predict: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
             " rows are outside the model's training range: no signal of theirs is to be trusted\n",
             all.n_out_of_range, all.n_rows);
  return finish_output ();
}

static int
predict_newest (BsPredictor *predictor, const char *model_path, const BsBarSeries *bars, const BsSignalFormat *format)
{
  guint64 newest = bs_bar_series_end (bars) - 1;
  BsBar bar;
  BsSignal signal;
  g_autoptr (GError) error = NULL;
  bs_bar_series_get (bars, newest, &bar);
  if (!bs_predictor_append (predictor, bars, bs_bar_series_first (bars), newest, &error)
      || !bs_predictor_push (predictor, &bar, &signal, &error))
    return bs_command_failed ("predict", "%s", error->message);
  if (signal.state != BS_SIGNAL_READY)
    return too_few_bars (predictor, bs_bar_series_length (bars));
  char time[BS_ISO_TIME_SIZE];
  format_row_time (bars, signal.row, time);
  const char *name = bs_model_metadata (bs_predictor_model (predictor), "name");
  g_autofree char *file_name = g_path_get_basename (model_path);
  format->newest (stdout, &signal, time, predictor, name != NULL ? name : file_name);
  if (!signal.in_range)
    fprintf (stderr,
             "barscope predict: the newest bars are outside the model's training range: its signal is not to be "
             "trusted\n");
  return finish_output ();
}

/* (transfer full): %NULL with the exit status in @status */
static BsPredictor *
make_predictor (const char *model_path, const BsOptions *options, double threshold, const BsBarFile *primary,
                const BsBarFile *secondary, int *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  g_autoptr (BsPredictor) predictor = NULL;
  if (model != NULL)
    predictor = bs_predictor_new (model, options, 0, bs_bar_series_bar_length (primary->series),
                                  bs_bar_series_stamp (primary->series), &error);
  if (predictor == NULL)
    {
      /* What this machine cannot give was asked for wrongly. */
      *status = g_error_matches (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE)
                    || g_error_matches (error, BS_OPTION_ERROR, BS_OPTION_ERROR_UNAVAILABLE)
                  ? bs_command_usage_error ("predict", "%s", error->message)
                  : bs_command_failed ("predict", "%s", error->message);
      return NULL;
    }
  bs_predictor_set_threshold (predictor, threshold);
  if (secondary == NULL)
    return g_steal_pointer (&predictor);

  const BsBarSeries *bars = secondary->series;
  bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (bars), bs_bar_series_stamp (bars));
  for (guint64 index = bs_bar_series_first (bars); index < bs_bar_series_end (bars); index++)
    {
      BsBar bar;
      bs_bar_series_get (bars, index, &bar);
      if (!bs_predictor_push_secondary (predictor, &bar, &error))
        {
          *status = bs_command_failed ("predict", "%s: %s", secondary->path, error->message);
          return NULL;
        }
    }
  return g_steal_pointer (&predictor);
}

/* The options that --set knows, for --help. */
static char *
describe_options (void)
{
  GString *text = g_string_new ("Options of --set:\n");
  for (guint option = 0; option < BS_N_OPTIONS; option++)
    {
      const BsOptionInfo *info = bs_option_info (option);
      g_autofree char *values = bs_option_expected (option);
      BsOptions defaults;
      bs_options_init (&defaults);
      g_autofree char *value = bs_options_value_string (&defaults, option);
      g_string_append_printf (text, "  %-15s%s (default %s)\n                 %s\n", info->name, values, value,
                              info->help);
    }
  g_string_append (text,
                   "\nRows of FILE that cannot be bars are left out and listed on standard error. Where a file "
                   "holds\nmore bars than the model needs, all of them count: features that sum up begin with the "
                   "first.\n");
  return g_string_free (text, FALSE);
}

static int
predict_run (int argc, char **argv)
{
  g_auto (BsBarArguments) arguments = { 0 };
  g_autofree char *model = NULL, *format_name = NULL, *device = NULL;
  g_auto (GStrv) assignments = NULL;
  gboolean all = FALSE;
  double threshold = BS_DEFAULT_THRESHOLD;
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, "Model file (default: the demonstration model)", "FILE" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &threshold,
      "Confidence under which long and short are shown as hold, 0 to 1 (default 0.65)", "P" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, "One row for every bar that has a full window (default: the newest)",
      NULL },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format_name, "Format of the output (default table)", "table|csv|json" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &device,
      "Vulkan device, by a part of its name or its index in barscope info (needs --set backend=vulkan)", "NAME|INDEX" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &assignments, "Set an option, see below (repeatable)", "NAME=VALUE" },
    { NULL },
  };
  g_autofree char *description = describe_options ();
  GOptionContext *context = g_option_context_new ("FILE");
  int status;

  g_option_context_set_summary (context, "Says short, hold or long for the newest bar in FILE, or for every bar.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add_beside_format (&arguments, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("predict", "FILE is missing");
  if (argc > 2)
    return bs_command_usage_error ("predict", "'%s' is one argument too many", argv[2]);
  if (!(threshold >= 0 && threshold <= 1))
    return bs_command_usage_error ("predict", "--threshold: expected a number from 0 to 1, got %g", threshold);
  const BsSignalFormat *format = bs_signal_format_by_name (format_name != NULL ? format_name : "table");
  if (format == NULL)
    return bs_command_usage_error ("predict", "--format: expected table, csv or json, got '%s'", format_name);
  BsOptions options;
  g_autoptr (GError) error = NULL;
  if (!bs_options_parse (assignments, &options, &error))
    return bs_command_usage_error ("predict", "--set: %s", error->message);
  if (device != NULL && options.value[BS_OPTION_BACKEND] != BS_BACKEND_VULKAN)
    return bs_command_usage_error ("predict", "--device needs --set backend=vulkan");
  if (device != NULL && !bs_options_set_device (&options, device, &error))
    return bs_command_usage_error ("predict", "--%s", error->message);

  if (model == NULL)
    model = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  status = bs_bar_arguments_load (&arguments, "predict", argv[1], G_MAXSIZE, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;
  g_autoptr (BsPredictor) predictor = make_predictor (model, &options, threshold, primary, secondary, &status);
  if (predictor == NULL)
    return status;
  return (all ? predict_all : predict_newest) (predictor, model, primary->series, format);
}

const BsCommand bs_command_predict = { "predict", "Say short, hold or long for the bars of a file", predict_run };
