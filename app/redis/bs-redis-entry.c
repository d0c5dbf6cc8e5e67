#include "app/redis/bs-redis-entry.h"

#include <string.h>

#include "app/feeds/bs-decimal.h"

/* The numbers of a bar, by their field's name. */
static const struct
{
  const char *name;
  gsize offset;
} numbers[] = {
  { "open", G_STRUCT_OFFSET (BsBar, open) },
  { "high", G_STRUCT_OFFSET (BsBar, high) },
  { "low", G_STRUCT_OFFSET (BsBar, low) },
  { "close", G_STRUCT_OFFSET (BsBar, close) },
  { "volume", G_STRUCT_OFFSET (BsBar, volume) },
  { "bid_volume", G_STRUCT_OFFSET (BsBar, bid_volume) },
  { "ask_volume", G_STRUCT_OFFSET (BsBar, ask_volume) },
  { "daily_pnl", G_STRUCT_OFFSET (BsBar, daily_pnl) },
  { "daily_goal", G_STRUCT_OFFSET (BsBar, daily_goal) },
  { "daily_max_loss", G_STRUCT_OFFSET (BsBar, daily_max_loss) },
};

/* The fields that are not in the table above. */
enum
{
  FIELD_INSTRUMENT,
  FIELD_SERIES,
  FIELD_LENGTH,
  FIELD_STAMP,
  FIELD_TIME,
  N_OTHER_FIELDS,
  N_FIELDS = N_OTHER_FIELDS + G_N_ELEMENTS (numbers)
};

static const char *const other_fields[N_OTHER_FIELDS] = { "instrument", "series", "bar_length_us", "stamp", "time_us" };

guint
bs_redis_shard_of (const char *instrument, guint n_shards)
{
  guint32 hash = 2166136261u;
  for (const guint8 *c = (const guint8 *) instrument; *c != 0; c++)
    hash = (hash ^ *c) * 16777619u;
  return hash % n_shards;
}

gboolean
bs_redis_check_instrument (const char *instrument, GError **error)
{
  gboolean good = instrument[0] != '\0' && strlen (instrument) < BS_REDIS_INSTRUMENT_SIZE
                  && g_utf8_validate (instrument, -1, NULL);
  for (const char *c = instrument; good && *c != '\0'; c = g_utf8_next_char (c))
    good = g_unichar_isgraph (g_utf8_get_char (c));
  if (!good)
    g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REPLY,
                 "instrument: expected a name of 1 to %d bytes without blanks", BS_REDIS_INSTRUMENT_SIZE - 1);
  return good;
}

char *
bs_redis_key_shards (const char *prefix)
{
  return g_strdup_printf ("%s:shards", prefix);
}

char *
bs_redis_key_bars (const char *prefix, guint shard)
{
  return g_strdup_printf ("%s:bars:%u", prefix, shard);
}

char *
bs_redis_key_signals (const char *prefix, const BsModel *model, const char *instrument)
{
  return g_strdup_printf ("%s:signals:%.16s:%s", prefix, model->hash, instrument);
}

void
bs_redis_time_id (char id[BS_REDIS_ID_SIZE], gint64 time_us)
{
  g_snprintf (id, BS_REDIS_ID_SIZE, "%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, time_us / 1000, time_us % 1000);
}

static void
begin (BsRedisWords *words, const char *key, const char *id)
{
  words->n = 0;
  words->words[words->n++] = "XADD";
  words->words[words->n++] = key;
  words->words[words->n++] = id;
}

static void
add_text (BsRedisWords *words, const char *field, const char *value)
{
  words->words[words->n++] = field;
  words->words[words->n++] = value;
}

static void
add_integer (BsRedisWords *words, const char *field, gint64 value)
{
  char text[24];
  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  add_text (words, field, g_string_chunk_insert (words->pool, text));
}

static void
add_number (BsRedisWords *words, const char *field, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (text, sizeof text, "%.17g", value);
  add_text (words, field, g_string_chunk_insert (words->pool, text));
}

void
bs_redis_bar_words (BsRedisWords *words, const char *key, const BsRedisBar *bar)
{
  begin (words, key, "*");
  add_text (words, other_fields[FIELD_INSTRUMENT], bar->instrument);
  add_text (words, other_fields[FIELD_SERIES], bar->secondary ? "secondary" : "primary");
  add_integer (words, other_fields[FIELD_LENGTH], bar->bar_length_us);
  add_text (words, other_fields[FIELD_STAMP], bar->stamp == BS_STAMP_START ? "start" : "end");
  add_integer (words, other_fields[FIELD_TIME], bar->bar.time_us);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    add_number (words, numbers[i].name, G_STRUCT_MEMBER (double, &bar->bar, numbers[i].offset));
}

static gboolean
refuse (GError **error, const char *field, const char *expected)
{
  g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REPLY, "%s: expected %s", field, expected);
  return FALSE;
}

static gboolean
parse_other (guint field, const char *value, BsRedisBar *bar, GError **error)
{
  const char *name = other_fields[field];
  switch (field)
    {
    case FIELD_INSTRUMENT:
      if (!bs_redis_check_instrument (value, error))
        return FALSE;
      g_strlcpy (bar->instrument, value, sizeof bar->instrument);
      return TRUE;
    case FIELD_SERIES:
      bar->secondary = g_str_equal (value, "secondary");
      return bar->secondary || g_str_equal (value, "primary") || refuse (error, name, "primary or secondary");
    case FIELD_LENGTH:
      return g_ascii_string_to_signed (value, 10, 1, BS_BAR_MAX_LENGTH_US, &bar->bar_length_us, NULL)
             || refuse (error, name, "microseconds, above 0");
    case FIELD_STAMP:
      bar->stamp = g_str_equal (value, "start") ? BS_STAMP_START : BS_STAMP_END;
      return bar->stamp == BS_STAMP_START || g_str_equal (value, "end") || refuse (error, name, "start or end");
    default:
      return g_ascii_string_to_signed (value, 10, 1, G_MAXINT64, &bar->bar.time_us, NULL)
             || refuse (error, name, "microseconds since 1970, above 0");
    }
}

static int
field_by_name (const char *name)
{
  for (guint i = 0; i < N_OTHER_FIELDS; i++)
    if (g_str_equal (other_fields[i], name))
      return (int) i;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (numbers[i].name, name))
      return (int) (N_OTHER_FIELDS + i);
  return -1;
}

static const char *
field_name (guint field)
{
  return field < N_OTHER_FIELDS ? other_fields[field] : numbers[field - N_OTHER_FIELDS].name;
}

static gboolean
parse_field (const redisReply *name, const redisReply *value, BsRedisBar *bar, guint32 *seen, GError **error)
{
  if (name->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING || strlen (value->str) != value->len)
    return refuse (error, "entry", "fields with text");
  int field = field_by_name (name->str);
  if (field < 0)
    {
      g_autofree char *shown = g_strescape (name->str, NULL);
      g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REPLY, "unknown field '%.40s'", shown);
      return FALSE;
    }
  if ((*seen & (1u << field)) != 0)
    return refuse (error, name->str, "it once");
  *seen |= 1u << field;
  if (field < N_OTHER_FIELDS)
    return parse_other ((guint) field, value->str, bar, error);
  double *number = &G_STRUCT_MEMBER (double, &bar->bar, numbers[field - N_OTHER_FIELDS].offset);
  return bs_decimal_parse (value->str, value->len, number, NULL) || refuse (error, name->str, "a number");
}

gboolean
bs_redis_bar_parse (const redisReply *entry, BsRedisBar *bar, GError **error)
{
  guint32 seen = 0;
  memset (bar, 0, sizeof *bar);
  if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 || entry->element[0]->type != REDIS_REPLY_STRING
      || entry->element[0]->len >= BS_REDIS_ID_SIZE)
    return refuse (error, "entry", "an ID and fields");
  g_strlcpy (bar->id, entry->element[0]->str, sizeof bar->id);
  const redisReply *fields = entry->element[1];
  if (fields->type != REDIS_REPLY_ARRAY || fields->elements % 2 != 0)
    return refuse (error, "entry", "fields with values");
  for (gsize i = 0; i < fields->elements; i += 2)
    if (!parse_field (fields->element[i], fields->element[i + 1], bar, &seen, error))
      return FALSE;
  for (guint field = 0; field < N_FIELDS; field++)
    if ((seen & (1u << field)) == 0)
      {
        g_set_error (error, BS_REDIS_ERROR, BS_REDIS_ERROR_REPLY, "%s is missing", field_name (field));
        return FALSE;
      }
  return bs_bar_validate (&bar->bar, error);
}

static const char *
class_word (BsClass klass)
{
  static const char *const words[BS_N_CLASSES] = { "short", "hold", "long" };
  return words[klass];
}

void
bs_redis_signal_words (BsRedisWords *words, const char *key, const BsRedisBar *bar, const BsSignal *signal,
                       guint64 index, const char *problem, const char *worker)
{
  char id[BS_REDIS_ID_SIZE];
  bs_redis_time_id (id, bar->bar.time_us);
  begin (words, key, g_string_chunk_insert (words->pool, id));
  gboolean ready = problem == NULL && signal->state == BS_SIGNAL_READY;
  add_text (words, "state", problem != NULL ? "no-signal" : ready ? "ready" : "warming-up");
  add_integer (words, "index", (gint64) index);
  add_text (words, "bar", bar->id);
  add_text (words, "worker", worker);
  if (problem != NULL)
    add_text (words, "reason", problem);
  if (!ready)
    return;
  add_integer (words, "row", (gint64) signal->row);
  add_text (words, "signal", class_word (signal->klass));
  add_text (words, "raw_signal", class_word (signal->raw_class));
  add_number (words, "confidence", signal->confidence);
  add_number (words, "p_short", signal->probabilities[BS_CLASS_SHORT]);
  add_number (words, "p_hold", signal->probabilities[BS_CLASS_HOLD]);
  add_number (words, "p_long", signal->probabilities[BS_CLASS_LONG]);
  add_text (words, "in_range", signal->in_range ? "1" : "0");
}
