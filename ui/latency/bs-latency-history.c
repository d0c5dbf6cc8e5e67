/* bs-latency-history.c: the view's own copy of a trace, with the maxima of blocks above it */
#include "ui/latency/bs-latency-history.h"

#include <string.h>

#define LENGTH BS_LATENCY_HISTORY_LENGTH
#define BLOCK_BITS 3 /* a block holds eight of the level below */
#define N_LEVELS 5   /* 1, 8, 64, 512, 4096 predictions */

struct _BsLatencyHistory
{
  guint64 first, end;
  guint64 *rows;                          /* [LENGTH] */
  gint64 *times;                          /* [LENGTH], us */
  guint32 *levels[BS_N_STAGES][N_LEVELS]; /* [LENGTH >> (level * BLOCK_BITS)], ns; NULL: never a time */
};

BsLatencyHistory *
bs_latency_history_new (void)
{
  BsLatencyHistory *self = g_new0 (BsLatencyHistory, 1);

  self->rows = g_new (guint64, LENGTH);
  self->times = g_new (gint64, LENGTH);
  return self;
}

void
bs_latency_history_free (BsLatencyHistory *self)
{
  if (self == NULL)
    return;
  for (guint s = 0; s < BS_N_STAGES; s++)
    for (guint level = 0; level < N_LEVELS; level++)
      g_free (self->levels[s][level]);
  g_free (self->rows);
  g_free (self->times);
  g_free (self);
}

void
bs_latency_history_reset (BsLatencyHistory *self, guint64 next)
{
  for (guint s = 0; s < BS_N_STAGES; s++)
    for (guint level = 0; level < N_LEVELS; level++)
      g_clear_pointer (&self->levels[s][level], g_free);
  self->first = self->end = next;
}

static void
ensure_stage (BsLatencyHistory *self, guint stage)
{
  if (self->levels[stage][0] != NULL)
    return;
  for (guint level = 0; level < N_LEVELS; level++)
    self->levels[stage][level] = g_new0 (guint32, LENGTH >> (level * BLOCK_BITS));
}

/* Writes @ns at @number. The first number of a block begins the block anew: what the ring held there is overwritten. */
static void
put (guint32 **levels, guint64 number, guint32 ns)
{
  levels[0][number % LENGTH] = ns;
  for (guint level = 1; level < N_LEVELS; level++)
    {
      guint shift = level * BLOCK_BITS;
      guint32 *block = &levels[level][(number % LENGTH) >> shift];
      gboolean starts = (number & ((1u << shift) - 1)) == 0;

      *block = starts ? ns : MAX (*block, ns);
    }
}

void
bs_latency_history_append (BsLatencyHistory *self, guint64 number, const BsTraceEntry *entries, gsize n)
{
  if (n == 0)
    return;
  if (number != self->end)
    bs_latency_history_reset (self, number);

  for (gsize i = 0; i < n; i++, self->end++)
    {
      self->rows[self->end % LENGTH] = entries[i].row;
      self->times[self->end % LENGTH] = entries[i].time_us;
      for (guint s = 0; s < BS_N_STAGES; s++)
        {
          if (entries[i].stage_ns[s] != 0)
            ensure_stage (self, s);
          if (self->levels[s][0] != NULL)
            put (self->levels[s], self->end, entries[i].stage_ns[s]);
        }
    }
  /* The oldest block is being overwritten from its start: whole blocks leave, so that a block's maximum is of what is held. */
  guint64 block = G_GUINT64_CONSTANT (1) << ((N_LEVELS - 1) * BLOCK_BITS);
  if (self->end - self->first > LENGTH - block)
    self->first = MAX (self->first, (self->end - (LENGTH - block)) / block * block);
}

guint64
bs_latency_history_first (const BsLatencyHistory *self)
{
  return self->first;
}

guint64
bs_latency_history_end (const BsLatencyHistory *self)
{
  return self->end;
}

gboolean
bs_latency_history_has_stage (const BsLatencyHistory *self, BsStage stage)
{
  return self->levels[stage][0] != NULL;
}

guint32
bs_latency_history_max (const BsLatencyHistory *self, BsStage stage, guint64 from, guint64 to)
{
  guint32 *const *levels = self->levels[stage];
  guint32 max = 0;

  from = MAX (from, self->first);
  to = MIN (to, self->end);
  if (levels[0] == NULL)
    return 0;
  while (from < to)
    {
      guint level = 0;

      /* The largest block that starts here and ends within. */
      while (level + 1 < N_LEVELS && (from & ((1u << ((level + 1) * BLOCK_BITS)) - 1)) == 0
             && from + (1u << ((level + 1) * BLOCK_BITS)) <= to)
        level++;
      max = MAX (max, levels[level][(from % LENGTH) >> (level * BLOCK_BITS)]);
      from += G_GUINT64_CONSTANT (1) << (level * BLOCK_BITS);
    }
  return max;
}

void
bs_latency_history_read (const BsLatencyHistory *self, BsStage stage, guint64 from, guint n, guint32 *values)
{
  g_return_if_fail (from >= self->first && from + n <= self->end);

  const guint32 *column = self->levels[stage][0];
  if (column == NULL)
    {
      memset (values, 0, n * sizeof *values);
      return;
    }
  guint start = (guint) (from % LENGTH), before_wrap = MIN (n, LENGTH - start);
  memcpy (values, column + start, before_wrap * sizeof *values);
  memcpy (values + before_wrap, column, (n - before_wrap) * sizeof *values);
}

void
bs_latency_history_get_bar (const BsLatencyHistory *self, guint64 number, guint64 *row, gint64 *time_us)
{
  g_return_if_fail (number >= self->first && number < self->end);

  *row = self->rows[number % LENGTH];
  *time_us = self->times[number % LENGTH];
}
