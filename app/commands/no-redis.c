/* no-redis.c: `barscope worker` and `barscope publish` of a build without hiredis */
#include "app/commands/bs-command.h"

static int
run (const char *name, int argc, char **argv)
{
  GOptionContext *context = g_option_context_new (NULL);
  int status;
  g_option_context_set_summary (context, "Not in this build: hiredis was missing when it was made (docs/scaling.md).");
  if (!bs_command_parse (context, &argc, &argv, &status))
    return status;
  return bs_command_failed (name, "this build is without Redis: hiredis was missing when it was made");
}

static int
worker_run (int argc, char **argv)
{
  return run ("worker", argc, argv);
}

static int
publish_run (int argc, char **argv)
{
  return run ("publish", argc, argv);
}

const BsCommand bs_command_worker = { "worker", "Answer bars from Redis Streams (not in this build)", worker_run };
const BsCommand bs_command_publish = { "publish", "Publish bars to Redis Streams (not in this build)", publish_run };
