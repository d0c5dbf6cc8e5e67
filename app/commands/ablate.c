/* ablate.c: `barscope ablate`: what each optimization does to speed and to the answer, on this machine */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "app/bench/bs-machine.h"
#include "app/bs-config.h"
#include "app/bs-paths.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-iso-time.h"
#include "app/lab/bs-ablation-earlier.h"
#include "app/bs-newest-bars.h"

#define PROGRESS_PERIOD_US 100000

/* What the command line asked for. */
typedef struct
{
  BsBarArguments bars;
  char *model, *plan, *format, *output, *repeat;
  char **assignments;
  gint rounds, max_bars;
  gint64 seed;
} Arguments;

static volatile sig_atomic_t interrupted;

static void
arguments_clear (Arguments *self)
{
  bs_bar_arguments_clear (&self->bars);
  g_free (self->model);
  g_free (self->plan);
  g_free (self->format);
  g_free (self->output);
  g_free (self->repeat);
  g_strfreev (self->assignments);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
on_interrupt (int number)
{
  interrupted = 1;
  /* A second one ends the program at once. */
  signal (number, SIG_DFL);
}

static gboolean
show_progress (const BsAblationProgress *progress, gpointer data)
{
  gint64 *shown = data;
  gint64 now = g_get_monotonic_time ();

  if (isatty (STDERR_FILENO) && now - *shown > PROGRESS_PERIOD_US)
    {
      *shown = now;
      fprintf (stderr, "\r\033[K%3.0f %%  round %u  %.50s", 100 * progress->fraction, progress->round + 1,
               progress->doing);
      if (progress->fraction >= 1)
        fputs ("\r\033[K", stderr);
    }
  return !interrupted;
}

static char *
describe (void)
{
  GString *text = g_string_new ("Plans:\n");
  for (guint i = 0; bs_ablation_plan_nth (i) != NULL; i++)
    g_string_append_printf (text, "  %-18s %s\n", bs_ablation_plan_nth (i), bs_ablation_plan_summary (i));
  g_string_append (text, "  NAME=VALUE,VALUE   The values of one option\n\nOptions of --set and of plans:\n");
  for (int option = 0; option < BS_N_OPTIONS; option++)
    {
      g_autofree char *values = bs_option_expected ((BsOption) option);
      g_string_append_printf (text, "  %-16s %s\n", bs_option_info ((BsOption) option)->name, values);
    }
  g_string_append (text, "\nEvery setting is measured in every round, each round in a new order, so that a slow spell "
                         "of the machine\nhits all alike. Ctrl+C ends it and keeps the rounds that are complete. "
                         "Warnings and progress are on\nstandard error.\n");
  return g_string_free (text, FALSE);
}

/* Takes over what the earlier report says and the command line does not. */
static int
take_earlier (Arguments *arguments, const BsAblationEarlier *earlier, const char **path)
{
  if (arguments->plan != NULL || arguments->assignments != NULL || arguments->rounds >= 0 || arguments->seed >= 0
      || arguments->max_bars >= 0)
    return bs_command_usage_error ("ablate", "--repeat takes plan, options, rounds, seed and bars from the report: "
                                             "leave out --plan, --set, --rounds, --seed and --bars");
  arguments->plan = g_strdup (earlier->plan);
  arguments->rounds = (gint) earlier->rounds;
  arguments->seed = earlier->seed;
  arguments->max_bars = (gint) earlier->max_bars;
  if (*path == NULL)
    {
      *path = earlier->bars_path;
      if (arguments->bars.secondary == NULL)
        arguments->bars.secondary = g_strdup (earlier->secondary_path);
    }
  if (arguments->model == NULL)
    arguments->model = g_strdup (earlier->model_path);
  return BS_EXIT_DONE;
}

static int
check_numbers (Arguments *arguments)
{
  if (arguments->rounds == -1)
    arguments->rounds = BS_ABLATION_DEFAULT_ROUNDS;
  if (arguments->seed == -1)
    arguments->seed = BS_ABLATION_DEFAULT_SEED;
  if (arguments->max_bars == -1)
    arguments->max_bars = 0;
  if (arguments->rounds < 1 || arguments->rounds > BS_ABLATION_MAX_ROUNDS)
    return bs_command_usage_error ("ablate", "--rounds: expected 1..%d, got %d", BS_ABLATION_MAX_ROUNDS,
                                   arguments->rounds);
  if (arguments->seed < 0 || arguments->seed > G_MAXUINT32)
    return bs_command_usage_error ("ablate", "--seed: expected 0..%u, got %" G_GINT64_FORMAT, G_MAXUINT32,
                                   arguments->seed);
  if (arguments->max_bars < 0)
    return bs_command_usage_error ("ablate", "--bars: expected a number from 1 on, got %d", arguments->max_bars);
  return BS_EXIT_DONE;
}

/* Whether a file can be made there, asked before minutes are spent on what goes into it. */
static int
check_output (const char *output)
{
  if (output == NULL)
    return BS_EXIT_DONE;
  g_autofree char *folder = g_path_get_dirname (output);
  /* A device or a pipe would be replaced by a file. */
  if (g_file_test (output, G_FILE_TEST_EXISTS) && !g_file_test (output, G_FILE_TEST_IS_REGULAR))
    return bs_command_failed ("ablate", "--output: %s is not an ordinary file", output);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return bs_command_failed ("ablate", "--output: %s: there is no folder %s", output, folder);
  if (g_access (folder, W_OK) != 0)
    return bs_command_failed ("ablate", "--output: %s: %s", output, g_strerror (errno));
  return BS_EXIT_DONE;
}

static int
write_output (const BsAblationReport *report, const BsAblationFormat *format, char **changes, const char *output)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  format->write (report, (const char *const *) changes, text);
  if (output != NULL && g_file_set_contents (output, text->str, (gssize) text->len, &error))
    return BS_EXIT_DONE;
  /* What could not be written is not lost: it goes to standard output. */
  if (output != NULL)
    bs_command_failed ("ablate", "%s", error->message);
  fwrite (text->str, 1, text->len, stdout);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return output != NULL ? BS_EXIT_FAILED : BS_EXIT_DONE;
  return bs_command_failed ("ablate", "standard output: %s", g_strerror (errno));
}

/* What went wrong in the run: asked wrongly, or not to be done. */
static int
run_failed (const GError *error)
{
  return g_error_matches (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE)
           ? bs_command_usage_error ("ablate", "%s", error->message)
           : bs_command_failed ("ablate", "%s", error->message);
}

static int
run (const Arguments *arguments, const char *path, const BsAblationFormat *format, BsAblationPlan *taken,
     BsModel *model, const BsAblationEarlier *earlier)
{
  g_autoptr (BsAblationPlan) plan = taken;
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  g_autoptr (GError) error = NULL;
  char since[BS_ISO_TIME_SIZE];
  gint64 shown = 0;
  gsize max_bars = arguments->max_bars > 0 ? (gsize) arguments->max_bars : 0;
  g_autoptr (BsBarSeries) newest = NULL;
  g_autoptr (BsBarSeries) newest_secondary = NULL;

  int status = bs_bar_arguments_load (&arguments->bars, "ablate", path, G_MAXSIZE, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;

  newest = bs_newest_bars (primary->series, bs_bar_series_end (primary->series), max_bars);
  if (secondary != NULL)
    newest_secondary = bs_newest_secondary_bars (secondary->series, newest);
  bs_iso_time_format (since, g_get_real_time () / G_USEC_PER_SEC * G_USEC_PER_SEC);
  const BsAblationSetup setup = { .primary = newest,
                                  .secondary = newest_secondary,
                                  .model = model,
                                  .rounds = (guint) arguments->rounds,
                                  .seed = (guint32) arguments->seed,
                                  .progress = show_progress,
                                  .data = &shown };
  const BsAblationSource source = { .program = "barscope " BS_VERSION ", " BS_COMPILER ", " BS_BUILD_TYPE,
                                    .bars_path = path,
                                    .secondary_path = arguments->bars.secondary,
                                    .model_path = arguments->model,
                                    .max_bars = (gsize) arguments->max_bars,
                                    .since = since };
  g_autofree char *warning = bs_machine_timing_warning ();
  if (warning != NULL)
    fprintf (stderr, "warning: %s: times are unsteady, ratios hold\n", warning);
  signal (SIGINT, on_interrupt);
  g_autoptr (BsAblationReport) report = bs_ablation_report_run (g_steal_pointer (&plan), &setup, &source, &error);
  signal (SIGINT, SIG_DFL);
  if (isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  if (report == NULL)
    return run_failed (error);

  g_auto (GStrv) changes = earlier != NULL ? bs_ablation_earlier_changes (earlier, report) : NULL;
  status = write_output (report, format, changes, arguments->output);
  /* Where the format has no place for them, or went into a file. */
  if (status == BS_EXIT_DONE && changes != NULL && (arguments->output != NULL || strcmp (format->name, "csv") == 0))
    for (guint i = 0; changes[i] != NULL; i++)
      fprintf (stderr, "changed: %s\n", changes[i]);
  if (status == BS_EXIT_DONE && report->ablation->cancelled)
    return bs_command_failed ("ablate", "cancelled after %u of %u rounds: what was measured until then is kept",
                              report->ablation->n_rounds, report->rounds);
  return status;
}

static int
ablate_run (int argc, char **argv)
{
  g_auto (Arguments) arguments = { .rounds = -1, .max_bars = -1, .seed = -1 };
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &arguments.model, "Model file (default: the demonstration model)", "FILE" },
    { "plan", 0, 0, G_OPTION_ARG_STRING, &arguments.plan, "What is compared, see below (default leave-one-out)",
      "PLAN" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.assignments,
      "Set an option for all that is measured (repeatable)", "NAME=VALUE" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &arguments.rounds, "Rounds over all settings (default 20)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &arguments.seed,
      "Seed of the order within the rounds and of the intervals (default 1)", "N" },
    { "bars", 0, 0, G_OPTION_ARG_INT, &arguments.max_bars, "Only the newest N bars (default: all)", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &arguments.format, "Format of the output (default table)",
      "table|json|csv|markdown" },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &arguments.output, "Write to FILE instead of standard output", "FILE" },
    { "repeat", 0, 0, G_OPTION_ARG_FILENAME, &arguments.repeat,
      "Run the plan of a JSON report again and say what changed; FILE is the report's where none is given",
      "REPORT.json" },
    { NULL },
  };
  g_autofree char *description = describe ();
  g_autoptr (BsAblationEarlier) earlier = NULL;
  g_autoptr (GError) error = NULL;
  GOptionContext *context = g_option_context_new ("FILE");
  BsOptions options;
  int status;

  g_option_context_set_summary (context, "Measures what each optimization does to speed and to the answer over the "
                                         "bars of FILE.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add_beside_format (&arguments.bars, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc > 2)
    return bs_command_usage_error ("ablate", "'%s' is one argument too many", argv[2]);
  const BsAblationFormat *format = bs_ablation_format_by_name (arguments.format != NULL ? arguments.format : "table");
  if (format == NULL)
    return bs_command_usage_error ("ablate", "--format: expected table, json, csv or markdown, got '%s'",
                                   arguments.format);
  const char *path = argc > 1 ? argv[1] : NULL;
  if (arguments.repeat != NULL)
    {
      earlier = bs_ablation_earlier_load (arguments.repeat, &error);
      if (earlier == NULL)
        return bs_command_failed ("ablate", "%s", error->message);
      status = take_earlier (&arguments, earlier, &path);
      if (status != BS_EXIT_DONE)
        return status;
    }
  if (path == NULL)
    return bs_command_usage_error ("ablate", "FILE is missing");
  status = check_numbers (&arguments);
  if (status == BS_EXIT_DONE)
    status = check_output (arguments.output);
  if (status != BS_EXIT_DONE)
    return status;
  if (earlier == NULL && !bs_options_parse (arguments.assignments, &options, &error))
    return bs_command_usage_error ("ablate", "--set: %s", error->message);
  if (earlier != NULL)
    options = earlier->options;
  if (arguments.plan == NULL)
    arguments.plan = g_strdup (bs_ablation_plan_nth (0));
  if (arguments.model == NULL)
    arguments.model = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (arguments.model, &error);
  if (model == NULL)
    return bs_command_failed ("ablate", "%s", error->message);
  bs_options_note_model (&options, model);
  BsAblationPlan *plan = bs_ablation_plan_new (arguments.plan, &options, &error);
  if (plan == NULL)
    return bs_command_usage_error ("ablate", "%s: %s", earlier != NULL ? arguments.repeat : "--plan", error->message);
  return run (&arguments, path, format, plan, model, earlier);
}

const BsCommand bs_command_ablate
  = { "ablate", "Measure what each optimization does to speed and to the answer", ablate_run };
