#include "inference/market/bs-bar-columns.h"

#include <string.h>

#define FIRST_CAPACITY 1024  /* bars */
#define CHUNKS_PER_SERIES 16 /* a full series drops a sixteenth: one move of the rest per that many bars */

struct _BsBarSeries
{
  gint64 *times;
  double *columns[BS_N_COLUMNS];
  gsize capacity; /* bars that the columns have room for */
  gsize length;
  gsize max_bars;
  guint64 first;
  BsPivots left[BS_N_LEFT_PIVOTS];
  gint64 bar_length_us;
  BsStamp stamp;

  /* While it is not NULL, times and columns are this one's. */
  const BsBarSeries *source;
  BsBarSeries *taken_over; /* (nullable): @source, where its columns may be kept in the end */
  gpointer owner;          /* of source */
  GDestroyNotify release;
};

/* Where each column but the computed one is found in a bar. */
static const gsize offsets[] = {
  [BS_COLUMN_OPEN] = G_STRUCT_OFFSET (BsBar, open),
  [BS_COLUMN_HIGH] = G_STRUCT_OFFSET (BsBar, high),
  [BS_COLUMN_LOW] = G_STRUCT_OFFSET (BsBar, low),
  [BS_COLUMN_CLOSE] = G_STRUCT_OFFSET (BsBar, close),
  [BS_COLUMN_VOLUME] = G_STRUCT_OFFSET (BsBar, volume),
  [BS_COLUMN_BID_VOLUME] = G_STRUCT_OFFSET (BsBar, bid_volume),
  [BS_COLUMN_ASK_VOLUME] = G_STRUCT_OFFSET (BsBar, ask_volume),
  [BS_COLUMN_DAILY_PNL] = G_STRUCT_OFFSET (BsBar, daily_pnl),
  [BS_COLUMN_DAILY_GOAL] = G_STRUCT_OFFSET (BsBar, daily_goal),
  [BS_COLUMN_DAILY_MAX_LOSS] = G_STRUCT_OFFSET (BsBar, daily_max_loss),
};

BsBarSeries *
bs_bar_series_new (gsize max_bars, gint64 bar_length_us, BsStamp stamp)
{
  g_return_val_if_fail (bar_length_us >= 0 && bar_length_us <= BS_BAR_MAX_LENGTH_US, NULL);

  BsBarSeries *self = g_new0 (BsBarSeries, 1);
  self->max_bars = max_bars == 0 ? BS_BAR_SERIES_DEFAULT_MAX_BARS : MAX (max_bars, BS_BAR_SERIES_MIN_BARS);
  self->bar_length_us = bar_length_us;
  self->stamp = stamp;
  return self;
}

static void
clear_columns (BsBarSeries *self)
{
  g_clear_pointer (&self->times, g_free);
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    g_clear_pointer (&self->columns[c], g_free);
  self->capacity = 0;
}

static void
give_back (BsBarSeries *self)
{
  self->source = NULL;
  self->taken_over = NULL;
  if (self->release != NULL)
    self->release (self->owner);
  self->release = NULL;
}

/* Borrowed columns are not its own. */
static void
forget_columns (BsBarSeries *self)
{
  self->times = NULL;
  memset (self->columns, 0, sizeof self->columns);
}

void
bs_bar_series_free (BsBarSeries *self)
{
  if (self == NULL)
    return;
  if (self->source != NULL)
    {
      forget_columns (self);
      give_back (self);
    }
  clear_columns (self);
  g_free (self);
}

void
bs_bar_series_view (const BsBarSeries *self, BsBarColumns *columns)
{
  g_return_if_fail (self != NULL && columns != NULL);

  columns->times = self->times;
  columns->n_times = self->length;
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    {
      columns->values[c] = self->columns[c];
      columns->lengths[c] = self->length;
    }
  columns->first = self->first;
  memcpy (columns->left, self->left, sizeof self->left);
  columns->bar_length_us = self->bar_length_us;
  columns->stamp = self->stamp;
  columns->restarted = FALSE;
}

void
bs_bar_series_pivots (const BsBarSeries *self, guint64 index, BsPivots *pivots)
{
  BsBarColumns columns;
  bs_bar_series_view (self, &columns);
  bs_bar_columns_pivots (&columns, index, pivots);
}

static void
drop_oldest (BsBarSeries *self)
{
  gsize n = MAX (1, self->max_bars / CHUNKS_PER_SERIES);
  gsize rest = self->length - n;
  BsPivots left[BS_N_LEFT_PIVOTS];

  /* What is not to be seen any more: a pivot at the bar that becomes the first has a neighbour that leaves. */
  for (guint k = 0; k < BS_N_LEFT_PIVOTS; k++)
    bs_bar_series_pivots (self, self->first + n + k, &left[k]);
  memmove (self->times, self->times + n, rest * sizeof *self->times);
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    memmove (self->columns[c], self->columns[c] + n, rest * sizeof *self->columns[c]);
  memcpy (self->left, left, sizeof left);
  self->first += n;
  self->length = rest;
}

static void
set_capacity (BsBarSeries *self, gsize capacity)
{
  self->times = g_renew (gint64, self->times, capacity);
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    self->columns[c] = g_renew (double, self->columns[c], capacity);
  self->capacity = capacity;
}

void
bs_bar_series_borrow (BsBarSeries *self, const BsBarSeries *source, gpointer owner, GDestroyNotify release)
{
  g_return_if_fail (self != NULL && source != NULL && self != source);
  g_return_if_fail (self->length == 0 && self->first == 0 && self->source == NULL);

  if (source->first > 0 || source->length > self->max_bars)
    {
      if (release != NULL)
        release (owner);
      return;
    }
  clear_columns (self);
  self->source = source;
  self->owner = owner;
  self->release = release;
  self->times = source->times;
  memcpy (self->columns, source->columns, sizeof self->columns);
}

void
bs_bar_series_take_over (BsBarSeries *self, BsBarSeries *source, gpointer owner, GDestroyNotify release)
{
  bs_bar_series_borrow (self, source, owner, release);
  if (self->source == source)
    self->taken_over = source;
}

/* From here on the series has columns of its own, with the bars that it has got so far. */
static void
stop_borrowing (BsBarSeries *self)
{
  const BsBarSeries *source = self->source;
  if (self->taken_over != NULL && self->length == source->length)
    {
      self->capacity = source->capacity;
      forget_columns (self->taken_over);
      bs_bar_series_clear (self->taken_over);
      self->taken_over->capacity = 0;
      give_back (self);
      if (self->capacity < self->max_bars)
        set_capacity (self, self->max_bars);
      return;
    }
  forget_columns (self);
  set_capacity (self, self->max_bars);
  if (self->length > 0)
    {
      memcpy (self->times, source->times, self->length * sizeof *self->times);
      for (guint c = 0; c < BS_N_COLUMNS; c++)
        memcpy (self->columns[c], source->columns[c], self->length * sizeof *self->columns[c]);
    }
  give_back (self);
}

/* Whether @bar is the source's next one, to the bit. */
static gboolean
is_borrowed (const BsBarSeries *self, const BsBar *bar)
{
  const BsBarSeries *source = self->source;
  if (self->length == source->length || bar->time_us != source->times[self->length])
    return FALSE;
  for (guint c = 0; c < G_N_ELEMENTS (offsets); c++)
    if (memcmp (&G_STRUCT_MEMBER (double, bar, offsets[c]), &source->columns[c][self->length], sizeof (double)) != 0)
      return FALSE;
  return TRUE;
}

static void
grow (BsBarSeries *self)
{
  gsize capacity = FIRST_CAPACITY;
  if (self->capacity != 0)
    capacity = self->capacity > self->max_bars / 2 ? self->max_bars : self->capacity * 2;
  set_capacity (self, MIN (capacity, self->max_bars));
}

void
bs_bar_series_copy_until (BsBarSeries *self, const BsBarSeries *source, guint64 end, gsize n)
{
  g_return_if_fail (self != NULL && source != NULL && self != source);
  g_return_if_fail (n >= BS_BAR_SERIES_MIN_BARS && n <= self->max_bars);
  g_return_if_fail (end >= source->first && end <= source->first + source->length);

  if (self->source != NULL)
    stop_borrowing (self);
  gsize held = (gsize) (end - source->first);
  gsize left = held - MIN (held, n);
  gsize length = held - left;
  if (self->capacity < length)
    set_capacity (self, MIN (self->max_bars, n));
  if (length > 0)
    {
      memcpy (self->times, source->times + left, length * sizeof *self->times);
      for (guint c = 0; c < BS_N_COLUMNS; c++)
        memcpy (self->columns[c], source->columns[c] + left, length * sizeof *self->columns[c]);
    }
  memcpy (self->left, source->left, sizeof self->left);
  if (left > 0)
    for (guint k = 0; k < BS_N_LEFT_PIVOTS; k++)
      bs_bar_series_pivots (source, source->first + left + k, &self->left[k]);
  self->first = source->first + left;
  self->length = length;
  self->bar_length_us = source->bar_length_us;
  self->stamp = source->stamp;
}

void
bs_bar_series_copy_tail (BsBarSeries *self, const BsBarSeries *source, gsize n)
{
  g_return_if_fail (source != NULL);

  bs_bar_series_copy_until (self, source, bs_bar_series_end (source), n);
}

gboolean
bs_bar_series_append (BsBarSeries *self, const BsBar *bar, GError **error)
{
  g_return_val_if_fail (self != NULL && bar != NULL, FALSE);

  if (!bs_bar_validate (bar, error))
    return FALSE;
  if (self->length > 0 && bar->time_us <= self->times[self->length - 1])
    {
      g_autofree char *time = bs_bar_format_time (bar->time_us);
      g_autofree char *last = bs_bar_format_time (self->times[self->length - 1]);
      g_set_error (error, BS_BAR_ERROR, BS_BAR_ERROR_TIME, "time %s: expected after the last bar's, %s", time, last);
      return FALSE;
    }

  if (self->source != NULL)
    {
      if (is_borrowed (self, bar))
        {
          self->length++;
          return TRUE;
        }
      stop_borrowing (self);
    }

  double cumulative_delta = self->length > 0 ? self->columns[BS_COLUMN_CUMULATIVE_DELTA][self->length - 1] : 0.0;
  if (self->length == self->max_bars)
    drop_oldest (self);
  if (self->length == self->capacity)
    grow (self);
  self->times[self->length] = bar->time_us;
  for (guint c = 0; c < G_N_ELEMENTS (offsets); c++)
    self->columns[c][self->length] = G_STRUCT_MEMBER (double, bar, offsets[c]);
  self->columns[BS_COLUMN_CUMULATIVE_DELTA][self->length]
    = bs_bar_add_delta (cumulative_delta, bar->ask_volume - bar->bid_volume);
  self->length++;
  return TRUE;
}

guint64
bs_bar_series_first (const BsBarSeries *self)
{
  return self->first;
}

guint64
bs_bar_series_end (const BsBarSeries *self)
{
  return self->first + self->length;
}

gsize
bs_bar_series_length (const BsBarSeries *self)
{
  return self->length;
}

gsize
bs_bar_series_max_bars (const BsBarSeries *self)
{
  return self->max_bars;
}

const gint64 *
bs_bar_series_times (const BsBarSeries *self)
{
  return self->times;
}

const double *
bs_bar_series_column (const BsBarSeries *self, BsColumn column)
{
  g_return_val_if_fail ((guint) column < BS_N_COLUMNS, NULL);
  return self->columns[column];
}

void
bs_bar_series_get (const BsBarSeries *self, guint64 index, BsBar *bar)
{
  g_return_if_fail (index >= self->first && index < self->first + self->length);

  gsize i = (gsize) (index - self->first);
  bar->time_us = self->times[i];
  for (guint c = 0; c < G_N_ELEMENTS (offsets); c++)
    G_STRUCT_MEMBER (double, bar, offsets[c]) = self->columns[c][i];
}

gint64
bs_bar_series_close_time (const BsBarSeries *self, guint64 index)
{
  g_return_val_if_fail (index >= self->first && index < self->first + self->length, 0);

  return self->times[index - self->first] + (self->stamp == BS_STAMP_START ? self->bar_length_us : 0);
}

gint64
bs_bar_series_bar_length (const BsBarSeries *self)
{
  return self->bar_length_us;
}

BsStamp
bs_bar_series_stamp (const BsBarSeries *self)
{
  return self->stamp;
}

void
bs_bar_series_set_bar_length (BsBarSeries *self, gint64 bar_length_us)
{
  g_return_if_fail (bar_length_us > 0 && bar_length_us <= BS_BAR_MAX_LENGTH_US);
  self->bar_length_us = bar_length_us;
}

void
bs_bar_series_reserve (BsBarSeries *self)
{
  /* In one step: growing would copy, and so touch, what may never be used. */
  if (self->source == NULL && self->capacity < self->max_bars)
    set_capacity (self, self->max_bars);
}

void
bs_bar_series_clear (BsBarSeries *self)
{
  self->length = 0;
  self->first = 0;
  memset (self->left, 0, sizeof self->left);
}
