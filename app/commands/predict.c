/* predict.c: `barscope predict`: the signal of a file's newest bar, or of all */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-predictor-arguments.h"
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

static int
predict_run (int argc, char **argv)
{
  g_auto (BsBarArguments) arguments = { 0 };
  g_auto (BsPredictorArguments) predictor_arguments = BS_PREDICTOR_ARGUMENTS_INIT;
  g_autofree char *format_name = NULL;
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, "One row for every bar that has a full window (default: the newest)",
      NULL },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format_name, "Format of the output (default table)", "table|csv|json" },
    { NULL },
  };
  g_autofree char *description = bs_predictor_arguments_describe ();
  GOptionContext *context = g_option_context_new ("FILE");
  int status;

  g_option_context_set_summary (context, "Says short, hold or long for the newest bar in FILE, or for every bar.");
  g_option_context_set_description (context, description);
  bs_predictor_arguments_add (&predictor_arguments, context);
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add_beside_format (&arguments, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("predict", "FILE is missing");
  if (argc > 2)
    return bs_command_usage_error ("predict", "'%s' is one argument too many", argv[2]);
  const BsSignalFormat *format = bs_signal_format_by_name (format_name != NULL ? format_name : "table");
  if (format == NULL)
    return bs_command_usage_error ("predict", "--format: expected table, csv or json, got '%s'", format_name);
  status = bs_predictor_arguments_check (&predictor_arguments, "predict");
  if (status != BS_EXIT_DONE)
    return status;

  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  status = bs_bar_arguments_load (&arguments, "predict", argv[1], G_MAXSIZE, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;
  g_autoptr (BsPredictor) predictor
    = bs_predictor_arguments_make (&predictor_arguments, "predict", primary, secondary, &status);
  if (predictor == NULL)
    return status;
  return (all ? predict_all : predict_newest) (predictor, predictor_arguments.model, primary->series, format);
}

const BsCommand bs_command_predict = { "predict", "Say short, hold or long for the bars of a file", predict_run };
