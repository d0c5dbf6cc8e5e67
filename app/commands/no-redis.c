/* no-redis.c: `barscope worker` and `barscope publish` of a build without hiredis */
#include "app/commands/bs-command.h"

static int
worker_run (int argc, char **argv)
{
  return bs_command_failed ("worker", "this build is without Redis: hiredis was missing when it was made");
}

static int
publish_run (int argc, char **argv)
{
  return bs_command_failed ("publish", "this build is without Redis: hiredis was missing when it was made");
}

const BsCommand bs_command_worker = { "worker", "Answer bars from Redis Streams (not in this build)", worker_run };
const BsCommand bs_command_publish = { "publish", "Publish bars to Redis Streams (not in this build)", publish_run };
