/* bs-signal-log-model.c: a bounded list of signals, newest first, with its own filter */
#include "ui/panels/bs-signal-log-model.h"

/* Entries live in a ring by the number they came with. What the filter lets through is a second ring of numbers, in the
 * order of arrival; row 0 is its last. No GObject is made of an entry until a view asks for the row. */
typedef struct
{
  BsSignalLogEntry entry;
  gboolean changed; /* the class differs from the one before it */
} Slot;

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

struct _BsSignalLogModel
{
  GObject parent_instance;
  guint max;
  Slot *slots;         /* [max], entry number n at n % max; grown in steps up to max */
  guint64 *shown;      /* [max], numbers that the filter lets through, k-th at k % max */
  guint n_allocated;   /* slots and shown that have memory */
  guint64 first, end;  /* numbers held: first <= n < end */
  guint64 shown_first; /* numbers of `shown` held: shown_first <= k < shown_end */
  guint64 shown_end;
  BsSignalLogFilter filter;
};

static void bs_signal_log_model_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BsSignalLogModel, bs_signal_log_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, bs_signal_log_model_list_model_init))

static guint
n_shown (BsSignalLogModel *self)
{
  return (guint) (self->shown_end - self->shown_first);
}

static const Slot *
slot_at_row (BsSignalLogModel *self, guint position)
{
  if (position >= n_shown (self))
    return NULL;
  return &self->slots[self->shown[(self->shown_end - 1 - position) % self->max] % self->max];
}

static gboolean
passes (BsSignalLogModel *self, const Slot *slot)
{
  switch (self->filter)
    {
    case BS_SIGNAL_LOG_TRADES:
      return slot->entry.klass != BS_CLASS_HOLD;
    case BS_SIGNAL_LOG_CHANGES:
      return slot->changed;
    case BS_SIGNAL_LOG_ALL:
    case BS_N_SIGNAL_LOG_FILTERS:
    default:
      return TRUE;
    }
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
  const Slot *slot = slot_at_row (BS_SIGNAL_LOG_MODEL (list), position);

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

static void
bs_signal_log_model_finalize (GObject *object)
{
  BsSignalLogModel *self = BS_SIGNAL_LOG_MODEL (object);

  g_free (self->slots);
  g_free (self->shown);
  G_OBJECT_CLASS (bs_signal_log_model_parent_class)->finalize (object);
}

static void
bs_signal_log_model_class_init (BsSignalLogModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_signal_log_model_finalize;
}

static void
bs_signal_log_model_init (BsSignalLogModel *self)
{
  self->max = BS_SIGNAL_LOG_MAX;
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
  self->slots = g_renew (Slot, self->slots, self->n_allocated);
  self->shown = g_renew (guint64, self->shown, self->n_allocated);
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
  self->first = first;
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_shown (self), removed, 0);

  ensure_room (self, self->end + n);
  guint added = 0;
  for (guint i = 0; i < n; i++)
    {
      Slot *slot = &self->slots[self->end % self->max];
      slot->entry = entries[i];
      slot->changed = !had_last || entries[i].klass != last;
      had_last = TRUE;
      last = entries[i].klass;
      if (passes (self, slot))
        {
          self->shown[self->shown_end++ % self->max] = self->end;
          added++;
        }
      self->end++;
    }
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, added);
}

void
bs_signal_log_model_clear (BsSignalLogModel *self)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (self));

  guint removed = n_shown (self);

  g_clear_pointer (&self->slots, g_free);
  g_clear_pointer (&self->shown, g_free);
  self->n_allocated = 0;
  self->first = self->end = self->shown_first = self->shown_end = 0;
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
}

void
bs_signal_log_model_truncate (BsSignalLogModel *self, guint64 index)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG_MODEL (self));

  guint removed = 0;

  while (self->end > self->first && self->slots[(self->end - 1) % self->max].entry.index >= index)
    self->end--;
  while (self->shown_end > self->shown_first && self->shown[(self->shown_end - 1) % self->max] >= self->end)
    {
      self->shown_end--;
      removed++;
    }
  if (removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, 0);
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
    if (passes (self, &self->slots[n % self->max]))
      self->shown[self->shown_end++ % self->max] = n;
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

  const Slot *slot = slot_at_row (self, position);
  return slot != NULL ? &slot->entry : NULL;
}

guint64
bs_signal_log_model_number (BsSignalLogModel *self, guint position)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), BS_SIGNAL_LOG_NO_NUMBER);

  if (position >= n_shown (self))
    return BS_SIGNAL_LOG_NO_NUMBER;
  return self->shown[(self->shown_end - 1 - position) % self->max];
}

gboolean
bs_signal_log_model_find_number (BsSignalLogModel *self, guint64 number, guint *position)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG_MODEL (self), FALSE);

  guint low = 0, high = n_shown (self);

  /* Numbers fall from the newest row down. */
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (bs_signal_log_model_number (self, middle) > number)
        low = middle + 1;
      else
        high = middle;
    }
  if (bs_signal_log_model_number (self, low) != number || number == BS_SIGNAL_LOG_NO_NUMBER)
    return FALSE;
  *position = low;
  return TRUE;
}
