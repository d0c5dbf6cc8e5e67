/* bs-signal-log-model.c: a bounded list of signals, with its own filter and order */
#include "ui/panels/bs-signal-log-model-private.h"

struct _BsSignalLogItem
{
  GObject parent_instance;
  BsSignalLogEntry entry;
};

G_DEFINE_FINAL_TYPE (BsSignalLogItem, bs_signal_log_item, G_TYPE_OBJECT)

static void
bs_signal_log_item_class_init (BsSignalLogItemClass *klass)
{
}

static void
bs_signal_log_item_init (BsSignalLogItem *self)
{
}

const BsSignalLogEntry *
bs_signal_log_item_entry (BsSignalLogItem *self)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_ITEM (self), NULL);
  return &self->entry;
}

enum
{
  REORDERED,
  RENUMBER,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void bs_signal_log_model_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BsSignalLogModel, bs_signal_log_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, bs_signal_log_model_list_model_init))

static guint
n_shown (BsSignalLogModel *self)
{
  return (guint) (self->shown_end - self->shown_first);
}

static guint64
number_at_row (BsSignalLogModel *self, guint position)
{
  if (self->order.by != BS_SIGNAL_LOG_BY_TIME)
    return self->passing.items[position].number;
  return self->shown[(self->order.descending ? self->shown_end - 1 - position : self->shown_first + position)
                     % self->max];
}

static const BsSignalLogSlot *
slot_at_row (BsSignalLogModel *self, guint position)
{
  return position < n_shown (self) ? &self->slots[number_at_row (self, position) % self->max] : NULL;
}

static guint
mask_of (const BsSignalLogEntry *entry, gboolean changed)
{
  return 1u << BS_SIGNAL_LOG_ALL | (entry->klass != BS_CLASS_HOLD ? 1u << BS_SIGNAL_LOG_TRADES : 0)
         | (changed ? 1u << BS_SIGNAL_LOG_CHANGES : 0);
}

static GType
bs_signal_log_model_get_item_type (GListModel *list)
{
  return BS_TYPE_SIGNAL_LOG_ITEM;
}

static guint
bs_signal_log_model_get_n_items (GListModel *list)
{
  return n_shown (BS_SIGNAL_LOG_MODEL (list));
}

static gpointer
bs_signal_log_model_get_item (GListModel *list, guint position)
{
  const BsSignalLogSlot *slot = slot_at_row (BS_SIGNAL_LOG_MODEL (list), position);

  if (slot == NULL)
    return NULL;
  BsSignalLogItem *item = g_object_new (BS_TYPE_SIGNAL_LOG_ITEM, NULL);
  item->entry = slot->entry;
  return item;
}

static void
bs_signal_log_model_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = bs_signal_log_model_get_item_type;
  iface->get_n_items = bs_signal_log_model_get_n_items;
  iface->get_item = bs_signal_log_model_get_item;
}

/* Order */

void
bs_signal_log_show_order (BsSignalLogModel *self)
{
  guint n = n_shown (self);

  self->order = self->wanted;
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, n);
  g_signal_emit (self, signals[REORDERED], 0);
}

/* Numbers are about to be given again: what is being sorted would name others. */
static void
renumber (BsSignalLogModel *self)
{
  g_signal_emit (self, signals[RENUMBER], 0);
  if (self->sorting != NULL || self->sort_cancellable != NULL)
    bs_signal_log_start_sorting (self);
}

void
bs_signal_log_model_set_order (BsSignalLogModel *self, BsSignalLogOrder order, gboolean descending)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (self));
  g_return_if_fail (order < BS_N_SIGNAL_LOG_ORDERS);

  descending = descending != FALSE;
  if (self->wanted.by == order && self->wanted.descending == descending)
    return;
  bs_signal_log_stop_sorting (self);
  self->wanted = (BsSignalLogOrdering){ order, descending };
  if (self->order.by == order && self->order.descending == descending)
    return; /* it still is in this one */
  if (order != BS_SIGNAL_LOG_BY_TIME)
    {
      bs_signal_log_start_sorting (self);
      return;
    }
  bs_signal_log_show_order (self);
  bs_signal_order_clear (&self->ordered);
  bs_signal_order_clear (&self->passing);
}

BsSignalLogOrder
bs_signal_log_model_get_order (BsSignalLogModel *self, gboolean *descending)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), BS_SIGNAL_LOG_BY_TIME);
  *descending = self->wanted.descending;
  return self->wanted.by;
}

BsSignalLogOrder
bs_signal_log_model_get_shown_order (BsSignalLogModel *self, gboolean *descending)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), BS_SIGNAL_LOG_BY_TIME);
  *descending = self->order.descending;
  return self->order.by;
}

/* Object */

static void
bs_signal_log_model_dispose (GObject *object)
{
  bs_signal_log_stop_sorting (BS_SIGNAL_LOG_MODEL (object));
  G_OBJECT_CLASS (bs_signal_log_model_parent_class)->dispose (object);
}

static void
bs_signal_log_model_finalize (GObject *object)
{
  BsSignalLogModel *self = BS_SIGNAL_LOG_MODEL (object);

  g_free (self->slots);
  g_free (self->shown);
  bs_signal_order_clear (&self->ordered);
  bs_signal_order_clear (&self->passing);
  G_OBJECT_CLASS (bs_signal_log_model_parent_class)->finalize (object);
}

static void
bs_signal_log_model_class_init (BsSignalLogModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bs_signal_log_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = bs_signal_log_model_finalize;
  signals[REORDERED] = g_signal_new ("reordered", BS_TYPE_SIGNAL_LOG_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[RENUMBER] = g_signal_new ("renumber", BS_TYPE_SIGNAL_LOG_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

static void
bs_signal_log_model_init (BsSignalLogModel *self)
{
  self->max = BS_SIGNAL_LOG_MAX;
  self->order = self->wanted = (BsSignalLogOrdering){ BS_SIGNAL_LOG_BY_TIME, TRUE };
}

BsSignalLogModel *
bs_signal_log_model_new (guint max)
{
  g_return_val_if_fail (max > 0, NULL);

  BsSignalLogModel *self = g_object_new (BS_TYPE_SIGNAL_LOG_MODEL, NULL);
  self->max = max;
  return self;
}

/* Memory for entries up to number @end. Until the ring is full, number n is at n: growing moves nothing. */
static void
ensure_room (BsSignalLogModel *self, guint64 end)
{
  guint wanted = (guint) MIN (end, self->max);

  if (wanted <= self->n_allocated)
    return;
  self->n_allocated = MIN (self->max, MAX (MAX (wanted, 256), self->n_allocated * 2));
  self->slots = g_renew (BsSignalLogSlot, self->slots, self->n_allocated);
  self->shown = g_renew (guint64, self->shown, self->n_allocated);
}

/* Rows that came or left at an end of the order of time. */
static void
rows_changed (BsSignalLogModel *self, gboolean newest, guint removed, guint added)
{
  gboolean at_top = newest == self->order.descending;

  if (self->order.by == BS_SIGNAL_LOG_BY_TIME && removed + added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), at_top ? 0 : n_shown (self) - added, removed, added);
}

void
bs_signal_log_model_append (BsSignalLogModel *self, const BsSignalLogEntry *entries, guint n)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (self));
  g_return_if_fail (entries != NULL || n == 0);

  if (n == 0)
    return;

  gboolean had_last = self->end > self->first;
  BsClass last = had_last ? self->slots[(self->end - 1) % self->max].entry.klass : BS_CLASS_HOLD;
  guint before = n_shown (self);

  /* More than fits: the oldest of them would leave at once. */
  if (n > self->max)
    {
      entries += n - self->max;
      n = self->max;
      last = entries[-1].klass;
      had_last = TRUE;
    }

  /* Out first, so that what remains and what comes fit the ring together. */
  guint64 first = self->end + n > self->max ? MAX (self->first, self->end + n - self->max) : self->first;
  guint removed = 0;
  while (self->shown_first < self->shown_end && self->shown[self->shown_first % self->max] < first)
    {
      self->shown_first++;
      removed++;
    }
  gboolean left = first > self->first;
  self->first = first;
  rows_changed (self, FALSE, removed, 0);

  ensure_room (self, self->end + n);
  guint added = 0;
  guint64 from = self->end;
  for (guint i = 0; i < n; i++)
    {
      BsSignalLogSlot *slot = &self->slots[self->end % self->max];
      slot->entry = entries[i];
      slot->mask = mask_of (&entries[i], !had_last || entries[i].klass != last);
      had_last = TRUE;
      last = entries[i].klass;
      if (bs_signal_log_passes (self, slot->mask))
        {
          self->shown[self->shown_end++ % self->max] = self->end;
          added++;
        }
      self->end++;
    }
  rows_changed (self, TRUE, 0, added);
  if (self->order.by == BS_SIGNAL_LOG_BY_TIME)
    return;
  if (left)
    bs_signal_log_keep_ordered (self);
  bs_signal_log_insert_ordered (self, from);
  if (removed + added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n_shown (self));
}

void
bs_signal_log_model_clear (BsSignalLogModel *self)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (self));

  guint removed = n_shown (self);

  renumber (self);
  g_clear_pointer (&self->slots, g_free);
  g_clear_pointer (&self->shown, g_free);
  self->n_allocated = 0;
  self->first = self->end = self->shown_first = self->shown_end = 0;
  bs_signal_order_clear (&self->ordered);
  bs_signal_order_clear (&self->passing);
  if (self->sorting != NULL)
    self->sorting->first = self->sorting->next = 0;
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
}

void
bs_signal_log_model_truncate (BsSignalLogModel *self, guint64 index)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (self));

  guint removed = 0, before = n_shown (self);

  renumber (self);
  while (self->end > self->first && self->slots[(self->end - 1) % self->max].entry.index >= index)
    self->end--;
  while (self->shown_end > self->shown_first && self->shown[(self->shown_end - 1) % self->max] >= self->end)
    {
      self->shown_end--;
      removed++;
    }
  rows_changed (self, TRUE, removed, 0);
  if (self->order.by == BS_SIGNAL_LOG_BY_TIME)
    return;
  bs_signal_log_keep_ordered (self);
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n_shown (self));
}

void
bs_signal_log_model_set_filter (BsSignalLogModel *self, BsSignalLogFilter filter)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (self));
  g_return_if_fail (filter < BS_N_SIGNAL_LOG_FILTERS);

  if (self->filter == filter)
    return;

  guint removed = n_shown (self);
  self->filter = filter;
  self->shown_first = self->shown_end = 0;
  for (guint64 n = self->first; n < self->end; n++)
    if (bs_signal_log_passes (self, self->slots[n % self->max].mask))
      self->shown[self->shown_end++ % self->max] = n;
  if (self->order.by != BS_SIGNAL_LOG_BY_TIME)
    bs_signal_order_filter (&self->passing, &self->ordered, 1u << filter);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, n_shown (self));
}

BsSignalLogFilter
bs_signal_log_model_get_filter (BsSignalLogModel *self)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), BS_SIGNAL_LOG_ALL);
  return self->filter;
}

guint
bs_signal_log_model_get_n_entries (BsSignalLogModel *self)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), 0);
  return (guint) (self->end - self->first);
}

const BsSignalLogEntry *
bs_signal_log_model_peek (BsSignalLogModel *self, guint position)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), NULL);

  const BsSignalLogSlot *slot = slot_at_row (self, position);
  return slot != NULL ? &slot->entry : NULL;
}

const BsSignalLogEntry *
bs_signal_log_model_entry (BsSignalLogModel *self, guint64 number)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), NULL);
  return number >= self->first && number < self->end ? &self->slots[number % self->max].entry : NULL;
}

guint64
bs_signal_log_model_number (BsSignalLogModel *self, guint position)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), BS_SIGNAL_LOG_NO_NUMBER);
  return position < n_shown (self) ? number_at_row (self, position) : BS_SIGNAL_LOG_NO_NUMBER;
}

guint64 *
bs_signal_log_model_numbers (BsSignalLogModel *self, guint *n)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), NULL);

  guint64 *numbers = g_new (guint64, MAX (1, n_shown (self)));
  *n = n_shown (self);
  for (guint i = 0; i < *n; i++)
    numbers[i] = number_at_row (self, i);
  return numbers;
}

/* Rows before @number in the order of time. */
static guint
find_by_time (BsSignalLogModel *self, guint64 number)
{
  guint low = 0, high = n_shown (self);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      guint64 there = number_at_row (self, middle);
      if (self->order.descending ? there > number : there < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
bs_signal_log_model_find_number (BsSignalLogModel *self, guint64 number, guint *position)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), FALSE);

  if (number == BS_SIGNAL_LOG_NO_NUMBER)
    return FALSE;
  if (self->order.by == BS_SIGNAL_LOG_BY_TIME)
    *position = find_by_time (self, number);
  else if (number >= self->first && number < self->end)
    {
      BsSignalOrderItem item = bs_signal_log_order_item (self, &self->order, number);
      *position = bs_signal_order_find (&self->passing, &item);
    }
  else
    return FALSE;
  return bs_signal_log_model_number (self, *position) == number;
}
