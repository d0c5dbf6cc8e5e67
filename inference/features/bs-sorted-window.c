#include "inference/features/bs-sorted-window.h"

#include "inference/features/bs-sum.h"

#include <math.h>
#include <string.h>

void
bs_sorted_window_init (BsSortedWindow *self, guint size)
{
  g_assert (size >= 1 && size <= BS_SORTED_WINDOW_MAX);
  self->size = size;
  self->n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (self->values); i++)
    self->values[i] = INFINITY;
}

/* How many values are below each of the two. All are looked at: no branch that a CPU would have to guess. */
static void
count_below (const BsSortedWindow *self, double a, double b, guint *below_a, guint *below_b)
{
  const BsPair as = { a, a }, bs = { b, b };
  BsPairMask counts_a = { 0, 0 }, counts_b = { 0, 0 }; /* a mask is -1 where it holds */

  for (guint i = 0; i < self->size; i += 2)
    {
      BsPair values = bs_pair_load (self->values + i);
      counts_a -= values < as;
      counts_b -= values < bs;
    }
  *below_a = (guint) (counts_a[0] + counts_a[1]);
  *below_b = (guint) (counts_b[0] + counts_b[1]);
}

void
bs_sorted_window_push (BsSortedWindow *self, double incoming, double outgoing)
{
  double *values = self->values;
  guint to, from;

  count_below (self, incoming, outgoing, &to, &from);
  if (self->n < self->size)
    {
      memmove (values + to + 1, values + to, (self->n - to) * sizeof *values);
      values[to] = incoming;
      self->n++;
      return;
    }
  from = MIN (from, self->n - 1);
  if (to > from)
    {
      to--;
      memmove (values + from, values + from + 1, (to - from) * sizeof *values);
    }
  else
    memmove (values + to + 1, values + to, (from - to) * sizeof *values);
  values[to] = incoming;
}
