/* bs-server.h: the HTTP server as a whole: transport, contract, and who opens its sessions */
#pragma once

#include "app/serve/bs-http-server.h"
#include "app/serve/bs-service.h"

G_BEGIN_DECLS

/** Where it listens unless told otherwise. */
#define BS_SERVER_DEFAULT_LISTEN "127.0.0.1:8000"

typedef struct _BsServer BsServer;

/**
 * bs_server_new:
 *
 * Listens, but does not answer yet.
 *
 * Returns: (transfer full): %NULL with %BS_HTTP_ERROR_LISTEN or %BS_BAR_FILE_ERROR_OPTION
 */
BsServer *bs_server_new (const BsHttpOptions *http, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_server_start: answers from here on. @host: static; @data: its own */
gboolean bs_server_start (BsServer *self, const BsServiceOptions *options, const BsServiceHost *host, gpointer data,
                          GError **error);
/** Ends the thread: nothing of @host is called any more. What @host has is to be freed before the server is. */
void bs_server_stop (BsServer *self);
void bs_server_free (BsServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsServer, bs_server_free)

/** "127.0.0.1:8000": with the port that it has got. Owned. */
const char *bs_server_address (const BsServer *self);
/** bs_server_context: (transfer none): of its thread */
GMainContext *bs_server_context (BsServer *self);

G_END_DECLS
