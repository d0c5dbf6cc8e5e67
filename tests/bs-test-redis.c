#include "tests/bs-test-redis.h"

#include <signal.h>

static void
remove_folder (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileEnumerator) children
    = g_file_enumerate_children (file, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;
  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    {
      g_autofree char *name = g_file_get_path (child);
      remove_folder (name);
    }
  g_file_delete (file, NULL, NULL);
}

static guint
free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_socket_listener_close (listener);
  return port;
}

void
bs_test_redis_start (BsTestRedis *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autoptr (GSubprocessLauncher) launcher
    = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_cwd (launcher, self->folder);
  self->process = g_subprocess_launcher_spawn (launcher, &error, "redis-server", "--port", port, "--bind", "127.0.0.1",
                                               "--save", "", "--appendonly", "yes", "--requirepass",
                                               self->password != NULL ? self->password : "", NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (BsRedis) redis = bs_redis_connect (self->address, NULL);
      g_autoptr (redisReply) pong = redis != NULL ? BS_REDIS_COMMAND (redis, NULL, "PING") : NULL;
      if (pong != NULL)
        return;
      g_usleep (50000);
    }
  g_assert_not_reached ();
}

BsTestRedis *
bs_test_redis_new (const char *password)
{
  g_autofree char *program = g_find_program_in_path ("redis-server");
  g_autoptr (GError) error = NULL;
  if (program == NULL)
    {
      g_test_skip ("no redis-server here");
      return NULL;
    }
  BsTestRedis *self = g_new0 (BsTestRedis, 1);
  self->folder = g_dir_make_tmp ("barscope-redis-XXXXXX", NULL);
  self->port = free_port ();
  self->password = password;
  self->url = password != NULL ? g_strdup_printf ("redis://:%s@127.0.0.1:%u", password, self->port)
                               : g_strdup_printf ("redis://127.0.0.1:%u", self->port);
  self->address = bs_redis_address_parse (self->url, &error);
  g_assert_no_error (error);
  bs_test_redis_start (self);
  return self;
}

void
bs_test_redis_kill (BsTestRedis *self, int number)
{
  g_subprocess_send_signal (self->process, number);
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_clear_object (&self->process);
}

void
bs_test_redis_free (BsTestRedis *self)
{
  if (self->process != NULL)
    bs_test_redis_kill (self, SIGKILL);
  remove_folder (self->folder);
  bs_redis_address_free (self->address);
  g_free (self->folder);
  g_free (self->url);
  g_free (self);
}
