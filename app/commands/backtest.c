/* backtest.c: `barscope backtest`: what the signals would have earned */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/backtest/bs-backtest-report.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-predictor-arguments.h"

/* Bars gathered before they are pushed. */
#define MAX_GATHERED 1024

typedef struct
{
  BsBarArguments bars;
  BsPredictorArguments predictor;
  BsBacktestCosts costs;
  gint64 last; /* newest bars that count; 0 for all */
  char *format;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  bs_bar_arguments_clear (&self->bars);
  bs_predictor_arguments_clear (&self->predictor);
  g_clear_pointer (&self->format, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* Signals on their way into the backtest. */
typedef struct
{
  BsBacktest *backtest;
  const BsBarSeries *series;
  guint64 next; /* index of the bar that the next signal is of */
  BsBacktestBar bars[MAX_GATHERED];
  gsize n;
  GError *error;
} Run;

static gboolean
push_gathered (Run *run)
{
  const gboolean pushed = bs_backtest_push (run->backtest, run->bars, run->n, &run->error);

  run->n = 0;
  return pushed;
}

static gboolean
on_signal (const BsSignal *signal, gpointer data)
{
  Run *run = data;
  const guint64 index = run->next++;
  BsBar bar;

  if (index < bs_backtest_first (run->backtest))
    return TRUE;
  if (run->n == MAX_GATHERED && !push_gathered (run))
    return FALSE;
  bs_bar_series_get (run->series, index, &bar);
  run->bars[run->n++] = (BsBacktestBar){
    .time_us = bar.time_us,
    .open = bar.open,
    .close = bar.close,
    .signal = signal->state == BS_SIGNAL_READY ? (guint8) signal->klass : BS_BACKTEST_NO_SIGNAL,
    .in_range = signal->in_range,
  };
  return TRUE;
}

/* Bars of @series from @first on that lie in @period. */
static guint64
count_trained (const BsBarSeries *series, guint64 first, const BsTrainingPeriod *period)
{
  const gint64 *times = bs_bar_series_times (series);
  guint64 n = 0;

  for (guint64 i = first - bs_bar_series_first (series); i < bs_bar_series_length (series); i++)
    n += times[i] >= period->from_us && times[i] <= period->to_us;
  return n;
}

static gboolean
print (const char *text, gsize length, gpointer data, GError **error)
{
  if (fwrite (text, 1, length, stdout) == length)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "standard output: %s", g_strerror (errno));
  return FALSE;
}

static int
run (const Arguments *arguments, const char *path, const BsBacktestFormat *format)
{
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  g_autoptr (GError) error = NULL;
  BsTrainingPeriod period;
  int status = bs_bar_arguments_load (&arguments->bars, "backtest", path, G_MAXSIZE, &primary, &secondary);

  if (status != BS_EXIT_DONE)
    return status;
  g_autoptr (BsPredictor) predictor
    = bs_predictor_arguments_make (&arguments->predictor, "backtest", primary, secondary, &status);
  if (predictor == NULL)
    return status;

  const BsBarSeries *series = primary->series;
  const guint64 begin = bs_bar_series_first (series), end = bs_bar_series_end (series);
  const guint64 last = arguments->last > 0 ? MIN ((guint64) arguments->last, end - begin) : end - begin;
  g_autoptr (BsBacktest) backtest = bs_backtest_new (end - last, last, &arguments->costs);
  g_autofree Run *state = g_new0 (Run, 1);
  state->backtest = backtest;
  state->series = series;
  state->next = begin;
  if (!bs_predictor_push_many (predictor, series, begin, end, on_signal, state, &error)
      || (state->error == NULL && !push_gathered (state)) || state->error != NULL)
    {
      status = bs_command_failed ("backtest", "%s: %s", path, (error != NULL ? error : state->error)->message);
      g_clear_error (&state->error);
      return status;
    }

  const BsModel *model = bs_predictor_model (predictor);
  const gboolean told = bs_training_period_read (model, &period);
  g_autofree char *instrument = g_filename_display_basename (path);
  g_autofree char *model_file = g_filename_display_basename (arguments->predictor.model);
  const char *model_name = bs_model_metadata (model, "name");
  const BsBacktestReport report = {
    .backtest = backtest,
    .instrument = instrument,
    .model_name = model_name != NULL ? model_name : model_file,
    .model_hash = model->hash,
    .threshold = bs_predictor_threshold (predictor),
    .decimals = primary->decimals,
    .period = told ? &period : NULL,
    .n_trained = told ? count_trained (series, end - last, &period) : 0,
  };
  if (!format->write (&report, print, NULL, &error))
    return bs_command_failed ("backtest", "%s", error->message);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return BS_EXIT_DONE;
  return bs_command_failed ("backtest", "standard output: %s", g_strerror (errno));
}

static int
backtest_run (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .predictor = BS_PREDICTOR_ARGUMENTS_INIT, .costs = BS_BACKTEST_COSTS_INIT };
  const GOptionEntry entries[] = {
    { "cost", 0, 0, G_OPTION_ARG_DOUBLE, &arguments.costs.points,
      "Cost a side in the price's unit: commission, half the spread, slippage (default 0)", "POINTS" },
    { "cost-percent", 0, 0, G_OPTION_ARG_DOUBLE, &arguments.costs.percent,
      "Cost a side in percent of the price, on top of it (default 0)", "PERCENT" },
    { "point-value", 0, 0, G_OPTION_ARG_DOUBLE, &arguments.costs.point_value,
      "What a point of the price is worth in money (default 1)", "VALUE" },
    { "last", 0, 0, G_OPTION_ARG_INT64, &arguments.last, "Count the newest N bars only (default: all)", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &arguments.format,
      "Format of the output (default table); trades: a line a trade as well; csv: a row a trade", "table|trades|csv|json" },
    { NULL },
  };
  g_autofree char *options = bs_predictor_arguments_describe ();
  g_autofree char *description = g_strconcat (
    "A long makes the position one unit long at the next bar's open, a short one unit short, a hold closes it; a bar without a\n"
    "signal leaves it. The newest bar's signal has no open to act on. Buy and hold on the same bars stands beside it.\n\n",
    options, NULL);
  GOptionContext *context = g_option_context_new ("FILE");
  g_autoptr (GError) error = NULL;
  int status;

  g_option_context_set_summary (context, "Says what the signals for the bars in FILE would have earned: hypothetical, nothing was traded.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  bs_predictor_arguments_add (&arguments.predictor, context);
  bs_bar_arguments_add_beside_format (&arguments.bars, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("backtest", "FILE is missing");
  if (argc > 2)
    return bs_command_usage_error ("backtest", "'%s' is one argument too many", argv[2]);
  if (arguments.last < 0)
    return bs_command_usage_error ("backtest", "--last: expected 0 or more bars, got %" G_GINT64_FORMAT, arguments.last);
  const BsBacktestFormat *format = bs_backtest_format_by_name (arguments.format != NULL ? arguments.format : "table");
  if (format == NULL)
    return bs_command_usage_error ("backtest", "--format: expected table, trades, csv or json, got '%s'", arguments.format);
  if (!bs_backtest_costs_check (&arguments.costs, &error))
    return bs_command_usage_error ("backtest", "%s", error->message);
  status = bs_predictor_arguments_check (&arguments.predictor, "backtest");
  if (status != BS_EXIT_DONE)
    return status;
  return run (&arguments, argv[1], format);
}

const BsCommand bs_command_backtest = { "backtest", "Say what the signals would have earned: hypothetical", backtest_run };
