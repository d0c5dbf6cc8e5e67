/* replay.c: `barscope replay`: a recorded session once more, beside what was recorded */
#include <stdio.h>
#include <string.h>

#include "app/bs-paths.h"
#include "app/commands/bs-command.h"
#include "app/commands/bs-iso-time.h"
#include "app/commands/bs-json-text.h"
#include "app/record/bs-recording-replay.h"

/* Digits that tell any two floats apart. */
#define PROBABILITY "%.9g"

/* All there is to say. */
typedef struct
{
  const BsRecordingHeader *header;
  const BsReplayResult *result;
  char **assignments; /* (nullable) */
  gboolean other_model;
  char *build, *machine; /* here */
} Outcome;

typedef struct
{
  const char *name;
  void (*begin) (void); /* (nullable) */
  BsReplayFunc bar;     /* (nullable) */
  void (*end) (const Outcome *outcome);
} Format;

static gboolean
same_build (const Outcome *outcome)
{
  return strcmp (outcome->header->build, outcome->build) == 0;
}

static gboolean
same_machine (const Outcome *outcome)
{
  return strcmp (outcome->header->machine, outcome->machine) == 0;
}

/* Whether the same bits can be asked for. */
static gboolean
promises_bits (const Outcome *outcome)
{
  return same_build (outcome) && same_machine (outcome) && outcome->assignments == NULL && !outcome->other_model;
}

static double
part (guint64 n, guint64 of)
{
  return of > 0 ? 100.0 * (double) n / (double) of : 100.0;
}

static void
print_table (const Outcome *outcome)
{
  const BsRecordingHeader *header = outcome->header;
  const BsReplayResult *r = outcome->result;
  char time[BS_ISO_TIME_SIZE];
  g_autofree char *assignments = outcome->assignments != NULL ? g_strjoinv (" ", outcome->assignments) : NULL;
  bs_iso_time_format (time, header->started_us);
  printf ("Recorded    %s, %s; %s\n", time, *header->instrument != '\0' ? header->instrument : "no name",
          r->ended ? "ended" : "BROKEN OFF: read up to the last whole line");
  printf ("Build       %s%s\n", header->build, same_build (outcome) ? "" : " (another than this one)");
  printf ("Machine     %s%s\n", header->machine, same_machine (outcome) ? "" : " (another than this one)");
  printf ("Model       %s (%.12s)%s\n", *header->model_name != '\0' ? header->model_name : "no name",
          header->model_hash, outcome->other_model ? ", replayed with another" : "");
  printf ("Bars        %" G_GUINT64_FORMAT " recorded, %" G_GUINT64_FORMAT " of history before them\n", r->n_bars,
          r->n_history);
  printf ("Events      %" G_GUINT64_FORMAT " switch changes, %" G_GUINT64_FORMAT " seeks back, %" G_GUINT64_FORMAT
          " bars refused\n",
          r->n_switches, r->n_resets, r->n_refused);
  printf ("Replayed    %s\n", assignments != NULL ? assignments : "with the recorded switches");
  printf ("Same bits   %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " answers\n", r->n_same, r->n_bars);
  if (r->n_same < r->n_bars)
    {
      bs_iso_time_format (time, r->first_different_us);
      printf ("            first different at bar %" G_GUINT64_FORMAT ", %s\n", r->first_different, time);
    }
  printf ("Same signal %.4f %% of %" G_GUINT64_FORMAT " after the threshold, %.4f %% before it\n",
          part (r->n_same_class, r->n_compared), r->n_compared, part (r->n_same_raw, r->n_compared));
  printf ("Confidence  differs by %.3e on average, %.3e at most\n",
          r->n_compared > 0 ? r->sum / (double) r->n_compared : 0, r->max);
  if (promises_bits (outcome))
    printf ("Verdict     %s\n", r->n_same == r->n_bars ? "the same to the bit"
                                                       : "NOT THE SAME, though build, machine, model and switches are");
}

static void
print_json (const Outcome *outcome)
{
  const BsRecordingHeader *header = outcome->header;
  const BsReplayResult *r = outcome->result;
  char time[BS_ISO_TIME_SIZE];
  g_autofree char *build = bs_json_text_quote (header->build);
  g_autofree char *machine = bs_json_text_quote (header->machine);
  g_autofree char *instrument = bs_json_text_quote (header->instrument);
  bs_iso_time_format (time, header->started_us);
  printf ("{\"recorded\": \"%s\", \"instrument\": %s, \"build\": %s, \"same_build\": %s, \"machine\": %s, "
          "\"same_machine\": %s, \"model_hash\": \"%s\", \"other_model\": %s, \"ended\": %s, \"set\": [",
          time, instrument, build, same_build (outcome) ? "true" : "false", machine,
          same_machine (outcome) ? "true" : "false", header->model_hash, outcome->other_model ? "true" : "false",
          r->ended ? "true" : "false");
  for (guint i = 0; outcome->assignments != NULL && outcome->assignments[i] != NULL; i++)
    {
      g_autofree char *quoted = bs_json_text_quote (outcome->assignments[i]);
      printf ("%s%s", i > 0 ? ", " : "", quoted);
    }
  printf ("], \"history\": %" G_GUINT64_FORMAT ", \"bars\": %" G_GUINT64_FORMAT ", \"switches\": %" G_GUINT64_FORMAT
          ", \"resets\": %" G_GUINT64_FORMAT ", \"refused\": %" G_GUINT64_FORMAT ", \"same_bits\": %" G_GUINT64_FORMAT
          ", \"compared\": %" G_GUINT64_FORMAT ", \"same_signal\": %" G_GUINT64_FORMAT
          ", \"same_raw_signal\": %" G_GUINT64_FORMAT ", \"mean_difference\": %.17g, \"max_difference\": %.17g",
          r->n_history, r->n_bars, r->n_switches, r->n_resets, r->n_refused, r->n_same, r->n_compared, r->n_same_class,
          r->n_same_raw, r->n_compared > 0 ? r->sum / (double) r->n_compared : 0, r->max);
  if (r->n_same < r->n_bars)
    printf (", \"first_different\": %" G_GUINT64_FORMAT, r->first_different);
  printf ("}\n");
}

static void
csv_begin (void)
{
  printf (
    "index,time,recorded_signal,recorded_raw_signal,recorded_confidence,signal,raw_signal,confidence,same_bits\n");
}

static void
csv_signal (const BsSignal *signal)
{
  if (signal == NULL || signal->state != BS_SIGNAL_READY)
    printf (",,,");
  else
    printf (",%s,%s," PROBABILITY, bs_class_name (signal->klass), bs_class_name (signal->raw_class),
            signal->confidence);
}

static void
csv_bar (const BsReplayedBar *bar, gpointer data)
{
  char time[BS_ISO_TIME_SIZE];
  gboolean same
    = bar->recorded != NULL && bar->replayed != NULL && bs_record_same_signal (bar->recorded, bar->replayed);
  bs_iso_time_format (time, bar->bar->time_us);
  printf ("%" G_GUINT64_FORMAT ",%s", bar->index, time);
  csv_signal (bar->recorded);
  csv_signal (bar->replayed);
  printf (",%s\n", same ? "true" : "false");
}

static void
csv_end (const Outcome *outcome)
{
  if (!outcome->result->ended)
    fprintf (stderr, "barscope replay: the recording was broken off: read up to the last whole line\n");
}

static const Format formats[] = {
  { "table", NULL, NULL, print_table },
  { "json", NULL, NULL, print_json },
  { "csv", csv_begin, csv_bar, csv_end },
};

static const Format *
find_format (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, name) == 0)
      return &formats[i];
  return NULL;
}

/* --set is looked at before anything is read: what is asked for wrongly is said so. */
static gboolean
check_assignments (char **assignments, GError **error)
{
  BsOptions options;
  bs_options_init (&options);
  for (; assignments != NULL && *assignments != NULL; assignments++)
    if (!bs_options_set (&options, *assignments, error))
      return FALSE;
  return TRUE;
}

static int
replay_run (int argc, char **argv)
{
  g_autofree char *model_path = NULL, *format_name = NULL;
  g_auto (GStrv) assignments = NULL;
  const GOptionEntry entries[] = {
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &assignments,
      "Replay with this option, whatever was recorded (repeatable; see barscope predict --help)", "NAME=VALUE" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path,
      "Model file: the recorded one where it is not the demonstration model, or another to compare", "FILE" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format_name, "Format of the output (default table)", "table|json|csv" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("RECORDING");
  int status;
  g_option_context_set_summary (
    context, "Runs a recorded session again, bar by bar, and compares the answers with those recorded.");
  g_option_context_set_description (
    context,
    "With the same build, machine, model and switches the answers must be the same to the bit: where they are not, "
    "the exit\nstatus is 1. A recording is made by barscope record or in the window (docs/recording.md).\n");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("replay", "RECORDING is missing");
  if (argc > 2)
    return bs_command_usage_error ("replay", "'%s' is one argument too many", argv[2]);
  const Format *format = find_format (format_name != NULL ? format_name : "table");
  if (format == NULL)
    return bs_command_usage_error ("replay", "--format: expected table, json or csv, got '%s'", format_name);
  g_autoptr (GError) error = NULL;
  if (!check_assignments (assignments, &error))
    return bs_command_usage_error ("replay", "--set: %s", error->message);

  g_autofree char *path
    = model_path != NULL ? g_strdup (model_path) : bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (path, &error);
  g_autoptr (BsRecordingReader) reader = model != NULL ? bs_recording_reader_open (argv[1], &error) : NULL;
  if (reader == NULL)
    return bs_command_failed ("replay", "%s", error->message);

  BsReplayResult result;
  Outcome outcome = { .header = bs_recording_reader_header (reader), .result = &result, .assignments = assignments };
  gboolean recorded_model = strcmp (outcome.header->model_hash, model->hash) == 0;
  outcome.other_model = model_path != NULL && !recorded_model;
  if (model_path == NULL && !recorded_model)
    return bs_command_failed (
      "replay", "%s: recorded with the model %s (%.12s), not the demonstration model: name its file by --model",
      argv[1], outcome.header->model_name, outcome.header->model_hash);
  BsReplayOptions options = {
    .assignments = (const char *const *) assignments,
    .models = &model,
    .n_models = 1,
    .other_model = outcome.other_model ? model : NULL,
    .func = format->bar,
  };
  if (format->begin != NULL)
    format->begin ();
  if (!bs_recording_replay (reader, &options, &result, &error))
    return bs_command_failed ("replay", "%s", error->message);
  outcome.build = bs_recording_build ();
  outcome.machine = bs_recording_machine ();
  format->end (&outcome);
  gboolean broken = promises_bits (&outcome) && result.n_same < result.n_bars;
  g_free (outcome.build);
  g_free (outcome.machine);
  if (fflush (stdout) != 0 || ferror (stdout))
    return bs_command_failed ("replay", "standard output cannot be written");
  return broken ? BS_EXIT_FAILED : BS_EXIT_DONE;
}

const BsCommand bs_command_replay = { "replay", "Run a recorded session again, also with other switches", replay_run };
