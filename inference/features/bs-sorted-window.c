#include "inference/features/bs-sorted-window.h"

#include <string.h>

void
bs_sorted_window_init (BsSortedWindow *self, guint size)
{
  g_assert (size >= 1 && size <= BS_SORTED_WINDOW_MAX);
  self->size = size;
  self->n = 0;
}

/* How many of the values are below @value; without a branch that depends on them, since no CPU can guess it. */
static guint
count_below (const BsSortedWindow *self, double value)
{
  const double *base = self->values;
  for (guint n = self->n; n > 1;)
    {
      guint half = n / 2;
      base += base[half - 1] < value ? half : 0;
      n -= half;
    }
  return (guint) (base - self->values) + (self->n > 0 && base[0] < value ? 1 : 0);
}

void
bs_sorted_window_push (BsSortedWindow *self, double incoming, double outgoing)
{
  double *values = self->values;
  guint to = count_below (self, incoming);

  if (self->n < self->size)
    {
      memmove (values + to + 1, values + to, (self->n - to) * sizeof *values);
      values[to] = incoming;
      self->n++;
      return;
    }
  guint from = MIN (count_below (self, outgoing), self->n - 1);
  if (to > from)
    {
      to--;
      memmove (values + from, values + from + 1, (to - from) * sizeof *values);
    }
  else
    memmove (values + to + 1, values + to, (from - to) * sizeof *values);
  values[to] = incoming;
}
