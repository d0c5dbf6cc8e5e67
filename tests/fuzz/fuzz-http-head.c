/* fuzz-http-head.c: heads of HTTP requests of any bytes: no crash, and what is taken can be read in one way only */
#include <stdint.h>
#include <string.h>

#include "app/serve/bs-http-head.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* As it comes over the network: in pieces. */
static gssize
length_by_pieces (const char *text, gsize size, gsize piece)
{
  gsize scanned = 0;
  for (gsize n = MIN (piece, size);; n = MIN (n + piece, size))
    {
      gssize length = bs_http_head_length (text, n, &scanned);
      if (length != 0 || n == size)
        return length;
    }
}

static guint
count_headers (const char *text, gsize length, const char *name)
{
  guint n = 0;
  gsize name_length = strlen (name);
  for (gsize i = 0; i + name_length < length; i++)
    n += text[i] == '\n' && g_ascii_strncasecmp (text + i + 1, name, name_length) == 0;
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  gsize scanned = 0;
  g_auto (BsHttpHead) head = { 0 };
  BsHttpRefusal refusal = { 0 };

  gssize length = bs_http_head_length (text, size, &scanned);
  for (gsize piece = 1; piece < 8; piece += 3)
    {
      gssize by_pieces = length_by_pieces (text, size, piece);
      g_assert (by_pieces == length);
    }
  if (length <= 0)
    return 0;
  if (!bs_http_head_parse (text, (gsize) length, &head, &refusal))
    {
      g_assert (refusal.status >= 400 && refusal.reason != NULL && head.method == NULL);
      return 0;
    }
  g_assert (head.path[0] == '/' && g_utf8_validate (head.path, -1, NULL));
  g_assert (count_headers (text, (gsize) length, "host:") <= 1);
  g_assert (count_headers (text, (gsize) length, "content-length:") == (head.has_length ? 1 : 0));
  g_assert (count_headers (text, (gsize) length, "transfer-encoding:") == 0);
  g_autofree char *symbol = bs_http_query_find (head.query, "symbol");
  g_assert (symbol == NULL || g_utf8_validate (symbol, -1, NULL));
  g_autofree char *name = head.host != NULL ? bs_http_host_name (head.host) : NULL;
  if (name != NULL)
    bs_http_host_is_loopback (name);
  g_autofree char *origin = head.origin != NULL ? bs_http_origin_name (head.origin) : NULL;
  g_assert (head.authorization == NULL || !bs_http_bearer_is (head.authorization, "no such token, since it has \n in it"));
  return 0;
}
