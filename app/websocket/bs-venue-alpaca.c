/* bs-venue-alpaca.c: bars of a minute as Alpaca's market data (v2) streams them: sign in, subscribe, arrays of messages */
#include <string.h>

#include "app/feeds/bs-time-text.h"
#include "app/websocket/bs-venue.h"
#include "inference/model/bs-json.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
/* Bars of a page of history, as the venue allows. */
#define PAGE 10000
#define PAGE_TEXT "10000"
/* Values and names in the JSON of a page: 8 of each bar. */
#define MAX_VALUES (PAGE * 20 + 64)

/* What it answers with that no second try helps against. */
static const struct
{
  gint64 code;
  const char *words;
} denials[] = {
  { 401, "it does not know that the feed has signed in" },
  { 402, "it does not accept the keys" },
  { 404, "signing in took too long" },
  { 405, "the subscription is for fewer symbols" },
  { 406, "these keys are connected already, and it allows one connection" },
  { 409, "the subscription does not include these bars" },
};

static gboolean
parse (const char *text, BsVenueConfig *config, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "@", 3);
  const char *channel = parts[0] != NULL && parts[1] != NULL ? parts[1] : "iex";
  gboolean good = parts[0] != NULL && parts[0][0] != '\0' && strlen (parts[0]) <= 16
                  && (parts[1] == NULL || parts[2] == NULL)
                  && (g_str_equal (channel, "iex") || g_str_equal (channel, "sip") || g_str_equal (channel, "test"));
  for (const char *c = parts[0]; good && *c != '\0'; c++)
    good = g_ascii_isalnum (*c) || *c == '.';
  if (!good)
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_ADDRESS, "'%s': expected SYMBOL or SYMBOL@sip, such as AAPL", text);
      return FALSE;
    }
  config->symbol = g_ascii_strup (parts[0], -1);
  config->channel = g_strdup (channel);
  config->interval = g_strdup ("1Min");
  config->bar_length_us = MINUTE_US;
  return TRUE;
}

static char *
stream_url (const BsVenueConfig *config)
{
  return g_strdup_printf ("%s/v2/%s", config->stream, config->channel);
}

/* A symbol is letters, digits and dots; keys could be anything. */
static char *
quote (const char *text)
{
  g_autoptr (GString) quoted = g_string_new ("\"");
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (quoted, '\\');
      if ((guchar) *c >= 0x20)
        g_string_append_c (quoted, *c);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

static void
sign_in (const BsVenueConfig *config, const BsVenueSink *sink, gpointer data)
{
  g_autofree char *key = quote (config->key), *secret = quote (config->secret);
  g_autofree char *text = g_strdup_printf ("{\"action\":\"auth\",\"key\":%s,\"secret\":%s}", key, secret);
  sink->send (text, data);
}

static void
subscribe (const BsVenueConfig *config, const BsVenueSink *sink, gpointer data)
{
  /* A symbol is letters, digits and dots: there is nothing to quote. */
  g_autofree char *also = config->also != NULL ? g_strjoinv ("\",\"", config->also) : NULL;
  g_autofree char *symbols = also != NULL ? g_strconcat (config->symbol, "\",\"", also, NULL) : g_strdup (config->symbol);
  g_autofree char *text
    = g_strdup_printf ("{\"action\":\"subscribe\",\"bars\":[\"%s\"],\"updatedBars\":[\"%s\"]}", symbols, symbols);
  sink->send (text, data);
}

/* (nullable): the string member @name; NULL where there is none */
static const char *
find_string (const BsJsonValue *object, const char *name)
{
  const BsJsonValue *value = bs_json_find (object, name);
  return value != NULL && bs_json_type (value) == BS_JSON_STRING ? bs_json_get_string (value, NULL) : NULL;
}

static gboolean
get_number (const BsJsonValue *object, const char *name, double *number, GError **error)
{
  const BsJsonValue *value = bs_json_get_member (object, name, error);
  return value != NULL && bs_json_get_number (value, number, error);
}

static gboolean
get_bar (const BsJsonValue *object, BsBar *bar, GError **error)
{
  BsDateCache cache = { 0 };
  BsTimeText time;
  const char *t = find_string (object, "t");
  *bar = (BsBar) BS_BAR_INIT;
  if (t == NULL || !bs_time_text_parse (BS_TIME_STYLE_ANY, t, strlen (t), &cache, &time) || !time.is_utc)
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "t: expected a time with its offset");
      return FALSE;
    }
  bar->time_us = time.us;
  return get_number (object, "o", &bar->open, error) && get_number (object, "h", &bar->high, error)
         && get_number (object, "l", &bar->low, error) && get_number (object, "c", &bar->close, error)
         && get_number (object, "v", &bar->volume, error);
}

static void
take_bar (const BsVenueConfig *config, const BsJsonValue *item, gboolean revised, const BsVenueSink *sink, gpointer data)
{
  g_autoptr (GError) problem = NULL;
  BsBar bar;
  if (g_strcmp0 (find_string (item, "S"), config->symbol) != 0)
    return;
  if (!get_bar (item, &bar, &problem))
    sink->refused (problem->message, data);
  else if (revised)
    sink->revised (&bar, data);
  else
    sink->bar (&bar, data);
}

static gboolean
deny (const BsJsonValue *item, GError **error)
{
  gint64 code = 0;
  const BsJsonValue *value = bs_json_find (item, "code");
  const char *words = NULL, *message = find_string (item, "msg");
  if (value != NULL)
    bs_json_get_integer (value, 0, G_MAXINT64, &code, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (denials); i++)
    if (denials[i].code == code)
      words = denials[i].words;
  g_set_error (error, BS_VENUE_ERROR, words != NULL ? BS_VENUE_ERROR_DENIED : BS_VENUE_ERROR_MESSAGE,
               "Alpaca says error %" G_GINT64_FORMAT ": %.100s", code, words != NULL ? words : message != NULL ? message : "");
  return FALSE;
}

static gboolean
take_item (const BsVenueConfig *config, const BsJsonValue *item, const BsVenueSink *sink, gpointer data, GError **error)
{
  const char *type = find_string (item, "T"), *words = find_string (item, "msg");
  if (type == NULL)
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "expected messages with their type T");
      return FALSE;
    }
  if (g_str_equal (type, "error"))
    return deny (item, error);
  if (g_str_equal (type, "success") && g_strcmp0 (words, "connected") == 0)
    sign_in (config, sink, data);
  else if (g_str_equal (type, "success") && g_strcmp0 (words, "authenticated") == 0)
    subscribe (config, sink, data);
  else if (g_str_equal (type, "subscription"))
    sink->ready (data);
  else if (g_str_equal (type, "b") || g_str_equal (type, "u"))
    take_bar (config, item, type[0] == 'u', sink, data);
  return TRUE;
}

static gboolean
message (const BsVenueConfig *config, const char *text, gsize length, const BsVenueSink *sink, gpointer data, GError **error)
{
  g_autoptr (BsJson) json = bs_json_parse (text, length, 65536, error);
  if (json == NULL)
    return FALSE;
  const BsJsonValue *root = bs_json_root (json);
  if (bs_json_type (root) != BS_JSON_ARRAY)
    {
      g_set_error (error, BS_VENUE_ERROR, BS_VENUE_ERROR_MESSAGE, "expected an array of messages");
      return FALSE;
    }
  for (const BsJsonValue *item = bs_json_first (root); item != NULL; item = bs_json_next (item))
    if (!take_item (config, item, sink, data, error))
      return FALSE;
  return TRUE;
}

static char *
history_url (const BsVenueConfig *config, gint64 from_us)
{
  g_autoptr (GDateTime) from = g_date_time_new_from_unix_utc (MAX (from_us, 0) / G_USEC_PER_SEC);
  g_autofree char *start = g_date_time_format (from, "%Y-%m-%dT%H:%M:%SZ");
  return g_strdup_printf ("%s/v2/stocks/bars?symbols=%s&timeframe=1Min&start=%s&limit=" PAGE_TEXT "&feed=%s&sort=asc", config->rest,
                          config->symbol, start, config->channel);
}

static void
history_headers (const BsVenueConfig *config, const char *headers[8])
{
  headers[0] = "APCA-API-KEY-ID";
  headers[1] = config->key;
  headers[2] = "APCA-API-SECRET-KEY";
  headers[3] = config->secret;
  headers[4] = NULL;
}

static gboolean
history (const BsVenueConfig *config, const char *text, gsize length, gint64 now_us, const BsVenueSink *sink, gpointer data,
         gboolean *more, GError **error)
{
  g_autoptr (BsJson) json = bs_json_parse (text, length, MAX_VALUES, error);
  if (json == NULL)
    return FALSE;
  const BsJsonValue *bars = bs_json_get_member (bs_json_root (json), "bars", error);
  if (bars == NULL)
    return FALSE;
  /* No bars of it: null, or nothing under its name. */
  const BsJsonValue *list = bs_json_find (bars, config->symbol);
  *more = find_string (bs_json_root (json), "next_page_token") != NULL;
  for (const BsJsonValue *item = list != NULL ? bs_json_first (list) : NULL; item != NULL; item = bs_json_next (item))
    {
      g_autoptr (GError) problem = NULL;
      BsBar bar;
      if (!get_bar (item, &bar, &problem))
        sink->refused (problem->message, data);
      else if (bar.time_us + config->bar_length_us <= now_us)
        sink->bar (&bar, data);
    }
  return TRUE;
}

const BsVenue bs_venue_alpaca = {
  .stream = "wss://stream.data.alpaca.markets",
  .rest = "https://data.alpaca.markets",
  .needs_keys = TRUE,
  .silence_ms = 0,
  .page_bars = PAGE,
  .parse = parse,
  .stream_url = stream_url,
  .message = message,
  .history_url = history_url,
  .history_headers = history_headers,
  .history = history,
};
