/* bs-venue-binance.c: klines as Binance streams them: SYMBOL@kline_INTERVAL; prices are strings, a bar has closed once x is true */
#include <string.h>

#include "app/feeds/bs-decimal.h"
#include "app/websocket/bs-venue.h"
#include "inference/model/bs-json.h"

/* Klines of a page of history, as the venue allows. */
#define PAGE 1000
#define PAGE_TEXT "1000"
/* Values in the JSON of a page: 12 of each kline. */
#define MAX_VALUES (PAGE * 13 + 16)
#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

static const struct
{
  const char *name;
  gint64 minutes;
} intervals[] = {
  { "1m", 1 },   { "3m", 3 },   { "5m", 5 },   { "15m", 15 }, { "30m", 30 },  { "1h", 60 },
  { "2h", 120 }, { "4h", 240 }, { "6h", 360 }, { "8h", 480 }, { "12h", 720 }, { "1d", 1440 },
};

static gboolean
parse (const char *text, BsVenueConfig *config, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "@", 3);
  gboolean good = g_strv_length (parts) == 2 && parts[0][0] != '\0' && strlen (parts[0]) <= 32;
  for (const char *c = parts[0]; good && *c != '\0'; c++)
    good = g_ascii_isalnum (*c);
  for (guint i = 0; good && i < G_N_ELEMENTS (intervals); i++)
    if (g_str_equal (parts[1], intervals[i].name))
      {
        config->symbol = g_ascii_strup (parts[0], -1);
        config->interval = g_strdup (parts[1]);
        config->bar_length_us = intervals[i].minutes * MINUTE_US;
        return TRUE;
      }
  g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_ADDRESS, "'%s': expected SYMBOL@INTERVAL, such as BTCUSDT@1m; intervals are 1m to 1d",
               text);
  return FALSE;
}

static char *
stream_url (const BsVenueConfig *config)
{
  g_autofree char *symbol = g_ascii_strdown (config->symbol, -1);
  if (config->also == NULL)
    return g_strdup_printf ("%s/ws/%s@kline_%s", config->stream, symbol, config->interval);
  GString *url = g_string_new (NULL);
  g_string_append_printf (url, "%s/stream?streams=%s@kline_%s", config->stream, symbol, config->interval);
  for (char **other = config->also; *other != NULL; other++)
    {
      g_autofree char *name = g_ascii_strdown (*other, -1);
      g_string_append_printf (url, "/%s@kline_%s", name, config->interval);
    }
  return g_string_free (url, FALSE);
}

/* A message of several streams is wrapped: {"stream":NAME,"data":MESSAGE}. */
static const BsJsonValue *
unwrap (const BsJson *json)
{
  const BsJsonValue *root = bs_json_root (json);
  const BsJsonValue *data = bs_json_find (root, "stream") != NULL ? bs_json_find (root, "data") : NULL;
  return data != NULL ? data : root;
}

static char *
symbol_of (const char *text, gsize length)
{
  g_autoptr (BsJson) json = bs_json_parse (text, length, 256, NULL);
  const BsJsonValue *name = json != NULL ? bs_json_find (unwrap (json), "s") : NULL;
  return name != NULL && bs_json_type (name) == BS_JSON_STRING ? g_strdup (bs_json_get_string (name, NULL)) : NULL;
}

static void
opened (const BsVenueConfig *config, const BsVenueSink *sink, gpointer data)
{
  sink->ready (data);
}

/* A number that is written as a string. */
static gboolean
get_decimal (const BsJsonValue *value, double *number, GError **error)
{
  const char *text = value != NULL ? bs_json_get_string (value, error) : NULL;
  if (text == NULL)
    return FALSE;
  if (bs_decimal_parse (text, strlen (text), number, NULL))
    return TRUE;
  g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "expected a number in quotes, got '%.40s'", text);
  return FALSE;
}

static gboolean
get_member_decimal (const BsJsonValue *object, const char *name, double *number, GError **error)
{
  const BsJsonValue *value = bs_json_get_member (object, name, error);
  return value != NULL && get_decimal (value, number, error);
}

/* Buys are what takers bought; sells the rest. */
static void
set_sides (BsBar *bar, double bought)
{
  bar->ask_volume = CLAMP (bought, 0, bar->volume);
  bar->bid_volume = bar->volume - bar->ask_volume;
}

static gboolean
get_time (const BsJsonValue *value, gint64 *time_us, GError **error)
{
  gint64 ms;
  if (value == NULL || !bs_json_get_integer (value, 0, G_GINT64_CONSTANT (253402300799999), &ms, error))
    return FALSE;
  *time_us = ms * 1000;
  return TRUE;
}

static gboolean
get_kline (const BsVenueConfig *config, const BsJsonValue *k, BsBar *bar, gboolean *closed, GError **error)
{
  double bought;
  const BsJsonValue *value = bs_json_get_member (k, "x", error);
  if (value == NULL || !bs_json_get_boolean (value, closed, error))
    return FALSE;
  value = bs_json_get_member (k, "s", error);
  const char *name = value != NULL ? bs_json_get_string (value, error) : NULL;
  if (name == NULL)
    return FALSE;
  if (!g_str_equal (name, config->symbol))
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "s: expected %s, got '%.40s'", config->symbol, name);
      return FALSE;
    }
  *bar = (BsBar) BS_BAR_INIT;
  if (!get_time (bs_json_get_member (k, "t", error), &bar->time_us, error)
      || !get_member_decimal (k, "o", &bar->open, error) || !get_member_decimal (k, "h", &bar->high, error)
      || !get_member_decimal (k, "l", &bar->low, error) || !get_member_decimal (k, "c", &bar->close, error)
      || !get_member_decimal (k, "v", &bar->volume, error) || !get_member_decimal (k, "V", &bought, error))
    return FALSE;
  set_sides (bar, bought);
  return TRUE;
}

static gboolean
message (const BsVenueConfig *config, const char *text, gsize length, const BsVenueSink *sink, gpointer data, GError **error)
{
  g_autoptr (BsJson) json = bs_json_parse (text, length, 256, error);
  if (json == NULL)
    return FALSE;
  const BsJsonValue *root = unwrap (json), *event = bs_json_find (root, "e");
  /* Answers to requests, and events of other streams, are none of ours. */
  if (event == NULL || bs_json_type (event) != BS_JSON_STRING || !g_str_equal (bs_json_get_string (event, NULL), "kline"))
    return TRUE;
  g_autoptr (GError) problem = NULL;
  const BsJsonValue *k = bs_json_get_member (root, "k", &problem);
  BsBar bar;
  gboolean closed = FALSE;
  if (k == NULL || !get_kline (config, k, &bar, &closed, &problem))
    sink->refused (problem->message, data);
  else if (closed)
    sink->bar (&bar, data);
  return TRUE;
}

static char *
history_url (const BsVenueConfig *config, gint64 from_us)
{
  return g_strdup_printf ("%s/api/v3/klines?symbol=%s&interval=%s&startTime=%" G_GINT64_FORMAT "&limit=" PAGE_TEXT, config->rest,
                          config->symbol, config->interval, MAX (from_us, 0) / 1000);
}

/* [open time, open, high, low, close, volume, close time, quote volume, trades, taker's base volume, ...] */
static gboolean
get_row (const BsJsonValue *row, BsBar *bar, GError **error)
{
  const BsJsonValue *values[10];
  const BsJsonValue *value = bs_json_type (row) == BS_JSON_ARRAY ? bs_json_first (row) : NULL;
  double bought;
  guint n = 0;
  for (; value != NULL && n < G_N_ELEMENTS (values); value = bs_json_next (value))
    values[n++] = value;
  if (n < G_N_ELEMENTS (values))
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "expected a kline of 12 values");
      return FALSE;
    }
  *bar = (BsBar) BS_BAR_INIT;
  if (!get_time (values[0], &bar->time_us, error) || !get_decimal (values[1], &bar->open, error)
      || !get_decimal (values[2], &bar->high, error) || !get_decimal (values[3], &bar->low, error)
      || !get_decimal (values[4], &bar->close, error) || !get_decimal (values[5], &bar->volume, error)
      || !get_decimal (values[9], &bought, error))
    return FALSE;
  set_sides (bar, bought);
  return TRUE;
}

static gboolean
history (const BsVenueConfig *config, const char *text, gsize length, gint64 now_us, const BsVenueSink *sink, gpointer data,
         gboolean *more, GError **error)
{
  g_autoptr (BsJson) json = bs_json_parse (text, length, MAX_VALUES, error);
  if (json == NULL)
    return FALSE;
  const BsJsonValue *root = bs_json_root (json);
  if (bs_json_type (root) != BS_JSON_ARRAY)
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "expected an array of klines");
      return FALSE;
    }
  *more = bs_json_length (root) >= PAGE;
  for (const BsJsonValue *row = bs_json_first (root); row != NULL; row = bs_json_next (row))
    {
      g_autoptr (GError) problem = NULL;
      BsBar bar;
      if (!get_row (row, &bar, &problem))
        sink->refused (problem->message, data);
      else if (bar.time_us + config->bar_length_us <= now_us)
        sink->bar (&bar, data);
    }
  return TRUE;
}

const BsVenue bs_venue_binance = {
  .stream = "wss://stream.binance.com:9443",
  .rest = "https://api.binance.com",
  /* Klines in the making come every two seconds. */
  .silence_ms = 60 * 1000,
  .page_bars = PAGE,
  .symbol_of = symbol_of,
  .parse = parse,
  .stream_url = stream_url,
  .opened = opened,
  .message = message,
  .history_url = history_url,
  .history = history,
};
