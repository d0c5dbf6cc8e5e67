#include "inference/market/bs-bar-columns.h"

#include <string.h>

static const char *const names[BS_N_COLUMNS] = {
  [BS_COLUMN_OPEN] = "open",
  [BS_COLUMN_HIGH] = "high",
  [BS_COLUMN_LOW] = "low",
  [BS_COLUMN_CLOSE] = "close",
  [BS_COLUMN_VOLUME] = "volume",
  [BS_COLUMN_BID_VOLUME] = "bid volume",
  [BS_COLUMN_ASK_VOLUME] = "ask volume",
  [BS_COLUMN_DAILY_PNL] = "daily P&L",
  [BS_COLUMN_DAILY_GOAL] = "daily goal",
  [BS_COLUMN_DAILY_MAX_LOSS] = "daily max loss",
  [BS_COLUMN_CUMULATIVE_DELTA] = "cumulative delta",
};

void
bs_bar_columns_tail (BsBarColumns *self, gsize n)
{
  g_return_if_fail (n <= self->n_times);

  gsize skipped = self->n_times - n;
  if (n > 0)
    {
      self->times += skipped;
      for (guint c = 0; c < BS_N_COLUMNS; c++)
        self->values[c] += skipped;
    }
  self->n_times = n;
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    self->lengths[c] -= skipped;
  self->first = 0;
  memset (self->left, 0, sizeof self->left);
  self->restarted = TRUE;
}

static gboolean
is_pivot (const double *values, gsize i, int sign)
{
  return sign * values[i] > sign * values[i - 1] && sign * values[i] > sign * values[i + 1];
}

/* The last pivot among elements 1..@i, each of which has both neighbours; @before where there is none. */
static guint64
last_pivot (const BsBarColumns *self, BsColumn column, int sign, gsize i, guint64 before)
{
  const double *values = self->values[column];
  for (; i >= 1; i--)
    if (is_pivot (values, i, sign))
      return self->first + i;
  return before;
}

void
bs_bar_columns_pivots (const BsBarColumns *self, guint64 index, BsPivots *pivots)
{
  g_return_if_fail (index >= self->first && index <= self->first + self->n_times);

  guint64 after = index - self->first;
  *pivots = self->left[MIN (after, BS_N_LEFT_PIVOTS - 1)];
  if (after < BS_N_LEFT_PIVOTS)
    return;
  pivots->high = last_pivot (self, BS_COLUMN_HIGH, 1, (gsize) after - 2, pivots->high);
  pivots->low = last_pivot (self, BS_COLUMN_LOW, -1, (gsize) after - 2, pivots->low);
}

void
bs_bar_columns_get (const BsBarColumns *self, guint64 index, BsBar *bar)
{
  g_return_if_fail (index >= self->first && index < self->first + self->n_times);

  gsize i = (gsize) (index - self->first);
  bar->time_us = self->times[i];
  bar->open = self->values[BS_COLUMN_OPEN][i];
  bar->high = self->values[BS_COLUMN_HIGH][i];
  bar->low = self->values[BS_COLUMN_LOW][i];
  bar->close = self->values[BS_COLUMN_CLOSE][i];
  bar->volume = self->values[BS_COLUMN_VOLUME][i];
  bar->bid_volume = self->values[BS_COLUMN_BID_VOLUME][i];
  bar->ask_volume = self->values[BS_COLUMN_ASK_VOLUME][i];
  bar->daily_pnl = self->values[BS_COLUMN_DAILY_PNL][i];
  bar->daily_goal = self->values[BS_COLUMN_DAILY_GOAL][i];
  bar->daily_max_loss = self->values[BS_COLUMN_DAILY_MAX_LOSS][i];
}

gboolean
bs_bar_columns_agree (const BsBarColumns *self, const char **name, gsize *length)
{
  for (guint c = 0; c < BS_N_COLUMNS; c++)
    if (self->lengths[c] != self->n_times)
      {
        *name = names[c];
        *length = self->lengths[c];
        return FALSE;
      }
  return TRUE;
}
