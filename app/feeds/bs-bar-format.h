/* bs-bar-format.h: what the formats of bar files look like: the table, and finding the one that fits */
#pragma once

#include "app/feeds/bs-bar-file.h"
#include "app/feeds/bs-time-text.h"

G_BEGIN_DECLS

/** What a column of a file holds. */
typedef enum
{
  BS_FIELD_IGNORED,
  BS_FIELD_TIME,  /* date and time of day */
  BS_FIELD_DATE,  /* the date, where the time of day has its own column */
  BS_FIELD_CLOCK, /* the time of day */
  BS_FIELD_OPEN,
  BS_FIELD_HIGH,
  BS_FIELD_LOW,
  BS_FIELD_CLOSE,
  BS_FIELD_VOLUME,
  BS_FIELD_TICK_VOLUME, /* the volume where BS_FIELD_VOLUME is 0 or missing */
  BS_FIELD_BID_VOLUME,
  BS_FIELD_ASK_VOLUME,
  BS_FIELD_TAKER_BUY_VOLUME, /* what buyers took: the ask volume; the rest of the volume is bid volume */
  BS_FIELD_DAILY_PNL,
  BS_FIELD_DAILY_GOAL,
  BS_FIELD_DAILY_MAX_LOSS,
  BS_N_FIELDS
} BsFieldKind;

/** A name in a header row: lower case, without blanks, `_` and `-`. */
typedef struct
{
  const char *name;
  BsFieldKind kind;
} BsFieldName;

/** One row of the table of formats: all that a new one needs. */
struct _BsBarFormat
{
  const char *name;
  const char *description;
  const char *magic;         /* (nullable): how a binary file begins; then what follows but zone and stamp says nothing */
  const char *separators;    /* any one of these */
  const BsFieldName *header; /* names of the header row, ended by %NULL; %NULL: there is none, see @columns */
  const guint8 *columns;     /* BsFieldKind of each column where there is no header */
  guint n_columns;
  BsTimeStyle time_style;
  const char *time_expected; /* in words, for messages */
  const char *timezone;      /* (nullable): the zone that the format fixes */
  BsStamp stamp;
  gboolean detected; /* %FALSE: looks like another one and is only used where asked for */
};

/** Columns of a file at most. */
#define BS_BAR_FORMAT_MAX_COLUMNS 256

/** How the columns of one file lie. */
typedef struct
{
  const BsBarFormat *format;
  char separator;
  gboolean has_header;
  guint n_columns;
  guint8 columns[BS_BAR_FORMAT_MAX_COLUMNS]; /* BsFieldKind */
} BsBarLayout;

/** A piece of a line, not NUL-terminated. */
typedef struct
{
  const char *text;
  gsize length;
} BsField;

/** bs_bar_format_lookalike: (nullable): the format that looks the same and is only used where asked for: HistData's, of NinjaTrader's */
const BsBarFormat *bs_bar_format_lookalike (const BsBarFormat *format);

/** bs_bar_format_find: (nullable): the format called @name */
const BsBarFormat *bs_bar_format_find (const char *name);

/** bs_field_kind_name: a column as messages call it: "open", "dailyPnL". Static. */
const char *bs_field_kind_name (BsFieldKind kind);

/**
 * bs_bar_format_split:
 * @fields: room for @max_fields
 *
 * Cuts a line at @separator, outside quotes, and takes blanks and quotes off the pieces. Cost: about 0.5 ns a byte.
 *
 * Returns: pieces that the line has, which may be more than @max_fields (only so many are given)
 */
guint bs_bar_format_split (const char *line, gsize length, char separator, BsField *fields, guint max_fields);

/**
 * bs_bar_format_detect:
 * @wanted: (nullable): the format to use, or %NULL to find the one that fits
 * @lines: the first lines that are not blank
 * @error: return location; does not name the file
 *
 * Returns: %TRUE and @layout filled; %FALSE with %BS_BAR_FILE_ERROR_FORMAT
 */
gboolean bs_bar_format_detect (const BsBarFormat *wanted, const BsField *lines, guint n_lines, BsBarLayout *layout,
                               GError **error);

/** bs_bar_format_quote: (transfer full): @text in quotes, cut where it is long and without control characters */
char *bs_bar_format_quote (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
