#include "app/websocket/bs-venue-history.h"

#include <stdlib.h>

/* Pages of one call: Binance's 20,000 bars of a minute are two weeks. */
#define MAX_PAGES 20
/* No venue is asked more often. */
#define PAUSE_USEC (250 * 1000)
#define TIMEOUT_SEC 15
/* However long a venue asks us to wait. */
#define MAX_RETRY_AFTER_SEC 3600

SoupSession *
bs_venue_session_new (void)
{
  return soup_session_new_with_options ("timeout", TIMEOUT_SEC, "user-agent", "barscope", NULL);
}

/* Counts what a page gives, and where the next one begins. */
typedef struct
{
  const BsVenueSink *sink;
  gpointer data;
  gint64 next_us;
  gint64 bar_length_us;
} Page;

static void
take_bar (const BsBar *bar, gpointer data)
{
  Page *page = data;
  page->next_us = MAX (page->next_us, bar->time_us + page->bar_length_us);
  page->sink->bar (bar, page->data);
}

static void
take_refused (const char *why, gpointer data)
{
  Page *page = data;
  page->sink->refused (why, page->data);
}

/* (transfer full): the body of a good answer */
static GBytes *
get (const BsVenue *venue, const BsVenueConfig *config, SoupSession *session, const char *url, guint *retry_after_s,
     GCancellable *cancellable, GError **error)
{
  const char *headers[8] = { NULL };
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  if (message == NULL)
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_ADDRESS, "no URL to ask: %s", config->rest);
      return NULL;
    }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (venue->history_headers != NULL)
    venue->history_headers (config, headers);
  for (guint i = 0; headers[i] != NULL; i += 2)
    soup_message_headers_append (soup_message_get_request_headers (message), headers[i], headers[i + 1]);
  g_autoptr (GInputStream) stream = soup_session_send (session, message, cancellable, error);
  if (stream == NULL)
    return NULL;
  guint status = soup_message_get_status (message);
  if (status != SOUP_STATUS_OK)
    {
      const char *after = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
      if (after != NULL && (status == 429 || status == 418))
        *retry_after_s = (guint) CLAMP (atoi (after), 1, MAX_RETRY_AFTER_SEC);
      gboolean denied = status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN;
      g_set_error (error, BS_VENUE_ERROR, denied ? BS_VENUE_ERROR_DENIED : BS_VENUE_ERROR_MESSAGE,
                   "%s answers HTTP %u %s when asked for bars of the past", config->rest, status,
                   soup_message_get_reason_phrase (message) != NULL ? soup_message_get_reason_phrase (message) : "");
      return NULL;
    }
  g_autoptr (GByteArray) body = g_byte_array_new ();
  for (;;)
    {
      guint8 buffer[65536];
      gssize n = g_input_stream_read (stream, buffer, sizeof buffer, cancellable, error);
      if (n < 0)
        return NULL;
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&body));
      if (body->len + (gsize) n > BS_VENUE_MAX_PAGE_BYTES)
        {
          g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "%s: a page of bars is larger than %d bytes", config->rest,
                       BS_VENUE_MAX_PAGE_BYTES);
          return NULL;
        }
      g_byte_array_append (body, buffer, (guint) n);
    }
}

gboolean
bs_venue_history_fetch (const BsVenue *venue, const BsVenueConfig *config, SoupSession *session, gint64 from_us,
                        const BsVenueSink *sink, gpointer data, guint *retry_after_s, GCancellable *cancellable, GError **error)
{
  const BsVenueSink page_sink = { .bar = take_bar, .refused = take_refused };
  /* Of more bars than it fetches, the newest: what is to come follows on them. */
  gint64 oldest_us = g_get_real_time () - (gint64) MAX_PAGES * venue->page_bars * config->bar_length_us;
  Page page = { sink, data, MAX (from_us, oldest_us), config->bar_length_us };
  *retry_after_s = 0;
  for (guint i = 0; i < MAX_PAGES; i++)
    {
      gint64 now_us = g_get_real_time ();
      gint64 begin_us = page.next_us;
      gboolean more = FALSE;
      if (begin_us + config->bar_length_us > now_us)
        return TRUE;
      if (i > 0)
        g_usleep (PAUSE_USEC);
      g_autofree char *url = venue->history_url (config, begin_us);
      g_autoptr (GBytes) body = get (venue, config, session, url, retry_after_s, cancellable, error);
      if (body == NULL)
        return FALSE;
      g_autoptr (GError) problem = NULL;
      if (!venue->history (config, g_bytes_get_data (body, NULL), g_bytes_get_size (body), now_us, &page_sink, &page, &more, &problem))
        {
          g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "%s: bars of the past: %s", config->rest, problem->message);
          return FALSE;
        }
      if (!more || page.next_us == begin_us)
        return TRUE;
    }
  return TRUE;
}
