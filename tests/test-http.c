/* The HTTP server against strangers: heads that two programs read in two ways, rebinding, oversize, slowness, thousands of connections */
#include <string.h>
#ifdef __linux__
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#endif

#include "app/serve/bs-http-head.h"
#include "app/serve/bs-http-server.h"

#define TIMEOUT_S 60 /* only a test that hangs gets there */

/* Heads */

static void
test_head_good (void)
{
  static const char text[] = "POST /ana%6Cysis?symbol=ES%2FH5&x HTTP/1.1\r\nHost: LocalHost:8000\r\nContent-Length: 12\r\n"
                             "authorization: Bearer x\r\nExpect: 100-Continue\r\nX-Other: caf\xc3\xa9 \t\r\n\r\nrest";
  gsize scanned = 0;
  g_auto (BsHttpHead) head = { 0 };
  BsHttpRefusal refusal;

  gssize length = bs_http_head_length (text, sizeof text - 1, &scanned);
  g_assert_cmpint (length, ==, sizeof text - 1 - strlen ("rest"));
  /* Piece by piece it is found as well. */
  scanned = 0;
  for (gsize n = 1; n < (gsize) length; n++)
    g_assert_cmpint (bs_http_head_length (text, n, &scanned), ==, 0);
  g_assert_cmpint (bs_http_head_length (text, (gsize) length, &scanned), ==, length);
  g_assert_true (bs_http_head_parse (text, (gsize) length, &head, &refusal));
  g_assert_cmpstr (head.method, ==, "POST");
  g_assert_cmpstr (head.path, ==, "/analysis");
  g_assert_cmpstr (head.host, ==, "LocalHost:8000");
  g_assert_cmpuint (head.content_length, ==, 12);
  g_assert_true (head.expects_continue && head.keep_alive);
  g_autofree char *symbol = bs_http_query_find (head.query, "symbol");
  g_assert_cmpstr (symbol, ==, "ES/H5");
  g_assert_null (bs_http_query_find (head.query, "x"));
  g_assert_null (bs_http_query_find ("symbol=%00", "symbol"));
  g_assert_null (bs_http_query_find ("symbol=%ff", "symbol"));
}

static void
test_head_bad (void)
{
  static const struct
  {
    const char *text;
    guint status;
  } bad[] = {
    { "GET /\r\nHost: localhost\r\n\r\n", 400 },
    { "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505 },
    { "GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n", 400 },
    { "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400 },
    { "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400 },
    { "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400 },
    { "G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400 },
    { "\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n\r\n", 400 },                                                /* no Host */
    { "GET / HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n", 400 },          /* two, though alike */
    { "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400 },                            /* blank before the colon */
    { "GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400 },                  /* a line that goes on */
    { "GET / HTTP/1.1\r\nHost: local\001host\r\n\r\n", 400 },                         /* control character */
    { "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n", 400 },                  /* a lone CR */
    { "GET / HTTP/1.1\r\nHost: localhost\r\nX\r\n\r\n", 400 },                        /* no colon */
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x2\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2, 2\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length:\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n", 413 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 501 },
    { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: a miracle\r\n\r\n", 417 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      BsHttpHead head;
      BsHttpRefusal refusal = { 0 };
      if (bs_http_head_parse (bad[i].text, strlen (bad[i].text), &head, &refusal))
        g_error ("taken: %s", bad[i].text);
      if (refusal.status != bad[i].status)
        g_error ("%u (%s), not %u: %s", refusal.status, refusal.reason, bad[i].status, bad[i].text);
      g_assert_null (head.method);
    }
  gsize scanned = 0;
  g_assert_cmpint (bs_http_head_length ("GET / HTTP/1.1\n", 15, &scanned), ==, -1);
}

static void
test_names (void)
{
  static const struct
  {
    const char *host;
    const char *name; /* NULL: none */
    gboolean loopback;
  } hosts[] = {
    { "localhost", "localhost", TRUE },     { "LOCALHOST:8000", "localhost", TRUE },
    { "127.0.0.1:8000", "127.0.0.1", TRUE }, { "127.8.9.1", "127.8.9.1", TRUE },
    { "[::1]:8000", "::1", TRUE },          { "evil.example", "evil.example", FALSE },
    { "localhost.evil.example", "localhost.evil.example", FALSE },
    { "127.0.0.1.evil.example", "127.0.0.1.evil.example", FALSE },
    { "192.168.1.5:8000", "192.168.1.5", FALSE },
    { "[::1", NULL, FALSE },                { "", NULL, FALSE },
    { ":80", NULL, FALSE },                 { "localhost:", NULL, FALSE },
    { "localhost:x", NULL, FALSE },         { "localhost:8000:1", NULL, FALSE },
    { "a@localhost", NULL, FALSE },         { "localhost/", NULL, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *name = bs_http_host_name (hosts[i].host);
      g_assert_cmpstr (name, ==, hosts[i].name);
      if (name != NULL)
        g_assert_cmpint (bs_http_host_is_loopback (name), ==, hosts[i].loopback);
    }
  g_autofree char *origin = bs_http_origin_name ("https://Trader.example:444");
  g_assert_cmpstr (origin, ==, "trader.example");
  g_assert_null (bs_http_origin_name ("null"));
  g_assert_null (bs_http_origin_name ("://x"));
  g_assert_null (bs_http_origin_name ("http://a/b"));
}

static void
test_bearer (void)
{
  g_assert_true (bs_http_bearer_is ("Bearer s3cret", "s3cret"));
  g_assert_true (bs_http_bearer_is ("bearer s3cret", "s3cret"));
  g_assert_false (bs_http_bearer_is (NULL, "s3cret"));
  g_assert_false (bs_http_bearer_is ("Bearer ", "s3cret"));
  g_assert_false (bs_http_bearer_is ("Bearer s3cres", "s3cret"));
  g_assert_false (bs_http_bearer_is ("Bearer s3crets3cret", "s3cret"));
  g_assert_false (bs_http_bearer_is ("Bearer s3cret ", "s3cret"));
  g_assert_false (bs_http_bearer_is ("Basic s3cret", "s3cret"));
}

/* The server */

typedef struct
{
  BsHttpServer *server;
  GSocketAddress *address;
  BsHttpReply *held;    /* (nullable): of a request to /hold */
  gint n_requests;      /* atomic */
  gint64 last_body_sum; /* of the newest body, by its bytes */
} Fixture;

static void
on_request (const BsHttpRequest *request, BsHttpReply *reply, gpointer data)
{
  Fixture *self = data;
  g_autofree char *body = g_strdup_printf ("{\"method\":\"%s\",\"path\":\"%s\",\"length\":%" G_GSIZE_FORMAT "}",
                                           request->method, request->path, request->length);
  g_atomic_int_inc (&self->n_requests);
  if (strcmp (request->path, "/hold") == 0)
    self->held = reply;
  else
    bs_http_answer (reply, 200, body, NULL);
}

static void
begin (Fixture *self, const BsHttpOptions *options)
{
  g_autoptr (GError) error = NULL;
  self->server = bs_http_server_new (options, on_request, self, &error);
  g_assert_no_error (error);
  bs_http_server_start (self->server);
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (bs_http_server_address (self->server), 0, NULL);
  g_autoptr (GInetAddress) inet
    = g_inet_address_new_from_string (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)));
  self->address = g_inet_socket_address_new (inet, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
}

static BsHttpOptions
quick_options (void)
{
  BsHttpOptions options = { .listen = "127.0.0.1:0", .times = BS_HTTP_TIMES_INIT };
  options.times.idle_us = options.times.head_us = options.times.body_us = options.times.answer_us = G_USEC_PER_SEC;
  options.times.linger_us = G_USEC_PER_SEC / 2;
  return options;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  const BsHttpOptions options = { .listen = "127.0.0.1:0", .times = BS_HTTP_TIMES_INIT };
  begin (self, &options);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->server != NULL)
    bs_http_server_stop (self->server);
  g_clear_pointer (&self->held, bs_http_reply_drop);
  g_clear_pointer (&self->server, bs_http_server_free);
  g_clear_object (&self->address);
}

static GSocket *
dial (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (socket, TIMEOUT_S);
  g_socket_connect (socket, self->address, NULL, &error);
  g_assert_no_error (error);
  return socket;
}

static gboolean
say (GSocket *socket, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize n = g_socket_send (socket, text, length, NULL, NULL);
      if (n <= 0)
        return FALSE;
      text += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* (transfer full): the next answer with its body, or "" where the connection has been closed. */
static char *
hear (GSocket *socket)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (;;)
    {
      char c;
      const char *blank = strstr (text->str, "\r\n\r\n");
      const char *length = strstr (text->str, "Content-Length: ");
      if (blank != NULL && (length == NULL || length > blank))
        break;
      if (blank != NULL && text->len >= (gsize) (blank + 4 - text->str) + g_ascii_strtoull (length + 16, NULL, 10))
        break;
      if (g_socket_receive (socket, &c, 1, NULL, NULL) != 1)
        break;
      g_string_append_c (text, c);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint
status_of (const char *answer)
{
  return g_str_has_prefix (answer, "HTTP/1.1 ") ? (guint) g_ascii_strtoull (answer + 9, NULL, 10) : 0;
}

/* Sends @text over a connection of its own; the status of the answer. */
static guint
ask (Fixture *self, const char *text, char **answer)
{
  g_autoptr (GSocket) socket = dial (self);
  say (socket, text, strlen (text));
  g_autofree char *heard = hear (socket);
  guint status = status_of (heard);
  if (answer != NULL)
    *answer = g_steal_pointer (&heard);
  return status;
}

static gboolean
is_closed (GSocket *socket)
{
  char c;
  return g_socket_receive (socket, &c, 1, NULL, NULL) <= 0;
}

static void
test_answers (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = dial (self);
  /* Several over one connection, in pieces, and two at once. */
  static const char post[] = "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
  for (gsize i = 0; i < sizeof post - 1; i++)
    g_assert_true (say (socket, post + i, 1));
  g_autofree char *first = hear (socket);
  g_assert_cmpuint (status_of (first), ==, 200);
  g_assert_nonnull (strstr (first, "{\"method\":\"POST\",\"path\":\"/a\",\"length\":5}"));
  g_assert_null (strstr (first, "Access-Control"));
  g_autofree char *twice = g_strconcat (post, "GET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", post, NULL);
  g_assert_true (say (socket, twice, strlen (twice)));
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *answer = hear (socket);
      g_assert_nonnull (strstr (answer, i == 1 ? "\"/b\"" : "\"/a\""));
    }
  static const char last[] = "GET / HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n";
  g_assert_true (say (socket, last, sizeof last - 1));
  g_autofree char *closing = hear (socket);
  g_assert_nonnull (strstr (closing, "Connection: close"));
  g_assert_true (is_closed (socket));

  /* 100 Continue comes before the body is sent. */
  static const char expecting[] = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  g_autoptr (GSocket) other = dial (self);
  g_assert_true (say (other, expecting, sizeof expecting - 1));
  g_autofree char *go_on = hear (other);
  g_assert_cmpuint (status_of (go_on), ==, 100);
  g_assert_true (say (other, "ok", 2));
  g_autofree char *answer = hear (other);
  g_assert_cmpuint (status_of (answer), ==, 200);
}

/* Thousands of requests in one piece: answered one after the other, without the stack growing with them. */
static void
test_pipeline (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = dial (self);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_true (say (socket, text->str, text->len));
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *answer = hear (socket);
      g_assert_cmpuint (status_of (answer), ==, 200);
    }
}

static void
test_strangers (Fixture *self, gconstpointer data)
{
  /* DNS rebinding: the page's own name comes in Host. */
  g_assert_cmpuint (ask (self, "POST / HTTP/1.1\r\nHost: evil.example:8000\r\nContent-Length: 2\r\n\r\n{}", NULL), ==, 403);
  g_assert_cmpuint (ask (self, "GET / HTTP/1.1\r\nHost: \r\n\r\n", NULL), ==, 403);
  g_assert_cmpuint (ask (self, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", NULL), ==, 403);
  /* A page that posts across origins: also from this machine. */
  g_assert_cmpuint (ask (self, "POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}", NULL),
                    ==, 403);
  g_assert_cmpuint (ask (self, "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n", NULL), ==, 403);
  g_assert_cmpuint (ask (self, "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:8000\r\n\r\n", NULL), ==, 403);
  g_assert_cmpint (g_atomic_int_get (&self->n_requests), ==, 0);

  Fixture allowing = { 0 };
  const char *const names[] = { "Trader.example", NULL };
  const BsHttpOptions options = { .listen = "127.0.0.1:0", .allow_hosts = names, .times = BS_HTTP_TIMES_INIT };
  begin (&allowing, &options);
  g_assert_cmpuint (ask (&allowing, "GET / HTTP/1.1\r\nHost: trader.example:8000\r\nOrigin: https://trader.example\r\n\r\n", NULL), ==,
                    200);
  g_assert_cmpuint (ask (&allowing, "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n", NULL), ==, 403);
  tear_down (&allowing, NULL);
}

static void
test_smuggling (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\nGET /b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n{}GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nGET /b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\nGET /b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET / HTTP/1.1\nHost: localhost\n\nGET /b HTTP/1.1\r\nHost: localhost\r\n\r\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GSocket) socket = dial (self);
      g_assert_true (say (socket, texts[i], strlen (texts[i])));
      g_autofree char *answer = hear (socket);
      g_assert_cmpuint (status_of (answer), ==, 400);
      g_assert_nonnull (strstr (answer, "Connection: close"));
      /* Nothing after it is looked at. */
      g_assert_true (is_closed (socket));
    }
  g_assert_cmpint (g_atomic_int_get (&self->n_requests), ==, 0);
}

static void
test_oversize (Fixture *self, gconstpointer data)
{
  char *answer = NULL;
  /* Said in the head: refused before the body, of which nothing is read. */
  g_assert_cmpuint (ask (self, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16777217\r\nExpect: 100-continue\r\n\r\n",
                         &answer), ==, 413);
  g_assert_null (strstr (answer, "100 Continue"));
  g_free (answer);
  g_autoptr (GSocket) socket = dial (self);
  static const char head[] = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n";
  g_autofree char *some = g_strnfill (100000, 'x');
  g_assert_true (say (socket, head, sizeof head - 1));
  say (socket, some, 100000);
  g_autofree char *heard = hear (socket);
  g_assert_cmpuint (status_of (heard), ==, 413);
  /* The largest that is taken. */
  static const char largest[] = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16777216\r\n\r\n";
  g_autoptr (GSocket) other = dial (self);
  g_autofree char *body = g_strnfill (BS_HTTP_MAX_BODY, ' ');
  g_assert_true (say (other, largest, sizeof largest - 1) && say (other, body, BS_HTTP_MAX_BODY));
  g_autofree char *taken = hear (other);
  g_assert_nonnull (strstr (taken, "\"length\":16777216"));

  /* Heads, too, have their limit. */
  g_autofree char *long_value = g_strnfill (20000, 'x');
  g_autofree char *long_head = g_strconcat ("GET / HTTP/1.1\r\nHost: localhost\r\nX: ", long_value, "\r\n\r\n", NULL);
  g_assert_cmpuint (ask (self, long_head, NULL), ==, 431);
  g_autofree char *long_path = g_strnfill (3000, 'x');
  g_autofree char *long_target = g_strconcat ("GET /", long_path, " HTTP/1.1\r\nHost: localhost\r\n\r\n", NULL);
  g_assert_cmpuint (ask (self, long_target, NULL), ==, 414);
  g_autoptr (GString) many = g_string_new ("GET / HTTP/1.1\r\nHost: localhost\r\n");
  for (guint i = 0; i < 200; i++)
    g_string_append_printf (many, "X-%u: 1\r\n", i);
  g_string_append (many, "\r\n");
  g_assert_cmpuint (ask (self, many->str, NULL), ==, 431);
  g_assert_cmpuint (ask (self, "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", NULL), ==, 411);
}

static void
test_token (void)
{
  Fixture self = { 0 };
  const BsHttpOptions options = { .listen = "127.0.0.1:0", .token = "s3cret", .times = BS_HTTP_TIMES_INIT };
  char *answer = NULL;
  begin (&self, &options);
  g_assert_cmpuint (ask (&self, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", &answer), ==, 401);
  g_assert_nonnull (strstr (answer, "WWW-Authenticate: Bearer"));
  g_free (answer);
  g_assert_cmpuint (ask (&self, "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer wrong!\r\n\r\n", NULL), ==, 401);
  g_assert_cmpuint (ask (&self, "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\n\r\n", NULL), ==, 200);
  g_assert_cmpuint (ask (&self, "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\nAuthorization: Bearer "
                                "wrong\r\n\r\n", NULL), ==, 400);
  g_assert_cmpint (g_atomic_int_get (&self.n_requests), ==, 1);
  tear_down (&self, NULL);
}

static void
test_listen (void)
{
  static const struct
  {
    const char *listen, *token, *part;
  } bad[] = {
    { "127.0.0.1", NULL, "expected ADDRESS:PORT" }, { "127.0.0.1:", NULL, "expected ADDRESS:PORT" },
    { "127.0.0.1:70000", NULL, "expected ADDRESS:PORT" }, { "example.org:8000", NULL, "no address in figures" },
    { "0.0.0.0:0", NULL, "needs a token" }, { "[::]:0", NULL, "needs a token" }, { "127.0.0.1:0", "", "token is empty" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      const BsHttpOptions options = { .listen = bad[i].listen, .token = bad[i].token };
      g_assert_null (bs_http_server_new (&options, on_request, NULL, &error));
      g_assert_error (error, BS_HTTP_ERROR, BS_HTTP_ERROR_LISTEN);
      if (strstr (error->message, bad[i].part) == NULL)
        g_error ("\"%s\" is not in: %s", bad[i].part, error->message);
    }
  g_autoptr (GError) error = NULL;
  const BsHttpOptions free_port = { .listen = "localhost:0", .times = BS_HTTP_TIMES_INIT };
  g_autoptr (BsHttpServer) server = bs_http_server_new (&free_port, on_request, NULL, &error);
  g_assert_no_error (error);
  const BsHttpOptions taken = { .listen = bs_http_server_address (server) };
  g_assert_null (bs_http_server_new (&taken, on_request, NULL, &error));
  g_assert_nonnull (strstr (error->message, "another program listens there already"));
  g_clear_error (&error);
  const BsHttpOptions outside = { .listen = "0.0.0.0:0", .token = "x" };
  g_autoptr (BsHttpServer) open = bs_http_server_new (&outside, on_request, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (open);
}

static void
test_slow (void)
{
  Fixture self = { 0 };
  const BsHttpOptions options = quick_options ();
  begin (&self, &options);
  /* Half a head, half a body, nothing at all, no answer. */
  g_autoptr (GSocket) head = dial (&self);
  g_autoptr (GSocket) body = dial (&self);
  g_autoptr (GSocket) idle = dial (&self);
  g_autoptr (GSocket) waiting = dial (&self);
  static const char half_head[] = "GET / HTTP/1.1\r\nHost: loc", half_body[] = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe",
                    hold[] = "GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n";
  say (head, half_head, sizeof half_head - 1);
  say (body, half_body, sizeof half_body - 1);
  say (waiting, hold, sizeof hold - 1);
  g_autofree char *head_answer = hear (head);
  g_autofree char *body_answer = hear (body);
  g_autofree char *waiting_answer = hear (waiting);
  g_assert_cmpuint (status_of (head_answer), ==, 408);
  g_assert_cmpuint (status_of (body_answer), ==, 408);
  g_assert_cmpuint (status_of (waiting_answer), ==, 503);
  g_assert_true (is_closed (head));
  g_assert_true (is_closed (body));
  g_assert_true (is_closed (idle));
  tear_down (&self, NULL);
}

/* One byte at a time, for longer than a head may take: the clock is that of the request, not of the last byte. */
static void
test_drip (void)
{
  Fixture self = { 0 };
  const BsHttpOptions options = quick_options ();
  begin (&self, &options);
  g_autoptr (GSocket) socket = dial (&self);
  static const char text[] = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";
  gint64 begun_us = g_get_monotonic_time ();
  g_assert_true (say (socket, text, sizeof text - 1));
  while (say (socket, "x", 1) && g_get_monotonic_time () - begun_us < TIMEOUT_S * G_USEC_PER_SEC)
    {
      g_usleep (20 * 1000);
      if (g_socket_condition_check (socket, G_IO_IN) != 0)
        break;
    }
  g_autofree char *answer = hear (socket);
  g_assert_cmpuint (status_of (answer), ==, 408);
  tear_down (&self, NULL);
}

/* A thousand connections that say nothing cost the others nothing. */
static void
test_idle_thousand (Fixture *self, gconstpointer data)
{
  enum { N = 1000 };
  g_autoptr (GPtrArray) idle = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < N; i++)
    g_ptr_array_add (idle, dial (self));
  gint64 begun_us = g_get_monotonic_time ();
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (ask (self, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", NULL), ==, 200);
  /* Not a matter of speed but of being served at all: a stalled queue takes minutes. */
  g_assert_cmpint (g_get_monotonic_time () - begun_us, <, 30 * (gint64) G_USEC_PER_SEC);
  /* They are served as well, all of them. */
  static const char text[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (guint i = 0; i < N; i += 50)
    {
      g_assert_true (say (idle->pdata[i], text, sizeof text - 1));
      g_autofree char *answer = hear (idle->pdata[i]);
      g_assert_cmpuint (status_of (answer), ==, 200);
    }
}

static gpointer
hold (gpointer data)
{
  return GUINT_TO_POINTER (ask (data, "GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n", NULL));
}

/* The server ends while somebody waits. */
static void
test_end (void)
{
  for (guint i = 0; i < 10; i++)
    {
      Fixture self = { 0 };
      const BsHttpOptions options = { .listen = "127.0.0.1:0", .times = BS_HTTP_TIMES_INIT };
      begin (&self, &options);
      GThread *thread = g_thread_new ("client", hold, &self);
      while (g_atomic_int_get (&self.n_requests) == 0)
        g_usleep (1000);
      bs_http_server_stop (self.server);
      g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 0);
      tear_down (&self, NULL);
    }
}

#ifdef __linux__
/* The time that the program has used, us. */
static gint64
used_us (void)
{
  struct timespec used;
  g_assert_cmpint (clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used), ==, 0);
  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

/* Where no more files may be open, who knocks waits; the server does not spin meanwhile, and lets them in once it can. */
static void
test_no_files (Fixture *self, gconstpointer data)
{
  struct rlimit before, few = { 0 };
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (int));
  static const char text[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  /* The server runs, and what GLib opens for itself is open. */
  g_autoptr (GSocket) earlier = dial (self);
  g_assert_true (say (earlier, text, sizeof text - 1));
  g_autofree char *first = hear (earlier);
  g_assert_cmpuint (status_of (first), ==, 200);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  few.rlim_cur = 128;
  few.rlim_max = before.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  for (int file; (file = dup (0)) >= 0;)
    g_array_append_val (files, file);
  g_assert_cmpuint (files->len, >, 0);

  g_socket_set_timeout (socket, TIMEOUT_S);
  g_assert_true (g_socket_connect (socket, self->address, NULL, NULL));
  g_assert_true (say (socket, text, sizeof text - 1));
  gint64 begin = used_us ();
  g_usleep (G_USEC_PER_SEC);
  /* Spinning would take all of it, on a machine that has nothing else to do; waiting takes next to nothing anywhere. */
  g_assert_cmpint (used_us () - begin, <, G_USEC_PER_SEC / 5);
  g_assert_cmpint (g_atomic_int_get (&self->n_requests), ==, 1);
  for (guint i = 0; i < files->len; i++)
    close (g_array_index (files, int, i));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_autofree char *answer = hear (socket);
  g_assert_cmpuint (status_of (answer), ==, 200);
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/head-good", test_head_good);
  g_test_add_func ("/http/head-bad", test_head_bad);
  g_test_add_func ("/http/names", test_names);
  g_test_add_func ("/http/bearer", test_bearer);
  g_test_add ("/http/answers", Fixture, NULL, set_up, test_answers, tear_down);
  g_test_add ("/http/pipeline", Fixture, NULL, set_up, test_pipeline, tear_down);
  g_test_add ("/http/strangers", Fixture, NULL, set_up, test_strangers, tear_down);
  g_test_add ("/http/smuggling", Fixture, NULL, set_up, test_smuggling, tear_down);
  g_test_add ("/http/oversize", Fixture, NULL, set_up, test_oversize, tear_down);
  g_test_add_func ("/http/token", test_token);
  g_test_add_func ("/http/listen", test_listen);
  g_test_add_func ("/http/slow", test_slow);
  g_test_add_func ("/http/drip", test_drip);
  g_test_add ("/http/idle-thousand", Fixture, NULL, set_up, test_idle_thousand, tear_down);
  g_test_add_func ("/http/end", test_end);
#ifdef __linux__
  g_test_add ("/http/no-files", Fixture, NULL, set_up, test_no_files, tear_down);
#endif
  return g_test_run ();
}
