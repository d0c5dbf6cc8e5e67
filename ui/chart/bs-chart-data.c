/* bs-chart-data.c: what a chart shows: bars and what was said of them, append only */
#include "ui/chart/bs-chart-data.h"

#include <string.h>

#include "ui/chart/bs-chart-chunk.h"

struct _BsChartData
{
  GObject parent_instance;

  GPtrArray *chunks; /* of BsChartChunk; all but the newest are full */
  BsChartChunk *spare; /* (nullable): let go last, for the next one */
  guint64 base;      /* index of the first bar of the first chunk */
  guint64 first;     /* index of the oldest bar held, in the first chunk */
  guint64 end;       /* one past the newest */
  gsize max_bars;
  gint64 bar_length_us;
  BsStamp stamp;
  guint decimals;
  guint64 revision, bars_revision;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BsChartData, bs_chart_data, G_TYPE_OBJECT)

static void
bs_chart_data_finalize (GObject *object)
{
  BsChartData *self = BS_CHART_DATA (object);

  g_ptr_array_unref (self->chunks);
  g_free (self->spare);

  G_OBJECT_CLASS (bs_chart_data_parent_class)->finalize (object);
}

static void
bs_chart_data_class_init (BsChartDataClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_chart_data_finalize;

  signals[SIGNAL_CHANGED]
    = g_signal_new ("changed", BS_TYPE_CHART_DATA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    G_TYPE_UINT64, G_TYPE_UINT64);
}

static void
bs_chart_data_init (BsChartData *self)
{
  self->chunks = g_ptr_array_new_with_free_func (g_free);
  self->max_bars = BS_BAR_SERIES_DEFAULT_MAX_BARS;
}

BsChartData *
bs_chart_data_new (gint64 bar_length_us, BsStamp stamp, guint decimals)
{
  BsChartData *self = g_object_new (BS_TYPE_CHART_DATA, NULL);

  self->bar_length_us = bar_length_us;
  self->stamp = stamp;
  self->decimals = decimals;
  return self;
}

static BsChartChunk *
find_chunk (BsChartData *self, guint64 index, guint *at)
{
  guint64 offset = index - self->base;

  *at = (guint) (offset % BS_CHART_CHUNK_BARS);
  return self->chunks->pdata[offset / BS_CHART_CHUNK_BARS];
}

/* Lets the oldest bars go until max_bars are left, and the chunks that nothing is left of. One is kept for the next bars: those of a
 * file were made on another thread, and what it frees would not be found again here by every allocator. */
static void
drop_oldest (BsChartData *self)
{
  guint n_chunks = 0;

  if (self->end - self->first <= self->max_bars)
    return;
  self->first = self->end - self->max_bars;
  n_chunks = (guint) ((self->first - self->base) / BS_CHART_CHUNK_BARS);
  if (n_chunks > 0)
    {
      g_free (self->spare);
      self->spare = self->chunks->pdata[0];
      self->chunks->pdata[0] = NULL;
      g_ptr_array_remove_range (self->chunks, 0, n_chunks);
      self->base += (guint64) n_chunks * BS_CHART_CHUNK_BARS;
    }
}

void
bs_chart_data_append (BsChartData *self, const BsChartPoint *points, gsize n)
{
  guint64 from;

  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (points != NULL || n == 0);

  if (n == 0)
    return;
  from = self->end;
  for (gsize i = 0; i < n; i++)
    {
      BsChartChunk *chunk = self->chunks->len > 0 ? self->chunks->pdata[self->chunks->len - 1] : NULL;

      if (chunk == NULL || chunk->n == BS_CHART_CHUNK_BARS)
        {
          chunk = g_steal_pointer (&self->spare);
          if (chunk == NULL)
            chunk = bs_chart_chunk_new ();
          chunk->n = 0;
          g_ptr_array_add (self->chunks, chunk);
        }
      bs_chart_chunk_append (chunk, &points[i]);
      self->end++;
      drop_oldest (self);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, from, self->end);
}

void
bs_chart_data_update (BsChartData *self, guint64 index, const BsChartPoint *points, gsize n)
{
  guint64 from;

  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (points != NULL || n == 0);
  g_return_if_fail (n <= self->end && index <= self->end - n);

  /* Values may come in for bars that have left meanwhile. */
  if (index < self->first)
    {
      gsize gone = (gsize) MIN ((guint64) n, self->first - index);

      points += gone;
      n -= gone;
      index += gone;
    }
  if (n == 0)
    return;
  from = index;
  self->revision++;
  while (n > 0)
    {
      guint at;
      BsChartChunk *chunk = find_chunk (self, index, &at);
      guint here = (guint) MIN (n, (gsize) (BS_CHART_CHUNK_BARS - at));

      bs_chart_chunk_update (chunk, at, points, here);
      points += here;
      index += here;
      n -= here;
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, from, index);
}

void
bs_chart_data_clear (BsChartData *self)
{
  g_return_if_fail (BS_IS_CHART_DATA (self));

  g_ptr_array_set_size (self->chunks, 0);
  self->base = self->first = self->end = 0;
  self->bars_revision++;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, G_GUINT64_CONSTANT (0), G_MAXUINT64);
}

void
bs_chart_data_truncate (BsChartData *self, guint64 end)
{
  guint n_chunks;

  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (end >= self->first && end <= self->end);

  if (end == self->end)
    return;
  self->bars_revision++;
  n_chunks = (guint) ((end - self->base + BS_CHART_CHUNK_BARS - 1) / BS_CHART_CHUNK_BARS);
  g_ptr_array_set_size (self->chunks, (int) n_chunks);
  if (n_chunks > 0)
    bs_chart_chunk_truncate (self->chunks->pdata[n_chunks - 1],
                             (guint) (end - self->base - (guint64) (n_chunks - 1) * BS_CHART_CHUNK_BARS));
  else
    self->base = end;
  self->end = end;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, end, G_MAXUINT64);
}

void
bs_chart_data_set_max_bars (BsChartData *self, gsize max_bars)
{
  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (max_bars > 0);

  self->max_bars = max_bars;
  if (self->end - self->first > max_bars)
    {
      drop_oldest (self);
      g_signal_emit (self, signals[SIGNAL_CHANGED], 0, self->end, self->end);
    }
}

guint64
bs_chart_data_first (BsChartData *self)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);

  return self->first;
}

guint64
bs_chart_data_end (BsChartData *self)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);

  return self->end;
}

void
bs_chart_data_get (BsChartData *self, guint64 index, BsChartPoint *point)
{
  const BsChartChunk *chunk;
  guint at;

  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (index >= self->first && index < self->end);

  chunk = find_chunk (self, index, &at);
  bs_chart_chunk_get (chunk, at, point);
}

void
bs_chart_data_open_close (BsChartData *self, guint64 from, guint64 to, double *open, double *close)
{
  const BsChartChunk *chunk;
  guint at;

  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (from >= self->first && from < to && to <= self->end);

  chunk = find_chunk (self, from, &at);
  *open = chunk->open[at];
  chunk = find_chunk (self, to - 1, &at);
  *close = chunk->close[at];
}

void
bs_chart_data_prices (BsChartData *self, guint64 from, guint n, double *high, double *low, double *close)
{
  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (from >= self->first && from <= self->end && n <= self->end - from);

  while (n > 0)
    {
      guint at;
      const BsChartChunk *chunk = find_chunk (self, from, &at);
      guint here = MIN (n, BS_CHART_CHUNK_BARS - at);

      memcpy (high, chunk->high + at, here * sizeof *high);
      memcpy (low, chunk->low + at, here * sizeof *low);
      memcpy (close, chunk->close + at, here * sizeof *close);
      high += here;
      low += here;
      close += here;
      from += here;
      n -= here;
    }
}

void
bs_chart_data_signals (BsChartData *self, guint64 from, guint n, gint64 *time_us, double *open, double *close, guint8 *signal,
                       gboolean *in_range)
{
  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (from >= self->first && from <= self->end && n <= self->end - from);

  while (n > 0)
    {
      guint at;
      const BsChartChunk *chunk = find_chunk (self, from, &at);
      guint here = MIN (n, BS_CHART_CHUNK_BARS - at);

      memcpy (time_us, chunk->time_us + at, here * sizeof *time_us);
      memcpy (open, chunk->open + at, here * sizeof *open);
      memcpy (close, chunk->close + at, here * sizeof *close);
      memcpy (signal, chunk->signal + at, here);
      for (guint i = 0; i < here; i++)
        in_range[i] = bs_chart_chunk_in_range (chunk, at + i);
      time_us += here;
      open += here;
      close += here;
      signal += here;
      in_range += here;
      from += here;
      n -= here;
    }
}

guint64
bs_chart_data_revision (BsChartData *self)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);

  return self->revision;
}

guint64
bs_chart_data_bars_revision (BsChartData *self)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);

  return self->bars_revision;
}

guint64
bs_chart_data_align (BsChartData *self, guint64 index, guint unit)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), index);
  g_return_val_if_fail (unit > 0 && index >= self->first && index <= self->end, index);

  return MAX (index - (index - self->base) % unit, self->first);
}

gint64
bs_chart_data_time (BsChartData *self, guint64 index)
{
  const BsChartChunk *chunk;
  guint at;

  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);
  g_return_val_if_fail (index >= self->first && index < self->end, 0);

  chunk = find_chunk (self, index, &at);
  return chunk->time_us[at];
}

guint64
bs_chart_data_find_time (BsChartData *self, gint64 time_us)
{
  guint64 lo, hi;

  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);

  lo = self->first;
  hi = self->end;
  while (lo < hi)
    {
      guint64 middle = lo + (hi - lo) / 2;

      if (bs_chart_data_time (self, middle) < time_us)
        lo = middle + 1;
      else
        hi = middle;
    }
  return lo;
}

void
bs_chart_data_summarise (BsChartData *self, guint64 from, guint64 to, BsChartSummary *summary)
{
  g_return_if_fail (BS_IS_CHART_DATA (self));
  g_return_if_fail (summary != NULL);

  *summary = (BsChartSummary) BS_CHART_SUMMARY_EMPTY;
  from = MAX (from, self->first);
  to = MIN (to, self->end);
  while (from < to)
    {
      guint at;
      const BsChartChunk *chunk = find_chunk (self, from, &at);
      guint here = (guint) MIN (to - from, (guint64) (BS_CHART_CHUNK_BARS - at));

      bs_chart_chunk_summarise (chunk, at, at + here, summary);
      from += here;
    }
}

guint
bs_chart_data_decimals (BsChartData *self)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);

  return self->decimals;
}

gint64
bs_chart_data_bar_length (BsChartData *self)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), 0);

  return self->bar_length_us;
}

BsStamp
bs_chart_data_stamp (BsChartData *self)
{
  g_return_val_if_fail (BS_IS_CHART_DATA (self), BS_STAMP_START);

  return self->stamp;
}
