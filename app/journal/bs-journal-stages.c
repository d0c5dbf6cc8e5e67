#include "app/journal/bs-journal-stages.h"

#include <string.h>

#define BYTES_A_STAGE 5

G_STATIC_ASSERT (BS_N_STAGES <= G_MAXUINT8);

char *
bs_journal_stages_names (void)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < BS_N_STAGES; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? "," : "", bs_stage_info (i)->name);
  return g_string_free (names, FALSE);
}

gsize
bs_journal_stages_pack (const gint64 *stage_ns, guint8 *bytes)
{
  gsize n = 0;
  for (guint i = 0; i < BS_N_STAGES; i++)
    {
      if (stage_ns[i] <= 0)
        continue;
      guint32 ns = GUINT32_TO_LE ((guint32) MIN (stage_ns[i], G_MAXUINT32));
      bytes[n] = (guint8) i;
      memcpy (bytes + n + 1, &ns, sizeof ns);
      n += BYTES_A_STAGE;
    }
  return n;
}

/* The stage that was number @number of @names, or -1. */
static int
find_stage (const char *names, guint number)
{
  while (number-- > 0 && names != NULL)
    {
      names = strchr (names, ',');
      names = names != NULL ? names + 1 : NULL;
    }
  if (names == NULL)
    return -1;
  gsize length = strcspn (names, ",");
  for (guint i = 0; i < BS_N_STAGES; i++)
    if (strlen (bs_stage_info (i)->name) == length && memcmp (bs_stage_info (i)->name, names, length) == 0)
      return (int) i;
  return -1;
}

void
bs_journal_stages_unpack (const guint8 *bytes, gsize size, const char *names, gint64 *stage_ns)
{
  memset (stage_ns, 0, BS_N_STAGES * sizeof *stage_ns);
  for (gsize at = 0; at + BYTES_A_STAGE <= size; at += BYTES_A_STAGE)
    {
      guint32 ns;
      int stage = find_stage (names, bytes[at]);
      memcpy (&ns, bytes + at + 1, sizeof ns);
      if (stage >= 0)
        stage_ns[stage] = GUINT32_FROM_LE (ns);
    }
}
