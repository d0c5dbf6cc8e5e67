#include "app/serve/bs-server.h"

#include "app/serve/bs-http-head.h"

struct _BsServer
{
  BsHttpServer *http;
  BsService *service; /* (nullable): not started */
};

static void
on_done (guint status, const char *body, const char *allow, gpointer reply)
{
  bs_http_answer (reply, status, body, allow);
}

static void
on_request (const BsHttpRequest *request, BsHttpReply *reply, gpointer data)
{
  BsServer *self = data;
  g_autofree char *symbol = bs_http_query_find (request->query, "symbol");
  bs_service_call (self->service, request->method, request->path, symbol, request->body, request->length, on_done, reply);
}

BsServer *
bs_server_new (const BsHttpOptions *http, GError **error)
{
  g_autoptr (BsServer) self = g_new0 (BsServer, 1);
  self->http = bs_http_server_new (http, on_request, self, error);
  return self->http != NULL ? g_steal_pointer (&self) : NULL;
}

gboolean
bs_server_start (BsServer *self, const BsServiceOptions *options, const BsServiceHost *host, gpointer data,
                 GError **error)
{
  g_return_val_if_fail (self->service == NULL, FALSE);
  self->service = bs_service_new (options, bs_http_server_context (self->http), host, data, error);
  if (self->service == NULL)
    return FALSE;
  bs_http_server_start (self->http);
  return TRUE;
}

void
bs_server_stop (BsServer *self)
{
  bs_http_server_stop (self->http);
}

void
bs_server_free (BsServer *self)
{
  if (self == NULL)
    return;
  if (self->http != NULL)
    bs_server_stop (self);
  g_clear_pointer (&self->service, bs_service_free);
  g_clear_pointer (&self->http, bs_http_server_free);
  g_free (self);
}

const char *
bs_server_address (const BsServer *self)
{
  return bs_http_server_address (self->http);
}

GMainContext *
bs_server_context (BsServer *self)
{
  return bs_http_server_context (self->http);
}
