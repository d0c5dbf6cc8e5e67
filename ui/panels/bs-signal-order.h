/* bs-signal-order.h: numbers of signals in the order of a key, kept while some come and some leave */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** One signal in the order. Its key stands with it: a comparison looks nowhere else. */
typedef struct
{
  double key;          /* low ones first; +infinity: has none */
  guint64 number : 60; /* of two with one key the newer one, with the greater number, comes first */
  guint64 mask : 4;    /* bits of whoever keeps the order */
} BsSignalOrderItem;

typedef struct
{
  BsSignalOrderItem *items; /* [n], ordered */
  guint n, n_allocated;
} BsSignalOrder;

void bs_signal_order_clear (BsSignalOrder *self);

/** bs_signal_order_sort: orders @items [n]. Some 10 ms for 100,000: not for the main thread. Thread: any. */
void bs_signal_order_sort (BsSignalOrderItem *items, guint n);

/** bs_signal_order_insert: @items [n], ordered. Cost: one move of the whole and a few comparisons for each of @n. */
void bs_signal_order_insert (BsSignalOrder *self, const BsSignalOrderItem *items, guint n);

/** bs_signal_order_keep: takes out all but the numbers @first <= number < @end */
void bs_signal_order_keep (BsSignalOrder *self, guint64 first, guint64 end);

/** bs_signal_order_filter: makes @self those of @from that have a bit of @mask */
void bs_signal_order_filter (BsSignalOrder *self, const BsSignalOrder *from, guint mask);

/** bs_signal_order_find: where @item stands, or would stand if it were there */
guint bs_signal_order_find (const BsSignalOrder *self, const BsSignalOrderItem *item);

G_END_DECLS
