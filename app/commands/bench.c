/* bench.c: `barscope bench`: percentiles of what the program does, over interleaved rounds */
#include <stdio.h>
#include <string.h>

#include "app/bench/bs-bench.h"
#include "app/bench/bs-fidelity.h"
#include "app/bench/bs-machine.h"
#include "app/bs-paths.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"

#define MAX_ROUNDS 100000

static void
print_left_out (const BsBenchCase *row, const char *reason)
{
  fprintf (stderr, "%s: left out: %s\n", row->name, reason);
}

static void
print_machine (guint rounds, guint32 seed)
{
  g_autofree char *machine = bs_machine_describe ();
  g_autofree char *warning = bs_machine_timing_warning ();
  fprintf (stderr, "%s; %u %s, seed %u\n", machine, rounds, rounds == 1 ? "round" : "rounds", seed);
  if (warning != NULL)
    fprintf (stderr, "warning: %s: times below are unsteady\n", warning);
}

static void
print_table (const GArray *results)
{
  int width = (int) strlen ("name");
  for (guint i = 0; i < results->len; i++)
    width = MAX (width, (int) strlen (g_array_index (results, BsBenchResult, i).row->name));

  printf ("%-*s %8s %12s %12s %12s %12s %12s\n", width, "name", "n", "min us", "p50 us", "p95 us", "p99 us", "max us");
  for (guint i = 0; i < results->len; i++)
    {
      const BsBenchResult *result = &g_array_index (results, BsBenchResult, i);
      printf ("%-*s %8" G_GUINT64_FORMAT " %12.3f %12.3f %12.3f %12.3f %12.3f%s%s\n", width, result->row->name,
              result->n, result->min, result->p50, result->p95, result->p99, result->max,
              result->device != NULL ? "  on " : "", result->device != NULL ? result->device : "");
    }
}

static void
print_list (const char *const *only)
{
  const BsBenchCase *row;
  for (guint i = 0; (row = bs_bench_nth (bs_bench_groups (), i)) != NULL; i++)
    if (bs_bench_selected (row, only))
      printf ("%-28s %s\n", row->name, row->summary);
}

/* Whether @prefix selects any case at all. */
static gboolean
selects_any (const char *prefix)
{
  const char *only[] = { prefix, NULL };
  const BsBenchCase *row;
  for (guint i = 0; (row = bs_bench_nth (bs_bench_groups (), i)) != NULL; i++)
    if (bs_bench_selected (row, only))
      return TRUE;
  return FALSE;
}

/* Not times but answers: how far each path is from FP32 by the reference engine over the bars of @path. */
static int
run_fidelity (const char *path, const char *model_path, const BsBarArguments *arguments, gboolean json)
{
  g_autofree char *default_path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BsModel) model = bs_model_load (model_path != NULL ? model_path : default_path, &error);
  if (model == NULL)
    return bs_command_failed ("bench", "%s", error->message);
  int status = bs_bar_arguments_load (arguments, "bench", path, 0, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;
  g_autoptr (GArray) results
    = bs_fidelity_measure (model, primary->series, secondary != NULL ? secondary->series : NULL, &error);
  if (results == NULL)
    return bs_command_failed ("bench", "%s", error->message);
  g_autofree char *text = json ? bs_fidelity_to_json (results) : bs_fidelity_to_text (results);
  fputs (text, stdout);
  for (guint i = 0; i < results->len; i++)
    if (!bs_fidelity_kept (&g_array_index (results, BsFidelity, i)))
      return bs_command_failed ("bench", "%s is further from FP32 than it may be",
                                g_array_index (results, BsFidelity, i).name);
  return BS_EXIT_DONE;
}

static int
bench_run (int argc, char **argv)
{
  g_auto (GStrv) only = NULL;
  gboolean json = FALSE, list = FALSE;
  int rounds = BS_BENCH_DEFAULT_ROUNDS;
  gint64 seed = BS_BENCH_DEFAULT_SEED;
  g_auto (BsBarArguments) arguments = { 0 };
  g_autofree char *fidelity = NULL, *model = NULL;
  const GOptionEntry entries[] = {
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &only, "Run the cases whose name begins with PREFIX (repeatable)",
      "PREFIX" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json,
      "Print a JSON array of {name, unit, n, min, p50, p95, p99, max}, and device where it is not the CPU", NULL },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "Rounds over all cases (default 20)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Seed of the order within each round (default 1)", "N" },
    { "fidelity", 0, 0, G_OPTION_ARG_FILENAME, &fidelity,
      "Time nothing: compare the answers of the network's paths with FP32 over the bars of FILE", "FILE" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, "Model file of --fidelity (default: the demonstration model)",
      "FILE" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &list, "List the cases and quit", NULL },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);
  g_option_context_set_summary (context, "Times what the program does, in us for one operation.");
  g_option_context_set_description (
    context, "Cases are run in rounds, each round in a new order, so that a slow spell of the machine hits all\n"
             "alike: compare figures of one run only. The machine is described on stderr.\n"
             "Options on how bars are read belong to --fidelity. It fails where a confidence differs by more than\n"
             "the path's limit, or a class where FP32's two best are more than 0.02 (INT8) or 0.01 apart. On a Vulkan\n"
             "device that is really the CPU only the newest 300 bars are compared.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add (&arguments, context);
  int status;
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return bs_command_usage_error ("bench", "'%s' is one argument too many", argv[1]);
  if (fidelity == NULL && (model != NULL || arguments.secondary != NULL))
    return bs_command_usage_error ("bench", "%s goes with --fidelity", model != NULL ? "--model" : "--secondary");
  if (fidelity != NULL)
    return run_fidelity (fidelity, model, &arguments, json);
  if (rounds < 1 || rounds > MAX_ROUNDS)
    return bs_command_usage_error ("bench", "--rounds: expected 1..%d, got %d", MAX_ROUNDS, rounds);
  if (seed < 0 || seed > G_MAXUINT32)
    return bs_command_usage_error ("bench", "--seed: expected 0..%u, got %" G_GINT64_FORMAT, G_MAXUINT32, seed);
  for (guint i = 0; only != NULL && only[i] != NULL; i++)
    if (!selects_any (only[i]))
      return bs_command_usage_error ("bench", "--only: no case begins with \"%s\" (--list shows all)", only[i]);

  if (list)
    {
      print_list ((const char *const *) only);
      return BS_EXIT_DONE;
    }

  print_machine ((guint) rounds, (guint32) seed);
  BsBenchOptions options = BS_BENCH_OPTIONS_INIT;
  options.only = (const char *const *) only;
  options.rounds = (guint) rounds;
  options.seed = (guint32) seed;
  options.left_out = print_left_out;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) results = bs_bench_run (bs_bench_groups (), &options, &error);
  if (results == NULL)
    return bs_command_failed ("bench", "%s", error->message);
  if (json)
    {
      g_autofree char *text = bs_bench_results_to_json (results);
      fputs (text, stdout);
    }
  else
    print_table (results);
  return BS_EXIT_DONE;
}

const BsCommand bs_command_bench = { "bench", "Time what the program does, in percentiles", bench_run };
