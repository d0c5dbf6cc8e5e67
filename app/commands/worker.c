/* worker.c: `barscope worker`: bars from Redis Streams in, signals out */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/bs-paths.h"
#include "app/commands/bs-command.h"
#include "app/redis/bs-redis-worker.h"

/* For the signal handler; only bs_redis_worker_stop() is called there. */
static BsRedisWorker *running;

static void
on_signal (int number)
{
  bs_redis_worker_stop (running);
}

static void
print_line (const char *line, gpointer data)
{
  fprintf (stderr, "barscope worker %s: %s\n", (const char *) data, line);
}

/* "3" or "0-7" */
static gboolean
parse_shards (const char *text, int *first, int *last)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 3);
  guint64 a, b;
  if (g_strv_length (parts) > 2 || parts[0] == NULL
      || !g_ascii_string_to_unsigned (parts[0], 10, 0, BS_REDIS_MAX_SHARDS - 1, &a, NULL)
      || !g_ascii_string_to_unsigned (parts[1] != NULL ? parts[1] : parts[0], 10, a, BS_REDIS_MAX_SHARDS - 1, &b, NULL))
    return FALSE;
  *first = (int) a;
  *last = (int) b;
  return TRUE;
}

static int
work (const BsRedisWorkerConfig *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsRedisWorker) worker = bs_redis_worker_new (config, &error);
  if (worker == NULL)
    return g_error_matches (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_UNAVAILABLE)
             ? bs_command_usage_error ("worker", "%s", error->message)
             : bs_command_failed ("worker", "%s", error->message);
  running = worker;
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  gboolean good = bs_redis_worker_run (worker, &error);
  signal (SIGINT, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  BsRedisWorkerCounters counters;
  bs_redis_worker_counters (worker, &counters);
  printf ("%" G_GUINT64_FORMAT " bars answered, %" G_GUINT64_FORMAT " answered before, %" G_GUINT64_FORMAT " duplicates, %" G_GUINT64_FORMAT
          " refused, %" G_GUINT64_FORMAT " shards taken over, %" G_GUINT64_FORMAT " reconnects\n",
          counters.bars, counters.known, counters.duplicates, counters.refused, counters.takeovers, counters.reconnects);
  return good ? BS_EXIT_DONE : bs_command_failed ("worker", "%s", error->message);
}

static int
worker_run (int argc, char **argv)
{
  g_autofree char *url = NULL, *shards = NULL, *model_path = NULL, *prefix = NULL, *name = NULL;
  g_auto (GStrv) assignments = NULL;
  double threshold = BS_DEFAULT_THRESHOLD, idle_s = 0;
  int bars = BS_REDIS_DEFAULT_BARS;
  const GOptionEntry entries[] = {
    { "redis", 0, 0, G_OPTION_ARG_STRING, &url, "The server: redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]", "URL" },
    { "shards", 0, 0, G_OPTION_ARG_STRING, &shards, "Shards that this worker wants (default: all)", "A-B" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, "Model file (default: the demonstration model)", "FILE" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &threshold,
      "Confidence under which long and short are shown as hold, 0 to 1 (default 0.65)", "P" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &assignments, "Set an option (repeatable; see barscope predict --help)",
      "NAME=VALUE" },
    { "prefix", 0, 0, G_OPTION_ARG_STRING, &prefix, "What the keys begin with (default " BS_REDIS_DEFAULT_PREFIX ")", "WORD" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "Of this worker (default: host and process)", "NAME" },
    { "bars", 0, 0, G_OPTION_ARG_INT, &bars, "Bars kept of each instrument (default 2048)", "N" },
    { "exit-when-idle", 0, 0, G_OPTION_ARG_DOUBLE, &idle_s, "End where no bar has come for so long", "SECONDS" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("--redis URL");
  int status, first = -1, last = -1;
  g_option_context_set_summary (context, "Answers the bars that are published to Redis Streams: one signal for each, once.");
  g_option_context_set_description (
    context, "Any number of workers share the shards that they want; one that dies is replaced by the others within\n3 seconds. "
             "A password is better in the environment's BARSCOPE_REDIS_PASSWORD than in URL. SIGTERM ends it\nafter the bars "
             "at hand. See docs/scaling.md.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return bs_command_usage_error ("worker", "'%s' is one argument too many", argv[1]);
  if (url == NULL)
    return bs_command_usage_error ("worker", "--redis is missing");
  if (shards != NULL && !parse_shards (shards, &first, &last))
    return bs_command_usage_error ("worker", "--shards: expected A-B with 0 <= A <= B < %d, got '%s'", BS_REDIS_MAX_SHARDS, shards);
  if (!(threshold >= 0 && threshold <= 1))
    return bs_command_usage_error ("worker", "--threshold: expected a number from 0 to 1, got %g", threshold);
  if (bars < 1 || bars > BS_PREDICTOR_MAX_BARS)
    return bs_command_usage_error ("worker", "--bars: expected 1 to %d, got %d", BS_PREDICTOR_MAX_BARS, bars);
  if (!(idle_s >= 0 && idle_s <= 86400))
    return bs_command_usage_error ("worker", "--exit-when-idle: expected 0 to 86400 seconds, got %g", idle_s);
  g_autoptr (GError) error = NULL;
  BsOptions options;
  if (!bs_options_parse (assignments, &options, &error))
    return bs_command_usage_error ("worker", "--set: %s", error->message);
  g_autoptr (BsRedisAddress) address = bs_redis_address_parse (url, &error);
  if (address == NULL)
    return bs_command_usage_error ("worker", "--redis: %s", error->message);
  if (model_path == NULL)
    model_path = bs_path_resource_file ("default-model.safetensors");
  g_autoptr (BsModel) model = bs_model_load (model_path, &error);
  if (model == NULL)
    return bs_command_failed ("worker", "%s", error->message);
  bs_options_note_model (&options, model);
  if (!bs_options_check (&options, &error))
    return bs_command_usage_error ("worker", "--set: %s", error->message);
  if (name == NULL)
    name = g_strdup_printf ("%s-%d-%04x", g_get_host_name (), (int) getpid (), g_random_int () & 0xffff);
  const BsRedisWorkerConfig config = {
    .address = address,
    .prefix = prefix != NULL ? prefix : BS_REDIS_DEFAULT_PREFIX,
    .name = name,
    .first = first,
    .last = last,
    .idle_exit_ms = (guint) (idle_s * 1000),
    .max_bars = (gsize) bars,
    .model = model,
    .options = &options,
    .threshold = threshold,
    .say = print_line,
    .say_data = name,
  };
  return work (&config);
}

const BsCommand bs_command_worker = { "worker", "Answer bars from Redis Streams, one of many workers", worker_run };
