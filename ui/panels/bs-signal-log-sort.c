/* bs-signal-log-sort.c: puts the rows of the signal log in another order than that of time */
#include <math.h>

#include "ui/panels/bs-signal-log-model-private.h"

/* Keys read at a time for another order: some 0.1 ms. */
#define KEYS_AT_ONCE 8192

static double
key_of (const BsSignalLogOrdering *order, const BsSignalLogEntry *entry)
{
  double key = INFINITY;

  switch (order->by)
    {
    case BS_SIGNAL_LOG_BY_CLASS:
      key = entry->klass;
      break;
    case BS_SIGNAL_LOG_BY_CONFIDENCE:
      key = entry->confidence;
      break;
    case BS_SIGNAL_LOG_BY_PRICE:
      key = entry->price;
      break;
    case BS_SIGNAL_LOG_BY_LATENCY:
      key = entry->total_ns > 0 ? (double) entry->total_ns : NAN;
      break;
    case BS_SIGNAL_LOG_BY_TIME:
    case BS_N_SIGNAL_LOG_ORDERS:
    default:
      g_assert_not_reached ();
    }
  return !isfinite (key) ? INFINITY : order->descending ? -key : key;
}

BsSignalOrderItem
bs_signal_log_order_item (BsSignalLogModel *self, const BsSignalLogOrdering *order, guint64 number)
{
  const BsSignalLogSlot *slot = &self->slots[number % self->max];

  return (BsSignalOrderItem){ key_of (order, &slot->entry), number, slot->mask };
}

static void
sorting_free (gpointer data)
{
  BsSignalLogSorting *sorting = data;

  bs_signal_order_clear (&sorting->ordered);
  bs_signal_order_clear (&sorting->passing);
  g_free (sorting);
}

void
bs_signal_log_stop_sorting (BsSignalLogModel *self)
{
  g_clear_handle_id (&self->sort_source, g_source_remove);
  g_clear_pointer (&self->sorting, sorting_free);
  if (self->sort_cancellable != NULL)
    g_cancellable_cancel (self->sort_cancellable);
  g_clear_object (&self->sort_cancellable);
}

void
bs_signal_log_insert_ordered (BsSignalLogModel *self, guint64 from)
{
  guint n = (guint) (self->end - from), n_passing = 0;
  g_autofree BsSignalOrderItem *items = g_new (BsSignalOrderItem, MAX (1, n));

  for (guint i = 0; i < n; i++)
    items[i] = bs_signal_log_order_item (self, &self->order, from + i);
  bs_signal_order_sort (items, n);
  bs_signal_order_insert (&self->ordered, items, n);
  for (guint i = 0; i < n; i++)
    if (bs_signal_log_passes (self, items[i].mask))
      items[n_passing++] = items[i];
  bs_signal_order_insert (&self->passing, items, n_passing);
}

void
bs_signal_log_keep_ordered (BsSignalLogModel *self)
{
  bs_signal_order_keep (&self->ordered, self->first, self->end);
  bs_signal_order_keep (&self->passing, self->first, self->end);
}

static void
on_sorted (GObject *source, GAsyncResult *result, gpointer data)
{
  BsSignalLogModel *self = BS_SIGNAL_LOG_MODEL (source);
  BsSignalLogSorting *sorting = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return; /* another order has been asked for, or the numbers mean other entries by now */
  g_clear_object (&self->sort_cancellable);
  /* What was there before goes with the task. */
  BsSignalOrder ordered = self->ordered, passing = self->passing;
  self->ordered = sorting->ordered;
  self->passing = sorting->passing;
  sorting->ordered = ordered;
  sorting->passing = passing;
  if (sorting->mask != 1u << self->filter)
    bs_signal_order_filter (&self->passing, &self->ordered, 1u << self->filter);
  if (self->first > sorting->first)
    bs_signal_log_keep_ordered (self);
  self->order = self->wanted;
  bs_signal_log_insert_ordered (self, MAX (sorting->next, self->first));
  bs_signal_log_show_order (self);
}

static void
sort_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BsSignalLogSorting *sorting = data;

  if (!g_cancellable_is_cancelled (cancellable))
    {
      bs_signal_order_sort (sorting->ordered.items, sorting->ordered.n);
      bs_signal_order_filter (&sorting->passing, &sorting->ordered, sorting->mask);
    }
  g_task_return_boolean (task, TRUE);
}

static gboolean
read_keys (gpointer data)
{
  BsSignalLogModel *self = data;
  BsSignalLogSorting *sorting = self->sorting;

  BsSignalOrder *ordered = &sorting->ordered;

  sorting->next = MAX (sorting->next, self->first);
  for (guint i = 0; i < KEYS_AT_ONCE && sorting->next < self->end && ordered->n < ordered->n_allocated; i++)
    ordered->items[ordered->n++] = bs_signal_log_order_item (self, &sorting->order, sorting->next++);
  if (sorting->next < self->end && ordered->n < ordered->n_allocated)
    return G_SOURCE_CONTINUE;

  sorting->mask = 1u << self->filter;
  self->sort_source = 0;
  self->sort_cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->sort_cancellable, on_sorted, NULL);
  g_task_set_source_tag (task, read_keys);
  g_task_set_task_data (task, g_steal_pointer (&self->sorting), sorting_free);
  g_task_run_in_thread (task, sort_in_thread);
  return G_SOURCE_REMOVE;
}

void
bs_signal_log_start_sorting (BsSignalLogModel *self)
{
  bs_signal_log_stop_sorting (self);
  self->sorting = g_new0 (BsSignalLogSorting, 1);
  self->sorting->order = self->wanted;
  self->sorting->first = self->sorting->next = self->first;
  self->sorting->ordered.n_allocated = (guint) MAX (1, self->end - self->first);
  self->sorting->ordered.items = g_new (BsSignalOrderItem, self->sorting->ordered.n_allocated);
  self->sort_source = g_idle_add_full (G_PRIORITY_DEFAULT, read_keys, self, NULL);
}
