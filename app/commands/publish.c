/* publish.c: `barscope publish`: the bars of files into Redis Streams */
#include <signal.h>
#include <stdio.h>

#include "app/bs-bar-name.h"
#include "app/commands/bs-bar-arguments.h"
#include "app/commands/bs-command.h"
#include "app/redis/bs-redis-publisher.h"

static gint stop;

static void
on_signal (int number)
{
  g_atomic_int_set (&stop, TRUE);
}

static void
print_line (const char *line, gpointer data)
{
  fprintf (stderr, "barscope publish: %s\n", line);
}

static void
add_source (GArray *sources, const char *instrument, const BsBarFile *file, gboolean secondary)
{
  BsRedisSource source = { instrument, secondary, file->series };
  g_array_append_val (sources, source);
}

/* @kept: what the sources point to */
static int
load (BsBarArguments *arguments, const char *path, const char *instrument, gboolean with_secondary, GArray *sources,
      GPtrArray *files)
{
  g_autoptr (GError) error = NULL;
  BsBarFile *primary = NULL, *secondary = NULL;
  if (!bs_redis_check_instrument (instrument, &error))
    return bs_command_failed ("publish", "%s: %s", path, error->message);
  g_autofree char *sibling = with_secondary ? bs_bar_name_sibling (path) : NULL;
  g_free (arguments->secondary);
  arguments->secondary = g_steal_pointer (&sibling);
  int status = bs_bar_arguments_load (arguments, "publish", path, G_MAXSIZE, &primary, &secondary);
  if (status != BS_EXIT_DONE)
    return status;
  g_ptr_array_add (files, primary);
  add_source (sources, instrument, primary, FALSE);
  if (secondary != NULL)
    {
      g_ptr_array_add (files, secondary);
      add_source (sources, instrument, secondary, TRUE);
    }
  return BS_EXIT_DONE;
}

static int
publish (const BsRedisPublisherConfig *config, GArray *sources)
{
  g_autoptr (GError) error = NULL;
  BsRedisPublisherCounters counters;
  signal (SIGINT, on_signal);
  signal (SIGTERM, on_signal);
  gboolean good
    = bs_redis_publish (config, (const BsRedisSource *) sources->data, sources->len, &stop, &counters, &error);
  printf ("%" G_GUINT64_FORMAT " bars published, %" G_GUINT64_FORMAT " sent again\n", counters.published, counters.resent);
  if (!good)
    return bs_command_failed ("publish", "%s", error->message);
  return g_atomic_int_get (&stop) ? bs_command_failed ("publish", "ended before all bars were published") : BS_EXIT_DONE;
}

static int
publish_run (int argc, char **argv)
{
  g_auto (BsBarArguments) arguments = { 0 };
  g_autofree char *url = NULL, *prefix = NULL;
  g_auto (GStrv) names = NULL;
  gboolean with_secondary = FALSE;
  double rate = 0;
  int shards = 0;
  const GOptionEntry entries[] = {
    { "redis", 0, 0, G_OPTION_ARG_STRING, &url, "The server: redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]", "URL" },
    { "shards", 0, 0, G_OPTION_ARG_INT, &shards,
      "Streams that bars are spread over (default: as there are, or 16 for the first publisher)", "N" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, "Bars a second, all together (default: as fast as the server takes them)", "N" },
    { "instrument", 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, "Of the files, in their order (default: by the file's name)", "NAME" },
    { "with-secondary", 0, 0, G_OPTION_ARG_NONE, &with_secondary, "Also the 5-minute file beside each 1-minute one", NULL },
    { "prefix", 0, 0, G_OPTION_ARG_STRING, &prefix, "What the keys begin with (default " BS_REDIS_DEFAULT_PREFIX ")", "WORD" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new ("--redis URL FILE...");
  int status;
  g_option_context_set_summary (context, "Publishes the bars in each FILE to Redis Streams, for barscope worker.");
  g_option_context_set_description (context, "What the server has not acknowledged is sent again; a bar that comes twice is "
                                             "answered once. See docs/scaling.md.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  bs_bar_arguments_add (&arguments, context);
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return bs_command_usage_error ("publish", "FILE is missing");
  if (url == NULL)
    return bs_command_usage_error ("publish", "--redis is missing");
  if (arguments.secondary != NULL)
    return bs_command_usage_error ("publish", "--secondary is of one file: take --with-secondary");
  if (shards < 0 || shards > BS_REDIS_MAX_SHARDS)
    return bs_command_usage_error ("publish", "--shards: expected 1 to %d, got %d", BS_REDIS_MAX_SHARDS, shards);
  if (!(rate >= 0 && rate <= 1e9))
    return bs_command_usage_error ("publish", "--rate: expected bars a second, got %g", rate);
  guint n_names = names != NULL ? g_strv_length (names) : 0;
  if (n_names > 0 && n_names != (guint) argc - 1)
    return bs_command_usage_error ("publish", "--instrument: expected one for each FILE (%d), got %u", argc - 1, n_names);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsRedisAddress) address = bs_redis_address_parse (url, &error);
  if (address == NULL)
    return bs_command_usage_error ("publish", "--redis: %s", error->message);

  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (BsRedisSource));
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_bar_file_free);
  g_autoptr (GPtrArray) instruments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (int i = 1; i < argc; i++)
    {
      char *instrument = n_names > 0 ? g_strdup (names[i - 1]) : bs_bar_name_instrument (argv[i]);
      g_ptr_array_add (instruments, instrument);
      if (!g_hash_table_add (seen, instrument))
        return bs_command_usage_error ("publish", "%s: '%s' is another file's instrument already: see --instrument", argv[i],
                                       instrument);
      status = load (&arguments, argv[i], instrument, with_secondary, sources, files);
      if (status != BS_EXIT_DONE)
        return status;
    }
  const BsRedisPublisherConfig config = {
    .address = address,
    .prefix = prefix != NULL ? prefix : BS_REDIS_DEFAULT_PREFIX,
    .n_shards = (guint) shards,
    .rate = rate,
    .say = print_line,
  };
  return publish (&config, sources);
}

const BsCommand bs_command_publish = { "publish", "Publish bars to Redis Streams", publish_run };
