#include "app/serve/bs-http-server.h"

#include <string.h>

#ifdef G_OS_UNIX
#include <sys/resource.h>
#endif

#include "app/serve/bs-http-private.h"

/* clang-format off */
G_DEFINE_QUARK (bs_http_error, bs_http_error)
/* clang-format on */

/* Between two looks at what has taken too long. */
#define CHECK_MSEC 250
/* Files that the program may have open, where the system lets it: a socket for each connection, and the rest. */
#define WANTED_FILES (BS_HTTP_MAX_CONNECTIONS + 512)

/* Many systems allow 1,024 files at first. */
static void
raise_file_limit (void)
{
#ifdef G_OS_UNIX
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= WANTED_FILES)
    return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? WANTED_FILES : MIN (WANTED_FILES, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
#endif
}

static GInetSocketAddress *
parse_address (const char *text, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, 0, &reason);
  const char *colon = strrchr (text, ':');
  guint64 port = 0;

  if (parsed == NULL || colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    {
      g_set_error (error, BS_HTTP_ERROR, BS_HTTP_ERROR_LISTEN, "'%s': expected ADDRESS:PORT, such as 127.0.0.1:8000", text);
      return NULL;
    }
  const char *host = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  if (strcmp (host, "localhost") == 0)
    host = "127.0.0.1";
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  if (address == NULL)
    {
      g_set_error (error, BS_HTTP_ERROR, BS_HTTP_ERROR_LISTEN, "'%s' is no address in figures, such as 127.0.0.1", host);
      return NULL;
    }
  return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new (address, (guint16) port));
}

static GSocket *
listen_on (GInetSocketAddress *address, GError **error)
{
  GSocketFamily family = g_socket_address_get_family (G_SOCKET_ADDRESS (address));
  g_autoptr (GSocket) socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BS_HTTP_BACKLOG);
  if (!g_socket_bind (socket, G_SOCKET_ADDRESS (address), TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static char *
address_text (GSocket *listener)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (listener, NULL);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

static gboolean
on_incoming (GSocket *listener, GIOCondition condition, gpointer data)
{
  BsHttpServer *self = data;
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, &error);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
      if (socket == NULL)
        {
          /* No more files may be open: who waits would wake this at once again. The next look lets them in. */
          g_clear_pointer (&self->incoming, g_source_unref);
          return G_SOURCE_REMOVE;
        }
      if (g_hash_table_size (self->connections) >= BS_HTTP_MAX_CONNECTIONS)
        continue;
      g_socket_set_option (socket, 6 /* IPPROTO_TCP */, 1 /* TCP_NODELAY */, 1, NULL);
      bs_http_connection_begin (self, g_steal_pointer (&socket));
    }
}

static void
let_in (BsHttpServer *self)
{
  self->incoming = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->incoming, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (self->incoming, self->context);
}

static gboolean
on_check (gpointer data)
{
  BsHttpServer *self = data;
  if (self->incoming == NULL)
    let_in (self);
  gint64 now_us = g_get_monotonic_time ();
  /* Those that are closed leave the table. */
  g_autofree gpointer *all = g_hash_table_get_keys_as_array (self->connections, NULL);
  for (guint i = 0; all[i] != NULL; i++)
    bs_http_connection_check (all[i], now_us);
  return G_SOURCE_CONTINUE;
}

static gpointer
thread_main (gpointer data)
{
  BsHttpServer *self = data;
  g_main_context_push_thread_default (self->context);
  let_in (self);
  g_autoptr (GSource) check = g_timeout_source_new (CHECK_MSEC);
  g_source_set_callback (check, on_check, self, NULL);
  g_source_attach (check, self->context);

  g_main_loop_run (self->loop);

  if (self->incoming != NULL)
    g_source_destroy (self->incoming);
  g_clear_pointer (&self->incoming, g_source_unref);
  g_source_destroy (check);
  g_autofree gpointer *all = g_hash_table_get_keys_as_array (self->connections, NULL);
  for (guint i = 0; all[i] != NULL; i++)
    bs_http_connection_close (all[i]);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

BsHttpServer *
bs_http_server_new (const BsHttpOptions *options, BsHttpHandler handler, gpointer data, GError **error)
{
  g_autoptr (GInetSocketAddress) address = parse_address (options->listen, error);
  g_autoptr (GError) reason = NULL;
  if (address == NULL)
    return NULL;
  if (options->token != NULL && strlen (options->token) == 0)
    {
      g_set_error (error, BS_HTTP_ERROR, BS_HTTP_ERROR_LISTEN, "the token is empty");
      return NULL;
    }
  if (options->token == NULL && !g_inet_address_get_is_loopback (g_inet_socket_address_get_address (address)))
    {
      g_set_error (error, BS_HTTP_ERROR, BS_HTTP_ERROR_LISTEN,
                   "%s is not this machine's own address: listening on it needs a token", options->listen);
      return NULL;
    }
  raise_file_limit ();
  g_autoptr (GSocket) listener = listen_on (address, &reason);
  if (listener == NULL)
    {
      if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        g_set_error (error, BS_HTTP_ERROR, BS_HTTP_ERROR_LISTEN, "%s: another program listens there already: choose another port",
                     options->listen);
      else
        g_set_error (error, BS_HTTP_ERROR, BS_HTTP_ERROR_LISTEN, "%s cannot be listened on: %s", options->listen, reason->message);
      return NULL;
    }

  BsHttpServer *self = g_new0 (BsHttpServer, 1);
  self->handler = handler;
  self->data = data;
  self->token = g_strdup (options->token);
  self->allow_hosts = g_strdupv ((char **) options->allow_hosts);
  for (guint i = 0; self->allow_hosts != NULL && self->allow_hosts[i] != NULL; i++)
    for (char *p = self->allow_hosts[i]; *p != '\0'; p++)
      *p = g_ascii_tolower (*p);
  self->times = options->times;
  self->address = address_text (listener);
  self->listener = g_steal_pointer (&listener);
  self->connections = g_hash_table_new (NULL, NULL);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  return self;
}

void
bs_http_server_start (BsHttpServer *self)
{
  g_return_if_fail (self->thread == NULL);
  self->thread = g_thread_new ("http", thread_main, self);
}

static gboolean
quit (gpointer data)
{
  BsHttpServer *self = data;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

void
bs_http_server_stop (BsHttpServer *self)
{
  if (self->thread == NULL)
    return;
  /* Behind what waits there: the loop may not even run yet. */
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, quit, self, NULL);
  g_source_attach (source, self->context);
  g_clear_pointer (&self->thread, g_thread_join);
  g_socket_close (self->listener, NULL);
}

void
bs_http_server_free (BsHttpServer *self)
{
  if (self == NULL)
    return;
  bs_http_server_stop (self);
  g_object_unref (self->listener);
  g_hash_table_unref (self->connections);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_strfreev (self->allow_hosts);
  g_free (self->token);
  g_free (self->address);
  g_free (self);
}

const char *
bs_http_server_address (const BsHttpServer *self)
{
  return self->address;
}

GMainContext *
bs_http_server_context (BsHttpServer *self)
{
  return self->context;
}
