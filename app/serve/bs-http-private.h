/* bs-http-private.h: what the server and its connections share */
#pragma once

#include "app/serve/bs-http-head.h"
#include "app/serve/bs-http-server.h"

G_BEGIN_DECLS

typedef struct _BsHttpConnection BsHttpConnection;

struct _BsHttpServer
{
  BsHttpHandler handler;
  gpointer data;
  char *token; /* (nullable) */
  GStrv allow_hosts;
  BsHttpTimes times;
  char *address;
  GSocket *listener;

  GMainContext *context;
  GMainLoop *loop;
  GThread *thread; /* (nullable): stopped */
  gboolean stopped;

  /* The thread's own. */
  GSource *incoming;       /* (nullable): nobody is let in for now */
  GHashTable *connections; /* of BsHttpConnection */
  gsize n_buffered;        /* bytes of bodies */
};

/** bs_http_connection_begin: @socket: (transfer full): serves it until it ends */
void bs_http_connection_begin (BsHttpServer *server, GSocket *socket);
/** bs_http_connection_close: at once; a reply that is still to come goes nowhere */
void bs_http_connection_close (BsHttpConnection *self);
/** bs_http_connection_check: closes, or answers, what has taken too long */
void bs_http_connection_check (BsHttpConnection *self, gint64 now_us);

G_END_DECLS
