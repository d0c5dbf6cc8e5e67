#ifdef _WIN32
#define _CRT_RAND_S
#endif
#include "app/serve/bs-token.h"

#include <stdio.h>
#include <stdlib.h>

#define N_BYTES (BS_TOKEN_BITS / 8)

/* GLib's own random numbers can be guessed from a few of them. */
static gboolean
fill_random (guint8 bytes[N_BYTES])
{
#ifdef G_OS_WIN32
  for (guint i = 0; i < N_BYTES; i++)
    {
      unsigned int number;
      if (rand_s (&number) != 0)
        return FALSE;
      bytes[i] = (guint8) number;
    }
  return TRUE;
#else
  FILE *file = fopen ("/dev/urandom", "rb");
  if (file == NULL)
    return FALSE;
  gboolean good = fread (bytes, 1, N_BYTES, file) == N_BYTES;
  fclose (file);
  return good;
#endif
}

char *
bs_token_new (void)
{
  guint8 bytes[N_BYTES];
  if (!fill_random (bytes))
    return NULL;
  GString *text = g_string_sized_new (2 * N_BYTES + 1);
  for (guint i = 0; i < N_BYTES; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}
