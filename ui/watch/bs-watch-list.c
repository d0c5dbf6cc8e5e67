#include "ui/watch/bs-watch-list.h"

#include <glib/gi18n.h>

#include "ui/bs-accessible.h"
#include "ui/bs-column-heads.h"
#include "ui/bs-ui-resources.h"
#include "ui/watch/bs-watch-cell.h"

#define SORT_PERIOD_USEC G_USEC_PER_SEC
#define NAME_PERIOD_USEC G_USEC_PER_SEC
#define MARGIN_PX 6

struct _BsWatchList
{
  GtkWidget parent_instance;

  GtkSearchEntry *search;
  GtkLabel *message;
  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  GListStore *rows; /* of BsWatchRow */
  GtkFilter *filter;
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
  GHashTable *cells; /* of BsWatchCell: those that are bound to a row. Not owned */
  GtkColumnViewColumn *feed_column;
  GPtrArray *sorters; /* of GtkSorter, by column */
  gint64 sorted_us, named_us;
};

G_DEFINE_FINAL_TYPE (BsWatchList, bs_watch_list, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_ROW_COUNT,
  N_PROPERTIES
};

enum
{
  ROW_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

/* Cells */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  gtk_list_item_set_child (item, GTK_WIDGET (bs_watch_cell_new (column)));
}

/* By all that stands in it. */
static void
name_row (BsWatchCell *cell, gint64 now_us)
{
  g_autofree char *text = bs_watch_row_summary (bs_watch_row_values (bs_watch_cell_row (cell)), now_us);
  bs_accessible_name_row (GTK_WIDGET (cell), text);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, BsWatchList *self)
{
  BsWatchCell *cell = BS_WATCH_CELL (gtk_list_item_get_child (item));
  bs_watch_cell_set_row (cell, gtk_list_item_get_item (item));
  bs_watch_cell_refresh (cell, g_get_monotonic_time ());
  g_hash_table_add (self->cells, cell);
  if (bs_watch_cell_column (cell) == bs_watch_column_nth (0))
    name_row (cell, g_get_monotonic_time ());
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, BsWatchList *self)
{
  BsWatchCell *cell = BS_WATCH_CELL (gtk_list_item_get_child (item));
  g_hash_table_remove (self->cells, cell);
  bs_watch_cell_set_row (cell, NULL);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const BsWatchColumn *column = data;
  int order = column->compare (bs_watch_row_values ((BsWatchRow *) a), bs_watch_row_values ((BsWatchRow *) b));
  return order > 0 ? GTK_ORDERING_LARGER : order < 0 ? GTK_ORDERING_SMALLER : GTK_ORDERING_EQUAL;
}

static void
add_column (BsWatchList *self, const BsWatchColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), (gpointer) column);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  g_autoptr (GtkColumnViewColumn) view_column = gtk_column_view_column_new (_ (column->title), factory);
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare_rows, (gpointer) column, NULL));
  g_ptr_array_add (self->sorters, sorter);
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_resizable (view_column, column->kind != BS_WATCH_SIGNAL);
  gtk_column_view_column_set_expand (view_column, column->kind == BS_WATCH_SPARK);
  gtk_column_view_append_column (self->view, view_column);
  if (g_str_equal (column->id, "feed"))
    self->feed_column = view_column;
  if (column == bs_watch_column_nth (0))
    gtk_column_view_sort_by_column (self->view, view_column, GTK_SORT_ASCENDING);
}

/* The list */

static gboolean
is_wanted (gpointer item, gpointer data)
{
  BsWatchList *self = data;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  if (*text == '\0')
    return TRUE;
  g_autofree char *wanted = g_utf8_casefold (text, -1);
  g_autofree char *symbol = g_utf8_casefold (bs_watch_row_values (item)->symbol, -1);
  return strstr (symbol, wanted) != NULL;
}

static void
on_search (BsWatchList *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_activate (GtkColumnView *view, guint position, BsWatchList *self)
{
  g_autoptr (BsWatchRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  if (row != NULL)
    g_signal_emit (self, signals[ROW_ACTIVATED], 0, bs_watch_row_values (row)->number);
}

/* Enter in the search opens what is found first. */
static void
on_search_activate (BsWatchList *self)
{
  guint selected = gtk_single_selection_get_selected (self->selection);
  on_activate (self->view, selected != GTK_INVALID_LIST_POSITION ? selected : 0, self);
}

/* Only those that the user has ordered by are listened to. */
static void
sort_anew (BsWatchList *self, gint64 now_us)
{
  if (now_us - self->sorted_us < SORT_PERIOD_USEC)
    return;
  self->sorted_us = now_us;
  for (guint i = 0; bs_watch_column_nth (i) != NULL; i++)
    if (bs_watch_column_nth (i)->changes)
      gtk_sorter_changed (g_ptr_array_index (self->sorters, i), GTK_SORTER_CHANGE_DIFFERENT);
}

/* Whether a cell is in sight: the view keeps some hundred rows ready around those. */
static gboolean
is_in_sight (BsWatchList *self, BsWatchCell *cell)
{
  graphene_point_t at;
  GtkWidget *widget = GTK_WIDGET (cell);
  if (!gtk_widget_compute_point (widget, GTK_WIDGET (self->scroller), &GRAPHENE_POINT_INIT (0, 0), &at))
    return FALSE;
  return at.y + (float) gtk_widget_get_height (widget) >= 0
         && at.y <= (float) gtk_widget_get_height (GTK_WIDGET (self->scroller));
}

static void
refresh_cells (BsWatchList *self)
{
  gint64 now_us = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer cell;
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    if (is_in_sight (self, cell))
      bs_watch_cell_refresh (cell, now_us);
}

/* What a screen reader says of the rows in sight: seconds old at most. */
static void
name_rows (BsWatchList *self)
{
  gint64 now_us = g_get_monotonic_time ();
  if (now_us - self->named_us < NAME_PERIOD_USEC)
    return;
  self->named_us = now_us;
  GHashTableIter iter;
  gpointer cell;
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    if (bs_watch_cell_column (cell) == bs_watch_column_nth (0) && is_in_sight (self, cell))
      name_row (cell, now_us);
}

void
bs_watch_list_flush (BsWatchList *self)
{
  g_return_if_fail (BS_IS_WATCH_LIST (self));
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  sort_anew (self, g_get_monotonic_time ());
  refresh_cells (self);
  name_rows (self);
}

BsWatchRow *
bs_watch_list_add (BsWatchList *self, const char *symbol, guint decimals, guint number)
{
  g_return_val_if_fail (BS_IS_WATCH_LIST (self), NULL);
  g_autoptr (BsWatchRow) row = bs_watch_row_new (symbol, decimals, number);
  g_list_store_append (self->rows, row);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW_COUNT]);
  return row;
}

void
bs_watch_list_show_feeds (BsWatchList *self, gboolean shown)
{
  gtk_column_view_column_set_visible (self->feed_column, shown);
}

void
bs_watch_list_clear (BsWatchList *self)
{
  g_return_if_fail (BS_IS_WATCH_LIST (self));
  g_list_store_remove_all (self->rows);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  bs_watch_list_set_message (self, "");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW_COUNT]);
}

guint
bs_watch_list_n_rows (BsWatchList *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->rows));
}

void
bs_watch_list_select (BsWatchList *self, guint number)
{
  g_return_if_fail (BS_IS_WATCH_LIST (self));
  GListModel *model = G_LIST_MODEL (self->selection);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (BsWatchRow) row = g_list_model_get_item (model, i);
      if (bs_watch_row_values (row)->number != number)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", i);
      return;
    }
}

void
bs_watch_list_set_message (BsWatchList *self, const char *message)
{
  g_return_if_fail (BS_IS_WATCH_LIST (self));
  gtk_label_set_text (self->message, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message), *message != '\0');
}

static void
bs_watch_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ROW_COUNT)
    g_value_set_uint (value, bs_watch_list_n_rows (BS_WATCH_LIST (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bs_watch_list_dispose (GObject *object)
{
  BsWatchList *self = BS_WATCH_LIST (object);
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->sorters, g_ptr_array_unref);
  g_clear_pointer (&self->cells, g_hash_table_unref);
  G_OBJECT_CLASS (bs_watch_list_parent_class)->dispose (object);
}

static void
bs_watch_list_class_init (BsWatchListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  bs_ui_ensure_resources ();
  G_OBJECT_CLASS (klass)->get_property = bs_watch_list_get_property;
  G_OBJECT_CLASS (klass)->dispose = bs_watch_list_dispose;
  properties[PROP_ROW_COUNT]
    = g_param_spec_uint ("row-count", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPERTIES, properties);
  signals[ROW_ACTIVATED] = g_signal_new ("row-activated", BS_TYPE_WATCH_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "watchlist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

/* The heads of figures stand right as these do. */
static void
dress_heads (BsWatchList *self)
{
  for (guint i = 0; bs_watch_column_nth (i) != NULL; i++)
    if (bs_watch_column_nth (i)->right)
      bs_column_heads_align_end (self->view, i);
}

static void
bs_watch_list_init (BsWatchList *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (widget)), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Watchlist"), -1);
  self->cells = g_hash_table_new (NULL, NULL);
  self->sorters = g_ptr_array_new_with_free_func (g_object_unref);

  self->search = GTK_SEARCH_ENTRY (gtk_search_entry_new ());
  g_object_set (self->search, "placeholder-text", _ ("Find an instrument"), "margin-start", MARGIN_PX, "margin-end",
                MARGIN_PX, "margin-top", MARGIN_PX, "margin-bottom", MARGIN_PX, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Find an instrument"), -1);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (on_search), self);
  g_signal_connect_swapped (self->search, "activate", G_CALLBACK (on_search_activate), self);
  gtk_widget_set_parent (GTK_WIDGET (self->search), widget);

  self->message = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_xalign (self->message, 0);
  gtk_label_set_ellipsize (self->message, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "caption");
  g_object_set (self->message, "margin-start", 2 * MARGIN_PX, "margin-end", MARGIN_PX, "margin-bottom", MARGIN_PX,
                "visible", FALSE, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->message), widget);

  self->rows = g_list_store_new (BS_TYPE_WATCH_ROW);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_wanted, self, NULL));
  GtkFilterListModel *filtered
    = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->rows)), self->filter);
  self->sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (self->sorted));
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (self->selection)));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_column_view_set_reorderable (self->view, TRUE);
  bs_accessible_name_table (self->view, _ ("Instruments"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Watchlist"), -1);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  for (guint i = 0; bs_watch_column_nth (i) != NULL; i++)
    add_column (self, bs_watch_column_nth (i));
  dress_heads (self);
  /* Its head has been counted by then; one that is not seen has none. */
  gtk_column_view_column_set_visible (self->feed_column, FALSE);
  gtk_sort_list_model_set_sorter (self->sorted, gtk_column_view_get_sorter (self->view));

  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->view));
  gtk_widget_set_vexpand (GTK_WIDGET (self->scroller), TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->scroller), widget);
  bs_accessible_name_parts (widget, GTK_TYPE_SCROLLED_WINDOW, _ ("Watchlist"));
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (self->scroller), "value-changed",
                            G_CALLBACK (refresh_cells), self);
}

GtkWidget *
bs_watch_list_new (void)
{
  return g_object_new (BS_TYPE_WATCH_LIST, NULL);
}
