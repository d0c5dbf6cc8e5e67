/* bs-http-server.h: HTTP/1.1 on a listening socket of its own, on a thread of its own */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** A larger body is refused with 413, unread: 16 MiB. */
#define BS_HTTP_MAX_BODY (16 * 1024 * 1024)
/** Connections at once; one more is closed. */
#define BS_HTTP_MAX_CONNECTIONS 4096
/** Bytes of bodies that are being received, all together; one more request is answered 503. */
#define BS_HTTP_MAX_BUFFERED (256 * 1024 * 1024)
/** Connections that may wait to be accepted. */
#define BS_HTTP_BACKLOG 1024

typedef enum
{
  BS_HTTP_ERROR_LISTEN, /* not an address, or it cannot be listened on */
} BsHttpError;

#define BS_HTTP_ERROR (bs_http_error_quark ())
GQuark bs_http_error_quark (void);

/** How long things may take, us; see BS_HTTP_TIMES_INIT. For tests, others. */
typedef struct
{
  gint64 idle_us;   /* a connection without a request */
  gint64 head_us;   /* from a request's first byte to the end of its head */
  gint64 body_us;   /* from there to the end of its body */
  gint64 answer_us; /* until there is an answer; then it is 503 */
  gint64 linger_us; /* a refused request's connection, so that the answer arrives though its body is not read */
} BsHttpTimes;

#define BS_HTTP_TIMES_INIT                                                                                             \
  {                                                                                                                    \
    .idle_us = 75 * G_USEC_PER_SEC, .head_us = 10 * G_USEC_PER_SEC, .body_us = 30 * G_USEC_PER_SEC,                    \
    .answer_us = 25 * G_USEC_PER_SEC, .linger_us = 2 * G_USEC_PER_SEC                                                  \
  }

/** One request, good as HTTP and let in. */
typedef struct
{
  const char *method, *path;
  const char *query; /* (nullable) */
  const char *body;  /* [length] */
  gsize length;
} BsHttpRequest;

/** Where an answer goes: given once, with bs_http_answer(). */
typedef struct _BsHttpReply BsHttpReply;

/**
 * bs_http_answer:
 * @reply: (transfer full)
 * @body: JSON
 * @allow: (nullable): methods, for a 405
 *
 * Thread: the server's.
 */
void bs_http_answer (BsHttpReply *reply, guint status, const char *body, const char *allow);

/** Handles a request; @request is good until it returns, @reply (transfer full) is to be answered then or later. Thread: the server's. */
typedef void (*BsHttpHandler) (const BsHttpRequest *request, BsHttpReply *reply, gpointer data);

typedef struct
{
  const char *listen;             /* "127.0.0.1:8000", "[::1]:8000"; port 0 takes a free one */
  const char *token;              /* (nullable): every request must carry it */
  const char *const *allow_hosts; /* (nullable): names in Host and Origin besides this machine's own in Host */
  BsHttpTimes times;
} BsHttpOptions;

typedef struct _BsHttpServer BsHttpServer;

/**
 * bs_http_server_new:
 *
 * Listens; bs_http_server_start() begins to answer. Nothing that a stranger sends reaches @handler but what has a Host of this machine (or of the
 * list), no Origin but one of the list, and the token. Listening on another address than this machine's own needs a token.
 *
 * Returns: (transfer full): %NULL with %BS_HTTP_ERROR_LISTEN
 */
BsHttpServer *bs_http_server_new (const BsHttpOptions *options, BsHttpHandler handler, gpointer data,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** bs_http_server_start: begins to answer, on a thread of its own. Once. */
void bs_http_server_start (BsHttpServer *self);
/** Closes all connections and ends the thread. Replies that were not given may not be given any more, but are to be freed: see
 * bs_http_reply_drop(). */
void bs_http_server_free (BsHttpServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsHttpServer, bs_http_server_free)

/** bs_http_server_stop: ends the thread and closes what it had; what the handler's side does on the context meanwhile is done first. */
void bs_http_server_stop (BsHttpServer *self);
/** bs_http_reply_drop: (transfer full): no answer will come: the connection is closed. Thread: the server's, or any once it is stopped */
void bs_http_reply_drop (BsHttpReply *reply);

/** bs_http_server_address: "127.0.0.1:8000": with the port that it has got. Owned. */
const char *bs_http_server_address (const BsHttpServer *self);
/** bs_http_server_context: (transfer none): of its thread: to do something there. */
GMainContext *bs_http_server_context (BsHttpServer *self);

G_END_DECLS
