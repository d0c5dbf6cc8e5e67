/* bs-signal-order.c: numbers of signals in the order of a key, kept while some come and some leave */
#include "ui/panels/bs-signal-order.h"

#include <stdlib.h>
#include <string.h>

static int
compare (const void *a, const void *b)
{
  const BsSignalOrderItem *left = a, *right = b;

  if (left->key != right->key)
    return left->key < right->key ? -1 : 1;
  return left->number > right->number ? -1 : left->number < right->number;
}

static void
ensure_room (BsSignalOrder *self, guint n)
{
  if (n <= self->n_allocated)
    return;
  self->n_allocated = MAX (n, MAX (256, self->n_allocated * 2));
  self->items = g_renew (BsSignalOrderItem, self->items, self->n_allocated);
}

void
bs_signal_order_clear (BsSignalOrder *self)
{
  g_clear_pointer (&self->items, g_free);
  self->n = self->n_allocated = 0;
}

void
bs_signal_order_sort (BsSignalOrderItem *items, guint n)
{
  if (n > 1)
    qsort (items, n, sizeof *items, compare);
}

guint
bs_signal_order_find (const BsSignalOrder *self, const BsSignalOrderItem *item)
{
  guint low = 0, high = self->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (compare (&self->items[middle], item) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
bs_signal_order_insert (BsSignalOrder *self, const BsSignalOrderItem *items, guint n)
{
  guint end = self->n;

  if (n == 0)
    return;
  ensure_room (self, self->n + n);
  /* From the back: what stands behind each newcomer moves once, to its last place. */
  for (guint i = n; i-- > 0;)
    {
      BsSignalOrder before = { self->items, end, 0 };
      guint at = bs_signal_order_find (&before, &items[i]);
      memmove (&self->items[at + i + 1], &self->items[at], (end - at) * sizeof *items);
      self->items[at + i] = items[i];
      end = at;
    }
  self->n += n;
}

void
bs_signal_order_keep (BsSignalOrder *self, guint64 first, guint64 end)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    if (self->items[i].number >= first && self->items[i].number < end)
      self->items[n++] = self->items[i];
  self->n = n;
}

void
bs_signal_order_filter (BsSignalOrder *self, const BsSignalOrder *from, guint mask)
{
  ensure_room (self, from->n);
  self->n = 0;
  for (guint i = 0; i < from->n; i++)
    if ((from->items[i].mask & mask) != 0)
      self->items[self->n++] = from->items[i];
}
