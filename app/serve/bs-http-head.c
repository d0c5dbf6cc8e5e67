#include "app/serve/bs-http-head.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_LENGTH_DIGITS 15

static const struct
{
  guint status;
  const char *text;
} status_texts[] = {
  { 100, "Continue" },
  { 200, "OK" },
  { 400, "Bad Request" },
  { 401, "Unauthorized" },
  { 403, "Forbidden" },
  { 404, "Not Found" },
  { 405, "Method Not Allowed" },
  { 408, "Request Timeout" },
  { 409, "Conflict" },
  { 411, "Length Required" },
  { 413, "Content Too Large" },
  { 414, "URI Too Long" },
  { 417, "Expectation Failed" },
  { 431, "Request Header Fields Too Large" },
  { 500, "Internal Server Error" },
  { 501, "Not Implemented" },
  { 503, "Service Unavailable" },
  { 505, "HTTP Version Not Supported" },
};

const char *
bs_http_status_text (guint status)
{
  for (guint i = 0; i < G_N_ELEMENTS (status_texts); i++)
    if (status_texts[i].status == status)
      return status_texts[i].text;
  return "Error";
}

gssize
bs_http_head_length (const char *text, gsize length, gsize *scanned)
{
  for (gsize i = *scanned; i < length; i++)
    {
      if (text[i] != '\n')
        continue;
      if (i == 0 || text[i - 1] != '\r')
        return -1;
      if (i >= 3 && text[i - 2] == '\n')
        return (gssize) i + 1;
    }
  *scanned = length;
  return 0;
}

static gboolean
refuse (BsHttpRefusal *refusal, guint status, const char *reason)
{
  refusal->status = status;
  refusal->reason = reason;
  return FALSE;
}

/* RFC 9110, 5.6.2: what methods and names of headers are made of. */
static gboolean
is_token (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && (text[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL))
      return FALSE;
  return length > 0;
}

static gboolean
is_visible (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] <= ' ' || text[i] > '~')
      return FALSE;
  return TRUE;
}

static gboolean
parse_target (const char *text, gsize length, BsHttpHead *head, BsHttpRefusal *refusal)
{
  if (length > BS_HTTP_MAX_TARGET)
    return refuse (refusal, 414, "the request's target is too long");
  if (length == 0 || text[0] != '/' || !is_visible (text, length))
    return refuse (refusal, 400, "the request's target is no path");
  const char *mark = memchr (text, '?', length);
  gsize path_length = mark != NULL ? (gsize) (mark - text) : length;
  g_autofree char *path = g_strndup (text, path_length);
  head->path = g_uri_unescape_string (path, NULL);
  if (head->path == NULL || !g_utf8_validate (head->path, -1, NULL))
    return refuse (refusal, 400, "the request's path is not UTF-8");
  if (mark != NULL)
    head->query = g_strndup (mark + 1, length - path_length - 1);
  return TRUE;
}

/* "POST /analysis HTTP/1.1" */
static gboolean
parse_request_line (const char *line, gsize length, BsHttpHead *head, gboolean *is_1_0, BsHttpRefusal *refusal)
{
  const char *end = line + length;
  const char *target = memchr (line, ' ', length);
  const char *version = target != NULL ? memchr (target + 1, ' ', (gsize) (end - target - 1)) : NULL;

  if (version == NULL)
    return refuse (refusal, 400, "the request line is not METHOD TARGET VERSION");
  gsize method_length = (gsize) (target - line), version_length = (gsize) (end - version - 1);
  if (!is_token (line, method_length))
    return refuse (refusal, 400, "the request's method is no word");
  target++;
  version++;
  if (version_length != 8 || memcmp (version, "HTTP/", 5) != 0 || !g_ascii_isdigit (version[5]) || version[6] != '.'
      || !g_ascii_isdigit (version[7]))
    return refuse (refusal, 400, "the request line does not end in an HTTP version");
  if (version[5] != '1' || version[7] > '1')
    return refuse (refusal, 505, "expected HTTP/1.1");
  *is_1_0 = version[7] == '0';
  head->method = g_strndup (line, method_length);
  return parse_target (target, (gsize) (version - 1 - target), head, refusal);
}

static gboolean
parse_length (const char *value, BsHttpHead *head, BsHttpRefusal *refusal)
{
  gsize length = strlen (value);

  if (head->has_length)
    return refuse (refusal, 400, "there are two Content-Length headers");
  if (length == 0 || strspn (value, "0123456789") != length)
    return refuse (refusal, 400, "Content-Length is not made of digits");
  if (length > MAX_LENGTH_DIGITS)
    return refuse (refusal, 413, "the body is too large");
  head->has_length = TRUE;
  head->content_length = g_ascii_strtoull (value, NULL, 10);
  return TRUE;
}

/* What is gathered over all headers. */
typedef struct
{
  BsHttpHead *head;
  gboolean has_encoding, says_close, says_keep_alive;
} Gathered;

static gboolean
take_once (char **place, const char *value, const char *twice, BsHttpRefusal *refusal)
{
  if (*place != NULL)
    return refuse (refusal, 400, twice);
  *place = g_strdup (value);
  return TRUE;
}

static void
take_connection (Gathered *gathered, const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = g_strstrip (words[i]);
      gathered->says_close = gathered->says_close || g_ascii_strcasecmp (word, "close") == 0;
      gathered->says_keep_alive = gathered->says_keep_alive || g_ascii_strcasecmp (word, "keep-alive") == 0;
    }
}

static gboolean
take_header (Gathered *gathered, const char *name, const char *value, BsHttpRefusal *refusal)
{
  BsHttpHead *head = gathered->head;

  if (g_ascii_strcasecmp (name, "Host") == 0)
    return take_once (&head->host, value, "there are two Host headers", refusal);
  if (g_ascii_strcasecmp (name, "Origin") == 0)
    return take_once (&head->origin, value, "there are two Origin headers", refusal);
  if (g_ascii_strcasecmp (name, "Authorization") == 0)
    return take_once (&head->authorization, value, "there are two Authorization headers", refusal);
  if (g_ascii_strcasecmp (name, "Content-Length") == 0)
    return parse_length (value, head, refusal);
  if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0)
    gathered->has_encoding = TRUE;
  else if (g_ascii_strcasecmp (name, "Connection") == 0)
    take_connection (gathered, value);
  else if (g_ascii_strcasecmp (name, "Expect") == 0)
    {
      if (g_ascii_strcasecmp (value, "100-continue") != 0)
        return refuse (refusal, 417, "the only expectation that is met is 100-continue");
      head->expects_continue = TRUE;
    }
  return TRUE;
}

static gboolean
parse_header (Gathered *gathered, const char *line, gsize length, BsHttpRefusal *refusal)
{
  const char *colon = memchr (line, ':', length);
  gsize name_length = colon != NULL ? (gsize) (colon - line) : 0;

  if (colon == NULL || !is_token (line, name_length))
    return refuse (refusal, 400, "a header is not NAME: VALUE");
  for (const char *p = colon + 1; p < line + length; p++)
    if (((guchar) *p < ' ' && *p != '\t') || *p == 0x7f)
      return refuse (refusal, 400, "a header has a control character in it");
  g_autofree char *name = g_strndup (line, name_length);
  g_autofree char *value = g_strndup (colon + 1, length - name_length - 1);
  return take_header (gathered, name, g_strstrip (value), refusal);
}

/* What only all headers together say. */
static gboolean
check (const Gathered *gathered, gboolean is_1_0, BsHttpRefusal *refusal)
{
  BsHttpHead *head = gathered->head;

  if (gathered->has_encoding && head->has_length)
    return refuse (refusal, 400, "there are both Transfer-Encoding and Content-Length");
  if (gathered->has_encoding)
    return refuse (refusal, is_1_0 ? 400 : 501, "no Transfer-Encoding is taken: send a Content-Length");
  if (head->host == NULL && !is_1_0)
    return refuse (refusal, 400, "there is no Host header");
  head->keep_alive = !gathered->says_close && (!is_1_0 || gathered->says_keep_alive);
  return TRUE;
}

gboolean
bs_http_head_parse (const char *text, gsize length, BsHttpHead *head, BsHttpRefusal *refusal)
{
  g_auto (BsHttpHead) parsed = { 0 };
  Gathered gathered = { .head = &parsed };
  const char *line = text, *end = text + length;
  gboolean is_1_0 = FALSE;

  *head = (BsHttpHead){ 0 };
  for (guint n = 0;; n++)
    {
      const char *line_end = line < end ? memchr (line, '\r', (gsize) (end - line)) : NULL;
      if (line_end == NULL || line_end + 1 >= end || line_end[1] != '\n')
        return refuse (refusal, 400, "a line does not end in CR and LF");
      gsize line_length = (gsize) (line_end - line);
      if (n > 0 && line_length == 0)
        break;
      if (n > BS_HTTP_MAX_HEADERS)
        return refuse (refusal, 431, "there are too many headers");
      if (!(n == 0 ? parse_request_line (line, line_length, &parsed, &is_1_0, refusal)
                   : parse_header (&gathered, line, line_length, refusal)))
        return FALSE;
      line = line_end + 2;
    }
  if (!check (&gathered, is_1_0, refusal))
    return FALSE;
  *head = parsed;
  parsed = (BsHttpHead){ 0 };
  return TRUE;
}

void
bs_http_head_clear (BsHttpHead *head)
{
  g_clear_pointer (&head->method, g_free);
  g_clear_pointer (&head->path, g_free);
  g_clear_pointer (&head->query, g_free);
  g_clear_pointer (&head->host, g_free);
  g_clear_pointer (&head->origin, g_free);
  g_clear_pointer (&head->authorization, g_free);
}

char *
bs_http_host_name (const char *host)
{
  const char *name = host, *end, *port;

  if (*host == '[')
    {
      name = host + 1;
      end = strchr (name, ']');
      if (end == NULL)
        return NULL;
      port = end + 1;
    }
  else
    {
      end = strchr (name, ':');
      if (end == NULL)
        end = name + strlen (name);
      port = end;
    }
  if (end == name || (*port != '\0' && *port != ':'))
    return NULL;
  if (*port == ':' && (port[1] == '\0' || strlen (port) > 6 || strspn (port + 1, "0123456789") != strlen (port + 1)))
    return NULL;
  for (const char *p = name; p < end; p++)
    if (!g_ascii_isalnum (*p) && strchr (*host == '[' ? ":." : ".-_", *p) == NULL)
      return NULL;
  return g_ascii_strdown (name, end - name);
}

gboolean
bs_http_host_is_loopback (const char *name)
{
  if (strcmp (name, "localhost") == 0)
    return TRUE;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

char *
bs_http_origin_name (const char *origin)
{
  const char *host = strstr (origin, "://");
  return host != NULL && host > origin ? bs_http_host_name (host + 3) : NULL;
}

char *
bs_http_query_find (const char *query, const char *name)
{
  gsize length = strlen (name);
  g_auto (GStrv) parts = g_strsplit (query != NULL ? query : "", "&", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (strncmp (parts[i], name, length) != 0 || parts[i][length] != '=')
        continue;
      g_autofree char *value = g_uri_unescape_string (parts[i] + length + 1, NULL);
      return value != NULL && g_utf8_validate (value, -1, NULL) ? g_steal_pointer (&value) : NULL;
    }
  return NULL;
}

gboolean
bs_http_bearer_is (const char *authorization, const char *token)
{
  static const char scheme[] = "Bearer ";
  gsize expected = strlen (token);

  if (authorization == NULL || g_ascii_strncasecmp (authorization, scheme, strlen (scheme)) != 0)
    return FALSE;
  const char *given = authorization + strlen (scheme);
  gsize length = strlen (given);
  /* Every byte is looked at, whichever differs first. */
  volatile guint difference = length != expected;
  for (gsize i = 0; i < expected; i++)
    difference |= (guint) ((guchar) token[i] ^ (guchar) given[length > 0 ? i % length : 0]);
  return difference == 0;
}
