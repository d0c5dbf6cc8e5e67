#include "app/feeds/bs-bar-format.h"

#include <string.h>

#include "app/feeds/bs-decimal.h"

#define MAX_QUOTED_BYTES 60
#define MAX_NAME_BYTES 40

static const BsFieldName generic_header[] = {
  { "time", BS_FIELD_CLOCK },
  { "date", BS_FIELD_DATE },
  { "datetime", BS_FIELD_TIME },
  { "timestamp", BS_FIELD_TIME },
  { "open", BS_FIELD_OPEN },
  { "high", BS_FIELD_HIGH },
  { "low", BS_FIELD_LOW },
  { "close", BS_FIELD_CLOSE },
  { "volume", BS_FIELD_VOLUME },
  { "bidvolume", BS_FIELD_BID_VOLUME },
  { "askvolume", BS_FIELD_ASK_VOLUME },
  { "dailypnl", BS_FIELD_DAILY_PNL },
  { "dailygoal", BS_FIELD_DAILY_GOAL },
  { "dailymaxloss", BS_FIELD_DAILY_MAX_LOSS },
  { NULL },
};

static const BsFieldName metatrader_header[] = {
  { "<date>", BS_FIELD_DATE },           { "<time>", BS_FIELD_CLOCK }, { "<open>", BS_FIELD_OPEN },
  { "<high>", BS_FIELD_HIGH },           { "<low>", BS_FIELD_LOW },    { "<close>", BS_FIELD_CLOSE },
  { "<tickvol>", BS_FIELD_TICK_VOLUME }, { "<vol>", BS_FIELD_VOLUME }, { NULL },
};

static const BsFieldName sierra_header[] = {
  { "date", BS_FIELD_DATE },
  { "time", BS_FIELD_CLOCK },
  { "datetime", BS_FIELD_TIME },
  { "open", BS_FIELD_OPEN },
  { "high", BS_FIELD_HIGH },
  { "low", BS_FIELD_LOW },
  { "last", BS_FIELD_CLOSE },
  { "volume", BS_FIELD_VOLUME },
  { "bidvolume", BS_FIELD_BID_VOLUME },
  { "askvolume", BS_FIELD_ASK_VOLUME },
  { NULL },
};

static const BsFieldName binance_header[] = {
  { "opentime", BS_FIELD_TIME },
  { "open", BS_FIELD_OPEN },
  { "high", BS_FIELD_HIGH },
  { "low", BS_FIELD_LOW },
  { "close", BS_FIELD_CLOSE },
  { "volume", BS_FIELD_VOLUME },
  { "takerbuyvolume", BS_FIELD_TAKER_BUY_VOLUME },
  { NULL },
};

/* open time, open, high, low, close, volume, close time, quote volume, trades, taker buy volume, taker buy quote volume, unused */
static const guint8 binance_columns[] = {
  BS_FIELD_TIME,    BS_FIELD_OPEN,    BS_FIELD_HIGH,    BS_FIELD_LOW,
  BS_FIELD_CLOSE,   BS_FIELD_VOLUME,  BS_FIELD_IGNORED, BS_FIELD_IGNORED,
  BS_FIELD_IGNORED, BS_FIELD_TAKER_BUY_VOLUME, BS_FIELD_IGNORED, BS_FIELD_IGNORED,
};

static const guint8 ninjatrader_columns[] = {
  BS_FIELD_TIME, BS_FIELD_OPEN, BS_FIELD_HIGH, BS_FIELD_LOW, BS_FIELD_CLOSE, BS_FIELD_VOLUME,
};

/* In the order of detection: the stricter ones first, generic last. */
static const BsBarFormat formats[] = {
  {
    .name = "ninjatrader",
    .description = "NinjaTrader export: 20240102 093100;4750.25;4751;4749.5;4750;1234, times in UTC, end of bar",
    .separators = ";",
    .columns = ninjatrader_columns,
    .n_columns = G_N_ELEMENTS (ninjatrader_columns),
    .time_style = BS_TIME_STYLE_COMPACT,
    .time_expected = "yyyyMMdd HHmmss",
    .stamp = BS_STAMP_END,
    .detected = TRUE,
  },
  {
    .name = "histdata",
    .description = "HistData.com ASCII bars: looks like ninjatrader, but Eastern Standard Time, start of bar",
    .separators = ";",
    .columns = ninjatrader_columns,
    .n_columns = G_N_ELEMENTS (ninjatrader_columns),
    .time_style = BS_TIME_STYLE_COMPACT,
    .time_expected = "yyyyMMdd HHmmss",
    .timezone = "-05:00",
    .stamp = BS_STAMP_START,
  },
  {
    .name = "metatrader",
    .description
    = "MetaTrader 5 export: <DATE> <TIME> <OPEN> <HIGH> <LOW> <CLOSE> <TICKVOL> <VOL>, broker's time zone, "
      "start of bar",
    .separators = "\t,;",
    .header = metatrader_header,
    .time_style = BS_TIME_STYLE_DOTTED,
    .time_expected = "yyyy.MM.dd HH:mm:ss",
    .stamp = BS_STAMP_START,
    .detected = TRUE,
  },
  {
    .name = "sierra",
    .description = "Sierra Chart text export: Date, Time, Open, High, Low, Last, Volume, NumberOfTrades, BidVolume, AskVolume; "
                   "start of bar",
    .separators = ",;\t",
    .header = sierra_header,
    .time_style = BS_TIME_STYLE_ANY,
    .time_expected = "yyyy/M/d and HH:mm:ss",
    .stamp = BS_STAMP_START,
    .detected = TRUE,
  },
  {
    .name = "binance-futures",
    .description = "Binance klines with a header, as written for futures: open_time, open, high, low, close, volume, ...; start of bar",
    .separators = ",",
    .header = binance_header,
    .time_style = BS_TIME_STYLE_ANY,
    .time_expected = "milliseconds or microseconds since 1970",
    .timezone = "UTC",
    .stamp = BS_STAMP_START,
    .detected = TRUE,
  },
  {
    .name = "binance",
    .description = "Binance klines: 12 columns without a header, times in ms or us since 1970, start of bar",
    .separators = ",",
    .columns = binance_columns,
    .n_columns = G_N_ELEMENTS (binance_columns),
    .time_style = BS_TIME_STYLE_ANY,
    .time_expected = "milliseconds or microseconds since 1970",
    .timezone = "UTC",
    .stamp = BS_STAMP_START,
    .detected = TRUE,
  },
  {
    .name = "scid",
    .description = "Sierra Chart intraday data (binary): trades or short bars, put together to 1-minute bars; UTC, end of bar",
    .magic = "SCID",
    .timezone = "UTC",
    .stamp = BS_STAMP_END,
    .detected = TRUE,
  },
  {
    .name = "generic",
    .description = "a header that names time or date, open, high, low, close and maybe volume, bid_volume, ask_volume, "
                   "dailyPnL, dailyGoal, dailyMaxLoss; end of bar",
    .separators = ",;\t",
    .header = generic_header,
    .time_style = BS_TIME_STYLE_ANY,
    .time_expected = "ISO 8601, yyyy-MM-dd HH:mm[:ss] or an epoch",
    .stamp = BS_STAMP_END,
    .detected = TRUE,
  },
};

const BsBarFormat *
bs_bar_format_nth (guint n)
{
  return n < G_N_ELEMENTS (formats) ? &formats[n] : NULL;
}

const BsBarFormat *
bs_bar_format_lookalike (const BsBarFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (&formats[i] != format && !formats[i].detected && format->detected && formats[i].columns != NULL
        && formats[i].columns == format->columns)
      return &formats[i];
  return NULL;
}

char *
bs_bar_format_names (void)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    g_string_append_printf (names, "%s%s", i == 0 ? "" : i + 1 < G_N_ELEMENTS (formats) ? ", " : " or ",
                            formats[i].name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

const BsBarFormat *
bs_bar_format_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, name) == 0)
      return &formats[i];
  return NULL;
}

const char *
bs_bar_format_name (const BsBarFormat *format)
{
  g_return_val_if_fail (format != NULL, NULL);
  return format->name;
}

const char *
bs_bar_format_description (const BsBarFormat *format)
{
  g_return_val_if_fail (format != NULL, NULL);
  return format->description;
}

const char *
bs_field_kind_name (BsFieldKind kind)
{
  static const char *const names[] = {
    [BS_FIELD_IGNORED] = "ignored",
    [BS_FIELD_TIME] = "time",
    [BS_FIELD_DATE] = "date",
    [BS_FIELD_CLOCK] = "time",
    [BS_FIELD_OPEN] = "open",
    [BS_FIELD_HIGH] = "high",
    [BS_FIELD_LOW] = "low",
    [BS_FIELD_CLOSE] = "close",
    [BS_FIELD_VOLUME] = "volume",
    [BS_FIELD_TICK_VOLUME] = "tick volume",
    [BS_FIELD_BID_VOLUME] = "bid_volume",
    [BS_FIELD_ASK_VOLUME] = "ask_volume",
    [BS_FIELD_TAKER_BUY_VOLUME] = "taker buy volume",
    [BS_FIELD_DAILY_PNL] = "dailyPnL",
    [BS_FIELD_DAILY_GOAL] = "dailyGoal",
    [BS_FIELD_DAILY_MAX_LOSS] = "dailyMaxLoss",
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (names) == BS_N_FIELDS);

  return names[kind];
}

char *
bs_bar_format_quote (const char *text, gsize length)
{
  gsize shown = MIN (length, MAX_QUOTED_BYTES);
  g_autofree char *valid = g_utf8_make_valid (text, shown);

  for (char *p = valid; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = '?';
  return g_strdup_printf ("'%s'%s", valid, shown < length ? "..." : "");
}

static BsField
field_trimmed (const char *text, gsize length)
{
  while (length > 0 && text[0] == ' ')
    {
      text++;
      length--;
    }
  while (length > 0 && text[length - 1] == ' ')
    length--;
  if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
    {
      text++;
      length -= 2;
    }
  return (BsField){ text, length };
}

/* Where the field that starts at @p ends: a separator within quotes does not count. */
static const char *
quoted_end (const char *p, const char *end, char separator)
{
  gboolean inside = FALSE;

  for (; p < end && (inside || *p != separator); p++)
    if (*p == '"')
      inside = !inside;
  return p;
}

/* Which of eight bytes are @c: the top bit of each. Exact, unlike the shorter well-known trick. */
static guint64
bytes_equal (guint64 bytes, guint64 c)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 low_bits = ones * 0x7f;
  guint64 difference = bytes ^ (ones * c);

  return ~(((difference & low_bits) + low_bits) | difference | low_bits);
}

/* A line without quotes, eight bytes at a time. */
static guint
split_unquoted (const char *line, gsize length, char separator, BsField *fields, guint max_fields)
{
  gsize start = 0;
  guint n = 0;

  for (gsize i = 0; i < length; i += 8)
    {
      guint64 bytes = 0;
      if (i + 8 <= length)
        memcpy (&bytes, line + i, 8);
      else
        memcpy (&bytes, line + i, length - i);
      guint64 found = bytes_equal (GUINT64_FROM_LE (bytes), (guint8) separator);
      for (; found != 0; found &= found - 1)
        {
          gsize end = i + (gsize) __builtin_ctzll (found) / 8;
          if (n < max_fields)
            fields[n] = field_trimmed (line + start, end - start);
          n++;
          start = end + 1;
        }
    }
  if (n < max_fields)
    fields[n] = field_trimmed (line + start, length - start);
  return n + 1;
}

static guint
split_quoted (const char *line, gsize length, char separator, BsField *fields, guint max_fields)
{
  const char *end = line + length;
  const char *start = line;
  guint n = 0;

  for (;;)
    {
      const char *p = quoted_end (start, end, separator);
      if (n < max_fields)
        fields[n] = field_trimmed (start, p - start);
      n++;
      if (p == end)
        return n;
      start = p + 1;
    }
}

guint
bs_bar_format_split (const char *line, gsize length, char separator, BsField *fields, guint max_fields)
{
  if (length > 0 && memchr (line, '"', length) != NULL)
    return split_quoted (line, length, separator, fields, max_fields);
  return split_unquoted (line, length, separator, fields, max_fields);
}

/* As BsFieldName has it; "" where it is too long to be any of them. */
static void
normalise_name (const BsField *field, char name[MAX_NAME_BYTES])
{
  gsize n = 0;

  for (gsize i = 0; i < field->length && n < MAX_NAME_BYTES - 1; i++)
    if (strchr (" _-", field->text[i]) == NULL)
      name[n++] = g_ascii_tolower (field->text[i]);
  name[n < MAX_NAME_BYTES - 1 ? n : 0] = '\0';
}

static BsFieldKind
find_name (const BsFieldName *names, const char *name)
{
  for (; names->name != NULL; names++)
    if (strcmp (names->name, name) == 0)
      return names->kind;
  return BS_FIELD_IGNORED;
}

/* The separator that the header has most of. */
static char
header_separator (const BsBarFormat *format, const BsField *line)
{
  char best = format->separators[0];
  guint best_n = 0;

  for (const char *separator = format->separators; *separator != '\0'; separator++)
    {
      guint n = bs_bar_format_split (line->text, line->length, *separator, NULL, 0);
      if (n > best_n)
        {
          best = *separator;
          best_n = n;
        }
    }
  return best;
}

/* Time may be one column (datetime, timestamp, or a date or time alone) or two (date and time). */
static gboolean
settle_time_columns (BsBarLayout *layout, const guint positions[BS_N_FIELDS])
{
  gboolean has_time = positions[BS_FIELD_TIME] > 0;
  gboolean has_date = positions[BS_FIELD_DATE] > 0;
  gboolean has_clock = positions[BS_FIELD_CLOCK] > 0;

  if (has_time && has_date)
    layout->columns[positions[BS_FIELD_DATE] - 1] = BS_FIELD_IGNORED;
  if (has_time && has_clock)
    layout->columns[positions[BS_FIELD_CLOCK] - 1] = BS_FIELD_IGNORED;
  if (!has_time && has_date && !has_clock)
    layout->columns[positions[BS_FIELD_DATE] - 1] = BS_FIELD_TIME;
  if (!has_time && has_clock && !has_date)
    layout->columns[positions[BS_FIELD_CLOCK] - 1] = BS_FIELD_TIME;
  return has_time || has_date || has_clock;
}

/* Lays out the columns as the header names them. @n_known (out): names that the format knows. */
static gboolean
layout_from_header (const BsBarFormat *format, const BsField *line, BsBarLayout *layout, guint *n_known, GError **error)
{
  BsField fields[BS_BAR_FORMAT_MAX_COLUMNS];
  guint positions[BS_N_FIELDS] = { 0 }; /* from 1 */

  *n_known = 0;
  layout->format = format;
  layout->has_header = TRUE;
  layout->separator = header_separator (format, line);
  layout->n_columns
    = bs_bar_format_split (line->text, line->length, layout->separator, fields, BS_BAR_FORMAT_MAX_COLUMNS);

  for (guint i = 0; i < MIN (layout->n_columns, BS_BAR_FORMAT_MAX_COLUMNS); i++)
    {
      char name[MAX_NAME_BYTES];
      normalise_name (&fields[i], name);
      BsFieldKind kind = find_name (format->header, name);
      layout->columns[i] = kind;
      if (kind == BS_FIELD_IGNORED)
        continue;
      if (positions[kind] > 0)
        {
          g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT,
                       "the header names column '%s' twice (columns %u and %u)", name, positions[kind], i + 1);
          return FALSE;
        }
      positions[kind] = i + 1;
      (*n_known)++;
    }

  if (layout->n_columns > BS_BAR_FORMAT_MAX_COLUMNS)
    {
      g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT, "the header has %u columns, at most %u are read",
                   layout->n_columns, BS_BAR_FORMAT_MAX_COLUMNS);
      return FALSE;
    }

  g_autoptr (GString) missing = g_string_new (NULL);
  if (!settle_time_columns (layout, positions))
    g_string_append (missing, "time");
  for (guint kind = BS_FIELD_OPEN; kind <= BS_FIELD_CLOSE; kind++)
    if (positions[kind] == 0)
      g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", bs_field_kind_name (kind));
  if (missing->len == 0)
    return TRUE;

  g_autofree char *found = bs_bar_format_quote (line->text, line->length);
  g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT,
               "the header has no column %s (%s needs time or date, open, high, low, close); found %s", missing->str,
               format->name, found);
  return FALSE;
}

/* Whether a line without a header is a row of @format, as far as its time and numbers go. */
static gboolean
row_fits (const BsBarFormat *format, char separator, const BsField *line)
{
  BsField fields[BS_BAR_FORMAT_MAX_COLUMNS];
  BsDateCache cache = { 0 };
  BsTimeText time;
  double value;

  if (bs_bar_format_split (line->text, line->length, separator, fields, BS_BAR_FORMAT_MAX_COLUMNS) != format->n_columns)
    return FALSE;
  for (guint i = 0; i < format->n_columns; i++)
    {
      if (format->columns[i] == BS_FIELD_TIME)
        {
          if (!bs_time_text_parse (format->time_style, fields[i].text, fields[i].length, &cache, &time))
            return FALSE;
        }
      else if (format->columns[i] >= BS_FIELD_OPEN
               && !bs_decimal_parse (fields[i].text, fields[i].length, &value, NULL))
        return FALSE;
    }
  return TRUE;
}

static void
layout_from_table (const BsBarFormat *format, BsBarLayout *layout)
{
  layout->format = format;
  layout->has_header = FALSE;
  layout->separator = format->separators[0];
  layout->n_columns = format->n_columns;
  memcpy (layout->columns, format->columns, format->n_columns);
}

/* Whether @format fits, and how. @error is only set where @n_known says that it nearly does. */
static gboolean
format_fits (const BsBarFormat *format, const BsField *lines, guint n_lines, BsBarLayout *layout, guint *n_known,
             GError **error)
{
  if (format->header != NULL)
    return layout_from_header (format, &lines[0], layout, n_known, error);

  *n_known = 0;
  layout_from_table (format, layout);
  for (guint i = 0; i < n_lines; i++)
    if (row_fits (format, layout->separator, &lines[i]))
      return TRUE;
  return FALSE;
}

gboolean
bs_bar_format_detect (const BsBarFormat *wanted, const BsField *lines, guint n_lines, BsBarLayout *layout,
                      GError **error)
{
  guint n_known;

  if (wanted != NULL && wanted->header == NULL)
    {
      /* Each row that does not fit is refused with its own reason. */
      layout_from_table (wanted, layout);
      return TRUE;
    }
  if (wanted != NULL)
    return layout_from_header (wanted, &lines[0], layout, &n_known, error);

  g_autoptr (GError) nearest = NULL;
  guint nearest_known = 1;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) reason = NULL;
      if (!formats[i].detected || formats[i].magic != NULL)
        continue;
      if (format_fits (&formats[i], lines, n_lines, layout, &n_known, &reason))
        return TRUE;
      if (reason != NULL && n_known >= nearest_known)
        {
          nearest_known = n_known;
          g_clear_error (&nearest);
          nearest = g_steal_pointer (&reason);
        }
    }
  if (nearest != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&nearest));
      return FALSE;
    }

  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", formats[i].name);
  g_autofree char *found = bs_bar_format_quote (lines[0].text, lines[0].length);
  g_set_error (error, BS_BAR_FILE_ERROR, BS_BAR_FILE_ERROR_FORMAT,
               "not a bar file that is known (%s): expected a header that names time or date, open, high, low, close; "
               "the first line is %s",
               names->str, found);
  return FALSE;
}
