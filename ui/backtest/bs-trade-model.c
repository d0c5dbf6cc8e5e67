/* bs-trade-model.c: the trades of a backtest as a sorted list */
#include "ui/backtest/bs-trade-model.h"

struct _BsTradeItem
{
  GObject parent_instance;
  BsBacktestTrade trade;
  guint64 number;
};

G_DEFINE_FINAL_TYPE (BsTradeItem, bs_trade_item, G_TYPE_OBJECT)

struct _BsTradeModel
{
  GObject parent_instance;
  BsBacktest *backtest; /* (nullable) */
  guint n;              /* trades told of */
  gboolean last_open;   /* of them, the last one will change */
  BsTradeColumn column;
  gboolean descending;
  GArray *order; /* (nullable) (element-type guint32): trades by position; %NULL: by number */
  guint generation; /* of what is to be sorted */
  gboolean sorting; /* on a thread */
  gboolean behind;  /* trades have changed since their keys were read for it */
};

static void bs_trade_model_list_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BsTradeModel, bs_trade_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, bs_trade_model_list_init))

static void
bs_trade_item_class_init (BsTradeItemClass *klass)
{
}

static void
bs_trade_item_init (BsTradeItem *self)
{
}

const BsBacktestTrade *
bs_trade_item_trade (BsTradeItem *self)
{
  return &self->trade;
}

guint64
bs_trade_item_number (BsTradeItem *self)
{
  return self->number;
}

guint64
bs_trade_bars (const BsBacktestTrade *trade)
{
  /* Closed at the open of its last bar, or marked at the close of it. */
  return trade->exit - trade->entry + trade->open;
}

/* Sorting */

static double
key_of (const BsBacktestTrade *trade, BsTradeColumn column)
{
  switch (column)
    {
    case BS_TRADE_SIDE:
      return trade->side;
    case BS_TRADE_ENTRY_PRICE:
      return trade->entry_price;
    case BS_TRADE_EXIT:
      return (double) trade->exit;
    case BS_TRADE_EXIT_PRICE:
      return trade->exit_price;
    case BS_TRADE_BARS:
      return (double) bs_trade_bars (trade);
    case BS_TRADE_COST:
      return trade->cost;
    case BS_TRADE_NET:
      return trade->net;
    case BS_TRADE_NUMBER:
    case BS_TRADE_ENTRY:
    default:
      return (double) trade->entry;
    }
}

typedef struct
{
  guint generation;
  guint n;
  gboolean descending;
  double *keys; /* [n] */
  GArray *order;
} Sort;

static Sort *
sort_new (BsTradeModel *self)
{
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (self->backtest, &n);
  Sort *sort = g_new0 (Sort, 1);

  sort->generation = self->generation;
  sort->n = (guint) n;
  sort->descending = self->descending;
  sort->keys = g_new (double, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    sort->keys[i] = key_of (&trades[i], self->column);
  return sort;
}

static void
sort_free (gpointer data)
{
  Sort *sort = data;

  g_clear_pointer (&sort->order, g_array_unref);
  g_free (sort->keys);
  g_free (sort);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Sort *sort = data;
  const guint32 i = *(const guint32 *) a, k = *(const guint32 *) b;
  int order = (sort->keys[i] > sort->keys[k]) - (sort->keys[i] < sort->keys[k]);

  if (order == 0)
    order = (i > k) - (i < k);
  return sort->descending ? -order : order;
}

static void
sort_run (Sort *sort)
{
  sort->order = g_array_sized_new (FALSE, FALSE, sizeof (guint32), sort->n);
  for (guint32 i = 0; i < sort->n; i++)
    g_array_append_val (sort->order, i);
  g_array_sort_with_data (sort->order, compare, sort);
}

static void
sort_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  sort_run (data);
  g_task_return_boolean (task, TRUE);
}

static gboolean
by_number (BsTradeModel *self)
{
  return self->column == BS_TRADE_NUMBER || self->column == BS_TRADE_ENTRY;
}

/* Takes the order over; trades that have come since stand at its end. */
static void
take_order (BsTradeModel *self, Sort *sort)
{
  const guint n_before = self->n;
  gsize n;

  bs_backtest_trades (self->backtest, &n);
  g_clear_pointer (&self->order, g_array_unref);
  self->order = g_steal_pointer (&sort->order);
  for (guint32 i = sort->n; i < n; i++)
    g_array_append_val (self->order, i);
  self->n = (guint) n;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->n);
}

static void start_sort (BsTradeModel *self);

static void
on_sorted (GObject *object, GAsyncResult *result, gpointer data)
{
  BsTradeModel *self = BS_TRADE_MODEL (object);
  Sort *sort = g_task_get_task_data (G_TASK (result));
  gsize n;

  self->sorting = FALSE;
  if (self->backtest == NULL || by_number (self))
    return;
  if (sort->generation != self->generation)
    {
      start_sort (self);
      return;
    }
  take_order (self, sort);
  bs_backtest_trades (self->backtest, &n);
  if (self->behind || n > sort->n)
    start_sort (self);
}

static void
start_sort (BsTradeModel *self)
{
  self->behind = self->sorting;
  if (self->sorting)
    return; /* looked at again when it has ended */
  g_autoptr (GTask) task = g_task_new (self, NULL, on_sorted, NULL);
  g_task_set_task_data (task, sort_new (self), sort_free);
  self->sorting = TRUE;
  g_task_run_in_thread (task, sort_in_thread);
}

static void
sort_now (BsTradeModel *self)
{
  Sort *sort = sort_new (self);

  sort_run (sort);
  take_order (self, sort);
  sort_free (sort);
}

/* GListModel */

static GType
get_item_type (GListModel *model)
{
  return BS_TYPE_TRADE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return BS_TRADE_MODEL (model)->n;
}

static gpointer
get_item (GListModel *model, guint position)
{
  BsTradeModel *self = BS_TRADE_MODEL (model);
  gsize n;

  if (position >= self->n)
    return NULL;
  const BsBacktestTrade *trades = bs_backtest_trades (self->backtest, &n);
  const guint trade = self->order != NULL    ? g_array_index (self->order, guint32, position)
                      : self->descending ? self->n - 1 - position
                                         : position;
  BsTradeItem *item = g_object_new (BS_TYPE_TRADE_ITEM, NULL);
  item->trade = trades[trade];
  item->number = trade + 1;
  return item;
}

static void
bs_trade_model_list_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
bs_trade_model_finalize (GObject *object)
{
  BsTradeModel *self = BS_TRADE_MODEL (object);

  g_clear_pointer (&self->backtest, bs_backtest_unref);
  g_clear_pointer (&self->order, g_array_unref);
  G_OBJECT_CLASS (bs_trade_model_parent_class)->finalize (object);
}

static void
bs_trade_model_class_init (BsTradeModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bs_trade_model_finalize;
}

static void
bs_trade_model_init (BsTradeModel *self)
{
  self->descending = TRUE;
}

BsTradeModel *
bs_trade_model_new (void)
{
  return g_object_new (BS_TYPE_TRADE_MODEL, NULL);
}

/* All is other than it was. */
static void
begin (BsTradeModel *self)
{
  const guint n_before = self->n;
  gsize n = 0;

  self->generation++;
  if (self->backtest != NULL)
    bs_backtest_trades (self->backtest, &n);
  if (!by_number (self) && n > 0 && n <= BS_TRADE_MODEL_AT_ONCE)
    {
      sort_now (self);
      return;
    }
  g_clear_pointer (&self->order, g_array_unref);
  self->n = (guint) n;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->n);
  if (!by_number (self) && n > 0)
    start_sort (self);
}

static gboolean
ends_open (const BsBacktest *backtest)
{
  gsize n;
  const BsBacktestTrade *trades = bs_backtest_trades (backtest, &n);

  return n > 0 && trades[n - 1].open;
}

void
bs_trade_model_set (BsTradeModel *self, const BsBacktest *backtest)
{
  g_return_if_fail (BS_IS_TRADE_MODEL (self));

  gsize n = 0;
  const gboolean grown = backtest != NULL && backtest == self->backtest;
  const guint kept = self->n - (self->n > 0 && self->last_open), n_before = self->n;
  if (backtest != NULL)
    bs_backtest_trades (backtest, &n);
  self->last_open = backtest != NULL && ends_open (backtest);
  if (grown && n == kept && kept == n_before)
    return;
  if (grown && by_number (self))
    {
      self->n = (guint) n;
      g_list_model_items_changed (G_LIST_MODEL (self), self->descending ? 0 : kept, n_before - kept, self->n - kept);
      return;
    }
  if (grown && n > BS_TRADE_MODEL_AT_ONCE)
    {
      start_sort (self);
      return;
    }
  if (!grown)
    {
      g_clear_pointer (&self->backtest, bs_backtest_unref);
      self->backtest = backtest != NULL ? bs_backtest_ref ((BsBacktest *) backtest) : NULL;
    }
  begin (self);
}

void
bs_trade_model_sort (BsTradeModel *self, BsTradeColumn column, gboolean descending)
{
  g_return_if_fail (BS_IS_TRADE_MODEL (self));
  g_return_if_fail (column < BS_N_TRADE_COLUMNS);

  if (self->column == column && self->descending == !!descending)
    return;
  self->column = column;
  self->descending = !!descending;
  begin (self);
}

gboolean
bs_trade_model_is_sorting (BsTradeModel *self)
{
  g_return_val_if_fail (BS_IS_TRADE_MODEL (self), FALSE);
  return self->sorting;
}
