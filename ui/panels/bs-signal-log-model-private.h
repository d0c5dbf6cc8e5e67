/* bs-signal-log-model-private.h: what the two halves of BsSignalLogModel share: its entries, and how they are put in order */
#pragma once

#include "ui/panels/bs-signal-log-model.h"
#include "ui/panels/bs-signal-order.h"

G_BEGIN_DECLS

/* Entries live in a ring by the number they came with. What the filter lets through is a second ring of numbers, in the
 * order of arrival; row 0 is its last, or its first. Where the rows are ordered by something else, that order stands beside
 * it. No GObject is made of an entry until a view asks for the row. */
typedef struct
{
  BsSignalLogEntry entry;
  guint mask; /* bits of the filters that let it through */
} BsSignalLogSlot;

typedef struct
{
  BsSignalLogOrder by;
  gboolean descending;
} BsSignalLogOrdering;

/* Another order, in the making: keys are read in slices, then sorted on a thread. */
typedef struct
{
  BsSignalLogOrdering order;
  guint mask;              /* bit of the filter */
  BsSignalOrder ordered;   /* all that are held */
  BsSignalOrder passing;   /* those that the filter lets through; made on the thread */
  guint64 first, next;     /* numbers: held at the beginning; whose key is read next */
} BsSignalLogSorting;

struct _BsSignalLogModel
{
  GObject parent_instance;
  guint max;
  BsSignalLogSlot *slots; /* [max], entry number n at n % max; grown in steps up to max */
  guint64 *shown;         /* [max], numbers that the filter lets through, k-th at k % max */
  guint n_allocated;      /* slots and shown that have memory */
  guint64 first, end;     /* numbers held: first <= n < end */
  guint64 shown_first;    /* numbers of `shown` held: shown_first <= k < shown_end */
  guint64 shown_end;
  BsSignalLogFilter filter;
  BsSignalLogOrdering order, wanted; /* that of the rows; that asked for last */
  BsSignalOrder ordered, passing;    /* not by time: all that are held; those that the filter lets through */
  BsSignalLogSorting *sorting;       /* (nullable): being read */
  guint sort_source;                 /* reads it */
  GCancellable *sort_cancellable;    /* (nullable): being sorted */
};

/** Whether the filter lets an entry with @mask through. */
static inline gboolean
bs_signal_log_passes (const BsSignalLogModel *self, guint mask)
{
  return (mask & 1u << self->filter) != 0;
}

/* bs-signal-log-model.c */
/** The rows are in the order that was asked for last from now on; tells so. */
void bs_signal_log_show_order (BsSignalLogModel *self);

/* bs-signal-log-sort.c */
/** Entry @number as @order has it, which is not that of time. */
BsSignalOrderItem bs_signal_log_order_item (BsSignalLogModel *self, const BsSignalLogOrdering *order, guint64 number);
/** The entries @from and later take their places in the order. */
void bs_signal_log_insert_ordered (BsSignalLogModel *self, guint64 from);
/** Entries that are not held any more leave the order. */
void bs_signal_log_keep_ordered (BsSignalLogModel *self);
/** Begins to put all in the order that was asked for last. */
void bs_signal_log_start_sorting (BsSignalLogModel *self);
void bs_signal_log_stop_sorting (BsSignalLogModel *self);

G_END_DECLS
