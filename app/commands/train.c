/* train.c: `barscope train`: bars to a model and an honest account of it */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/bench/bs-machine.h"
#include "app/bs-config.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/train/bs-train-report.h"

#define PROGRESS_PERIOD_US 100000

typedef struct
{
  BsBarArguments bars;
  char *output, *report, *name, *description, *instrument, *source;
  gint hidden, layers, epochs, folds, horizon, steps, threads, max_bars;
  gint64 seed;
} Arguments;

static gint interrupted;

static void
arguments_clear (Arguments *self)
{
  bs_bar_arguments_clear (&self->bars);
  g_free (self->output);
  g_free (self->report);
  g_free (self->name);
  g_free (self->description);
  g_free (self->instrument);
  g_free (self->source);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
on_interrupt (int number)
{
  g_atomic_int_set (&interrupted, 1);
  /* A second one ends the program at once. */
  signal (number, SIG_DFL);
}

typedef struct
{
  gint64 since, shown;
} Shown;

/* On a terminal one line that changes; else a line for every epoch of the model itself. */
static void
show_progress (const BsTrainProgress *progress, gpointer user_data)
{
  const BsFitEpoch *epoch = &progress->epoch;
  const gboolean terminal = isatty (STDERR_FILENO), model = progress->fit + 1 == progress->n_fits;
  Shown *shown = user_data;
  const gint64 now = g_get_monotonic_time ();
  const double left = (double) (now - shown->since) / G_USEC_PER_SEC * (1 / progress->fraction - 1);
  char what[32] = "model";

  if (!model)
    g_snprintf (what, sizeof what, "fold %u/%u", progress->fit + 1, progress->n_fits - 1);
  if (terminal && now - shown->shown > PROGRESS_PERIOD_US)
    {
      shown->shown = now;
      fprintf (stderr, "\r\033[K%3.0f %%  %.0f s left at most  %s epoch %u: loss %.4f, on validation %.4f, %.1f %% right",
               100 * progress->fraction, left, what, epoch->epoch, epoch->training_loss, epoch->validation_loss,
               100 * epoch->validation_accuracy);
    }
  else if (!terminal && model)
    fprintf (stderr, "%3.0f %%  %s epoch %u: loss %.4f, on validation %.4f, %.1f %% right\n", 100 * progress->fraction,
             what, epoch->epoch, epoch->training_loss, epoch->validation_loss, 100 * epoch->validation_accuracy);
}

static void
print_summary (const BsTrainResult *result, const char *output)
{
  const BsScore *score = &result->score;

  printf ("%s.\n", result->verdict);
  printf ("%-34s %5.1f %%\n", "balanced accuracy", 100 * score->balanced_accuracy.value);
  printf ("%-34s %5.1f %%\n", "always the most frequent class", 100 * score->baselines[BS_BASELINE_MAJORITY].value);
  printf ("%-34s %5.1f %%\n", "the last direction", 100 * score->baselines[BS_BASELINE_LAST_DIRECTION].value);
  printf ("%-34s %5.1f %%\n", "logistic regression", 100 * score->baselines[BS_BASELINE_LOGISTIC].value);
  printf ("%-34s %5.1f %%\n", "expected calibration error", 100 * score->calibration_error.value);
  printf ("%-34s %7.3f\n", "Brier score", score->brier.value);
  if (!isnan (score->signals_precision.value))
    printf ("%-34s %5.1f %% of bars, %.1f %% of them right\n", "signals at confidence 0.65", 100 * score->signals_share,
            100 * score->signals_precision.value);
  printf ("%-34s %5.1f %% the same class, confidence within %.4f\n", "INT8 against FP32",
          100 * (double) result->int8.n_agree / (double) result->int8.n, result->int8.max);
  printf ("%-34s %s (%.12s), %.1f s\n", "model", output, result->model->hash, result->seconds);
}

/* A number of the command line as the options have it; below 1 it is taken as 0, which the check refuses by name. */
static guint
unsigned_of (gint value)
{
  return value > 0 ? (guint) value : 0;
}

static int
check_arguments (const Arguments *self, BsTrainOptions *options)
{
  g_autoptr (GError) error = NULL;

  bs_train_options_init (options);
  options->hidden = unsigned_of (self->hidden);
  options->n_layers = unsigned_of (self->layers);
  options->epochs = unsigned_of (self->epochs);
  options->folds = unsigned_of (self->folds);
  options->horizon = unsigned_of (self->horizon);
  options->sequence_length = unsigned_of (self->steps);
  options->n_threads = self->threads == 0 ? g_get_num_processors () : unsigned_of (self->threads);
  options->seed = (guint64) self->seed;
  options->max_bars = unsigned_of (self->max_bars);
  if (!self->output)
    return bs_command_usage_error ("train", "--output MODEL is missing: where the model is to be written");
  if (self->max_bars < 0)
    return bs_command_usage_error ("train", "--bars: expected a number from 1 on, got %d", self->max_bars);
  if (self->seed < 0)
    return bs_command_usage_error ("train", "--seed: expected a number from 0 on, got %" G_GINT64_FORMAT, self->seed);
  if (self->report && !bs_train_report_path_is_known (self->report))
    return bs_command_usage_error ("train", "--report: expected a file name that ends in .json or .md, got '%s'",
                                   self->report);
  if (!bs_train_options_check (options, &error))
    return bs_command_usage_error ("train", "--%s", error->message);
  return BS_EXIT_DONE;
}

/* "bars/ES.csv.gz" is of ES. */
static char *
stem_of (const char *path)
{
  char *stem = g_path_get_basename (path);
  char *dot = strchr (stem + 1, '.');

  if (dot)
    *dot = '\0';
  return stem;
}

static int
run (const Arguments *arguments, const char *path, BsTrainOptions *options)
{
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  g_autoptr (BsTrainResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *stem = stem_of (path);
  g_autofree char *instrument = g_utf8_make_valid (stem, -1);
  g_autofree char *name = g_strdup_printf ("Trained on %s", instrument);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *file = g_utf8_make_valid (base, -1);
  g_autofree char *cpu = bs_machine_cpu ();
  Shown shown = { .since = g_get_monotonic_time () };
  int status = bs_bar_arguments_load (&arguments->bars, "train", path, 0, &primary, &secondary);

  if (status != BS_EXIT_DONE)
    return status;
  options->name = arguments->name ? arguments->name : name;
  options->description = arguments->description;
  options->instrument = arguments->instrument ? arguments->instrument : instrument;
  options->bars_from = arguments->source ? arguments->source : file;
  options->program = "barscope " BS_VERSION ", " BS_COMPILER ", " BS_BUILD_TYPE;
  options->cpu = cpu;
  signal (SIGINT, on_interrupt);
  result = bs_train (primary->series, secondary ? secondary->series : NULL, options, show_progress, &shown, &interrupted,
                     &error);
  signal (SIGINT, SIG_DFL);
  if (isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  if (!result)
    return bs_command_failed ("train", "%s: %s", path, error->message);
  if (!bs_train_result_save (result, arguments->output, &error)
      || (arguments->report && !bs_train_report_write (result, arguments->output, arguments->report, &error)))
    return bs_command_failed ("train", "%s", error->message);
  print_summary (result, arguments->output);
  return BS_EXIT_DONE;
}

static int
train_run (int argc, char **argv)
{
  BsTrainOptions options;
  bs_train_options_init (&options);
  g_auto (Arguments) arguments = { .hidden = (gint) options.hidden,
                                   .layers = (gint) options.n_layers,
                                   .epochs = (gint) options.epochs,
                                   .folds = (gint) options.folds,
                                   .horizon = (gint) options.horizon,
                                   .steps = (gint) options.sequence_length,
                                   .seed = (gint64) options.seed };
  const GOptionEntry entries[] = {
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &arguments.output, "Where the model goes (required)", "MODEL" },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &arguments.report, "Write the validation as JSON or Markdown, by the name's end",
      "FILE.{json,md}" },
    { "hidden", 0, 0, G_OPTION_ARG_INT, &arguments.hidden, "Hidden units of a layer (default 64)", "N" },
    { "layers", 0, 0, G_OPTION_ARG_INT, &arguments.layers, "LSTM layers (default 2)", "N" },
    { "sequence", 0, 0, G_OPTION_ARG_INT, &arguments.steps, "Bars of a window (default 20)", "N" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &arguments.epochs, "Epochs of a fit at most (default 30)", "N" },
    { "folds", 0, 0, G_OPTION_ARG_INT, &arguments.folds, "Folds of the validation (default 5)", "N" },
    { "horizon", 0, 0, G_OPTION_ARG_INT, &arguments.horizon, "Bars ahead that a signal is about (default 1)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &arguments.seed, "Of weights, order and dropout (default 1)", "N" },
    { "bars", 0, 0, G_OPTION_ARG_INT, &arguments.max_bars, "Only the newest N bars (default: all)", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &arguments.threads, "Threads (default: one for each processor)", "N" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &arguments.name, "The model's name (default: by the file)", "TEXT" },
    { "description", 0, 0, G_OPTION_ARG_STRING, &arguments.description, "What the model's card says of it", "TEXT" },
    { "instrument", 0, 0, G_OPTION_ARG_STRING, &arguments.instrument, "The instrument (default: by the file)", "TEXT" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &arguments.source, "Where the bars come from (default: the file's name)", "TEXT" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("FILE");
  int status;

  g_option_context_set_summary (context, "Trains a model on the bars of FILE and says honestly what it is worth.");
  g_option_context_set_description (
    context, "The validation is walk-forward: each fold's network is tested on bars after all that it learnt from. What it is\n"
             "compared with: always the most frequent class, the last direction, a logistic regression. A verdict of \"no better\" "
             "is an\nanswer, not an error: the model is written, and says so. Ctrl+C ends without writing anything.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add (&arguments.bars, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("train", "FILE is missing");
  if (argc > 2)
    return bs_command_usage_error ("train", "'%s' is one argument too many", argv[2]);
  status = check_arguments (&arguments, &options);
  return status == BS_EXIT_DONE ? run (&arguments, argv[1], &options) : status;
}

const BsCommand bs_command_train = { "train", "Train a model on bars, and say what it is worth", train_run };
