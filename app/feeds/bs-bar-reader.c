#include "app/feeds/bs-bar-reader.h"

#include <math.h>
#include <string.h>

#include "app/feeds/bs-decimal.h"
#include "app/feeds/bs-step-counter.h"
#include "app/feeds/bs-zone.h"

/* Prices written with binary noise (1.1000000000000001) say nothing about the tick. */
#define MAX_DECIMALS 10

/* One row. */
typedef struct
{
  guint64 line;
  BsBar bar;
  gint64 local_us; /* what the clock showed, where @is_local */
  gboolean is_local;
  double tick_volume;
  double taker_buy_volume; /* NAN where there is none */
  guint decimals;
} BsRow;

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
  gboolean at_once; /* rows are taken as they come: see bs_bar_reader_continue() */
  guint64 n_bars; /* in the series so far */
  gint64 last_time_us;

  /* The newest row waits for the next ones: a time that is too late (a wrong year, say) must not turn away the rest. */
  BsRow newest;
  gboolean has_newest;
  BsRow rival; /* a row that came after it with an earlier time, though later than the last bar's */
  gboolean has_rival;
};
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
  [BS_FIELD_TAKER_BUY_VOLUME] = G_STRUCT_OFFSET (BsRow, taker_buy_volume),
  [BS_FIELD_DAILY_PNL] = G_STRUCT_OFFSET (BsRow, bar.daily_pnl),
  [BS_FIELD_DAILY_GOAL] = G_STRUCT_OFFSET (BsRow, bar.daily_goal),
  [BS_FIELD_DAILY_MAX_LOSS] = G_STRUCT_OFFSET (BsRow, bar.daily_max_loss),
};

BsBarReader *
bs_bar_reader_new (const BsBarLayout *layout, const char *zone_name, BsBarFile *file)
{
  BsZone *zone = bs_zone_new (zone_name);
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

/* Only a row that is listed is worth the words. */
static gboolean
list_is_full (const BsBarReader *self)
{
  return self->file->refused->len >= BS_BAR_FILE_MAX_LISTED;
}

/* Counts a row and lists it while there is room. */
static void
refuse_line (BsBarReader *self, guint64 line, const char *reason)
{
  self->file->n_refused++;
  if (list_is_full (self))
    return;
  BsRefusedRow row = { .line = line, .reason = g_strdup (reason) };
  g_array_append_val (self->file->refused, row);
}

/* The same for the line that is being read. Returns %FALSE, for the caller to return. */
static gboolean G_GNUC_PRINTF (2, 3) refuse (BsBarReader *self, const char *format, ...)
{
  g_autofree char *reason = NULL;

  if (!list_is_full (self))
    {
      va_list args;
      va_start (args, format);
      reason = g_strdup_vprintf (format, args);
      va_end (args);
    }
  refuse_line (self, self->line, reason);
  return FALSE;
}

/* For a time that contradicts another one's. */
static void
refuse_time (BsBarReader *self, const BsRow *row, const char *relation, gint64 other_us)
{
  if (list_is_full (self))
    {
      refuse_line (self, row->line, NULL);
      return;
    }
  g_autofree char *time = bs_bar_format_time (row->bar.time_us);
  g_autofree char *other = bs_bar_format_time (other_us);
  g_autofree char *reason = g_strdup_printf ("time %s: expected %s, %s", time, relation, other);

  refuse_line (self, row->line, reason);
}

/* For messages that name the text: the fields are only quoted where the row is listed. */
static gboolean G_GNUC_PRINTF (4, 5)
  refuse_field (BsBarReader *self, BsFieldKind kind, const BsField *field, const char *format, ...)
{
  if (list_is_full (self))
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
  self->file->has_local_times |= row->is_local;
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
  if (!isnan (row->taker_buy_volume))
    {
      row->bar.ask_volume = row->taker_buy_volume;
      row->bar.bid_volume = MAX (row->bar.volume - row->taker_buy_volume, 0);
    }
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

/* A row whose place in time is settled. */
static void
append_row (BsBarReader *self, const BsRow *row)
{
  g_autoptr (GError) error = NULL;

  if (!bs_bar_series_append (self->file->series, &row->bar, &error))
    {
      refuse_line (self, row->line, error->message);
      return;
    }
  if (self->n_bars > 0)
    bs_step_counter_add (&self->steps, row->bar.time_us - self->last_time_us);
  self->n_bars++;
  self->last_time_us = row->bar.time_us;
  self->file->decimals = MAX (self->file->decimals, MIN (row->decimals, MAX_DECIMALS));
}

static void
set_newest (BsBarReader *self, const BsRow *row)
{
  self->newest = *row;
  self->has_newest = TRUE;
  if (row->is_local)
    bs_zone_taken (self->zone, row->local_us, row->bar.time_us);
}

static void
refuse_rival (BsBarReader *self)
{
  if (self->has_rival)
    refuse_time (self, &self->rival, "after the last bar's", self->newest.bar.time_us);
  self->has_rival = FALSE;
}

/* Finds the place of a good row in time. Of a row that is earlier than the one before it, either may be the wrong one: the
 * next row that follows on from one of them decides. */
static void
take_row (BsBarReader *self, const BsRow *row)
{
  gint64 time_us = row->bar.time_us;

  if (self->at_once)
    {
      if (self->n_bars > 0 && time_us <= self->last_time_us)
        {
          refuse_time (self, row, "after the last bar's", self->last_time_us);
          return;
        }
      append_row (self, row);
      if (row->is_local)
        bs_zone_taken (self->zone, row->local_us, time_us);
    }
  else if (!self->has_newest)
    set_newest (self, row);
  else if (time_us > self->newest.bar.time_us)
    {
      refuse_rival (self);
      append_row (self, &self->newest);
      set_newest (self, row);
    }
  else if (self->has_rival && time_us > self->rival.bar.time_us)
    {
      refuse_time (self, &self->newest, "before the next rows'", self->rival.bar.time_us);
      append_row (self, &self->rival);
      self->has_rival = FALSE;
      set_newest (self, row);
    }
  else if (!self->has_rival && (self->n_bars == 0 || time_us > self->last_time_us))
    {
      self->rival = *row;
      self->has_rival = TRUE;
    }
  else
    refuse_time (self, row, "after the last bar's", self->newest.bar.time_us);
}

void
bs_bar_reader_take (BsBarReader *self, const char *line, gsize length)
{
  BsRow row = { .bar = BS_BAR_INIT, .taker_buy_volume = NAN };
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
  row.line = self->line;
  if (!read_row (self, &row, line, length))
    return;
  if (!bs_bar_validate (&row.bar, list_is_full (self) ? NULL : &error))
    {
      refuse (self, "%s", error != NULL ? error->message : "");
      return;
    }
  take_row (self, &row);
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
void
bs_bar_find_gaps (BsBarFile *file, gint64 bar_length_us)
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
          BsBarGap gap = { .after = first + i - 1,
                           .closed_us = bs_bar_series_close_time (file->series, first + i - 1),
                           .length_us = step_us - bar_length_us };
          g_array_append_val (file->gaps, gap);
        }
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const BsRefusedRow *row_a = a;
  const BsRefusedRow *row_b = b;

  return (row_a->line > row_b->line) - (row_a->line < row_b->line);
}

void
bs_bar_reader_finish (BsBarReader *self)
{
  if (self->has_newest)
    {
      refuse_rival (self);
      append_row (self, &self->newest);
      self->has_newest = FALSE;
    }
  /* A row that waited is listed late. */
  g_array_sort (self->file->refused, compare_lines);

  gint64 bar_length_us = bs_step_counter_most_common (&self->steps);

  if (bar_length_us == 0)
    return;
  bs_bar_series_set_bar_length (self->file->series, bar_length_us);
  bs_bar_find_gaps (self->file, bar_length_us);
}

void
bs_bar_reader_continue (BsBarReader *self, BsBarFile *file)
{
  g_return_if_fail (!self->has_newest);
  self->file = file;
  self->at_once = TRUE;
  self->header_pending = FALSE;
}
