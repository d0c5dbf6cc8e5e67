#include "app/websocket/bs-websocket-feed.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/feeds/bs-backoff.h"
#include "app/feeds/bs-decimal.h"
#include "app/websocket/bs-venue-history.h"
#include "app/websocket/bs-venue-keys.h"

/* From one try to the next. No venue may be asked more often. */
#define FIRST_PAUSE_MSEC 2000
#define LONGEST_PAUSE_MSEC (60 * 1000)
/* A connection that has held so long was a good one, as is one that has brought a bar. */
#define GOOD_MSEC (60 * 1000)
/* Where the venue has said no. */
#define DENIED_PAUSE_MSEC (120 * 1000)
#define PING_MSEC (20 * 1000)
/* Between two instruments whose missed bars are fetched. */
#define BETWEEN_USEC (50 * 1000)
/* Bars that wait for those that were missed: far more than come in the time that fetching takes. */
#define MAX_HELD 1000

struct _BsWebsocketFeed
{
  BsFeed parent_instance;

  const BsVenue *venue;
  BsVenueConfig *config;
  BsBackoffPace pace;
  guint ping_ms, silence_ms;
  GPtrArray *members;    /* (element-type BsWebsocketFeed): itself, and those whose bars its connection brings, too (references) */
  GHashTable *by_symbol; /* of them */

  /* The thread's own. */
  BsBackoff backoff;
  GMainContext *context;
  SoupSession *session;
  SoupWebsocketConnection *connection; /* (nullable) */
  gboolean connecting, ready, closed, has_bar;
  gboolean listening; /* somebody takes this one's bars */
  gboolean filled; /* what was missed before this connection has been fetched, or cannot be had */
  GArray *held;    /* of BsBar: live ones that have come before that */
  GError *problem;          /* (nullable): why the connection ended */
  gint64 last_heard_us;     /* monotonic clock: a message, or, where the venue may have nothing to say, a pong */
  gint64 history_not_before_us; /* monotonic clock: the venue has asked for patience */
  char *history_problem;    /* (nullable): why bars that were missed could not be fetched */

  GCancellable *cancellable; /* cancelled by bs_feed_stop() */
};

G_DEFINE_FINAL_TYPE (BsWebsocketFeed, bs_websocket_feed, BS_TYPE_FEED)

/* What the venue's messages do. */

static void
push_bar (BsWebsocketFeed *self, const BsBar *bar)
{
  BsFeedVerdict verdict = bs_feed_push (BS_FEED (self), BS_FEED_ITEM_PRIMARY, bar, BS_FEED_DUE_ON_ARRIVAL);
  self->listening = self->listening && verdict != BS_FEED_CLOSED;
  self->has_bar = self->has_bar || verdict == BS_FEED_TAKEN;
}

/* The first bars may come before those that were missed: they wait for them. */
static void
take_bar (const BsBar *bar, gpointer data)
{
  BsWebsocketFeed *self = data;
  if (self->filled)
    push_bar (self, bar);
  else if (self->held->len < MAX_HELD)
    g_array_append_vals (self->held, bar, 1);
}

/* A bar that was missed: nobody had waited for it then. */
static void
take_missed (const BsBar *bar, gpointer data)
{
  BsWebsocketFeed *self = data;
  const BsBar *last = bs_feed_last (BS_FEED (self), BS_FEED_ITEM_PRIMARY);
  if (last != NULL && bar->time_us <= last->time_us)
    return;
  BsFeedVerdict verdict = bs_feed_push (BS_FEED (self), BS_FEED_ITEM_PRIMARY, bar, BS_FEED_DUE_PAST);
  self->listening = self->listening && verdict != BS_FEED_CLOSED;
}

/* A signal does not change once it is out: the revision is told, not taken. */
static void
take_revised (const BsBar *bar, gpointer data)
{
  BsWebsocketFeed *self = data;
  g_autofree char *time = bs_bar_format_time (bar->time_us);
  bs_feed_refuse (BS_FEED (self), _ ("the bar of %s was revised by the venue after it had closed: its signal stands"), time);
}

static void
take_refused (const char *why, gpointer data)
{
  bs_feed_refuse (BS_FEED (data), "%s", why);
}

static void
take_ready (gpointer data)
{
  BsWebsocketFeed *self = data;
  self->ready = TRUE;
}

static void
send_text (const char *text, gpointer data)
{
  BsWebsocketFeed *self = data;
  soup_websocket_connection_send_text (self->connection, text);
}

/* Only the first of several speaks. */
static void
leave_ready (gpointer data)
{
}

static void
leave_send (const char *text, gpointer data)
{
}

static const BsVenueSink other_sink = { leave_ready, take_bar, take_revised, take_refused, leave_send };
static const BsVenueSink live_sink = { take_ready, take_bar, take_revised, take_refused, send_text };
static const BsVenueSink missed_sink = { .bar = take_missed, .refused = take_refused };

/* One connection. */

static void
end_connection (BsWebsocketFeed *self, GError *problem)
{
  self->closed = TRUE;
  if (self->problem == NULL)
    self->problem = problem;
  else
    g_clear_error (&problem);
}

static void
on_message (SoupWebsocketConnection *connection, int type, GBytes *message, BsWebsocketFeed *self)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr (GError) error = NULL;
  self->last_heard_us = g_get_monotonic_time ();
  if (self->closed)
    return;
  g_autofree char *symbol = self->members->len > 1 && self->venue->symbol_of != NULL ? self->venue->symbol_of (text, length) : NULL;
  BsWebsocketFeed *other = symbol != NULL ? g_hash_table_lookup (self->by_symbol, symbol) : NULL;
  if (other != NULL && other != self)
    {
      other->venue->message (other->config, text, length, &other_sink, other, NULL);
      return;
    }
  if (!self->venue->message (self->config, text, length, &live_sink, self, &error))
    {
      end_connection (self, g_steal_pointer (&error));
      return;
    }
  /* Where a message may have bars of several, each looks for its own. */
  for (guint i = 1; self->venue->symbol_of == NULL && i < self->members->len; i++)
    {
      other = g_ptr_array_index (self->members, i);
      other->venue->message (other->config, text, length, &other_sink, other, NULL);
    }
}

/* What holds for the connection holds for all. @message: (nullable): %NULL: each has its own */
static gboolean
set_state_of_all (BsWebsocketFeed *self, BsFeedState state, const char *message)
{
  gboolean listening = FALSE;
  for (guint i = 0; i < self->members->len; i++)
    {
      BsWebsocketFeed *member = g_ptr_array_index (self->members, i);
      const char *text = message != NULL ? message : state == BS_FEED_CONNECTED ? member->history_problem : NULL;
      member->listening = bs_feed_set_state (BS_FEED (member), state, text);
      listening = listening || member->listening;
    }
  return listening;
}

static gboolean
is_listening (BsWebsocketFeed *self)
{
  for (guint i = 0; i < self->members->len; i++)
    if (((BsWebsocketFeed *) g_ptr_array_index (self->members, i))->listening)
      return TRUE;
  return FALSE;
}

static gboolean
any_has_bar (BsWebsocketFeed *self)
{
  for (guint i = 0; i < self->members->len; i++)
    if (((BsWebsocketFeed *) g_ptr_array_index (self->members, i))->has_bar)
      return TRUE;
  return FALSE;
}

static void
on_pong (SoupWebsocketConnection *connection, GBytes *message, BsWebsocketFeed *self)
{
  if (self->silence_ms == 0)
    self->last_heard_us = g_get_monotonic_time ();
}

static void
on_error (SoupWebsocketConnection *connection, GError *error, BsWebsocketFeed *self)
{
  end_connection (self, g_error_copy (error));
}

static void
on_closed (SoupWebsocketConnection *connection, BsWebsocketFeed *self)
{
  end_connection (self, g_error_new (BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "%s", _ ("the venue has closed the connection")));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  BsWebsocketFeed *self = data;
  GError *error = NULL;
  self->connecting = FALSE;
  self->connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (self->connection == NULL)
    {
      end_connection (self, error);
      return;
    }
  bs_backoff_connected (&self->backoff);
  self->last_heard_us = g_get_monotonic_time ();
  soup_websocket_connection_set_max_incoming_payload_size (self->connection, BS_VENUE_MAX_MESSAGE_BYTES);
  /* libsoup 3.2 pings, and does not look whether there is a pong: that is done in check_silence(). */
  soup_websocket_connection_set_keepalive_interval (self->connection, MAX (self->ping_ms / 1000, 1));
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->connection, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  if (self->venue->opened != NULL)
    self->venue->opened (self->config, &live_sink, self);
}

static void
check_silence (BsWebsocketFeed *self)
{
  guint longest_ms = self->silence_ms > 0 ? self->silence_ms : 3 * MAX (self->ping_ms, 1000);
  if (self->connection == NULL || self->closed
      || g_get_monotonic_time () - self->last_heard_us < longest_ms * G_GINT64_CONSTANT (1000))
    return;
  end_connection (self, g_error_new (BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, _ ("nothing has come for %u s"),
                                     (longest_ms + 999) / 1000));
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Fetches what @self missed since its last bar, over @leader's session. */
static void
fill_hole (BsWebsocketFeed *leader, BsWebsocketFeed *self)
{
  const BsBar *last = bs_feed_last (BS_FEED (self), BS_FEED_ITEM_PRIMARY);
  g_autoptr (GError) error = NULL;
  guint retry_after_s = 0;
  gint64 wait_us = leader->history_not_before_us - g_get_monotonic_time ();
  g_clear_pointer (&self->history_problem, g_free);
  if (last == NULL)
    return;
  if (wait_us > 0)
    {
      self->history_problem
        = g_strdup_printf (_ ("bars that were missed are not fetched: the venue has asked not to be asked for another %u s"),
                           (guint) (wait_us / G_USEC_PER_SEC + 1));
      return;
    }
  if (bs_venue_history_fetch (self->venue, self->config, leader->session, last->time_us + self->config->bar_length_us, &missed_sink,
                              self, &retry_after_s, leader->cancellable, &error))
    return;
  self->history_problem = g_strdup (error->message);
  if (retry_after_s > 0)
    leader->history_not_before_us = g_get_monotonic_time () + retry_after_s * G_GINT64_CONSTANT (1000000);
}

/* What was missed, then what has come meanwhile. Of many instruments the last waits for minutes: the connection is served between two,
 * as a venue ends one that leaves its pings unanswered. */
static void
catch_up (BsWebsocketFeed *self)
{
  for (guint i = 0; i < self->members->len && !self->closed && !bs_feed_is_stopping (BS_FEED (self)); i++)
    {
      BsWebsocketFeed *member = g_ptr_array_index (self->members, i);
      fill_hole (self, member);
      member->filled = TRUE;
      for (guint k = 0; k < member->held->len; k++)
        {
          const BsBar *bar = &g_array_index (member->held, BsBar, k), *last = bs_feed_last (BS_FEED (member), BS_FEED_ITEM_PRIMARY);
          /* Older ones were among those that were fetched. */
          if (last == NULL || bar->time_us >= last->time_us)
            push_bar (member, bar);
        }
      if (i + 1 == self->members->len)
        return;
      g_usleep (BETWEEN_USEC);
      while (g_main_context_iteration (self->context, FALSE))
        ;
    }
}

/* Lives until the connection ends or the feed is to. */
static void
serve (BsWebsocketFeed *self)
{
  BsFeed *feed = BS_FEED (self);
  g_autofree char *url = self->venue->stream_url (self->config);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  gboolean greeted = FALSE;
  self->connecting = TRUE;
  self->ready = self->closed = FALSE;
  for (guint i = 0; i < self->members->len; i++)
    {
      BsWebsocketFeed *member = g_ptr_array_index (self->members, i);
      member->has_bar = member->filled = FALSE;
      g_array_set_size (member->held, 0);
    }
  g_clear_error (&self->problem);
  if (message == NULL)
    {
      end_connection (self, g_error_new (BS_VENUE_ERROR, BS_VENUE_ERROR_ADDRESS, "no URL: %s", url));
      return;
    }
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, self->cancellable, on_connected,
                                        self);
  while (self->connecting || (!self->closed && is_listening (self) && !bs_feed_is_stopping (feed)))
    {
      if (self->ready && !greeted)
        {
          greeted = TRUE;
          catch_up (self);
          self->last_heard_us = g_get_monotonic_time ();
          if (!self->closed)
            set_state_of_all (self, BS_FEED_CONNECTED, NULL);
        }
      g_main_context_iteration (self->context, TRUE);
      check_silence (self);
    }
  if (self->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_clear_object (&self->connection);
}

/* A turn of waiting: the context goes on meanwhile, so that the last connection says good-bye. */
static gboolean
iterate (gint64 until_us, gpointer data)
{
  BsWebsocketFeed *self = data;
  if (!bs_feed_is_stopping (BS_FEED (self)))
    g_main_context_iteration (self->context, TRUE);
  return !bs_feed_is_stopping (BS_FEED (self));
}

static gboolean
wait_for_next_try (BsWebsocketFeed *self)
{
  guint ms = bs_backoff_next_ms (&self->backoff);
  if (g_error_matches (self->problem, BS_VENUE_ERROR, BS_VENUE_ERROR_DENIED))
    ms = MAX (DENIED_PAUSE_MSEC, self->pace.longest_ms);
  g_autofree char *text = g_strdup_printf (_ ("%s; trying again in %.1f s"),
                                           self->problem != NULL ? self->problem->message : _ ("no connection"), ms / 1000.0);
  return set_state_of_all (self, BS_FEED_LOST, text) && bs_backoff_wait (&self->backoff, ms);
}

static void
bs_websocket_feed_run (BsFeed *feed)
{
  BsWebsocketFeed *self = BS_WEBSOCKET_FEED (feed);
  static const BsBackoffFuncs funcs = { .sleep = iterate };
  self->context = g_main_context_new ();
  bs_backoff_init (&self->backoff, &self->pace, &funcs, self);
  g_main_context_push_thread_default (self->context);
  self->session = bs_venue_session_new ();
  /* Silence and the end of a pause are seen by a look at the clock. */
  g_autoptr (GSource) clock = g_timeout_source_new (100);
  g_source_set_callback (clock, tick, NULL, NULL);
  g_source_attach (clock, self->context);
  set_state_of_all (self, BS_FEED_CONNECTING, NULL);
  while (is_listening (self) && !bs_feed_is_stopping (feed))
    {
      serve (self);
      if (!is_listening (self) || bs_feed_is_stopping (feed))
        break;
      if (any_has_bar (self))
        bs_backoff_worked (&self->backoff);
      if (!wait_for_next_try (self))
        break;
      for (guint i = 0; i < self->members->len; i++)
        bs_feed_count_reconnect (g_ptr_array_index (self->members, i));
    }
  soup_session_abort (self->session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_object (&self->session);
  g_source_destroy (clock);
  g_main_context_pop_thread_default (self->context);
  g_clear_pointer (&self->context, g_main_context_unref);
}

static void
bs_websocket_feed_wake (BsFeed *feed)
{
  BsWebsocketFeed *self = BS_WEBSOCKET_FEED (feed);
  /* The thread's context has a clock of its own that wakes it ten times a second; what blocks in it ends by this. */
  if (bs_feed_is_stopping (feed))
    g_cancellable_cancel (self->cancellable);
}

static void
bs_websocket_feed_finalize (GObject *object)
{
  BsWebsocketFeed *self = BS_WEBSOCKET_FEED (object);
  for (guint i = 1; i < self->members->len; i++)
    g_object_unref (g_ptr_array_index (self->members, i));
  g_ptr_array_unref (self->members);
  g_hash_table_unref (self->by_symbol);
  bs_venue_config_free (self->config);
  g_clear_error (&self->problem);
  g_free (self->history_problem);
  g_array_unref (self->held);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (bs_websocket_feed_parent_class)->finalize (object);
}

static void
bs_websocket_feed_class_init (BsWebsocketFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_websocket_feed_finalize;
  BS_FEED_CLASS (klass)->run = bs_websocket_feed_run;
  BS_FEED_CLASS (klass)->wake = bs_websocket_feed_wake;
}

static void
bs_websocket_feed_init (BsWebsocketFeed *self)
{
  self->cancellable = g_cancellable_new ();
  self->members = g_ptr_array_new ();
  g_ptr_array_add (self->members, self);
  self->by_symbol = g_hash_table_new (g_str_hash, g_str_equal);
  self->held = g_array_new (FALSE, FALSE, sizeof (BsBar));
  self->pace = (BsBackoffPace){ FIRST_PAUSE_MSEC, LONGEST_PAUSE_MSEC, GOOD_MSEC };
  self->ping_ms = PING_MSEC;
}

BsWebsocketFeed *
bs_websocket_feed_new (const BsVenue *venue, BsVenueConfig *config)
{
  BsWebsocketFeed *self = g_object_new (BS_TYPE_WEBSOCKET_FEED, NULL);
  self->venue = venue;
  self->config = config;
  self->silence_ms = venue->silence_ms;
  bs_feed_set_live (BS_FEED (self), config->bar_length_us);
  return self;
}

void
bs_websocket_feed_lead (BsWebsocketFeed *self, BsWebsocketFeed *const *others, guint n)
{
  g_return_if_fail (self->config->also == NULL && self->members->len == 1);
  g_autoptr (GStrvBuilder) also = g_strv_builder_new ();
  g_hash_table_insert (self->by_symbol, self->config->symbol, self);
  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (self->members, g_object_ref (others[i]));
      g_hash_table_insert (self->by_symbol, others[i]->config->symbol, others[i]);
      g_strv_builder_add (also, others[i]->config->symbol);
    }
  if (n > 0)
    self->config->also = g_strv_builder_end (also);
}

void
bs_websocket_feed_set_pace (BsWebsocketFeed *self, guint first_ms, guint longest_ms, guint ping_ms, guint silence_ms)
{
  self->pace.first_ms = first_ms;
  self->pace.longest_ms = longest_ms;
  self->ping_ms = ping_ms;
  self->silence_ms = silence_ms;
}

/* Opening: see bs-feed-kind.h. */

typedef struct
{
  BsBarFile *file;
} History;

static void
keep_bar (const BsBar *bar, gpointer data)
{
  History *history = data;
  history->file->n_rows++;
  if (!bs_bar_series_append (history->file->series, bar, NULL))
    return;
  history->file->decimals = MAX (history->file->decimals, bs_decimal_places (bar->close));
}

static void
keep_refused (const char *why, gpointer data)
{
  History *history = data;
  history->file->n_rows++;
  history->file->n_refused++;
}

static gboolean
open_venue (const BsVenue *venue, char *(*get_key) (const char *field), const BsFeedRequest *request, BsFeedOpened *opened,
            GCancellable *cancellable, GError **error)
{
  static const BsVenueSink sink = { .bar = keep_bar, .refused = keep_refused };
  g_autoptr (BsVenueConfig) config = bs_venue_parse (venue, request->address, get_key, error);
  if (config == NULL)
    return FALSE;
  opened->primary = bs_bar_file_new (config->symbol);
  opened->primary->series = bs_bar_series_new (0, config->bar_length_us, BS_STAMP_START);
  opened->primary->timezone = g_strdup ("UTC");
  if (request->has_past != NULL
      && request->has_past (config->symbol, config->bar_length_us, BS_STAMP_START, request->past_data))
    {
      /* What has come since is a hole like any other: the feed fills it once it is connected. */
      opened->instrument = g_strdup (config->symbol);
      opened->feed = BS_FEED (bs_websocket_feed_new (venue, g_steal_pointer (&config)));
      return TRUE;
    }
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  g_autoptr (SoupSession) session = bs_venue_session_new ();
  History history = { opened->primary };
  guint retry_after_s;
  gboolean good = bs_venue_history_fetch (venue, config, session, g_get_real_time () - BS_WEBSOCKET_HISTORY_BARS * config->bar_length_us,
                                          &sink, &history, &retry_after_s, cancellable, error);
  g_clear_object (&session);
  g_main_context_pop_thread_default (context);
  if (!good)
    return FALSE;
  opened->instrument = g_strdup (config->symbol);
  opened->feed = BS_FEED (bs_websocket_feed_new (venue, g_steal_pointer (&config)));
  return TRUE;
}

/* All on the first's connection. */
static void
join (BsFeed *const *feeds, guint n)
{
  bs_websocket_feed_lead (BS_WEBSOCKET_FEED (feeds[0]), (BsWebsocketFeed *const *) (feeds + 1), n - 1);
}

static gboolean
binance_open (const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable, GError **error)
{
  return open_venue (&bs_venue_binance, NULL, request, opened, cancellable, error);
}

static gboolean
alpaca_open (const BsFeedRequest *request, BsFeedOpened *opened, GCancellable *cancellable, GError **error)
{
  return open_venue (&bs_venue_alpaca, bs_venue_keys_alpaca, request, opened, cancellable, error);
}

const BsFeedKind bs_feed_kind_binance = {
  .name = "binance",
  .title = N_ ("Binance"),
  .summary = N_ ("Klines of crypto pairs, live from Binance; no account is needed. Several, with commas between, fill the watchlist"),
  .address_title = N_ ("Pair and bar length"),
  .example = "BTCUSDT@1m",
  .several = TRUE,
  .open = binance_open,
  .join = join,
};

const BsFeedKind bs_feed_kind_alpaca = {
  .name = "alpaca",
  .title = N_ ("Alpaca"),
  .summary = N_ ("Minute bars of US stocks, live from Alpaca; its keys come from the secret store or the environment. Several, with commas between, "
                 "fill the watchlist"),
  .address_title = N_ ("Symbol"),
  .example = "AAPL",
  .several = TRUE,
  .open = alpaca_open,
  .join = join,
};
