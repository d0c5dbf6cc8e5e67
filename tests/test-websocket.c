/* test-websocket.c: the venues' feeds against a server of the test's own that speaks their protocols and misbehaves on purpose */
#include <libsoup/soup.h>
#include <string.h>

#include "app/feeds/bs-feed-kind.h"
#include "app/websocket/bs-venue-history.h"
#include "app/websocket/bs-websocket-feed.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define N_BARS 200
/* Those that are there when the feed is opened. */
#define N_HISTORY 100

/* What the server does next on a connection. */
typedef enum
{
  SEND,        /* bar @bar, closed */
  SEND_OPEN,   /* bar @bar, still in the making */
  SEND_OTHER,  /* bar @bar of another symbol */
  SEND_REVISED, /* bar @bar with another close */
  SEND_TEXT,   /* @text as it is */
  CLOSE,       /* as it should be */
  CUT_FRAME,   /* half a frame, then the connection is gone */
  HANG,        /* nothing more, not even pongs, for @bar ms */
  STAY,        /* nothing more */
} Deed;

typedef struct
{
  Deed deed;
  guint bar;
  const char *text;
} Action;

typedef enum
{
  BINANCE,
  ALPACA
} Protocol;

/* One connection: its actions end with STAY or what ends it. */
typedef struct
{
  guint handshake_status; /* 0: the handshake succeeds */
  guint rest_status;      /* of the REST from here on */
  guint rest_end;         /* bars that the REST knows */
  const Action *actions;
} Connection;

typedef struct
{
  Protocol protocol;
  const Connection *connections;
  guint n_connections;
  gint64 base_us; /* of bar 0 */
  const char *patience; /* (nullable): seconds of Retry-After */

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *server;
  guint port;
  guint n_begun, n_rest; /* atomic */
  gint from_minute;      /* atomic: what the REST was asked for last */
  guint current;
  GPtrArray *open;
} Server;

static gint64
time_of (const Server *self, guint bar)
{
  return self->base_us + bar * MINUTE_US;
}

static double
price_of (guint bar)
{
  return 100 + (bar * 7 % 13) * 0.25;
}

static char *
kline (const Server *self, guint bar, const char *symbol, gboolean closed, double more)
{
  double open = price_of (bar), close = price_of (bar + 1) + more;
  return g_strdup_printf ("{\"e\":\"kline\",\"E\":1,\"s\":\"%s\",\"k\":{\"t\":%" G_GINT64_FORMAT
                          ",\"T\":1,\"s\":\"%s\",\"i\":\"1m\",\"f\":1,\"L\":2,\"o\":\"%.4f\",\"c\":\"%.4f\",\"h\":\"%.4f\",\"l\":\"%.4f\","
                          "\"v\":\"%u.5\",\"n\":100,\"x\":%s,\"q\":\"1.0\",\"V\":\"%u.25\",\"Q\":\"1\",\"B\":\"0\"}}",
                          symbol, time_of (self, bar) / 1000, symbol, open, close, MAX (open, close) + 1, MIN (open, close) - 1,
                          100 + bar, closed ? "true" : "false", 40 + bar / 2);
}

static char *
alpaca_bar (const Server *self, guint bar, const char *symbol, gboolean revised, double more)
{
  double open = price_of (bar), close = price_of (bar + 1) + more;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_of (self, bar) / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
  return g_strdup_printf ("[{\"T\":\"%s\",\"S\":\"%s\",\"o\":%.4f,\"h\":%.4f,\"l\":%.4f,\"c\":%.4f,\"v\":%u,\"t\":\"%s\",\"n\":3,\"vw\":1.5}]",
                          revised ? "u" : "b", symbol, open, MAX (open, close) + 1, MIN (open, close) - 1, close, 100 + bar, text);
}

static void
send_bar (Server *self, SoupWebsocketConnection *connection, const Action *action)
{
  gboolean revised = action->deed == SEND_REVISED;
  const char *symbol = action->deed == SEND_OTHER ? "OTHER" : self->protocol == BINANCE ? "BTCUSDT" : "AAPL";
  double more = revised ? 0.5 : 0;
  g_autofree char *text = self->protocol == BINANCE ? kline (self, action->bar, symbol, action->deed != SEND_OPEN, more)
                                                    : alpaca_bar (self, action->bar, symbol, revised, more);
  soup_websocket_connection_send_text (connection, text);
}

static void
cut_frame (SoupWebsocketConnection *connection)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (connection);
  static const guint8 half[] = { 0x81, 0x7e, 0x01, 0x00, '{', '"' };
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), half, sizeof half, NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

/* A while later: what was said before has gone out by then. */
static gboolean
hang (gpointer ms)
{
  g_usleep (GPOINTER_TO_UINT (ms) * 1000);
  return G_SOURCE_REMOVE;
}

/* Plays the actions of the present connection. */
static void
play (Server *self, SoupWebsocketConnection *connection)
{
  for (const Action *action = self->connections[self->current].actions;; action++)
    switch (action->deed)
      {
      case SEND_TEXT:
        soup_websocket_connection_send_text (connection, action->text);
        break;
      case CLOSE:
        soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "24 hours");
        return;
      case CUT_FRAME:
        cut_frame (connection);
        return;
      case HANG:
        {
          g_autoptr (GSource) later = g_timeout_source_new (500);
          g_source_set_callback (later, hang, GUINT_TO_POINTER (action->bar), NULL);
          g_source_attach (later, self->context);
          return;
        }
      case STAY:
        return;
      default:
        send_bar (self, connection, action);
      }
}

/* Alpaca: what the client says. */
static void
on_message (SoupWebsocketConnection *connection, int type, GBytes *message, Server *self)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  if (strstr (text, "\"auth\"") != NULL)
    {
      gboolean good = strstr (text, "\"key\":\"a \\\"key\\\"\"") != NULL && strstr (text, "\"secret\":\"s3cret\"") != NULL;
      soup_websocket_connection_send_text (connection, good ? "[{\"T\":\"success\",\"msg\":\"authenticated\"}]"
                                                            : "[{\"T\":\"error\",\"code\":402,\"msg\":\"auth failed\"}]");
    }
  else if (strstr (text, "\"subscribe\"") != NULL)
    {
      soup_websocket_connection_send_text (connection, "[{\"T\":\"subscription\",\"bars\":[\"AAPL\"],\"trades\":[]}]");
      play (self, connection);
    }
}

static void
on_connection (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection, gpointer data)
{
  Server *self = data;
  g_ptr_array_add (self->open, g_object_ref (connection));
  if (self->protocol == BINANCE)
    {
      play (self, connection);
      return;
    }
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  soup_websocket_connection_send_text (connection, "[{\"T\":\"success\",\"msg\":\"connected\"}]");
}

/* Each handshake is a connection of the script. */
static void
on_handshake (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Server *self = data;
  guint begun = (guint) g_atomic_int_add (&self->n_begun, 1);
  self->current = MIN (begun, self->n_connections - 1);
  if (self->connections[self->current].handshake_status != 0)
    soup_server_message_set_status (message, self->connections[self->current].handshake_status, NULL);
}

static void
on_rest (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Server *self = data;
  const Connection *connection = &self->connections[self->current];
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 from_us = 0;
  g_atomic_int_inc (&self->n_rest);
  gboolean first = g_atomic_int_get (&self->n_begun) == 0;
  if (!first && connection->rest_status != 0)
    {
      soup_server_message_set_status (message, connection->rest_status, NULL);
      soup_message_headers_append (soup_server_message_get_response_headers (message), "Retry-After", self->patience != NULL ? self->patience : "1");
      return;
    }
  if (self->protocol == BINANCE)
    from_us = g_ascii_strtoll (g_hash_table_lookup (query, "startTime"), NULL, 10) * 1000;
  else
    {
      g_autoptr (GDateTime) start = g_date_time_new_from_iso8601 (g_hash_table_lookup (query, "start"), NULL);
      from_us = g_date_time_to_unix (start) * G_USEC_PER_SEC;
    }
  g_atomic_int_set (&self->from_minute, (gint) (from_us / MINUTE_US));
  g_string_append (text, self->protocol == BINANCE ? "[" : "{\"bars\":{\"AAPL\":[");
  guint n = 0;
  for (guint bar = 0; bar < (first ? N_HISTORY : connection->rest_end); bar++)
    {
      if (time_of (self, bar) < from_us)
        continue;
      if (n++ > 0)
        g_string_append_c (text, ',');
      double open = price_of (bar), close = price_of (bar + 1);
      if (self->protocol == BINANCE)
        g_string_append_printf (text, "[%" G_GINT64_FORMAT ",\"%.4f\",\"%.4f\",\"%.4f\",\"%.4f\",\"%u.5\",1,\"1\",3,\"%u.25\",\"1\",\"0\"]",
                                time_of (self, bar) / 1000, open, MAX (open, close) + 1, MIN (open, close) - 1, close, 100 + bar,
                                40 + bar / 2);
      else
        {
          g_autofree char *whole = alpaca_bar (self, bar, "AAPL", FALSE, 0);
          g_string_append_len (text, whole + 1, (gssize) strlen (whole) - 2);
        }
    }
  g_string_append (text, self->protocol == BINANCE ? "]" : "]},\"next_page_token\":null}");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text->str, text->len);
}

/* Of LeakSanitizer, where it is there: for this thread. */
void __lsan_disable (void) __attribute__ ((weak));

static gpointer
run_server (gpointer data)
{
  Server *self = data;
  /* libsoup leaks the timer of a connection that is freed while it waits for the other side to close. */
  if (__lsan_disable != NULL)
    __lsan_disable ();
  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static Server *
server_new (Protocol protocol, const Connection *connections, guint n)
{
  g_autoptr (GError) error = NULL;
  Server *self = g_new0 (Server, 1);
  self->protocol = protocol;
  self->connections = connections;
  self->n_connections = n;
  self->base_us = (g_get_real_time () / MINUTE_US - N_BARS - 10) * MINUTE_US;
  self->open = g_ptr_array_new_with_free_func (g_object_unref);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_early_handler (self->server, protocol == BINANCE ? "/ws" : "/v2/iex", on_handshake, self, NULL);
  soup_server_add_websocket_handler (self->server, protocol == BINANCE ? "/ws" : "/v2/iex", NULL, NULL, on_connection, self, NULL);
  soup_server_add_handler (self->server, protocol == BINANCE ? "/api/v3/klines" : "/v2/stocks/bars", on_rest, self, NULL);
  g_assert_true (soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (self->server);
  self->port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_context_pop_thread_default (self->context);
  self->thread = g_thread_new ("server", run_server, self);
  return self;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
server_free (Server *self)
{
  /* From its own thread: it has no lock. */
  g_main_context_invoke (self->context, quit, self->loop);
  g_thread_join (self->thread);
  g_main_context_push_thread_default (self->context);
  g_ptr_array_unref (self->open);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

static char *
server_address (const Server *self, const char *kind, const char *symbol)
{
  return g_strdup_printf ("%s:%s?stream=ws://127.0.0.1:%u&rest=http://127.0.0.1:%u", kind, symbol, self->port, self->port);
}

/* What the feed delivers. */

typedef struct
{
  GMutex lock;
  GArray *bars; /* of guint: which, as they came */
  guint n_lost;
  const Server *server;
} Sink;

static gboolean
take_item (const BsFeedItem *item, gpointer data)
{
  Sink *sink = data;
  g_mutex_lock (&sink->lock);
  if (item->kind == BS_FEED_ITEM_PRIMARY)
    {
      guint bar = (guint) ((item->bar.time_us - sink->server->base_us) / MINUTE_US);
      g_assert_cmpfloat (item->bar.open, ==, price_of (bar));
      g_assert_cmpfloat (item->bar.close, ==, price_of (bar + 1));
      g_array_append_val (sink->bars, bar);
    }
  sink->n_lost += item->kind == BS_FEED_ITEM_STATE && item->state == BS_FEED_LOST;
  g_mutex_unlock (&sink->lock);
  return TRUE;
}

static void
wait_for (Sink *sink, guint n_bars, guint n_lost)
{
  for (guint i = 0; i < 6000; i++)
    {
      g_mutex_lock (&sink->lock);
      gboolean done = sink->bars->len >= n_bars && sink->n_lost >= n_lost;
      g_mutex_unlock (&sink->lock);
      if (done)
        return;
      g_usleep (10000);
    }
  g_mutex_lock (&sink->lock);
  g_assert_cmpuint (sink->bars->len, >=, n_bars);
  g_assert_cmpuint (sink->n_lost, >=, n_lost);
  g_mutex_unlock (&sink->lock);
}

static const Action first[] = { { SEND_OPEN, 100 }, { SEND, 100 },         { SEND, 101 },       { SEND, 101 },
                                { SEND_OTHER, 102 }, { SEND_REVISED, 101 }, { SEND, 50 },        { SEND_TEXT, 0, "{\"result\":null,\"id\":1}" },
                                { SEND_TEXT, 0, "{\"e\":\"kline\",\"k\":{\"x\":true}}" },          { CLOSE } };
static const Action second[] = { { SEND, 105 }, { CUT_FRAME } };
static const Action third[] = { { SEND, 108 }, { SEND_TEXT, 0, "{\"e\":\"kline\",\"e\":1}" }, { STAY } };
static const Action fourth[] = { { SEND, 109 }, { HANG, 4000 } };
static const Action fifth[] = { { SEND, 112 }, { SEND, 113 }, { STAY } };

/* What must come, whatever happens: history, 100 and 101, 102 to 104 by REST, 105, then a hole (106, 107) that REST does not fill,
 * 108, 109, 110 and 111 by REST, 112, 113. Each once and in order. */
static void
test_binance (void)
{
  static const Connection connections[] = {
    { 0, 0, 100, first }, { 0, 0, 105, second },        { 0, 500, 0, third },
    { 0, 0, 109, fourth }, { 503, 0, 0, fifth }, { 0, 0, 112, fifth },
  };
  g_autoptr (GError) error = NULL;
  Server *server = server_new (BINANCE, connections, G_N_ELEMENTS (connections));
  g_autofree char *address = server_address (server, "binance", "btcusdt@1m");
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  g_auto (BsFeedOpened) opened = { 0 };
  g_assert_true (bs_feed_open (address, &request, &opened, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (opened.instrument, ==, "BTCUSDT");
  g_assert_cmpuint (opened.primary->decimals, ==, 2);
  g_assert_cmpuint (bs_bar_series_length (opened.primary->series), ==, N_HISTORY);
  g_assert_cmpint (bs_bar_series_bar_length (opened.primary->series), ==, MINUTE_US);
  g_assert_cmpint (bs_bar_series_stamp (opened.primary->series), ==, BS_STAMP_START);
  BsBar bar;
  bs_bar_series_get (opened.primary->series, 10, &bar);
  g_assert_cmpfloat (bar.volume, ==, 110.5);
  g_assert_cmpfloat (bar.ask_volume, ==, 45.25);
  g_assert_cmpfloat (bar.bid_volume, ==, 110.5 - 45.25);

  Sink sink = { .bars = g_array_new (FALSE, FALSE, sizeof (guint)), .server = server };
  g_mutex_init (&sink.lock);
  bs_feed_set_history (opened.feed, opened.primary->series, NULL, NULL, NULL);
  bs_websocket_feed_set_pace (BS_WEBSOCKET_FEED (opened.feed), 40, 200, 1000, 2000);
  bs_feed_start (opened.feed, take_item, &sink);
  /* A handshake that fails is part of the same loss. */
  wait_for (&sink, 112, 4);
  BsFeedStatus status;
  bs_feed_status (opened.feed, &status);
  g_assert_cmpint (status.state, ==, BS_FEED_CONNECTED);
  bs_feed_stop (opened.feed);

  static const guint expected[] = { 100, 101, 102, 103, 104, 105, 108, 109, 110, 111, 112, 113 };
  g_assert_cmpuint (sink.bars->len, ==, N_HISTORY + G_N_ELEMENTS (expected));
  for (guint i = 0; i < sink.bars->len; i++)
    g_assert_cmpuint (g_array_index (sink.bars, guint, i), ==, i < N_HISTORY ? i : expected[i - N_HISTORY]);
  g_assert_cmpuint (status.counters.bars, ==, G_N_ELEMENTS (expected));
  g_assert_cmpuint (status.counters.duplicates, ==, 1);
  /* Another symbol's, the revised one, the old one, and one without its fields. */
  g_assert_cmpuint (status.counters.refused, ==, 4);
  g_assert_cmpuint (status.counters.gaps, ==, 1);
  g_assert_cmpuint (status.counters.reconnects, ==, 5);
  g_array_unref (sink.bars);
  g_mutex_clear (&sink.lock);
  server_free (server);
}

/* A server that ends every connection at once is left alone for longer and longer. */
static void
test_back_off (void)
{
  static const Action nothing[] = { { CLOSE } };
  static const Connection connections[] = { { 0, 0, 100, nothing } };
  g_autoptr (GError) error = NULL;
  Server *server = server_new (BINANCE, connections, 1);
  g_autofree char *address = server_address (server, "binance", "BTCUSDT@1m");
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  g_auto (BsFeedOpened) opened = { 0 };
  g_assert_true (bs_feed_open (address, &request, &opened, NULL, &error));
  Sink sink = { .bars = g_array_new (FALSE, FALSE, sizeof (guint)), .server = server };
  g_mutex_init (&sink.lock);
  bs_feed_set_history (opened.feed, opened.primary->series, NULL, NULL, NULL);
  bs_websocket_feed_set_pace (BS_WEBSOCKET_FEED (opened.feed), 200, 60000, 1000, 0);
  gint64 begin = g_get_monotonic_time ();
  bs_feed_start (opened.feed, take_item, &sink);
  for (guint i = 0; i < 6000 && g_atomic_int_get (&server->n_begun) < 5; i++)
    g_usleep (10000);
  /* Before the fifth connection: at least half of 200, 400, 800 and 1600 ms. */
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 1500 * 1000);
  g_assert_cmpuint (g_atomic_int_get (&server->n_begun), <=, 6);
  bs_feed_stop (opened.feed);
  g_array_unref (sink.bars);
  g_mutex_clear (&sink.lock);
  server_free (server);
}

/* A venue that has asked for patience is not asked again, and that bars are missing is said all the same. */
static void
test_patience (void)
{
  static const Action one[] = { { SEND, 100 }, { CLOSE } }, two[] = { { SEND, 103 }, { CLOSE } }, three[] = { { SEND, 106 }, { STAY } };
  static const Connection connections[] = { { 0, 0, 100, one }, { 0, 429, 0, two }, { 0, 429, 0, three } };
  g_autoptr (GError) error = NULL;
  Server *server = server_new (BINANCE, connections, G_N_ELEMENTS (connections));
  server->patience = "60";
  g_autofree char *address = server_address (server, "binance", "BTCUSDT@1m");
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  g_auto (BsFeedOpened) opened = { 0 };
  g_assert_true (bs_feed_open (address, &request, &opened, NULL, &error));
  Sink sink = { .bars = g_array_new (FALSE, FALSE, sizeof (guint)), .server = server };
  g_mutex_init (&sink.lock);
  bs_feed_set_history (opened.feed, opened.primary->series, NULL, NULL, NULL);
  bs_websocket_feed_set_pace (BS_WEBSOCKET_FEED (opened.feed), 40, 200, 1000, 0);
  bs_feed_start (opened.feed, take_item, &sink);
  wait_for (&sink, N_HISTORY + 3, 2);
  BsFeedStatus status;
  for (guint i = 0; i < 1000; i++)
    {
      bs_feed_status (opened.feed, &status);
      if (status.state == BS_FEED_CONNECTED)
        break;
      g_usleep (10000);
    }
  g_assert_nonnull (strstr (status.message, "missed"));
  g_assert_cmpuint (status.counters.gaps, ==, 2);
  /* The history at the start, and once for what was missed before the first and the second connection. */
  g_assert_cmpint (g_atomic_int_get (&server->n_rest), ==, 3);
  bs_feed_stop (opened.feed);
  g_array_unref (sink.bars);
  g_mutex_clear (&sink.lock);
  server_free (server);
}

static void
set_keys (const char *key, const char *secret)
{
  g_setenv ("APCA_API_KEY_ID", key, TRUE);
  g_setenv ("APCA_API_SECRET_KEY", secret, TRUE);
}

static const Action stock_first[] = { { SEND, 100 }, { SEND_OTHER, 100 }, { SEND_REVISED, 100 }, { SEND, 101 }, { CLOSE } };
static const Action stock_second[] = { { SEND, 103 }, { HANG, 4500 } };
static const Action stock_third[] = { { SEND, 104 }, { STAY } };
static const Connection stock_connections[] = { { 0, 0, 100, stock_first }, { 0, 0, 103, stock_second }, { 0, 0, 104, stock_third } };

static void
test_alpaca (void)
{
  g_autoptr (GError) error = NULL;
  set_keys ("a \"key\"", "s3cret");
  Server *server = server_new (ALPACA, stock_connections, G_N_ELEMENTS (stock_connections));
  g_autofree char *address = server_address (server, "alpaca", "aapl");
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  g_auto (BsFeedOpened) opened = { 0 };
  g_assert_true (bs_feed_open (address, &request, &opened, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (bs_bar_series_length (opened.primary->series), ==, N_HISTORY);
  Sink sink = { .bars = g_array_new (FALSE, FALSE, sizeof (guint)), .server = server };
  g_mutex_init (&sink.lock);
  bs_feed_set_history (opened.feed, opened.primary->series, NULL, NULL, NULL);
  /* Silence is normal here: that pings stay unanswered is what tells. */
  bs_websocket_feed_set_pace (BS_WEBSOCKET_FEED (opened.feed), 40, 200, 1000, 0);
  bs_feed_start (opened.feed, take_item, &sink);
  wait_for (&sink, N_HISTORY + 5, 2);
  BsFeedStatus status;
  bs_feed_status (opened.feed, &status);
  bs_feed_stop (opened.feed);
  for (guint i = 0; i < N_HISTORY + 5; i++)
    g_assert_cmpuint (g_array_index (sink.bars, guint, i), ==, i);
  g_assert_cmpuint (status.counters.refused, ==, 1);
  g_assert_nonnull (strstr (status.refused, "revised"));
  g_assert_cmpuint (status.counters.gaps, ==, 0);
  g_array_unref (sink.bars);
  g_mutex_clear (&sink.lock);
  server_free (server);
}

/* A wrong key is said, is not tried again at once, and is nowhere in what is said. */
static void
test_alpaca_denied (void)
{
  g_autoptr (GError) error = NULL;
  set_keys ("wrong", "alsowrong");
  Server *server = server_new (ALPACA, stock_connections, G_N_ELEMENTS (stock_connections));
  g_autofree char *address = server_address (server, "alpaca", "AAPL");
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  g_auto (BsFeedOpened) opened = { 0 };
  g_assert_true (bs_feed_open (address, &request, &opened, NULL, &error));
  Sink sink = { .bars = g_array_new (FALSE, FALSE, sizeof (guint)), .server = server };
  g_mutex_init (&sink.lock);
  bs_feed_set_history (opened.feed, opened.primary->series, NULL, NULL, NULL);
  bs_websocket_feed_set_pace (BS_WEBSOCKET_FEED (opened.feed), 40, 200, 1000, 0);
  bs_feed_start (opened.feed, take_item, &sink);
  wait_for (&sink, N_HISTORY, 1);
  g_usleep (1000000);
  BsFeedStatus status;
  bs_feed_status (opened.feed, &status);
  g_assert_cmpint (status.state, ==, BS_FEED_LOST);
  g_assert_nonnull (strstr (status.message, "keys"));
  g_assert_null (strstr (status.message, "wrong"));
  g_assert_cmpuint (g_atomic_int_get (&server->n_begun), ==, 1);
  bs_feed_stop (opened.feed);
  g_array_unref (sink.bars);
  g_mutex_clear (&sink.lock);
  server_free (server);
}

static void
test_addresses (void)
{
  static const char *const bad[] = {
    "binance:BTCUSDT",      "binance:@1m",        "binance:BTC/USDT@1m",
    "binance:BTCUSDT@7m",   "binance:A@1m?x=1",   "binance:A@1m?stream=ws://example.org&rest=https://example.org",
    "alpaca:A B",           "alpaca:AAPL@nyse",   "binance:A@1m?stream=wss://me:secret@example.org",
    "alpaca:",              "binance:A@1m?rest=http://example.org",
  };
  BsFeedRequest request = BS_FEED_REQUEST_INIT;
  set_keys ("key", "secret");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (BsFeedOpened) opened = { 0 };
      g_test_message ("%s", bad[i]);
      g_assert_false (bs_feed_open (bad[i], &request, &opened, NULL, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == BS_VENUE_ERROR || error->domain == BS_FEED_KIND_ERROR);
    }
}

/* Pages that are no pages are refused, and what is no bar in a page is left out. */
static void
count_bar (const BsBar *bar, gpointer data)
{
  ((guint *) data)[0]++;
}

static void
count_refused (const char *why, gpointer data)
{
  ((guint *) data)[1]++;
}

static void
test_pages (void)
{
  static const BsVenueSink sink = { .bar = count_bar, .refused = count_refused };
  static const struct
  {
    const BsVenue *venue;
    const char *text;
    gboolean good;
    guint n_bars, n_refused;
  } pages[] = {
    { &bs_venue_binance, "[]", TRUE, 0, 0 },
    { &bs_venue_binance, "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}", FALSE, 0, 0 },
    { &bs_venue_binance, "[[60000,\"1\",\"2\",\"0.5\",\"1\",\"10\",1,\"1\",1,\"4\",\"1\",\"0\"],[1,2],[\"x\"],7]", TRUE, 1, 3 },
    { &bs_venue_binance, "[[60000,1,2,0.5,1,10,1,1,1,4,1,0]]", TRUE, 0, 1 },
    { &bs_venue_binance, "[[9e999]]", FALSE, 0, 0 },
    { &bs_venue_alpaca, "{\"bars\":{},\"next_page_token\":null}", TRUE, 0, 0 },
    { &bs_venue_alpaca, "{\"bars\":null}", TRUE, 0, 0 },
    { &bs_venue_alpaca, "[]", FALSE, 0, 0 },
    { &bs_venue_alpaca, "{\"bars\":{\"S\":[{\"t\":\"2024-01-02T14:30:00Z\",\"o\":1,\"h\":2,\"l\":0.5,\"c\":1,\"v\":9},{\"t\":\"2024-01-02\"},1]}}",
      TRUE, 1, 2 },
  };
  BsVenueConfig config = { .symbol = (char *) "S", .bar_length_us = MINUTE_US, .rest = (char *) "https://x" };
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autoptr (GError) error = NULL;
      guint counts[2] = { 0 };
      gboolean more = FALSE;
      g_test_message ("%s", pages[i].text);
      gboolean good = pages[i].venue->history (&config, pages[i].text, strlen (pages[i].text), g_get_real_time (), &sink, counts,
                                               &more, &error);
      g_assert_cmpint (good, ==, pages[i].good);
      g_assert_cmpint (error != NULL, ==, !good);
      g_assert_cmpuint (counts[0], ==, pages[i].n_bars);
      g_assert_cmpuint (counts[1], ==, pages[i].n_refused);
    }
}

/* Of more bars than are fetched, the newest are: what comes live follows on them. */
static void
test_long_hole (void)
{
  static const BsVenueSink sink = { .bar = count_bar, .refused = count_refused };
  static const Connection connections[] = { { 0, 0, 0, NULL } };
  g_autoptr (GError) error = NULL;
  Server *server = server_new (BINANCE, connections, 1);
  g_autofree char *address = server_address (server, "binance", "BTCUSDT@1m");
  g_autoptr (BsVenueConfig) config = bs_venue_parse (&bs_venue_binance, strchr (address, ':') + 1, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (SoupSession) session = bs_venue_session_new ();
  guint counts[2] = { 0 }, retry_after_s;
  gint now = (gint) (g_get_real_time () / MINUTE_US);
  g_assert_true (bs_venue_history_fetch (&bs_venue_binance, config, session, 0, &sink, counts, &retry_after_s, NULL, &error));
  g_assert_cmpuint (counts[0], ==, N_HISTORY);
  g_assert_cmpint (g_atomic_int_get (&server->from_minute), >=, now - 20000);
  g_assert_cmpint (g_atomic_int_get (&server->from_minute), <=, now - 19990);
  gint64 recent_us = (now - 30) * (gint64) MINUTE_US;
  g_assert_true (bs_venue_history_fetch (&bs_venue_binance, config, session, recent_us, &sink, counts, &retry_after_s, NULL, &error));
  g_assert_cmpint (g_atomic_int_get (&server->from_minute), ==, now - 30);
  server_free (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/websocket/addresses", test_addresses);
  g_test_add_func ("/websocket/pages", test_pages);
  g_test_add_func ("/websocket/long-hole", test_long_hole);
  g_test_add_func ("/websocket/binance", test_binance);
  g_test_add_func ("/websocket/back-off", test_back_off);
  g_test_add_func ("/websocket/patience", test_patience);
  g_test_add_func ("/websocket/alpaca", test_alpaca);
  g_test_add_func ("/websocket/alpaca/denied", test_alpaca_denied);
  return g_test_run ();
}
