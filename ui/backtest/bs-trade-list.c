/* bs-trade-list.c: the table of a backtest's trades */
#include "ui/backtest/bs-trade-list.h"

#include <glib/gi18n.h>

#include "ui/backtest/bs-trade-model.h"
#include "ui/bs-accessible.h"
#include "ui/bs-bar-time.h"
#include "ui/bs-column-heads.h"
#include "ui/bs-number.h"

#define TEXT_LENGTH 128
#define COLUMN_KEY "bs-column"

struct _BsTradeList
{
  GtkWidget parent_instance;
  BsTradeModel *model;
  GtkColumnView *table;
  GtkStack *stack;
  guint decimals;
  BsTradeColumn asked; /* the column whose sorter was asked first */
};

G_DEFINE_FINAL_TYPE (BsTradeList, bs_trade_list, GTK_TYPE_WIDGET)

enum
{
  BAR_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
write_cell (BsTradeList *self, BsTradeItem *item, BsTradeColumn column, char *text)
{
  const BsBacktestTrade *trade = bs_trade_item_trade (item);

  switch (column)
    {
    case BS_TRADE_NUMBER:
      bs_number_format_count (text, bs_trade_item_number (item));
      break;
    case BS_TRADE_SIDE:
      g_snprintf (text, TEXT_LENGTH, "%s %s", trade->side > 0 ? "▲" : "▼", trade->side > 0 ? _ ("Long") : _ ("Short"));
      break;
    case BS_TRADE_ENTRY:
      bs_bar_time_format (text, trade->entry_us);
      break;
    case BS_TRADE_EXIT:
      if (trade->open)
        g_strlcpy (text, _ ("open"), TEXT_LENGTH);
      else
        bs_bar_time_format (text, trade->exit_us);
      break;
    case BS_TRADE_ENTRY_PRICE:
      bs_number_format (text, trade->entry_price, self->decimals);
      break;
    case BS_TRADE_EXIT_PRICE:
      bs_number_format (text, trade->exit_price, self->decimals);
      break;
    case BS_TRADE_BARS:
      bs_number_format_count (text, bs_trade_bars (trade));
      break;
    case BS_TRADE_COST:
      bs_number_format (text, trade->cost, self->decimals);
      break;
    case BS_TRADE_NET:
      bs_number_format_signed (text, trade->net, self->decimals);
      break;
    case BS_N_TRADE_COLUMNS:
    default:
      break;
    }
}

static const struct
{
  const char *title;
  gboolean number;
} columns[BS_N_TRADE_COLUMNS] = {
  [BS_TRADE_NUMBER] = { N_ ("Trade"), TRUE },
  [BS_TRADE_SIDE] = { N_ ("Side"), FALSE },
  [BS_TRADE_ENTRY] = { N_ ("Entry"), FALSE },
  [BS_TRADE_ENTRY_PRICE] = { N_ ("Entry Price"), TRUE },
  [BS_TRADE_EXIT] = { N_ ("Exit"), FALSE },
  [BS_TRADE_EXIT_PRICE] = { N_ ("Exit Price"), TRUE },
  [BS_TRADE_BARS] = { N_ ("Bars"), TRUE },
  [BS_TRADE_COST] = { N_ ("Cost"), TRUE },
  [BS_TRADE_NET] = { N_ ("Net"), TRUE },
};

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), columns[GPOINTER_TO_UINT (column)].number ? 1 : 0);
  gtk_widget_add_css_class (label, "bs-numbers");
  g_object_set_data (G_OBJECT (label), COLUMN_KEY, column);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, BsTradeList *self)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  char text[TEXT_LENGTH] = "";

  write_cell (self, gtk_list_item_get_item (item), GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (label), COLUMN_KEY)), text);
  gtk_label_set_text (GTK_LABEL (label), text);
  if (GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (label), COLUMN_KEY)) == BS_TRADE_NUMBER)
    bs_accessible_name_row (label, text);
}

/* GTK 4.8 does not tell which column's head was clicked. Its sorter asks that column's first: so each only says that it was asked. */
typedef struct
{
  BsTradeList *list;
  BsTradeColumn column;
} Asked;

static int
say_asked (gconstpointer a, gconstpointer b, gpointer data)
{
  Asked *asked = data;

  asked->list->asked = asked->column;
  return GTK_ORDERING_SMALLER;
}

static void
on_sorter_changed (GtkSorter *sorter, GtkSorterChange change, BsTradeList *self)
{
  g_autoptr (GObject) a = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) b = g_object_new (G_TYPE_OBJECT, NULL);

  self->asked = BS_TRADE_NUMBER;
  const GtkOrdering order = gtk_sorter_compare (sorter, a, b);
  if (order != GTK_ORDERING_EQUAL)
    bs_trade_model_sort (self->model, self->asked, order == GTK_ORDERING_LARGER);
}

static void
on_activate (GtkColumnView *table, guint position, BsTradeList *self)
{
  g_autoptr (BsTradeItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL)
    g_signal_emit (self, signals[BAR_ACTIVATED], 0, bs_trade_item_trade (item)->entry);
}

static void
bs_trade_list_dispose (GObject *object)
{
  BsTradeList *self = BS_TRADE_LIST (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->stack)));
  g_clear_object (&self->model);
  G_OBJECT_CLASS (bs_trade_list_parent_class)->dispose (object);
}

static void
bs_trade_list_class_init (BsTradeListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bs_trade_list_dispose;
  signals[BAR_ACTIVATED] = g_signal_new ("bar-activated", BS_TYPE_TRADE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_UINT64);
  gtk_widget_class_set_css_name (widget_class, "tradelist");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
append_column (BsTradeList *self, BsTradeColumn column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *view_column;
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked){ self, column };
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (column));
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  view_column = gtk_column_view_column_new (_ (columns[column].title), factory);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (say_asked, asked, g_free));
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_expand (view_column, TRUE);
  gtk_column_view_append_column (self->table, view_column);
  if (column == BS_TRADE_NUMBER)
    gtk_column_view_sort_by_column (self->table, view_column, GTK_SORT_DESCENDING);
  if (columns[column].number)
    bs_column_heads_align_end (self->table, column);
  g_object_unref (view_column);
}

static void
bs_trade_list_init (BsTradeList *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *empty = gtk_label_new (_ ("No trades"));

  self->model = bs_trade_model_new ();
  GtkSingleSelection *selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->model)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (selection)));
  gtk_column_view_set_show_row_separators (self->table, FALSE);
  for (BsTradeColumn column = 0; column < BS_N_TRADE_COLUMNS; column++)
    append_column (self, column);
  bs_accessible_name_table (self->table, _ ("Hypothetical trades"));
  g_signal_connect_object (gtk_column_view_get_sorter (self->table), "changed", G_CALLBACK (on_sorter_changed), self, 0);
  g_signal_connect_object (self->table, "activate", G_CALLBACK (on_activate), self, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "data-table");

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  gtk_widget_set_focusable (scroller, FALSE); /* the table has the keys */
  gtk_widget_add_css_class (empty, "dim-label");
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, scroller, "table");
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
}

GtkWidget *
bs_trade_list_new (void)
{
  return g_object_new (BS_TYPE_TRADE_LIST, NULL);
}

void
bs_trade_list_set (BsTradeList *self, const BsBacktest *backtest, guint decimals)
{
  g_return_if_fail (BS_IS_TRADE_LIST (self));

  gsize n = 0;
  self->decimals = decimals;
  if (backtest != NULL)
    bs_backtest_trades (backtest, &n);
  bs_trade_model_set (self->model, backtest);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "table" : "empty");
}
