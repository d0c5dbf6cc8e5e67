#include "app/bs-bar-name.h"

#include <glib/gi18n.h>
#include <string.h>

#define MINUTE_S 60
#define HOUR_S (60 * MINUTE_S)
#define DAY_S (24 * HOUR_S)
#define WEEK_S (7 * DAY_S)

/* Endings that say how a file is packed or written, not what is in it. */
static const char *const endings[] = { ".gz", ".csv", ".txt", ".tsv", ".scid", ".dat" };

/* "1m", "1min", "1 minute", "M1" as a word of its own, with its number as group "n". */
#define BAR_LENGTH "(?<![A-Za-z0-9])(?:(?<n>[0-9]+)[-_ ]?m(?:in(?:ute)?s?)?|m(?<m>[0-9]+))(?![A-Za-z0-9])"

static char *
without_endings (const char *name)
{
  char *stem = g_strdup (name);
  for (gboolean again = TRUE; again;)
    {
      again = FALSE;
      for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
        {
          gsize length = strlen (stem), ending = strlen (endings[i]);
          if (length > ending && g_ascii_strcasecmp (stem + length - ending, endings[i]) == 0)
            {
              stem[length - ending] = '\0';
              again = TRUE;
            }
        }
    }
  return stem;
}

char *
bs_bar_name_instrument (const char *path)
{
  g_autofree char *file_name = g_path_get_basename (path);
  g_autofree char *name = g_filename_display_name (file_name);
  g_autofree char *stem = without_endings (name);
  g_autoptr (GRegex) length = g_regex_new ("[-_ .]*" BAR_LENGTH "[-_ .]*$", G_REGEX_CASELESS, 0, NULL);
  g_autofree char *instrument = g_regex_replace_literal (length, stem, -1, 0, "", 0, NULL);
  return instrument != NULL && *instrument != '\0' ? g_steal_pointer (&instrument) : g_steal_pointer (&stem);
}

/* @name with the 1 of its bar length made a 5, or NULL. */
static char *
with_five_minutes (const char *name)
{
  g_autoptr (GRegex) length = g_regex_new (BAR_LENGTH, G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  for (g_regex_match (length, name, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      int begin = -1, end = -1;
      if (!g_match_info_fetch_named_pos (match, "n", &begin, &end) || begin < 0)
        g_match_info_fetch_named_pos (match, "m", &begin, &end);
      if (end - begin == 1 && name[begin] == '1')
        return g_strdup_printf ("%.*s5%s", begin, name, name + end);
    }
  return NULL;
}

char *
bs_bar_name_sibling (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  if (!g_utf8_validate (name, -1, NULL))
    return NULL;
  g_autofree char *sibling = with_five_minutes (name);
  if (sibling == NULL && g_str_has_prefix (name, "primary"))
    sibling = g_strconcat ("secondary", name + strlen ("primary"), NULL);
  if (sibling == NULL)
    return NULL;

  g_autofree char *dir = g_path_get_dirname (path);
  g_autofree char *sibling_path = g_build_filename (dir, sibling, NULL);
  return g_file_test (sibling_path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&sibling_path) : NULL;
}

/* The word for @n units of so many seconds each: one of those below. */
static const char *
unit_word (gint64 seconds, gulong n)
{
  switch (seconds)
    {
    case WEEK_S:
      return ngettext ("week", "weeks", n);
    case DAY_S:
      return ngettext ("day", "days", n);
    case HOUR_S:
      return _ ("h");
    case MINUTE_S:
      return _ ("min");
    default:
      return _ ("s");
    }
}

char *
bs_bar_length_text (gint64 length_us)
{
  static const gint64 units[] = { WEEK_S, DAY_S, HOUR_S, MINUTE_S, 1 }; /* s */
  if (length_us <= 0)
    return g_strdup ("");
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      gint64 unit_us = units[i] * G_USEC_PER_SEC;
      gint64 n = length_us / unit_us;
      if (length_us % unit_us == 0)
        return g_strdup_printf ("%" G_GINT64_FORMAT " %s", n, unit_word (units[i], (gulong) n));
    }
  return g_strdup_printf ("%.3g s", (double) length_us / G_USEC_PER_SEC);
}
