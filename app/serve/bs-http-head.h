/* bs-http-head.h: the head of an HTTP/1.1 request, read strictly: what two programs could read in two ways is refused */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** A longer head is refused, in bytes. */
#define BS_HTTP_MAX_HEAD (16 * 1024)
/** A longer request target is refused, in bytes. */
#define BS_HTTP_MAX_TARGET 2048
#define BS_HTTP_MAX_HEADERS 100

/** What a request's head says. All strings are owned; clear with bs_http_head_clear(). Zero-initialise. */
typedef struct
{
  char *method;
  char *path;          /* percent-decoded, begins with '/' */
  char *query;         /* (nullable): as it was written */
  char *host;          /* (nullable): the Host header, port included; HTTP/1.0 alone may lack it */
  char *origin;        /* (nullable) */
  char *authorization; /* (nullable) */
  gboolean has_length;
  guint64 content_length;
  gboolean expects_continue;
  gboolean keep_alive;
} BsHttpHead;

/** How a head is refused: the status to answer with and why; the connection is to be closed. */
typedef struct
{
  guint status;
  const char *reason; /* static */
} BsHttpRefusal;

/**
 * bs_http_head_length:
 * @text: what has come so far
 * @scanned: (inout): bytes looked at already; starts at 0
 *
 * Returns: bytes of the head with the blank line that ends it; 0 where that has not come yet; -1 where a line ends in a lone LF, so that
 * it will never be a head
 */
gssize bs_http_head_length (const char *text, gsize length, gsize *scanned);

/**
 * bs_http_head_parse:
 * @text: the head, as long as bs_http_head_length() says; not NUL-terminated
 * @head: (out caller-allocates)
 * @refusal: (out caller-allocates)
 *
 * By RFC 9112, and nothing that it leaves open to the reader: CRLF alone ends a line, no folded header, no blank before the colon, no
 * control character; one Host header; one Content-Length of digits alone; Transfer-Encoding is refused (501), with a Content-Length
 * (400). Thread: any.
 *
 * Returns: %TRUE; %FALSE with @refusal filled and @head empty
 */
gboolean bs_http_head_parse (const char *text, gsize length, BsHttpHead *head, BsHttpRefusal *refusal);
void bs_http_head_clear (BsHttpHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsHttpHead, bs_http_head_clear)

/** bs_http_host_name: (transfer full) (nullable): the name or address in "NAME[:PORT]" or "[ADDRESS][:PORT]", lower case; %NULL where it is none */
char *bs_http_host_name (const char *host) G_GNUC_WARN_UNUSED_RESULT;
/** bs_http_host_is_loopback: whether @name, as bs_http_host_name() gives it, is this machine's own: localhost, 127.0.0.0/8, ::1 */
gboolean bs_http_host_is_loopback (const char *name);
/** bs_http_origin_name: (transfer full) (nullable): the name in an Origin header ("https://name:port"); %NULL for "null" and what is none */
char *bs_http_origin_name (const char *origin) G_GNUC_WARN_UNUSED_RESULT;

/** bs_http_query_find: (transfer full) (nullable): the value of @name in @query, percent-decoded; %NULL where there is none or it is not
 * valid UTF-8 without a NUL. @query: (nullable) */
char *bs_http_query_find (const char *query, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/** bs_http_bearer_is: whether @authorization (nullable) carries the bearer token @token; takes as long for a wrong one as for a right one of the
 * same length */
gboolean bs_http_bearer_is (const char *authorization, const char *token);

/** bs_http_status_text: "Bad Request": the words of a status. Static. */
const char *bs_http_status_text (guint status);

G_END_DECLS
