/* record.c: `barscope record`: a file's bars through a session, as in the window, recorded */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/bs-bar-name.h"
#include "app/bs-paths.h"
#include "app/bs-session.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/feeds/bs-replay-feed.h"

#define POLL_USEC 300
#define DRAIN_USEC 10000

/* Something to do before a bar. */
typedef struct
{
  guint64 bar;
  const char *assignment;
} Change;

typedef struct
{
  BsSession *session;
  BsReplayFeed *feed;
  BsOptions options; /* in force */
  guint64 n_bars;
  gboolean resting, answered;
  char *problem; /* (nullable) */
} Run;

static void
on_event (const BsSessionEvent *event, gpointer data)
{
  Run *self = data;
  switch (event->kind)
    {
    case BS_SESSION_SIGNAL:
    case BS_SESSION_NO_SIGNAL:
      self->n_bars++;
      break;
    case BS_SESSION_STATE:
      self->resting = event->state == BS_FEED_PAUSED || event->state == BS_FEED_ENDED;
      break;
    case BS_SESSION_NOT_SWITCHED:
      if (self->problem == NULL)
        self->problem = g_strdup (event->message);
      self->answered = TRUE;
      break;
    case BS_SESSION_SWITCHED:
      self->options = event->options;
      self->answered = TRUE;
      break;
    case BS_SESSION_NOTICE:
      if (event->message != NULL)
        fprintf (stderr, "barscope record: %s\n", event->message);
      break;
    case BS_SESSION_REFUSED:
    case BS_SESSION_RESET:
    default:
      break;
    }
}

static void
drain_until (Run *self, const gboolean *flag)
{
  while (!*flag)
    if (!bs_session_drain (self->session, on_event, self, DRAIN_USEC) && !*flag)
      g_usleep (POLL_USEC);
}

/* Runs all bars before @bar. */
static void
run_to (Run *self, guint64 bar)
{
  if (bar <= bs_replay_feed_position (self->feed))
    return;
  self->resting = FALSE;
  bs_replay_feed_seek (self->feed, bar, 0);
  do
    {
      drain_until (self, &self->resting);
      self->resting = self->n_bars >= bar;
    }
  while (!self->resting);
}

static gboolean
apply_change (Run *self, const Change *change)
{
  BsOptions options = self->options;
  run_to (self, change->bar);
  if (!bs_options_set (&options, change->assignment, NULL))
    return FALSE; /* it was checked */
  self->answered = FALSE;
  bs_session_set_options (self->session, &options);
  drain_until (self, &self->answered);
  return self->problem == NULL;
}

/* From here on, no bar having come meanwhile. */
static void
begin_recording (Run *self, guint64 from, BsRecorder *recorder)
{
  run_to (self, from);
  bs_session_record (self->session, recorder);
  while (!bs_recorder_is_caught_up (recorder) && !bs_recorder_is_done (recorder))
    g_usleep (POLL_USEC);
}

/* "1000:NAME=VALUE"; the assignment points into @text. */
static gboolean
parse_change (const char *text, Change *change, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *bar = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  BsOptions options;
  bs_options_init (&options);
  if (bar == NULL || !g_ascii_string_to_unsigned (bar, 10, 0, BS_PREDICTOR_MAX_BARS, &change->bar, NULL))
    {
      g_set_error (error, BS_OPTION_ERROR, BS_OPTION_ERROR_VALUE, "expected BAR:NAME=VALUE, got '%s'", text);
      return FALSE;
    }
  change->assignment = colon + 1;
  return bs_options_set (&options, change->assignment, error);
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  guint64 x = ((const Change *) a)->bar, y = ((const Change *) b)->bar;
  return (x > y) - (x < y);
}

/* (element-type Change) (transfer full): in the order of their bars; those of one bar in the order given */
static GArray *
parse_changes (char **texts, GError **error)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
  for (; texts != NULL && *texts != NULL; texts++)
    {
      Change change;
      if (!parse_change (*texts, &change, error))
        return NULL;
      g_array_append_val (changes, change);
    }
  g_array_sort (changes, compare_changes);
  return g_steal_pointer (&changes);
}

static void
no_release (gpointer data)
{
}

/* Runs the session from bar 0 to the end; it is recorded from bar @from on. */
static int
run_session (BsPredictor *predictor, const BsBarFile *primary, const BsBarFile *secondary, guint64 from,
             GArray *changes, BsRecorder *recorder)
{
  Run self = { .options = *bs_predictor_options (predictor) };
  BsReplayFeed *feed
    = bs_replay_feed_new (primary->series, secondary != NULL ? secondary->series : NULL, NULL, no_release);
  gboolean recording = FALSE, good = TRUE;
  self.feed = g_object_ref (feed);
  self.session = bs_session_new (predictor, NULL, NULL);
  bs_session_start (self.session, BS_FEED (feed));
  for (guint i = 0; i < changes->len && good; i++)
    {
      const Change *change = &g_array_index (changes, Change, i);
      if (!recording && change->bar >= from)
        {
          begin_recording (&self, from, recorder);
          recording = TRUE;
        }
      good = apply_change (&self, change);
    }
  if (good && !recording)
    begin_recording (&self, from, recorder);
  if (good)
    run_to (&self, bs_replay_feed_length (feed));
  bs_session_free (self.session);
  g_object_unref (self.feed);
  g_autofree char *problem = self.problem;
  return good ? BS_EXIT_DONE : bs_command_failed ("record", "%s", problem != NULL ? problem : "a switch was refused");
}

static int
finish (BsRecorder *recorder)
{
  while (!bs_recorder_is_done (recorder))
    g_usleep (POLL_USEC);
  const char *problem = bs_recorder_problem (recorder);
  if (problem != NULL)
    return bs_command_failed ("record", "%s", problem);
  g_autofree char *name = g_filename_display_name (bs_recorder_path (recorder));
  printf ("Recorded %" G_GUINT64_FORMAT " bars to %s\n", bs_recorder_n_bars (recorder), name);
  return BS_EXIT_DONE;
}

static int
record_run (int argc, char **argv)
{
  g_auto (BsBarArguments) arguments = { 0 };
  g_autofree char *model_path = NULL, *output = NULL;
  g_auto (GStrv) assignments = NULL;
  g_auto (GStrv) change_texts = NULL;
  gint64 from = 0;
  double threshold = BS_DEFAULT_THRESHOLD;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "The recording; written over where it exists", "RECORDING" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, "Model file (default: the demonstration model)", "FILE" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &threshold,
      "Confidence under which long and short are shown as hold, 0 to 1 (default 0.65)", "P" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &assignments, "Set an option (repeatable; see barscope predict --help)",
      "NAME=VALUE" },
    { "switch", 0, 0, G_OPTION_ARG_STRING_ARRAY, &change_texts, "Set an option before bar BAR, from 0 (repeatable)",
      "BAR:NAME=VALUE" },
    { "from", 0, 0, G_OPTION_ARG_INT64, &from, "Record from this bar on; those before it become history (default 0)",
      "BAR" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("FILE --output RECORDING");
  int status;
  g_option_context_set_summary (context,
                                "Takes the bars in FILE through a session, as the window does, and records it.");
  g_option_context_set_description (context, "A recording is replayed by barscope replay, or opened in the window "
                                             "(docs/recording.md).\n");
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add (&arguments, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("record", "FILE is missing");
  if (argc > 2)
    return bs_command_usage_error ("record", "'%s' is one argument too many", argv[2]);
  if (output == NULL)
    return bs_command_usage_error ("record", "--output is missing");
  if (!(threshold >= 0 && threshold <= 1))
    return bs_command_usage_error ("record", "--threshold: expected a number from 0 to 1, got %g", threshold);
  if (from < 0)
    return bs_command_usage_error ("record", "--from: expected 0 or more, got %" G_GINT64_FORMAT, from);
  g_autoptr (GError) error = NULL;
  BsOptions options;
  bs_options_init (&options);
  for (char **assignment = assignments; assignment != NULL && *assignment != NULL; assignment++)
    if (!bs_options_set (&options, *assignment, &error))
      return bs_command_usage_error ("record", "--set: %s", error->message);
  if (!bs_options_check (&options, &error))
    return bs_command_usage_error ("record", "--set: %s", error->message);
  g_autoptr (GArray) changes = parse_changes (change_texts, &error);
  if (changes == NULL)
    return bs_command_usage_error ("record", "--switch: %s", error->message);

  g_autoptr (BsBarFile) primary = NULL;
  g_autoptr (BsBarFile) secondary = NULL;
  status = bs_bar_arguments_load (&arguments, "record", argv[1], 0, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;
  if (model_path == NULL)
    model_path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  if (model != NULL)
    bs_options_note_model (&options, model);
  if (model != NULL && !bs_options_check (&options, &error))
    return bs_command_usage_error ("record", "--set: %s", error->message);
  BsPredictor *predictor = model != NULL ? bs_predictor_new (model, &options, bs_bar_series_length (primary->series),
                                                             bs_bar_series_bar_length (primary->series),
                                                             bs_bar_series_stamp (primary->series), &error)
                                         : NULL;
  if (predictor == NULL)
    return bs_command_failed ("record", "%s", error->message);
  bs_predictor_set_threshold (predictor, threshold);
  if (secondary != NULL)
    bs_predictor_set_secondary_shape (predictor, bs_bar_series_bar_length (secondary->series),
                                      bs_bar_series_stamp (secondary->series));
  g_autofree char *instrument = bs_bar_name_instrument (argv[1]);
  g_autoptr (BsRecorder) recorder = bs_recorder_new (output, instrument, primary->decimals);
  status = run_session (predictor, primary, secondary, MIN ((guint64) from, bs_bar_series_length (primary->series)),
                        changes, recorder);
  return status == BS_EXIT_DONE ? finish (recorder) : status;
}

const BsCommand bs_command_record = { "record", "Record a session over the bars of a file", record_run };
