#include "app/serve/bs-http-private.h"

#include <string.h>

#include "app/commands/bs-json-text.h"

/* Read at once. */
#define CHUNK_BYTES (64 * 1024)

typedef enum
{
  STATE_IDLE,      /* between two requests */
  STATE_HEAD,      /* some of a head has come */
  STATE_BODY,      /* the head has come, the body comes */
  STATE_ANSWERING, /* the handler has it: nothing is read meanwhile */
  STATE_WRITING,   /* the answer goes out */
  STATE_LINGERING, /* the answer is out, its connection is given up: what still comes is not read */
  STATE_CLOSED,
} State;

struct _BsHttpConnection
{
  int ref_count; /* the thread's own, once it runs; see bs_http_reply_drop() */
  BsHttpServer *server;
  GSocket *socket;
  GSource *source; /* (nullable): on the socket */
  State state;
  gint64 deadline_us;

  GByteArray *in;
  gsize scanned;
  gsize head_length;
  BsHttpHead head;
  gsize n_counted; /* of the server's n_buffered */

  GString *out;
  gsize n_sent;
  gboolean keep_alive;
  BsHttpReply *reply; /* (nullable): that is waited for */
  gboolean handling;  /* the handler is being called: its caller goes on with what came together with the request */
};

struct _BsHttpReply
{
  BsHttpConnection *connection;
  gboolean given_up; /* it has been answered already: too late */
};

static BsHttpConnection *
connection_ref (BsHttpConnection *self)
{
  self->ref_count++;
  return self;
}

static void
connection_unref (BsHttpConnection *self)
{
  if (--self->ref_count > 0)
    return;
  bs_http_head_clear (&self->head);
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_string_free (self->out, TRUE);
  g_object_unref (self->socket);
  g_free (self);
}

static void
remove_source (BsHttpConnection *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
uncount (BsHttpConnection *self)
{
  self->server->n_buffered -= self->n_counted;
  self->n_counted = 0;
}

void
bs_http_connection_close (BsHttpConnection *self)
{
  if (self->state == STATE_CLOSED)
    return;
  self->state = STATE_CLOSED;
  remove_source (self);
  uncount (self);
  if (self->reply != NULL)
    self->reply->given_up = TRUE;
  self->reply = NULL;
  g_socket_close (self->socket, NULL);
  /* The table's reference. */
  g_hash_table_remove (self->server->connections, self);
  connection_unref (self);
}

static gboolean on_ready (GSocket *socket, GIOCondition condition, gpointer data);

static void
wait_for (BsHttpConnection *self, GIOCondition condition)
{
  remove_source (self);
  self->source = g_socket_create_source (self->socket, condition, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (self->source, self->server->context);
}

static void
set_state (BsHttpConnection *self, State state, gint64 time_us)
{
  self->state = state;
  self->deadline_us = g_get_monotonic_time () + time_us;
}

/* The answer is out. */
static void
finish_answer (BsHttpConnection *self)
{
  if (!self->keep_alive)
    {
      /* Closing with something unread would take the answer back: the other side is to see it first. */
      g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
      remove_source (self);
      uncount (self);
      g_byte_array_set_size (self->in, 0);
      set_state (self, STATE_LINGERING, self->server->times.linger_us);
      return;
    }
  gsize used = self->head_length + (gsize) self->head.content_length;
  g_byte_array_remove_range (self->in, 0, (guint) used);
  if (self->in->len == 0)
    {
      /* Thousands may be idle: none keeps the room of its last body. */
      g_byte_array_unref (self->in);
      self->in = g_byte_array_new ();
    }
  uncount (self);
  bs_http_head_clear (&self->head);
  self->head_length = self->scanned = 0;
  set_state (self, self->in->len > 0 ? STATE_HEAD : STATE_IDLE,
             self->in->len > 0 ? self->server->times.head_us : self->server->times.idle_us);
  wait_for (self, G_IO_IN);
}

static void
send_more (BsHttpConnection *self)
{
  while (self->n_sent < self->out->len)
    {
      g_autoptr (GError) error = NULL;
      gssize n
        = g_socket_send (self->socket, self->out->str + self->n_sent, self->out->len - self->n_sent, NULL, &error);
      if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          wait_for (self, G_IO_OUT);
          return;
        }
      if (n < 0)
        {
          bs_http_connection_close (self);
          return;
        }
      self->n_sent += (gsize) n;
    }
  g_string_truncate (self->out, 0);
  self->n_sent = 0;
  if (self->state == STATE_WRITING)
    finish_answer (self);
}

static void
answer (BsHttpConnection *self, guint status, const char *body, const char *allow)
{
  g_string_append_printf (self->out,
                          "HTTP/1.1 %u %s\r\nContent-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT
                          "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: %s\r\n",
                          status, bs_http_status_text (status), strlen (body),
                          self->keep_alive ? "keep-alive" : "close");
  if (status == 401)
    g_string_append (self->out, "WWW-Authenticate: Bearer\r\n");
  if (allow != NULL)
    g_string_append_printf (self->out, "Allow: %s\r\n", allow);
  g_string_append (self->out, "\r\n");
  if (g_strcmp0 (self->head.method, "HEAD") != 0)
    g_string_append (self->out, body);
  set_state (self, STATE_WRITING, self->server->times.body_us);
  send_more (self);
}

/* Answers with an error and closes the connection: nothing more of it is read. */
static void
refuse (BsHttpConnection *self, guint status, const char *reason)
{
  g_autofree char *quoted = bs_json_text_quote (reason);
  g_autofree char *body = g_strdup_printf ("{\"status\":\"error\",\"message\":%s}", quoted);
  self->keep_alive = FALSE;
  answer (self, status, body, NULL);
}

static gboolean
is_allowed (BsHttpServer *server, const char *name)
{
  return server->allow_hosts != NULL && g_strv_contains ((const char *const *) server->allow_hosts, name);
}

/* Whom the request comes from, as far as it says. */
static gboolean
check_caller (BsHttpConnection *self)
{
  const BsHttpHead *head = &self->head;
  BsHttpServer *server = self->server;
  g_autofree char *host = head->host != NULL ? bs_http_host_name (head->host) : NULL;
  g_autofree char *origin = head->origin != NULL ? bs_http_origin_name (head->origin) : NULL;

  if (head->host != NULL && (host == NULL || (!bs_http_host_is_loopback (host) && !is_allowed (server, host))))
    refuse (self, 403, "the Host header names another machine: see --allow-host");
  else if (head->origin != NULL && (origin == NULL || !is_allowed (server, origin)))
    refuse (self, 403, "requests from web pages are refused: see --allow-host");
  else if (server->token != NULL && !bs_http_bearer_is (head->authorization, server->token))
    refuse (self, 401, "expected Authorization: Bearer with the right token");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_body (BsHttpConnection *self)
{
  const BsHttpHead *head = &self->head;

  if (!head->has_length && strcmp (head->method, "POST") == 0)
    refuse (self, 411, "there is no Content-Length");
  else if (head->content_length > BS_HTTP_MAX_BODY)
    refuse (self, 413, "the body is larger than 16 MiB");
  else if (self->server->n_buffered + head->content_length > BS_HTTP_MAX_BUFFERED)
    refuse (self, 503, "too much is being received already");
  else
    return TRUE;
  return FALSE;
}

/* The whole request is there. */
static void
handle (BsHttpConnection *self)
{
  BsHttpRequest request = {
    .method = self->head.method,
    .path = self->head.path,
    .query = self->head.query,
    .body = (const char *) self->in->data + self->head_length,
    .length = (gsize) self->head.content_length,
  };
  BsHttpReply *reply = g_new0 (BsHttpReply, 1);
  reply->connection = connection_ref (self);
  self->reply = reply;
  self->keep_alive = self->head.keep_alive;
  remove_source (self);
  set_state (self, STATE_ANSWERING, self->server->times.answer_us);
  self->handling = TRUE;
  self->server->handler (&request, reply, self->server->data);
  self->handling = FALSE;
}

/* Takes a head out of what has come. Returns whether there is a request to go on with. */
static gboolean
take_head (BsHttpConnection *self)
{
  BsHttpRefusal refusal;
  gssize length = bs_http_head_length ((const char *) self->in->data, self->in->len, &self->scanned);

  if (length < 0)
    refuse (self, 400, "a line ends in a lone LF");
  else if (length > BS_HTTP_MAX_HEAD || (length == 0 && self->in->len > BS_HTTP_MAX_HEAD))
    refuse (self, 431, "the head is too long");
  else if (length == 0)
    return FALSE;
  else if (!bs_http_head_parse ((const char *) self->in->data, (gsize) length, &self->head, &refusal))
    refuse (self, refusal.status, refusal.reason);
  else if (check_caller (self) && check_body (self))
    {
      self->head_length = (gsize) length;
      self->n_counted = (gsize) self->head.content_length;
      self->server->n_buffered += self->n_counted;
      set_state (self, STATE_BODY, self->server->times.body_us);
      if (self->head.expects_continue && self->in->len == self->head_length && self->head.content_length > 0)
        {
          g_string_append (self->out, "HTTP/1.1 100 Continue\r\n\r\n");
          send_more (self);
        }
      return self->state == STATE_BODY;
    }
  return FALSE;
}

/* Does what can be done with what has come. */
static void
process (BsHttpConnection *self)
{
  if (self->state == STATE_IDLE && self->in->len > 0)
    set_state (self, STATE_HEAD, self->server->times.head_us);
  if (self->state == STATE_HEAD && !take_head (self))
    return;
  if (self->state == STATE_BODY && self->in->len - self->head_length >= self->head.content_length)
    handle (self);
}

/* Requests that came together with the last one, each after the answer to the one before it. */
static void
process_all (BsHttpConnection *self)
{
  while (!self->handling && self->state == STATE_HEAD && self->in->len > 0 && self->scanned == 0)
    process (self);
}

static void
receive (BsHttpConnection *self)
{
  static _Thread_local guint8 chunk[CHUNK_BYTES];
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_receive (self->socket, (char *) chunk, sizeof chunk, NULL, &error);

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return;
  if (n <= 0)
    {
      bs_http_connection_close (self);
      return;
    }
  g_byte_array_append (self->in, chunk, (guint) n);
  process (self);
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer data)
{
  BsHttpConnection *self = connection_ref (data);
  GSource *source = self->source;

  if (self->state == STATE_WRITING || self->n_sent < self->out->len)
    {
      gboolean between = self->state != STATE_WRITING;
      send_more (self);
      /* 100 Continue is out: the body may come. */
      if (between && self->state == STATE_BODY && self->out->len == 0)
        wait_for (self, G_IO_IN);
    }
  else
    receive (self);
  process_all (self);
  gboolean again = self->source == source && source != NULL;
  connection_unref (self);
  return again ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
bs_http_connection_begin (BsHttpServer *server, GSocket *socket)
{
  BsHttpConnection *self = g_new0 (BsHttpConnection, 1);
  self->ref_count = 1;
  self->server = server;
  self->socket = socket;
  self->in = g_byte_array_new ();
  self->out = g_string_new (NULL);
  g_socket_set_blocking (socket, FALSE);
  g_hash_table_add (server->connections, self);
  set_state (self, STATE_IDLE, server->times.idle_us);
  wait_for (self, G_IO_IN);
}

void
bs_http_connection_check (BsHttpConnection *self, gint64 now_us)
{
  if (now_us < self->deadline_us || self->state == STATE_CLOSED)
    return;
  if (self->state == STATE_HEAD || self->state == STATE_BODY)
    refuse (self, 408, "the request took too long to come");
  else if (self->state == STATE_ANSWERING)
    {
      self->reply->given_up = TRUE;
      self->reply = NULL;
      refuse (self, 503, "no answer in time");
    }
  else
    bs_http_connection_close (self);
}

void
bs_http_answer (BsHttpReply *reply, guint status, const char *body, const char *allow)
{
  BsHttpConnection *self = reply->connection;
  gboolean wanted = !reply->given_up && self->state == STATE_ANSWERING;

  if (wanted)
    self->reply = NULL;
  g_free (reply);
  if (wanted)
    {
      answer (self, status, body, allow);
      process_all (self);
    }
  connection_unref (self);
}

void
bs_http_reply_drop (BsHttpReply *reply)
{
  BsHttpConnection *self = reply->connection;
  if (self->reply == reply)
    {
      self->reply = NULL;
      bs_http_connection_close (self);
    }
  g_free (reply);
  connection_unref (self);
}
