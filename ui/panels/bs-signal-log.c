/* bs-signal-log.c: the log of signals: a filtered table, ordered as its heads say */
#include "ui/panels/bs-signal-log.h"

#include <glib/gi18n.h>

#include "ui/bs-number.h"
#include "ui/bs-ui-resources.h"
#include "ui/panels/bs-signal-heads.h"
#include "ui/panels/bs-signal-table.h"

/* The table takes what has come at most this often: nobody reads faster. */
#define SHOW_INTERVAL_MS 100
/* Signals that find their places in an order other than that of time at once: some 1 ms. What is over waits its turn. */
#define SHOW_MAX 4096

struct _BsSignalLog
{
  GtkWidget parent_instance;
  BsSignalTable *table;
  BsSignalHeads *heads;
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
  EXPLAIN_BAR,
  EXPORT,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

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
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.export", shown > 0);
}

static void
show_at_most (BsSignalLog *self, guint n)
{
  n = MIN (n, self->pending->len);
  if (n == 0)
    return;
  bs_signal_log_model_append (self->model, (const BsSignalLogEntry *) self->pending->data, n);
  g_array_remove_range (self->pending, 0, n);
  update_count (self);
}

static void
show_pending (BsSignalLog *self)
{
  show_at_most (self, G_MAXUINT);
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
  gboolean descending;
  gboolean by_time = bs_signal_log_model_get_order (self->model, &descending) == BS_SIGNAL_LOG_BY_TIME;
  show_at_most (self, by_time ? G_MAXUINT : SHOW_MAX);
  return G_SOURCE_CONTINUE;
}

static void
on_bar_activated (BsSignalTable *table, guint64 index, gpointer data)
{
  g_signal_emit (data, signals[BAR_ACTIVATED], 0, index);
}

static void
on_explain_bar (BsSignalTable *table, guint64 index, gpointer data)
{
  g_signal_emit (data, signals[EXPLAIN_BAR], 0, index);
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
        update_count (self);
      }
}

static void
on_export (GtkWidget *widget, const char *action, GVariant *parameter)
{
  show_pending (BS_SIGNAL_LOG (widget));
  g_signal_emit (widget, signals[EXPORT], 0, g_variant_get_string (parameter, NULL));
}

static GtkWidget *
new_export_button (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();

  g_menu_append (menu, _ ("_CSV…"), "log.export::csv");
  g_menu_append (menu, _ ("_JSON…"), "log.export::json");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Export"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (button, _ ("Write the signals shown, in the order shown, to a file"));
  return button;
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
  gtk_box_append (GTK_BOX (bar), new_export_button ());
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
  signals[EXPLAIN_BAR] = g_signal_new ("explain-bar", BS_TYPE_SIGNAL_LOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[EXPORT] = g_signal_new ("export", BS_TYPE_SIGNAL_LOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "log.export", "s", on_export);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "log.export", "s", "csv");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "log.export", "s",
                                       "json");
  gtk_widget_class_set_css_name (widget_class, "signallog");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
bs_signal_log_init (BsSignalLog *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Signal log"), -1);
  self->decimals = 2;
  self->pending = g_array_new (FALSE, FALSE, sizeof (BsSignalLogEntry));
  self->model = bs_signal_log_model_new (BS_SIGNAL_LOG_MAX);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (new_toolbar (self), GTK_WIDGET (self));

  self->table = BS_SIGNAL_TABLE (bs_signal_table_new (self->model));
  g_signal_connect_object (self->table, "bar-activated", G_CALLBACK (on_bar_activated), self, 0);
  g_signal_connect_object (self->table, "explain-bar", G_CALLBACK (on_explain_bar), self, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->table));
  gtk_widget_set_focusable (scroller, FALSE); /* the table has the keys */
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_widget_set_vexpand (scroller, TRUE);
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->heads = BS_SIGNAL_HEADS (bs_signal_heads_new (self->table, self->model));
  gtk_box_append (GTK_BOX (page), GTK_WIDGET (self->heads));
  gtk_box_append (GTK_BOX (page), scroller);
  gtk_stack_add_named (self->stack, page, "table");
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
  bs_signal_table_set_decimals (self->table, decimals);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DECIMALS]);
}

void
bs_signal_log_set_filter (BsSignalLog *self, BsSignalLogFilter filter)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG (self));
  g_return_if_fail (filter < BS_N_SIGNAL_LOG_FILTERS);

  gtk_toggle_button_set_active (self->filters[filter], TRUE);
}

void
bs_signal_log_set_order (BsSignalLog *self, BsSignalLogOrder order, gboolean descending)
{
  g_return_if_fail (BS_IS_SIGNAL_LOG (self));
  g_return_if_fail (order < BS_N_SIGNAL_LOG_ORDERS);

  bs_signal_log_model_set_order (self->model, order, descending);
  bs_signal_heads_update (self->heads);
}

BsSignalLogModel *
bs_signal_log_get_model (BsSignalLog *self)
{
  g_return_val_if_fail (BS_IS_SIGNAL_LOG (self), NULL);
  return self->model;
}
