#include "app/bs-feed-text.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"

#define SECOND_US ((gint64) G_USEC_PER_SEC)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)

char *
bs_feed_text_age (gint64 age_us)
{
  char number[BS_NUMBER_LENGTH];

  if (age_us < SECOND_US)
    return g_strdup_printf (_ ("%s s"), bs_number_format (number, (double) age_us / SECOND_US, 1));
  if (age_us < 2 * MINUTE_US)
    return g_strdup_printf (_ ("%d s"), (int) (age_us / SECOND_US));
  if (age_us < HOUR_US)
    return g_strdup_printf (_ ("%d min"), (int) (age_us / MINUTE_US));
  if (age_us < 48 * HOUR_US)
    return g_strdup_printf (_ ("%d h %d min"), (int) (age_us / HOUR_US), (int) (age_us % HOUR_US / MINUTE_US));
  int days = (int) MIN (age_us / (24 * HOUR_US), G_MAXINT);
  return g_strdup_printf (ngettext ("%d day", "%d days", days), days);
}

char *
bs_feed_text_state (const BsFeedStatus *status)
{
  g_autofree char *age = bs_feed_text_age (status->age_us);
  const char *word = _ (bs_feed_state_word (status->state));

  if (status->state == BS_FEED_STALE)
    return g_strdup_printf (_ ("%s, no bar for %s"), word, age);
  if (status->state == BS_FEED_CONNECTED && status->last_arrival_us != 0)
    return g_strdup_printf (_ ("%s, last bar %s ago"), word, age);
  if (status->state == BS_FEED_CONNECTED)
    return g_strdup_printf (_ ("%s, no bar yet"), word);
  if (*status->message != '\0')
    return g_strdup_printf (_ ("%s: %s"), word, status->message);
  return g_strdup (word);
}

char *
bs_feed_text_silenced (const BsFeedStatus *status)
{
  g_autofree char *age = bs_feed_text_age (status->age_us);

  switch (status->state)
    {
    case BS_FEED_STALE:
      return g_strdup_printf (_ ("No bar for %s: this signal is old"), age);
    case BS_FEED_LOST:
      return g_strdup (_ ("The connection is lost: this signal is old"));
    case BS_FEED_CATCHING_UP:
      return g_strdup (_ ("Past bars are being computed"));
    default:
      return NULL;
    }
}

char *
bs_feed_text_counters (const BsFeedStatus *status)
{
  const BsFeedCounters *n = &status->counters;
  g_autoptr (GString) text = g_string_new (NULL);
  char number[BS_NUMBER_LENGTH];

  g_string_append_printf (text, g_dngettext (NULL, "%s bar", "%s bars", n->bars),
                          bs_number_format_count (number, n->bars));
  g_string_append_printf (text, g_dngettext (NULL, ", %s duplicate", ", %s duplicates", n->duplicates),
                          bs_number_format_count (number, n->duplicates));
  g_string_append_printf (text, _ (", %s refused"), bs_number_format_count (number, n->refused));
  if (*status->refused != '\0')
    g_string_append_printf (text, " (%s)", status->refused);
  g_string_append_printf (text, g_dngettext (NULL, ", %s gap", ", %s gaps", n->gaps),
                          bs_number_format_count (number, n->gaps));
  g_string_append_printf (text, g_dngettext (NULL, ", %s reconnect", ", %s reconnects", n->reconnects),
                          bs_number_format_count (number, n->reconnects));
  return g_string_free (g_steal_pointer (&text), FALSE);
}
