/* bs-signal-log.c: the log of signals: a filtered table, newest first */
#include "ui/panels/bs-signal-log.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"
#include "ui/bs-time-text.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-class-cell.h"
#include "ui/panels/bs-signal-text.h"

/* The view takes what has come at most this often: nobody reads faster, and a table of 200 realized rows is not free. */
#define SHOW_INTERVAL_MS 100

struct _BsSignalLog
{
  GtkWidget parent_instance;
  GtkColumnView *view;
  GtkScrolledWindow *scroller;
  GtkLabel *count;
  GtkStack *stack;
  GtkToggleButton *filters[BS_N_SIGNAL_LOG_FILTERS];
  BsSignalLogModel *model;
  GArray *pending; /* BsSignalLogEntry, not in the model yet */
  guint show_source;
  guint decimals;
};

G_DEFINE_FINAL_TYPE (BsSignalLog, bs_signal_log, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_DECIMALS,
  N_PROPS,
};

enum
{
  BAR_ACTIVATED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* What a column shows of an entry. @buffer: [BS_NUMBER_LENGTH]. */
typedef const char *(*CellFunc) (BsSignalLog *self, const BsSignalLogEntry *entry, char *buffer);

typedef struct
{
  const char *title;
  CellFunc text; /* NULL: the class, with its shape */
  guint chars;   /* width that its widest text needs */
  float xalign;
  gboolean expand;
} Column;

static const char *
time_text (BsSignalLog *self, const BsSignalLogEntry *entry, char *buffer)
{
  return bs_time_text_format (buffer, entry->time_us);
}

static const char *
confidence_text (BsSignalLog *self, const BsSignalLogEntry *entry, char *buffer)
{
  return bs_number_format_percent (buffer, entry->confidence, 1);
}

static const char *
price_text (BsSignalLog *self, const BsSignalLogEntry *entry, char *buffer)
{
  return bs_number_format (buffer, entry->price, self->decimals);
}

static const char *
latency_text (BsSignalLog *self, const BsSignalLogEntry *entry, char *buffer)
{
  return entry->total_ns > 0 ? bs_number_format_duration (buffer, entry->total_ns) : "–";
}

static const char *
index_text (BsSignalLog *self, const BsSignalLogEntry *entry, char *buffer)
{
  return bs_number_format_count (buffer, entry->index);
}

static const char *
note_text (BsSignalLog *self, const BsSignalLogEntry *entry, char *buffer)
{
  static const char *const held_back[BS_N_CLASSES] = {
    [BS_CLASS_SHORT] = N_ ("short held back"),
    [BS_CLASS_HOLD] = N_ ("held back"),
    [BS_CLASS_LONG] = N_ ("long held back"),
  };

  if (entry->filtered && !entry->in_range)
    {
      g_snprintf (buffer, BS_NUMBER_LENGTH, "%s · %s", _ (held_back[entry->raw_class]), _ ("out of range"));
      return buffer;
    }
  if (entry->filtered)
    return _ (held_back[entry->raw_class]);
  return entry->in_range ? "" : _ ("out of range");
}

static const Column columns[] = {
  { N_ ("Time"), time_text, 19, 0, FALSE },
  { N_ ("Signal"), NULL, 9, 0, FALSE },
  { N_ ("Confidence"), confidence_text, 10, 1, FALSE },
  { N_ ("Price"), price_text, 10, 1, FALSE },
  { N_ ("Latency"), latency_text, 8, 1, FALSE },
  { N_ ("Bar"), index_text, 9, 1, FALSE },
  { N_ ("Note"), note_text, 16, 0, TRUE },
};

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  const Column *column = data;

  if (column->text == NULL)
    {
      gtk_list_item_set_child (item, bs_class_cell_new ());
      return;
    }
  /* Not a label: an inscription asks for no new layout of the table when its text changes. */
  GtkWidget *text = gtk_inscription_new (NULL);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), column->chars);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), column->chars);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), column->xalign);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_widget_add_css_class (text, "bs-numbers");
  gtk_list_item_set_child (item, text);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  const Column *column = data;
  BsSignalLog *self = g_object_get_data (G_OBJECT (factory), "log");
  const BsSignalLogEntry *entry = bs_signal_log_item_entry (gtk_list_item_get_item (item));
  char buffer[MAX (BS_NUMBER_LENGTH, BS_TIME_TEXT_LENGTH)];

  if (column->text == NULL)
    bs_class_cell_set (BS_CLASS_CELL (gtk_list_item_get_child (item)), entry->klass, entry->filtered, entry->raw_class);
  else
    gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)), column->text (self, entry, buffer));
}

static void
add_columns (BsSignalLog *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_object_set_data (G_OBJECT (factory), "log", self);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), (gpointer) &columns[i]);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), (gpointer) &columns[i]);

      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_ (columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[i].expand);
      gtk_column_view_append_column (self->view, column);
    }
}

static void
update_count (BsSignalLog *self)
{
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  guint held = bs_signal_log_model_get_n_entries (self->model);
  char a[BS_NUMBER_LENGTH], b[BS_NUMBER_LENGTH];
  g_autofree char *text = NULL;

  bs_number_format_count (a, shown);
  bs_number_format_count (b, held);
  if (shown == held)
    text = g_strdup_printf (ngettext ("%s signal", "%s signals", held), b);
  else
    text = g_strdup_printf (ngettext ("%s of %s signal", "%s of %s signals", held), a, b);
  if (g_strcmp0 (text, gtk_label_get_text (self->count)) != 0)
    gtk_label_set_text (self->count, text);
  gtk_stack_set_visible_child_name (self->stack, shown > 0 ? "table" : held > 0 ? "filtered" : "empty");
}

/* The list inside the column view: it alone can be scrolled to a row here (gtk_column_view_scroll_to is GTK 4.12). */
static GtkWidget *
inner_list (GtkColumnView *view)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LIST_VIEW (child))
      return child;
  return NULL;
}

static gboolean
at_newest (BsSignalLog *self)
{
  return gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller)) < 1.0;
}

static void
scroll_to_newest (BsSignalLog *self)
{
  GtkWidget *list = inner_list (self->view);

  if (list != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", 0);
}

static void
show_pending (BsSignalLog *self)
{
  gboolean follow = at_newest (self);

  if (self->pending->len == 0)
    return;
  bs_signal_log_model_append (self->model, (const BsSignalLogEntry *) self->pending->data, self->pending->len);
  g_array_set_size (self->pending, 0);
  if (follow)
    scroll_to_newest (self);
  update_count (self);
}

static gboolean
on_show (gpointer data)
{
  BsSignalLog *self = data;

  if (self->pending->len == 0)
    {
      self->show_source = 0;
      return G_SOURCE_REMOVE;
    }
  show_pending (self);
  return G_SOURCE_CONTINUE;
}

static void
on_activate (GtkColumnView *view, guint position, gpointer data)
{
  BsSignalLog *self = data;
  const BsSignalLogEntry *entry = bs_signal_log_model_peek (self->model, position);

  if (entry != NULL)
    g_signal_emit (self, signals[BAR_ACTIVATED], 0, entry->index);
}

static void
on_filter (GtkToggleButton *button, gpointer data)
{
  BsSignalLog *self = data;

  for (guint i = 0; i < BS_N_SIGNAL_LOG_FILTERS; i++)
    if (button == self->filters[i] && gtk_toggle_button_get_active (button))
      {
        show_pending (self);
        bs_signal_log_model_set_filter (self->model, (BsSignalLogFilter) i);
        scroll_to_newest (self);
        update_count (self);
      }
}

static GtkWidget *
new_message (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  return label;
}

static GtkWidget *
new_toolbar (BsSignalLog *self)
{
  static const struct
  {
    const char *title, *tooltip;
  } names[BS_N_SIGNAL_LOG_FILTERS] = {
    [BS_SIGNAL_LOG_ALL] = { N_ ("All"), N_ ("Every bar’s signal") },
    [BS_SIGNAL_LOG_TRADES] = { N_ ("Long and short"), N_ ("Without the holds") },
    [BS_SIGNAL_LOG_CHANGES] = { N_ ("Changes"), N_ ("Only where the signal differs from the one before") },
  };
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (group, "linked");
  gtk_accessible_update_property (GTK_ACCESSIBLE (group), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Show"), -1);
  for (guint i = 0; i < BS_N_SIGNAL_LOG_FILTERS; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_ (names[i].title));
      self->filters[i] = GTK_TOGGLE_BUTTON (button);
      gtk_widget_set_tooltip_text (button, _ (names[i].tooltip));
      if (i > 0)
        gtk_toggle_button_set_group (self->filters[i], self->filters[0]);
      gtk_box_append (GTK_BOX (group), button);
    }
  gtk_toggle_button_set_active (self->filters[BS_SIGNAL_LOG_ALL], TRUE);
  for (guint i = 0; i < BS_N_SIGNAL_LOG_FILTERS; i++)
    g_signal_connect (self->filters[i], "toggled", G_CALLBACK (on_filter), self);
  gtk_box_append (GTK_BOX (bar), group);

  self->count = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "bs-numbers");
  gtk_widget_set_hexpand (GTK_WIDGET (self->count), TRUE);
  gtk_label_set_xalign (self->count, 1);
  gtk_label_set_ellipsize (self->count, PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->count));
  gtk_widget_add_css_class (bar, "bs-log-toolbar");
  return bar;
}

static void
bs_signal_log_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DECIMALS)
    g_value_set_uint (value, BS_SIGNAL_LOG (object)->decimals);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bs_signal_log_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DECIMALS)
    bs_signal_log_set_decimals (BS_SIGNAL_LOG (object), g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bs_signal_log_dispose (GObject *object)
{
  BsSignalLog *self = BS_SIGNAL_LOG (object);
  GtkWidget *child;

  g_clear_handle_id (&self->show_source, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->model);
  g_clear_pointer (&self->pending, g_array_unref);
  G_OBJECT_CLASS (bs_signal_log_parent_class)->dispose (object);
}

static void
bs_signal_log_class_init (BsSignalLogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  bs_ui_ensure_resources ();
  object_class->get_property = bs_signal_log_get_property;
  object_class->set_property = bs_signal_log_set_property;
  object_class->dispose = bs_signal_log_dispose;
  properties[PROP_DECIMALS] = g_param_spec_uint ("decimals", NULL, NULL, 0, 12, 2,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[BAR_ACTIVATED] = g_signal_new ("bar-activated", BS_TYPE_SIGNAL_LOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT64);
  gtk_widget_class_set_css_name (widget_class, "signallog");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
bs_signal_log_init (BsSignalLog *self)
{
  self->decimals = 2;
  self->pending = g_array_new (FALSE, FALSE, sizeof (BsSignalLogEntry));
  self->model = bs_signal_log_model_new (BS_SIGNAL_LOG_MAX);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (new_toolbar (self), GTK_WIDGET (self));

  GtkSingleSelection *selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (selection)));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Signal log"), -1);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  add_columns (self);

  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->view));
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->scroller), "table");
  gtk_stack_add_named (self->stack, new_message (_ ("No signals yet")), "empty");
  gtk_stack_add_named (self->stack, new_message (_ ("No signal passes the filter")), "filtered");
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
  update_count (self);
}

GtkWidget *
bs_signal_log_new (void)
{
  return g_object_new (BS_TYPE_SIGNAL_LOG, NULL);
}

void
bs_signal_log_append (BsSignalLog *self, const BsSignalLogEntry *entries, guint n)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG (self));
  g_return_if_fail (entries != NULL || n == 0);

  if (n == 0)
    return;
  g_array_append_vals (self->pending, entries, n);
  /* A first signal is shown at once; what follows within the interval waits for its end. */
  if (self->show_source == 0)
    {
      show_pending (self);
      self->show_source = g_timeout_add (SHOW_INTERVAL_MS, on_show, self);
    }
  else if (self->pending->len >= BS_SIGNAL_LOG_MAX)
    show_pending (self);
}

void
bs_signal_log_clear (BsSignalLog *self)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG (self));

  g_array_set_size (self->pending, 0);
  bs_signal_log_model_clear (self->model);
  update_count (self);
}

void
bs_signal_log_truncate (BsSignalLog *self, guint64 index)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG (self));

  show_pending (self);
  bs_signal_log_model_truncate (self->model, index);
  update_count (self);
}

void
bs_signal_log_set_decimals (BsSignalLog *self, guint decimals)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG (self));

  if (self->decimals == decimals)
    return;
  self->decimals = decimals;
  /* Rows are bound anew as they come; those on the screen now, at once. */
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self->model), 0, n, n);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DECIMALS]);
}

void
bs_signal_log_set_filter (BsSignalLog *self, BsSignalLogFilter filter)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG (self));
  g_return_if_fail (filter < BS_N_SIGNAL_LOG_FILTERS);

  gtk_toggle_button_set_active (self->filters[filter], TRUE);
}

BsSignalLogModel *
bs_signal_log_get_model (BsSignalLog *self)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG (self), NULL);
  return self->model;
}
