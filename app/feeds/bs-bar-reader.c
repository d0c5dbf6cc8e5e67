#include "app/feeds/bs-bar-reader.h"

#include <string.h>

#include "app/feeds/bs-decimal.h"
#include "app/feeds/bs-step-counter.h"
#include "app/feeds/bs-zone.h"

/* Prices written with binary noise (1.1000000000000001) say nothing about the tick. */
#define MAX_DECIMALS 10

struct _BsBarReader
{
  BsBarLayout layout;
  BsZone *zone;
  BsBarFile *file;
  BsField fields[BS_BAR_FORMAT_MAX_COLUMNS];
  BsDateCache dates;
  BsStepCounter steps;
  guint64 line; /* from 1 */
  gboolean header_pending;
  gboolean any_taken;
  gint64 last_time_us;
};

/* One row while it is read. */
typedef struct
{
  BsBar bar;
  gint64 local_us; /* what the clock showed, where @is_local */
  gboolean is_local;
  double tick_volume;
  guint decimals;
} BsRow;

/* Where the number of each column goes. */
static const gsize row_offsets[BS_N_FIELDS] = {
  [BS_FIELD_OPEN] = G_STRUCT_OFFSET (BsRow, bar.open),
  [BS_FIELD_HIGH] = G_STRUCT_OFFSET (BsRow, bar.high),
  [BS_FIELD_LOW] = G_STRUCT_OFFSET (BsRow, bar.low),
  [BS_FIELD_CLOSE] = G_STRUCT_OFFSET (BsRow, bar.close),
  [BS_FIELD_VOLUME] = G_STRUCT_OFFSET (BsRow, bar.volume),
  [BS_FIELD_TICK_VOLUME] = G_STRUCT_OFFSET (BsRow, tick_volume),
  [BS_FIELD_BID_VOLUME] = G_STRUCT_OFFSET (BsRow, bar.bid_volume),
  [BS_FIELD_ASK_VOLUME] = G_STRUCT_OFFSET (BsRow, bar.ask_volume),
  [BS_FIELD_DAILY_PNL] = G_STRUCT_OFFSET (BsRow, bar.daily_pnl),
  [BS_FIELD_DAILY_GOAL] = G_STRUCT_OFFSET (BsRow, bar.daily_goal),
  [BS_FIELD_DAILY_MAX_LOSS] = G_STRUCT_OFFSET (BsRow, bar.daily_max_loss),
};

BsBarReader *
bs_bar_reader_new (const BsBarLayout *layout, const char *timezone, BsBarFile *file)
{
  BsZone *zone = bs_zone_new (timezone);
  if (zone == NULL)
    return NULL;

  BsBarReader *self = g_new0 (BsBarReader, 1);
  self->layout = *layout;
  self->zone = zone;
  self->file = file;
  self->header_pending = layout->has_header;
  bs_step_counter_init (&self->steps);
  return self;
}

void
bs_bar_reader_free (BsBarReader *self)
{
  if (self == NULL)
    return;
  bs_step_counter_clear (&self->steps);
  bs_zone_free (self->zone);
  g_free (self);
}

/* Counts the row and lists it while there is room. Returns %FALSE, for the caller to return. */
static gboolean G_GNUC_PRINTF (2, 3) refuse (BsBarReader *self, const char *format, ...)
{
  self->file->n_refused++;
  if (self->file->refused->len >= BS_BAR_FILE_MAX_LISTED)
    return FALSE;

  va_list args;
  va_start (args, format);
  BsRefusedRow row = { .line = self->line, .reason = g_strdup_vprintf (format, args) };
  va_end (args);
  g_array_append_val (self->file->refused, row);
  return FALSE;
}

/* For messages that name the text: the fields are only quoted where the row is listed. */
static gboolean G_GNUC_PRINTF (4, 5)
  refuse_field (BsBarReader *self, BsFieldKind kind, const BsField *field, const char *format, ...)
{
  if (self->file->refused->len >= BS_BAR_FILE_MAX_LISTED)
    return refuse (self, "%s", "");

  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *found = bs_bar_format_quote (field->text, field->length);
  return refuse (self, "%s: %s %s", bs_field_kind_name (kind), field->length > 0 ? found : "empty", reason);
}

static gboolean
read_number (BsBarReader *self, BsRow *row, BsFieldKind kind, const BsField *field)
{
  double *value = (double *) ((char *) row + row_offsets[kind]);
  guint decimals;

  if (!bs_decimal_parse (field->text, field->length, value, &decimals))
    return refuse_field (self, kind, field, "(expected a number, such as 4750.25)");
  if (kind >= BS_FIELD_OPEN && kind <= BS_FIELD_CLOSE)
    row->decimals = MAX (row->decimals, decimals);
  return TRUE;
}

/* Date and time of day, from one column or two, to UTC. */
static gboolean
read_time (BsBarReader *self, BsRow *row, const BsField *date, const BsField *clock)
{
  const BsBarFormat *format = self->layout.format;
  BsFieldKind kind = clock != NULL ? BS_FIELD_DATE : BS_FIELD_TIME;
  BsTimeText time;
  gint64 clock_us = 0;

  if (!bs_time_text_parse (format->time_style, date->text, date->length, &self->dates, &time)
      || (clock != NULL && !time.is_date))
    return refuse_field (self, kind, date, "(expected %s%s)", clock != NULL ? "the date of " : "",
                         format->time_expected);
  if (clock != NULL && !bs_time_text_parse_clock (format->time_style, clock->text, clock->length, &clock_us))
    return refuse_field (self, BS_FIELD_CLOCK, clock, "(expected the time of day of %s)", format->time_expected);

  row->local_us = time.us + clock_us;
  row->is_local = !time.is_utc;
  row->bar.time_us = row->local_us;
  if (row->is_local && !bs_zone_to_utc (self->zone, row->local_us, &row->bar.time_us))
    return refuse_field (self, kind, date, "(expected a time that exists: the clock of %s was put forward over it)",
                         self->file->timezone);
  return TRUE;
}

static gboolean
read_row (BsBarReader *self, BsRow *row, const char *line, gsize length)
{
  const BsBarLayout *layout = &self->layout;
  const BsField *date = NULL, *clock = NULL;

  guint n = bs_bar_format_split (line, length, layout->separator, self->fields, BS_BAR_FORMAT_MAX_COLUMNS);
  if (n != layout->n_columns)
    return refuse (self, "expected %u fields, found %u", layout->n_columns, n);

  for (guint i = 0; i < n; i++)
    {
      const BsField *field = &self->fields[i];
      BsFieldKind kind = layout->columns[i];
      if (kind >= BS_FIELD_OPEN)
        {
          if (!read_number (self, row, kind, field))
            return FALSE;
        }
      else if (kind == BS_FIELD_TIME || kind == BS_FIELD_DATE)
        date = field;
      else if (kind == BS_FIELD_CLOCK)
        clock = field;
    }
  if (!(row->bar.volume > 0) && row->tick_volume > 0)
    row->bar.volume = row->tick_volume;
  return read_time (self, row, date, clock);
}

static gboolean
is_blank (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (line[i] != ' ' && line[i] != '\t')
      return FALSE;
  return TRUE;
}

void
bs_bar_reader_take (BsBarReader *self, const char *line, gsize length)
{
  BsRow row = { .bar = BS_BAR_INIT };
  g_autoptr (GError) error = NULL;

  self->line++;
  if (length > 0 && line[length - 1] == '\r')
    length--;
  if (length > BS_BAR_READER_MAX_LINE)
    {
      self->line--;
      bs_bar_reader_take_overlong (self);
      return;
    }
  if (is_blank (line, length))
    return;
  if (self->header_pending)
    {
      self->header_pending = FALSE;
      return;
    }

  self->file->n_rows++;
  if (!read_row (self, &row, line, length))
    return;
  /* Only a row that is listed is worth the words. */
  gboolean listed = self->file->refused->len < BS_BAR_FILE_MAX_LISTED;
  if (!bs_bar_series_append (self->file->series, &row.bar, listed ? &error : NULL))
    {
      refuse (self, "%s", error != NULL ? error->message : "");
      return;
    }

  if (row.is_local)
    bs_zone_taken (self->zone, row.local_us, row.bar.time_us);
  if (self->any_taken)
    bs_step_counter_add (&self->steps, row.bar.time_us - self->last_time_us);
  self->any_taken = TRUE;
  self->last_time_us = row.bar.time_us;
  self->file->decimals = MAX (self->file->decimals, MIN (row.decimals, MAX_DECIMALS));
}

void
bs_bar_reader_take_overlong (BsBarReader *self)
{
  self->line++;
  self->header_pending = FALSE;
  self->file->n_rows++;
  refuse (self, "the line is longer than %u bytes", BS_BAR_READER_MAX_LINE);
}

/* A gap is a hole that a whole bar fits into: nights, breaks and weekends are gaps too. */
static void
find_gaps (BsBarFile *file, gint64 bar_length_us)
{
  const gint64 *times = bs_bar_series_times (file->series);
  guint64 first = bs_bar_series_first (file->series);
  gsize n = bs_bar_series_length (file->series);

  for (gsize i = 1; i < n; i++)
    {
      gint64 step_us = times[i] - times[i - 1];
      if (step_us / 2 < bar_length_us)
        continue;
      file->n_gaps++;
      if (file->gaps->len < BS_BAR_FILE_MAX_LISTED)
        {
          BsBarGap gap = { .after = first + i - 1, .length_us = step_us - bar_length_us };
          g_array_append_val (file->gaps, gap);
        }
    }
}

void
bs_bar_reader_finish (BsBarReader *self)
{
  gint64 bar_length_us = bs_step_counter_most_common (&self->steps);

  if (bar_length_us == 0)
    return;
  bs_bar_series_set_bar_length (self->file->series, bar_length_us);
  find_gaps (self->file, bar_length_us);
}
